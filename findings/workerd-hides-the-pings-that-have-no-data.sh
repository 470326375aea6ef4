#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: `event: ping` with an empty `data` reaches the listeners of `ping`: by the standard only a block without any data line is dropped, and an empty `event` line means the type `message`.
# What happens: the EventSource of workerd (Cloudflare Workers) drops each event whose data is empty, so an alarm that waits for such pings goes off; and an event with an empty `event` line reaches nobody. The package eventsource gives them all.
set -euo pipefail
dir=$(mktemp -d)
started=()
trap 'kill "${started[@]}" 2>/dev/null || true; rm -rf "$dir"' EXIT
cd "$dir"
echo '{"private": true}' >package.json
npm install --silent --ignore-scripts --no-audit --no-fund workerd@1.20261117.1 eventsource@5.1.5 ||
  { echo 'skipped: npm cannot install what this looks at'; exit 77; }

cat >workerd.capnp <<'END'
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "worker", worker = (
      modules = [(name = "worker", esModule = embed "worker.mjs")],
      compatibilityDate = "2026-01-01")),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "worker")]);
END
cat >listen.mjs <<'END'
// What listeners of `ping` and `message` are given before `end`.
export const listen = (EventSource, url) => new Promise(done => {
  const given = [];
  const source = new EventSource(url);
  for (const type of ['ping', 'message']) {
    source.addEventListener(type, ({data}) => { given.push(`${type} ${JSON.stringify(data)}`); });
  }
  source.addEventListener('end', () => { source.close(); done(given); });
});
END
{
  cat listen.mjs
  cat <<'END'
export default {
  async fetch(request) {
    return Response.json(await listen(EventSource, await request.text()));
  },
};
END
} >worker.mjs
case $(uname -m) in
  x86_64) machine=64 ;;
  *) machine=arm64 ;;
esac
workerd=node_modules/@cloudflare/workerd-linux-$machine/bin/workerd
"$workerd" serve workerd.capnp --control-fd=3 3>control >log 2>&1 &
started+=($!)
for _ in {1..200}; do
  grep -q '"port"' control && break
  sleep 0.1
done

cat >show.mjs <<'END'
import { createServer } from 'node:http';
import { once } from 'node:events';
import { EventSource } from 'eventsource';
import { listen } from './listen.mjs';

const stream = [
  'event: ping\ndata: 1\n\n',
  'event: ping\ndata:\n\n',
  'data:\n\n',
  'data:\ndata:\n\n',
  'event:\ndata: 2\n\n',
  'event: end\ndata: end\n\n',
];
const origin = createServer((request, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  stream.forEach(each => response.write(each));
}).listen(0, '127.0.0.1');
await once(origin, 'listening');
const url = `http://127.0.0.1:${origin.address().port}/`;
const [worker, version] = process.argv.slice(2);
const ofWorker = await (await fetch(worker, { method: 'POST', body: url })).json();
const ofPackage = await listen(EventSource, url);
console.log(`${version}, node ${process.version}, eventsource 5.1.5`);
for (const [name, given, expected] of [
  ['workerd', ofWorker, 'ping "1", message "\\n"'],
  ['eventsource', ofPackage, 'ping "1", ping "", message "", message "\\n", message "2"'],
]) {
  console.log(`${name} gives: ${given.join(', ')}`);
  if (given.join(', ') !== expected) {
    console.log(`  CHANGED: it was ${expected}`);
    process.exitCode = 1;
  }
}
process.exit();
END
port=$(grep -o '"port":[0-9]*' control | cut -d : -f 2)
timeout 40 node show.mjs "http://127.0.0.1:$port/" "$("$workerd" --version)"
