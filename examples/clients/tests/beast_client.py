#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What beast_client.cpp does itself, for Boost.Beast does not: BEAST_CLIENT=program SSEWIRE=program
python3 beast_client.py CLASS[.TEST]. The rest is tested by http_libraries.py."""
import os
import re
import shutil
import socket
import subprocess
import unittest

from secure_server import SecureServer
from server import HOLD, Server, answer, chunked
from support import Client, TestCase, decoded

EVENT = b"retry: 0\nid: 1\ndata: hello\n\n"
SEEN = [{"id": "1", "data": "hello", "retry": 0}]


def beast_client(*arguments, **options):
    return Client(os.environ["BEAST_CLIENT"], *arguments, **options)


def moved(location, status=302):
    return answer(b"data: not this one\n\n", status=f"{status} Moved", headers=[f"Location: {location}"])


class Requests(TestCase):
    def test_headers_of_your_own(self):
        with Server() as server:
            own = ["-H", "Authorization: Bearer x:y", "-H", "X-Own:1"]
            with beast_client(*own, server.url) as client:
                self.assertEqual(client.wait(), 0)
            self.assertEqual(server.requests[0].headers["authorization"], b"Bearer x:y")
            self.assertEqual(server.requests[0].headers["x-own"], b"1")

    def test_an_id_to_begin_behind_is_one_of_them(self):
        with Server(answer(EVENT)) as server:
            with beast_client("-H", "Last-Event-ID: 0", server.url) as client:
                self.assertEqual(client.wait(), 0)
            self.assertEqual(server.last_event_ids(), [b"0", b"1"])

    def test_they_go_to_no_other_origin(self):
        with Server() as other:
            with Server(moved("/here"), moved(other.url)) as server:
                with beast_client("-H", "Authorization: x", server.url) as client:
                    self.assertEqual(client.wait(), 0)
                requests = [*server.requests, *other.requests]
                self.assertEqual([r.headers.get("authorization") for r in requests],
                                 [b"x", b"x", None])

    def test_the_target_is_that_of_the_url(self):
        for rest, target in [("", "/"), ("?a=b", "/?a=b"), ("/a%20b/?c=d#e", "/a%20b/?c=d")]:
            with Server() as server:
                with beast_client(server.url.replace("/events", rest)) as client:
                    self.assertEqual(client.wait(), 0)
                self.assertEqual(server.requests[0].target, target)

    def test_an_id_that_cannot_travel_is_told(self):
        with Server(answer(b"retry: 0\ndata: x\nid: " + 5000 * b"1" + b"\n\n")) as server:
            with beast_client(server.url) as client:
                self.assertEqual(client.wait(), 0)
                self.assertIn(b"the last event ID cannot be sent", client.err)
                self.assertEqual(server.last_event_ids(), [None, None])

    def test_an_id_travels_as_it_came(self):
        id = 'é "\\x%'.encode()
        with Server(answer(b"retry: 0\ndata: x\nid: " + id + b"\n\n")) as server:
            with beast_client(server.url) as client:
                self.assertEqual(client.wait(), 0)
                self.assertEqual(server.last_event_ids(), [None, id])

    def test_an_ip_address_of_version_6(self):
        try:
            listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
        except OSError:
            self.skipTest("there is no IPv6")
        with listener, beast_client("http://[::1]:%d/" % listener.getsockname()[1]) as client:
            connection, _ = listener.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
                self.assertEqual(client.wait(), 0)

    def test_wrong_usage_is_told(self):
        url = "http://127.0.0.1/"
        for arguments in [[], [url, url], ["-H", "x", url], ["-t", "x", url], ["-x", url], ["-H"],
                          ["file:///etc/hostname"], ["no scheme"], ["127.0.0.1:80"], ["http://"]]:
            with self.subTest(arguments), beast_client(*arguments) as client:
                self.assertEqual(client.wait(), 2)
                self.assertIn(b"usage:", client.err)


class Redirects(TestCase):
    def test_the_target_may_be_relative(self):
        for location, target in [("/here?x=y", "/here?x=y"), ("here", "/here"), ("?x", "/events?x"),
                                 ("./a/../b", "/b"), ("#x", "/events")]:
            with self.subTest(location), Server(moved(location)) as server:
                with beast_client(server.url) as client:
                    self.assertEqual(client.wait(), 0)
                self.assertEqual([r.target for r in server.requests], ["/events", target])

    def test_it_comes_back_to_where_it_was_sent_for_good(self):
        def comes_back(status):
            with Server(answer(EVENT)) as target, Server(moved(target.url, status)) as server:
                with beast_client(server.url) as client:
                    self.assertEqual((client.wait(), decoded(client.out)), (0, SEEN))
                last = target if status in (301, 308) else server
                self.assertEqual(last.last_event_ids(), [None, b"1"])

        self.for_all([301, 302, 303, 307, 308], comes_back)

    def test_what_is_for_good_behind_what_is_not_is_not(self):
        with Server(answer(EVENT)) as target:
            with Server(moved("/elsewhere"), moved(target.url, 308)) as server:
                with beast_client(server.url) as client:
                    self.assertEqual(client.wait(), 0)
                self.assertEqual([r.target for r in server.requests],
                                 ["/events", "/elsewhere", "/events"])

    def test_redirects_without_an_end_are_a_failure(self):
        with Server(*21 * [moved("/events")], (HOLD,)) as server, beast_client(server.url) as client:
            client.wait_for(b"too many redirects; again in", "err")
            self.assertEqual(client.end()[0], 0)
            self.assertIn(len(server.requests), (21, 22))  # it may be back

    def test_a_redirect_to_what_is_no_web_address_is_a_failure(self):
        for location in ["file:///etc/hostname", "gopher://127.0.0.1:1/", "http://", "http://[x"]:
            with self.subTest(location), Server(moved(location)) as server:
                with beast_client(server.url) as client:
                    client.wait_for(b"the connection failed; again in", "err")
                    self.assertEqual(client.end()[0], 0)


class Responses(TestCase):
    def test_responses_that_only_inform_are_passed_over(self):
        hints = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
        with Server((hints, hints, *answer(EVENT))) as server, beast_client(server.url) as client:
            self.assertEqual((client.wait(), decoded(client.out)), (0, SEEN))

    def test_what_a_server_says_that_refuses_is_shown(self):
        said = b"There is no such stream."
        for script in [answer(said, HOLD, status="404 No", headers=[f"Content-Length: {len(said)}"]),
                       answer(said, status="404 No"), chunked(said, HOLD, status="404 No")]:
            with Server(script) as server, beast_client(server.url) as client:
                self.assertEqual((client.wait(), client.out), (1, b""))
                self.assertIn(b"status 404", client.err)
                self.assertIn(said, client.err)
                self.assertIn(b"the server refused", client.err)

    def test_it_is_shown_in_part_if_it_is_long(self):
        long = 1000 * (1000 * b"~",)
        with Server(chunked(*long, status="404 No")) as server, beast_client(server.url) as client:
            self.assertEqual((client.wait(), client.err.count(b"~")), (1, 4096))

    def test_an_encoding_is_refused_by_its_name(self):
        coded = answer(EVENT, HOLD, headers=["Content-Encoding: x-secret"])
        with Server(coded) as server, beast_client(server.url) as client:
            self.assertEqual((client.wait(), client.out), (1, b""))
            self.assertIn(b"the content encoding x-secret is not understood", client.err)
            self.assertEqual(server.requests[0].headers["accept-encoding"], b"identity")
        plain = answer(EVENT, headers=["Content-Encoding: Identity"])
        with Server(plain) as server, beast_client(server.url) as client:
            self.assertEqual((client.wait(), decoded(client.out)), (0, SEEN))

    def test_what_has_no_end_is_an_error(self):
        endless = 1000 * (100_000 * b"x",)
        # It does not come back while this is looked at.
        head, event, *_ = chunked(b"retry: 60000\nid: 1\ndata: hello\n\n", HOLD)
        seen = [{"id": "1", "data": "hello", "retry": 60000}]
        scripts = {"extension": (head, event, b"5;", *endless),
                   "trailer": (head, event, b"0\r\nx: ", *endless),
                   "trailers": (head, event, b"0\r\n", *1000 * (10_000 * b"x: y\r\n",)),
                   "head": (b"HTTP/1.1 200 OK\r\nx: ", *endless)}

        def is_an_error(what):
            with Server(scripts[what]) as server, beast_client(server.url) as client:
                client.wait_for(b"the connection failed; again in", "err")
                self.assertEqual(client.end()[0], 0)
                self.assertEqual(decoded(client.out), seen if event in scripts[what] else [])
                self.assertEqual(server.ends, [])  # it has not taken all of it

        self.for_all(scripts, is_an_error)

    @unittest.skipUnless(shutil.which("strace"), "there is no strace")
    def test_it_reads_large_pieces(self):
        strace = ["strace", "-f", "-e", "trace=recvmsg"]
        if subprocess.run([*strace, "true"], stderr=subprocess.DEVNULL).returncode != 0:
            self.skipTest("strace cannot trace here")
        with Server(answer(10_000 * EVENT)) as server:
            options = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}  # it traces, too
            with Client(*strace, os.environ["BEAST_CLIENT"], server.url, env=options) as client:
                self.assertEqual(client.wait(), 0)
                self.assertEqual(client.out.count(b"data: hello\n"), 10_000)
                sizes = [int(size) for size in re.findall(rb"= (\d+)\n", client.err)]
                self.assertGreater(max(sizes), 16_384)

    def test_a_long_head_is_none(self):
        long = answer(EVENT, headers=["X-Long: " + 60_000 * "x"])
        with Server(long) as server, beast_client(server.url) as client:
            self.assertEqual((client.wait(), decoded(client.out)), (0, SEEN))


class Tls(TestCase):
    def test_it_tells_the_name_of_a_server_but_no_address(self):
        with SecureServer() as server:
            for url in [server.named_url, server.url]:
                with beast_client(url, env=server.trust) as client:
                    self.assertEqual(client.wait(), 0)
            self.assertEqual(server.names, ["localhost", None])

    def test_redirects_lead_from_one_scheme_to_the_other(self):
        with SecureServer(answer(EVENT)) as secure, Server(moved(secure.url)) as server:
            with beast_client("-H", "X: own", server.url, env=secure.trust) as client:
                self.assertEqual((client.wait(), decoded(client.out)), (0, SEEN))
                self.assertNotIn("x", secure.requests[0].headers)

    def test_a_server_that_is_quiet_before_it_is_secure_is_given_up(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            url = "https://127.0.0.1:%d/" % listener.getsockname()[1]
            with beast_client("-t", "1", url) as client:
                client.wait_for(b"the server does not respond; again in", "err")
                self.assertEqual(client.end()[0], 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
