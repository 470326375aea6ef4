#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: an event that was cut off before its blank line is sent again, for the client resumes behind the last event that it got.
# What happens: eventsource 2 (and extended-eventsource 2) keep an ID as soon as its line is there. They ask for what is behind the event of which they got the ID alone, and it is lost; eventsource 5 asks behind the one before.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{"private": true}' >package.json
npm install --silent --ignore-scripts --no-audit --no-fund eventsource-2@npm:eventsource@2.0.2 \
  eventsource-5@npm:eventsource@5.1.5 extended-eventsource@2.1.0 ||
  { echo 'skipped: npm cannot install what this looks at'; exit 77; }

cat >show.mjs <<'END'
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import EventSource2 from 'eventsource-2';
import { EventSource as EventSource5 } from 'eventsource-5';
import { EventSource as Extended } from 'extended-eventsource';

const version = name => {
  const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`));
  return `${name.replace(/-\d$/, '')} ${version}`;
};
console.log(`node ${process.version}`);

// Events 1 to 3, behind the last ID; the first connection is cut inside of event 2.
for (const [name, Source, expected] of [
  ['eventsource-5', EventSource5, '1, 2, 3'],
  ['eventsource-2', EventSource2, '1, 3'],
  ['extended-eventsource', Extended, '1, 3'],
]) {
  let connections = 0;
  const server = createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    if (++connections === 1) return response.end('retry: 200\nid: 1\ndata: 1\n\nid: 2\nda');
    for (let i = Number(request.headers['last-event-id'] ?? 0) + 1; i <= 3; ++i) {
      response.write(`id: ${i}\ndata: ${i}\n\n`);
    }
  });
  await new Promise(ready => server.listen(0, '127.0.0.1', ready));
  const seen = [];
  const source = new Source(`http://127.0.0.1:${server.address().port}`, { disableLogger: true });
  const done = new Promise(ready => {
    source.onmessage = ({ data }) => { seen.push(data); if (data === '3') ready(); };
  });
  await Promise.race([done, sleep(10000)]);
  source.close();
  server.close();
  console.log(`${version(name)}: of three events, the second of which is cut off once, arrive ${seen.join(', ')}`);
  if (seen.join(', ') !== expected) {
    console.log(`  CHANGED: it was ${expected}`);
    process.exitCode = 1;
  }
}
process.exit();
END
timeout 50 node show.mjs
