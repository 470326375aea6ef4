#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: a server that is told to end (SIGTERM) finishes what it is about, cuts off after some seconds what does not end, and is gone; clients of streams come back to its successor.
# What happens: uvicorn 0.17 takes no new connection, and sends each stream on for as long as its client stays: nothing ends it but a second signal or SIGKILL, and who follows sees the old server for ever. Hypercorn cuts streams off after three seconds.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
{ apt-get download -qq python3-uvicorn python3-click python3-h11 python3-asgiref python3-typing-extensions \
  python3-hypercorn python3-toml python3-wsproto python3-h2 python3-hpack python3-hyperframe python3-priority \
  2>/dev/null && for each in *.deb; do dpkg -x "$each" .; done; } ||
  { echo "skipped: Debian's uvicorn and hypercorn cannot be had"; exit 77; }

cat >app.py <<'END'
import asyncio


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    stream = asyncio.create_task(events(send))
    try:
        while (await receive())["type"] != "http.disconnect":
            pass
    finally:
        stream.cancel()


async def events(send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
    while True:
        await send({"type": "http.response.body", "body": b"data: x\n\n", "more_body": True})
        await asyncio.sleep(0.1)
END
cat >show.py <<'END'
import socket
import subprocess
import sys
import time
from importlib.metadata import version

PATIENCE = 9  # seconds


def free_port():
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return bound.getsockname()[1]


def follow(port):
    end = time.monotonic() + 10
    while True:
        try:
            client = socket.create_connection(("127.0.0.1", port), timeout=10)
            break
        except ConnectionRefusedError:
            if time.monotonic() > end:
                raise SystemExit("the server does not start")
            time.sleep(0.05)
    client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    return client


def ends(name, *options):
    """Whether the server ends by itself when it is told to, and then when its client has left."""
    port = free_port()
    server = subprocess.Popen([sys.executable, "-m", name, *options, f"{port}" if name == "uvicorn" else
                               f"127.0.0.1:{port}", "app:app"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        client = follow(port)
        came = b""
        while b"data" not in came:
            came += client.recv(65536)
        server.terminate()
        told = time.monotonic()
        events = 0
        while time.monotonic() < told + PATIENCE and server.poll() is None:
            try:
                events = events + 1 if client.recv(65536) else events
            except ConnectionError:
                pass
        if server.poll() is not None:
            return "ends by itself, after some %d s" % round(time.monotonic() - told)
        client.close()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            return "does not end even when nobody follows"
        return "sends on" + (", and ends when the client has left" if events > PATIENCE else "")
    finally:
        server.kill()
        server.wait()


print(f"uvicorn {version('uvicorn')}, hypercorn {version('hypercorn')}; {PATIENCE} s behind SIGTERM, with a follower")
changed = 0
for name, option, expected in (("uvicorn", "--port", "sends on, and ends when the client has left"),
                               ("hypercorn", "--bind", "ends by itself")):
    found = ends(name, option)
    print(f"{name}: {found}")
    if not found.startswith(expected):
        print(f"  CHANGED: it was: {expected}")
        changed = 1
raise SystemExit(changed)
END
PYTHONPATH=usr/lib/python3/dist-packages:. PYTHONDONTWRITEBYTECODE=1 timeout 50 /usr/bin/python3 show.py
