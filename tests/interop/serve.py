# SPDX-License-Identifier: MIT
"""A server that gives its one client one stream at a time, and sees when and with what it comes."""
import asyncio
import time

LONGEST = 60    # seconds, for a stream
READ = 10       # seconds for a client to read a chunk
BETWEEN = 0.01  # seconds more between two chunks, lest they come as one

HEAD = (b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
        b"Access-Control-Allow-Origin: *\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n")
ALLOWED = (b"HTTP/1.1 204 No Content\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Headers: *"
           b"\r\nConnection: close\r\n\r\n")
NOTHING = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"


def unread(writer):
    """How many bytes the client has not taken yet, which Linux tells; on the loopback interface."""
    here, there = (f":{writer.get_extra_info(name)[1]:04X}" for name in ("sockname", "peername"))
    count = 0
    with open("/proc/net/tcp") as sockets:
        next(sockets)  # the head of the table
        for line in sockets:
            _, local, remote, _, queues, *_ = line.split()
            sending, received = (int(queue, 16) for queue in queues.split(":"))
            if local.endswith(here) and remote.endswith(there):
                count += sending
            if local.endswith(there) and remote.endswith(here):
                count += received
    return count


async def until_read(writer):
    await writer.drain()
    end, pause = time.monotonic() + READ, 0.001
    while unread(writer) and time.monotonic() < end:
        await asyncio.sleep(pause)
        pause = min(2 * pause, 0.05)  # the table may be long


class Arrival:
    """A request: how long after the end of the one before, its path, and its ID; None if none came."""

    def __init__(self, wait, path, last_event_id):
        self.wait = wait
        self.path = path
        self.last_event_id = last_event_id


class Server:
    def __init__(self):
        self.number = 0
        self.chunks = []
        self.arrivals = []
        self.ended = None
        self.is_over = asyncio.Event()
        self.server = None

    async def listen(self):
        self.server = await asyncio.start_server(self.handle, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]

    def close(self):
        self.server.close()

    def offer(self, chunks, stay=0):
        """From now on the client gets these. The address to be asked for them. With `stay` it is told
        that all is over when it has come back, or after so many seconds."""
        self.number += 1
        self.is_over.set()  # for who still waits for the one before
        self.chunks, self.arrivals, self.ended = chunks, [], None
        self.stay = stay
        self.is_over = asyncio.Event()
        return f"http://127.0.0.1:{self.port}/s/{self.number}"

    async def handle(self, reader, writer):
        try:
            await self.answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, TimeoutError):
            pass  # the client has gone, or all has been seen
        finally:
            writer.close()

    async def answer(self, reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        fields = {name.strip().lower(): value.strip(b" \t")
                  for name, _, value in (line.partition(b":") for line in lines[1:])}
        if size := int(fields.get(b"content-length", 0)):
            await reader.readexactly(size)
        method, path, *_ = lines[0].decode().split()
        if method == "OPTIONS":
            writer.write(ALLOWED)
            return await writer.drain()
        # Some clients forget the path of the address that they are given.
        is_late = path.startswith("/s/") and path.split("/")[2].partition("?")[0] != str(self.number)
        if is_late:
            writer.write(NOTHING)
            return await writer.drain()
        if path.startswith("/over/"):
            return await self.tell_end(writer)
        now = time.monotonic()
        wait = now - self.ended if self.ended else None
        self.arrivals.append(Arrival(wait, path, fields.get(b"last-event-id")))
        if len(self.arrivals) > 1:
            self.is_over.set()
            writer.write(NOTHING)
            await writer.drain()
            return
        # The next ones may be offered meanwhile.
        chunks, is_over, stay = self.chunks, self.is_over, self.stay
        writer.write(HEAD)
        for chunk in chunks:
            if chunk:
                writer.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
            if len(chunks) > 1:
                await until_read(writer)
                await asyncio.sleep(BETWEEN)
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        if is_over is self.is_over:
            self.ended = time.monotonic()
        await until_read(writer)
        if stay:
            asyncio.get_running_loop().call_later(stay, is_over.set)
        else:
            is_over.set()

    async def tell_end(self, writer):
        """For clients that do not say that the stream has ended."""
        await asyncio.wait_for(self.is_over.wait(), LONGEST)
        writer.write(NOTHING)
        await writer.drain()
