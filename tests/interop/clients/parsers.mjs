// SPDX-License-Identifier: MIT
// Parsers, which take what has come: chunks, as text or as bytes, or the body of a response.
import {readFileSync} from 'node:fs';

const major = name =>
  parseInt(JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version);

const text = chunks => {
  const decoder = new TextDecoder();
  return chunks.map(chunk => decoder.decode(chunk, {stream: true}));
};
const body = chunks => new ReadableStream({
  async start(controller) {
    for (const chunk of chunks) {
      controller.enqueue(new Uint8Array(chunk));
      await new Promise(setImmediate);
    }
    controller.close();
  },
});
const response = chunks =>
  new Response(body(chunks), {headers: {'content-type': 'text/event-stream'}});
const own = ({event, type, data, id}) => ({type: event || type || 'message', data, own: id ?? null});

const readers = {
  'eventsource-parser': async () => {
    const {createParser} = await import('eventsource-parser');
    // The first two majors take one function, for events and for `retry`.
    const isOld = major('eventsource-parser') < 3;
    return ({chunks}, see) => {
      const take = event => isOld && event.type !== 'event' || see(own({...event, type: ''}));
      const parser = createParser(isOld ? take : {onEvent: take});
      for (const chunk of text(chunks)) parser.feed(chunk);
    };
  },
  'parse-sse': async () => {
    const {parseServerSentEvents} = await import('parse-sse');
    return async ({chunks}, see) => {
      for await (const event of parseServerSentEvents(response(chunks))) {
        see({type: event.type || 'message', data: event.data, id: event.lastEventId ?? ''});
      }
    };
  },
  'fetch-event-stream': async () => {
    const {events} = await import('fetch-event-stream');
    return async ({chunks}, see) => {
      for await (const event of events(response(chunks))) see(own(event));
    };
  },
  '@azure/core-sse': async () => {
    const {createSseStream} = await import('@azure/core-sse');
    return async ({chunks}, see) => {
      for await (const event of createSseStream(body(chunks))) {
        see({type: event.event || 'message', data: event.data, own: event.id || null});
      }
    };
  },
};
const gives = {'parse-sse': ['type', 'id']};

export default async function (name) {
  const about = {takes: 'bytes', gives: gives[name] ?? ['type', 'own']};
  return {about, read: await readers[name]()};
}
