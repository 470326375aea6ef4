// SPDX-License-Identifier: MIT
// usage: node parse.mjs <folder of corpora>
// Prints JSON: for each parser and corpus the median speed in bytes per second, or "wrong".
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {join} from 'node:path';
import {createParser} from 'eventsource-parser';
import {time, timeInTurns} from './timing.mjs';

const require = createRequire(import.meta.url);
const {EventSourceStream} = require('undici/lib/web/eventsource/eventsource-stream.js');

// By one size, or by those of a recording.
function cut(bytes, sizes) {
  const chunks = [];
  for (let at = 0; at < bytes.length;) {
    const size = sizes.length ? sizes[chunks.length] : sizes;
    chunks.push(bytes.subarray(at, at += size));
  }
  return chunks;
}

function decode(chunks) {
  const decoder = new TextDecoder();
  return chunks.map((chunk) => decoder.decode(chunk, {stream: true}));
}

// eventsource-parser knows no ID in force: it has that of the event, if there is one.
function eventsourceParser(sink) {
  let id = '';
  return createParser({
    onEvent(event) {
      if (event.id !== undefined) id = event.id;
      sink(event.data, event.event ?? 'message', id);
    },
  });
}

// Each makes a feeder, which is given all chunks of a stream, again and again.
const programs = {
  'eventsource-parser': (sink) => {
    const parser = eventsourceParser(sink);
    const decoder = new TextDecoder();
    return (chunk) => parser.feed(decoder.decode(chunk, {stream: true}));
  },
  'eventsource-parser (decoded before)': (sink) => {
    const parser = eventsourceParser(sink);
    return (chunk) => parser.feed(chunk);
  },
  undici: (sink) => {
    const stream = new EventSourceStream({
      eventSourceSettings: {lastEventId: '', origin: '', reconnectionTime: 3000},
      push({type, options}) {
        sink(options.data, type, options.lastEventId);
        return true;
      },
    });
    const done = (error) => {
      if (error) throw error;
    };
    return (chunk) => stream._transform(chunk, 'buffer', done);
  },
};

function answer(program, chunks) {
  const result = {events: 0, bytes: 0, hash: 2166136261};
  const mix = (bytes) => {
    for (const byte of bytes) result.hash = Math.imul(result.hash ^ byte, 16777619) >>> 0;
  };
  const separator = [0xff];
  const feed = program((data, type, id) => {
    const bytes = Buffer.from(data);
    ++result.events;
    result.bytes += bytes.length;
    for (const part of [bytes, separator, Buffer.from(type), separator, Buffer.from(id)]) mix(part);
    mix(separator);
  });
  try {
    for (const chunk of chunks) feed(chunk);
  } catch (error) {
    result.hash = String(error);
  }
  return result;
}

function makeTimer(program, chunks, size) {
  let seen = 0;
  const feed = program((data, type, id) => (seen += data.length + type.length + id.length));
  const pass = () => {
    for (const chunk of chunks) feed(chunk);
  };
  return () => time(pass, size);
}

const folder = process.argv[2];
const results = [];
const timed = [];
for (const corpus of JSON.parse(readFileSync(join(folder, 'corpora.json'), 'utf8'))) {
  const bytes = readFileSync(join(folder, corpus.name));
  const chunks = cut(bytes, corpus.chunks);
  for (const [name, program] of Object.entries(programs)) {
    if (corpus.shape && name.includes('decoded before')) continue;
    const input = name.includes('decoded before') ? decode(chunks) : chunks;
    const {events, bytes: dataBytes, hash} = answer(program, input);
    const right = events === corpus.events && dataBytes === corpus.bytes && hash === corpus.hash;
    const result = {program: name, corpus: corpus.name, shape: corpus.shape, speed: 'wrong'};
    results.push(result);
    if (right) timed.push({result, run: makeTimer(program, input, bytes.length)});
  }
}
await timeInTurns(timed);
console.log(JSON.stringify({node: process.version, results}, null, 1));
