#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tests of beast_client.cpp and callbacks.cpp, which read one stream:
BEAST_CLIENT=program CALLBACKS=program SSEWIRE=program python3 one_connection.py CLASS[.TEST]"""
import contextlib
import os
import unittest

from server import CUT, HOLD, Server, answer, chunked, is_connecting, pieces, queue_that_is_full
from support import RECORDED, Client, TestCase, decoded, is_full, recorded, wait_until

EVENT = b"id: 1\ndata: hello\n\n"
SEEN = [{"id": "1", "data": "hello"}]


class Tests:
    def run_client(self, *scripts):
        """Exit code, events, and how many requests."""
        with Server(*scripts) as server, self.client(server.url) as client:
            return client.wait(), decoded(client.out), len(server.requests)

    def test_the_request(self):
        with Server(answer()) as server, self.client(server.url) as client:
            self.assertEqual(client.wait(), 0)
            request, = server.requests
            self.assertEqual((request.method, request.target), ("GET", "/events"))
            self.assertEqual(request.headers["accept"], b"text/event-stream")
            self.assertEqual(request.headers["cache-control"], b"no-cache")
            self.assertEqual(request.headers["host"], server.url.split("/")[2].encode())

    def test_recorded_streams_arrive_whole_however_they_are_cut(self):
        def arrives(case):
            name, size = case
            stream, events = recorded(name)
            self.assertEqual(self.run_client(chunked(*pieces(stream, size))), (0, events, 1))

        self.for_all([(name, size) for name in RECORDED for size in (1, 7, 997, 99999)], arrives)

    def test_a_stream_may_be_longer_than_common_limits_of_a_body(self):
        event = b"data: " + 99_992 * b"x" + b"\n\n"
        long = ["X-Long: " + 6000 * "x"]  # so that a client reads much at a time
        code, events, _ = self.run_client(chunked(*200 * (event,), headers=long))
        self.assertEqual((code, len(events)), (0, 200))

    def test_an_event_that_is_too_large_is_told(self):
        script = answer(b"data: " + (17 << 20) * b"x" + b"\n\n" + EVENT)
        with Server(script) as server, self.client(server.url) as client:
            self.assertEqual((client.wait(), decoded(client.out)), (0, SEEN))
            self.assertIn(b"skipped an event that is too large", client.err)

    def test_parameters_of_the_media_type_do_not_count(self):
        for rest in ["", ";", "; charset=utf-8", ";charset=windows-1252", " ;x", " x"]:
            script = answer(EVENT, type="text/Event-Stream" + rest)
            self.assertEqual(self.run_client(script), (0, SEEN, 1))

    def test_another_media_type_or_status_is_refused(self):
        for type in ["x bogus", "text/html", "text/event-stream2", "", None]:
            self.assertEqual(self.run_client(answer(EVENT, HOLD, type=type)), (1, [], 1), type)
        for status in ["204 No Content", "206 Part", "302 Found", "404 Not Found", "500 Oops"]:
            self.assertEqual(self.run_client(answer(EVENT, status=status)), (1, [], 1), status)

    def test_a_stream_that_is_cut_off_is_told(self):
        half = b"data: half"
        for script in [chunked(EVENT, half, 0.1, CUT), answer(EVENT, half, 0.1, CUT),
                       (*chunked(EVENT, HOLD)[:-1], b"20\r\n" + half)]:
            self.assertEqual(self.run_client(script), (1, SEEN, 1))
        self.assertEqual(self.run_client(answer(EVENT, half)), (0, SEEN, 1))  # this is an end
        for script in [(0.05, CUT), (b"HTTP/1.1 200 OK\r\nContent-",)]:
            self.assertEqual(self.run_client(script), (1, [], 1))

    def test_without_a_server_it_fails(self):
        with Server() as server:
            pass
        with self.client(server.url) as client:
            self.assertEqual((client.wait(), client.out), (1, b""))

    def test_an_event_arrives_before_the_next_one_is_sent(self):
        with Server(chunked(b"data: early\n\n", HOLD)) as server, self.client(server.url) as client:
            client.wait_for(b"data: early\n\n")
            self.assertEqual(client.end()[0], 0)

    def check_signals(self, script, ready=lambda: True, **options):
        @contextlib.contextmanager
        def start():
            with Server(script) as server, self.client(server.url, **options) as client:
                server.wait_for_requests(1)
                wait_until(ready)
                client.wait_until_idle()
                yield client

        self.assert_ends_at_once(start)

    def test_signals_end_it_while_the_stream_is_quiet(self):
        self.check_signals(chunked(EVENT, HOLD))
        self.check_signals(answer(EVENT, HOLD))

    def test_signals_end_it_while_there_is_no_answer(self):
        self.check_signals((HOLD,))

    def test_signals_end_it_while_nobody_reads(self):
        reader, writer = os.pipe()
        self.check_signals(answer(*100 * (10000 * EVENT,)), lambda: is_full(writer), stdout=writer)
        os.close(reader)
        os.close(writer)

    def test_signals_end_it_while_it_connects(self):
        @contextlib.contextmanager
        def start():
            with queue_that_is_full() as url, self.client(url) as client:
                wait_until(lambda: is_connecting(url))
                yield client

        self.assert_ends_at_once(start)

    @unittest.skipUnless(os.path.exists("/dev/full"), "there is no /dev/full")
    def test_it_tells_when_it_cannot_write(self):
        with open("/dev/full", "wb") as full, Server(answer(EVENT, HOLD)) as server:
            with self.client(server.url, stdout=full) as client:
                self.assertEqual(client.wait(), 1)
                self.assertNotEqual(client.err, b"")


class Beast(Tests, TestCase):
    def client(self, url, **options):
        host, port = url.split("/")[2].split(":")
        return Client(os.environ["BEAST_CLIENT"], host, port, "/events", **options)


class Callbacks(Tests, TestCase):
    def client(self, url, **options):
        return Client(os.environ["CALLBACKS"], "/".join(url.split("/")[:3]), "/events", **options)

    def test_redirects_are_followed(self):
        with Server(answer(EVENT)) as target:
            moved = answer(b"data: not this one\n\n", status="307 Moved",
                           headers=[f"Location: {target.url}"])
            self.assertEqual(self.run_client(moved), (0, SEEN, 1))


if __name__ == "__main__":
    unittest.main(verbosity=2)
