// SPDX-License-Identifier: MIT
import {setTimeout as sleep} from 'node:timers/promises';

// Not all clients say that a stream has ended. This is told when the server has sent all of it, and
// the client has had time to read it.
export const over = async (url, chunks) => {
  const isLarge = chunks.some(({length}) => length > 10_000);
  await fetch(url.replace('/s/', '/over/')).catch(() => {});
  await sleep(isLarge ? 3000 : 150);
};
