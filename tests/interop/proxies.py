# SPDX-License-Identifier: MIT
"""What stands between a server and a client: a proxy or a cache is asked for streams, and it is seen
when the events come, and when the server learns that the client has gone."""
import asyncio
import os
import pathlib
import re
import signal
import socket
import subprocess
import time
import zlib

GAP = 0.8      # seconds between two events
AT_ONCE = 0.5  # seconds
LEAVES = 8     # seconds in which a server may learn that its client has gone
STARTS = 20

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
    ("odd", "comments, CR and CRLF pass unchanged", ODD, "", "Cache-Control: no-store\r\n"),
]


# And what is seen besides.
MORE = [
    ("leaves", "when the server learns that its client has gone, if it sends a comment every half second"),
    ("shared", "what two clients of one address get, and one that comes later, without `Cache-Control`"),
    ("id", "whether `Last-Event-ID` reaches the server"),
]
NAMES = [name for name, *_ in [*SCENARIOS, *MORE]]


def free_port():
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return bound.getsockname()[1]


class Origin:
    """The server behind the proxy: the path says which scenario it plays."""

    def __init__(self):
        self.sent = {}      # when the first event was sent, by path
        self.requests = {}  # the heads of the requests, by path
        self.gone = {}      # when it was told that the client had gone

    async def listen(self):
        self.server = await asyncio.start_server(self.handle, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]

    async def handle(self, reader, writer):
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            path = re.sub(r"^http://[^/]*", "", head.split()[1].decode())
            self.requests.setdefault(path, []).append(head.decode("latin-1"))
            await self.play(path, head, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the proxy has gone, or all has been seen
        finally:
            writer.close()

    async def play(self, path, head, reader, writer):
        name = path.strip("/").split("-run")[0]
        scenario = next((s for s in SCENARIOS if s[0] == name), SCENARIOS[0])
        is_chunked = name != "close" and b"HTTP/1.1" in head.split(b"\r\n")[0]
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                     + (b"" if name in ("shared", "again") else scenario[4].encode())
                     + (b"Transfer-Encoding: chunked\r\n" if is_chunked else b"Connection: close\r\n")
                     + b"\r\n")

        async def send(data):
            writer.write(b"%x\r\n%s\r\n" % (len(data), data) if is_chunked else data)
            await writer.drain()
        self.sent[path] = time.monotonic()
        await send(scenario[2])
        if name == "leaves":
            return await self.watch(path, send, reader)
        for _ in range(2):
            await asyncio.sleep(GAP)
            await send(b"data: more\n\n")
        if is_chunked:
            writer.write(b"0\r\n\r\n")
        await writer.drain()

    async def watch(self, path, send, reader):
        """A comment every half second, until the connection ends."""
        left = asyncio.create_task(reader.read(1))
        try:
            while time.monotonic() - self.sent[path] < LEAVES + 3:
                if left in (await asyncio.wait([left], timeout=0.5))[0]:
                    break
                await send(b": beat\n\n")
            else:
                return
        except ConnectionError:
            pass
        if left.done():
            left.exception()  # is one way to be told
        self.gone[path] = time.monotonic()


async def ask(port, path, fields, origin, is_forward, leaves=False):
    """The head, the body, and for the first event when it came after the head of the request."""
    target = f"http://127.0.0.1:{origin}{path}" if is_forward else path
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{origin if is_forward else port}\r\n"
                 f"Accept: text/event-stream\r\n{fields}\r\n".encode())
    received, came = b"", []
    try:
        async with asyncio.timeout(6):
            while chunk := await reader.read(65536):
                received += chunk
                came.append((time.monotonic(), len(received)))
                if leaves and b"data: 1" in received:
                    writer.transport.abort()
                    break
                if received.endswith(b"0\r\n\r\n"):
                    break
    except (TimeoutError, ConnectionError):
        pass
    writer.close()
    return received, came


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


def outcome(scenario, sent, received, came):
    """When the first event came, in words."""
    name, _, first = scenario[:3]
    head, body, is_packed = body_of(received)
    status = head.split("\r\n")[0].partition(" ")[2] or "no answer"
    if not status.startswith("200"):
        return status
    if name == "odd":
        return "unchanged" if body.startswith(ODD) else f"changed: {body[:80]!r}"
    for moment, length in came:
        if first in body_of(received[:length])[1]:
            late = moment - sent
            words = ("at once" if late < AT_ONCE else
                     "with the next event" if late < GAP + AT_ONCE else "at the end")
            return words + (", as gzip" if is_packed else "")
    return "not at all"


async def measure(port, is_forward, origin):
    seen = {}

    async def one(scenario):
        path = f"/{scenario[0]}"
        received, came = await ask(port, path, scenario[3], origin.port, is_forward)
        seen[scenario[0]] = outcome(scenario, origin.sent.get(path, 0), received, came)
    await asyncio.gather(*(one(scenario) for scenario in SCENARIOS))

    async def leave():
        path = "/leaves"
        await ask(port, path, "", origin.port, is_forward, leaves=True)
        left = time.monotonic()
        while path not in origin.gone and time.monotonic() - left < LEAVES:
            await asyncio.sleep(0.1)
        late = origin.gone.get(path, left + LEAVES) - left
        seen["leaves"] = (f"not in {LEAVES} s" if path not in origin.gone else
                          "at once" if late < 0.3 else
                          "after some comments" if late < 2.5 else "late")

    async def shared():
        first = asyncio.create_task(ask(port, "/shared", "", origin.port, is_forward))
        await asyncio.sleep(GAP / 2)
        await asyncio.gather(first, ask(port, "/shared", "", origin.port, is_forward))
        count = len(origin.requests.get("/shared", []))
        await ask(port, "/shared", "", origin.port, is_forward)
        after = len(origin.requests.get("/shared", []))
        seen["shared"] = ("own streams" if (count, after) == (2, 3) else
                          "one stream for two" if count == 1 and after == 2 else
                          "an old stream again" if after == count else f"{count}, then {after}")

    async def resumes():
        await ask(port, "/small-run2", "Last-Event-ID: 7\r\n", origin.port, is_forward)
        heads = "".join(origin.requests.get("/small-run2", [])).lower()
        seen["id"] = "passed" if "last-event-id: 7" in heads else "lost"
    await asyncio.gather(leave(), shared(), resumes())
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
