#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: { event: 'done', data: '' } arrives as an event `done` with empty data, at which the client leaves.
# What happens: fastify-sse-v2 writes the type without a `data` line, and an EventSource passes over an event without one: it never leaves, comes back after the end, and the job is run again and again.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{"private": true}' >package.json
npm install --silent --ignore-scripts --no-audit --no-fund \
  eventsource@4.1.1 fastify@5.12.8 fastify-sse-v2@4.2.2 ||
  { echo 'skipped: npm cannot install what this looks at'; exit 77; }

cat >show.mjs <<'END'
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventSource } from 'eventsource';
import Fastify from 'fastify';
import { FastifySSEPlugin } from 'fastify-sse-v2';

const version = name =>
  `${name} ${JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version}`;
const names = ['fastify', 'fastify-sse-v2', 'eventsource'];
console.log([`node ${process.version}`, ...names.map(version)].join(', '));

let runs = 0, last;
async function* job() {
  ++runs;
  yield { data: 'half of it' };
  yield { event: 'done', data: last };
}
const server = Fastify();
await server.register(FastifySSEPlugin, { retryDelay: 50 });
server.get('/', (request, reply) => { reply.sse(job()); });
const url = await server.listen({ host: '127.0.0.1', port: 0 });

for (const [data, wire, holds] of [
  ['ok', 'event: done\ndata: ok\n\n', (runs, done) => runs === 1 && done === 1],
  ['', 'event: done\n\n', (runs, done) => runs > 3 && done === 0],
]) {
  last = data;
  const sent = await (await fetch(url)).text();
  console.log(`${JSON.stringify({ event: 'done', data })} is ${JSON.stringify(wire)}`);
  runs = 0;
  let done = 0;
  const source = new EventSource(url);
  source.addEventListener('done', () => { ++done; source.close(); });
  await sleep(1500);
  source.close();
  const same = sent.endsWith(`\n\n${wire}`) && holds(runs, done);
  console.log(`  in 1.5 s the client has seen ${done} done, the job was run ${runs} times` +
    (same ? '' : '   <- CHANGED'));
  if (!same) process.exitCode = 1;
  await sleep(200);  // for a request on its way
}
process.exit();
END
timeout 40 node show.mjs
