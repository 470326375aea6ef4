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
import time
import unittest

from server import (CUT, HOLD, Server, answer, chunked, is_asked_for_life, is_connecting, pieces,
                    queue_that_is_full, ways_to_end)
from support import (HANG, RECORDED, Client, TestCase, decoded, is_full, recorded, reserved_port,
                     wait_until)

EVENT = b"retry: 0\nid: 1\ndata: hello\n\n"
SEEN = [{"id": "1", "data": "hello", "retry": 0}]


def follow(server, *arguments, **options):
    url = server if isinstance(server, str) else server.url
    return Client(os.environ["FOLLOW"], *arguments, url, **options)


def waits(client):
    """The times in ms that it said it would wait."""
    return [int(time) for time in re.findall(rb"again in (\d+) ms", client.err)]


class Reconnection(TestCase):
    def test_it_reconnects_whichever_way_a_stream_ends(self):
        ends = ways_to_end(EVENT)
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
            # Of a busy server even the head can be late: it is asked again then.
            with Server(*9 * [quiet[why]]) as server, follow(server, "--quiet", "1") as client:
                said = b"does not respond" if why == "no answer" else b"is quiet"
                client.wait_for(said + b"; again in", "err")
                server.wait_for_requests(1)
                self.assertEqual(client.end()[0], 0)

        self.for_all(quiet, is_given_up)

    def test_a_server_that_vanishes_is_noticed_without_time_outs(self):
        with Server(answer(EVENT, HOLD)) as server, follow(server, "--standard") as client:
            client.wait_for(b"hello")
            wait_until(lambda: is_asked_for_life(server.url))

    def test_a_slow_reader_is_no_quiet_server(self):
        def is_kept():
            reader, writer = os.pipe()
            stream = 10000 * [b"data: " + 1000 * b"x" + b"\n\n"]
            with Server(answer(*stream)) as server:
                client = follow(server, "--quiet", "1", stdout=writer)
                os.close(writer)
                with client, open(reader, "rb") as out:
                    time.sleep(3)  # while it cannot write
                    count = out.read().count(b"data: ")
                    client.wait()
                    return count == len(stream) and b"is quiet" not in client.err

        self.assertTrue(any(is_kept() for _ in range(5)))  # a busy machine can be quiet, too

    def test_the_smallest_heartbeats_keep_a_connection(self):
        def is_kept(_):
            with Server(chunked(EVENT, *12 * (b":\n", 0.25), EVENT)) as server:
                with follow(server, "--quiet", "2") as client:
                    self.assertEqual(client.wait(), 0)
                    return decoded(client.out) == 2 * SEEN

        # On a busy machine the server can be quiet for two seconds indeed: one of many will do.
        with concurrent.futures.ThreadPoolExecutor() as pool:
            self.assertTrue(any(any(pool.map(is_kept, range(3))) for _ in range(5)))


class Waits(TestCase):
    def assert_waits(self, client, least):
        """That it waited for so long, or with jitter up to twice as long where `least` is below 0:
        behind failures."""
        for wait, least in zip(waits(client), least, strict=True):
            self.assertTrue(wait == least or -least <= wait <= -2 * least, waits(client))

    def test_waits_double_while_there_is_no_server_and_have_jitter(self):
        with reserved_port() as port:
            with socket.create_server(("127.0.0.1", port)) as listener:
                first = follow(f"http://127.0.0.1:{port}/")
                connection, _ = listener.accept()
            with first as client:
                connection.recv(4096)
                connection.sendall(b"".join(answer(EVENT)))
                connection.close()  # and nobody listens any more
                wait_until(lambda: len(waits(client)) >= 5)
                self.assertEqual(client.end()[0], 0)
                least = [200, -200, -400, -800, -1600, -3200, -6400, -12800][: len(waits(client))]
                self.assert_waits(client, least)
                # Not all the same share of what they may be: it is jitter.
                shares = {wait / least for wait, least in zip(waits(client)[1:], least[1:])}
                self.assertGreater(len(shares), 1)

    def test_failures_are_forgotten_when_a_stream_has_an_event(self):
        cut = (0.01, CUT)
        with Server(answer(EVENT), cut, cut, answer(), answer(EVENT), cut) as server:
            with follow(server) as client:
                self.assertEqual(client.wait(), 0)
                self.assert_waits(client, [200, -200, -400, -800, 200, -200])

    def test_a_server_that_closes_at_once_is_asked_ever_more_rarely(self):
        with Server(*5 * [answer(b"retry: 0\n\n")]) as server, follow(server) as client:
            self.assertEqual(client.wait(), 0)
            self.assert_waits(client, [-200, -400, -800, -1600, -3200])

    def test_retry_is_heeded_within_bounds(self):
        def is_heeded(case):
            options, retry, expected = case
            script = answer(f"retry: {retry}\ndata: x\n\n".encode())
            begin = time.monotonic()
            with Server(script) as server, follow(server, *options) as client:
                client.wait_for(b" ms", "err")
                self.assertEqual(waits(client), [expected])
                if expected <= 3000:
                    client.wait()
                    self.assertGreaterEqual(server.requests[1].time - begin, expected / 1000)
                else:
                    self.assertEqual(client.end()[0], 0)

        standard = ["--standard"]
        self.for_all([([], "0", 200), ([], "1200", 1200), ([], 20 * "9", 3600000),
                      ([], "0x10", 3000), ([], "", 3000), (standard, "0", 500),
                      (standard, 20 * "9", 2**31 - 1)], is_heeded)

    def test_deadlines_are_kept(self):
        # On a machine with nothing else to do it is a millisecond: one in twenty tries will do.
        with Server(*20 * [answer(EVENT)]) as server, follow(server) as client:
            self.assertEqual(client.wait(), 0)
            late = [later.time - end for end, later in zip(server.ends, server.requests[1:])]
            self.assertLess(min(late), 0.3)

        def seconds_of_quiet(_):
            scripts = 9 * [chunked(EVENT, HOLD)]
            with Server(*scripts) as server, follow(server, "--quiet", "1") as client:
                client.wait_for(b"hello")
                begin = time.monotonic()
                client.wait_for(b"is quiet", "err")
                return time.monotonic() - begin

        self.assertTrue(any(seconds_of_quiet(i) < 1.1 for i in range(20)))

    def test_retry_after_is_heeded(self):
        script = answer(status="503 Later", headers=["Retry-After: 7"])
        with Server(script) as server, follow(server) as client:
            client.wait_for(b" ms", "err")
            wait, = waits(client)
            self.assertTrue(7000 <= wait <= 10000, wait)
            self.assertEqual(client.end()[0], 0)


class LastEventId(TestCase):
    def test_the_last_event_id_is_sent_as_it_was(self):
        ids = ["1", "0", "a b", "…", "ü€😀", "a\tb", '[{"x":1},2]', "x: y; z", ":", 4096 * "i"]
        scripts = [answer(f"retry: 0\nid: {id}\n\n".encode()) for id in ids]
        with Server(*scripts) as server, follow(server, "--standard") as client:
            self.assertEqual(client.wait(), 0)
            self.assertEqual(server.last_event_ids(), [None, *(id.encode() for id in ids)])

    def test_an_id_that_is_empty_or_cannot_be_a_header_is_not_sent(self):
        def is_not_sent(id):
            script = answer(b"retry: 0\nid: before\ndata: x\n\nid: %s\ndata: y\n\n" % id)
            with Server(script) as server, follow(server, "--standard") as client:
                self.assertEqual(client.wait(), 0)
                self.assertEqual(server.last_event_ids(), [None, None])
                self.assertEqual(b"cannot be sent" in client.err, id != b"")

        self.for_all([b"", b"\x01", b"a\x1f", b"\x7f", b" a", b"a ", b"\t", 4097 * b"i"],
                     is_not_sent)

    def test_the_id_of_an_event_that_was_cut_off_is_not_sent(self):
        with Server(answer(b"retry: 0\nid: 1\ndata: x\n\nid: 2\ndata: y\n")) as server:
            with follow(server, "--standard") as client:
                self.assertEqual(client.wait(), 0)
                self.assertEqual(server.last_event_ids(), [None, b"1"])

    def test_the_id_stays_over_connections_that_give_none(self):
        scripts = [answer(EVENT), answer(b"data: x\n\n"), answer(b"id\n"), (0.01, CUT)]
        with Server(*scripts) as server, follow(server, "--standard") as client:
            self.assertEqual(client.wait(), 0)
            self.assertEqual(server.last_event_ids(), [None, b"1", b"1", b"1", b"1"])

    def test_it_can_begin_behind_an_event(self):
        with Server() as server, follow(server, "--id", "ü 7") as client:
            self.assertEqual(client.wait(), 0)
            self.assertEqual(server.last_event_ids(), ["ü 7".encode()])
        with follow("http://127.0.0.1/", "--id", "a\nb") as client:
            self.assertEqual((client.wait(), client.err), (2, b"follow: not an ID\n"))


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
    def check(self, script, text=b"", where="out", ready=Client.wait_until_idle, **options):
        @contextlib.contextmanager
        def start():
            with Server(script) as server, follow(server, **options) as client:
                server.wait_for_requests(1)
                client.wait_for(text, where)
                ready(client)
                yield client

        self.assert_ends_at_once(start)

    def test_while_the_stream_is_quiet(self):
        self.check(answer(b"data: x\n\n", HOLD), b"data: x\n\n")

    def test_while_there_is_no_answer(self):
        self.check((HOLD,))

    def test_while_it_waits_to_reconnect(self):
        self.check(answer(b"retry: 60000\n\n"), b"again in", "err")

    def test_while_events_pour_in(self):
        self.check(answer(*10000 * (10000 * b"data: x\n\n",)), b"data: x\n\n",
                   ready=lambda _: None)  # it is never idle

    def test_while_nobody_reads(self):
        reader, writer = os.pipe()

        def ready(client):
            wait_until(lambda: is_full(writer))
            client.wait_until_idle()

        self.check(answer(*100 * (10000 * b"data: x\n\n",)), ready=ready, stdout=writer)
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
