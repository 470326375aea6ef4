#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: `onmessage` is called for events, so that JSON.parse(message.data) works if every event is JSON.
# What happens: @microsoft/fetch-event-source calls it for the lone `retry` and the comments of better-sse too, with '' as data; JSON.parse throws, which counts as a lost connection: it asks again and again, sees no event, and leaves each stream open.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{"private": true}' >package.json
npm install --silent --ignore-scripts --no-audit --no-fund \
  @microsoft/fetch-event-source@2.0.1 better-sse@0.16.1 ||
  { echo 'skipped: npm cannot install what this looks at'; exit 77; }

cat >show.mjs <<'END'
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSession } from 'better-sse';

// What the client asks of a browser: timers and fetch, and whether the page is hidden.
globalThis.window = globalThis;
globalThis.document = { hidden: false, addEventListener() {}, removeEventListener() {} };
const { fetchEventSource } = await import('@microsoft/fetch-event-source');

const version = name =>
  `${name} ${JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version}`;
const names = ['better-sse', '@microsoft/fetch-event-source'];
console.log([`node ${process.version}`, ...names.map(version)].join(', '));

// As better-sse does by default, with 200 ms where it has 2 s (retry) and 10 s (keep-alive).
let requests = 0, open = 0;
const server = createServer(async (request, response) => {
  ++requests;
  ++open;
  response.on('close', () => --open);
  const session = await createSession(request, response, { retry: 200, keepAlive: 200 });
  session.push({ answer: 42 });
});
await new Promise(ready => server.listen(0, '127.0.0.1', ready));

async function listen(onmessage) {
  const before = requests;
  const leave = new AbortController();
  const url = `http://127.0.0.1:${server.address().port}`;
  void fetchEventSource(url, { signal: leave.signal, onmessage });
  await sleep(1500);
  leave.abort();
  await sleep(100);
  return requests - before;
}

function check(what, holds) {
  console.log(`${what}${holds ? '' : '   <- CHANGED'}`);
  if (!holds) process.exitCode = 1;
}

const data = [];
const calm = await listen(message => data.push(message.data));
check(`a handler that keeps the data: ${calm} request in 1.5 s, data ${JSON.stringify(data)}`,
  calm === 1 && data[0] === '' && data[1] === '{"answer":42}' && data.length > 3 &&
  data.slice(2).every(text => text === ''));

const answers = [];
const busy = await listen(message => answers.push(JSON.parse(message.data)));
check(`a handler that parses the data: ${busy} requests in 1.5 s, ${answers.length} answers, ` +
  `${open} streams still open at the server 0.1 s after abort()`,
  busy > 2 && answers.length === 0 && open > 0);

process.exit();
END
timeout 40 node show.mjs
