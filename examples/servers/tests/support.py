# SPDX-License-Identifier: MIT
"""What the tests of the servers share. Usage: TEST SSEWIRE SERVER [NAME_OF_A_TEST...]"""
import json
import pathlib
import queue
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request

SSEWIRE, SERVER = sys.argv[1:3]
PATIENCE = 60  # seconds until something that never happens is given up


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


def wait_until(condition):
    """Waits until a condition is true, and returns its value."""
    deadline = time.monotonic() + PATIENCE
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError("it has not happened in time")
        time.sleep(0.02)
    return value


class Process:
    """A process whose lines of output are there as they come."""

    def __init__(self, *command, **options):
        self.process = subprocess.Popen(
            [str(word) for word in command], stdout=subprocess.PIPE, **options)
        self.lines = queue.Queue()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line.decode())
        self.lines.put(None)

    def line(self, seconds=PATIENCE):
        """The next line; None at the end."""
        try:
            return self.lines.get(timeout=seconds)
        except queue.Empty:
            raise NothingCame from None

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stdout.close()


class Server(Process):
    """The server under test, on a free port or on a given one."""

    def __init__(self, *arguments):
        super().__init__(SERVER, *arguments)
        line = self.line() or ""
        match = re.fullmatch(r"listening on (http://127\.0\.0\.1:(\d+))\n", line)
        assert match, f"not an address: {line!r}"
        self.address, self.port = match[1], int(match[2])

    def stop(self, number=signal.SIGTERM):
        """Ends it as a service manager does. Returns its exit code and how long it took."""
        begin = time.monotonic()
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        self.kill()
        return code, time.monotonic() - begin


class Stream:
    """An event stream, read by curl and decoded by ssewire: each event or comment a dictionary."""

    def __init__(self, url, last_event_id=None):
        self.folder = tempfile.TemporaryDirectory()
        self.raw = pathlib.Path(self.folder.name, "raw")
        self.headers_file = pathlib.Path(self.folder.name, "headers")
        headers = [] if last_event_id is None else ["-H", f"Last-Event-ID: {last_event_id}"]
        self.curl = subprocess.Popen(
            ["curl", "-sN", "--noproxy", "*", "-D", self.headers_file, *headers, url],
            stdout=subprocess.PIPE)
        self.tee = subprocess.Popen(
            ["tee", self.raw], stdin=self.curl.stdout, stdout=subprocess.PIPE)
        self.decode = Process(SSEWIRE, "decode", "--comments", stdin=self.tee.stdout,
                              stderr=subprocess.DEVNULL)
        self.curl.stdout.close()
        self.tee.stdout.close()
        self.last_event_id = last_event_id

    def next_or_comment(self, seconds=PATIENCE):
        line = self.decode.line(seconds)
        if line is None:
            return None
        event = json.loads(line)
        self.last_event_id = event.get("id", self.last_event_id)
        return event

    def next(self, seconds=PATIENCE):
        """The next event; None at the end of the stream."""
        while (event := self.next_or_comment(seconds)) is not None and "comment" in event:
            pass
        return event

    def status_and_headers(self):
        text = wait_until(lambda: self.headers_file.exists() and (
            t if (t := self.headers_file.read_text()).endswith("\n\n") else None))
        status, *fields = text.strip().splitlines()
        return int(status.split()[1]), {
            name.lower(): value for name, value in (field.split(": ", 1) for field in fields)}

    def cut(self):
        """The network is gone: kills curl, and returns the events that had come and were unread."""
        self.curl.kill()
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
        self.decode.kill()
        self.folder.cleanup()


class TestCase(unittest.TestCase):
    def server(self, *arguments):
        server = Server(*arguments)
        self.addCleanup(server.kill)
        return server

    def stream(self, url, last_event_id=None):
        stream = Stream(url, last_event_id)
        self.addCleanup(stream.close)
        return stream

    def folder(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return pathlib.Path(folder.name)

    def assert_ends_promptly(self, server, number=signal.SIGTERM):
        code, seconds = server.stop(number)
        self.assertEqual(code, 0)
        self.assertLess(seconds, 30)  # on a busy machine; 5 s would be a time-out of the library


def status_of(url, **options):
    """Asks, and returns the status and the body."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(url, **options)
    try:
        with opener.open(request, timeout=PATIENCE) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()
