#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tests of chat.cpp: CHAT=program python3 chat.py [CLASS[.TEST]]"""
import contextlib
import gzip
import json
import os
import unittest

from dialects import (CUT_OFF, DIALECTS, DONE, HI, LARGE, STOP, completed, delta, finish, messages,
                      responses)
from server import CUT, HOLD, Server, answer, chunked, pieces
from support import Client, TestCase, recorded, reserved_port

STREAM, EVENTS = recorded("openai-chat")
TEXT = "".join(json.loads(event["data"])["choices"][0]["delta"].get("content", "")
               for event in EVENTS[:-1]).encode() + b"\n"


def chat(server, *arguments, target="/events", keys=None, **options):
    environment = {name: value for name, value in os.environ.items() if "API_KEY" not in name}
    url = server if isinstance(server, str) else server.url.replace("/events", target)
    return Client(os.environ["CHAT"], url, "a-model", *(arguments or ["Why?"]),
                  env={**environment, **(keys or {})}, **options)


def without_end(*body):
    """A script: a response that breaks off behind its body, and nothing of that is lost."""
    return chunked(*body, HOLD)[:-1]


class ChatCase(TestCase):
    def run_chat(self, script, *arguments):
        """Exit code, output, and diagnostics."""
        with Server(script) as server, chat(server, *arguments) as client:
            return client.wait(), bytes(client.out), client.err.decode()


class Dialects(ChatCase):
    def check(self, stream, text, code, said, size):
        code_seen, out, err = self.run_chat(chunked(*pieces(stream, size)))
        self.assertEqual((code_seen, out), (code, text.encode() + b"\n"), err[:1000])
        if said.endswith("…"):
            said = f"chat: {said[:-1]}"
            self.assertEqual(err[:len(said)], said)
            self.assertLess(len(err), 5000)
        else:
            self.assertEqual(err, f"chat: {said}\n" if said else "")

    def test_each_is_taken_for_what_it_is(self):
        cases = [(name, size) for name, (stream, *_) in DIALECTS.items()
                 for size in (1, 3, 64, 997, 1 << 20) if len(stream) < 1500 * size]
        self.for_all(cases, lambda case: self.check(*DIALECTS[case[0]], case[1]))

    def test_large_ones(self):
        for name, row in LARGE.items():
            with self.subTest(name):
                self.check(*row, 1 << 20)

    def test_recorded_messages(self):
        stream, events = recorded("anthropic-message")
        deltas = [json.loads(event["data"]).get("delta", {}) for event in events]
        text = "".join(part.get("text", "") for part in deltas)
        self.assertEqual(text[:12], "A blank line")
        self.for_all([1, 7, 64, 997, len(stream)], lambda size: self.check(
            stream, text, 0, 'note: the answer ended with "tool_use"', size))

    def test_cut_anywhere_it_is_whole_or_cut_off(self):
        answers = {HI + delta("you") + DONE: b"[DONE]",
                   HI + delta("you") + finish("stop"): b'"stop"}]}',
                   responses(completed("completed"))[-1200:]: b'"error": null}}',
                   messages("end_turn", STOP)[-700:]: b'"end_turn"}}'}
        cases = [(stream[:size], size >= stream.rindex(end) + len(end))
                 for stream, end in answers.items() for size in range(0, len(stream) + 1, 5)]

        def check(case):
            stream, is_whole = case
            code, out, err = self.run_chat(answer(stream))
            self.assertEqual((code, err), (0, "") if is_whole else (3, f"chat: {CUT_OFF}\n"))
            self.assertTrue(b"Hi you".startswith(out[:-1]), out)
            self.assertTrue(out == b"Hi you\n" or not is_whole, out)
        self.for_all(cases, check)


class Chat(ChatCase):
    def test_the_text_is_that_of_the_recorded_stream(self):
        self.assertIn("☂️".encode(), TEXT)

        def check(size):
            self.assertEqual(self.run_chat(chunked(*pieces(STREAM, size))), (0, TEXT, ""))
        self.for_all([1, 2, 3, 7, 64, 997, len(STREAM)], check)

    def test_the_end_is_seen_though_the_connection_stays_or_breaks(self):
        def check(stream):
            for script in [answer(stream, HOLD), chunked(stream, HOLD), without_end(stream)]:
                self.assertEqual(self.run_chat(script), (0, b"Hi you\n", ""))
        self.for_all([HI + delta("you") + DONE, HI + delta("you") + finish("stop"),
                      HI + delta("you", finish_reason="stop"),
                      responses(completed("completed")), messages("end_turn", STOP)], check)

    def test_an_error_is_seen_though_the_connection_stays(self):
        script = chunked(HI, b"error: x\n", HOLD)
        self.assertEqual(self.run_chat(script), (1, b"Hi \n", "chat: x\n"))

    def test_text_comes_at_once(self):
        with Server(chunked(delta("early"), HOLD)) as server, chat(server) as client:
            client.wait_for(b"early")
            self.assertEqual(client.end()[0], 0)

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
        self.assertEqual(refuses("404 No", b'{"detail":"Not Found"}', **json_type),
                         "chat: status 404: Not Found\n")
        self.assertEqual(refuses("429 No", b'{"error":{"type":"slow"}}', **json_type),
                         'chat: status 429: {"error":{"type":"slow"}}\n')
        self.assertEqual(refuses("429 No", b'{"error":"slow"}', headers=["Retry-After: 20"]),
                         "chat: status 429, Retry-After: 20: slow\n")
        self.assertEqual(refuses("500 No", b"Oops", type="text/html"), "chat: status 500: Oops\n")
        self.assertEqual(refuses("503 No", b""), "chat: status 503: \n")
        self.assertEqual(refuses("307 Go", b"", headers=["Location: /"]), "chat: status 307: \n")
        self.assertEqual(refuses("200 OK", b'{"error":"x"}', **json_type), "chat: status 200: x\n")
        self.assertEqual(refuses("200 OK", b'{"choices":[]}', **json_type),
                         'chat: status 200: {"choices":[]}\n')
        self.assertEqual(refuses("200 OK", HI, type=None)[:23], "chat: status 200: data:")
        self.assertEqual(refuses("400 No", 60_000 * b"[")[:21], "chat: status 400: [[[")
        self.assertLess(len(refuses("500 No", 1_000_000 * b"x", HOLD)), 5000)

    def test_an_answer_that_is_cut_off_is_told(self):
        for script in [(b"HTTP/1.1 200 OK\r\n",), answer(type=None)]:
            code, out, err = self.run_chat(script)
            self.assertEqual((code, out, err[:14]), (3, b"", "chat: cut off:"))
        for script in [answer(HI), chunked(HI), without_end(HI)]:
            code, out, err = self.run_chat(script)
            self.assertEqual((code, out, err[:14]), (3, b"Hi \n", "chat: cut off:"))
        code, out, err = self.run_chat(chunked(HI, CUT))  # a reset may overtake what was sent
        self.assertEqual((code, err[:14]), (3, "chat: cut off:"))
        self.assertIn(out, [b"", b"\n", b"Hi \n"])

    def test_text_that_cannot_be_written_is_told(self):
        for stream in [HI + DONE, delta("Hi", finish_reason="stop"), DONE]:
            with open("/dev/full", "wb") as full, Server(answer(stream)) as server:
                with chat(server, stdout=full) as client:
                    self.assertEqual((client.wait(), client.err.decode()),
                                     (3, "chat: cut off: cannot write\n"))

    def test_compression_that_nobody_asked_for(self):
        packed = gzip.compress(HI + DONE)
        headers = ["Content-Encoding: gzip"]
        self.assertEqual(self.run_chat(answer(packed, headers=headers)), (0, b"Hi \n", ""))
        code, out, err = self.run_chat(answer(b"data: plain\n\n", headers=headers))
        self.assertEqual((code, out, err[:14]), (3, b"\n", "chat: cut off:"))

    def test_endless_heads_and_trailers_are_refused(self):
        line = b"X: " + 1000 * b"x" + b"\r\n"
        told = "chat: the response's head is too large\n"
        self.assertEqual(self.run_chat((b"HTTP/1.1 200 OK\r\n", 200 * line, HOLD)), (1, b"", told))
        self.assertEqual(self.run_chat(chunked(HI, HOLD)[:-1] + (b"0\r\n", 200 * line, HOLD)),
                         (1, b"Hi \n", told))

    def test_a_server_that_is_quiet_is_given_up(self):
        quiet, whole = (3, "chat: cut off: the server is quiet\n"), (0, "")
        cases = [((HOLD,), b"", quiet), (chunked(HI, HOLD), b"Hi \n", quiet),
                 (chunked(HI + DONE[:-1], HOLD), b"Hi \n", whole),  # but for its last line end
                 (chunked(HI + finish("stop")[:-2], HOLD), b"Hi \n", whole)]

        def check(case):
            script, out, (code, err) = case
            self.assertEqual(self.run_chat(script, "Why?", "15"), (code, out, err))
        self.for_all(cases, check)

    def test_a_server_with_heartbeats_is_not_given_up(self):
        script = chunked(*40 * [b": beat\n\n", 0.3], HI + DONE)
        self.assertEqual(self.run_chat(script, "Why?", "10"), (0, b"Hi \n", ""))

    def test_without_a_server_it_fails(self):
        with Server((0.05, CUT)) as server, chat(server) as client:
            self.assertEqual((client.wait(), client.out), (3, b""))
        with reserved_port() as port, chat(f"http://127.0.0.1:{port}/") as client:
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


class Requests(ChatCase):
    PROMPT = "Say \"ü\\n\" and\nno more …"
    KEYS = {"OPENAI_API_KEY": "open", "ANTHROPIC_API_KEY": "anthropic"}
    MESSAGES = [{"role": "user", "content": PROMPT}]

    def request(self, target, keys=KEYS):
        with Server(answer(DONE)) as server:
            with chat(server, self.PROMPT, target=target, keys=keys) as client:
                self.assertEqual(client.wait(), 0)
            request, = server.requests
        self.assertEqual((request.method, request.target), ("POST", target))
        self.assertEqual(request.headers["content-type"], b"application/json")
        self.assertEqual(request.headers["accept"], b"text/event-stream")
        return request.headers, json.loads(request.body)

    def test_of_chat_completions(self):
        for target in ["/v1/chat/completions", "/", "/a?b=/messages", "/messages/x", "/xmessages"]:
            headers, body = self.request(target)
            self.assertEqual(headers["authorization"], b"Bearer open")
            self.assertNotIn("x-api-key", headers)
            self.assertEqual(body, {"model": "a-model", "stream": True, "messages": self.MESSAGES})

    def test_of_responses(self):
        headers, body = self.request("/openai/v1/responses?api-version=7")
        self.assertEqual(headers["authorization"], b"Bearer open")
        self.assertEqual(body, {"model": "a-model", "stream": True, "input": self.PROMPT})

    def test_of_messages(self):
        headers, body = self.request("/v1/messages?beta=true")
        self.assertEqual(headers["x-api-key"], b"anthropic")
        self.assertEqual(headers["anthropic-version"], b"2023-06-01")
        self.assertNotIn("authorization", headers)
        self.assertEqual(body, {"model": "a-model", "stream": True, "max_tokens": 4096,
                                "messages": self.MESSAGES})

    def test_without_a_key_none_is_sent(self):
        for target in ["/v1/chat/completions", "/v1/responses", "/v1/messages"]:
            headers, _ = self.request(target, keys={})
            self.assertFalse({"authorization", "x-api-key"} & set(headers))


if __name__ == "__main__":
    unittest.main(verbosity=2)
