#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: Apache's event MPM serves connections on which little goes on without a thread for each, so a proxy with it can carry many quiet streams.
# What happens: that is true of connections between two requests alone. A stream that is passed on keeps its thread as long as it lasts: with four threads four followers are all, and who asks for a file of a few bytes then waits until one of them leaves. Of Debian's 150 threads 150 open pages take all.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
{ apt-get download -qq apache2-bin libapr1 libaprutil1 2>/dev/null && for each in *.deb; do dpkg -x "$each" .; done; } ||
  { echo "skipped: Debian's apache2 cannot be had"; exit 77; }
LD_LIBRARY_PATH=$dir$(find usr/lib -name 'libapr-1.so.0' -printf '/%h')
export LD_LIBRARY_PATH PATH=$dir/usr/sbin:$PATH
apache2 -v >version || { echo 'skipped: Apache does not start here'; exit 77; }

cat >show.py <<'END'
import http.server
import pathlib
import socket
import subprocess
import threading
import time

THREADS = 4
CONFIG = '''
ServerRoot "%(folder)s"
ServerName localhost
PidFile pid
ErrorLog errors
Listen 127.0.0.1:%(port)d
DefaultRuntimeDir .
LoadModule mpm_event_module usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module usr/lib/apache2/modules/mod_authz_core.so
LoadModule proxy_module usr/lib/apache2/modules/mod_proxy.so
LoadModule proxy_http_module usr/lib/apache2/modules/mod_proxy_http.so
StartServers 1
ServerLimit 1
ThreadLimit %(threads)d
ThreadsPerChild %(threads)d
MaxRequestWorkers %(threads)d
DocumentRoot files
ProxyPass /events http://127.0.0.1:%(backend)d/
'''


class Stream(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header('Content-Type', 'text/event-stream')
        self.end_headers()
        try:
            while True:
                self.wfile.write(b'data: x\n\n')
                time.sleep(0.2)
        except ConnectionError:
            pass

    def log_message(self, *arguments):
        pass


def ask(port, path):
    client = socket.create_connection(('127.0.0.1', port), timeout=10)
    client.sendall(b'GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n' % path)
    return client


def gets(client, what, seconds):
    came, end = b'', time.monotonic() + seconds
    while what not in came and time.monotonic() < end:
        client.settimeout(max(0.01, end - time.monotonic()))
        try:
            came += client.recv(65536)
        except TimeoutError:
            pass
    return what in came


backend = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Stream)
threading.Thread(target=backend.serve_forever, daemon=True).start()
with socket.socket() as bound:
    bound.bind(('127.0.0.1', 0))
    port = bound.getsockname()[1]
files = pathlib.Path('files')
files.mkdir()
(files / 'page').write_text('a page')
pathlib.Path('conf').write_text(CONFIG % {'folder': pathlib.Path.cwd(), 'port': port, 'threads': THREADS,
                                          'backend': backend.server_port})
apache = subprocess.Popen(['apache2', '-D', 'FOREGROUND', '-f', f'{pathlib.Path.cwd()}/conf'])
changed = 0
try:
    end = time.monotonic() + 10
    while socket.socket().connect_ex(('127.0.0.1', port)) != 0:
        if time.monotonic() > end or apache.poll() is not None:
            raise SystemExit('Apache does not start')
        time.sleep(0.05)
    print(f"{pathlib.Path('version').read_text().splitlines()[0].split(': ')[1]}, event MPM, {THREADS} threads")
    followers = []
    for count in range(1, THREADS + 1):
        followers.append(ask(port, b'/events'))
        assert gets(followers[-1], b'data', 10)
        page = ask(port, b'/page')
        found, expected = gets(page, b'a page', 5), count < THREADS
        print(f"{count} followers: the page {'comes' if found else 'does not come in 5 s'}")
        if found != expected:
            print('  CHANGED')
            changed = 1
        if found:
            page.close()
    followers[0].close()
    found = gets(page, b'a page', 10)
    print(f"one leaves: the page {'comes' if found else 'does not come'}")
    if not found:
        print('  CHANGED')
        changed = 1
finally:
    apache.terminate()
    apache.wait()
raise SystemExit(changed)
END
timeout 50 /usr/bin/python3 show.py
