#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tests of multi.cpp: MULTI=program python3 multi.py. Those with hundreds of streams: kills.py."""
import contextlib
import os
import unittest

from server import CUT, HOLD, Server, answer
from support import Client, TestCase, wait_until

EVENT = b"retry: 0\nid: 1\ndata: hello\n\n"


def multi(*arguments, **options):
    return Client(os.environ["MULTI"], *map(str, arguments), **options)


class Multi(TestCase):
    def test_each_stream_has_its_number(self):
        with contextlib.ExitStack() as stack:
            servers = [stack.enter_context(Server(answer(b"data: %d\ndata\ndata: z\n\n" % i)))
                       for i in range(5)]
            client = stack.enter_context(multi(*(server.url for server in servers)))
            self.assertEqual(client.wait(), 0, client.err)
            lines = client.out.decode().splitlines()
            for i in range(5):
                self.assertEqual([line for line in lines if line.startswith(f"{i}\t")],
                                 [f"{i}\t{i}", f"{i}\t", f"{i}\tz"])
            self.assertEqual(len(lines), 15)

    def test_a_url_can_be_followed_many_times(self):
        def script():
            server.wait_for_requests(9)  # else who comes back could take the place of who is late
            yield from answer(EVENT)

        with Server(*(script() for _ in range(9))) as server, multi(server.url, 9) as client:
            self.assertEqual(client.wait(), 0)
            self.assertEqual(sorted(client.out.decode().splitlines()),
                             [f"{i}\thello" for i in range(9)])
            self.assertEqual(server.last_event_ids(), 9 * [None] + 9 * [b"1"])

    def test_it_comes_back_behind_the_last_event(self):
        with Server(answer(EVENT), (0.01, CUT), answer(b"data: x\n\n", 0.05, CUT)) as server:
            with multi(server.url) as client:
                self.assertEqual((client.wait(), client.out), (0, b"0\thello\n0\tx\n"))
                self.assertEqual(server.last_event_ids(), [None, b"1", b"1", b"1"])

    def test_one_that_is_refused_does_not_end_the_others(self):
        refused = answer(b"who?", status="404 Gone")
        with Server(refused) as bad, Server(answer(b"data: a\n\n")) as good:
            with multi(bad.url, good.url) as client:
                self.assertEqual((client.wait(), client.out), (1, b"1\ta\n"))
                self.assertIn(b"multi: 0: the server refused: status 404", client.err)
            self.assertEqual((len(bad.requests), len(good.requests)), (1, 2))

    def test_what_cannot_be_done_is_told(self):
        with multi() as client:
            self.assertEqual((client.wait(), client.err[:6]), (2, b"usage:"))
        with multi("ftp://127.0.0.1/") as client:
            self.assertEqual(client.wait(), 1)
        large = b"data: " + (17 << 20) * b"x" + b"\n\n" + EVENT
        with Server(answer(large)) as server, multi(server.url) as client:
            self.assertEqual((client.wait(), client.out), (0, b"0\thello\n"))
            self.assertIn(b"multi: 0: skipped", client.err)
        reader, writer = os.pipe()
        os.close(reader)
        with Server(answer(EVENT)) as server, multi(server.url, stdout=writer) as client:
            os.close(writer)
            self.assertEqual(client.wait(), 1)
            self.assertIn(b"cannot write", client.err)

    def test_a_signal_ends_it_at_once(self):
        scripts = [(answer(b"data: x\n\n", HOLD), 10 * "x"), ((HOLD,), ""),
                   (answer(b"retry: 60000\ndata: x\n\n"), 10 * "x"),
                   (answer(*10000 * (10000 * b"data: x\n\n",)), "xx")]
        for script, seen in scripts:
            @contextlib.contextmanager
            def start():
                with Server(*10 * [script]) as server, multi(server.url, 10) as client:
                    server.wait_for_requests(10)
                    wait_until(lambda: client.out.count(b"x") >= len(seen))
                    yield client

            self.assert_ends_at_once(start)


if __name__ == "__main__":
    unittest.main(verbosity=2)
