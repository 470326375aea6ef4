#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: with `on-marked-down shutdown-sessions` a stream is cut off as soon as a check finds its server dead, so that its client goes to another.
# What happens: true until HAProxy is reloaded. The worker from before keeps its streams and checks no server any more: those of a server that hangs stay open as long as `timeout server` or `timeout tunnel` lets them. Without the option they stay in any case.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export PATH=$PATH:/usr/sbin
for tool in haproxy python3; do
  command -v "$tool" >/dev/null || { echo "skipped: no $tool"; exit 77; }
done
cd "$dir"

cat >server.py <<'PYTHON'
# Says `a` once to who asks for a stream, and that it is well to who checks it.
import http.server


class Stream(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_GET(self):
        self.send_response(200)
        if self.path == '/health':
            self.send_header('Content-Length', '0')
            self.end_headers()
            return
        self.send_header('Content-Type', 'text/event-stream')
        self.send_header('Transfer-Encoding', 'chunked')
        self.end_headers()
        self.wfile.write(b'9\r\ndata: a\n\n\r\n')
        self.wfile.flush()
        self.connection.recv(1)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Stream)
print(server.server_address[1], flush=True)
server.serve_forever()
PYTHON

cat >show.py <<'PYTHON'
import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

CONFIG = """
global
  stats socket {dir}/stats
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend all
  bind unix@{dir}/front
  default_backend servers
backend servers
  option httpchk GET /health
  server one 127.0.0.1:{port} check inter 100ms fall 3 {option}
"""


def wait_until(condition):
    end = time.monotonic() + 15
    while not condition():
        assert time.monotonic() < end, 'waited in vain'
        time.sleep(0.05)


def stream():
    """A stream whose first event has come; None if there is none."""
    with contextlib.suppress(OSError):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(5)
        connection.connect(f'{os.getcwd()}/front')
        connection.sendall(b'GET /events HTTP/1.1\r\nHost: x\r\n\r\n')
        seen = b''
        while b'data: a' not in seen:
            if not (some := connection.recv(4096)):
                return None
            seen += some
        return connection


def status():
    """Of the server, as the new worker sees it."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as stats:
        stats.connect('stats')
        stats.sendall(b'show stat\n')
        lines = stats.makefile().read().splitlines()
        return next(line.split(',')[17] for line in lines if line.startswith('servers,one,'))


def workers(master):
    return pathlib.Path(f'/proc/{master.pid}/task/{master.pid}/children').read_text().split()


def is_cut(option, reload):
    server = subprocess.Popen([sys.executable, 'server.py'], stdout=subprocess.PIPE, text=True)
    port = server.stdout.readline().strip()
    pathlib.Path('haproxy.cfg').write_text(CONFIG.format(dir=os.getcwd(), port=port, option=option))
    haproxy = subprocess.Popen(['haproxy', '-W', '-f', 'haproxy.cfg'], stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: status() == 'UP')
        wait_until(stream)
        client = stream()
        if reload:
            haproxy.send_signal(signal.SIGUSR2)
            wait_until(lambda: len(workers(haproxy)) == 2 and status() == 'UP')
        server.send_signal(signal.SIGSTOP)
        wait_until(lambda: status() == 'DOWN')
        client.settimeout(2)
        with contextlib.suppress(TimeoutError):
            while client.recv(4096):
                pass
            return True
        return False
    finally:
        of_haproxy = workers(haproxy)
        server.kill()
        haproxy.kill()
        for pid in of_haproxy:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        server.wait()
        haproxy.wait()


version = subprocess.run(['haproxy', '-v'], capture_output=True, text=True).stdout.splitlines()[0]
print(version)
shutdown = 'on-marked-down shutdown-sessions'
for option, reload, expected in (('', False, False), (shutdown, False, True), (shutdown, True, False)):
    seen = is_cut(option, reload)
    print(f"{option or 'without the option'}{', reloaded' if reload else ''}: the server hangs and is "
          f"DOWN, its stream is {'cut off' if seen else 'still open after 2 s'}")
    if seen != expected:
        print('CHANGED')
        sys.exit(1)
PYTHON
timeout 55 python3 show.py
