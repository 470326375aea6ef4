#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: `Transfer-Encoding: identity` says that there is none, and is harmless.
# What happens: it is no coding of HTTP/1.1 any more. ssestream sends it with each stream: HAProxy 2.6 answers 502 and Varnish 7.1 503 in its place; nginx 1.22 and node read it.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{"private": true}' >package.json
npm install --silent --ignore-scripts --no-audit --no-fund ssestream@1.1.0 ||
  { echo 'skipped: npm cannot install what this looks at'; exit 77; }

cat >show.mjs <<'END'
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import ssestream from 'ssestream';

const Stream = ssestream.default ?? ssestream;
const { version } = JSON.parse(readFileSync('node_modules/ssestream/package.json'));
console.log(`node ${process.version}, ssestream ${version}`);

const listen = server => new Promise(done => {
  server.listen(0, '127.0.0.1', () => done(server.address().port));
});
const freePort = async () => {
  const server = createTcpServer();
  const port = await listen(server);
  await new Promise(closed => server.close(closed));
  return port;
};
const origin = await listen(createServer((request, response) => {
  const stream = new Stream(request);
  stream.pipe(response);
  stream.write({ data: 'hello' });
  setTimeout(() => response.end(), 500);
}));

const proxies = {
  haproxy: port => [`defaults
  mode http
  timeout connect 5s
  timeout client 9s
  timeout server 9s
frontend f
  bind 127.0.0.1:${port}
  default_backend b
backend b
  server s 127.0.0.1:${origin}
`, ['haproxy', '-db', '-f', 'haproxy.conf']],
  varnishd: port => [`vcl 4.1; backend default { .host = "127.0.0.1"; .port = "${origin}"; }\n`,
    ['varnishd', '-F', '-j', 'none', '-n', `${process.cwd()}/work`, '-s', 'malloc,16m', '-a',
      `127.0.0.1:${port}`, '-f', `${process.cwd()}/varnishd.conf`]],
  nginx: port => [`daemon off; pid nginx.pid; error_log stderr; events {}
http { access_log off; client_body_temp_path t; proxy_temp_path t; fastcgi_temp_path t; uwsgi_temp_path t;
  scgi_temp_path t; server { listen 127.0.0.1:${port}; location / { proxy_http_version 1.1;
  proxy_pass http://127.0.0.1:${origin}; } } }\n`, ['nginx', '-p', '.', '-c', 'nginx.conf']],
};
const expected = {
  node: '200 with the event',
  haproxy: '502 without the event',
  varnishd: '503 without the event',
  nginx: '200 with the event',
};

async function status(port) {
  for (let tries = 0; tries < 100; ++tries) {
    try {
      const response = await fetch(`http://127.0.0.1:${port}/`);
      return `${response.status} ${(await response.text()).includes('hello') ? 'with' : 'without'} the event`;
    } catch {
      await sleep(100);
    }
  }
  return 'no answer';
}
const check = (name, seen) => {
  console.log(`${name}: ${seen}`);
  if (seen === expected[name]) return;
  console.log(`  CHANGED: it was ${expected[name]}`);
  process.exitCode = 1;
};
check('node', await status(origin));
for (const [name, make] of Object.entries(proxies)) {
  const asked = spawnSync(name, [name === 'varnishd' ? '-V' : '-v']);
  if (asked.error) {
    console.log(`skipped: no ${name}`);
    continue;
  }
  console.log(String(asked.stdout + asked.stderr).split('\n')[0]);
  const port = await freePort();
  const [text, [command, ...words]] = make(port);
  writeFileSync(`${name}.conf`, text);
  const child = spawn(command, words, { stdio: 'ignore' });
  const ended = new Promise(done => child.on('exit', done));
  check(name, await status(port));
  child.kill();
  await ended;
}
process.exit();
END
timeout 50 node show.mjs
