#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: a proxy that compresses a stream either sends each event at once, or holds all of them until its buffer is full.
# What happens: HAProxy 2.6 with `compression algo gzip` sends each event when the next one comes: what the client sees is always one event old, and the last one comes with the end. With `no-transform` it does not compress, and each comes at once.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
{ command -v haproxy >/dev/null && command -v python3 >/dev/null; } ||
  { echo 'skipped: no haproxy, or no python3'; exit 77; }

cat >show.py <<'END'
import http.server
import pathlib
import socket
import subprocess
import sys
import threading
import time
import zlib

GAP = 1


class Server(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_GET(self):
        self.send_response(200)
        self.send_header('Content-Type', 'text/event-stream')
        self.send_header('Cache-Control', 'no-store' + (', no-transform' if self.path == '/no-transform' else ''))
        self.send_header('Transfer-Encoding', 'chunked')
        self.end_headers()
        for event in (b'data: 1\n\n', b'data: 2\n\n', b'data: 3\n\n', b''):
            self.wfile.write(b'%x\r\n%s\r\n' % (len(event), event))
            time.sleep(GAP if event else 0)

    def log_message(self, *_):
        pass


def free_port():
    with socket.socket() as bound:
        bound.bind(('127.0.0.1', 0))
        return bound.getsockname()[1]


def seen(port, path):
    """How many seconds after the first event is sent each of the three is there."""
    times = []
    with socket.create_connection(('127.0.0.1', port), timeout=20) as connection:
        connection.sendall(f'GET {path} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n'.encode())
        file = connection.makefile('rb')
        fields = [line.lower() for line in iter(file.readline, b'\r\n')]
        start = time.monotonic()
        unpack = zlib.decompressobj(31).decompress if b'content-encoding: gzip\r\n' in fields else bytes
        while size := int(file.readline(), 16):
            for _ in range(unpack(file.read(size)).count(b'\n\n')):
                times.append(round((time.monotonic() - start) / GAP))
            file.readline()
    return ('gzip' if unpack is not bytes else 'plain'), times


server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Server)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
port = free_port()
pathlib.Path('haproxy.cfg').write_text(f"""
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
  compression algo gzip
  compression type text/event-stream
frontend f
  bind 127.0.0.1:{port}
  default_backend b
backend b
  server s 127.0.0.1:{server.server_port}
""")
print(subprocess.run(['haproxy', '-v'], capture_output=True, text=True, check=True).stdout.split(' - ')[0])
proxy = subprocess.Popen(['haproxy', '-db', '-f', 'haproxy.cfg'], stderr=subprocess.DEVNULL)
try:
    for _ in range(100):
        try:
            socket.create_connection(('127.0.0.1', port)).close()
            break
        except OSError:
            time.sleep(0.1)
    for path, expected in (('/', ('gzip', [1, 2, 3])), ('/no-transform', ('plain', [0, 1, 2]))):
        said = seen(port, path)
        print(f'{path}: {said[0]}; sent after 0, 1, 2 s, the events are there after {said[1]} s')
        if said != expected:
            print(f'  CHANGED: it was {expected}')
            sys.exit(1)
finally:
    proxy.kill()
END
timeout 50 python3 show.py
