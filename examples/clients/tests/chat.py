#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tests of chat.cpp: CHAT=program python3 chat.py [CLASS[.TEST]]"""
import contextlib
import json
import os
import unittest

from server import CUT, HOLD, Server, answer, chunked, pieces
from support import Client, TestCase, recorded

STREAM, EVENTS = recorded("openai-chat")
TEXT = "".join(json.loads(event["data"])["choices"][0]["delta"].get("content", "")
               for event in EVENTS[:-1]).encode() + b"\n"


def chat(server, prompt="Why?", key="secret", **options):
    environment = {name: value for name, value in os.environ.items() if name != "OPENAI_API_KEY"}
    if key is not None:
        environment["OPENAI_API_KEY"] = key
    url = server if isinstance(server, str) else server.url
    return Client(os.environ["CHAT"], url, "a-model", prompt, env=environment, **options)


def delta(text):
    return b"data: %s\n\n" % json.dumps({"choices": [{"delta": {"content": text}}]}).encode()


class Chat(TestCase):
    def run_chat(self, script):
        """Exit code, output, and diagnostics."""
        with Server(script) as server, chat(server) as client:
            return client.wait(), bytes(client.out), client.err.decode()

    def test_the_request(self):
        prompt = "Say \"ü\\n\" and\nno more …"
        with Server(answer(STREAM)) as server, chat(server, prompt) as client:
            self.assertEqual(client.wait(), 0)
            request, = server.requests
        self.assertEqual((request.method, request.target), ("POST", "/events"))
        self.assertEqual(request.headers["authorization"], b"Bearer secret")
        self.assertEqual(request.headers["content-type"], b"application/json")
        self.assertEqual(request.headers["accept"], b"text/event-stream")
        self.assertEqual(json.loads(request.body), {
            "model": "a-model", "stream": True, "messages": [{"role": "user", "content": prompt}]})

    def test_without_a_key_none_is_sent(self):
        with Server(answer(STREAM)) as server, chat(server, key=None) as client:
            self.assertEqual(client.wait(), 0)
            self.assertNotIn("authorization", server.requests[0].headers)

    def test_the_text_is_that_of_the_recorded_stream(self):
        self.assertIn("☂️".encode(), TEXT)

        def check(size):
            self.assertEqual(self.run_chat(chunked(*pieces(STREAM, size))), (0, TEXT, ""))
        self.for_all([1, 2, 3, 7, 64, 997, len(STREAM)], check)

    def test_done_ends_it_though_the_connection_stays(self):
        behind = b"data: {\"error\":\"behind the end\"}\n\n"
        for script in [answer(STREAM, HOLD), chunked(STREAM, HOLD), answer(STREAM + behind, HOLD)]:
            self.assertEqual(self.run_chat(script), (0, TEXT, ""))

    def test_text_comes_at_once(self):
        with Server(chunked(delta("early"), HOLD)) as server, chat(server) as client:
            client.wait_for(b"early")
            self.assertEqual(client.end()[0], 0)

    def test_messages_without_text_are_passed_over(self):
        others = [{}, {"choices": []}, {"choices": [], "usage": {"tokens": 7}}, {"error": None},
                  {"choices": [{"delta": {}}]}, {"choices": [{"delta": {"content": None}}]},
                  {"choices": [{"delta": {"tool_calls": [{"index": 0}]}}]}, {"choices": {"0": 1}},
                  [], 1]
        stream = b": comment\n\n" + b"".join(b"data: %s\n\n" % json.dumps(other).encode()
                                            for other in others)
        script = answer(delta("a"), stream, delta("b"), b"data: [DONE]\n\n")
        self.assertEqual(self.run_chat(script), (0, b"ab\n", ""))

    def test_a_refusal_is_told(self):
        def refuses(status, *body, **options):
            code, out, err = self.run_chat(answer(*body, status=status, **options))
            self.assertEqual((code, out), (1, b""))
            return err
        json_type = dict(type="application/json")
        body = b'{"error": {"message": "Incorrect key", "code": "invalid_api_key"}}'
        self.assertEqual(refuses("401 No", body, **json_type), "chat: status 401: Incorrect key\n")
        self.assertEqual(refuses("404 No", b'{"error":"no model"}', **json_type),
                         "chat: status 404: no model\n")
        self.assertEqual(refuses("429 No", b'{"error":{"type":"slow"}}', **json_type),
                         'chat: status 429: {"type":"slow"}\n')
        self.assertEqual(refuses("500 No", b"Oops", type="text/html"), "chat: status 500: Oops\n")
        self.assertEqual(refuses("503 No", b""), "chat: status 503: \n")
        self.assertEqual(refuses("307 Go", b"", headers=["Location: /"]), "chat: status 307: \n")
        self.assertEqual(refuses("200 OK", b'{"error":"x"}', **json_type), "chat: status 200: x\n")
        self.assertLess(len(refuses("500 No", 1_000_000 * b"x", HOLD)), 100_000)

    def test_an_error_in_the_stream_is_told(self):
        for data, told in {'{"error":{"message":"overloaded"},"choices":[]}': "overloaded",
                           '{"error":"overloaded"}': "overloaded",
                           "<html>": "not JSON: <html>", '{"choi': 'not JSON: {"choi'}.items():
            script = answer(delta("some"), f"data: {data}\n\n".encode(), HOLD)
            self.assertEqual(self.run_chat(script), (1, b"some\n", f"chat: {told}\n"))

    def test_an_event_that_is_too_large_is_told(self):
        script = answer(delta("some"), delta((17 << 20) * "x"), HOLD)
        self.assertEqual(self.run_chat(script), (1, b"some\n", "chat: an event is too large\n"))

    def test_an_answer_that_is_cut_off_is_told(self):
        some = delta("some")
        for script in [answer(some), chunked(some), chunked(some, 0.1, CUT),
                       answer(some, b"data: {\"cho"), answer(some, b"data: [DONE]\n")]:
            code, out, err = self.run_chat(script)
            self.assertEqual((code, out, err[:14]), (3, b"some\n", "chat: cut off:"))

    def test_without_a_server_it_fails(self):
        with Server((0.05, CUT)) as server, chat(server) as client:
            self.assertEqual((client.wait(), client.out), (3, b""))
        with chat(server.url) as client:
            self.assertEqual((client.wait(), client.out), (3, b""))

    def test_signals_end_it_at_once(self):
        for script in [chunked(delta("x"), HOLD), (HOLD,)]:
            @contextlib.contextmanager
            def start():
                with Server(script) as server, chat(server) as client:
                    server.wait_for_requests(1)
                    client.wait_until_idle()
                    yield client

            self.assert_ends_at_once(start)

    def test_wrong_usage_is_told(self):
        with Client(os.environ["CHAT"], "http://127.0.0.1/", "model") as client:
            self.assertEqual((client.wait(), client.err[:6]), (2, b"usage:"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
