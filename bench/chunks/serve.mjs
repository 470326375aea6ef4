// SPDX-License-Identifier: MIT
// usage: node serve.mjs <folder of corpora> <address> [<key> <certificate>]
// Serves /whole/<corpus>, /events/<corpus> and /halves/<corpus>: all written at once, an event at a
// time, and half an event at a time. Prints the ports of HTTP and HTTPS as JSON.
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import {createServer} from 'node:http';
import {createServer as createSecureServer} from 'node:https';
import {join} from 'node:path';

const [folder, address, key, cert] = process.argv.slice(2);

function events(bytes) {
  const found = [];
  for (let begin = 0, end; begin < bytes.length; begin = end) {
    end = bytes.indexOf('\n\n', begin) + 2;
    found.push(bytes.subarray(begin, end));
  }
  return found;
}

const cuts = {
  whole: (bytes) => [bytes],
  events,
  halves: (bytes) => events(bytes).flatMap((event) => {
    const half = event.length >> 1;
    return [event.subarray(0, half), event.subarray(half)];
  }),
};

async function answer({url}, response) {
  const [, cut, corpus] = url.split('/');
  const pieces = cuts[cut](readFileSync(join(folder, corpus)));
  response.writeHead(200, {'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store'});
  for (const piece of pieces) {
    if (!response.write(piece)) await once(response, 'drain');
    await new Promise(setImmediate);  // what is written in one turn of the loop goes out together
  }
  response.end();
}

async function listen(server) {
  await once(server.listen(0, address), 'listening');
  return server.address().port;
}

const ports = {http: await listen(createServer(answer))};
if (key) {
  const secrets = {key: readFileSync(key), cert: readFileSync(cert)};
  ports.https = await listen(createSecureServer(secrets, answer));
}
console.log(JSON.stringify(ports));
