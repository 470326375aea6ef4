#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: a client of GraphQL over event streams takes any stream that the standard allows: lines end with LF, or with CRLF, as servers on Python's sse-starlette send them.
# What happens: urql looks for two LF. Of a subscription whose lines end with CRLF nothing is seen while it lasts, and at its end, when everything has come, one error: "No Content".
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{"private": true}' >package.json
npm install --silent --ignore-scripts --no-audit --no-fund @urql/core@6.0.3 graphql@16.11.0 ||
  { echo 'skipped: npm cannot install what this looks at'; exit 77; }

cat >show.mjs <<'END'
import { createServer } from 'node:http';
import { Client, fetchExchange, gql } from '@urql/core';

const wait = time => new Promise(done => setTimeout(done, time));
const server = createServer(async (request, response) => {
  const end = request.url.startsWith('/crlf') ? '\r\n' : '\n';
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  for (let n = 0; n < 3; n++) {
    response.write(['event: next', `data: {"data":{"n":${n}}}`, '', ''].join(end));
    await wait(100);
  }
  response.end(['event: complete', 'data:', '', ''].join(end));
});
await new Promise(done => server.listen(0, '127.0.0.1', done));

const subscribe = path => new Promise(done => {
  const got = [];
  const client = new Client({
    url: `http://127.0.0.1:${server.address().port}/${path}`,
    exchanges: [fetchExchange],
    fetchSubscriptions: true,
    preferGetMethod: false,
  });
  client.subscription(gql`subscription { n }`, {}).subscribe(({ data, error, hasNext }) => {
    got.push(error ? error.message : data.n);
    if (!hasNext) done(JSON.stringify(got));
  });
});

console.log(`node ${process.version}, @urql/core 6.0.3; sent: 0, 1, 2`);
let changed = 0;
for (const [path, expected] of [['lf', '[0,1,2,2]'], ['crlf', '["[Network] No Content"]']]) {
  const got = await subscribe(path);
  console.log(`lines end with ${path}: ${got}`);
  if (got === expected) continue;
  console.log(`  CHANGED: it was ${expected}`);
  changed = 1;
}
process.exit(changed);
END
timeout 40 node show.mjs
