#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tests of listen.hpp by listen.cpp and listener.cpp: see CMakeLists.txt."""
import os
import unittest

from server import CUT, HOLD, Server, answer, is_asked_for_life
from support import Client, TestCase, wait_until

EVENT = b"retry: 0\nid: 1\ndata: hello\n\n"


def listen(server, *types):
    return Client(os.environ["LISTEN"], server.url, *types)


class Listen(TestCase):
    def run_to_the_end(self, *scripts, types=()):
        """Exit code, lines of events, lines of what else happened."""
        with Server(*scripts) as server, listen(server, *types) as client:
            code = client.wait()
            self.requests = server.requests
            return code, client.out.decode().splitlines(), client.err.decode().splitlines()

    def test_events_go_to_the_listeners_of_their_type(self):
        stream = (b"data: a\n\nevent: tick\nid: 7\ndata: b\n\nevent: message\ndata: c\n\n"
                  b"event: other\ndata: d\n\nevent: tock\nid\ndata: e\n\n")
        for types in [], ["tick"], ["tick", "tock", "tick"]:
            code, out, _ = self.run_to_the_end(answer(stream), types=types)
            expected = [("message", " a"), ("tick", "7 b"), ("message", "7 c"), ("tock", " e")]
            self.assertEqual((code, out), (0, [f"{type} {rest}" for type, rest in expected
                                               for _ in range(max(types.count(type),
                                                                  type == "message"))]))

    def test_what_happens_to_the_connection_is_told(self):
        code, out, err = self.run_to_the_end(answer(EVENT), (0.01, CUT), answer(b"data: x\n\n"))
        self.assertEqual((code, out), (0, ["message 1 hello", "message 1 x"]))
        back = ": it comes back"
        self.assertEqual(err, ["open", "the server ended the stream" + back,
                               "the connection failed" + back, "open",
                               "the server ended the stream" + back,
                               "the server says to stop: it is over"])
        self.assertEqual([r.headers.get("last-event-id") for r in self.requests],
                         [None, b"1", b"1", b"1"])

    def test_the_standard_gives_up_at_a_refusal(self):
        self.assertEqual(self.run_to_the_end(answer(EVENT, status="503 Busy")),
                         (1, [], ["the server refused: it is over"]))
        self.assertEqual(self.run_to_the_end(answer(EVENT, type="text/html")),
                         (1, [], ["the response is no event stream: it is over"]))

    def test_an_event_that_is_too_large_is_told(self):
        _, out, err = self.run_to_the_end(answer(b"data: " + (17 << 20) * b"x" + b"\n\n" + EVENT))
        self.assertEqual(out, ["message 1 hello"])
        self.assertIn("an event was too large", err)

    def test_a_server_that_vanishes_is_noticed(self):
        with Server(answer(EVENT, HOLD)) as server, listen(server) as client:
            client.wait_for(b"hello")
            wait_until(lambda: is_asked_for_life(server.url))

    def test_close_ends_it_at_once(self):
        for script in (answer(EVENT, HOLD), (HOLD,), answer(b"retry: 60000\ndata: x\n\n")):
            def start():
                server = Server(script)
                client = listen(server)
                self.addCleanup(server.__exit__)
                server.wait_for_requests(1)
                if script != (HOLD,):
                    client.wait_for(b"message")
                if HOLD not in script:
                    client.wait_for(b"comes back", "err")
                client.wait_until_idle()
                return client

            self.assert_ends_at_once(start)


class Calls(TestCase):
    def test_callbacks_may_do_what_they_like(self):
        first = (b"event: later\ndata: no\n\nevent: add\ndata\n\nevent: later\ndata: yes\n\n"
                 b"id: 1\nevent: throw\ndata: why\n\ndata: not reached\n\n")
        second = b"data: again\n\nevent: close\ndata\n\ndata: not reached\n\n"
        reader, writer = os.pipe()
        with Server(answer(first, HOLD), answer(second, HOLD), answer(EVENT, HOLD),
                    (HOLD,)) as server:
            with Client(os.environ["LISTENER"], server.url, stdin=reader) as client:
                os.close(reader)
                server.wait_for_requests(4)
                os.write(writer, b"\n")
                os.close(writer)
                self.assertEqual(client.wait(), 0, client.err)
                self.assertEqual(client.out.decode().splitlines(), [
                    "connecting 1", "open", "later yes", "thrown: why 1", "connecting", "open",
                    "again", "the client closed it closed", *3 * ["the client closed it"]])
                self.assertEqual([r.headers.get("x-own") for r in server.requests],
                                 [b"1", b"1", None, None])
                self.assertEqual(server.last_event_ids(), [None, b"1", None, None])


if __name__ == "__main__":
    unittest.main(verbosity=2)
