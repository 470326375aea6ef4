#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: a text of several lines, which a server sends as several `data` lines, arrives whole.
# What happens: event-source-plus hands out the last of these lines alone, without the blanks around it; the text above it is gone without an error.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{"private": true}' >package.json
npm install --silent --ignore-scripts --no-audit --no-fund \
  event-source-plus@0.1.15 eventsource@4.1.1 hono@4.13.19 @hono/node-server@2.1.9 ||
  { echo 'skipped: npm cannot install what this looks at'; exit 77; }

cat >show.mjs <<'END'
import { readFileSync } from 'node:fs';
import { serve } from '@hono/node-server';
import { EventSource } from 'eventsource';
import { EventSourcePlus } from 'event-source-plus';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';

const version = name =>
  `${name} ${JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version}`;
const names = ['hono', 'eventsource', 'event-source-plus'];
console.log([`node ${process.version}`, ...names.map(version)].join(', '));

const sent = '# Mind\n\nDo not run this:\n\n    make clean';
const app = new Hono().get('/', context => streamSSE(context, async stream => {
  await stream.writeSSE({ data: sent });
  await stream.sleep(5000);
}));
const server = await new Promise(ready => {
  const it = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, () => ready(it));
});
const url = `http://127.0.0.1:${server.address().port}/`;

const { value } = await (await fetch(url)).body.getReader().read();
console.log('on the wire:            ', JSON.stringify(new TextDecoder().decode(value)));

const whole = await new Promise(done => {
  const source = new EventSource(url);
  source.onmessage = event => { source.close(); done(event.data); };
});
console.log('eventsource reads:      ', JSON.stringify(whole));

const last = await new Promise(done => {
  const listener = new EventSourcePlus(url).listen({
    onMessage(message) { listener.abort(); done(message.data); },
  });
});
console.log('event-source-plus reads:', JSON.stringify(last));

if (whole !== sent || last !== 'make clean') {
  console.log('CHANGED');
  process.exitCode = 1;
}
process.exit();
END
timeout 40 node show.mjs
