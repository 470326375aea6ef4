#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: an EventSource at systemd-journal-gatewayd, which serves the journal as an event stream, goes on behind the entry that it saw last when its connection is lost.
# What happens: the entries have no `id`, and while the journal is quiet nothing is sent: a proxy cuts the stream off at its time-out, and EventSource gets the journal from its first entry on, again and again. The cursor is in the data; behind it one can go on by `Range` alone, which EventSource cannot send.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export PATH=$PATH:/usr/sbin
for tool in nginx systemd-socket-activate node; do
  command -v "$tool" >/dev/null || { echo "skipped: no $tool"; exit 77; }
done
cd "$dir"
chmod 755 .
apt-get download -qq systemd-journal-remote libmicrohttpd12 2>/dev/null &&
  for package in *.deb; do dpkg -x "$package" .; done ||
  { echo 'skipped: systemd-journal-remote cannot be had'; exit 77; }
LD_LIBRARY_PATH=$(echo "$dir"/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH
lib/systemd/systemd-journal-gatewayd --version >version 2>&1 ||
  { echo 'skipped: it does not fit to this systemd'; exit 77; }
echo '{"private": true}' >package.json
npm install --silent --ignore-scripts --no-audit --no-fund eventsource@5.1.5 ||
  { echo 'skipped: npm cannot install what this looks at'; exit 77; }

for number in 1 2 3; do
  printf '%s\n' "__REALTIME_TIMESTAMP=170000000${number}000000" "__MONOTONIC_TIMESTAMP=$number" \
    _BOOT_ID=0123456789abcdef0123456789abcdef "MESSAGE=$number" ''
done >entries
mkdir journal
lib/systemd/systemd-journal-remote -o journal/some.journal entries 2>said || { cat said; exit 1; }

cat >show.mjs <<'END'
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { EventSource } from 'eventsource';

const freePort = () => new Promise(done => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => done(port));
  });
});
const answers = port => new Promise(done => {
  const socket = connect(port, '127.0.0.1', () => { socket.destroy(); done(true); });
  socket.on('error', () => done(false));
});
const processes = [];
const start = (...words) => processes.push(spawn(words[0], words.slice(1), { stdio: 'ignore' }));
async function started(port) {
  for (let i = 0; !await answers(port); ++i) {
    if (i === 150) throw new Error('it does not start');
    await new Promise(done => setTimeout(done, 100));
  }
}

const systemd = readFileSync('version', 'utf8').split('\n')[0];
const nginx = execFileSync('sh', ['-c', 'nginx -v 2>&1'], { encoding: 'utf8' }).trim().replace(/^.*: /, '');
const { version } = JSON.parse(readFileSync('node_modules/eventsource/package.json'));
console.log(`${systemd}, ${nginx}, eventsource ${version}, node ${process.version}`);

const [port, proxy] = [await freePort(), await freePort()];
const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
const folder = process.cwd();
writeFileSync('nginx.conf', `daemon off; master_process off; pid nginx.pid; error_log stderr; events {}
http {
  access_log off; ${kinds.map(kind => `${kind}_temp_path ${folder}/temp;`).join(' ')}
  server {
    listen 127.0.0.1:${proxy};
    location / { proxy_pass http://127.0.0.1:${port}; proxy_buffering off; proxy_read_timeout 2s; }
  }
}
`);

let failed = false;
function check(what, seen, expected) {
  const holds = seen === expected;
  console.log(`${what}: ${seen}${holds ? '' : `   <- CHANGED: it was ${expected}`}`);
  failed ||= !holds;
}

try {
  start('systemd-socket-activate', '-E', 'LD_LIBRARY_PATH', '-l', `127.0.0.1:${port}`,
    'lib/systemd/systemd-journal-gatewayd', '-D', 'journal');
  start('nginx', '-p', folder, '-c', 'nginx.conf');
  await started(port);
  await started(proxy);

  const seen = [];
  let [connections, hasId, cursor] = [0, false, ''];
  const source = new EventSource(`http://127.0.0.1:${proxy}/entries?follow`);
  await new Promise((done, failing) => {
    setTimeout(() => failing(new Error('waited in vain')), 40000).unref();
    source.onopen = () => { ++connections; };
    source.onmessage = event => {
      const entry = JSON.parse(event.data);
      hasId ||= event.lastEventId !== '';
      seen.push(entry.MESSAGE);
      if (entry.MESSAGE === '2') cursor = entry.__CURSOR;
    };
    source.onerror = () => { if (connections === 2) done(); };
  });
  source.close();
  check('a quiet journal of three entries, followed through nginx over two connections', seen.join(' '), '1 2 3 1 2 3');
  check('events with an ID', hasId ? 'some' : 'none', 'none');

  const response = await fetch(`http://127.0.0.1:${port}/entries`, {
    headers: { 'Accept': 'text/event-stream', 'Range': `entries=${cursor}:1:` },
    signal: AbortSignal.timeout(10000),
  });
  const behind = (await response.text()).match(/"MESSAGE":"\d"/g).map(text => text.at(-2));
  check('asked by Range for what is behind the cursor of the second', behind.join(' '), '3');
} finally {
  for (const each of processes) each.kill('SIGKILL');
}
process.exit(Number(failed));
END
timeout 55 node show.mjs
