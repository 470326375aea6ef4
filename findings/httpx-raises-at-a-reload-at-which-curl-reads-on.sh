#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: a proxy that is stopped softly keeps its open streams, so no client notices.
# What happens: over HTTP/2 HAProxy says at once that it takes no more requests (GOAWAY) and serves the stream on. curl reads on; Debian's httpx 0.23 takes the word for the end of the connection and raises RemoteProtocolError in the middle of the stream. Over HTTP/1.1 both read on.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export PATH=$PATH:/usr/sbin
for tool in haproxy curl; do
  command -v "$tool" >/dev/null || { echo "skipped: no $tool"; exit 77; }
done
/usr/bin/python3 -c 'import h2, httpx' 2>/dev/null ||
  { echo 'skipped: no httpx or no h2 (python3-httpx, python3-h2)'; exit 77; }
cd "$dir"

cat >follow.py <<'END'
import sys

import httpx

is_http_2 = sys.argv[2] == '2'
try:
    with httpx.Client(http1=not is_http_2, http2=is_http_2, trust_env=False) as client:
        with client.stream('GET', sys.argv[1]) as response:
            for line in response.iter_lines():
                print(line.strip(), flush=True)
except httpx.HTTPError as error:
    print(type(error).__name__, flush=True)
END
cat >show.py <<'END'
import pathlib
import signal
import socket
import subprocess
import sys
import threading
import time

import h2
import httpx

CONFIG = '''defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
  option http-no-delay
frontend f
  bind 127.0.0.1:{port} {protocol}
  default_backend b
backend b
  server s 127.0.0.1:{origin}
'''
HEAD = b'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n'


def serve():
    """An event, the second when the proxy was told to stop, and the end."""
    while True:
        connection = listener.accept()[0]
        connection.recv(65536)
        connection.sendall(HEAD + b'9\r\ndata: 1\n\n\r\n')
        stopped.wait(20)
        time.sleep(1)
        try:
            connection.sendall(b'9\r\ndata: 2\n\n\r\n0\r\n\r\n')
        except ConnectionError:
            pass
        connection.close()


def free_port():
    with socket.socket() as bound:
        bound.bind(('127.0.0.1', 0))
        return bound.getsockname()[1]


def look(client, version):
    stopped.clear()
    port = free_port()
    pathlib.Path('haproxy.cfg').write_text(CONFIG.format(
        port=port, origin=listener.getsockname()[1], protocol='proto h2' if version == '2' else ''))
    proxy = subprocess.Popen(['haproxy', '-db', '-f', 'haproxy.cfg'], stderr=subprocess.DEVNULL)
    url = f'http://127.0.0.1:{port}/'
    command = ['curl', '-sN', '--noproxy', '*', '--http2-prior-knowledge' if version == '2' else '--http1.1', url]
    try:
        for _ in range(150):
            try:
                socket.create_connection(('127.0.0.1', port)).close()
                break
            except OSError:
                time.sleep(0.1)
        with subprocess.Popen(command if client == 'curl' else [sys.executable, 'follow.py', url, version],
                              stdout=subprocess.PIPE, text=True) as follower:
            lines = [follower.stdout.readline()]
            proxy.send_signal(signal.SIGUSR1)
            stopped.set()
            lines += follower.stdout.readlines()
    finally:
        proxy.kill()
        proxy.wait()
    return ', '.join(line.strip() for line in lines if line.strip())


stopped = threading.Event()
listener = socket.create_server(('127.0.0.1', 0))
threading.Thread(target=serve, daemon=True).start()
for command in (['haproxy', '-v'], ['curl', '--version']):
    print(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0])
print(f'httpx {httpx.__version__}, h2 {h2.__version__}')
failed = False
for client, version in (('curl', '1.1'), ('curl', '2'), ('httpx', '1.1'), ('httpx', '2')):
    seen = look(client, version)
    print(f'{client}, HTTP/{version}: {seen}')
    if seen != ('data: 1, RemoteProtocolError' if (client, version) == ('httpx', '2') else 'data: 1, data: 2'):
        print('  CHANGED')
        failed = True
sys.exit(failed)
END
timeout 55 /usr/bin/python3 show.py
