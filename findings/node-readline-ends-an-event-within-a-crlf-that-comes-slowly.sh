#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: node's readline, by which many programs take the lines of an event stream, gives the same lines however slowly the bytes come.
# What happens: an LF that comes more than 100 ms behind its CR counts as a line end of its own. Where a packet ends between them and the next one is late, a blank line is seen, which ends the event: its second half becomes another event. With `crlfDelay: Infinity` no line is added.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
command -v node >/dev/null || { echo 'skipped: no node'; exit 77; }

cat >show.mjs <<'END'
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';

const server = createServer((request, response) => {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  response.write('data: one\r');
  setTimeout(() => response.end('\ndata: two\r\n\r\n'), Number(request.url.slice(1)));
});
await new Promise(done => server.listen(0, '127.0.0.1', done));

const lines = async (late, options) => {
  const { body } = await fetch(`http://127.0.0.1:${server.address().port}/${late}`);
  const got = [];
  for await (const line of createInterface({ input: Readable.fromWeb(body), ...options })) got.push(line);
  return JSON.stringify(got);
};

console.log(`node ${process.version}; sent: two lines of data and a blank one`);
const whole = '["data: one","data: two",""]';
const divided = '["data: one","","data: two",""]';
let changed = 0;
for (const [late, options, expected] of [
  [600, {}, divided],
  [600, { crlfDelay: Infinity }, whole],
]) {
  const got = await lines(late, options);
  console.log(`LF ${late} ms late, crlfDelay ${options.crlfDelay ?? 'as it is'}: ${got}`);
  if (got === expected) continue;
  console.log(`  CHANGED: it was ${expected}`);
  changed = 1;
}
process.exit(changed);
END
timeout 40 node show.mjs
