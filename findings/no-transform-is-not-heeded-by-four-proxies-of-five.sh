#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: a proxy that compresses lets a stream with `Cache-Control: no-transform` alone, as HTTP says that it must.
# What happens: nginx 1.22, Apache 2.4, Caddy 2.6 and Varnish 7.1 compress it all the same; Caddy and Varnish then send nothing of it before its end. HAProxy 2.6 heeds it.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
command -v python3 >/dev/null || { echo 'skipped: no python3'; exit 77; }

cat >show.py <<'END'
import http.server
import pathlib
import shutil
import socket
import subprocess
import sys
import threading
import time

FOLDER = pathlib.Path.cwd()


class Server(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_GET(self):
        self.send_response(200)
        self.send_header('Content-Type', 'text/event-stream')
        self.send_header('Cache-Control', 'no-store, no-transform')
        self.send_header('Transfer-Encoding', 'chunked')
        self.end_headers()
        try:
            for event in (b'data: ' + b'x' * 2000 + b'\n\n', b'data: 2\n\n', b''):
                self.wfile.write(b'%x\r\n%s\r\n' % (len(event), event))
                time.sleep(2 if event else 0)
        except ConnectionError:
            pass  # the proxy has ended

    def log_message(self, *_):
        pass


NGINX = '''daemon off; pid nginx.pid; error_log stderr; events {}
http { access_log off; client_body_temp_path t; proxy_temp_path t; fastcgi_temp_path t; uwsgi_temp_path t;
  scgi_temp_path t; gzip on; gzip_types text/event-stream; proxy_buffering off; proxy_http_version 1.1;
  server { listen 127.0.0.1:PORT; location / { proxy_pass http://127.0.0.1:ORIGIN; } } }
'''
APACHE = ''.join(f'LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n' for name in
                 ('mpm_event', 'authz_core', 'proxy', 'proxy_http', 'filter', 'deflate')) + '''
Listen 127.0.0.1:PORT
ServerName localhost
PidFile FOLDER/apache.pid
ErrorLog FOLDER/apache.log
DefaultRuntimeDir FOLDER
AddOutputFilterByType DEFLATE text/event-stream
ProxyPass / http://127.0.0.1:ORIGIN/
'''
CADDY = '''{
	admin off
	auto_https off
}
http://127.0.0.1:PORT {
	encode {
		gzip
		match header Content-Type text/event-stream*
	}
	reverse_proxy 127.0.0.1:ORIGIN
}
'''
VARNISH = '''vcl 4.1;
backend default { .host = "127.0.0.1"; .port = "ORIGIN"; }
sub vcl_backend_response { set beresp.do_gzip = true; }
'''
HAPROXY = '''defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
  compression algo gzip
  compression type text/event-stream
frontend f
  bind 127.0.0.1:PORT
  default_backend b
backend b
  server s 127.0.0.1:ORIGIN
'''
PROXIES = [
    ('nginx', '-v', NGINX, 'nginx -p FOLDER -c FILE', 'gzip, the first event at once'),
    ('apache2', '-v', APACHE, 'apache2 -d FOLDER -f FILE -DFOREGROUND', 'gzip, the first event at once'),
    ('caddy', 'version', CADDY, 'caddy run --adapter caddyfile --config FILE', 'gzip, no event before the end'),
    ('varnishd', '-V', VARNISH, 'varnishd -F -j none -n FOLDER/varnish -s malloc,16m -a 127.0.0.1:PORT -f FILE',
     'gzip, no event before the end'),
    ('haproxy', '-v', HAPROXY, 'haproxy -db -f FILE', 'as it was, the first event at once'),
]


def free_port():
    with socket.socket() as bound:
        bound.bind(('127.0.0.1', 0))
        return bound.getsockname()[1]


def ask(port):
    for _ in range(150):
        try:
            connection = socket.create_connection(('127.0.0.1', port), timeout=1)
            break
        except OSError:
            time.sleep(0.1)
    with connection:
        connection.sendall(b'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n')
        early = b''
        try:
            while True:  # until it is silent for a second
                early += connection.recv(65536)
        except TimeoutError:
            pass
        whole = early
        connection.settimeout(10)
        while b'\r\n\r\n' not in whole:
            whole += connection.recv(65536)
    coding = 'gzip' if b'content-encoding: gzip' in whole.lower() else 'as it was'
    size = len(early.partition(b'\r\n\r\n')[2])  # 2000 letters are some 30 bytes of gzip; its head, 10
    return f"{coding}, {'the first event at once' if size > 30 else 'no event before the end'}"


server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Server)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
failed, count = False, 0
for name, asks_version, text, command, expected in PROXIES:
    if not shutil.which(name):
        print(f'skipped: no {name}')
        continue
    count += 1
    words = {'PORT': free_port(), 'ORIGIN': server.server_port, 'FOLDER': FOLDER, 'FILE': FOLDER / f'{name}.conf'}
    for word, value in words.items():
        text, command = text.replace(word, str(value)), command.replace(word, str(value))
    words['FILE'].write_text(text)
    version = subprocess.run([name, asks_version], capture_output=True, text=True)
    process = subprocess.Popen(command.split(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               env={'PATH': '/usr/sbin:/usr/bin:/sbin:/bin', 'HOME': str(FOLDER)})
    try:
        seen = ask(words['PORT'])
    finally:
        process.terminate()
        process.wait()
    print(f'{(version.stdout + version.stderr).splitlines()[0]}: {seen}')
    if seen != expected:
        print(f'  CHANGED: it was {expected}')
        failed = True
sys.exit(failed or (0 if count else 77))
END
timeout 55 python3 show.py
