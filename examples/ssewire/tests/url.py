# SPDX-License-Identifier: MIT
"""What the tests of the commands that follow a URL share. Usage: TEST SSEWIRE SERVERS [NAME...];
SERVERS is the folder where the example servers are built."""
import pathlib
import re
import sys
import unittest

SSEWIRE, SERVERS = sys.argv[1:3]
EXAMPLES = pathlib.Path(__file__).resolve().parents[2]
sys.path += [str(EXAMPLES / "clients/tests"), str(EXAMPLES / "proxies")]
from server import STOP, Server
from support import Client

LONG = "300"  # seconds, for what ends by itself


def event(number):
    return b"id: %d\ndata: x\n\n" % number


def check(url, *options):
    """The exit code and the findings, without those of single events."""
    with Client(SSEWIRE, "check", url, *options) as client:
        code = client.wait()
        return code, findings(client.out)


def findings(out):
    return [line for line in out.decode().splitlines() if not re.match(r"\d+:\d+: event: ", line)]


class TestCase(unittest.TestCase):
    # Where a request and its answer are half a second apart, as on a busy machine.
    LATE = re.compile(r"pace: warning: all \d+ events came at once, ")

    def serve(self, *scripts):
        return self.enterContext(Server(*scripts))

    def enterContext(self, manager):  # which Python has since 3.11
        value = manager.__enter__()
        self.addCleanup(manager.__exit__, None, None, None)
        return value

    def check_script(self, script, *options, again=STOP):
        """What is found of one stream."""
        return check(self.serve(script, again).url, "--max-time", LONG, *options)

    def assert_found(self, found, *wanted):
        for line in wanted:
            self.assertIn(line, found[1])

    def assert_warnings(self, found, *wanted):
        warnings = [line for line in found[1] if ": warning: " in line]
        self.assertEqual(found[0], 5 if warnings else 0)
        self.assertEqual([line for line in warnings if not self.LATE.match(line)], list(wanted))


def main():
    result = unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2, exit=False).result
    for test, why in result.skipped:
        print(f"skipped: {test.id()}, {why}")
    sys.exit(1 if not result.wasSuccessful() else 77 if result.skipped else 0)
