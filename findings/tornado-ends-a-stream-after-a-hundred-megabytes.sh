#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: a client that takes a stream by pieces (`streaming_callback`), and has put its time-out off, can follow it for as long as it lasts, for it keeps nothing.
# What happens: tornado's AsyncHTTPClient counts the bytes of the body all the same, and closes the connection behind 104,857,600 of them: at a kilobyte a second, after 29 hours. It says that the connection was closed, as if the server had done it. With a larger `max_body_size` it goes on.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
{ apt-get download -qq python3-tornado 2>/dev/null && dpkg -x python3-tornado_*.deb .; } ||
  { echo "skipped: Debian's python3-tornado cannot be had"; exit 77; }

cat >show.py <<'END'
import asyncio
import platform

import tornado
from tornado.httpclient import AsyncHTTPClient, HTTPRequest

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
EVENT = b"data: " + b"x" * (64 * 1024 - 8) + b"\n\n"
EVENTS = 1700  # some 111 MB


async def serve(reader, writer):
    try:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(HEAD)
        for _ in range(EVENTS):
            writer.write(b"%x\r\n%s\r\n" % (len(EVENT), EVENT))
            await writer.drain()
        writer.write(b"0\r\n\r\n")
        await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


async def follow(port, **options):
    """How many bytes of the stream come, and what is said at the end."""
    came = 0

    def take(piece):
        nonlocal came
        came += len(piece)
    client = AsyncHTTPClient(force_instance=True, **options)
    try:
        await client.fetch(HTTPRequest(f"http://127.0.0.1:{port}/", streaming_callback=take,
                                       request_timeout=0))
        return came, "all of it"
    except Exception as error:
        return came, f"{type(error).__name__}: {error}"


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    print(f"tornado {tornado.version}, python {platform.python_version()}")
    expected = {"by default": (104857600, "HTTPStreamClosedError: Connection closed"),
                "max_body_size=2**40": (EVENTS * len(EVENT), "all of it")}
    changed = 0
    for name, options in ("by default", {}), ("max_body_size=2**40", {"max_body_size": 2**40}):
        found = await follow(port, **options)
        print(f"{name}: {found[0]} bytes, {found[1]}")
        if found != expected[name]:
            print(f"  CHANGED: it was {expected[name]}")
            changed = 1
    return changed

raise SystemExit(asyncio.run(main()))
END
PYTHONPATH=usr/lib/python3/dist-packages timeout 50 /usr/bin/python3 show.py
