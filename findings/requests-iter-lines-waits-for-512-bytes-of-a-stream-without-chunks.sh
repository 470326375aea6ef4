#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: `requests.get(url, stream=True).iter_lines()` gives each line when it has come, and lines that end with CRLF as others.
# What happens: it does in a stream with chunks. Of one that lasts until its connection is closed, as from an HTTP/1.0 server, nothing comes before 512 bytes are there, or its end. And where a chunk ends between CR and LF there is a blank line too much, which ends an event in its middle.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
/usr/bin/python3 -c 'import requests' 2>/dev/null ||
  { echo 'skipped: no requests (python3-requests)'; exit 77; }
cd "$dir"

cat >show.py <<'END'
import platform
import socket
import sys
import threading
import time

import requests
import urllib3

HEAD = b'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n%s\r\n'
CLOSED, CHUNKS = HEAD % b'Connection: close\r\n', HEAD % b'Transfer-Encoding: chunked\r\n'


def chunk(text):
    return b'%x\r\n%s\r\n' % (len(text), text)


STREAMS = {  # pieces, the second two seconds behind the first
    '/chunks': (CHUNKS + chunk(b'data: 1\n\n'), chunk(b'data: 2\n\n') + chunk(b'')),
    '/closed': (CLOSED + b'data: 1\n\n', b'data: 2\n\n'),
    '/cut': (CHUNKS + chunk(b'event: price\r'), chunk(b'\ndata: 42\r\n\r\n') + chunk(b'')),
    '/whole': (CHUNKS + chunk(b'event: price\r\n'), chunk(b'data: 42\r\n\r\n') + chunk(b'')),
}


def serve():
    while True:
        connection = listener.accept()[0]
        for piece in STREAMS[connection.recv(65536).split()[1].decode()]:
            connection.sendall(piece)
            time.sleep(2)
        connection.close()


def lines(path):
    """The lines, and how long the first took."""
    response = requests.get(f'http://127.0.0.1:{listener.getsockname()[1]}{path}', stream=True, timeout=20)
    begin, late, got = time.monotonic(), None, []
    for line in response.iter_lines():
        late = time.monotonic() - begin if late is None else late
        got.append(line.decode())
    return got, late


listener = socket.create_server(('127.0.0.1', 0))
threading.Thread(target=serve, daemon=True).start()
print(f'requests {requests.__version__}, urllib3 {urllib3.__version__}, Python {platform.python_version()}')
failed = False
for path, expected in (('/chunks', 'at once'), ('/closed', 'at the end')):
    seen = 'at once' if lines(path)[1] < 1.8 else 'at the end'
    print(f"a stream {'in chunks' if path == '/chunks' else 'until its connection is closed'}: its first event comes {seen}")
    failed |= seen != expected
for path, expected in (('/whole', ['event: price', 'data: 42', '']), ('/cut', ['event: price', '', 'data: 42', ''])):
    seen = lines(path)[0]
    print(f"chunks that end {'between CR and LF' if path == '/cut' else 'behind CRLF'}: {seen}")
    failed |= seen != expected
if failed:
    print('CHANGED')
sys.exit(failed)
END
timeout 50 /usr/bin/python3 show.py
