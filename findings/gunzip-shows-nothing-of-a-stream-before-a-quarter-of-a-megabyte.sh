#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: `curl -N URL | gunzip` shows each event of a compressed stream that is flushed at each event when it comes, as `curl -N --compressed URL` does.
# What happens: gunzip, zstd (which reads gzip, too) and brotli read until their buffer is full before they unpack any of it (gunzip's has 256 KiB, and that of what is packed), so for a long time nothing of a stream is shown. If it is cut off then, gunzip and zstd write what they have, brotli writes nothing.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
for tool in curl gunzip zstd brotli node; do
  command -v "$tool" >/dev/null || { echo "skipped: no $tool"; exit 77; }
done
cd "$dir"

cat >show.mjs <<'END'
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { pipeline } from 'node:stream';
import { createBrotliCompress, createGzip } from 'node:zlib';

const versions = ['curl', 'gunzip', 'zstd', 'brotli']
  .map(tool => `${tool} ${/\d+\.\d+(\.\d+)?/.exec(execFileSync(tool, ['--version'], { encoding: 'utf8' }))[0]}`);
console.log(`node ${process.version}, ${versions.join(', ')}`);

// Bytes that do not pack well, so that few events make a large stream.
const event = number => `id: ${number}\ndata: ${randomBytes(500).toString('hex')}\n\n`;
let current;
const server = createServer((request, response) => {
  const coding = request.url.slice(1);
  const packer = { gzip: createGzip, br: createBrotliCompress }[coding]();
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Content-Encoding': coding });
  let packed = 0;
  packer.on('data', piece => { packed += piece.length; });
  pipeline(packer, response, () => {});
  current = {
    send: number => new Promise(done => {
      packer.write(event(number));
      packer.flush(done);
    }),
    cut: () => response.destroy(),
    packed: () => packed,
  };
});
await new Promise(done => server.listen(0, '127.0.0.1', done));
const root = `http://127.0.0.1:${server.address().port}`;

const pause = time => new Promise(done => setTimeout(done, time));
async function until(holds, time) {
  for (const end = Date.now() + time; !holds() && Date.now() < end;) await pause(20);
  return holds();
}

/** What is shown of twenty events while the stream lasts, of up to 700, and when it has been cut off. */
async function look(coding, command, isAtOnce) {
  current = null;
  const shell = spawn('sh', ['-c', command.replace('URL', `${root}/${coding}`)],
    { stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  shell.stdout.on('data', piece => { text += piece; });
  const count = () => text.match(/^data: .*$/mg)?.length ?? 0;
  if (!await until(() => current, 15000)) throw new Error('curl does not come');
  for (let number = 1; number <= 20; ++number) await current.send(number);
  await until(() => count() === 20, isAtOnce ? 15000 : 2000);
  const early = count();
  let sent = 20;
  while (!count() && sent < 700) {
    await current.send(++sent);
    if (sent % 10 === 0) await pause(20);
  }
  await until(count, 1000);
  const [more, packed] = [count(), current.packed()];
  const ended = new Promise(done => shell.on('close', done));
  current.cut();
  await ended;
  const state = (seen, of) => seen === 0 ? 'none' : seen === of ? 'all' : 'some';
  return { early: state(early, 20), more: state(more, sent), last: state(count(), sent), sent, packed };
}

let failed = false;
for (const [coding, command, early, more, last] of [
  ['gzip', 'curl -q -sN --compressed URL', 'all', 'all', 'all'],
  ['gzip', 'curl -q -sN URL | gunzip', 'none', 'some', 'all'],
  ['gzip', 'curl -q -sN URL | zstd -dcq', 'none', 'some', 'all'],
  ['br', 'curl -q -sN URL | brotli -dc', 'none', 'none', 'none'],
]) {
  const seen = await look(coding, command, early === 'all');
  const holds = seen.early === early && seen.more === more && seen.last === last;
  console.log(`${command}, ${coding}: of 20 events of 1 kB ${seen.early}` +
    (seen.sent > 20 ? `, of ${seen.sent} (${seen.packed >> 10} KiB packed) ${seen.more}` : '') +
    `, when cut off ${seen.last}` +
    (holds ? '' : `   <- CHANGED: it was ${early}, ${more}, ${last}`));
  failed ||= !holds;
}
process.exit(Number(failed));
END
timeout 55 node show.mjs
