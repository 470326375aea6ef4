// SPDX-License-Identifier: MIT
// workerd's EventSource. It is asked for each stream by a request to a worker, which answers with a
// line for each event.
import {execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {createInterface} from 'node:readline';
import {writeFileSync} from 'node:fs';
import {Readable} from 'node:stream';

import {over} from './over.mjs';

const config = `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "worker", worker = (
    modules = [(name = "worker", esModule = embed "workerd.worker.js")],
    compatibilityDate = "2026-01-01")),
    (name = "internet", network = (allow = ["public", "private"]))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "worker")]);
`;

const worker = {
  async fetch(request) {
    const {url, types, stay} = await request.json();
    const source = new EventSource(url);
    const {readable, writable} = new TransformStream();
    const writer = writable.getWriter();
    const say = value => writer.write(new TextEncoder().encode(JSON.stringify(value) + '\n'));
    for (const type of types) {
      source.addEventListener(type, ({data, lastEventId}) => {
        if (data !== undefined) say({type, data, id: lastEventId ?? ''});
      });
    }
    source.addEventListener('error', ({data}) => {
      if (data !== undefined || stay) return;
      source.close();
      writer.close();
    });
    return new Response(readable);
  },
};

export default async function () {
  writeFileSync('workerd.capnp', config);
  writeFileSync('workerd.worker.js', `export default {${worker.fetch}};\n`);
  const binary = `node_modules/@cloudflare/workerd-linux-${process.arch.replace('x', '')}/bin/workerd`;
  const server = spawn(binary, ['serve', 'workerd.capnp', '--control-fd=3'],
                       {stdio: ['ignore', 'inherit', 'inherit', 'pipe']});
  process.on('exit', () => server.kill());
  const [line] = await once(createInterface({input: server.stdio[3]}), 'line');
  const {port} = JSON.parse(line);
  const read = async ({url, chunks, types, stay}, see) => {
    const stop = new AbortController();
    over(url, chunks).then(() => stop.abort());
    try {
      const {body} = await fetch(`http://127.0.0.1:${port}/`, {
        method: 'POST', body: JSON.stringify({url, types, stay}), signal: stop.signal});
      for await (const each of createInterface({input: Readable.fromWeb(body)})) {
        see(JSON.parse(each));
      }
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    }
  };
  const runtime = execFileSync(binary, ['--version'], {encoding: 'utf8'}).trim();
  return {about: {runtime, gives: ['type', 'id'], returns: true}, read};
}
