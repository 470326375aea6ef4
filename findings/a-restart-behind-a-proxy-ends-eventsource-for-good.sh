#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: an EventSource outlives a restart of its server, for it comes back until the server is there again; behind a proxy, which is not restarted, all the more.
# What happens: without a proxy it does. nginx answers 502 at once while the server is away, HAProxy 503 after trying for three seconds, and to EventSource any status but 200 is the end: one that comes back meanwhile never asks again. If nginx answers 200 with a `retry` in place of 502, it lives on, and knows where it was.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export PATH=$PATH:/usr/sbin
for tool in nginx haproxy node; do
  command -v "$tool" >/dev/null || { echo "skipped: no $tool"; exit 77; }
done
cd "$dir"
chmod 755 .
echo '{"private": true}' >package.json
npm install --silent --ignore-scripts --no-audit --no-fund eventsource@5.1.5 undici@7.30.2 ||
  { echo 'skipped: npm cannot install what this looks at'; exit 77; }

cat >show.mjs <<'END'
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { EventSource } from 'eventsource';
import { EventSource as OfUndici } from 'undici';

const version = name => `${name} ${JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version}`;
const first = command => execFileSync('sh', ['-c', `${command} 2>&1 | head -n 1`], { encoding: 'utf8' }).trim();
console.log(`node ${process.version}, ${version('eventsource')}, ${version('undici')}, ` +
  `${first('nginx -v').replace(/^.*: /, '')}, ${/^HAProxy version \S+/.exec(first('haproxy -v'))[0]}`);

const pause = time => new Promise(done => setTimeout(done, time));
async function until(what, holds) {
  for (let i = 0; !await holds(); ++i) {
    if (i === 300) throw new Error(`waited in vain until ${what}`);
    await pause(50);
  }
}
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

/** Sends what is behind the last ID; events 1 and 2 before the restart, 3 after it. */
let server, last;
const port = await freePort();
function start() {
  server = createServer((request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    response.write('retry: 500\n\n');
    for (let id = Number(request.headers['last-event-id'] ?? 0) + 1; id <= last; ++id)
      response.write(`id: ${id}\ndata: ${id}\n\n`);
  });
  return new Promise(done => server.listen(port, '127.0.0.1', done));
}
function stop() {
  const closed = new Promise(done => server.close(done));
  server.closeAllConnections();
  return closed;
}

const [nginx, mended, haproxy] = [await freePort(), await freePort(), await freePort()];
const folder = process.cwd();
const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  .map(name => `${name}_temp_path ${folder}/temp;`).join(' ');
const passed = `proxy_pass http://127.0.0.1:${port}; proxy_http_version 1.1; proxy_buffering off;`;
writeFileSync('nginx.conf', `daemon off; master_process off; pid nginx.pid; error_log stderr; events {}
http {
  access_log off; ${places}
  server { listen 127.0.0.1:${nginx}; location / { ${passed} } }
  server {
    listen 127.0.0.1:${mended};
    location / { ${passed} error_page 502 503 504 =200 @away; }
    location @away { default_type text/event-stream; add_header Cache-Control no-store; return 200 "retry: 500\\n\\n"; }
  }
}
`);
writeFileSync('haproxy.cfg', `defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
listen all
  bind 127.0.0.1:${haproxy}
  server one 127.0.0.1:${port}
`);

async function look(Source, at) {
  last = 2;
  await start();
  let errors = 0;
  const [seen, codes] = [[], []];
  const source = new Source(`http://127.0.0.1:${at}/`);
  source.onmessage = event => seen.push(event.data);
  source.onerror = event => {
    ++errors;
    if (event.code) codes.push(event.code);
  };
  await until('two events are seen', () => seen.length === 2);
  await stop();
  // It comes back, and is refused, at least once while the server is away.
  const stopped = Date.now();
  await until('it has come in vain', () => errors >= 2);
  const away = ((Date.now() - stopped) / 1000).toFixed(1);
  last = 3;
  await start();
  await until('it comes, or is closed', () => seen.length === 3 || source.readyState === 2);
  const end = source.readyState === 2 ? 'closed for good' : 'comes back';
  source.close();
  await stop();
  return [end, `${seen.join(' ')}, refused after ${away} s${codes.length ? `, by ${codes.join(' ')}` : ''}`];
}

const processes = [];
let failed = false;
try {
  processes.push(spawn('nginx', ['-p', folder, '-c', 'nginx.conf'], { stdio: 'ignore' }));
  processes.push(spawn('haproxy', ['-db', '-f', 'haproxy.cfg'], { stdio: 'ignore' }));
  for (const each of [nginx, mended, haproxy]) await until('the proxies are there', () => answers(each));
  for (const [name, Source] of [['eventsource', EventSource], ['undici', OfUndici]])
    for (const [what, at, expected] of [
      ['without a proxy', port, 'comes back'],
      ['behind nginx', nginx, 'closed for good'],
      ['behind HAProxy', haproxy, 'closed for good'],
      ['behind nginx with a page for 502', mended, 'comes back'],
    ]) {
      const [end, seen] = await look(Source, at);
      const holds = end === expected && seen.startsWith(end === 'comes back' ? '1 2 3' : '1 2');
      console.log(`${name} ${what}: ${end}, events ${seen}${holds ? '' : `   <- CHANGED: it was ${expected}`}`);
      failed ||= !holds;
    }
} finally {
  for (const each of processes) each.kill('SIGKILL');
}
process.exit(Number(failed));
END
NODE_NO_WARNINGS=1 timeout 55 node show.mjs
