#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: Apache passes a stream on at once, or holds it back, whatever it speaks with the server.
# What happens: by HTTP, SCGI and uwsgi each event comes at once. By FastCGI, which PHP speaks, nothing comes before the end, unless ProxyPass says `flushpackets=on`; X-Accel-Buffering says nothing to Apache.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export PATH=$PATH:/usr/sbin
for tool in apache2 python3; do
  command -v "$tool" >/dev/null || { echo "skipped: no $tool"; exit 77; }
done
cd "$dir"

cat >show.py <<'END'
import pathlib
import socket
import struct
import subprocess
import sys
import threading
import time

FOLDER = pathlib.Path.cwd()
HEAD = 'Content-Type: text/event-stream\r\nCache-Control: no-store\r\nX-Accel-Buffering: no\r\n\r\n'
EVENTS = [f'data: {i}\n\n' for i in (1, 2, 3)]
GAP = 1


def http(connection):
    connection.recv(65536)
    connection.sendall(b'HTTP/1.1 200 OK\r\nConnection: close\r\n' + HEAD.encode())
    return connection.sendall


def scgi(connection):
    connection.recv(65536)
    connection.sendall(b'Status: 200 OK\r\n' + HEAD.encode())
    return connection.sendall


def uwsgi(connection):
    connection.recv(65536)
    connection.sendall(b'HTTP/1.1 200 OK\r\n' + HEAD.encode())
    return connection.sendall


def fcgi(connection):
    """One request, whose records are not looked at but for its number."""
    request = connection.recv(65536)[2:4]
    def send(text):
        kind = 6 if text else 3  # its output, or its end
        text = text or bytes(8)
        connection.sendall(b'\x01' + bytes([kind]) + request + struct.pack('>HBx', len(text), 0) + text)
    send(b'Status: 200 OK\r\n' + HEAD.encode())
    return send


def serve(listener, speak):
    while True:
        connection = listener.accept()[0]
        send = speak(connection)
        for event in EVENTS:
            send(event.encode())
            time.sleep(GAP)
        if speak is fcgi:
            send(b'')
        connection.close()


def free_port():
    with socket.socket() as bound:
        bound.bind(('127.0.0.1', 0))
        return bound.getsockname()[1]


def ask(port, path):
    """When the first event came, before the second was sent or not."""
    with socket.create_connection(('127.0.0.1', port), timeout=20) as connection:
        connection.sendall(f'GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'.encode())
        received = b''
        while b'data: 1' not in received:
            piece = connection.recv(65536)
            assert piece, received
            received += piece
    return 'at the end' if b'data: 3' in received else 'with the next' if b'data: 2' in received else 'at once'


ways, text = {}, ''
for speak in (http, fcgi, scgi, uwsgi):
    listener = socket.create_server(('127.0.0.1', 0))
    threading.Thread(target=serve, args=(listener, speak), daemon=True).start()
    port = listener.getsockname()[1]
    for option in ('', 'flushpackets=on'):
        path = f"/{speak.__name__}{'-flush' if option else ''}"
        ways[path] = (speak.__name__, option)
        # Two names of a host are two workers for Apache, each with options of its own.
        host = 'localhost' if option else '127.0.0.1'
        text += f'ProxyPass {path} {speak.__name__}://{host}:{port}/ {option}\n'
port = free_port()
modules = ''.join(f'LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n' for name in
                  ('mpm_event', 'authz_core', 'proxy', 'proxy_http', 'proxy_fcgi', 'proxy_scgi', 'proxy_uwsgi'))
(FOLDER / 'httpd.conf').write_text(f'''{modules}Listen 127.0.0.1:{port}
ServerName localhost
PidFile {FOLDER}/pid
ErrorLog {FOLDER}/error
DefaultRuntimeDir {FOLDER}
{text}''')
print(subprocess.run(['apache2', '-v'], capture_output=True, text=True, check=True).stdout.splitlines()[0])
process = subprocess.Popen(['apache2', '-d', FOLDER, '-f', FOLDER / 'httpd.conf', '-DFOREGROUND'])
failed = False
try:
    for _ in range(150):
        try:
            socket.create_connection(('127.0.0.1', port)).close()
            break
        except OSError:
            time.sleep(0.1)
    for path, (name, option) in ways.items():
        seen = ask(port, path)
        expected = 'at the end' if (name, option) == ('fcgi', '') else 'at once'
        print(f"{name}{', ' + option if option else ''}: the first event comes {seen}")
        if seen != expected:
            print(f'  CHANGED: it was {expected}')
            failed = True
finally:
    process.terminate()
    process.wait()
sys.exit(failed)
END
timeout 55 python3 show.py
