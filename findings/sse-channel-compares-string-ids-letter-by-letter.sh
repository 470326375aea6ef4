#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: a server that keeps a history sends what was published behind the `Last-Event-ID` of a client that comes back.
# What happens: sse-channel compares IDs given as strings, such as those of Redis streams, letter by letter: once 10 is published, who comes back behind 8 or 9 gets nothing, and is told of no gap.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{"private": true}' >package.json
npm install --silent --ignore-scripts --no-audit --no-fund sse-channel@4.0.2 ||
  { echo 'skipped: npm cannot install what this looks at'; exit 77; }

cat >show.mjs <<'END'
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import SseChannel from 'sse-channel';

const { version } = JSON.parse(readFileSync('node_modules/sse-channel/package.json'));
console.log(`node ${process.version}, sse-channel ${version}`);

// Publishes 8 to 11, and tells which of them a client gets that has seen all up to `last`.
async function resumed(id, last) {
  const channel = new SseChannel({ historySize: 50 });
  for (let n = 8; n <= 11; ++n) channel.send({ id: id(n), data: `event ${n}` });
  const server = createServer((request, response) => {
    channel.addClient(request, response);
    setTimeout(() => response.end(), 100);
  });
  await new Promise(ready => server.listen(0, '127.0.0.1', ready));
  const headers = { 'last-event-id': String(id(last)) };
  const response = await fetch(`http://127.0.0.1:${server.address().port}`, { headers });
  const stream = await response.text();
  channel.close();
  server.close();
  const events = Array.from(stream.matchAll(/^data: event (.*)$/gm), match => match[1]);
  return events.join(' ') || 'nothing';
}

for (const [kind, id, last, expected] of [
  ['numbers', n => n, 8, '9 10 11'],
  ['numbers', n => n, 9, '10 11'],
  ['strings', n => `${n}`, 8, 'nothing'],
  ['strings', n => `${n}`, 9, 'nothing'],
  ['strings', n => `${n}`, 10, '11'],
  ['IDs of Redis', n => `1700000000000-${n}`, 8, 'nothing'],
  ['IDs of Redis', n => `1700000000000-${n}`, 9, 'nothing'],
  ['IDs of Redis', n => `1700000000000-${n}`, 10, '11'],
]) {
  const seen = await resumed(id, last);
  console.log(`${kind}: 8 to 11 published, behind ${JSON.stringify(id(last))}: ${seen}`);
  if (seen !== expected) {
    console.log(`  CHANGED: it was ${expected}`);
    process.exitCode = 1;
  }
}
process.exit();
END
timeout 40 node show.mjs
