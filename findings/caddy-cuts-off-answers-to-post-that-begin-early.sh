#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: a proxy passes on the answer to a POST to its end, however fast it begins; and if it does not, the client can tell.
# What happens: Caddy 2.6 cuts off, of answers that begin when the question is not there as a whole, some in the middle; and rarely one that begins just then. It closes the connection to the server itself ("use of closed network connection"), and ends the answer to the client as if it were whole. With `buffer_requests` all arrive.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
for tool in caddy python3; do
  command -v "$tool" >/dev/null || { echo "skipped: no $tool"; exit 77; }
done
cd "$dir"

cat >show.py <<'END'
import os
import pathlib
import socket
import subprocess
import sys
import time

CONFIG = '''{
	admin off
	auto_https off
}
http://127.0.0.1:%d {
	reverse_proxy 127.0.0.1:%d {
		%s
	}
}
'''
HEAD = b'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n'
EVENTS, QUESTION = 8, b'{"stream":true}'


def free_port():
    with socket.socket() as bound:
        bound.bind(('127.0.0.1', 0))
        return bound.getsockname()[1]


def connect(port):
    for _ in range(150):
        try:
            return socket.create_connection(('127.0.0.1', port), timeout=10)
        except OSError:
            time.sleep(0.1)
    sys.exit('caddy does not start')


def ask(listener, port, is_early):
    """How many events the client got, and whether the end was that of a whole answer."""
    with connect(port) as client:
        client.sendall(b'POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %d\r\n\r\n' % len(QUESTION))
        if not is_early:
            client.sendall(QUESTION)
        connection = listener.accept()[0]
        asked = b''
        while not asked.endswith(b'\r\n\r\n' if is_early else QUESTION):
            asked += connection.recv(4096)
        try:
            connection.sendall(HEAD)
            for i in range(EVENTS):
                connection.sendall(b'9\r\ndata: 1\n\n\r\n')
                time.sleep(0.02)
                if i == 3 and is_early:
                    client.sendall(QUESTION)
            connection.sendall(b'0\r\n\r\n')
        except ConnectionError:
            pass  # Caddy has closed it
        connection.close()
        got = b''
        while not got.endswith(b'0\r\n\r\n') and (piece := client.recv(4096)):
            got += piece
    return got.count(b'data: 1'), got.endswith(b'0\r\n\r\n')


def seen(option, is_early):
    """Of forty answers, how many lack events, and how many of these do not say so."""
    listener, port = socket.create_server(('127.0.0.1', 0)), free_port()
    listener.settimeout(10)
    pathlib.Path('Caddyfile').write_text(CONFIG % (port, listener.getsockname()[1], option))
    process = subprocess.Popen(['caddy', 'run', '--config', 'Caddyfile', '--adapter', 'caddyfile'],
                               stderr=subprocess.DEVNULL, env={**os.environ, 'HOME': os.getcwd()})
    try:
        connect(port).close()
        answers = [ask(listener, port, is_early) for _ in range(40)]
    finally:
        process.terminate()
        process.wait()
    short = [is_whole for events, is_whole in answers if events < EVENTS]
    return len(short), sum(short)


print('caddy', subprocess.run(['caddy', 'version'], capture_output=True, text=True, check=True).stdout.split()[0])
for option, is_early in (('', True), ('buffer_requests', False)):
    short, whole = seen(option, is_early)
    print(f"{option or 'as it is'}: of 40 answers {short} lack events, of which {whole} end as if they were whole")
    if (short > 0) != is_early or whole != short:
        print('  CHANGED')
        sys.exit(1)
END
timeout 58 python3 show.py
