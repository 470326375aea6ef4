#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: what a mocked server sends is what the client under test gets: tokens 'Hello' and ' world' come to 'Hello world'.
# What happens: msw writes a text right behind the colon of `data:`, where by the standard one space is not part of the data: each text loses its first space, so the mocked answer is 'Helloworld'. Objects, which it writes as JSON, arrive whole.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{"private": true}' >package.json
npm install --silent --ignore-scripts --no-audit --no-fund msw@2.15.0 eventsource@5.1.5 ||
  { echo 'skipped: npm cannot install what this looks at'; exit 77; }

cat >show.mjs <<'END'
import { EventSource } from 'eventsource';
import { sse } from 'msw';
import { setupServer } from 'msw/node';

globalThis.EventSource ??= EventSource;
const tokens = ['Hello', ' world', '  twice', { delta: ' world' }];
const mock = setupServer(sse('http://127.0.0.1/tokens', ({ client }) => {
  for (const data of tokens) client.send({ data });
  client.send({ event: 'end', data: 'end' });
}));
mock.listen();
const got = await new Promise(done => {
  const got = [];
  const source = new EventSource('http://127.0.0.1/tokens');
  source.onmessage = ({ data }) => { got.push(data); };
  source.addEventListener('end', () => { source.close(); done(got); });
});
console.log(`node ${process.version}, msw 2.15.0, eventsource 5.1.5`);
console.log('sent:', ...tokens.map(token => JSON.stringify(token)));
console.log('got: ', ...got.map(token => JSON.stringify(token)));
const expected = JSON.stringify(['Hello', 'world', ' twice', '{"delta":" world"}']);
if (JSON.stringify(got) !== expected) {
  console.log(`CHANGED: it was ${expected}`);
  process.exit(1);
}
process.exit();
END
NODE_NO_WARNINGS=1 timeout 40 node show.mjs
