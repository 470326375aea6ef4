#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: an event stream without `Cache-Control` is not kept by a cache, for it is different each time.
# What happens: Varnish 7.1 keeps it, as any response: who comes after its end gets the old events, all at once, and the server is not asked. With `no-store` it is.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
{ command -v varnishd >/dev/null && command -v python3 >/dev/null; } ||
  { echo 'skipped: no varnishd, or no python3'; exit 77; }

cat >show.py <<'END'
import http.server
import pathlib
import socket
import subprocess
import sys
import threading
import time
import urllib.request


class Server(http.server.BaseHTTPRequestHandler):
    asked = 0

    def do_GET(self):
        Server.asked += 1
        self.send_response(200)
        self.send_header('Content-Type', 'text/event-stream')
        if self.path == '/no-store':
            self.send_header('Cache-Control', 'no-store')
        self.end_headers()
        self.wfile.write(b'data: you are number %d\n\n' % Server.asked)

    def log_message(self, *_):
        pass


def free_port():
    with socket.socket() as bound:
        bound.bind(('127.0.0.1', 0))
        return bound.getsockname()[1]


server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
folder = pathlib.Path.cwd()
port = free_port()
pathlib.Path('default.vcl').write_text(
    f'vcl 4.1; backend default {{ .host = "127.0.0.1"; .port = "{server.server_port}"; }}')
print(subprocess.run(['varnishd', '-V'], capture_output=True, text=True).stderr.splitlines()[0])
cache = subprocess.Popen(['varnishd', '-F', '-j', 'none', '-n', folder / 'work', '-s', 'malloc,16m',
                          '-a', f'127.0.0.1:{port}', '-f', folder / 'default.vcl'],
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
failed = False
try:
    for _ in range(150):
        try:
            socket.create_connection(('127.0.0.1', port)).close()
            break
        except OSError:
            time.sleep(0.1)
    for path, expected in (('/', 1), ('/no-store', 3)):
        before = Server.asked
        seen = [urllib.request.urlopen(f'http://127.0.0.1:{port}{path}', timeout=10).read() for _ in range(3)]
        asked = Server.asked - before
        print(f'{path}: three clients, one after another: the server is asked {asked} times; they get {seen}')
        if asked != expected or len(set(seen)) != asked:
            print(f'  CHANGED: it was asked {expected} times')
            failed = True
finally:
    cache.terminate()
    cache.wait()
sys.exit(failed)
END
timeout 55 python3 show.py
