#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Kills a server again and again while a client follows it, and checks that the client has got each
event once and in order, and ends when it is told to stop:

    kills.py [--kills 200] [--through nginx|haproxy] [--streams 300] -- CLIENT [ARGUMENT]... URL

URL stands for itself. The client prints `data: NUMBER` for each event, or `STREAM<TAB>NUMBER` if it
follows several streams. Exit code 77 if there is no such proxy.
"""
import argparse
import collections
import contextlib
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time

TESTS = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(TESTS.parents[1] / "proxies"))
import start
from support import HANG, Client, reserved_port, wait_until

LINE = re.compile(rb"(?:data: |(\d+)\t)(\d+)\n")


@contextlib.contextmanager
def proxy(name, server_port, port):
    file = {"nginx": "nginx.conf", "haproxy": "haproxy.cfg"}[name]
    settings = start.settings(file, server_port, port)
    with tempfile.TemporaryDirectory() as folder:
        process = getattr(start, name)(pathlib.Path(folder), settings, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
        with process:
            try:
                yield
            finally:
                process.kill()


class Follower(Client):
    """The client, and the last number of each of its streams."""

    def __init__(self, *command):
        super().__init__(*command)
        self.last = collections.Counter()
        self.read = 0

    def look(self):
        """At what has come. It fails when a number is missing or comes twice."""
        with self.grown:
            new = bytes(self.out[self.read : self.out.rfind(b"\n") + 1])
        self.read += len(new)
        for stream, number in LINE.findall(new):
            assert int(number) == self.last[stream] + 1, \
                f"stream {stream.decode()}: {number.decode()} behind {self.last[stream]}"
            self.last[stream] += 1
        return self.last


@contextlib.contextmanager
def server(options, port, *last):
    numbers = map(str, (port, options.pace, *last))
    with subprocess.Popen([sys.executable, TESTS / "numbers.py", *numbers]) as process:
        try:
            yield
        finally:
            process.kill()


def kill_one(options, port, client):
    """Kills a server when each stream has gone on, and waits, or not, before the next."""
    begin = client.look().copy()

    def all_went_on():
        assert client.process.poll() is None, bytes(client.err[-1000:])
        went_on = [number > begin[stream] for stream, number in client.look().items()]
        return went_on == options.streams * [True]

    with server(options, port):
        wait_until(all_went_on)
        time.sleep(random.random() * options.pace / 250)  # so it is killed anywhere
    time.sleep(random.choice([0, 0.3]))


def let_it_end(options, port, client):
    last = max(client.look().values(), default=0) + 10
    with server(options, port, last):
        code = client.wait(10 * HANG)
    assert code == 0, f"exit code {code}: {bytes(client.err[-1000:])}"
    assert list(client.look().values()) == options.streams * [last], client.last
    return last


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--through", choices=["nginx", "haproxy"])
    parser.add_argument("--streams", type=int, default=1)
    parser.add_argument("--pace", type=int, default=10, help="milliseconds from event to event")
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    if options.through and not start.program(options.through):
        print(f"skipped: there is no {options.through}")
        return 77

    with contextlib.ExitStack() as stack:
        port = server_port = stack.enter_context(reserved_port())
        if options.through:
            port = stack.enter_context(reserved_port())
            stack.enter_context(proxy(options.through, server_port, port))
        url = f"http://127.0.0.1:{port}/events"
        begin = time.monotonic()
        with Follower(*(word.replace("URL", url) for word in options.command)) as client:
            for _ in range(options.kills):
                kill_one(options, server_port, client)
            last = let_it_end(options, server_port, client)
    print(f"{options.streams} streams of {last} events, {options.kills} kills, "
          f"{time.monotonic() - begin:.0f} s: none is lost or doubled")
    return 0


sys.exit(main())
