# SPDX-License-Identifier: MIT
"""What the tests of the clients share. A test is told the programs in its environment: see
../CMakeLists.txt. Every time-out is there to catch a hang, and long; none is part of a claim."""
import concurrent.futures
import contextlib
import json
import os
import pathlib
import select
import signal
import socket
import subprocess
import threading
import time
import unittest

HANG = 240

streams = pathlib.Path(__file__).resolve().parents[2] / "streams"
RECORDED = [path.stem for path in streams.glob("*.sse")]


def wait_until(condition):
    deadline = time.monotonic() + HANG
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@contextlib.contextmanager
def reserved_port():
    """A port that nobody else gets while no server listens there: it stays bound."""
    with socket.socket() as holder:
        for option in socket.SO_REUSEADDR, socket.SO_REUSEPORT:
            holder.setsockopt(socket.SOL_SOCKET, option, 1)
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


def is_full(pipe):
    return not select.select([], [pipe], [], 0)[1]


class Client:
    """A client as a process; its output is gathered as it comes."""

    def __init__(self, *command, **options):
        options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "env": os.environ, **options}
        options["env"] = {**options["env"], "no_proxy": "127.0.0.1"}
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, **options)
        self.out, self.err = bytearray(), bytearray()
        self.grown = threading.Condition()
        self.readers = []
        for pipe, bytes_read in ((self.process.stdout, self.out), (self.process.stderr, self.err)):
            if pipe is not None:
                self.readers.append(threading.Thread(target=self._read, args=(pipe, bytes_read)))
                self.readers[-1].start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.wait()

    def _read(self, pipe, bytes_read):
        with pipe:
            while some := os.read(pipe.fileno(), 65536):
                with self.grown:
                    bytes_read += some
                    self.grown.notify_all()

    def wait_for(self, text, where="out"):
        with self.grown:
            found = self.grown.wait_for(lambda: text in getattr(self, where), timeout=HANG)
        assert found, f"not there: {text}, but: {self.out} {self.err}"

    def wait_until_idle(self):
        """Until it waits itself, which Linux tells. Elsewhere it may be on the way there."""
        stat = pathlib.Path(f"/proc/{self.process.pid}/stat")
        wait_until(lambda: not stat.exists() or stat.read_text().rsplit(")")[-1].split()[0] != "R")

    def wait(self, patience=HANG):
        """Its exit code."""
        code = self.process.wait(timeout=patience)
        for reader in self.readers:
            reader.join(HANG)
        return code

    def end(self, number=signal.SIGTERM):
        """Sends a signal. Gives the exit code and the seconds until the end."""
        start = time.monotonic()
        self.process.send_signal(number)
        code = self.process.wait(timeout=HANG)
        seconds = time.monotonic() - start
        self.wait()
        return code, seconds


def decoded(out):
    """The events of a stream, as the tool `ssewire` reads them."""
    decode = subprocess.run([os.environ["SSEWIRE"], "decode"], input=bytes(out), check=True,
                            stdout=subprocess.PIPE, timeout=HANG)
    return [json.loads(line) for line in decode.stdout.splitlines()]


def recorded(name):
    """A recorded stream, and its events as they are written again."""
    lines = (streams / f"{name}.jsonl").read_bytes().splitlines()
    events = [event for event in map(json.loads, lines) if "data" in event]
    for event in events:
        if "retry" in event:
            event["retry"] = min(event["retry"], 2**31 - 1)
    return (streams / f"{name}.sse").read_bytes(), events


class TestCase(unittest.TestCase):
    def for_all(self, cases, check):
        """Checks all cases, many at a time, for most of it is waiting."""
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            runs = [(case, pool.submit(check, case)) for case in cases]
            for case, run in runs:
                with self.subTest(case):
                    run.result()

    def assert_ends_at_once(self, start):
        """That a client ends within a second of either signal; `start` is a context manager that
        gives one. A machine can be busy: one in twenty tries will do."""
        for number in (signal.SIGINT, signal.SIGTERM):
            times = []
            while len(times) < 20 and not (times and times[-1] < 1):
                with start() as client:
                    code, seconds = client.end(number)
                    self.assertEqual(code, 0, client.err)
                    times.append(seconds)
            self.assertLess(min(times), 1)
