# SPDX-License-Identifier: MIT
"""A server under test, and clients of it; what they get is judged by the tool.

Usage of the tests: TEST SSEWIRE SERVER [NAME_OF_A_TEST...]
"""

import http.client
import json
import os
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
PATIENCE = 240  # seconds: no test depends on this being short


def wait_until(condition, what):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("waited in vain until " + what)
        time.sleep(0.05)


def decode(stream, *options, cut_off=False):
    """The events of a stream. It has to be one that a browser heeds to the last byte."""
    tool = [SSEWIRE, "decode", *options]
    done = subprocess.run(tool, input=stream, capture_output=True)
    if done.returncode != 0 and not (cut_off and done.returncode == 3):
        raise AssertionError(f"decode: {done.returncode}, {done.stderr.decode()}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def check(stream):
    done = subprocess.run([SSEWIRE, "check"], input=stream, capture_output=True)
    if done.returncode != 0:
        raise AssertionError(done.stdout.decode())


class Server:
    def __init__(self, *arguments, preexec_fn=None):
        self.process = subprocess.Popen([SERVER, "0", *map(str, arguments)],
                                        stdout=subprocess.PIPE, text=True, preexec_fn=preexec_fn)
        self.address = self.process.stdout.readline().split()[-1]
        self.port = int(self.address.rpartition(":")[2])
        self.said = []
        self.listener = threading.Thread(target=lambda: self.said.extend(self.process.stdout))
        self.listener.start()

    def request(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request(method, path, body)
        response = connection.getresponse()
        answer = response.read()
        connection.close()
        return response.status, answer

    def connect(self, request, receive_buffer=None):
        """A connection on which just this was sent."""
        connection = socket.socket()
        if receive_buffer is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        connection.settimeout(PATIENCE)
        connection.connect(("127.0.0.1", self.port))
        connection.sendall(request)
        return connection

    def stop(self, with_signal=signal.SIGTERM):
        """Returns the exit code."""
        self.process.send_signal(with_signal)
        code = self.process.wait(PATIENCE)
        self.listener.join()
        self.process.stdout.close()
        return code


class Client:
    """curl, which follows an event stream."""

    def __init__(self, address, *options):
        self.file = tempfile.TemporaryFile()
        self.process = subprocess.Popen(["curl", "-sSN", *options, address], stdout=self.file)

    def stream(self):
        return os.pread(self.file.fileno(), os.fstat(self.file.fileno()).st_size, 0)

    def events(self):
        return decode(self.stream(), cut_off=True)

    def wait_for(self, condition, what):
        wait_until(lambda: condition(self.events()), "a client has " + what)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def finish(self):
        """The events of a stream that the server has ended as it should."""
        code = self.process.wait(PATIENCE)
        if code != 0:
            raise AssertionError(f"curl: {code}")
        check(self.stream())
        return decode(self.stream())


class LiveServerTest(unittest.TestCase):
    def start(self, *arguments, **options):
        server = Server(*arguments, **options)
        self.addCleanup(lambda: server.process.poll() is not None or server.stop(signal.SIGKILL))
        return server

    def follow(self, address, *options):
        client = Client(address, *options)
        self.addCleanup(client.file.close)
        self.addCleanup(client.kill)
        return client

    def connect(self, server, *arguments, **options):
        connection = server.connect(*arguments, **options)
        self.addCleanup(connection.close)
        return connection

    def assert_ends(self, server, with_signal=signal.SIGTERM):
        self.assertEqual(server.stop(with_signal), 0)


def read_all(connection):
    """What comes until the connection is closed, or lost."""
    received = []
    try:
        while chunk := connection.recv(1 << 16):
            received.append(chunk)
    except ConnectionResetError:
        pass
    return b"".join(received)


def main():
    if shutil.which("curl") is None:
        print("skipped: there is no curl")
        sys.exit(77)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
