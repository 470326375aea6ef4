#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: an ID, a type or a comment in an event is ignored by a client that has no use for it.
# What happens: @google/genai gives nothing of an event that has one above its data, and no error; an ID below them is a SyntaxError.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

echo '{"private": true}' >package.json
npm install --silent --ignore-scripts --no-audit --no-fund \
  genai-1@npm:@google/genai@1.52.0 genai-3@npm:@google/genai@3.3.0 ||
  { echo 'skipped: npm cannot install what this looks at'; exit 77; }

cat >show.mjs <<'END'
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';

// DATA is a piece of an answer in JSON.
const all = 'one, two', nothing = '';
const events = [
  ['data: DATA\n\n', all],
  [': a comment in an event of its own\n\ndata: DATA\n\n', all],
  [': a comment\ndata: DATA\n\n', nothing],
  ['id: 7\ndata: DATA\n\n', nothing],
  ['event: message\ndata: DATA\n\n', nothing],
  ['data: DATA\nid: 7\n\n', 'SyntaxError'],
];

let event;
const answer = text =>
  JSON.stringify({ candidates: [{ content: { role: 'model', parts: [{ text }] } }] });
const server = createServer((request, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const text of ['one, ', 'two']) response.write(event.replace('DATA', () => answer(text)));
  response.end();
}).listen(0, '127.0.0.1', async () => {
  const baseUrl = `http://127.0.0.1:${server.address().port}`;
  console.log(`node ${process.version}`);
  for (const name of ['genai-1', 'genai-3']) {
    const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`));
    console.log(`@google/genai ${version}`);
    const { GoogleGenAI } = await import(name);
    const { models } = new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl } });
    for (const [form, expected] of events) {
      event = form;
      let seen = '';
      try {
        const pieces = await models.generateContentStream({ model: 'any', contents: 'count' });
        for await (const piece of pieces) seen += piece.text;
      } catch (error) {
        seen = error.name;
      }
      console.log(`  of two ${JSON.stringify(form)}: ${JSON.stringify(seen)}`);
      if (seen !== expected) {
        console.log(`  CHANGED: it was ${JSON.stringify(expected)}`);
        process.exitCode = 1;
      }
    }
  }
  server.close();
});
END
timeout 40 node show.mjs
