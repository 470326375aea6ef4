# SPDX-License-Identifier: MIT
"""What stands between a server and a client: a proxy or a cache is asked for streams, and it is seen
when the events come, and when the server learns that the client has gone.

When an event comes is told by what the server had sent by then, not by the clock: the server waits
with the next one until the first one has come, or for so long that it is held back."""
import asyncio
import contextlib
import os
import pathlib
import re
import signal
import socket
import subprocess
import time
import zlib

import checked

HEAD = 0.3     # seconds from the head to the first event, lest they go as one
GAP = 0.8      # seconds between two events, at least
HELD = 2.5     # seconds after which an event is held back
BEAT = 1       # seconds between two comments
BEATS = 8      # comments by which a server may learn that its client has gone
STARTS = 180   # seconds
LONGEST = 90   # seconds, for a stream

SMALL, LARGE = b"data: 1\n\n", b"data: " + b"x" * 2000 + b"\n\n"
ODD = b": c\nid: 7\r\nevent: t\rdata:\xc3\xa9\ndata:  2\n\nretry: 9\n\n"

# What is asked, what it is, the first event, and the request's and the response's further fields.
SCENARIOS = [
    ("small", "the first event has 9 bytes", SMALL, "", "Cache-Control: no-store\r\n"),
    ("large", "the first event has 2 kB", LARGE, "", "Cache-Control: no-store\r\n"),
    ("gzip", "the client takes gzip", LARGE, "Accept-Encoding: gzip\r\n", "Cache-Control: no-store\r\n"),
    ("no-transform", "so it does; `Cache-Control: no-store, no-transform`", LARGE,
     "Accept-Encoding: gzip\r\n", "Cache-Control: no-store, no-transform\r\n"),
    ("plain-head", "the head has no `Cache-Control`", SMALL, "", ""),
    ("accel", "`X-Accel-Buffering: no`", SMALL, "", "Cache-Control: no-store\r\nX-Accel-Buffering: no\r\n"),
    ("close", "the end of the connection ends the stream", SMALL, "", "Cache-Control: no-store\r\n"),
    ("close-joined", "so it does, and the first event comes in one piece with the head", SMALL, "",
     "Cache-Control: no-store\r\n"),
    ("odd", "comments, CR and CRLF pass unchanged", ODD, "", "Cache-Control: no-store\r\n"),
]
BY_NAME = {scenario[0]: scenario for scenario in SCENARIOS}

# And what is seen besides.
MORE = [
    ("leaves", f"when the server learns that its client has gone, if it sends {BEATS} comments, {BEAT} s apart"),
    ("shared", "what two clients of one address get, and one that comes later, without `Cache-Control`"),
    ("id", "whether `Last-Event-ID` reaches the server"),
    ("check", "whether `ssewire check URL` warns where events are held back, of `gzip` and `no-transform`, "
     "and only there"),
]
NAMES = [name for name, *_ in [*SCENARIOS, *MORE]]


def free_port():
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return bound.getsockname()[1]


class Stream:
    """One that was asked for, as the origin sees it, and the client, which tells of it here."""

    def __init__(self):
        self.requests = []            # their heads
        self.asked = asyncio.Event()  # by the first one
        self.sent = 0                 # events
        self.came = asyncio.Event()   # the first event, to the client
        self.sent_when_it_came = None
        self.beats = 0                # comments since the client has left
        self.left = False
        self.gone = asyncio.Event()   # which the origin was told

    def has_come(self):
        if not self.came.is_set():
            self.sent_when_it_came = self.sent
            self.came.set()

    async def wait_for(self, event):
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(event.wait(), HELD - GAP)


class Origin:
    """The server behind the proxy: the path says which scenario it plays."""

    def __init__(self):
        self.streams = {}  # by path

    async def listen(self):
        self.server = await asyncio.start_server(self.handle, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]

    def stream(self, path):
        return self.streams.setdefault(path, Stream())

    async def handle(self, reader, writer):
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            path = re.sub(r"^http://[^/]*", "", head.split()[1].decode())
            stream = self.stream(path)
            stream.requests.append(head.decode("latin-1"))
            stream.asked.set()
            await self.play(path.strip("/").split("-run")[0], stream, head, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the proxy has gone, or all has been seen
        finally:
            writer.close()

    async def play(self, name, stream, request, reader, writer):
        _, _, first, _, fields = BY_NAME.get(name, SCENARIOS[0])
        is_chunked = not name.startswith("close") and b"HTTP/1.1" in request.split(b"\r\n")[0]
        head = (b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                + (b"" if name == "shared" else fields.encode())
                + (b"Transfer-Encoding: chunked\r\n" if is_chunked else b"Connection: close\r\n")
                + b"\r\n")

        async def send(data, joined=b""):
            writer.write(joined + (b"%x\r\n%s\r\n" % (len(data), data) if is_chunked else data))
            stream.sent += 1
            await writer.drain()
        if name == "close-joined":
            await send(first, head)
        else:
            writer.write(head)
            await writer.drain()
            await asyncio.sleep(HEAD)
            await send(first)
        if name == "leaves":
            return await self.beat(stream, send, reader)
        for _ in range(2):
            await asyncio.sleep(GAP)
            await stream.wait_for(stream.came)
            await send(b"data: more\n\n")
        await asyncio.sleep(GAP)
        await stream.wait_for(stream.came)
        stream.sent += 1
        if is_chunked:
            writer.write(b"0\r\n\r\n")
        await writer.drain()

    async def beat(self, stream, send, reader):
        """A comment now and then, until the connection ends."""
        left = asyncio.create_task(reader.read(1))
        try:
            while stream.beats < BEATS and left not in (await asyncio.wait([left], timeout=BEAT))[0]:
                stream.beats += stream.left
                await send(b": beat\n\n")
        except ConnectionError:
            stream.gone.set()
        if left.done():
            left.exception()  # is one way to be told
            stream.gone.set()


async def ask(port, path, fields, origin, is_forward, leaves=False):
    """All that came."""
    target = f"http://127.0.0.1:{origin.port}{path}" if is_forward else path
    stream, first = origin.stream(path), BY_NAME.get(path[1:], SCENARIOS[0])[2]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{origin.port if is_forward else port}\r\n"
                 f"Accept: text/event-stream\r\n{fields}\r\n".encode())
    received = b""
    try:
        async with asyncio.timeout(LONGEST):
            while chunk := await reader.read(65536):
                received += chunk
                if first in body_of(received)[1]:
                    stream.has_come()
                if leaves and b"data: 1" in received:
                    writer.transport.abort()
                    stream.left = True
                    break
                if received.endswith(b"0\r\n\r\n"):
                    break
    except (TimeoutError, ConnectionError):
        pass
    writer.close()
    return received


def body_of(received):
    head, _, body = received.partition(b"\r\n\r\n")
    text = head.decode("latin-1").lower()
    if "transfer-encoding: chunked" in text:
        whole = b""
        while body:
            size, _, body = body.partition(b"\r\n")
            try:
                length = int(size.split(b";")[0], 16)
            except ValueError:
                break
            whole, body = whole + body[:length], body[length + 2:]
        body = whole
    is_packed = "content-encoding: gzip" in text
    if is_packed:
        try:
            body = zlib.decompressobj(31).decompress(body)
        except zlib.error:
            body = b""
    return text, body, is_packed


def outcome(name, stream, received):
    """When the first event came, in words."""
    head, body, is_packed = body_of(received)
    status = head.split("\r\n")[0].partition(" ")[2] or "no answer"
    if not status.startswith("200"):
        return status
    if name == "odd":
        return "unchanged" if body.startswith(ODD) else f"changed: {body[:80]!r}"
    if stream.sent_when_it_came is None:
        return "not at all"
    words = {1: "at once", 2: "with the next event"}.get(stream.sent_when_it_came, "at the end")
    return words + (", as gzip" if is_packed else "")


async def measure(port, is_forward, origin):
    seen = {}

    async def one(name, fields):
        received = await ask(port, f"/{name}", fields, origin, is_forward)
        seen[name] = outcome(name, origin.stream(f"/{name}"), received)
    await asyncio.gather(*(one(name, fields) for name, _, _, fields, _ in SCENARIOS))

    async def leave():
        stream = origin.stream("/leaves")
        await ask(port, "/leaves", "", origin, is_forward, leaves=True)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stream.gone.wait(), BEAT * (BEATS + 2))
        seen["leaves"] = ("never" if not stream.gone.is_set() else
                          "at once" if stream.beats == 0 else "after some comments")

    async def shared():
        stream = origin.stream("/shared")
        first = asyncio.create_task(ask(port, "/shared", "", origin, is_forward))
        await stream.asked.wait()
        await asyncio.gather(first, ask(port, "/shared", "", origin, is_forward))
        count = len(stream.requests)
        await ask(port, "/shared", "", origin, is_forward)
        after = len(stream.requests)
        seen["shared"] = ("own streams" if (count, after) == (2, 3) else
                          "one stream for two" if count == 1 and after == 2 else
                          "an old stream again" if after == count else f"{count}, then {after}")

    async def resumes():
        await ask(port, "/small-run2", "Last-Event-ID: 7\r\n", origin, is_forward)
        heads = "".join(origin.stream("/small-run2").requests).lower()
        seen["id"] = "passed" if "last-event-id: 7" in heads else "lost"
    await asyncio.gather(leave(), shared(), resumes())
    seen["check"] = await checked.proxy(port, is_forward, origin, seen)
    return {name: seen[name] for name in NAMES}


async def until_listening(port, process):
    deadline = time.monotonic() + STARTS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise EOFError
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        except OSError:
            await asyncio.sleep(0.1)
    raise EOFError


async def look(make, folder, log):
    """`make` gives the command, and files to be written first, for a port and the origin's."""
    origin = Origin()
    await origin.listen()
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o777)  # some give up their rights
    port = free_port()
    command, files, is_forward = make(port=port, origin=origin.port, folder=str(folder))
    for name, text in files.items():
        path = pathlib.Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    process = subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=log, stderr=log,
                               start_new_session=True)
    try:
        await until_listening(port, process)
        return await measure(port, is_forward, origin)
    finally:
        stop(process)
        origin.server.close()


def stop(process):
    process.stdin.close()
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        pass
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()
