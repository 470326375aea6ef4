#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: where a cache of nginx has `proxy_cache_lock`, as recipes for short caching do, a stream that begins at once begins at once for all.
# What happens: nginx 1.22 passes it to the first follower, and each other one waits 5 seconds for the first byte, in vain, whenever it comes back. With `no-store` or `X-Accel-Buffering: no` from the server nobody waits.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export PATH=$PATH:/usr/sbin
for tool in nginx python3; do
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
CONFIG = '''
daemon off;
master_process off;
pid pid;
error_log stderr emerg;
events {}
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  proxy_cache_path cache keys_zone=short:1m;
  server {
    listen 127.0.0.1:%d;
    location / {
      proxy_pass http://127.0.0.1:%d;
      proxy_http_version 1.1;
      proxy_cache short;
      proxy_cache_valid 200 1s;
      proxy_cache_lock on;
    }
  }
}
'''


def serve(connection, fields):
    """An event each 100 ms, until it is told that nobody listens."""
    connection.recv(65536)
    try:
        connection.sendall(HEAD % fields)
        while not select.select([connection], [], [], 0.1)[0]:
            connection.sendall(b'9\r\ndata: x\n\n\r\n')
    except ConnectionError:
        pass


def accept(listener, fields):
    while True:
        threading.Thread(target=serve, args=(listener.accept()[0], fields), daemon=True).start()


def free_port():
    with socket.socket() as bound:
        bound.bind(('127.0.0.1', 0))
        return bound.getsockname()[1]


def follow(port):
    """Seconds until the first event, and the connection, which stays."""
    begin = time.monotonic()
    client = socket.create_connection(('127.0.0.1', port), timeout=20)
    client.sendall(b'GET /events HTTP/1.1\r\nHost: x\r\n\r\n')
    received = b''
    while b'data' not in received:
        piece = client.recv(65536)
        if not piece:
            sys.exit(f'  CHANGED: no event in {received}')
        received += piece
    return time.monotonic() - begin, client


def await_port(port):
    for _ in range(150):
        try:
            return socket.create_connection(('127.0.0.1', port), timeout=5).close()
        except OSError:
            time.sleep(0.1)


version = subprocess.run(['nginx', '-v'], capture_output=True, text=True, check=True)
print(version.stderr.strip())
for fields, waits in ((b'', True), (b'Cache-Control: no-store\r\n', False), (b'X-Accel-Buffering: no\r\n', False)):
    listener = socket.create_server(('127.0.0.1', 0))
    threading.Thread(target=accept, args=(listener, fields), daemon=True).start()
    port = free_port()
    folder = pathlib.Path.cwd() / f'nginx{port}'
    folder.mkdir()
    (folder / 'nginx.conf').write_text(CONFIG % (port, listener.getsockname()[1]))
    process = subprocess.Popen(['nginx', '-p', folder, '-c', 'nginx.conf', '-e', 'stderr'])
    try:
        await_port(port)
        followers = [follow(port) for _ in range(3)]
        for _, client in followers:
            client.close()
    finally:
        process.terminate()
        process.wait()
    times = [seconds for seconds, _ in followers]
    print(f"the server says {fields.decode().strip() or 'nothing of caches'}: the first event is there after "
          + ', '.join(f'{seconds:.1f}' for seconds in times) + ' seconds')
    if times[0] > 3 or any((seconds > 4) != waits for seconds in times[1:]):
        print('  CHANGED: ' + ('the others waited 5 seconds' if waits else 'nobody waited'))
        sys.exit(1)
END
timeout 55 python3 show.py
