#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A server of streams of the numbers 1, 2, 3..., which resume behind Last-Event-ID: numbers.py PORT
MILLISECONDS [LAST]. One comes about every so many milliseconds; behind the last one it says stop.
"""
import asyncio
import random
import re
import sys

port, milliseconds, *last = map(int, sys.argv[1:])
last = last[0] if last else None


async def serve(reader, writer):
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        done = re.search(rb"\r\nLast-Event-ID: (\d+)\r\n", head, re.IGNORECASE)
        await stream(int(done[1]) if done else 0, writer)
        await writer.drain()
        writer.close()
    except (OSError, asyncio.IncompleteReadError):
        writer.close()  # the client went away


async def stream(done, writer):
    if done == last:
        writer.write(b"HTTP/1.1 204 Stop\r\nConnection: close\r\n\r\n")
        return
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/event-stream\r\n"
                 b"Transfer-Encoding: chunked\r\n\r\n")
    while done != last:
        done += 1
        event = b"id: %d\nretry: 1\ndata: %d\n\n" % (done, done)
        cut = random.randrange(1, len(event))
        for piece in event[:cut], event[cut:]:  # so that it can be killed in between
            writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            await writer.drain()
            await asyncio.sleep(random.random() * milliseconds / 1000)
    writer.write(b"0\r\n\r\n")


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", port, backlog=1024)
    async with server:
        await server.serve_forever()


asyncio.run(main())
