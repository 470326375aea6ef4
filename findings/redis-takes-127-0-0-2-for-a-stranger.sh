#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: a Redis that is bound to the loopback alone serves every program of this machine; so a load that comes from 127.0.0.2, 127.0.0.3... for the sake of more ports does well.
# What happens: in protected mode, which is the default without a password, 127.0.0.1 alone is local: others of 127.0.0.0/8 are answered -DENIED and closed.
set -euo pipefail
for tool in redis-server python3; do
  command -v "$tool" >/dev/null || { echo "skipped: no $tool"; exit 77; }
done
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

cat >"$dir/show.py" <<'PYTHON'
import contextlib
import socket
import subprocess
import sys
import time

with socket.socket() as free:
    free.bind(('127.0.0.1', 0))
    port = free.getsockname()[1]


def ping(own):
    with socket.socket() as connection:
        connection.settimeout(10)
        connection.bind((own, 0))
        connection.connect(('127.0.0.1', port))
        connection.sendall(b'PING\r\n')
        with contextlib.suppress(ConnectionResetError):
            return connection.recv(4096).decode().split()[0]


redis = subprocess.Popen(['redis-server', '--port', str(port), '--bind', '127.0.0.1', '--save', '',
                          '--dir', sys.argv[1]], stdout=subprocess.DEVNULL)
try:
    end = time.monotonic() + 15
    while True:
        with contextlib.suppress(OSError):
            ping('127.0.0.1')
            break
        assert time.monotonic() < end
        time.sleep(0.05)
    print(subprocess.run(['redis-server', '--version'], capture_output=True, text=True).stdout.split()[2])
    for own, expected in (('127.0.0.1', '+PONG'), ('127.0.0.2', '-DENIED')):
        seen = ping(own)
        print(f'PING from {own}: {seen}')
        if seen != expected:
            print('CHANGED: it was', expected)
            sys.exit(1)
finally:
    redis.kill()
    redis.wait()
PYTHON
timeout 40 python3 "$dir/show.py" "$dir"
