// SPDX-License-Identifier: MIT
// usage: node drive.mjs <adapter> [<argument>]
// Gives a client the streams that come on the standard input, a line of JSON each, and prints what
// it makes of each. The first line that is printed says what the client is: see clients.py.
import {createInterface} from 'node:readline';

const [adapter, argument] = process.argv.slice(2);
const write = process.stdout.write.bind(process.stdout);
const say = value => write(JSON.stringify(value) + '\n');
process.stdout.write = (...said) => process.stderr.write(...said);
const {about, read} = await (await import(`./${adapter}.mjs`)).default(argument);

// What a client says or throws beside the stream.
let stray;
process.on('uncaughtException', error => { stray ??= error; });
process.on('unhandledRejection', error => { stray ??= error; });
for (const level of ['log', 'info', 'warn', 'error', 'debug']) console[level] = () => {};

const runtime = globalThis.Deno ? `deno ${Deno.version.deno}` : `node ${process.version}`;
say({runtime, ...about});

for await (const line of createInterface({input: process.stdin})) {
  const {chunks, ...stream} = JSON.parse(line);
  const events = [];
  const answer = {events};
  stray = undefined;
  const bytes = chunks.map(chunk => Buffer.from(chunk, 'hex'));
  try {
    await read({...stream, chunks: bytes}, event => events.push(event));
  } catch (error) {
    stray = error;
  }
  if (stray) answer.error = `${stray.name}: ${stray.message}`.slice(0, 200);
  say(answer);
}
process.exit(0);
