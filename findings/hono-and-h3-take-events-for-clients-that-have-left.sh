#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: `for (;;) { await stream.writeSSE(...); await sleep(...); }` ends when the client leaves, for a write then fails, as a generator ends that node's pipeline writes to a response.
# What happens: writeSSE of Hono, and push of h3, take each event without an error: there is one more loop for each client that was ever there, which asks for data and writes to nobody. The loop has to ask `stream.aborted` in Hono, and set a flag by `stream.onClosed` in h3.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{"private": true}' >package.json
npm install --silent --ignore-scripts --no-audit --no-fund \
  hono@4.13.19 @hono/node-server@2.1.9 h3@2.0.8 ||
  { echo 'skipped: npm cannot install what this looks at'; exit 77; }

cat >show.mjs <<'END'
import { readFileSync } from 'node:fs';
import { createServer, get } from 'node:http';
import { pipeline } from 'node:stream';
import { serve as serveHono } from '@hono/node-server';
import { createEventStream, H3, serve as serveH3 } from 'h3';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';

const version = name => `${name} ${JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version}`;
console.log(`node ${process.version}, ${['hono', '@hono/node-server', 'h3'].map(version).join(', ')}`);

const pause = time => new Promise(done => setTimeout(done, time));
async function until(what, holds) {
  for (const end = Date.now() + 15000; !holds(); await pause(20))
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
}

/** The loops that run, how many there were, and what they have written since the last client left. */
let [loops, begun, written, isOver] = [0, 0, 0, false];
async function loop(write, hasLeft = () => false) {
  ++loops;
  ++begun;
  try {
    while (!isOver && !hasLeft()) {
      await write({ data: 'news' });
      ++written;
      await pause(50);
    }
  } catch {
    // A write has failed, so the loop is over.
  } finally {
    --loops;
  }
}
async function* news() {
  ++loops;
  ++begun;
  try {
    for (;;) {
      yield 'data: news\n\n';
      ++written;
      await pause(50);
    }
  } finally {
    --loops;
  }
}

const hono = new Hono();
hono.get('/plain', context => streamSSE(context, stream => loop(event => stream.writeSSE(event))));
hono.get('/asking', context => streamSSE(context, stream =>
  loop(event => stream.writeSSE(event), () => stream.aborted)));
const h3 = new H3();
h3.get('/plain', event => {
  const stream = createEventStream(event);
  loop(message => stream.push(message));
  return stream.send();
});
h3.get('/asking', event => {
  const stream = createEventStream(event);
  let hasLeft = false;
  stream.onClosed(() => { hasLeft = true; });
  loop(message => stream.push(message), () => hasLeft);
  return stream.send();
});
const node = createServer((request, response) => {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  pipeline(news, response, () => {});
});
await new Promise(done => node.listen(0, '127.0.0.1', done));
const ofNode = `http://127.0.0.1:${node.address().port}`;
const ofHono = await new Promise(done => {
  serveHono({ fetch: hono.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => done(`http://127.0.0.1:${port}`));
});
const server = serveH3(h3, { port: 0, hostname: '127.0.0.1', silent: true });
await server.ready();
const ofH3 = server.url.replace(/\/$/, '');

const clients = 5;
let failed = false;
for (const [what, url, expected] of [
  ["node's pipeline", `${ofNode}/`, 0],
  ['Hono, whose loop asks stream.aborted', `${ofHono}/asking`, 0],
  ['Hono', `${ofHono}/plain`, clients],
  ['h3, whose loop asks a flag that onClosed sets', `${ofH3}/asking`, 0],
  ['h3', `${ofH3}/plain`, clients],
]) {
  [begun, written, isOver] = [0, 0, false];
  let left = 0;
  for (let i = 0; i < clients; ++i)
    get(url, response => response.once('data', () => response.destroy()).once('close', () => { ++left; }));
  await until('all have seen an event and left', () => left === clients && begun === clients);
  if (expected === 0) await until('the loops end', () => loops === 0);
  written = 0;
  // Those that go on have written a hundred events more before they are counted.
  if (expected) await until('they have written on, or ended', () => written >= 20 * clients || loops < expected);
  console.log(`${what}: ${clients} clients have left, ${loops} loops run` +
    (written ? `, which have written ${written} events since` : ''));
  if (loops !== expected) {
    console.log(`  CHANGED: it was ${expected}`);
    failed = true;
  }
  isOver = true;
  await until('the loops are over', () => loops === 0);
}
process.exit(Number(failed));
END
timeout 50 node show.mjs
