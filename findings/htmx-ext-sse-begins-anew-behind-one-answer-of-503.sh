#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: the SSE extension of htmx 2, which says that it reconnects by itself, goes on behind the last event it has shown.
# What happens: EventSource sends its last ID when it comes back, and gives up for good at an answer of 503, as proxies give while a server restarts. The extension then makes a new EventSource, which has no ID: what was published meanwhile is lost, and what a server greets newcomers with is shown once more.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{"private": true}' >package.json
npm install --silent --ignore-scripts --no-audit --no-fund htmx.org@2.0.11 htmx-ext-sse@2.2.4 \
  jsdom@29.1.1 eventsource@5.1.5 ||
  { echo 'skipped: npm cannot install what this looks at'; exit 77; }

cat >show.mjs <<'END'
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventSource } from 'eventsource';
import { JSDOM } from 'jsdom';

// The first connection breaks off, the second finds a proxy whose server restarts.
const came = [];
const server = createServer((request, response) => {
  const number = came.push(request.headers['last-event-id'] ?? 'none');
  if (number === 2) return response.writeHead(503).end();
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(`retry: 100\nid: ${number}\ndata: <p>${number}</p>\n\n`);
  if (number === 1) setTimeout(() => response.destroy(), 300);
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `http://127.0.0.1:${server.address().port}/`;
const { window } = new JSDOM(
  `<div hx-ext="sse" sse-connect="${url}" sse-swap="message" hx-swap="beforeend"></div>`,
  { runScripts: 'outside-only', url });
window.EventSource = EventSource;
// jsdom wants the type of a result to be said, which browsers do not.
const { evaluate } = window.XPathExpression.prototype;
window.XPathExpression.prototype.evaluate = function (node) { return evaluate.call(this, node, 4, null); };
window.eval(`${readFileSync('node_modules/htmx.org/dist/htmx.js', 'utf8')}; window.htmx = htmx;`);
window.eval(readFileSync('node_modules/htmx-ext-sse/sse.js', 'utf8'));

for (let waited = 0; waited < 20000 && !window.document.body.textContent.includes('3'); waited += 100) {
  await sleep(100);
}
console.log(`node ${process.version}, htmx.org 2.0.11, htmx-ext-sse 2.2.4, eventsource 5.1.5`);
console.log(`Last-Event-ID of the requests: ${came.join(', ')}`);
if (came.join() !== 'none,1,none') {
  console.log('CHANGED: it was none, 1, none');
  process.exitCode = 1;
}
process.exit();
END
NODE_NO_WARNINGS=1 timeout 45 node show.mjs
