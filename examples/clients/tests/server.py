# SPDX-License-Identifier: MIT
"""An HTTP server on a free port of the loopback interface that answers each request by a script.

A script is a sequence of steps: bytes are sent, a number is a time to wait in seconds, and CUT and
HOLD are what they say. At its end the connection is closed.
"""
import collections
import contextlib
import os
import socket
import struct
import threading
import time
import unittest

CUT = object()  # close the connection by a reset, as some killed servers do
HOLD = object()  # keep it open until the client closes it

Request = collections.namedtuple("Request", "time method target headers body")

STOP = (b"HTTP/1.1 204 No Content\r\n\r\n",)


def answer(*body, status="200 OK", type="text/event-stream", headers=()):
    """A script: a response whose body ends with the connection."""
    lines = [f"HTTP/1.1 {status}", "Connection: close", *headers]
    if type is not None:
        lines.append(f"Content-Type: {type}")
    return ("\r\n".join(lines + ["", ""]).encode(), *body)


def chunked(*body, headers=(), **options):
    """The same with a chunk for each piece of the body; CUT and HOLD leave out the last chunk."""
    head, *steps = answer(*body, headers=("Transfer-Encoding: chunked", *headers), **options)
    frame = lambda piece: b"%x\r\n%s\r\n" % (len(piece), piece)
    steps = [frame(step) if isinstance(step, bytes) else step for step in steps]
    is_whole = not (steps and steps[-1] in (CUT, HOLD))
    return (head, *steps, *((b"0\r\n\r\n",) if is_whole else ()))


def ways_to_end(event):
    """Scripts by name: an event or none, and the end of a stream behind which a client comes back."""
    half = b"data: half an event"
    length = lambda size: [f"Content-Length: {size}"]
    return {"clean": answer(event), "clean, in chunks": chunked(event),
            "clean, with a length": answer(event, HOLD, headers=length(len(event))),
            "short of its length": answer(event, half, headers=length(100)),
            "inside an event": answer(event, half), "reset": answer(event, half, 0.05, CUT),
            "without the last chunk": chunked(event, half, 0.05, CUT),
            "inside a chunk": (*chunked(event, HOLD)[:-1], b"20\r\n" + half),
            "empty": answer(), "inside the head": (b"HTTP/1.1 200 OK\r\nContent-",)}


def pieces(stream, size):
    return [stream[i : i + size] for i in range(0, len(stream), size)]


@contextlib.contextmanager
def queue_that_is_full():
    """An address where to connect takes for ever: see `is_connecting`."""
    if not os.path.exists("/proc/net/tcp"):
        raise unittest.SkipTest("there is no /proc/net/tcp")
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        with socket.create_connection(listener.getsockname()):
            yield "http://127.0.0.1:%d/" % listener.getsockname()[1]


def is_connecting(url):
    """Whether somebody has asked for a connection there and has no answer yet."""
    port, asked = int(url.split(":")[2].strip("/")), "02"
    with open("/proc/net/tcp") as connections:
        fields = [connection.split() for connection in connections]
    return any(f[2].endswith(f":{port:04X}") and f[3] == asked for f in fields)


def is_asked_for_life(url):
    """Whether a client's kernel will ask within a minute if a server that is quiet is still there:
    not before all that was sent there has been taken."""
    if not os.path.exists("/proc/net/tcp"):
        raise unittest.SkipTest("there is no /proc/net/tcp")
    port, established, keepalive = int(url.split(":")[2].split("/")[0]), "01", "02"
    with open("/proc/net/tcp") as connections:
        fields = [connection.split() for connection in connections]
    timers = [f[5].split(":") for f in fields
              if f[2].endswith(f":{port:04X}") and f[3] == established]
    ticks_a_minute = 60 * os.sysconf("SC_CLK_TCK")
    return any(kind == keepalive and int(left, 16) <= ticks_a_minute for kind, left in timers)


class Server:
    """Gives each request the next script; when there are none left, it says stop (204)."""

    def __init__(self, *scripts):
        self.scripts = list(scripts)
        self.requests = []
        self.ends = []  # when a connection was about to be closed
        self.changed = threading.Condition()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d/events" % self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def last_event_ids(self):
        """Of each request, None where there was none."""
        return [request.headers.get("last-event-id") for request in self.requests]

    def wait_for_requests(self, count):
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.requests) >= count, timeout=240)

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection, connection.makefile("rb") as lines:
            try:
                request = self._read(lines)
                if request is None:
                    return
                with self.changed:
                    script = self.scripts.pop(0) if self.scripts else STOP
                    self.requests.append(request)
                    self.changed.notify_all()
                self._play(connection, script)
            except OSError:
                pass  # the client went away

    @staticmethod
    def _read(lines):
        first = lines.readline().decode().split()
        if len(first) != 3:
            return None
        headers = {}
        while (line := lines.readline().rstrip(b"\r\n")) != b"":
            name, value = line.split(b": ", 1)
            assert name.lower().decode() not in headers
            headers[name.lower().decode()] = value
        body = lines.read(int(headers.get("content-length", 0)))
        return Request(time.monotonic(), first[0], first[1], headers, body)

    def _play(self, connection, script):
        for step in script:
            if step is CUT:
                linger = struct.pack("ii", 1, 0)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                return
            if step is HOLD:
                while connection.recv(4096):
                    pass
            elif isinstance(step, bytes):
                connection.sendall(step)
            else:
                time.sleep(step)
        self.ends.append(time.monotonic())  # before the client sees it, however slow this thread is
        self._end(connection)

    def _end(self, connection):
        connection.shutdown(socket.SHUT_WR)
