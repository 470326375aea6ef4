// SPDX-License-Identifier: MIT
// How programs in node are timed: as medians of repetitions, in turns.
const repetitions = 11;
const shortest = 20;  // milliseconds, of a repetition

function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

// Calls `pass` over and over, which may return a promise. Bytes per second, if one has so many.
export async function time(pass, bytes) {
  const start = process.hrtime.bigint();
  let now = start;
  let passes = 0;
  do {
    const pending = pass();
    if (pending) await pending;
    ++passes;
    now = process.hrtime.bigint();
  } while (now - start < BigInt(shortest * 1e6));
  return (passes * bytes * 1e9) / Number(now - start);
}

// Sets `speed` in the results of what was timed: [{result, run}].
export async function timeInTurns(timed) {
  for (const {run} of timed) await run();  // warms up
  const speeds = timed.map(() => []);
  for (let i = 0; i < repetitions; ++i) {
    for (const [at, {run}] of timed.entries()) speeds[at].push(await run());
  }
  for (const [at, {result}] of timed.entries()) result.speed = median(speeds[at]);
}
