#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: `Cache-Control: no-transform` keeps a compressing middleware off a stream, as it does with npm's compression.
# What happens: http-compression does not look at it. The size of the first event decides: below 1024 bytes each event passes at once, from there on the whole stream is compressed and nothing but the head comes before its end.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{"private": true}' >package.json
npm install --silent --ignore-scripts --no-audit --no-fund compression@1.8.2 http-compression@1.1.3 ||
  { echo 'skipped: npm cannot install what this looks at'; exit 77; }

cat >show.mjs <<'END'
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import compression from 'compression';
import httpCompression from 'http-compression';

const version = name =>
  `${name} ${JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version}`;
const names = ['compression', 'http-compression'];
console.log([`node ${process.version}`, ...names.map(version)].join(', '));

// Tells how many of three events the client has got 1 s before the end of the stream.
async function early(middleware, length) {
  let ended = false, events = 0, late = 0;
  const server = createServer((request, response) => middleware(request, response, () => {
    response.writeHead(200, {
      'cache-control': 'no-store, no-transform',
      'content-type': 'text/event-stream',
    });
    response.write(`data: ${'x'.repeat(length - 'data: \n\n'.length)}\n\n`);
    setTimeout(() => response.write('data: 2\n\n'), 100);
    setTimeout(() => response.write('data: 3\n\n'), 200);
    setTimeout(() => { ended = true; }, 1500);
    setTimeout(() => response.end(), 2500);
  }));
  await new Promise(ready => server.listen(0, '127.0.0.1', ready));
  const url = `http://127.0.0.1:${server.address().port}`;
  const response = await fetch(url, { headers: { 'accept-encoding': 'gzip' } });
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const count = text.split('\n\n').length - 1;
    if (ended) late += count; else events += count;
  }
  server.close();
  const coding = response.headers.get('content-encoding') ?? 'none';
  return `coding ${coding}, ${events} events at once, ${late} at the end`;
}

const free = 'coding none, 3 events at once, 0 at the end';
for (const [name, middleware, length, expected] of [
  ['compression', compression(), 1023, free],
  ['compression', compression(), 1024, free],
  ['http-compression', httpCompression(), 1023, free],
  ['http-compression', httpCompression(), 1024, 'coding gzip, 0 events at once, 3 at the end'],
]) {
  const seen = await early(middleware, length);
  console.log(`${name}, first event of ${length} bytes: ${seen}`);
  if (seen !== expected) {
    console.log(`  CHANGED: it was ${expected}`);
    process.exitCode = 1;
  }
}
process.exit();
END
timeout 40 node show.mjs
