#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: initial values go to the client that has just come.
# What happens: express-sse sends them to everybody who is there, at each arrival; who came first has been greeted four times when four are there, and one event has a different ID for each of them.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{"private": true}' >package.json
npm install --silent --ignore-scripts --no-audit --no-fund eventsource@4.1.1 express-sse@1.0.0 ||
  { echo 'skipped: npm cannot install what this looks at'; exit 77; }

cat >show.mjs <<'END'
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { EventSource } from 'eventsource';
import SSE from 'express-sse';

const version = name =>
  `${name} ${JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version}`;
console.log([`node ${process.version}`, version('express-sse'), version('eventsource')].join(', '));

const sse = new SSE(['welcome']);
const server = createServer(sse.init);
await new Promise(ready => server.listen(0, '127.0.0.1', ready));
const url = `http://127.0.0.1:${server.address().port}`;

// Each client comes when the one before it has got what is sent at its arrival.
const clients = [];
for (let n = 0; n < 4; ++n) {
  const seen = [];
  clients.push(seen);
  await new Promise(greeted => {
    new EventSource(url).onmessage = event => {
      seen.push(`${event.lastEventId}: ${event.data}`);
      greeted();
    };
  });
}
sse.send('news');
while (!clients.every(seen => seen.at(-1).endsWith('"news"')))
  await new Promise(again => setTimeout(again, 10));

for (const [n, seen] of clients.entries()) {
  const greetings = Array.from({ length: 4 - n }, (_, id) => `${id}: "welcome"`);
  const holds = seen.join() === [...greetings, `${4 - n}: "news"`].join();
  console.log(`client ${n + 1} of 4 has seen  ${seen.join('  ')}${holds ? '' : '   <- CHANGED'}`);
  if (!holds) process.exitCode = 1;
}
process.exit();
END
timeout 40 node show.mjs
