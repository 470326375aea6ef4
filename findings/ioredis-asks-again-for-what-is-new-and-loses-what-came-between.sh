#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: when the connection is lost on which an XREAD waits for what is new (`$`), the program is told, or gets what was added meanwhile when the connection is back.
# What happens: ioredis connects again and sends the same XREAD; `$` means now what is the end by then, so an entry that was added between is never seen, and no error tells. With an ID in place of `$` it comes; npm's redis raises.
set -euo pipefail
for tool in redis-server redis-cli; do
  command -v "$tool" >/dev/null || { echo "skipped: no $tool"; exit 77; }
done
dir=$(mktemp -d)
redis-server --port 0 --unixsocket "$dir/socket" --save '' --dir "$dir" >"$dir/log" &
server=$!
trap 'kill $server; wait; rm -rf "$dir"' EXIT
cd "$dir"

echo '{"private": true}' >package.json
npm install --silent --ignore-scripts --no-audit --no-fund \
  ioredis-5@npm:ioredis@5.11.1 ioredis-6@npm:ioredis@6.0.0 redis@6.3.1 ||
  { echo 'skipped: npm cannot install what this looks at'; exit 77; }

cat >show.mjs <<'END'
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Redis as Redis5 } from 'ioredis-5';
import { Redis as Redis6 } from 'ioredis-6';
import { createClient } from 'redis';

const socket = `${process.cwd()}/socket`;
const redis = (...words) => execFileSync('redis-cli', ['-s', socket, ...words], { encoding: 'utf8' }).trim();
const pause = () => new Promise(done => setTimeout(done, 50));
async function until(what, holds) {
  for (let i = 0; !holds(); ++i) {
    if (i === 200) throw new Error(`waited in vain until ${what}`);
    await pause();
  }
}
await until('Redis is there', () => { try { return redis('ping') === 'PONG'; } catch { return false; } });
const version = name => JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version;
console.log(`node ${process.version}, Redis ${/redis_version:(\S+)/.exec(redis('info', 'server'))[1]}`);

const ioredis = Redis => () => {
  const client = new Redis(socket, { retryStrategy: () => 300 });
  client.on('error', () => {});
  return { read: id => client.xread('BLOCK', 0, 'STREAMS', 'stream', id), end: () => client.disconnect() };
};
function nodeRedis() {
  const client = createClient({ socket: { path: socket, reconnectStrategy: () => 300 } });
  client.on('error', () => {});
  const connected = client.connect();
  return {
    read: async id => {
      await connected;
      return client.xRead({ key: 'stream', id }, { BLOCK: 0 });
    },
    end: () => client.destroy(),
  };
}

/** The ID of the client on whose connection an XREAD waits. */
const reader = () => /^id=(\d+) .* flags=b.* cmd=xread/m.exec(redis('client', 'list'))?.[1];

async function look(make, id) {
  await until('no reader is left', () => !reader());
  redis('flushall');
  redis('xadd', 'stream', '1-0', 'text', 'old');
  const client = make();
  let seen = null;
  client.read(id).then(
    entries => { seen = JSON.stringify(entries).match(/\d-0/g).join(' '); },
    error => { seen = error.constructor.name; });
  await until('a reader waits', reader);
  const first = reader();
  redis('client', 'kill', 'id', first);
  redis('xadd', 'stream', '2-0', 'text', 'while the connection is lost');
  await until('the reader is back, or done', () => seen !== null || ![undefined, first].includes(reader()));
  redis('xadd', 'stream', '3-0', 'text', 'later');
  await until('the reader is done', () => seen !== null);
  client.end();
  return seen;
}

for (const [name, make, id, expected] of [
  ['ioredis-5', ioredis(Redis5), '$', '3-0'],
  ['ioredis-6', ioredis(Redis6), '$', '3-0'],
  ['ioredis-6', ioredis(Redis6), '1-0', '2-0'],
  ['redis', nodeRedis, '$', 'SocketClosedUnexpectedlyError'],
]) {
  const seen = await look(make, id);
  const holds = seen.split(' ')[0] === expected;
  console.log(`${name.split('-')[0]} ${version(name)}, XREAD behind ${id}, 2-0 added while the connection is lost, ` +
    `3-0 later: ${seen}${holds ? '' : `   <- CHANGED: it was ${expected}`}`);
  if (!holds) process.exitCode = 1;
}
process.exit();
END
timeout 45 node show.mjs
