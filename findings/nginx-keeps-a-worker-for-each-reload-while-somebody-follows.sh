#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: after `nginx -s reload` the workers of before are gone in a moment, for clients of streams come back by themselves.
# What happens: a worker stays as long as one stream that it carries: after three reloads, as for a renewed certificate or a new backend, there are three old ones beside the new, each with its memory and the backends of its day. With `worker_shutdown_timeout 1s` they end, and the streams with them.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export PATH=$PATH:/usr/sbin
for tool in nginx python3; do
  command -v "$tool" >/dev/null || { echo "skipped: no $tool"; exit 77; }
done
cd "$dir"

cat >show.py <<'END'
import http.server
import pathlib
import signal
import socket
import subprocess
import threading
import time

CONFIG = '''
daemon off;
pid pid;
error_log stderr emerg;
worker_processes 1;
%s
events {}
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  server {
    listen 127.0.0.1:%d;
    location / {
      proxy_pass http://127.0.0.1:%d;
      proxy_buffering off;
    }
  }
}
'''


class Stream(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header('Content-Type', 'text/event-stream')
        self.end_headers()
        try:
            while True:
                self.wfile.write(b'data: x\n\n')
                time.sleep(0.1)
        except ConnectionError:
            pass

    def log_message(self, *arguments):
        pass


def free_port():
    with socket.socket() as bound:
        bound.bind(('127.0.0.1', 0))
        return bound.getsockname()[1]


def wait_until(holds):
    end = time.monotonic() + 10
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def follow(port):
    client = socket.create_connection(('127.0.0.1', port), timeout=10)
    client.sendall(b'GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    came = b''
    while b'data' not in came:
        came += client.recv(65536)
    return client


def workers(master):
    """What the processes of the workers say that they are."""
    children = pathlib.Path(f'/proc/{master}/task/{master}/children').read_text().split()
    said = {child: pathlib.Path(f'/proc/{child}/cmdline').read_text() for child in children}
    return {child: each for child, each in said.items() if 'worker' in each}


def is_replaced(master, before):
    """Whether the workers of before take no connections any more, and there is a new one."""
    now = workers(master)
    return set(now) - set(before) and all('shutting down' in now.get(each, 'shutting down') for each in before)


def is_cut(client):
    client.settimeout(5)
    try:
        while client.recv(65536):
            if time.monotonic() > is_cut.end:
                return False
        return True
    except ConnectionError:
        return True


def reloads(backend, option):
    """How many workers there are behind three reloads with a follower each; and how many streams are cut."""
    port = free_port()
    pathlib.Path('conf').write_text(CONFIG % (option, port, backend))
    nginx = subprocess.Popen(['nginx', '-p', '.', '-c', 'conf'])
    try:
        assert wait_until(lambda: socket.socket().connect_ex(('127.0.0.1', port)) == 0)
        clients = []
        for _ in range(3):
            clients.append(follow(port))
            before = workers(nginx.pid)
            nginx.send_signal(signal.SIGHUP)
            assert wait_until(lambda: is_replaced(nginx.pid, before))
        time.sleep(4)
        left = len(workers(nginx.pid))
        is_cut.end = time.monotonic() + 1
        return left, sum(is_cut(client) for client in clients)
    finally:
        nginx.terminate()
        nginx.wait()


backend = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Stream)
threading.Thread(target=backend.serve_forever, daemon=True).start()
version = subprocess.run(['nginx', '-v'], capture_output=True, text=True).stderr.split('/')[-1].strip()
print(f'nginx {version}; three followers, and a reload behind each')
changed = 0
for option, expected in ('', (4, 0)), ('worker_shutdown_timeout 1s;', (1, 3)):
    found = reloads(backend.server_port, option)
    print(f"{option or 'as it is'}: {found[0]} workers, {found[1]} streams cut off")
    if found != expected:
        print(f'  CHANGED: it was {expected[0]} workers, and {expected[1]} cut off')
        changed = 1
raise SystemExit(changed)
END
timeout 50 /usr/bin/python3 show.py
