#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: `curl -N --compressed` prints a stream that is flushed at each event when each event comes, whatever the coding.
# What happens: of `br`, curl 7.88 prints at most 16 KiB of what came at once, and the rest when more comes: of events of 57 kB none is there as a whole before the next is sent, and more and more is held back. libbrotli says that it needs more input then, though it has more output. With gzip each event is there.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
command -v node >/dev/null && curl --version | grep -q brotli ||
  { echo 'skipped: no node, or a curl without brotli'; exit 77; }
curl --version | sed -n 's/^\(curl [^ ]*\).* \(brotli[^ ]*\).*/\1, \2/p'

cat >show.mjs <<'END'
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { createBrotliCompress, createGzip } from 'node:zlib';

const text = 'the quick brown fox jumps over the lazy dog; '.repeat(1267);
const soon = 700;  // milliseconds from an event to the next
let printed, seen;

const server = createServer(async (request, response) => {
  const coding = request.url.slice(1);
  response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': coding });
  const coder = coding === 'br' ? createBrotliCompress() : createGzip();
  coder.pipe(response);
  for (let i = 1; i <= 6; ++i) {
    coder.write(`id: ${i}\ndata: ${text}\n\n`);
    await new Promise(flushed => coder.flush(flushed));
    await new Promise(later => setTimeout(later, soon));
    seen.push(printed.split('\n\n').length - 1);
  }
  coder.end();
});
await new Promise(ready => server.listen(0, '127.0.0.1', ready));
for (const coding of ['gzip', 'br']) {
  printed = '', seen = [];
  const url = `http://127.0.0.1:${server.address().port}/${coding}`;
  const curl = spawn('curl', ['-sN', '--noproxy', '*', '--max-time', '15', '--compressed', url]);
  curl.stdout.setEncoding('utf8').on('data', chunk => { printed += chunk; });
  await new Promise(ended => curl.on('close', ended));
  console.log(`${coding}: ${seen.join(', ')} events there before the next is sent`);
  if ((seen.join() === '1,2,3,4,5,6') !== (coding === 'gzip')) {
    console.log('  CHANGED');
    process.exitCode = 1;
  }
}
process.exit();
END
timeout 40 node show.mjs
