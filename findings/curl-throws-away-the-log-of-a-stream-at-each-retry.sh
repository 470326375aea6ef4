#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: `curl -N --retry 5 --retry-all-errors -o events.log` keeps a log of a stream: when the stream is cut off, curl asks again, and what comes then is written behind what has come.
# What happens: curl 7.88 empties the file at each retry, so the log has what came since the last cut alone; the server went on behind it, and curl ends with 0; it says "Throwing away 30 bytes", but nothing of it with `-s`. `-C -` changes nothing. With `>events.log` in place of `-o` all is there.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
for tool in curl python3; do
  command -v "$tool" >/dev/null || { echo "skipped: no $tool"; exit 77; }
done
cd "$dir"

cat >show.py <<'END'
import pathlib
import re
import socket
import subprocess
import sys
import threading

HEAD = b'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n'
LAST = 6


def serve(listener, asked):
    """What is new, two events a connection, which is then cut off; whole is the last one alone."""
    number = 0
    while number < LAST:
        connection = listener.accept()[0]
        request = b''
        while b'\r\n\r\n' not in request:
            request += connection.recv(65536)
        asked.append(b'\r\nrange:' in request.lower())
        connection.sendall(HEAD)
        for number in (number + 1, number + 2):
            event = b'id: %d\ndata: %d\n\n' % (number, number)
            connection.sendall(b'%x\r\n%s\r\n' % (len(event), event))
        if number == LAST:
            connection.sendall(b'0\r\n\r\n')
        connection.close()


def listen(words, is_redirected):
    log, asked = pathlib.Path('events.log'), []
    listener = socket.create_server(('127.0.0.1', 0))
    server = threading.Thread(target=serve, args=(listener, asked), daemon=True)
    server.start()
    with open(log if is_redirected else '/dev/null', 'wb') as output:
        curl = subprocess.run(['curl', '-q', '-sS', '-N', '--retry', '5', '--retry-all-errors', '--retry-delay', '1',
                               *words, f'http://127.0.0.1:{listener.getsockname()[1]}/'],
                              stdout=output, stderr=subprocess.PIPE, timeout=25)
    server.join(5)
    listener.close()
    seen = ' '.join(re.findall(r'^data: (\d+)$', log.read_text(), re.MULTILINE))
    log.unlink()
    said = sorted(set(curl.stderr.decode().splitlines()))
    return f'exit status {curl.returncode}, {len(asked)} requests, {sum(asked)} with Range, in the log {seen}', said


print(' '.join(subprocess.run(['curl', '--version'], capture_output=True, text=True, check=True).stdout.split()[:2]))
for words, is_redirected, expected in ((['-o', 'events.log'], False, '5 6'),
                                       (['-o', 'events.log', '-C', '-'], False, '5 6'),
                                       ([], True, '1 2 3 4 5 6')):
    seen, said = listen(words, is_redirected)
    print(f"{' '.join(words) or '>events.log'}: {seen}")
    for line in said:
        print(f'  it says: {line}')
    if seen != f'exit status 0, 3 requests, 0 with Range, in the log {expected}':
        print(f'  CHANGED: there was {expected} in the log, after 3 requests')
        sys.exit(1)
END
timeout 55 python3 show.py
