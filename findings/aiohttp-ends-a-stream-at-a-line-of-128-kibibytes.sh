#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: `async for line in response.content`, with which aiohttp's users read event streams, gives lines of any length, for nobody has named a limit.
# What happens: behind 128 KiB without a line end it raises LineTooLong, so one large `data` line, a snapshot or a picture, ends the client; it comes back, resumes in front of that event, and meets it again. With `read_bufsize` the limit is twice what is said.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
packages=(python3-aiohttp python3-aiosignal python3-async-timeout python3-attr
  python3-charset-normalizer python3-frozenlist python3-idna python3-multidict python3-yarl)
apt-get download -qq "${packages[@]}" 2>/dev/null ||
  { echo "skipped: Debian's python3-aiohttp cannot be had"; exit 77; }
for package in *.deb; do dpkg -x "$package" .; done

cat >show.py <<'END'
import asyncio
import platform

import aiohttp
from aiohttp import web


async def serve(request):
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    size = int(request.query["size"])
    await response.write(b"data: " + b"x" * (size - 7) + b"\n\n")
    await response.write(b"data: next\n\n")
    return response


async def read(url, **options):
    lines = []
    async with aiohttp.ClientSession(**options) as session, session.get(url) as response:
        try:
            async for line in response.content:
                lines.append(len(line))
        except Exception as error:
            return f"lines of {lines} bytes, then {type(error).__name__}"
    return f"lines of {lines} bytes"


async def main():
    application = web.Application()
    application.add_routes([web.get("/", serve)])
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]
    print(f"aiohttp {aiohttp.__version__}, python {platform.python_version()}")
    changed = 0
    for size, options, expected in (
            (100_000, {}, "lines of [100000, 1, 11, 1] bytes"),
            (200_000, {}, "lines of [] bytes, then LineTooLong"),
            (200_000, {"read_bufsize": 2**20}, "lines of [200000, 1, 11, 1] bytes")):
        found = await read(f"http://127.0.0.1:{port}/?size={size}", **options)
        print(f"a line of {size} bytes, {options or 'by default'}: {found}")
        if found != expected:
            print(f"  CHANGED: it was {expected}")
            changed = 1
    await runner.cleanup()
    return changed

raise SystemExit(asyncio.run(main()))
END
PYTHONPATH=usr/lib/python3/dist-packages timeout 50 /usr/bin/python3 show.py
