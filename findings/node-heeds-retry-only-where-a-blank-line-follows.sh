#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: a server that is busy says `retry`, ends the stream, and clients come back when they are told to: by the standard the line alone sets the time, whatever follows.
# What happens: node's EventSource (undici) takes `retry` with the blank line that ends an event. Where the stream ends behind the line it comes back when it was to come before, in place of later; the package eventsource does what the server says.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{"private": true}' >package.json
npm install --silent --ignore-scripts --no-audit --no-fund undici@7.30.2 eventsource@5.1.5 ||
  { echo 'skipped: npm cannot install what this looks at'; exit 77; }

cat >show.mjs <<'END'
import { createServer } from 'node:http';
import { once } from 'node:events';
import { EventSource as OfPackage } from 'eventsource';
import { EventSource as OfNode } from 'undici';

// After how many milliseconds a client comes back that was told 100 ms first, and then these lines.
async function comesBack(EventSource, lines) {
  let ended, back;
  const came = new Promise(done => { back = done; });
  let requests = 0;
  const server = createServer((request, response) => {
    ++requests;
    if (requests === 3) back(performance.now() - ended);
    if (requests > 2) return response.writeHead(204).end();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(requests === 1 ? 'retry: 100\ndata: hello\n\n' : lines, () => { ended = performance.now(); });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const source = new EventSource(`http://127.0.0.1:${server.address().port}/`);
  source.onerror = () => {};
  const wait = await came;
  source.close();
  server.closeAllConnections();
  server.close();
  return wait;
}

console.log(`node ${process.version}, undici 7.30.2, eventsource 5.1.5`);
for (const [name, EventSource, lines, heeds] of [
  ['undici', OfNode, 'retry: 4000\n\n', true],
  ['undici', OfNode, 'retry: 4000\n', false],
  ['eventsource', OfPackage, 'retry: 4000\n\n', true],
  ['eventsource', OfPackage, 'retry: 4000\n', true],
]) {
  const wait = await comesBack(EventSource, lines);
  const seen = wait > 3000;
  console.log(`${name}, told ${JSON.stringify(lines)}: comes back ${seen ? 'after 4 s' : 'long before'}`);
  if (seen !== heeds) {
    console.log('  CHANGED: it was otherwise');
    process.exitCode = 1;
  }
}
process.exit();
END
NODE_NO_WARNINGS=1 timeout 55 node show.mjs
