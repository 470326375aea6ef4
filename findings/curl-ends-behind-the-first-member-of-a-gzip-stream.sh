#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: a stream in which each event is a gzip member of its own, which RFC 1952 allows and gunzip reads, arrives at all clients, so that an event can be compressed once for all of them.
# What happens: node's fetch reads all members; curl 7.88 prints the first event and gives up with exit status 23, "Failed writing received data". One member whose blocks are flushed and refer to nothing in front of them is read by both.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
command -v node >/dev/null && curl --version | grep -q libz ||
  { echo 'skipped: no node, or a curl without gzip'; exit 77; }
echo "node $(node --version), $(curl --version | grep -o '^curl [^ ]*')"

cat >show.mjs <<'END'
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { constants, deflateRawSync, gzipSync } from 'node:zlib';

const event = i => `id: ${i}\ndata: hello\n\n`;
const head = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
const flushed = text => deflateRawSync(text, { finishFlush: constants.Z_FULL_FLUSH });
const ways = {
  members: i => gzipSync(event(i)),
  blocks: i => Buffer.concat([i === 1 ? head : Buffer.alloc(0), flushed(event(i))]),
};

const server = createServer(async (request, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' });
  for (let i = 1; i <= 5; ++i) {
    response.write(ways[request.url.slice(1)](i));
    await new Promise(later => setTimeout(later, 100));
  }
  setTimeout(() => response.destroy(), 1000);  // as a stream ends that has no end
});
await new Promise(ready => server.listen(0, '127.0.0.1', ready));
const address = `http://127.0.0.1:${server.address().port}/`;
const events = text => text.split('\n\n').length - 1;

async function byNode(way) {
  let text = '';
  try {
    const response = await fetch(address + way);
    for await (const part of response.body.pipeThrough(new TextDecoderStream())) text += part;
  } catch {}  // its end
  return `${events(text)} events`;
}

async function byCurl(way) {
  let text = '';
  const curl = spawn('curl', ['-sN', '--noproxy', '*', '--compressed', address + way]);
  curl.stdout.setEncoding('utf8').on('data', part => { text += part; });
  const status = await new Promise(ended => curl.on('close', ended));
  return `${events(text)} events${status === 23 ? ', exit status 23' : ''}`;
}

for (const [way, node, curl] of [['members', '5 events', '1 events, exit status 23'],
                                 ['blocks', '5 events', '5 events']]) {
  for (const [name, seen, expected] of [['node', await byNode(way), node],
                                        ['curl', await byCurl(way), curl]]) {
    console.log(`${way}, ${name}: ${seen}`);
    if (seen !== expected) {
      console.log(`  CHANGED: it was ${expected}`);
      process.exitCode = 1;
    }
  }
}
process.exit();
END
timeout 40 node show.mjs
