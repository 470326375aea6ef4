#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tests of follow.cpp: FOLLOW=program SSEWIRE=program python3 follow.py [CLASS[.TEST]]"""
import concurrent.futures
import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import unittest

from server import CUT, HOLD, Server, answer, chunked, is_connecting, pieces, queue_that_is_full
from support import HANG, RECORDED, Client, TestCase, decoded, is_full, recorded, wait_until

EVENT = b"retry: 0\nid: 1\ndata: hello\n\n"
SEEN = [{"id": "1", "data": "hello", "retry": 0}]


def follow(server, *arguments, **options):
    url = server if isinstance(server, str) else server.url
    return Client(os.environ["FOLLOW"], url, *arguments, **options)


def waits(client):
    """The times in ms that it said it would wait."""
    return [int(time) for time in re.findall(rb"again in (\d+) ms", client.err)]


class Responses(TestCase):
    def follow_to_the_end(self, *scripts):
        """Exit code, events, and how many requests."""
        with Server(*scripts) as server, follow(server) as client:
            return client.wait(), decoded(client.out), len(server.requests)

    def test_the_request_is_that_of_an_event_source(self):
        with Server() as server, follow(server) as client:
            self.assertEqual(client.wait(), 0)
            request, = server.requests
            self.assertEqual((request.method, request.target), ("GET", "/events"))
            self.assertEqual(request.headers["accept"], b"text/event-stream")
            self.assertEqual(request.headers["cache-control"], b"no-cache")
            self.assertNotIn("last-event-id", request.headers)

    def test_parameters_of_the_media_type_do_not_count(self):
        def is_taken(type):
            self.assertEqual(self.follow_to_the_end(answer(EVENT, type=type)), (0, SEEN, 2))

        rests = ["", ";", "; charset=utf-8", ";charset=windows-1252", " ;x", "\t; x=\"a;b\"", " x"]
        self.for_all(["Text/EVENT-Stream", *("text/event-stream" + r for r in rests)], is_taken)

    def test_another_media_type_fails_for_good(self):
        def is_refused(type):
            self.assertEqual(self.follow_to_the_end(answer(EVENT, type=type)), (1, [], 1))

        self.for_all(["x bogus", "text/x-bogus", "text/html", "text/event-streams", "text/event",
                      "text/html; text/event-stream", "", None], is_refused)

    def test_another_status_fails_for_good(self):
        def is_refused(status):
            script = answer(EVENT, status=f"{status} Status")
            self.assertEqual(self.follow_to_the_end(script), (1, [], 1))
            elsewhere = answer(EVENT, status=f"{status} Status", headers=["Location: /here"])
            if status != 302:
                self.assertEqual(self.follow_to_the_end(elsewhere, answer(EVENT)), (1, [], 1))

        self.for_all([201, 202, 203, 205, 206, 210, 299, 300, 302, 304, 305, 306, 400, 401, 404,
                      407, 410, 429, 500, 502, 503, 599], is_refused)

    def test_it_does_not_wait_for_the_end_of_what_it_refuses(self):
        for refused in [dict(status="500 Oops"), dict(type="text/html")]:
            self.assertEqual(self.follow_to_the_end(answer(EVENT, HOLD, **refused)), (1, [], 1))

    def test_a_refusal_without_a_body_is_one(self):
        for refused in [dict(status="500 Oops"), dict(type="text/html")]:
            self.assertEqual(self.follow_to_the_end(answer(**refused)), (1, [], 1))
            self.assertEqual(self.follow_to_the_end(chunked(0.05, CUT, **refused)), (1, [], 1))

    def test_204_stops_for_good(self):
        stop = answer(status="204 No Content")
        self.assertEqual(self.follow_to_the_end(stop), (0, [], 1))
        self.assertEqual(self.follow_to_the_end(answer(EVENT), stop, answer(EVENT)), (0, SEEN, 2))

    def test_redirects_are_followed(self):
        def is_followed(status):
            with Server(answer(EVENT)) as target:
                moved = answer(b"data: not this one\n\n", status=f"{status} Moved",
                               headers=[f"Location: {target.url}?x"])
                with Server(moved, moved) as server, follow(server) as client:
                    self.assertEqual((client.wait(), decoded(client.out)), (0, SEEN))
                    # It begins at the first address each time.
                    self.assertEqual(len(server.requests), 2)
                    self.assertEqual([r.target for r in target.requests], 2 * ["/events?x"])
                    self.assertEqual(target.last_event_ids(), [None, b"1"])

        self.for_all([301, 302, 303, 307, 308], is_followed)

    def test_the_media_type_of_a_redirect_does_not_count(self):
        moved = answer(status="302 Found", headers=["Location: /here"])
        self.assertEqual(self.follow_to_the_end(moved, answer(EVENT, type=None)), (1, [], 2))

    def test_a_redirect_out_of_the_web_is_not_followed(self):
        for url in ["file:///etc/hostname", "ftp://127.0.0.1:1/", "gopher://127.0.0.1:1/"]:
            moved = answer(status="302 Found", headers=[f"Location: {url}"])
            self.assertEqual(self.follow_to_the_end(moved), (1, [], 1))

    def test_responses_that_only_inform_are_passed_over(self):
        hints = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
        self.assertEqual(self.follow_to_the_end((hints, *answer(EVENT))), (0, SEEN, 2))

    def test_redirects_without_an_end_are_a_network_error(self):
        moved = answer(status="302 Found", headers=["Location: /events"])
        with Server(*1000 * [moved]) as server, follow(server) as client:
            client.wait_for(b"again in", "err")
            self.assertEqual(len(server.requests), 21)
            self.assertEqual(client.end()[0], 0)

    def test_an_address_without_hope_fails(self):
        for url in ["file:///etc/hostname", "ftp://127.0.0.1/", "no scheme at all://", "http://"]:
            with self.subTest(url), follow(url) as client:
                self.assertEqual((client.wait(), client.out), (1, b""))

    def test_wrong_usage_is_told(self):
        for arguments in [[], ["http://127.0.0.1/", "1", "2", "3"]]:
            with Client(os.environ["FOLLOW"], *arguments) as client:
                self.assertEqual((client.wait(), client.err[:6]), (2, b"usage:"))


class Reconnection(TestCase):
    def test_it_reconnects_whichever_way_a_stream_ends(self):
        half = b"data: half an event"
        length = lambda size: [f"Content-Length: {size}"]
        ends = {"clean": answer(EVENT), "clean, in chunks": chunked(EVENT),
                "clean, with a length": answer(EVENT, HOLD, headers=length(len(EVENT))),
                "short of its length": answer(EVENT, half, headers=length(100)),
                "inside an event": answer(EVENT, half), "reset": answer(EVENT, half, 0.05, CUT),
                "without the last chunk": chunked(EVENT, half, 0.05, CUT),
                "inside a chunk": (*chunked(EVENT, HOLD)[:-1], b"20\r\n" + half),
                "empty": answer(), "inside the head": (b"HTTP/1.1 200 OK\r\nContent-",)}
        last = b"retry: 0\n data: other half\n\n: alone\n\ndata: on\n\n"

        def goes_on(end):
            script = ends[end]
            with Server(answer(b"retry: 0\n\n"), script, answer(last)) as server:
                with follow(server) as client:
                    self.assertEqual(client.wait(), 0, client.err)
                    seen = [event["data"] for event in decoded(client.out)]
                    has_event = any(isinstance(step, bytes) and EVENT in step for step in script)
                    self.assertEqual(seen, ["hello", "on"] if has_event else ["on"])
                    self.assertEqual(len(server.requests), 4)

        self.for_all(ends, goes_on)

    def test_what_a_proxy_says_of_a_tunnel_is_not_the_answer(self):
        for said in ["200 OK", "407 Who?", "502 Oops"]:
            with Server(answer(status=said)) as proxy:
                with follow("https://host.invalid/", env={"https_proxy": proxy.url}) as client:
                    client.wait_for(b"again in", "err")
                    self.assertEqual(proxy.requests[0].method, "CONNECT")
                    self.assertEqual(client.end()[0], 0)

    def test_a_quiet_server_is_given_up(self):
        quiet = {"no answer": (HOLD,), "no body": answer(b"retry: 0\n", HOLD),
                 "silence later": chunked(EVENT, HOLD)}

        def is_given_up(why):
            with Server(quiet[why]) as server, follow(server, "1", "1") as client:
                client.wait_for(b"is quiet; again in", "err")
                server.wait_for_requests(1)
                self.assertEqual(client.end()[0], 0)

        self.for_all(quiet, is_given_up)

    def test_the_smallest_heartbeats_keep_a_connection(self):
        def is_kept(_):
            with Server(chunked(EVENT, *12 * (b":\n", 0.25), EVENT)) as server:
                with follow(server, "", "2") as client:
                    self.assertEqual(client.wait(), 0)
                    return decoded(client.out) == 2 * SEEN

        # On a busy machine the server can be quiet for two seconds indeed: one of many will do.
        with concurrent.futures.ThreadPoolExecutor() as pool:
            self.assertTrue(any(any(pool.map(is_kept, range(3))) for _ in range(5)))


class Waits(TestCase):
    def test_waits_double_while_there_is_no_server_and_have_jitter(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            first = follow(f"http://127.0.0.1:{port}/")
            connection, _ = listener.accept()
        with first as client:
            connection.recv(4096)
            connection.sendall(b"".join(answer(EVENT)))
            connection.close()  # and nobody listens any more
            base = [200, 400, 800, 1600]
            wait_until(lambda: len(waits(client)) >= len(base))
            for wait, shortest in zip(waits(client), base):
                self.assertTrue(shortest <= wait <= 1.5 * shortest, waits(client))
            # Not all the same share of what they may be: it is jitter.
            self.assertGreater(len({wait / least for wait, least in zip(waits(client), base)}), 1)
            self.assertEqual(client.end()[0], 0)

    def test_failures_are_forgotten_when_a_stream_begins(self):
        cut = (0.01, CUT)
        with Server(answer(EVENT), cut, cut, answer(), cut, answer()) as server:
            with follow(server) as client:
                self.assertEqual(client.wait(), 0)
                base = [200, 400, 800, 200, 400, 200]
                for wait, shortest in zip(waits(client), base, strict=True):
                    self.assertTrue(shortest <= wait <= 1.5 * shortest, waits(client))

    def test_retry_is_heeded_within_bounds(self):
        def is_heeded(case):
            retry, shortest = case
            with Server(answer(f"retry: {retry}\n".encode())) as server:
                with follow(server) as client:
                    client.wait_for(b"again in", "err")
                    wait, = waits(client)
                    self.assertTrue(shortest <= wait <= 1.5 * shortest, wait)
                    if shortest < 3000:
                        client.wait()
                        between = server.requests[1].time - server.ends[0]
                        self.assertGreaterEqual(between, wait / 1000)
                    else:
                        self.assertEqual(client.end()[0], 0)

        self.for_all([("0", 200), ("1200", 1200), ("99999999999999999999", 60000), ("0x10", 3000),
                      ("", 3000)], is_heeded)


class LastEventId(TestCase):
    def test_the_last_event_id_is_sent_as_it_was(self):
        ids = ["1", "0", "a b", "…", "ü€😀", "a\tb", '[{"x":1},2]', "x: y; z", ":", 4096 * "i"]
        scripts = [answer(f"retry: 0\nid: {id}\n\n".encode()) for id in ids]
        with Server(*scripts) as server, follow(server) as client:
            self.assertEqual(client.wait(), 0)
            self.assertEqual(server.last_event_ids(), [None, *(id.encode() for id in ids)])

    def test_an_id_that_is_empty_or_cannot_be_a_header_is_not_sent(self):
        def is_not_sent(id):
            script = answer(b"retry: 0\nid: before\ndata: x\n\nid: %s\ndata: y\n\n" % id)
            with Server(script) as server, follow(server) as client:
                self.assertEqual(client.wait(), 0)
                self.assertEqual(server.last_event_ids(), [None, None])
                self.assertEqual(b"cannot be sent" in client.err, id != b"")

        self.for_all([b"", b"\x01", b"a\x1f", b"\x7f", b" a", b"a ", b"\t", 4097 * b"i"],
                     is_not_sent)

    def test_the_id_of_an_event_that_was_cut_off_is_not_sent(self):
        with Server(answer(b"retry: 0\nid: 1\ndata: x\n\nid: 2\ndata: y\n")) as server:
            with follow(server) as client:
                self.assertEqual(client.wait(), 0)
                self.assertEqual(server.last_event_ids(), [None, b"1"])

    def test_the_id_stays_over_connections_that_give_none(self):
        scripts = [answer(EVENT), answer(b"data: x\n\n"), answer(b"id\n"), (0.01, CUT)]
        with Server(*scripts) as server, follow(server) as client:
            self.assertEqual(client.wait(), 0)
            self.assertEqual(server.last_event_ids(), [None, b"1", b"1", b"1", b"1"])

    def test_it_can_begin_behind_an_event(self):
        with Server() as server, follow(server, "ü 7") as client:
            self.assertEqual(client.wait(), 0)
            self.assertEqual(server.last_event_ids(), ["ü 7".encode()])


class Kills(TestCase):
    def test_no_event_is_lost_or_doubled_over_kills(self):
        # The event at which the server kills itself, and how many bytes of it are sent before: among
        # them are one without its blank line, and a whole one.
        kills = [(17, 1), (61, 9), (62, 19), (120, 37), (178, 38)]
        numbered = os.path.join(os.path.dirname(os.path.abspath(__file__)), "numbered.py")
        # Bound, so that nobody else gets the port while there is no server.
        with socket.socket() as reserved:
            reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            reserved.bind(("127.0.0.1", 0))
            port = reserved.getsockname()[1]

            def serve(kill):
                command = [sys.executable, numbered, str(port), "200", *map(str, kill)]
                server = subprocess.Popen(command, stdout=subprocess.PIPE)
                for end in (server.stdout.close, server.wait, server.kill):
                    self.addCleanup(end)
                return server

            server = serve(kills[0])
            server.stdout.readline()  # it listens
            with follow(f"http://127.0.0.1:{port}/") as client:
                for next_kill in [*kills[1:], ()]:
                    self.assertEqual(server.wait(HANG), -signal.SIGKILL)
                    server = serve(next_kill)
                self.assertEqual(server.wait(HANG), 0)
                self.assertEqual(client.wait(), 0)
                self.assertGreaterEqual(len(waits(client)), 5)
            expected = [f"event {number}\nof 200" for number in range(1, 201)]
            self.assertEqual([event["data"] for event in decoded(client.out)], expected)


class Streams(TestCase):
    def test_recorded_streams_arrive_whole_however_they_are_cut(self):
        def arrives(case):
            name, size = case
            stream, events = recorded(name)
            with Server(chunked(*pieces(stream, size))) as server, follow(server) as client:
                client.wait_for(b"again in", "err")
                self.assertEqual(client.end()[0], 0)
                self.assertEqual(decoded(client.out), events)

        self.for_all([(name, size) for name in RECORDED for size in (1, 7, 997, 99999)], arrives)

    def test_an_event_arrives_before_the_next_one_is_sent(self):
        with Server(chunked(b"data: early\n\n", HOLD)) as server, follow(server) as client:
            client.wait_for(b"data: early\n\n")
            self.assertEqual(client.end()[0], 0)

    def test_an_event_that_is_too_large_is_told(self):
        stream = b"retry: 0\ndata: " + (17 << 20) * b"x" + b"\n\n" + EVENT
        with Server(answer(stream)) as server, follow(server) as client:
            self.assertEqual((client.wait(), decoded(client.out)), (0, SEEN))
            self.assertIn(b"skipped an event that is too large", client.err)

    @unittest.skipUnless(os.path.exists("/dev/full"), "there is no /dev/full")
    def test_it_tells_when_it_cannot_write(self):
        with open("/dev/full", "wb") as full, Server(answer(EVENT)) as server:
            with follow(server, stdout=full) as client:
                self.assertEqual(client.wait(), 1)
                self.assertIn(b"cannot write", client.err)
        reader, writer = os.pipe()
        os.close(reader)
        with Server(answer(EVENT)) as server, follow(server, stdout=writer) as client:
            os.close(writer)
            self.assertEqual(client.wait(), 1)
            self.assertIn(b"cannot write", client.err)


class Signals(TestCase):
    def check(self, script, text=b"", where="out", ready=lambda: True, **options):
        @contextlib.contextmanager
        def start():
            with Server(script) as server, follow(server, **options) as client:
                server.wait_for_requests(1)
                client.wait_for(text, where)
                wait_until(ready)
                client.wait_until_idle()
                yield client

        self.assert_ends_at_once(start)

    def test_while_the_stream_is_quiet(self):
        self.check(answer(b"data: x\n\n", HOLD), b"data: x\n\n")

    def test_while_there_is_no_answer(self):
        self.check((HOLD,))

    def test_while_it_waits_to_reconnect(self):
        self.check(answer(b"retry: 60000\n\n"), b"again in", "err")

    def test_while_events_pour_in(self):
        self.check(answer(*10000 * (10000 * b"data: x\n\n",)), b"data: x\n\n")

    def test_while_nobody_reads(self):
        reader, writer = os.pipe()
        self.check(answer(*100 * (10000 * b"data: x\n\n",)), ready=lambda: is_full(writer),
                   stdout=writer)
        os.close(reader)
        os.close(writer)

    def test_while_it_connects(self):
        @contextlib.contextmanager
        def start():
            with queue_that_is_full() as url, follow(url) as client:
                wait_until(lambda: is_connecting(url))
                yield client

        self.assert_ends_at_once(start)


if __name__ == "__main__":
    unittest.main(verbosity=2)
