#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: a client hands out an event as soon as its blank line is there, whatever else came in the same piece.
# What happens: graphql-sse hands out events when a piece ends with a line. Where a whole event comes together with the beginning of the next one, as packets of a backlog do, it waits for the rest of that; and if the stream is cut off there, the event is never given: the client asks anew, from the beginning, as often as it may.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{"private": true}' >package.json
npm install --silent --ignore-scripts --no-audit --no-fund graphql-sse@2.6.1 graphql@16.11.0 ||
  { echo 'skipped: npm cannot install what this looks at'; exit 77; }

cat >show.mjs <<'END'
import { createServer } from 'node:http';
import { createClient } from 'graphql-sse';

const event = n => `event: next\ndata: {"data":{"n":${n}}}\n\n`;
const cut = event(2).length - 5;
const late = 1000;
let requests = 0;
const server = createServer((request, response) => {
  requests++;
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  const rest = { '/whole': event(2), '/cut': event(2).slice(0, cut), '/ends': event(2).slice(0, cut) }[request.url];
  response.write(event(1) + rest);
  setTimeout(() => {
    if (request.url === '/ends') response.end();
    else response.end(event(2).slice(rest.length) + 'event: complete\ndata:\n\n');
  }, late);
});
await new Promise(done => server.listen(0, '127.0.0.1', done));

const subscribe = path => new Promise(done => {
  const got = [];
  requests = 0;
  const begin = Date.now();
  const when = () => (Date.now() - begin < late * 0.8 ? 'at once' : 'late');
  const end = how => done(`${[...got, how].join(', ')}, ${requests} request${requests > 1 ? 's' : ''}`);
  createClient({ url: `http://127.0.0.1:${server.address().port}/${path}`, retryAttempts: 1 }).subscribe(
    { query: 'subscription { n }' },
    { next: ({ data }) => got.push(`${data.n} ${when()}`), error: () => end('error'), complete: () => end('complete') });
});

console.log(`node ${process.version}, graphql-sse 2.6.1; sent at once: event 1, and event 2 or what there is of it`);
let changed = 0;
for (const [path, expected] of [
  ['whole', '1 at once, 2 at once, complete, 1 request'],
  ['cut', '1 late, 2 late, complete, 1 request'],
  ['ends', 'error, 2 requests'],
]) {
  const got = await subscribe(path);
  console.log(`event 2 ${path}: ${got}`);
  if (got === expected) continue;
  console.log(`  CHANGED: it was ${expected}`);
  changed = 1;
}
process.exit(changed);
END
timeout 40 node show.mjs
