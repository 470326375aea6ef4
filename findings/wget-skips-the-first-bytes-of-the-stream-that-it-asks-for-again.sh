#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: `wget -O -` of a stream that is cut off ends with an error, or begins again and shows what comes then.
# What happens: wget asks for the rest of a file, by `Range`. A server of events knows no ranges and sends what is new; wget leaves out as many bytes of it as it had got before, and shows what follows: events are missing, and one begins in its middle.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
for tool in wget python3; do
  command -v "$tool" >/dev/null || { echo "skipped: no $tool"; exit 77; }
done
cd "$dir"

cat >show.py <<'END'
import socket
import subprocess
import sys
import threading

HEAD = b'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n'
STREAMS = [[b'data: 1\n\n', b'data: two\n\n'], [b'data: three\n\n', b'data: four\n\n', b'data: 5\n\n']]


def serve(listener):
    for events in STREAMS:
        connection = listener.accept()[0]
        request = connection.recv(65536).decode()
        asked.append(next((line for line in request.split('\r\n') if line.startswith('Range')), 'no Range'))
        connection.sendall(HEAD + b''.join(b'%x\r\n%s\r\n' % (len(e), e) for e in events))
        if events is STREAMS[-1]:
            connection.sendall(b'0\r\n\r\n')
        connection.close()


asked = []
listener = socket.create_server(('127.0.0.1', 0))
threading.Thread(target=serve, args=(listener,), daemon=True).start()
print(subprocess.run(['wget', '--version'], capture_output=True, text=True, check=True).stdout.splitlines()[0])
done = subprocess.run(['wget', '-q', '--no-proxy', '-O', '-', f'http://127.0.0.1:{listener.getsockname()[1]}/events'],
                      capture_output=True, check=False, timeout=30)
print(f'sent: {STREAMS[0]}, cut off; {STREAMS[1]}')
print(f'asked: {asked}')
print(f'printed: {done.stdout}, exit status {done.returncode}')
sent = [b''.join(events) for events in STREAMS]
if done.stdout != sent[0] + sent[1][len(sent[0]):] or done.returncode != 0:
    print('CHANGED')
    sys.exit(1)
END
timeout 50 python3 show.py
