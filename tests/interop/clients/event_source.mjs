// SPDX-License-Identifier: MIT
// Clients with the interface of EventSource. `stay` is how long one may come back.
import {over} from './over.mjs';

const find = {
  'event-source-polyfill': async () => {
    globalThis.window ??= globalThis;
    return (await import('event-source-polyfill')).default.EventSourcePolyfill;
  },
  undici: async () => (await import('undici')).EventSource,
  'launchdarkly-eventsource': async () => (await import('launchdarkly-eventsource')).default.EventSource,
  'extended-eventsource': async () => (await import('extended-eventsource')).EventSource,
  'reconnecting-eventsource': async () => {
    globalThis.EventSource = (await import('eventsource')).EventSource;
    globalThis.window ??= globalThis;
    const found = (await import('reconnecting-eventsource')).default;
    return found.default ?? found;
  },
  builtin: async () => globalThis.EventSource,
};
const fromModule = async name => {
  const found = await import(name);
  return found.EventSource ?? found.default.EventSource ?? found.default;
};

export default async function (name) {
  const Source = await (find[name] ?? (() => fromModule(name)))();
  const about = {gives: ['type', 'id'], returns: true};
  const read = async ({url, chunks, types, stay}, see) => {
    const source = new Source(url, name === 'launchdarkly-eventsource' ? {errorFilter: () => true} : {});
    await new Promise(end => {
      for (const type of types) {
        source.addEventListener(type, event => {
          if (event.data !== undefined) see({type, data: event.data, id: event.lastEventId ?? ''});
        });
      }
      source.addEventListener('error', event => {
        if (event.data === undefined && !stay) end();
      });
      // What launchdarkly-eventsource says instead of an error at the end.
      source.addEventListener('retrying', () => { if (!stay) end(); });
      over(url, chunks).then(end);
    });
    source.close();
  };
  return {about, read};
}
