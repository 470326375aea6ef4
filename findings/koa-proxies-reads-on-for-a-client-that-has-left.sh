#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: when a client leaves, the proxy closes its connection to the server, which then stops.
# What happens: koa-proxies (over http-proxy 1) reads on for nobody, heartbeats and all: after four seconds the server has not seen a departure; @fastify/http-proxy and express-http-proxy tell it at once.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{"private": true}' >package.json
npm install --silent --ignore-scripts --no-audit --no-fund koa@3.2.1 koa-proxies@0.12.4 \
  fastify@5.12.8 @fastify/http-proxy@11.6.3 express@5.3.0 express-http-proxy@2.1.2 ||
  { echo 'skipped: npm cannot install what this looks at'; exit 77; }

cat >show.mjs <<'END'
import { createServer, get } from 'node:http';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import express from 'express';
import expressProxy from 'express-http-proxy';
import Fastify from 'fastify';
import fastifyProxy from '@fastify/http-proxy';
import Koa from 'koa';
import koaProxy from 'koa-proxies';

const version = name =>
  `${name} ${JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version}`;
console.log(`node ${process.version}`);

const listen = server => new Promise(ready => server.listen(0, '127.0.0.1', () => ready(server)));

// A heartbeat each 100 ms, until it is told that nobody listens.
let stream;
const origin = await listen(createServer((request, response) => {
  const own = stream = { departed: false, beats: 0 };
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write('data: 1\n\n');
  const timer = setInterval(() => { ++own.beats; response.write(': beat\n\n'); }, 100);
  response.on('close', () => { own.departed = true; clearInterval(timer); });
}));
const target = `http://127.0.0.1:${origin.address().port}`;

const proxies = {
  'koa-proxies': async () => {
    const app = new Koa();
    app.silent = true;
    app.use(koaProxy('/', { target }));
    return listen(createServer(app.callback()));
  },
  '@fastify/http-proxy': async () => {
    const app = Fastify();
    await app.register(fastifyProxy, { upstream: target });
    await app.listen({ port: 0, host: '127.0.0.1' });
    return app.server;
  },
  'express-http-proxy': async () => listen(createServer(express().use(expressProxy(target)))),
};
for (const [name, make] of Object.entries(proxies)) {
  const server = await make();
  const request = get(`http://127.0.0.1:${server.address().port}/`);
  const response = await new Promise(ready => request.on('response', ready));
  await new Promise(ready => response.once('data', ready));
  request.destroy();
  await sleep(4000);
  const seen = stream.departed ? 'the server knows' : 'the server does not know';
  console.log(`${version(name)}: 4 s after the client left ${seen}; ${stream.beats} heartbeats`);
  const expected = name === 'koa-proxies' ? 'the server does not know' : 'the server knows';
  if (seen !== expected) {
    console.log(`  CHANGED: it was: ${expected}`);
    process.exitCode = 1;
  }
}
process.exit();
END
timeout 40 node show.mjs
