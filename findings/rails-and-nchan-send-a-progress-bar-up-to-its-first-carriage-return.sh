#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: a server's library sends any text as data: what it is given arrives, with its line ends.
# What happens: Rails and nchan split data at LF alone, while to clients a CR ends a line, too. Of what curl or apt print while they work, where each state overwrites the one before, the first state arrives, and the result never.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
ruby -e "require 'action_controller'; require 'puma'" 2>/dev/null && [ -e /usr/lib/nginx/modules/ngx_nchan_module.so ] ||
  { echo 'skipped: no Rails, Puma or nchan (ruby-actionpack, puma, libnginx-mod-nchan)'; exit 77; }
echo '{"private": true}' >package.json
npm install --silent --ignore-scripts --no-audit --no-fund eventsource-parser@4.1.3 eventsource-encoder@1.0.2 ||
  { echo 'skipped: npm cannot install what this looks at'; exit 77; }

cat >rails.rb <<'END'
require 'action_controller'
require 'puma'
ActionDispatch::Cookies
class Events < ActionController::Metal
  include ActionController::Live
  def show
    response.headers['Content-Type'] = 'text/event-stream'
    sse = SSE.new(response.stream)
    sse.write(ARGV.first)
  ensure
    sse.close
  end
end
server = Puma::Server.new(Events.action(:show), Puma::Events.null)
server.add_tcp_listener('127.0.0.1', 0)
server.run
puts server.connected_ports.first, ActionPack.version
$stdout.flush
$stdin.read
exit!
END

cat >show.mjs <<'END'
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { encode } from 'eventsource-encoder';
import { createParser } from 'eventsource-parser';

const TEXT = ' 10 %\r 50 %\r100 %, done';
const show = text => JSON.stringify(text);

// The data of the first event, as a client reads it.
async function first(url) {
  const stopping = new AbortController();
  const response = await fetch(url, { headers: { accept: 'text/event-stream' }, signal: stopping.signal });
  let data;
  const parser = createParser({ onEvent: event => { data ??= event.data; } });
  for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
    parser.feed(piece);
    if (data !== undefined) break;
  }
  stopping.abort();
  return data;
}

const servers = {
  async rails() {
    const ruby = spawn('ruby', ['rails.rb', TEXT], { stdio: ['pipe', 'pipe', 'ignore'] });
    const lines = createInterface(ruby.stdout)[Symbol.asyncIterator]();
    const port = (await lines.next()).value;
    const version = (await lines.next()).value;
    const data = await first(`http://127.0.0.1:${port}/`);
    ruby.stdin.end();
    await once(ruby, 'exit');
    return [`Rails' ActionController::Live::SSE ${version}`, data];
  },
  async nchan() {
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address();
    free.close();
    const folder = process.cwd();
    const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(kind => `${kind}_temp_path ${folder}/t;`);
    writeFileSync('nginx.conf', `load_module /usr/lib/nginx/modules/ngx_nchan_module.so; daemon off; master_process off;
      pid nginx.pid; error_log stderr; events {} http { access_log off; ${places.join('')} server { listen 127.0.0.1:${port};
      location / { nchan_pubsub; nchan_channel_id all; nchan_subscriber_first_message oldest; } } }`);
    const nginx = spawn('/usr/sbin/nginx', ['-p', folder, '-c', 'nginx.conf'], { stdio: 'ignore' });
    const url = `http://127.0.0.1:${port}/`;
    for (let tries = 0; tries < 200; ++tries) {
      if (await fetch(url, { method: 'POST', body: TEXT }).then(() => true, () => false)) break;
      await new Promise(done => setTimeout(done, 50));
    }
    const data = await first(url);
    nginx.kill();
    await once(nginx, 'exit');
    return ['nchan of nginx', data];
  },
  async node() {
    const server = createServer((request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(encode({ data: TEXT }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const data = await first(`http://127.0.0.1:${server.address().port}/`);
    server.close();
    return ['eventsource-encoder 1.0.2', data];
  },
};

console.log(`node ${process.version}, eventsource-parser 4.1.3 is given ${show(TEXT)} by`);
for (const [name, expected] of [['node', ' 10 %\n 50 %\n100 %, done'], ['rails', ' 10 %'], ['nchan', ' 10 %']]) {
  const [title, seen] = await servers[name]();
  console.log(`  ${title}: ${show(seen)}`);
  if (seen !== expected) {
    console.log(`  CHANGED: it was ${show(expected)}`);
    process.exitCode = 1;
  }
}
process.exit();
END
timeout 55 node show.mjs
