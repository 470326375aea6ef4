#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: a proxy that passes each event of a stream on at once does so with the first one, too.
# What happens: if a stream lasts until its connection is closed, and its first event comes in one piece with the head, Varnish 7.1 sends the head, and the event when the next piece comes: a client that resumes gets what it has missed with the next heartbeat. Sent a moment behind the head, or in chunks, it comes at once.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export PATH=$PATH:/usr/sbin
for tool in varnishd python3; do
  command -v "$tool" >/dev/null || { echo "skipped: no $tool"; exit 77; }
done
cd "$dir"

cat >show.py <<'END'
import pathlib
import socket
import subprocess
import sys
import time

FOLDER = pathlib.Path.cwd()
HEAD = b'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n%s\r\n'
FRAMINGS = {'until the connection is closed': (HEAD % b'Connection: close\r\n', lambda event: event),
            'in chunks': (HEAD % b'Transfer-Encoding: chunked\r\n',
                          lambda event: b'%x\r\n%s\r\n' % (len(event), event))}


def free_port():
    with socket.socket() as bound:
        bound.bind(('127.0.0.1', 0))
        return bound.getsockname()[1]


def connect(port):
    for _ in range(150):
        try:
            return socket.create_connection(('127.0.0.1', port), timeout=2)
        except OSError:
            time.sleep(0.1)
    sys.exit('varnishd does not start')


def receive(client, what):
    """What has come until then, or until it is silent for two seconds."""
    received = b''
    try:
        while what not in received and (piece := client.recv(65536)):
            received += piece
    except TimeoutError:
        pass
    return received


def look(listener, port, framing, is_together):
    head, frame = FRAMINGS[framing]
    with connect(port) as client:
        client.sendall(b'GET /events HTTP/1.1\r\nHost: x\r\n\r\n')
        connection = listener.accept()[0]
        connection.recv(65536)
        for piece in [head + frame(b'data: 1\n\n')] if is_together else [head, frame(b'data: 1\n\n')]:
            connection.sendall(piece)
            time.sleep(0.5)
        early = receive(client, b'data: 1')
        assert b'200 OK' in early, early
        connection.sendall(frame(b'data: 2\n\n'))
        late = receive(client, b'data: 2')
        connection.close()
    return 'at once' if b'data: 1' in early else 'with the second' if b'data: 1' in late else 'not at all'


listener, port = socket.create_server(('127.0.0.1', 0)), free_port()
pathlib.Path('default.vcl').write_text(f'''vcl 4.1;
backend default {{ .host = "127.0.0.1"; .port = "{listener.getsockname()[1]}"; }}
sub vcl_recv {{ return (pass); }}
''')
version = subprocess.run(['varnishd', '-V'], capture_output=True, text=True, check=True)
print((version.stdout + version.stderr).splitlines()[0])
process = subprocess.Popen(['varnishd', '-F', '-j', 'none', '-n', FOLDER / 'varnish', '-s', 'malloc,16m', '-a',
                            f'127.0.0.1:{port}', '-f', FOLDER / 'default.vcl'],
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
failed = False
try:
    for framing in FRAMINGS:
        for is_together in (True, False):
            seen = look(listener, port, framing, is_together)
            print(f"a stream {framing}, its first event {'with' if is_together else 'behind'} the head: it comes {seen}")
            if seen != ('with the second' if is_together and framing != 'in chunks' else 'at once'):
                print('  CHANGED')
                failed = True
finally:
    process.terminate()
    process.wait()
sys.exit(failed)
END
timeout 55 python3 show.py
