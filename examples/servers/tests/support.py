# SPDX-License-Identifier: MIT
"""What the tests of the servers share. Usage: TEST SSEWIRE SERVER [NAME_OF_A_TEST...]"""
import http.client
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

SSEWIRE, SERVER = sys.argv[1:3]
NEVER = 3_600_000  # milliseconds, or seconds
PATIENCE = 240  # seconds until something that never happens is given up; no claim depends on it


def main():
    """Runs the tests of the script."""
    if not shutil.which("curl"):
        print("skipped: there is no curl")
        sys.exit(77)
    result = unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2, exit=False).result
    for test, why in result.skipped:
        print(f"skipped: {test.id()}, {why}")
    sys.exit(1 if not result.wasSuccessful() else 77 if result.skipped else 0)


class NothingCame(AssertionError):
    """Neither a line nor the end."""


def wait_until(condition, what):
    """Waits until a condition is true, and returns its value."""
    deadline = time.monotonic() + PATIENCE
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError("waited in vain until " + what)
        time.sleep(0.02)
    return value


def check(stream):
    """Fails unless a browser heeds the stream to the last byte."""
    done = subprocess.run([SSEWIRE, "check"], input=stream, capture_output=True)
    if done.returncode != 0:
        raise AssertionError((done.stdout + done.stderr).decode())


def decode(stream):
    """The events of a whole stream, in which nothing is wrong."""
    check(stream)
    done = subprocess.run([SSEWIRE, "decode"], input=stream, stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def read_all(connection):
    """What comes until the connection is closed, or lost."""
    received = []
    try:
        while chunk := connection.recv(1 << 16):
            received.append(chunk)
    except ConnectionResetError:
        pass
    return b"".join(received)


def fields_of(response):
    """The status, and the fields by their names in small letters."""
    status, *lines = response.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    return int(status.split()[1]), {
        name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}


class Process:
    """A process whose lines of output are there as they come, until they are taken."""

    def __init__(self, *command, **options):
        self.process = subprocess.Popen(
            [str(word) for word in command], stdout=subprocess.PIPE, **options)
        self.lines, self.ended, self.changed = [], False, threading.Condition()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(line.decode())
                self.changed.notify()
        with self.changed:
            self.ended = True
            self.changed.notify()

    def line(self, seconds=PATIENCE):
        """Takes the next line; None at the end."""
        with self.changed:
            if not self.changed.wait_for(lambda: self.lines or self.ended, seconds):
                raise NothingCame
            return self.lines.pop(0) if self.lines else None

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stdout.close()


class Server(Process):
    """The server under test, on a free port or on a given one."""

    def __init__(self, *arguments, **options):
        super().__init__(SERVER, *arguments, **options)
        line = self.line() or ""
        match = re.fullmatch(r"listening on (https?://127\.0\.0\.1:(\d+))\n", line)
        assert match, f"not an address: {line!r}"
        self.address, self.port = match[1], int(match[2])

    def request(self, method, path, body=None, headers={}):
        """Asks, and returns the status and the body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        return response.status, text

    def stop(self, number=signal.SIGTERM):
        """Ends it as a service manager does. Returns its exit code and how long it took."""
        begin = time.monotonic()
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        self.kill()
        return code, time.monotonic() - begin


class Stream:
    """An event stream, read by curl and decoded by ssewire: each event or comment a dictionary."""

    def __init__(self, url, last_event_id=None, *options):
        self.folder = tempfile.TemporaryDirectory()
        self.raw = pathlib.Path(self.folder.name, "raw")
        self.headers_file = pathlib.Path(self.folder.name, "headers")
        headers = [] if last_event_id is None else ["-H", f"Last-Event-ID: {last_event_id}"]
        self.curl = subprocess.Popen(
            ["curl", "-sN", "--noproxy", "*", "-D", self.headers_file, *headers, *options, url],
            stdout=subprocess.PIPE)
        self.tee = subprocess.Popen(
            ["tee", self.raw], stdin=self.curl.stdout, stdout=subprocess.PIPE)
        self.decoder = Process(SSEWIRE, "decode", "--comments", stdin=self.tee.stdout,
                               stderr=subprocess.DEVNULL)
        self.curl.stdout.close()
        self.tee.stdout.close()
        self.last_event_id = last_event_id

    def next_or_comment(self, seconds=PATIENCE):
        line = self.decoder.line(seconds)
        if line is None:
            return None
        event = json.loads(line)
        self.last_event_id = event.get("id", self.last_event_id)
        return event

    def next(self):
        """The next event; None at the end of the stream. Heartbeats do not prolong the wait."""
        deadline = time.monotonic() + PATIENCE
        while event := self.next_or_comment(deadline - time.monotonic()):
            if "comment" not in event:
                return event
        return None

    def unread(self):
        """The events that have come, and are left for `next`."""
        events = [json.loads(line) for line in self.decoder.lines.copy()]
        return [event for event in events if "comment" not in event]

    def wait_for(self, condition, what):
        wait_until(lambda: condition(self.unread()), "a client has " + what)

    def status_and_headers(self):
        text = wait_until(lambda: self.headers_file.exists() and (
            t if (t := self.headers_file.read_text()).endswith("\n\n") else None), "headers came")
        status, *fields = text.strip().splitlines()
        return int(status.split()[1]), {
            name.lower(): value for name, value in (field.split(": ", 1) for field in fields)}

    def cut(self):
        """The network is gone: kills curl, and returns the events that had come and were unread."""
        self.curl.kill()
        return self.rest()

    def finish(self):
        """Returns the rest of a stream that the server has to end as it should."""
        for process in (self.curl, self.tee, self.decoder.process):
            if (code := process.wait(PATIENCE)) != 0:
                raise AssertionError(f"{process.args[0]}: {code}")
        check(self.raw.read_bytes())
        return self.rest()

    def rest(self):
        events = []
        while (event := self.next()) is not None:
            events.append(event)
        self.close()
        return events

    def close(self):
        self.curl.kill()
        for process in (self.curl, self.tee):
            process.wait()
        self.decoder.kill()
        self.folder.cleanup()


class TestCase(unittest.TestCase):
    def server(self, *arguments, **options):
        server = Server(*arguments, **options)
        self.addCleanup(server.kill)
        return server

    def stream(self, url, last_event_id=None, *options):
        stream = Stream(url, last_event_id, *options)
        self.addCleanup(stream.close)
        return stream

    def connect(self, server, request, receive_buffer=None):
        """A connection on which just this was sent."""
        connection = socket.socket()
        self.addCleanup(connection.close)
        if receive_buffer is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        connection.settimeout(PATIENCE)
        connection.connect(("127.0.0.1", server.port))
        connection.sendall(request)
        return connection

    def ask(self, server, method, path, body=b"", headers={}, version="1.1"):
        """Returns the status and the fields. The connection is closed."""
        lines = [f"{name}: {value}" for name, value in headers.items()]
        head = "\r\n".join([f"{method} {path} HTTP/{version}", "Host: x", "Connection: close",
                            f"Content-Length: {len(body)}", *lines, "", ""])
        return fields_of(read_all(self.connect(server, head.encode() + body)))

    def read_head(self, connection):
        """The same of what begins to come there."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            # What has come is looked at first: all that is behind the head is left there.
            seen = head + connection.recv(4096, socket.MSG_PEEK)
            self.assertNotEqual(seen, head)
            end = seen.find(b"\r\n\r\n")
            size = len(seen) if end < 0 else end + 4
            head += connection.recv(size - len(head))
        return fields_of(head)

    def once_without_files(self, request, start):
        """A server that had no file left, and sent away who came. It has files again."""
        limit = 24
        server = start(preexec_fn=lambda: resource.setrlimit(
            resource.RLIMIT_NOFILE, (limit, limit)))
        idle = [self.connect(server, b"") for _ in range(2 * limit)]
        wait_until(lambda: len(os.listdir(f"/proc/{server.process.pid}/fd")) == limit,
                   "it has run into the limit")
        responses = [read_all(self.connect(server, request)) for _ in range(20)]
        statuses = {fields_of(r)[0] for r in responses if r}  # a reset may destroy an answer
        self.assertEqual(statuses, {503})
        for connection in idle:
            connection.close()
        return server

    def memory(self, server):
        """The bytes that are in use."""
        with open(f"/proc/{server.process.pid}/status") as file:
            return int(re.search(r"VmRSS:\s*(\d+) kB", file.read())[1]) * 1024

    def is_sanitized(self, server):
        """Then what is freed is kept."""
        with open(f"/proc/{server.process.pid}/maps") as file:
            return "libasan" in file.read()

    def assert_options_refused(self, *before):
        """What each server of streams does not understand, behind other arguments."""
        for wrong, *others in (["65536"], ["x"], ["--heartbat", "5"], ["--life", "0"], ["--origin"],
                               ["--life", str((1 << 32) + 1)], ["--most", "-1"]):
            self.assert_refused(wrong.strip("-"), *before, wrong, *others)

    def assert_refused(self, said, *arguments):
        """That the server does not begin with these, and says why."""
        ended = subprocess.run([SERVER, *arguments], capture_output=True, check=False,
                               timeout=PATIENCE)
        self.assertNotEqual(ended.returncode, 0)
        self.assertIn(said, ended.stderr.decode())
        self.assertEqual(ended.stdout, b"")

    def reserved_port(self):
        """A port that nobody else gets while no server listens there: it stays bound."""
        holder = socket.socket()
        self.addCleanup(holder.close)
        for option in socket.SO_REUSEADDR, socket.SO_REUSEPORT:
            holder.setsockopt(socket.SOL_SOCKET, option, 1)
        holder.bind(("127.0.0.1", 0))
        return holder.getsockname()[1]

    def folder(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return pathlib.Path(folder.name)

    def assert_headers(self, stream):
        """Those that every stream has. Returns all."""
        status, headers = stream.status_and_headers()
        self.assertEqual(status, 200)
        self.assertEqual(headers["content-type"], "text/event-stream")
        self.assertEqual(headers["cache-control"], "no-store, no-transform")
        self.assertEqual(headers["x-accel-buffering"], "no")
        return headers

    def assert_ends(self, server, number=signal.SIGTERM):
        """Returns how long it took."""
        code, seconds = server.stop(number)
        self.assertEqual(code, 0)
        return seconds

    def assert_ends_promptly(self, server, number=signal.SIGTERM):
        # On a busy machine; 5 s would be a time-out of the library.
        self.assertLess(self.assert_ends(server, number), 30)
