#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: a client that has once seen an ID sends it as `Last-Event-ID` whenever it comes back, until it sees another one; so with an event store nothing is lost, however often the stream is cut off.
# What happens: MCP's client (TypeScript) keeps the ID for one stream alone. If the stream that it resumed is cut off before a message comes on it, it comes back without an ID: what the server stored meanwhile is never sent, and no error tells. Behind the first cut it is sent.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{"private": true}' >package.json
npm install --silent --ignore-scripts --no-audit --no-fund \
  @modelcontextprotocol/sdk@1.32.2 @modelcontextprotocol/client@2.4.0 ||
  { echo 'skipped: npm cannot install what this looks at'; exit 77; }

cat >show.mjs <<'END'
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';

const [package_, when] = process.argv.slice(2);
const { Client, StreamableHTTPClientTransport } = package_ === '@modelcontextprotocol/client' ? await import(package_) :
  Object.assign({}, await import(`${package_}/client/index.js`), await import(`${package_}/client/streamableHttp.js`));
const version = name => `${name} ${JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version}`;
console.log(`node ${process.version}, client ${version(package_)}, server ${version('@modelcontextprotocol/sdk')}`);

/** Numbers messages, and gives all of a stream that are behind one. */
const stored = [];
const eventStore = {
  async storeEvent(stream, message) {
    return `${stored.push({ stream, message })}`;
  },
  async replayEventsAfter(last, { send }) {
    const { stream } = stored[last - 1];
    for (const [index, event] of stored.entries())
      if (index >= Number(last) && event.stream === stream) await send(`${index + 1}`, event.message);
    return stream;
  },
};
const mcp = new McpServer({ name: 'server', version: '1' }, { capabilities: { logging: {} } });
const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: randomUUID, eventStore });
await mcp.connect(transport);
const tell = text => mcp.server.sendLoggingMessage({ level: 'info', data: text });

const gets = [];  // the standing streams: what they asked to resume behind, and their connections
const http = createServer((request, response) => {
  if (request.method === 'GET') {
    const get = { last: request.headers['last-event-id'], socket: request.socket, isGone: false };
    gets.push(get);
    response.on('close', () => { get.isGone = true; });
  }
  transport.handleRequest(request, response);
});
await new Promise(done => http.listen(0, '127.0.0.1', done));

async function until(what, holds) {
  for (let i = 0; !holds(); ++i) {
    if (i === 500) throw new Error(`waited in vain until ${what}`);
    await new Promise(done => setTimeout(done, 20));
  }
}
const seen = [];
const client = new Client({ name: 'client', version: '1' });
client.fallbackNotificationHandler = async ({ params }) => { seen.push(params.data); };
let opened = 0;  // standing streams whose head the client has
await client.connect(new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${http.address().port}/`), {
  async fetch(url, options) {
    const response = await fetch(url, options);
    if (options.method === 'GET' && response.ok) ++opened;
    return response;
  },
}));

const there = number => until(`stream ${number} is there`, () => opened === number);
async function cut(number) {
  gets[number - 1].socket.destroy();
  await until(`stream ${number} is gone`, () => gets[number - 1].isGone);
}
await there(1);
await tell('on the first');
await until('the first message is seen', () => seen.length);
await cut(1);
const between = when === 'between';
if (between) await tell('behind the first cut');
await there(2);
if (between) await until('it is seen', () => seen.length === 2);
await cut(2);
await tell('behind the second cut');
await there(3);
await tell('on the third');
await until('the last message is seen', () => seen.includes('on the third'));

const resumed = gets.map(get => get.last ?? 'nothing').join(', ');
const missing = stored.map(({ message }) => message.params?.data)
  .filter(text => text && !seen.includes(text)).join(', ') || 'none';
console.log(`  ${between ? 'a message' : 'nothing'} comes on the second stream: the three resume behind ${resumed}; ` +
  `never seen: ${missing}`);
const [ids, lost] = between ? [/^nothing, (\d+), (?!\1)\d+$/, 'none'] :
  [/^nothing, \d+, nothing$/, 'behind the second cut'];
if (!ids.test(resumed) || missing !== lost) {
  console.log(`CHANGED: it was ${ids}, and never seen: ${lost}`);
  process.exit(1);
}
process.exit();
END
timeout 18 node show.mjs @modelcontextprotocol/sdk between
timeout 18 node show.mjs @modelcontextprotocol/sdk
timeout 18 node show.mjs @modelcontextprotocol/client
