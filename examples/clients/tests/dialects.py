# SPDX-License-Identifier: MIT
"""What model servers send, and what chat.cpp is to make of it: see chat.py."""
import json


def data(*values, type=None):
    """An event for each value."""
    head = b"" if type is None else b"event: %s\n" % type.encode()
    return b"".join(b"%sdata: %s\n\n" % (head, json.dumps(value).encode()) for value in values)


def delta(text, **choice):
    return data({"choices": [{"index": 0, "delta": {"content": text}, **choice}]})


def finish(reason, **message):
    return data({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}], **message})


def typed(*messages):
    """Events of Responses and Messages: their types are in the data, too."""
    return b"".join(data(message, type=message["type"]) for message in messages)


def responses(*last):
    def piece(kind, **fields):
        return {"type": f"response.{kind}", "output_index": 0, "item_id": "i", **fields}
    return typed(
        piece("created", response={"status": "in_progress", "error": None, "output": []}),
        piece("output_item.added", item={"type": "reasoning"}),
        piece("reasoning_summary_text.delta", delta="not this"),
        piece("content_part.added", part={"type": "output_text", "text": ""}),
        piece("output_text.delta", delta="Hi "), piece("output_text.delta", delta="you"),
        piece("output_text.done", text="Hi you"), *last)


def completed(kind, **response):
    return {"type": f"response.{kind}", "response": {"error": None, **response}}


def messages(reason, *last):
    def block(kind, **fields):
        return {"type": f"content_block_{kind}", "index": 0, **fields}
    return typed(
        {"type": "message_start", "message": {"role": "assistant", "content": []}},
        block("start", content_block={"type": "thinking", "thinking": ""}), {"type": "ping"},
        block("delta", delta={"type": "thinking_delta", "thinking": "not this"}),
        block("start", content_block={"type": "text", "text": ""}),
        block("delta", delta={"type": "text_delta", "text": "Hi "}),
        block("delta", delta={"type": "text_delta", "text": "you"}),
        block("delta", delta={"type": "input_json_delta", "partial_json": "not this"}),
        block("stop"), {"type": "message_delta", "delta": {"stop_reason": reason}}, *last)


STOP, DONE = {"type": "message_stop"}, b"data: [DONE]\n\n"
HI = delta("Hi ")
OVERLOADED = {"type": "error", "error": {"type": "overloaded_error", "message": "overloaded"}}
CUT_OFF = "cut off: the stream ended before the answer"


def deep(open, close, levels=100_000):
    return b"data: " + levels * open + b"1" + levels * close + b"\n\n"


# The stream, the text, the exit code, and what is said: its beginning, if it ends with `…`.
DIALECTS = {
    # How an answer ends
    "done": (HI + delta("you") + DONE, "Hi you", 0, ""),
    "done, and blanks missing": (HI.replace(b": ", b":") + b"data:[DONE]\n\n", "Hi ", 0, ""),
    "done, CRLF": ((HI + DONE).replace(b"\n", b"\r\n"), "Hi ", 0, ""),
    "done, CR": ((HI + DONE).replace(b"\n", b"\r"), "Hi ", 0, ""),
    "done without a blank line": (HI + b"data: [DONE]\n", "Hi ", 0, ""),
    "done without a line end": (HI + b"data: [DONE]", "Hi ", 0, ""),
    "done before it began": (DONE, "", 0, ""),
    "done, and an error behind it": (HI + DONE + data({"error": "late"}), "Hi ", 0, ""),
    "finish_reason": (HI + finish("stop"), "Hi ", 0, ""),
    "finish_reason, text with it": (HI + delta("you", finish_reason="stop"), "Hi you", 0, ""),
    "finish_reason with each piece": (2 * delta("x", finish_reason="stop"), "xx", 0, ""),
    "finish_reason, usage, done": (HI + finish("stop") + data({"choices": [], "usage": {}}) + DONE,
                                   "Hi ", 0, ""),
    "finish_reason without a blank line": (HI + finish("stop")[:-1], "Hi ", 0, ""),
    "finish_reason without a line end": (HI + finish("stop")[:-2], "Hi ", 0, ""),
    "no finish_reason yet": (delta("a", finish_reason=None) + delta("b", finish_reason=""), "ab",
                             3, CUT_OFF),
    "nothing": (b"", "", 3, CUT_OFF),
    "no end": (HI, "Hi ", 3, CUT_OFF),
    "cut in an event": (HI + HI[:20], "Hi ", 3, CUT_OFF),
    "cut in done": (HI + DONE[:-4], "Hi ", 3, CUT_OFF),
    "Responses": (responses(completed("completed", status="completed")), "Hi you", 0, ""),
    "Responses, done behind it": (responses(completed("completed")) + DONE, "Hi you", 0, ""),
    "Responses without an end": (responses(), "Hi you", 3, CUT_OFF),
    "Responses, types in the events only": (
        data({"delta": "Hi "}, type="response.output_text.delta") +
        data({"response": {}}, type="response.completed"), "Hi ", 0, ""),
    "Responses, types in the data only": (
        data({"type": "response.output_text.delta", "delta": "Hi "}, completed("completed")),
        "Hi ", 0, ""),
    "Messages": (messages("end_turn", STOP), "Hi you", 0, ""),
    "Messages, stop sequence": (messages("stop_sequence", STOP), "Hi you", 0, ""),
    "Messages without message_stop": (messages("end_turn"), "Hi you", 0, ""),
    "Messages without an end": (messages(None), "Hi you", 3, CUT_OFF),
    "refused by the model": (
        data({"choices": [{"delta": {"content": "", "refusal": "I won't"}}]}) + DONE,
        "I won't", 0, ""),
    "refused by the model, Responses": (
        typed({"type": "response.refusal.delta", "delta": "I won't"}, completed("completed")),
        "I won't", 0, ""),

    # Ends that are noted
    "length": (HI + finish("length") + DONE, "Hi ", 0, 'note: the answer ended with "length"'),
    "tool_calls": (HI + finish("tool_calls") + DONE, "Hi ", 0,
                   'note: the answer ended with "tool_calls"'),
    "incomplete": (responses(completed("incomplete", incomplete_details={
        "reason": "max_output_tokens"})), "Hi you", 0,
        'note: the answer ended with "max_output_tokens"'),
    "incomplete, and no reason": (responses(completed("incomplete")), "Hi you", 0,
                                  'note: the answer ended with "incomplete"'),
    "max_tokens": (messages("max_tokens", STOP), "Hi you", 0,
                   'note: the answer ended with "max_tokens"'),

    # Ends that are errors
    "content_filter": (HI + finish("content_filter") + DONE, "Hi ", 1,
                       'the answer ended with "content_filter"'),
    "finish_reason error": (HI + finish("error") + DONE, "Hi ", 1, 'the answer ended with "error"'),
    "finish_reason error, told": (HI + finish("error", error={"code": 502, "message": "gone"}),
                                  "Hi ", 1, "gone"),
    "incomplete by a filter": (responses(completed("incomplete", incomplete_details={
        "reason": "content_filter"})), "Hi you", 1, 'the answer ended with "content_filter"'),
    "refusal": (messages("refusal", STOP), "Hi you", 1, 'the answer ended with "refusal"'),
    "failed": (responses(completed("failed", error={"code": "server_error", "message": "Oops"})),
               "Hi you", 1, "Oops"),
    "failed, and no reason": (data(completed("failed")), "", 1,
                              '{"type": "response.failed", "response": {"error": null}}'),
    "failed, the type in the event only": (
        data({"response": {"error": {"message": "Oops"}}}, type="response.failed"), "", 1, "Oops"),

    # Errors
    "a field": (b'error: {"code":400,"message":"too long"}\n\n' + DONE, "", 1, "too long"),
    "a field without a space": (HI + b'error:{"error":{"message":"x"}}\n\n' + DONE, "Hi ", 1, "x"),
    "a field of plain text": (b"error: no slot\n\n" + DONE, "", 1, "no slot"),
    "a field without a line end": (HI + b"error: gone", "Hi ", 1, "gone"),
    "other fields": (b'foo: {"error":"x"}\nbar\n{"a":1}\n' + HI + DONE, "Hi ", 0, ""),
    "bare JSON": (HI + b'{"error":{"message":"x"}}', "Hi ", 1, "x"),
    "an event": (HI + data({"message": "overloaded"}, type="error") + DONE, "Hi ", 1, "overloaded"),
    "an event of plain text": (HI + b"event: error\ndata: Oops\n\n" + DONE, "Hi ", 1, "Oops"),
    "an event without data": (HI + b"event: error\nid: 1\n\n" + DONE, "Hi ", 1,
                              "the server tells an error"),
    "an event with empty data": (HI + b"event: error\ndata\n\n" + DONE, "Hi ", 1,
                                 "the server tells an error"),
    "an event that is cut": (HI + b'event: error\ndata: {"mess', "Hi ", 1, '{"mess'),
    "an event, Messages": (typed(OVERLOADED), "", 1, "overloaded"),
    "an event, Responses": (responses({"type": "error", "code": "x", "message": "slow down"}),
                            "Hi you", 1, "slow down"),
    "a type in the data": (data(OVERLOADED) + DONE, "", 1, "overloaded"),
    "an object": (data({"object": "error", "message": "no model"}) + DONE, "", 1, "no model"),
    "a member": (HI + data({"error": {"message": "overloaded"}, "choices": []}) + DONE, "Hi ", 1,
                 "overloaded"),
    "a member, text with it": (data({"error": "x", "choices": [{"delta": {"content": "Hi "}}]}),
                               "Hi ", 1, "x"),
    "a text": (HI + data({"error": "overloaded"}) + DONE, "Hi ", 1, "overloaded"),
    "no text": (data({"error": {"code": 7}}) + DONE, "", 1, '{"error": {"code": 7}}'),
    "a flag": (data({"error": True, "message": "x"}) + DONE, "", 1, "x"),
    "an empty object": (data({"error": {}}) + DONE, "", 1, '{"error": {}}'),
    "none": (data({"error": None}, {"error": False}, {"error": ""}) + HI + DONE, "Hi ", 0, ""),
    "a page": (HI + b"data: <html>\n\n" + DONE, "Hi ", 1, "not a message: <html>"),
    "half an event": (HI + b'data: {"choi\n\n' + DONE, "Hi ", 1, 'not a message: {"choi'),
    "too deep": (HI + deep(b"[", b"]") + DONE, "Hi ", 1, "not a message: [[[…"),
    "too deep, members": (deep(b'{"a":[', b"]}") + DONE, "", 1, 'not a message: {"a":[{"a":[{…'),
    "too deep, an error": (b'data: {"error":' + 100_000 * b"[", "", 3, CUT_OFF),
    "too deep, a broken error": (b'data: {"error":' + 100_000 * b"[" + b"\n\n", "", 1,
                                 'not a message: {"error":[[[…'),
    "too deep, an event": (b"event: error\n" + deep(b"[", b"]"), "", 1, "[[[…"),
    "too deep, a field": (b"error: " + 100_000 * b"[" + b"\n\n", "", 1, "[[[…"),
    "deep": (deep(b"[", b"]", 4000) + HI + DONE, "Hi ", 0, ""),

    # What is passed over
    "empty data": (b"data:\n\ndata\n\ndata: \n\n" + HI + DONE, "Hi ", 0, ""),
    "no data": (b"retry: 3000\n\nid: 3\n\nevent: ping\n\n: beat\n\n" + HI + DONE, "Hi ", 0, ""),
    "pings": (b"event: ping\ndata: 12:30\n\n" + typed({"type": "ping"}) + HI + DONE, "Hi ", 0, ""),
    "a byte order mark": (b"\xef\xbb\xbf" + HI + DONE, "Hi ", 0, ""),
    "JSON over two lines": (b'data: {"choices":\ndata: [{"delta":{"content":"Hi "}}]}\n\n' + DONE,
                            "Hi ", 0, ""),
    "messages without text": (
        data({}, {"choices": []}, {"choices": None}, {"choices": {"0": 1}}, {"choices": [1]}, [], 1,
             {"choices": [{"delta": {}}]}, {"choices": [{"delta": {"content": None}}]},
             {"choices": [{"delta": {"content": "", "tool_calls": [{"index": 0}]}}]}) + HI + DONE,
        "Hi ", 0, ""),
}
# Large ones are not sent in small pieces.
LARGE = {
    "an event that is too large": (HI + delta((17 << 20) * "x") + HI + DONE, "Hi ", 1,
                                   "an event is too large"),
    "a line that is too large": (HI + b"error: " + (17 << 20) * b"x" + b"\n\n" + DONE, "Hi ", 1,
                                 "an event is too large"),
    "too many values": (b"data: [" + 5_000_000 * b"{}," + b"1]\n\n" + DONE, "", 1,
                        "not a message: [{},{},…"),
    "a large text": (delta((15 << 20) * "x") + DONE, (15 << 20) * "x", 0, ""),
    "a large error": (data({"error": (15 << 20) * "x"}), "", 1, "xxxx…"),
}
