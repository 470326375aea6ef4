#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tests of follow.cpp, what it asks and what it makes of answers: see follow.py."""
import itertools
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest
import zlib

from follow import EVENT, SEEN, follow
from server import CUT, HOLD, Server, answer, chunked
from support import Client, TestCase, decoded


class Responses(TestCase):
    def follow_to_the_end(self, *scripts, options=()):
        """Exit code, events, and how many requests."""
        with Server(*scripts) as server, follow(server, *options) as client:
            return client.wait(), decoded(client.out), len(server.requests)

    def assert_refused(self, script, options=("--standard",)):
        """For good: not even a stream that follows would be taken."""
        run = self.follow_to_the_end(script, answer(EVENT), options=options)
        self.assertEqual(run, (1, [], 1))

    def assert_comes_again(self, script):
        self.assertEqual(self.follow_to_the_end(script, answer(EVENT)), (0, SEEN, 3))

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

    def test_another_media_type_fails_for_good_by_the_standard(self):
        def is_refused(type):
            self.assert_refused(answer(EVENT, type=type))

        self.for_all(["x bogus", "text/x-bogus", "text/html", "text/event-streams", "text/event",
                      "text/html; text/event-stream", "", None], is_refused)

    def test_another_status_fails_for_good_by_the_standard(self):
        def is_refused(status):
            self.assert_refused(answer(EVENT, status=f"{status} Status"))
            elsewhere = answer(EVENT, status=f"{status} Status", headers=["Location: /here"])
            if status != 302:
                self.assert_refused(elsewhere)

        self.for_all([201, 202, 203, 205, 206, 210, 299, 300, 302, 304, 305, 306, 400, 401, 404,
                      407, 410, 429, 500, 502, 503, 599], is_refused)

    def test_what_passes_is_asked_again(self):
        self.for_all([dict(type="text/html"), *(dict(status=f"{status} Status") for status in (
                      408, 425, 429, 500, 502, 503, 504, 599))],
                     lambda refused: self.assert_comes_again(answer(EVENT, **refused)))
        later = answer(status="403 Later", headers=["Retry-After: 0"])
        self.assert_comes_again(later)

    def test_what_does_not_pass_fails_for_good(self):
        self.for_all([201, 304, 400, 401, 403, 404, 407, 410], lambda status: self.assert_refused(
            answer(EVENT, status=f"{status} Status"), options=()))

    def test_it_does_not_wait_for_the_end_of_what_it_refuses(self):
        for refused in [dict(status="500 Oops"), dict(type="text/html")]:
            self.assert_refused(answer(EVENT, HOLD, **refused))

    def test_a_refusal_without_a_body_is_one(self):
        for refused in [dict(status="500 Oops"), dict(type="text/html")]:
            self.assert_refused(answer(**refused))
            self.assert_refused(chunked(0.05, CUT, **refused))

    def test_what_is_not_http_is_a_failure(self):
        self.assert_comes_again((b"not HTTP\n",))

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
        run = self.follow_to_the_end(moved, answer(EVENT, type=None), options=["--standard"])
        self.assertEqual(run, (1, [], 2))

    def test_a_redirect_out_of_the_web_is_not_followed(self):
        for url in ["file:///etc/hostname", "ftp://127.0.0.1:1/", "gopher://127.0.0.1:1/"]:
            moved = answer(status="302 Found", headers=[f"Location: {url}"])
            self.assertEqual(self.follow_to_the_end(moved), (1, [], 1))

    def test_responses_that_only_inform_are_passed_over(self):
        hints = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
        self.assertEqual(self.follow_to_the_end((hints, *answer(EVENT))), (0, SEEN, 2))

    def test_redirects_without_an_end_are_a_network_error(self):
        moved = answer(status="302 Found", headers=["Location: /events"])
        with Server(*21 * [moved], (HOLD,)) as server, follow(server) as client:
            client.wait_for(b"again in", "err")
            self.assertEqual(client.end()[0], 0)
            self.assertIn(len(server.requests), (21, 22))  # it may be back

    def test_an_address_without_hope_fails(self):
        for url in ["file:///etc/hostname", "ftp://127.0.0.1/", "no scheme at all://", "http://"]:
            with self.subTest(url), follow(url) as client:
                self.assertEqual((client.wait(), client.out), (1, b""))

    def test_wrong_usage_is_told(self):
        url = "http://127.0.0.1/"
        for arguments in [[], [url, url], ["--what", url], [url, "-H"], ["--id"]]:
            with Client(os.environ["FOLLOW"], *arguments) as client:
                self.assertEqual((client.wait(), client.err[:6]), (2, b"usage:"))


class Requests(TestCase):
    def requests(self, *options, scripts):
        """Those of a client that is told to stop behind the scripts."""
        with Server(*scripts) as server, follow(server, *options) as client:
            self.assertEqual(client.wait(), 0, client.err)
            return server.requests

    def test_headers_of_ones_own_are_sent_each_time(self):
        for request in self.requests("-H", "X-One: 1", "-H", "X-Two: a b", scripts=[answer(EVENT)]):
            self.assertEqual((request.headers["x-one"], request.headers["x-two"]), (b"1", b"a b"))

    def test_a_body_is_sent_each_time(self):
        body = "{\"q\": \"ü\"}"
        requests = self.requests("--data", body, "-H", "Content-Type: application/json",
                                 scripts=[answer(EVENT), (0.01, CUT), answer(EVENT)])
        self.assertEqual(len(requests), 4)
        for request in requests:
            self.assertEqual((request.method, request.body), ("POST", body.encode()))
            self.assertEqual(request.headers["content-type"], b"application/json")

    def test_cookies_are_sent_back(self):
        first = answer(EVENT, headers=["Set-Cookie: a=1", "Set-Cookie: b=2; Max-Age=0"])
        requests = self.requests(scripts=[first, answer(EVENT, headers=["Set-Cookie: a=3"])])
        self.assertEqual([r.headers.get("cookie") for r in requests], [None, b"a=1", b"a=3"])

    def test_credentials_go_to_no_other_origin(self):
        secrets = ["--token-command", "echo token"], ["-H", "Authorization: secret"], []
        for options in secrets:
            with Server(answer(EVENT)) as target:
                moved = answer(status="307 Moved", headers=[f"Location: {target.url}"])
                near = answer(status="307 Moved", headers=["Location: /near", "Set-Cookie: a=1"])
                near_requests = self.requests(*options, scripts=[near, moved])
                self.assertEqual("authorization" in near_requests[1].headers, options != [])
                self.assertEqual([r.headers.get("authorization") for r in target.requests], [None])
                self.assertEqual(target.requests[0].headers["accept"], b"text/event-stream")


class Tokens(TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.count = pathlib.Path(folder.name, "count")
        self.command = f"echo x >>{self.count}; echo t$(grep -c x {self.count}); echo more"

    def tokens(self, *scripts, command=None):
        """The exit code and what was sent."""
        option = ["--token-command", command or self.command]
        with Server(*scripts) as server, follow(server, *option) as client:
            code = client.wait()
            self.said = bytes(client.err)
            self.requests = server.requests
            sent = [request.headers["authorization"] for request in server.requests]
            return code, [token.removeprefix(b"Bearer ").decode() for token in sent]

    refused = answer(b"who?", status="401 Who", headers=["WWW-Authenticate: Bearer"])

    def test_a_token_is_sent_each_time(self):
        self.assertEqual(self.tokens(answer(EVENT), (0.01, CUT)), (0, ["t1", "t1", "t1"]))

    def test_after_a_401_there_is_another_at_once(self):
        for refused in self.refused, answer(status="401 Who"):
            code, sent = self.tokens(refused, answer(EVENT), refused, answer(EVENT))
            first = int(sent[0][1:])
            numbers = [int(token[1:]) - first for token in sent]
            self.assertEqual((code, numbers), (0, [0, 1, 1, 2, 2]))
            self.assertEqual(self.said.count(b"; again with a new token\n"), 2)
        # On a busy machine one in five will do: behind a failure it would be three seconds.
        self.assertTrue(any(self.is_asked_at_once() for _ in range(5)))

    def is_asked_at_once(self):
        self.tokens(self.refused, answer(EVENT))
        return self.requests[1].time - self.requests[0].time < 1

    def test_a_new_token_that_is_refused_is_the_end(self):
        self.assertEqual(self.tokens(self.refused, self.refused), (1, ["t1", "t2"]))
        self.assertIn(b"who?", self.said)

    def test_it_is_told_when_there_is_no_token(self):
        for command in ["false", "true", "no-such-command"]:
            self.assertEqual(self.tokens(command=command), (1, []))
            self.assertIn(b"there is no token", self.said)
        once = f"echo x >>{self.count}; test $(grep -c x {self.count}) = 1 && echo t1"
        self.assertEqual(self.tokens(self.refused, command=once), (1, ["t1"]))


class Refusals(TestCase):
    def said(self, *body, **refused):
        head, first, *rest = answer(*body, **{"status": "404 Gone", **refused})
        with Server((head + first, *rest)) as server:  # together: what follows is awaited for a second
            with follow(server) as client:
                self.assertEqual(client.wait(), 1)
                return client.err.decode()

    def test_the_body_is_shown(self):
        said = "follow: the server refused: status 404, media type \"text/plain\"\n"
        in_two = lambda: self.said(b"no such ", 0.05, b"stream", type="text/plain")
        self.assertTrue(any(in_two() == said + "no such stream\n" for _ in range(5)))

    def test_no_more_than_4_kib_of_it(self):
        self.assertEqual(self.said(100_000 * b"x").count("x"),
                         4096 + "status, text".count("x"))

    def test_it_does_not_steer_the_terminal(self):
        self.assertIn("a [31mb\nc", self.said(b"a\x1b[31mb\nc"))

    def test_it_is_not_awaited_for_long(self):
        self.assertIn("begun", self.said(b"begun", HOLD))

    def test_it_is_shown_when_it_comes_again(self):
        busy = answer(b"try later", status="503 Busy", type="text/plain")
        with Server(busy, busy) as server, follow(server) as client:
            self.assertEqual(client.wait(), 0)
            self.assertEqual(client.err.count(b" ms\ntry later\n"), 2)


class Encodings(TestCase):
    def deflated(self, kind, *pieces):
        """Compressed so that each piece can be read when it is there."""
        pack = zlib.compressobj(wbits={"gzip": 31, "deflate": 15}[kind])
        return [pack.compress(p) + pack.flush(zlib.Z_SYNC_FLUSH) for p in pieces] + [pack.flush()]

    def test_what_is_compressed_is_read_at_once(self):
        for kind in ("gzip", "deflate"):
            first, second, end = self.deflated(kind, EVENT, b"data: 2\n\n")
            encoded = [f"Content-Encoding: {kind}"]
            with Server(chunked(first, HOLD, headers=encoded),
                        chunked(second, headers=encoded)) as server, follow(server) as client:
                client.wait_for(b"data: hello\n\n")
                self.assertIn(kind, server.requests[0].headers["accept-encoding"].decode())
                self.assertEqual(client.end()[0], 0)
            with Server(chunked(first, second + end, headers=encoded)) as server:
                with follow(server) as client:
                    self.assertEqual((client.wait(), len(decoded(client.out))), (0, 2))

    def test_all_that_libcurl_can_decode_is_read(self):
        with Server() as server, follow(server) as client:
            self.assertEqual(client.wait(), 0)
            codings = server.requests[0].headers["accept-encoding"].decode().split(", ")
        for coding, tool in ("br", "brotli"), ("zstd", "zstd"):
            if coding not in codings or not shutil.which(tool):
                continue
            packed = subprocess.run([tool, "-c"], input=EVENT, capture_output=True, check=True)
            script = answer(packed.stdout, headers=[f"Content-Encoding: {coding}"])
            with Server(script) as server, follow(server) as client:
                self.assertEqual((client.wait(), decoded(client.out)), (0, SEEN))

    def test_no_coding_has_names(self):
        for name in ("none", "identity", "Identity"):
            script = answer(EVENT, headers=[f"Content-Encoding: {name}"])
            with Server(script) as server, follow(server) as client:
                self.assertEqual((client.wait(), decoded(client.out)), (0, SEEN))

    def test_another_coding_is_refused_by_its_name(self):
        for name in ("rot13", "gzip, rot13"):
            script = answer(EVENT, headers=[f"Content-Encoding: {name}"])
            with Server(script) as server, follow(server) as client:
                self.assertEqual((client.wait(), client.out), (1, b""))
                self.assertIn(f"cannot decode {name}\n".encode(), client.err)

    def test_what_is_broken_in_the_middle_is_a_failure(self):
        first, *_ = self.deflated("gzip", EVENT)
        broken = chunked(first, 0.05, 100 * b"\xff", headers=["Content-Encoding: gzip"])
        with Server(broken, answer(b"data: more\n\n")) as server, follow(server) as client:
            self.assertEqual((client.wait(), decoded(client.out)), (0, [*SEEN, {"data": "more"}]))
            self.assertIn(b"cannot decode gzip; again in", client.err)
            self.assertEqual(server.last_event_ids(), [None, b"1", b"1"])


class Bounds(TestCase):
    def assert_bounded(self, *steps):
        """That it does not read for ever, nor keep it."""
        endless = itertools.chain(steps, itertools.repeat(1000 * b"X-Field: some value\r\n"))
        with Server(endless) as server, follow(server) as client:
            client.wait_for(b"again in", "err")
            # By its own count, or that of newer versions of libcurl.
            self.assertRegex(bytes(client.err), b"too many headers|grew larger than allowed")
            status = pathlib.Path(f"/proc/{client.process.pid}/status")
            if status.exists():
                peak = int(status.read_text().split("VmHWM:")[1].split()[0])
                self.assertLess(peak, 256 << 10)  # KiB; a sanitizer needs some
            self.assertEqual(client.end()[0], 0)

    def test_a_head_has_a_bound(self):
        self.assert_bounded(b"HTTP/1.1 200 OK\r\n")

    def test_trailers_have_a_bound(self):
        head, event, _ = chunked(b"retry: 60000\ndata: x\n\n")
        self.assert_bounded(head, event, b"0\r\n")

    def test_informational_heads_have_a_bound(self):
        self.assert_bounded(b"HTTP/1.1 103 Early\r\n")


if __name__ == "__main__":
    unittest.main(verbosity=2)
