#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: sse('two\nlines') arrives as a text of two lines; frameworks write a `data` line for each.
# What happens: Elysia 1.4 puts the text behind one `data:` as it is, so the client gets the first line, and an empty line inside of a text ends the event. An object is written as JSON, and arrives whole.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{"private": true}' >package.json
npm install --silent --ignore-scripts --no-audit --no-fund elysia@1.4.30 @elysiajs/node@1.4.5 \
  @sinclair/typebox@0.34.41 eventsource@5.1.5 ||
  { echo 'skipped: npm cannot install what this looks at'; exit 77; }

cat >show.mjs <<'END'
import { createServer } from 'node:net';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { node } from '@elysiajs/node';
import { Elysia, sse } from 'elysia';
import { EventSource } from 'eventsource';

const version = name =>
  `${name} ${JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version}`;
console.log([`node ${process.version}`, ...['elysia', 'eventsource'].map(version)].join(', '));

const port = await new Promise(ready => {
  const bound = createServer().listen(0, '127.0.0.1', () => {
    const { port } = bound.address();
    bound.close(() => ready(port));
  });
});
const sent = ['two\nlines', 'a paragraph\n\nand another', { text: 'two\nlines' }];
await new Promise(ready => {
  new Elysia({ adapter: node() }).get('/', async function* () {
    for (const data of sent) yield sse({ data });
    yield sse({ event: 'end', data: 'end' });
    await sleep(20000);
  }).listen({ port, hostname: '127.0.0.1' }, ready);
});
const seen = [];
await Promise.race([sleep(10000), new Promise(end => {
  const source = new EventSource(`http://127.0.0.1:${port}/`);
  source.onmessage = ({ data }) => { seen.push(data); };
  source.addEventListener('end', end);
})]);
const expected = ['two', 'a paragraph', '{"text":"two\\nlines"}'];
console.log('sent:    ', ...sent.map(data => JSON.stringify(data)));
console.log('received:', ...seen.map(data => JSON.stringify(data)));
if (JSON.stringify(seen) !== JSON.stringify(expected)) {
  console.log('CHANGED: it was', ...expected.map(data => JSON.stringify(data)));
  process.exit(1);
}
process.exit();
END
timeout 40 node show.mjs
