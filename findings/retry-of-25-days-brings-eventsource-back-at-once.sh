#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: the longer the `retry`, the later a client comes back; so a server that wants to be left alone names a month.
# What happens: from 2147483648 ms on (24.9 days) the EventSource of npm's eventsource and of undici hands node a timer that is too long, which runs after 1 ms: hundreds of requests a second.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{"private": true}' >package.json
npm install --silent --ignore-scripts --no-audit --no-fund eventsource@4.1.1 undici@7.30.2 ||
  { echo 'skipped: npm cannot install what this looks at'; exit 77; }

cat >show.mjs <<'END'
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

let requests, retry;
const server = createServer((request, response) => {
  ++requests;
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(`retry: ${retry}\ndata: come back later\n\n`);
});
await new Promise(ready => server.listen(0, '127.0.0.1', ready));

console.log(`node ${process.version}`);
for (const name of ['eventsource', 'undici']) {
  const { EventSource } = await import(name);
  const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`));
  console.log(`${name} ${version}`);
  for (const [value, holds] of [[2147483647, n => n === 1], [2147483648, n => n > 20]]) {
    requests = 0;
    retry = value;
    const source = new EventSource(`http://127.0.0.1:${server.address().port}`);
    await sleep(1000);
    source.close();
    console.log(`  retry: ${value}: requests in a second: ${requests}`);
    if (!holds(requests)) {
      console.log('  CHANGED');
      process.exitCode = 1;
    }
    await sleep(100);  // for a request on its way
  }
}
process.exit();
END
timeout 40 node --no-warnings show.mjs
