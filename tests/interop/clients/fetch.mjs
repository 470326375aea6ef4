// SPDX-License-Identifier: MIT
// Clients over fetch or XMLHttpRequest that have an interface of their own.
import {over} from './over.mjs';

const own = event => ({type: event.event || event.type || 'message', data: event.data, own: event.id ?? null});

// That of jsdom, which is no browser's.
async function browserLike() {
  const {JSDOM} = await import('jsdom');
  const {window} = new JSDOM('', {url: 'http://127.0.0.1/', pretendToBeVisual: true});
  Object.assign(globalThis, {window, XMLHttpRequest: window.XMLHttpRequest, Event: window.Event,
                             document: window.document, CustomEvent: window.CustomEvent,
                             EventTarget: window.EventTarget});
}

const fetchEventSource = name => async () => {
  globalThis.window ??= globalThis;
  globalThis.document ??= {hidden: false, addEventListener() {}, removeEventListener() {}};
  const {fetchEventSource} = await import(name);
  return ({url}, see) => fetchEventSource(url, {
    openWhenHidden: true,
    onmessage: event => see(own(event)),
    onerror: error => { throw error; },
  });
};

// With listeners for types, over XMLHttpRequest.
const listening = (find, gives) => async () => {
  await browserLike();
  const Source = await find();
  return async ({url, chunks, types}, see) => {
    // One waits for half a second otherwise.
    const source = new Source(url, {timeoutBeforeConnection: 0});
    await new Promise(end => {
      for (const type of types) {
        source.addEventListener(type, event => {
          const data = event.data ?? event.detail?.data;
          if (data !== undefined && data !== null) see({type, data, [gives]: event[gives === 'id' ? 'lastEventId' : 'id'] ?? ''});
        });
      }
      for (const type of ['error', 'close', 'abort', 'load']) {
        source.addEventListener(type, event => { if (!event.data) setTimeout(end, 5); });
      }
      source.addEventListener('readystatechange', event => { if (event.readyState === 2) end(); });
      source.stream?.();
      over(url, chunks).then(end);
    });
    source.close();
  };
};

const readers = {
  '@microsoft/fetch-event-source': fetchEventSource('@microsoft/fetch-event-source'),
  '@fortaine/fetch-event-source': fetchEventSource('@fortaine/fetch-event-source'),
  'fetch-sse': async () => {
    const {fetchEventData} = await import('fetch-sse');
    return async ({url}, see) => {
      await fetchEventData(url, {method: 'GET', onMessage: event => see(own(event))});
    };
  },
  'event-source-plus': async () => {
    const {EventSourcePlus} = await import('event-source-plus');
    return async ({url, chunks}, see) => {
      let controller;
      await new Promise(end => {
        controller = new EventSourcePlus(url, {maxRetryCount: 0}).listen({
          onMessage: event => see(own(event)),
          onResponse: ({response}) => { if (response.status === 204) end(); },
        });
        over(url, chunks).then(end);
      });
      controller.abort();
    };
  },
  'eventsource-client': async () => {
    const {createEventSource} = await import('eventsource-client');
    return async ({url, chunks}, see) => {
      let client;
      await new Promise(end => {
        client = createEventSource({url, onMessage: event => see(own(event)), onDisconnect: end,
                                    onScheduleReconnect: end});
        over(url, chunks).then(end);
      });
      client.close();
    };
  },
  'sse.js': listening(async () => (await import('sse.js')).SSE, 'id'),
  'react-native-sse': listening(async () => {
    const found = (await import('react-native-sse')).default;
    return found.default ?? found;
  }, 'id'),
  'eventsource-polyfill': listening(async () => {
    delete globalThis.window.EventSource;
    await import('eventsource-polyfill');
    return globalThis.window.EventSource ?? globalThis.EventSource;
  }, 'id'),
};
const gives = {'sse.js': 'id', 'react-native-sse': 'id', 'eventsource-polyfill': 'id'};

export default async function (name) {
  const read = await readers[name]();
  // fetch-sse knows no ID.
  const id = name === 'fetch-sse' ? [] : [gives[name] ?? 'own'];
  // jsdom gives half of a character as U+FFFD, unlike browsers.
  const without = globalThis.window?.XMLHttpRequest ? ['cut-character'] : [];
  return {about: {gives: ['type', ...id], without}, read};
}
