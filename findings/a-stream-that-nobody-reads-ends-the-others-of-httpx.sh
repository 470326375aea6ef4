#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: of several streams that share a connection of HTTP/2, one that is not read for a while holds up itself alone.
# What happens: httpx 0.23 keeps what comes for the stream that nobody reads until the window of the connection is full; then all streams of the client are silent, and end with ReadTimeout. The client of node, where one stream is not read either, gets each event of the other.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
for tool in node /usr/bin/python3; do
  command -v "$tool" >/dev/null || { echo "skipped: no $tool"; exit 77; }
done
/usr/bin/python3 -c 'import httpx, h2' 2>/dev/null || { echo 'skipped: no python3-httpx or no python3-h2'; exit 77; }
cd "$dir"

cat >server.mjs <<'END'
import http2 from 'node:http2';

const large = `data: ${'x'.repeat(16000)}\n\n`;
const server = http2.createServer();
server.on('stream', (stream, {':path': path}) => {
  stream.on('error', () => {});
  stream.respond({':status': 200, 'content-type': 'text/event-stream'});
  if (path === '/large') {  // as fast as it is taken
    const fill = () => { while (!stream.destroyed && stream.write(large)); };
    stream.on('drain', fill);
    fill();
  } else {
    const timer = setInterval(() => stream.destroyed ? clearInterval(timer) : stream.write('data: tick\n\n'), 100);
  }
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
END

cat >client.mjs <<'END'
import http2 from 'node:http2';

const session = http2.connect(process.argv[2]);
session.request({':path': '/large'});  // its data are not asked for
let events = 0;
session.request({':path': '/ticks'}).on('data', () => {
  if (++events < 60) return;
  console.log(`node ${process.version}: ${events} events`);
  session.destroy();
});
END

cat >show.py <<'END'
import subprocess
import sys
import time

import h2
import httpcore
import httpx

with subprocess.Popen(['node', 'server.mjs'], stdout=subprocess.PIPE, text=True) as server:
    try:
        address = f'http://127.0.0.1:{int(server.stdout.readline())}'
        node = subprocess.run(['node', 'client.mjs', address], capture_output=True, text=True, timeout=20)
        print(node.stdout.strip() or 'node: the other stream stopped')

        with httpx.Client(http1=False, http2=True, timeout=5) as client, \
                client.stream('GET', address + '/large'), client.stream('GET', address + '/ticks') as ticks:
            begin, last, ended = time.monotonic(), 0, 'went on'
            try:
                for line in ticks.iter_lines():
                    last = time.monotonic() - begin
                    if last > 6:
                        break
            except httpx.HTTPError as error:
                ended = f'{type(error).__name__} after {time.monotonic() - begin - last:.0f} s of silence'
        print(f'httpx {httpx.__version__}, httpcore {httpcore.__version__}, h2 {h2.__version__}: '
              f'the last event {last:.1f} s from the begin; {ended}')
    finally:
        server.terminate()
if '60 events' not in node.stdout or not ended.startswith('ReadTimeout'):
    print('  CHANGED: node went on, and httpx did not')
    sys.exit(1)
END
timeout 55 /usr/bin/python3 show.py
