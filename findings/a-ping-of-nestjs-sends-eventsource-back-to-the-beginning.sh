#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: an event without an ID leaves the last ID as it is, so that a ping behind numbered events does no harm.
# What happens: NestJS gives the ping a number of its own, counted from 1 in each connection; a client that is cut behind it resumes behind `1` instead of 103 and gets all events twice. A ping that is a comment gets no number.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{"private": true}' >package.json
npm install --silent --ignore-scripts --no-audit --no-fund \
  @nestjs/common@11.2.10 @nestjs/core@11.2.10 @nestjs/platform-express@11.2.10 \
  eventsource@4.1.1 reflect-metadata@0.2.2 rxjs@7.8.2 ||
  { echo 'skipped: npm cannot install what this looks at'; exit 77; }

cat >show.mjs <<'END'
import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { Controller, Module, Param, Req, Sse } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventSource } from 'eventsource';
import { Observable } from 'rxjs';

const version = name =>
  `${name} ${JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version}`;
const names = ['@nestjs/core', 'eventsource'];
console.log([`node ${process.version}`, ...names.map(version)].join(', '));

const pings = {
  event: { type: 'ping', data: '' },
  comment: { comment: 'ping' },
};
let requests;

class Events {
  // Sends what the program published behind the last ID, then a ping; then the stream is cut.
  stream(kind, request) {
    const last = request.headers['last-event-id'];
    requests.push(last);
    return new Observable(out => {
      for (const id of [101, 102, 103])
        if (id > Number(last ?? 0)) out.next({ id: `${id}`, data: `event ${id}`, retry: 100 });
      out.next({ ...pings[kind] });
      setTimeout(() => out.complete(), 50);
    });
  }
}
// What a compiler of TypeScript makes of the decorators.
const method = Object.getOwnPropertyDescriptor(Events.prototype, 'stream');
Sse(':kind')(Events.prototype, 'stream', method);
Param('kind')(Events.prototype, 'stream', 0);
Req()(Events.prototype, 'stream', 1);
Controller()(Events);
class Program {}
Module({ controllers: [Events] })(Program);

const program = await NestFactory.create(Program, { logger: false });
await program.listen(0, '127.0.0.1');
const { port } = program.getHttpServer().address();

for (const [kind, resumed, expected] of [
  ['event', '1', '101 102 103 101 102 103'],
  ['comment', '103', '101 102 103'],
]) {
  requests = [];
  const seen = [];
  const source = new EventSource(`http://127.0.0.1:${port}/${kind}`);
  source.onmessage = event => seen.push(event.data.replace('event ', ''));
  // Behind the end of the second stream, all of it is read.
  await new Promise(done => { source.onerror = () => { if (requests.length === 2) done(); }; });
  source.close();
  const holds = requests[0] === undefined && requests[1] === resumed && seen.join(' ') === expected;
  console.log(`ping as ${kind}: resumed behind ${requests[1]}, events seen: ${seen.join(' ')}` +
    (holds ? '' : '   <- CHANGED'));
  if (!holds) process.exitCode = 1;
}
process.exit();
END
timeout 40 node show.mjs
