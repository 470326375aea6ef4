#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What beast_client.cpp and httplib_client.cpp have in common: BEAST_CLIENT=program
HTTPLIB_CLIENT=program SSEWIRE=program python3 http_libraries.py CLASS[.TEST]"""
import concurrent.futures
import contextlib
import os
import socket
import time
import unittest

from secure_server import SecureServer
from server import (CUT, HOLD, Server, answer, chunked, is_asked_for_life, is_connecting, pieces,
                    queue_that_is_full, ways_to_end)
from support import (HANG, RECORDED, Client, TestCase, decoded, is_full, recorded, reserved_port,
                     wait_until)

EVENT = b"retry: 0\nid: 1\ndata: hello\n\n"
SEEN = [{"id": "1", "data": "hello", "retry": 0}]


class Tests:
    def run_client(self, *scripts):
        """Exit code, events, and how many requests."""
        with Server(*scripts) as server, self.client(server.url) as client:
            return client.wait(), decoded(client.out), len(server.requests)

    def test_the_request_is_that_of_an_event_source(self):
        with Server() as server, self.client(server.url) as client:
            self.assertEqual(client.wait(), 0)
            request, = server.requests
            self.assertEqual((request.method, request.target), ("GET", "/events"))
            self.assertEqual(request.headers["accept"], b"text/event-stream")
            self.assertEqual(request.headers["cache-control"], b"no-cache")
            self.assertEqual(request.headers["host"], server.url.split("/")[2].encode())
            self.assertNotIn("last-event-id", request.headers)

    def test_recorded_streams_arrive_whole_however_they_are_cut(self):
        def arrives(case):
            name, size = case
            stream, events = recorded(name)
            script = chunked(*pieces(stream, size))
            with Server(script) as server, self.client(server.url) as client:
                client.wait_for(b"the server ended the stream; again in", "err")
                self.assertEqual((client.end()[0], decoded(client.out)), (0, events))

        self.for_all([(name, size) for name in RECORDED for size in (1, 7, 997, 99999)], arrives)

    def test_a_stream_may_be_longer_than_common_limits_of_a_body(self):
        event = b"data: " + 99_992 * b"x" + b"\n\n"
        code, events, _ = self.run_client(chunked(b"retry: 0\n\n", *200 * (event,)))
        self.assertEqual((code, len(events)), (0, 200))

    def test_an_event_that_is_too_large_is_told(self):
        script = answer(b"data: " + (17 << 20) * b"x" + b"\n\n" + EVENT)
        with Server(script) as server, self.client(server.url) as client:
            self.assertEqual((client.wait(), decoded(client.out)), (0, SEEN))
            self.assertIn(b"skipped an event that is too large", client.err)

    def test_parameters_of_the_media_type_do_not_count(self):
        for rest in ["", ";", "; charset=utf-8", ";charset=windows-1252", " ;x", " x"]:
            script = answer(EVENT, type="text/Event-Stream" + rest)
            self.assertEqual(self.run_client(script), (0, SEEN, 2))

    def test_a_refusal_is_the_end(self):
        for status in ["206 Part", "300 Choose", "404 Not Found", "410 Gone"]:
            self.assertEqual(self.run_client(answer(EVENT, status=status)), (1, [], 1), status)
        self.assertEqual(self.run_client(answer(status="204 No Content")), (0, [], 1))

    def test_what_passes_is_waited_for(self):
        refusals = [*(answer(EVENT, status=status, headers=["Retry-After: 0"]) for status in
                      ("408 Slow", "429 Too Many", "500 Oops", "503 Not now", "403 Later")),
                    *(answer(EVENT, type=type) for type in ("text/html", "", None))]

        def is_waited_for(refusal):
            first = answer(b"retry: 0\n\n")  # so that waits are short
            self.assertEqual(self.run_client(first, refusal, answer(EVENT)), (0, SEEN, 4))

        self.for_all(refusals, is_waited_for)

    def test_it_resumes_whichever_way_a_stream_ends(self):
        ends = {**ways_to_end(EVENT),
                "chunks that are none": (*chunked(EVENT, HOLD)[:-1], b"no chunk\r\n"),
                "no length at all": answer(headers=["Content-Length: 0"]), "before it": (0.05, CUT)}
        last = b"retry: 0\n data: other half\n\n: alone\n\ndata: on\n\n"

        def goes_on(end):
            script = ends[end]
            with Server(answer(b"retry: 0\n\n"), script, answer(last)) as server:
                with self.client(server.url) as client:
                    self.assertEqual(client.wait(), 0, client.err)
                    seen = [event["data"] for event in decoded(client.out)]
                    has_event = any(isinstance(step, bytes) and EVENT in step for step in script)
                    self.assertEqual(seen, ["hello", "on"] if has_event else ["on"])
                    id = b"1" if has_event else None
                    self.assertEqual(server.last_event_ids(), [None, None, id, id])

        self.for_all(ends, goes_on)

    def test_it_waits_for_a_server(self):
        with reserved_port() as port, self.client(f"http://127.0.0.1:{port}/events") as client:
            client.wait_for(b"the connection failed; again in", "err")
            with socket.create_server(("127.0.0.1", port)) as late:
                late.settimeout(HANG)
                late.accept()[0].close()
            self.assertEqual((client.end()[0], client.out), (0, b""))

    def test_an_event_arrives_before_the_next_one_is_sent(self):
        with Server(chunked(b"data: early\n\n", HOLD)) as server, self.client(server.url) as client:
            client.wait_for(b"data: early\n\n")
            self.assertEqual(client.end()[0], 0)

    def test_a_quiet_server_is_given_up(self):
        quiet = {b"does not respond": (HOLD,), b"is quiet": chunked(EVENT, HOLD)}

        def is_given_up(why):
            # Of a busy server even the head can be late: it is asked again then.
            with Server(*9 * [quiet[why]]) as server:
                with self.client(server.url, seconds=1) as client:
                    client.wait_for(b"the server " + why + b"; again in", "err")
                    server.wait_for_requests(2)
                    self.assertEqual(client.end()[0], 0)

        self.for_all(quiet, is_given_up)

    def test_a_server_that_vanishes_is_noticed(self):
        with Server(chunked(EVENT, HOLD)) as server, self.client(server.url) as client:
            client.wait_for(b"data: hello\n\n")
            wait_until(lambda: is_asked_for_life(server.url))

    def test_the_smallest_heartbeats_keep_a_connection(self):
        def is_kept(_):
            with Server(chunked(EVENT, *12 * (b":\n", 0.25), EVENT)) as server:
                with self.client(server.url, seconds=2) as client:
                    self.assertEqual(client.wait(), 0)
                    return decoded(client.out) == 2 * SEEN

        # On a busy machine the server can be quiet for two seconds indeed: one of many will do.
        with concurrent.futures.ThreadPoolExecutor() as pool:
            self.assertTrue(any(any(pool.map(is_kept, range(3))) for _ in range(5)))

    def test_whoever_reads_may_take_longer_than_the_server(self):
        def is_kept():
            reader, writer = os.pipe()
            with Server(answer(*100 * (10_000 * EVENT,))) as server, \
                    self.client(server.url, seconds=3, stdout=writer) as client:
                wait_until(lambda: is_full(writer) or client.process.poll() is not None)
                os.close(writer)
                time.sleep(6)  # this is how long they take
                with open(reader, "rb") as pipe:
                    count = pipe.read().count(b"data: hello\n")
                return (client.wait(), count, len(server.requests)) == (0, 1_000_000, 2)

        self.assertTrue(any(is_kept() for _ in range(5)))  # a busy server can be quiet, too

    def test_events_arrive_by_https_and_are_resumed(self):
        many = chunked(*10 * (1000 * EVENT,))
        with SecureServer(many, chunked(EVENT, 0.05), answer(EVENT)) as server:
            with self.client(server.named_url, env=server.trust) as client:
                self.assertEqual((client.wait(), decoded(client.out)), (0, 10_002 * SEEN))
                self.assertEqual(server.last_event_ids(), [None, b"1", b"1", b"1"])

    def check_that_it_is_not_trusted(self, server, **options):
        with server, self.client(server.named_url, **options) as client:
            client.wait_for(b"the connection failed; again in", "err")
            self.assertRegex(client.err, b"(?i)verif")
            self.assertEqual((client.end()[0], server.requests), (0, []))

    def test_a_certificate_that_nobody_has_signed_is_not_trusted(self):
        self.check_that_it_is_not_trusted(SecureServer())

    def test_a_certificate_for_another_name_is_not_trusted(self):
        server = SecureServer(name="other.invalid")
        self.check_that_it_is_not_trusted(server, env=server.trust)

    def check_signals(self, script, ready=lambda client: None, **options):
        @contextlib.contextmanager
        def start():
            with Server(script) as server, self.client(server.url, **options) as client:
                server.wait_for_requests(1)
                ready(client)
                yield client

        self.assert_ends_at_once(start)

    def test_signals_end_it_while_the_stream_is_quiet(self):
        has_event = lambda client: client.wait_for(b"data: hello\n\n")
        for script in [chunked(EVENT, HOLD), answer(EVENT, HOLD)]:
            self.check_signals(script, has_event)

    def test_signals_end_it_while_there_is_no_answer(self):
        self.check_signals((HOLD,))

    def test_signals_end_it_while_events_pour_in(self):
        self.check_signals(answer(*10_000 * (10_000 * EVENT,)),
                           lambda client: client.wait_for(b"data: hello\n\n"))

    def test_signals_end_it_while_it_waits_to_reconnect(self):
        self.check_signals(answer(b"retry: 60000\n\n"),
                           lambda client: client.wait_for(b"again in", "err"))

    def test_signals_end_it_while_nobody_reads(self):
        reader, writer = os.pipe()
        self.check_signals(answer(*100 * (10000 * EVENT,)),
                           lambda client: wait_until(lambda: is_full(writer)), stdout=writer)
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
        reader, writer = os.pipe()
        os.close(reader)
        for output in [os.open("/dev/full", os.O_WRONLY), writer]:
            script = answer(EVENT, HOLD)
            with Server(script) as server, self.client(server.url, stdout=output) as client:
                os.close(output)
                self.assertEqual(client.wait(), 1)
                self.assertIn(b"cannot write", client.err)


class Beast(Tests, TestCase):
    def client(self, url, seconds=45, **options):
        return Client(os.environ["BEAST_CLIENT"], "-t", str(seconds), url, **options)


class Httplib(Tests, TestCase):
    def client(self, url, seconds=45, **options):
        origin = "/".join(url.split("/")[:3])
        return Client(os.environ["HTTPLIB_CLIENT"], origin, "/events", str(seconds), **options)

    def test_redirects_are_followed(self):
        with Server(answer(EVENT)) as target:
            moved = answer(b"data: not this one\n\n", status="307 Moved",
                           headers=[f"Location: {target.url}"])
            self.assertEqual(self.run_client(moved), (0, SEEN, 2))

    def test_wrong_usage_is_told(self):
        for arguments in [[], ["http://127.0.0.1"], ["http://127.0.0.1", "/", "1", "2"]]:
            with Client(os.environ["HTTPLIB_CLIENT"], *arguments) as client:
                self.assertEqual((client.wait(), client.err[:6]), (2, b"usage:"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
