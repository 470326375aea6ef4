#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: HEAD for a stream, as monitors ask, is harmless: a cache asks the server by HEAD, or leaves it when it has the head.
# What happens: Varnish 7.1 asks the server by GET, and once the HEAD is answered reads the stream on, for nobody: one that says nothing of caches as long as it lasts. With `no-store` it leaves when more is sent; by `pass` it asks by HEAD.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export PATH=$PATH:/usr/sbin
for tool in varnishd python3; do
  command -v "$tool" >/dev/null || { echo "skipped: no $tool"; exit 77; }
done
cd "$dir"

cat >show.py <<'END'
import pathlib
import select
import socket
import subprocess
import sys
import threading
import time

HEAD = b'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n%s\r\n'
NO_STORE, PASS = b'Cache-Control: no-store\r\n', 'sub vcl_recv { return (pass); }'
CONFIG = '''vcl 4.1;
backend default { .host = "127.0.0.1"; .port = "%d"; }
'''


def serve(connection):
    """A heartbeat each 100 ms, until it is told that nobody listens."""
    global streams
    method = connection.recv(65536).split()[0].decode()
    methods.append(method)
    connection.sendall(HEAD % fields)
    if method == 'HEAD':
        return connection.close()
    streams += 1
    try:
        while not select.select([connection], [], [], 0.1)[0]:
            connection.sendall(b'3\r\n:\n\n\r\n')
    except ConnectionError:
        pass
    streams -= 1


def accept(listener):
    while True:
        threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()


def free_port():
    with socket.socket() as bound:
        bound.bind(('127.0.0.1', 0))
        return bound.getsockname()[1]


def head(port):
    for _ in range(150):
        try:
            client = socket.create_connection(('127.0.0.1', port), timeout=5)
            break
        except OSError:
            time.sleep(0.1)
    with client:
        client.sendall(b'HEAD /events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
        received = b''
        while piece := client.recv(65536):
            received += piece
    return received.split(b'\r\n')[0].decode()


streams, methods = 0, []
listener = socket.create_server(('127.0.0.1', 0))
threading.Thread(target=accept, args=(listener,), daemon=True).start()
version = subprocess.run(['varnishd', '-V'], capture_output=True, text=True, check=True)
print((version.stdout + version.stderr).splitlines()[0])
for rule, fields, expected in (('', b'', (['GET'], 1)), ('', NO_STORE, (['GET'], 0)), (PASS, b'', (['HEAD'], 0))):
    port = free_port()
    pathlib.Path('default.vcl').write_text(CONFIG % listener.getsockname()[1] + rule + '\n')
    folder = pathlib.Path.cwd()
    process = subprocess.Popen(['varnishd', '-F', '-j', 'none', '-n', folder / f'varnish{port}', '-s', 'malloc,16m',
                                '-a', f'127.0.0.1:{port}', '-f', folder / 'default.vcl'],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        methods.clear()
        answer = head(port)
        time.sleep(4)
        seen = (methods.copy(), streams)
    finally:
        process.terminate()
        process.wait()
    print(f"{', '.join(filter(None, (rule, fields.decode().strip()))) or 'as it is'}: HEAD is answered by {answer}; "
          f'the server was asked by {seen[0][0]}, and 4 s later it sends {seen[1]} stream')
    if seen != expected:
        print(f'  CHANGED: it was {expected}')
        sys.exit(1)
END
timeout 55 python3 show.py
