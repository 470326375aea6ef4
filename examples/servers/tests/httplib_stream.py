# SPDX-License-Identifier: MIT
"""What all servers with cpp-httplib do alike: see httplib_stream.hpp."""
import os
import resource

from support import decode, read_all, wait_until

ASKED = "last-event-id,authorization"
OFTEN = ("--heartbeat", 1)  # as often as there can be heartbeats


def fields_of(head):
    """The status and the fields of an answer's head."""
    status, *lines = head.decode().split("\r\n")
    return int(status.split()[1]), {
        name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}


class HttplibStream:
    """A mixin. `begin(*options, **process)` starts a server with one event, after which it is
    quiet, and returns it with the path of the stream; `others` are methods and paths that are
    answered at once."""
    others = [("GET", "/")]

    def ask(self, server, method, path, version="1.1", **headers):
        """The status, the fields and the body, as it is on the wire."""
        fields = "".join(f"{name.replace('_', '-')}: {value}\r\n"
                         for name, value in headers.items())
        connection = self.connect(server, (f"{method} {path} HTTP/{version}\r\nHost: x\r\n"
                                           f"{fields}\r\n").encode())
        head, _, body = read_all(connection).partition(b"\r\n\r\n")
        return *fields_of(head), body

    def hold(self, server, path, last_event_id=""):
        """A connection with a stream that has begun."""
        connection = self.connect(server, (f"GET {path} HTTP/1.1\r\nHost: x\r\n"
                                           f"Last-Event-ID: {last_event_id}\r\n\r\n").encode())
        connection.recv(1 << 16)
        return connection

    def test_a_browser_may_ask_first(self):
        server, path = self.begin("--origin", "http://a.example", "--origin", "http://b.example")
        for origin in ("http://a.example", "http://b.example", "http://c.example"):
            status, fields, _ = self.ask(
                server, "OPTIONS", path, Connection="close", Origin=origin,
                Access_Control_Request_Method="GET", Access_Control_Request_Headers=ASKED)
            self.assertEqual(status, 204)
            for name in ("last-event-id", "authorization", "cache-control"):
                self.assertIn(name, fields["access-control-allow-headers"].split(", "))
            self.assertEqual(fields.get("access-control-allow-origin"),
                             None if "c." in origin else origin)
            self.assertEqual(fields["vary"], "Origin")

    def test_the_stream_is_shared_with_the_origins_that_are_named(self):
        for options in ((), ("--origin", "http://a.example")):
            server, path = self.begin(*options)
            for method in ("HEAD", "GET"):
                connection = self.connect(server, (f"{method} {path} HTTP/1.1\r\nHost: x\r\n"
                                                   "Origin: http://a.example\r\n\r\n").encode())
                text = b""
                while b"\r\n\r\n" not in text:
                    text += connection.recv(4096)
                fields = fields_of(text.partition(b"\r\n\r\n")[0])[1]
                self.assertEqual(fields.get("access-control-allow-origin"),
                                 options[1] if options else None)

    def test_head(self):
        server, path = self.begin()
        status, fields, body = self.ask(server, "HEAD", path, Connection="close")
        self.assertEqual((status, body), (200, b""))
        self.assertEqual(fields["content-type"], "text/event-stream")
        self.assertEqual(fields["cache-control"], "no-store, no-transform")

    def test_http_1_0_has_no_chunks(self):
        server, path = self.begin("--life", 1)
        for headers in ({}, {"Connection": "keep-alive"}):
            status, fields, body = self.ask(server, "GET", path, "1.0", **headers)
            self.assertEqual(status, 200)
            self.assertNotIn("transfer-encoding", fields)
            self.assertNotIn("content-length", fields)
            self.assertEqual(len(decode(body)), 1)
            self.assertEqual({line for line in body.split(b"\n") if b": " not in line}, {b""})

    def test_a_stream_is_ended_after_its_time(self):
        server, path = self.begin("--life", 1)
        stream = self.stream(server.address + path)
        self.assertEqual(len(stream.finish()), 1)
        # Who has gone on is sent nothing twice.
        self.assertEqual(self.stream(server.address + path, stream.last_event_id).finish(), [])

    def test_all_get_heartbeats(self):
        server, path = self.begin(*OFTEN)
        streams = [self.stream(server.address + path) for _ in range(10)]
        for stream in streams:
            self.assertIsNotNone(stream.next())
            for _ in range(3):
                self.assertEqual(stream.next_or_comment(), {"comment": ""})

    def test_the_id_in_the_query_counts_where_there_is_no_header(self):
        server, path = self.begin(*OFTEN)
        last = self.stream(server.address + path).next()["id"]
        url = f"{server.address}{path}?lastEventId="
        self.assertEqual(self.stream(url + last).next_or_comment(), {"comment": ""})
        self.assertEqual(self.stream(url + "x", last).next_or_comment(), {"comment": ""})
        self.assertEqual(self.stream(url + last, "x").next()["id"], last)

    def test_as_many_watchers_as_there_may_be_do_not_keep_others_out(self):
        for most, *options in (3, "--most", 3), (200,):
            server, path = self.begin(*OFTEN, *options)
            watchers = [self.hold(server, path) for _ in range(most)]
            status, fields, _ = self.ask(server, "GET", path, Connection="close")
            self.assertEqual(status, 503)
            self.assertTrue(5 <= int(fields["retry-after"]) <= 20)
            for method, other in self.others:
                self.assertIn(server.request(method, other)[0], (200, 201))
            # Those who are gone make room: the heartbeat notices.
            for watcher in watchers[:most // 3]:
                watcher.close()
            wait_until(lambda: self.ask(server, "HEAD", path, Connection="close")[0] == 200,
                       "there is room")
            self.assert_ends_promptly(server)

    def test_no_file_is_left(self):
        server, path = self.begin(*OFTEN, preexec_fn=lambda: resource.setrlimit(
            resource.RLIMIT_NOFILE, (40, 40)))
        connections = []
        while self.files(server) < 40:
            connections.append(self.hold(server, path))
        # These wait until there is a file for them.
        waiting = [self.connect(server, f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
                   for _ in range(3)]
        for connection in connections:
            connection.close()
        for connection in waiting:
            self.assertNotEqual(connection.recv(15), b"")
        wait_until(lambda: self.ask(server, "HEAD", path, Connection="close")[0] == 200,
                   "there are files")
        self.assertIsNotNone(self.stream(server.address + path).next())
        self.assert_ends_promptly(server)

    def files(self, server):
        return len(os.listdir(f"/proc/{server.process.pid}/fd"))
