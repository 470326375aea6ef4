# SPDX-License-Identifier: MIT
"""A case with one client: a server for it alone, on a port of its own, and what comes there. So
cases do not wait for each other, as they would for the six connections of a browser to a server."""
import asyncio
import collections
import json
import pathlib
import re
import socket
import struct
import time

import cases

WAITS = (5, 3, 1.5, 0.5, 0)  # seconds: the classes, each from there on
EARLY = 0.005     # seconds: clocks are not alike
QUIET = 9         # seconds without a connection, and none is awaited: longer than the longest wait
REFUSING = 2      # seconds
BEFORE_RST = 0.3  # seconds, lest what was sent before is lost with it

FRAME = (pathlib.Path(__file__).parent / "frame.html").read_bytes()

ALWAYS = ("accept", "cache-control", "pragma")

# The seconds since the last connection ended, and what was asked for; the ID is None if none came.
Arrival = collections.namedtuple("Arrival", "wait path last_event_id")


def loopback(port=0):
    """A bound socket. Until one listens, who connects is refused, and nobody else gets the port."""
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    bound.bind(("127.0.0.1", port))
    return bound


async def read_head(reader):
    """The path, and the fields, of a request; None if there is none."""
    try:
        lines = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    fields = (line.partition(b":") for line in lines[1:-2])
    return lines[0].split()[1].decode(), {name.lower().decode(): value.strip(b" \t")
                                          for name, _, value in fields}


class Run:
    def __init__(self, case):
        self.case = case
        self.arrivals = []
        self.fields = set()     # the values of those that come with all requests
        self.is_closed = False  # so the client says
        self.steps = iter(case.steps)
        self.ended = self.seen = None
        self.keeper = loopback()  # of the port, while all are refused
        self.port = self.keeper.getsockname()[1]
        self.server = self.refusing = None
        self.writers = set()

    async def listen(self):
        self.server = await asyncio.start_server(self.handle, sock=loopback(self.port))

    async def refuse(self):
        self.server.close()
        await asyncio.sleep(REFUSING)
        await self.listen()

    async def begin(self):
        """A client is about to begin."""
        if self.case.steps[0].sent is None:
            self.arrivals.append(None)
            await self.take(next(self.steps), None)
        self.seen = time.monotonic()

    def is_over(self):
        return self.seen is not None and time.monotonic() - self.seen > QUIET

    def close(self):
        self.server.close()
        self.keeper.close()
        for writer in list(self.writers):
            writer.transport.abort()

    async def handle(self, reader, writer):
        self.writers.add(writer)
        try:
            request = await read_head(reader)
            if request is not None:
                await self.answer(*request, writer)
        except ConnectionError:
            pass  # the client has gone
        finally:
            self.writers.discard(writer)
            writer.close()

    async def answer(self, path, fields, writer):
        now = time.monotonic()
        if path == "/":
            await self.begin()
            writer.write(cases.answer(200, ("Content-Type: text/html",), FRAME).sent)
        elif path.startswith("/case/"):
            wait = max(0, now - self.ended) if self.ended else 0
            path = path.removeprefix("/case/")
            self.arrivals.append(Arrival(wait, path, fields.get("last-event-id")))
            self.fields.add(tuple(fields.get(name, b"none").decode() for name in ALWAYS))
            await self.take(next(self.steps, cases.STOP), writer)
        else:
            writer.write(cases.answer(404, ()).sent)

    async def take(self, step, writer):
        self.seen = self.ended = time.monotonic()
        if step.end == "refuse":
            self.refusing = asyncio.create_task(self.refuse())
            await asyncio.sleep(0)  # it begins now
        if step.sent:
            writer.write(step.sent)
        if step.end == "reset":
            await asyncio.sleep(BEFORE_RST)
            self.ended = time.monotonic()
            linger = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()

    def outcome(self):
        """What the client did after the first connection, in words: see table.md."""
        words = []
        for arrival, count in grouped([classed(arrival) for arrival in self.arrivals[1:]]):
            words.append(describe(arrival) + (f" x{count}" if count > 1 else ""))
        if len(self.arrivals) <= len(self.case.steps):
            words.append("closed" if self.is_closed else "waits")
        return ", ".join(words)


def classed(arrival):
    return arrival._replace(wait=next(least for least in WAITS if arrival.wait >= least - EARLY))


def follows(one, other):
    """Whether they are alike, or links of a chain of redirects, to 1, 2 and so on."""
    return other == one or (
        one.path.isdigit() and other == one._replace(path=str(int(one.path) + 1)))


def grouped(arrivals):
    """Arrivals that follow each other: the last of them, and how many there are."""
    count = 0
    for arrival, successor in zip(arrivals, [*arrivals[1:], None]):
        count += 1
        if successor is None or not follows(arrival, successor):
            yield arrival, count
            count = 0


def shown(value):
    if len(value) > 100:
        return f"{len(value)} bytes"
    text = json.dumps(value.decode(errors="surrogateescape"), ensure_ascii=False)
    return re.sub("[\x7f\udc80-\udcff]", lambda byte: f"<{ord(byte[0]) & 0xFF:02X}>", text)


def describe(arrival):
    wait = f"{arrival.wait} s" if arrival.wait else "0"
    last_event_id = "" if arrival.last_event_id is None else f" {shown(arrival.last_event_id)}"
    return f"{wait} {arrival.path}{last_event_id}"
