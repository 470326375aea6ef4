// SPDX-License-Identifier: MIT
// usage: answers | node compare.mjs
// What eventsource-parser makes of each stream, whole and in two chunks cut at each byte, beside
// the answers. Where it differs from the standard the difference is counted, and must be one of those
// below. (It knows no last event ID in force, so that of an event without one is not compared.)
import {createParser} from 'eventsource-parser';

const longest = 3153600000000;  // a hundred years, in milliseconds

const differences = {
  // "UTF-8 decode" (9.2.6) removes a byte order mark, which is what TextDecoder does. It removes
  // another one, or the characters U+00EF U+00BB U+00BF.
  'characters that look like a byte order mark are lost': 0,
  // "Set the reconnection time to that integer" (9.2.6), with no bound. It gives it all, as a
  // double; the answers saturate.
  'a retry of more than a hundred years is larger': 0,
};
const [mark, large] = Object.keys(differences);

// The answers after the chunks, and after one more, which is a comment line.
function answers(chunks, commentLine) {
  let seen = '';
  let time;
  let isLarge = false;
  const inForce = () => (time === undefined ? '' : String(time));
  const parser = createParser({
    onEvent({id, event, data}) {
      const own = id === undefined ? '' : `#${id}`;
      seen += `${event ?? 'message'}\x1C${own}\x1C${data}\x1C${inForce()}\x1D`;
    },
    onRetry(value) {
      isLarge ||= value > longest;
      time = Math.min(value, longest);
    },
    onComment(text) {
      seen += `comment\x1C${text}\x1D`;
    },
  });
  for (const chunk of chunks) parser.feed(chunk);
  const first = seen + inForce();
  parser.feed(commentLine);
  return {first, second: seen + inForce(), isLarge};
}

function isAscii(text) {
  return !/[\x80-\xFF]/.test(text);
}

function decode(chunks) {
  const decoder = new TextDecoder();
  return chunks.map((chunk) => decoder.decode(Buffer.from(chunk, 'latin1'), {stream: true}));
}

let streams = 0;
let runs = 0;
let wrong = 0;

function complain(stream, cut, expected, actual) {
  if (++wrong <= 10) console.log(JSON.stringify({stream, cut, expected, actual}));
}

function compare(stream, cut, isPlain, first, second) {
  ++runs;
  const bytes = cut === 0 ? [stream, ':\n'] : [stream.slice(0, cut), stream.slice(cut), ':\n'];
  const chunks = isPlain ? bytes : decode(bytes);
  const commentLine = chunks.pop();
  let actual = answers(chunks, commentLine);
  if (/^(\uFEFF|\xEF\xBB\xBF)/.test(chunks.join(''))) {
    // It removes one mark: behind another one it takes them for text.
    const without = answers(['\uFEFF', ...chunks], commentLine);
    if (without.second !== actual.second) {
      ++differences[mark];
      actual = without;
    }
  }
  if (actual.isLarge) ++differences[large];
  if (actual.second !== second) return complain(stream, cut, second, actual.second);
  if (actual.first !== first) complain(stream, cut, first, actual.first);
}

function take(record) {
  const [stream, ...texts] = record.split('\x1F');
  const isPlain = isAscii(stream);
  const decoder = new TextDecoder('utf-8', {ignoreBOM: true});
  const [first, second] =
      isPlain ? texts : texts.map((text) => decoder.decode(Buffer.from(text, 'latin1')));
  ++streams;
  for (let cut = 0; cut < Math.max(stream.length, 1); ++cut) {
    compare(stream, cut, isPlain, first, second);
  }
}

let rest = '';
process.stdin.setEncoding('latin1');
for await (const block of process.stdin) {
  const records = (rest + block).split('\x1E');
  rest = records.pop();
  records.forEach(take);
}
if (rest !== '') complain(rest, 0, 'the end of a record', 'nothing');
for (const [what, count] of Object.entries(differences)) {
  console.log(`differs from the standard: ${what}: ${count} runs`);
  if (count === 0) complain('', 0, 'a difference that is known', what);
}
const known = Object.values(differences);
const sum = known.reduce((a, b) => a + b);
console.log(`${streams} streams, ${runs} runs: ${sum} differ in ${known.length} known ways, ` +
            `${wrong} otherwise`);
process.exit(wrong === 0 && streams > 0 ? 0 : 1);
