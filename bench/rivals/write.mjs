// SPDX-License-Identifier: MIT
// usage: node write.mjs <payload>...
// Prints JSON: for each way of a server to write an event, and payload (bytes of data/line ends), the
// median speed in bytes of data per second, or "wrong". Each ends with the bytes in a buffer.
import {createRequire} from 'node:module';
import {EventBuffer} from 'better-sse';
import {encode} from 'eventsource-encoder';
import {createParser} from 'eventsource-parser';
import {SSEStreamingApi} from 'hono/streaming';
import {time, timeInTurns} from './timing.mjs';

const {serializeSSEEvent} = createRequire(import.meta.url)('fastify-sse-v2/lib/sse.js');

const buffer = Buffer.alloc(1 << 20);
let size = 0;
const put = (text) => {
  size = buffer.write(text);
};

// Each makes what writes an event with such data, and may return a promise.
const programs = {
  'better-sse': () => {
    const events = new EventBuffer({serializer: String});
    return (data) => {
      put(events.data(data).dispatch().read());
      events.clear();
    };
  },
  'eventsource-encoder': () => (data) => put(encode({data})),
  'fastify-sse-v2': () => (data) => put(serializeSSEEvent({data})),
  hono: () => {
    const {readable, writable} = new TransformStream();
    const stream = new SSEStreamingApi(writable, readable);
    stream.write = put;  // what it calls when the event is made
    return (data) => stream.writeSSE({data});
  },
};

// As bench-write makes it: the line ends spread evenly.
function makeData(bytes, lineEnds) {
  const text = Buffer.alloc(bytes, 'x');
  for (let i = 1; i <= lineEnds; ++i) text[Math.floor((i * bytes) / (lineEnds + 1))] = 10;
  return text.toString();
}

function isRight(data) {
  const seen = [];
  createParser({onEvent: (event) => seen.push(event.data)}).feed(buffer.toString('utf8', 0, size));
  return seen.length === 1 && seen[0] === data;
}

// Times a pass of so many events that the clock counts for nothing.
const eventsOfPass = 50;

const results = [];
const timed = [];
for (const payload of process.argv.slice(2)) {
  const [bytes, lineEnds] = payload.split('/').map(Number);
  const data = makeData(bytes, lineEnds);
  for (const [program, make] of Object.entries(programs)) {
    const write = make();
    const isAsync = write(data) instanceof Promise;
    await write(data);
    const result = {program, payload, speed: 'wrong'};
    results.push(result);
    if (!isRight(data)) continue;
    const pass = isAsync
      ? async () => {
        for (let i = 0; i < eventsOfPass; ++i) await write(data);
      }
      : () => {
        for (let i = 0; i < eventsOfPass; ++i) write(data);
      };
    timed.push({result, run: () => time(pass, bytes * eventsOfPass)});
  }
}
await timeInTurns(timed);
console.log(JSON.stringify({node: process.version, results}, null, 1));
