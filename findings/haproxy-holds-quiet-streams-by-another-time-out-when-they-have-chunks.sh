#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: `timeout tunnel` is for what has been upgraded, as WebSocket is, and an event stream that is quiet is cut off after `timeout server`; or that `timeout tunnel 1h` is all that event streams need.
# What happens: both, and the server's framing decides: a stream in chunks is cut off after `timeout server`, one that lasts until the connection is closed stays by `timeout tunnel`.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export PATH=$PATH:/usr/sbin
for tool in haproxy python3; do
  command -v "$tool" >/dev/null || { echo "skipped: no $tool"; exit 77; }
done
cd "$dir"

cat >show.py <<'PYTHON'
import contextlib
import os
import pathlib
import socket
import subprocess
import sys
import threading
import time

CONFIG = """
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 1s
  timeout tunnel {tunnel}
frontend all
  bind unix@{dir}/front
  default_backend servers
backend servers
  server one 127.0.0.1:{port}
"""
HEAD = b'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n'
STREAMS = {'in chunks': HEAD + b'Transfer-Encoding: chunked\r\n\r\n9\r\ndata: a\n\n\r\n',
           'until it is closed': HEAD + b'Connection: close\r\n\r\ndata: a\n\n'}


def serve(listener, answer):
    while True:
        connection = listener.accept()[0]
        connection.recv(4096)
        connection.sendall(answer)  # and then it is quiet
        kept.append(connection)


def connect():
    with contextlib.suppress(OSError):
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(f'{os.getcwd()}/front')
        return connection


def is_cut(kind, tunnel):
    """Whether the stream is cut off within 4 s of its event."""
    listener = socket.create_server(('127.0.0.1', 0))
    threading.Thread(target=serve, args=(listener, STREAMS[kind]), daemon=True).start()
    pathlib.Path('haproxy.cfg').write_text(
        CONFIG.format(dir=os.getcwd(), port=listener.getsockname()[1], tunnel=tunnel))
    haproxy = subprocess.Popen(['haproxy', '-db', '-f', 'haproxy.cfg'], stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 15
        while not (client := connect()):
            assert time.monotonic() < end
            time.sleep(0.05)
        client.settimeout(4)
        client.sendall(b'GET /events HTTP/1.1\r\nHost: x\r\n\r\n')
        seen = b''
        with contextlib.suppress(TimeoutError):
            while some := client.recv(4096):
                seen += some
            assert b'data: a' in seen, seen
            return True
        return False
    finally:
        haproxy.kill()
        haproxy.wait()


kept = []
version = subprocess.run(['haproxy', '-v'], capture_output=True, text=True).stdout.splitlines()[0]
print(version)
for kind, tunnel, expected in (('in chunks', '1h', True), ('until it is closed', '1h', False),
                               ('until it is closed', '2s', True)):
    cut = is_cut(kind, tunnel)
    print(f"timeout server 1s, timeout tunnel {tunnel}, a stream {kind}:",
          'cut off' if cut else 'open after 4 s')
    if cut != expected:
        print('CHANGED')
        sys.exit(1)
PYTHON
timeout 55 python3 show.py
