# SPDX-License-Identifier: MIT
"""What each server of streams does towards HTTP, whatever it tells: see support.py."""
import support
from support import decode, read_all, wait_until

BESIDE = ("gap", "ready", "heartbeat")  # types of events that are not the stream's own


class TestCase(support.TestCase):
    PATH = None  # of a stream

    def post(self, server, data):
        """Has the server tell something. If it does so by itself, this does nothing."""

    def follow(self, server, last_event_id=None, path=None):
        """A client whose stream has begun."""
        client = self.stream(server.address + (path or self.PATH), last_event_id)
        client.status_and_headers()
        return client

    def with_query(self, query):
        return self.PATH + ("&" if "?" in self.PATH else "?") + query

    def wait_for_event(self, server, client):
        self.post(server, b"x")
        client.wait_for(len, "an event")

    def test_a_stream_has_the_headers_that_keep_it_whole(self):
        server = self.server(0)
        status, fields = self.follow(server).status_and_headers()
        self.assertEqual((status, fields), (200, {
            "content-type": "text/event-stream", "cache-control": "no-store, no-transform",
            "x-accel-buffering": "no", "connection": "close"}))
        self.assertEqual(self.ask(server, "HEAD", self.PATH), (200, fields))
        self.assert_ends(server)

    def test_browsers_are_told_what_they_may_ask(self):
        server = self.server(0)
        status, fields = self.ask(server, "OPTIONS", self.PATH)
        self.assertEqual((status, fields["allow"]), (204, "GET, HEAD, OPTIONS"))
        allowed = fields["access-control-allow-headers"].split(", ")
        self.assertLessEqual({"last-event-id", "authorization", "cache-control"}, set(allowed))
        status, fields = self.ask(server, "PATCH", self.PATH)
        self.assertEqual((status, fields["allow"]), (405, "GET, HEAD, OPTIONS"))
        self.assertEqual(self.ask(server, "GET", "/other")[0], 404)

    def test_pages_of_the_origins_that_are_named_may_follow(self):
        server = self.server(0, "--origin", "https://a.example", "--origin", "https://b.example")
        for origin, allowed in (("https://a.example", True), ("https://b.example", True),
                                ("https://c.example", False)):
            for method in "HEAD", "OPTIONS":
                fields = self.ask(server, method, self.PATH, headers={"Origin": origin})[1]
                self.assertEqual(fields["vary"], "Origin")
                self.assertEqual(fields.get("access-control-allow-origin"),
                                 origin if allowed else None)

    def test_http_1_0_gets_a_stream_without_chunks(self):
        server = self.server(0)
        old = self.connect(server, f"GET {self.PATH} HTTP/1.0\r\n\r\n".encode())
        self.assertNotIn("transfer-encoding", self.read_head(old)[1])
        self.wait_for_event(server, self.follow(server))
        self.assert_ends(server)
        self.assertGreater(len(decode(read_all(old))), 0)

    def test_whoever_is_too_much_is_sent_away_for_a_while_and_others_are_served(self):
        server = self.server(0, "--most", 3)
        followers = [self.follow(server) for _ in range(3)]
        status, fields = self.ask(server, "GET", self.PATH)
        self.assertEqual(status, 503)
        self.assertGreaterEqual(int(fields["retry-after"]), 1)
        for client in followers:
            self.wait_for_event(server, client)
        followers[0].cut()
        get = f"GET {self.PATH} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        wait_until(lambda: self.read_head(self.connect(server, get))[0] == 200, "there is room")
        self.assert_ends(server)

    def test_who_asks_too_slowly_is_not_waited_for(self):
        server = self.server(0)
        client = self.follow(server)
        self.assertEqual(read_all(self.connect(server, b"GET / HTTP/1.1\r\n")), b"")
        self.wait_for_event(server, client)
        self.assert_ends(server)

    def test_streams_end_after_their_life_and_are_resumed_by_the_header_or_the_query(self):
        server = self.server(0, "--life", 5)
        client = self.follow(server)
        self.wait_for_event(server, client)
        events = client.finish()
        last = client.last_event_id
        self.post(server, b"missed")
        # A page's URL stays what it is when the browser reconnects: so the header counts.
        old = self.with_query("lastEventId=of-another-life")
        for again in (self.follow(server, last), self.follow(server, last, path=old),
                      self.follow(server, path=self.with_query("lastEventId=" + last))):
            ids = [e["id"] for e in again.finish() if e.get("event") not in BESIDE]
            self.assert_behind(ids, events[-1]["id"])

    def test_what_it_does_not_understand_is_refused(self):
        self.assert_options_refused()

    def assert_behind(self, ids, last):
        """No event comes twice, and none is missed if all are told."""
        self.assertGreater(len(ids), 0)
        self.assertGreater(min(self.number(i) for i in ids), self.number(last))

    def number(self, event_id):
        return int(event_id.rpartition("-")[2])
