#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: `networkidle`, by which tests and printers of pages wait until a page has all that it asked for, means the same in Puppeteer and Playwright on a page that holds an EventSource.
# What happens: for Puppeteer (networkidle0) the stream is a request that goes on, so the page is never there, and after 30 seconds comes a TimeoutError. Playwright does not count an EventSource, and is done in half a second; but a stream that is read by fetch it counts, and waits in vain, too.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
chromium=$(command -v chromium || true)
[ -n "$chromium" ] || { echo 'skipped: no chromium'; exit 77; }
echo '{"private": true}' >package.json
npm install --silent --ignore-scripts --no-audit --no-fund puppeteer-core@24.43.1 playwright-core@1.65.1 ||
  { echo 'skipped: npm cannot install what this looks at'; exit 77; }

cat >show.mjs <<'END'
import { createServer } from 'node:http';
import { chromium } from 'playwright-core';
import puppeteer from 'puppeteer-core';

const pages = {
  '/none': '<p>nothing',
  '/EventSource': '<script>new EventSource("/events")</script>',
  '/fetch': '<script>fetch("/events").then(async answer => { for await (const _ of answer.body); })</script>',
};
const server = createServer((request, response) => {
  if (request.url !== '/events') {
    response.writeHead(200, { 'Content-Type': 'text/html' }).end(pages[request.url]);
    return;
  }
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  response.write('data: 1\n\n');
  const heartbeat = setInterval(() => response.write(':\n\n'), 15000);
  request.on('close', () => clearInterval(heartbeat));
});
await new Promise(done => server.listen(0, '127.0.0.1', done));

const options = { executablePath: process.argv[2], args: ['--no-sandbox'] };
const tools = [
  ['puppeteer-core 24.43.1', await puppeteer.launch(options), 'networkidle0', 'idle never never'],
  ['playwright-core 1.65.1', await chromium.launch(options), 'networkidle', 'idle idle never'],
];
let changed = 0;
for (const [name, browser, waitUntil, expected] of tools) {
  const found = [];
  for (const path of Object.keys(pages)) {
    const page = await browser.newPage();
    try {
      await page.goto(`http://127.0.0.1:${server.address().port}${path}`, { waitUntil, timeout: 6000 });
      found.push('idle');
    } catch (error) {
      found.push(error.name === 'TimeoutError' ? 'never' : error.name);
    }
    await page.close();
  }
  await browser.close();
  console.log(`${name}, ${waitUntil}: no stream ${found[0]}, EventSource ${found[1]}, fetch ${found[2]} (in 6 s)`);
  if (found.join(' ') !== expected) {
    console.log(`  CHANGED: it was ${expected}`);
    changed = 1;
  }
}
process.exit(changed);
END
"$chromium" --version 2>/dev/null
timeout 55 node show.mjs "$chromium"
