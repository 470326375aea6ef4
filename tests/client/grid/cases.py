# SPDX-License-Identifier: MIT
"""The cases of the grid: what a server answers to the first connection, the second, and so on. To
all further ones it says stop (204)."""
import collections

# What a server does with a connection: the bytes that it sends, and how it ends it: "close", or
# "reset" it, or close it and "refuse" all others for a while.
Step = collections.namedtuple("Step", "sent end")
Case = collections.namedtuple("Case", "name does steps")

EVENT_STREAM = ("Content-Type: text/event-stream",)
EVENT = b"data: x\n\n"
QUICK = b"retry: 500\n"  # which browsers take as it is


def head(status, *fields):
    lines = [f"HTTP/1.1 {status} Whatever", *fields, "Cache-Control: no-store", "Connection: close"]
    return "\r\n".join([*lines, "", ""]).encode()


def chunk(body):
    return b"%x\r\n%s\r\n" % (len(body), body)


def answer(status=200, fields=EVENT_STREAM, body=EVENT, end="close"):
    """A whole response."""
    if status in (204, 304):
        return Step(head(status, *fields), end)
    return Step(head(status, *fields, f"Content-Length: {len(body)}") + body, end)


def redirect(status=302, target="target"):
    return answer(status, (f"Location: {target}",), b"")


def chunked(body=EVENT, last=b"0\r\n\r\n", end="close"):
    return Step(head(200, *EVENT_STREAM, "Transfer-Encoding: chunked") + chunk(body) + last, end)


STOP = answer(204, ())
SILENCE = Step(b"", "close")
RESET = Step(b"", "reset")


def refusals():
    for status in (201, 204, 205, 206, 300, 304, 400, 401, 404, 407, 408, 410, 425, 429, 500, 501,
                   502, 503, 504):
        yield Case(f"status-{status}", f"{status}, an event stream", [answer(status)])
    for status in (429, 503):
        yield Case(f"status-{status}-retry-after", f"{status} with `Retry-After: 1`",
                   [answer(status, (*EVENT_STREAM, "Retry-After: 1"))])
    yield Case("status-200-retry-after", "200 with `Retry-After: 2`, and its end",
               [answer(200, (*EVENT_STREAM, "Retry-After: 2"), QUICK + EVENT)])
    yield Case("status-103-200", "103, then 200, and its end",
               [Step(b"HTTP/1.1 103 Hints\r\n\r\n" + answer(body=QUICK + EVENT).sent, "close")])
    yield Case("status-503-later", "a stream, then 503", [answer(body=QUICK + EVENT), answer(503)])


def media_types():
    for name, *values in (
            ("exact", "text/event-stream"),
            ("charset", "text/event-stream; charset=utf-8"),
            ("charset-upper-case", "text/event-stream;charset=UTF-8"),
            ("charset-utf8", "text/event-stream; charset=utf8"),
            ("charset-latin1", "text/event-stream; charset=iso-8859-1"),
            ("parameter", "text/event-stream; a=b"),
            ("semicolon", "text/event-stream;"),
            ("upper-case", "TEXT/EVENT-STREAM"),
            ("none",),
            ("empty", ""),
            ("html", "text/html"),
            ("plain", "text/plain"),
            ("longer", "text/event-streams"),
            ("no-slash", "event-stream"),
            ("any", "*/*"),
            ("comma-html", "text/event-stream, text/html"),
            ("html-comma", "text/html, text/event-stream"),
            ("twice", "text/event-stream", "text/event-stream"),
            ("then-html", "text/event-stream", "text/html"),
            ("html-then", "text/html", "text/event-stream")):
        fields = [f"Content-Type: {value}" for value in values]
        does = " and ".join(f"`{field}`" for field in fields) or "no media type"
        yield Case(f"type-{name}", does, [answer(200, fields, QUICK + EVENT)])
    yield Case("type-later", "a stream, then `Content-Type: text/html`",
               [answer(body=QUICK + EVENT), answer(200, ("Content-Type: text/html",))])


def redirects():
    for status in (301, 302, 303, 307, 308):
        yield Case(f"redirect-{status}", f"{status} to a stream that ends, another that ends",
                   [redirect(status), answer(body=QUICK + EVENT), answer()])
    for status in (301, 302):
        yield Case(f"redirect-{status}-silence", f"a stream, {status}, 12 times no response",
                   [answer(body=QUICK + EVENT), redirect(status), *[SILENCE] * 12])
        yield Case(f"redirect-{status}-refused", f"a stream, {status} while all is refused, one",
                   [answer(body=QUICK + EVENT), redirect(status)._replace(end="refuse"), answer()])
        yield Case(f"redirect-{status}-refused-later",
                   f"{status} to a stream that ends, then all is refused",
                   [redirect(status), answer(body=QUICK + EVENT, end="refuse")])
        yield Case(f"redirect-{status}-no-location", f"{status} without `Location`",
                   [answer(status, (), b"")])
        yield Case(f"redirect-{status}-20", f"{status}, 20 in a row to a stream that ends",
                   [*(redirect(status, i) for i in range(1, 21)), answer(body=QUICK + EVENT)])
        yield Case(f"redirect-{status}-21", f"{status}, 21 in a row",
                   [redirect(status, i) for i in range(1, 22)])
        yield Case(f"redirect-{status}-loop", f"{status} to itself, 21 times",
                   [redirect(status, "start")] * 21)
    yield Case("redirect-again", "302, 11 in a row to a stream that ends, twice",
               2 * [*(redirect(302, i) for i in range(1, 12)), answer(body=QUICK + EVENT)])
    for first, second in ((301, 302), (302, 301), (307, 308), (308, 307)):
        yield Case(f"redirect-{first}-{second}", f"{first}, then {second} to a stream that ends",
                   [redirect(first, "one"), redirect(second, "two"), answer(body=QUICK + EVENT)])
    yield Case("redirect-300", "300 with `Location`", [redirect(300)])
    yield Case("redirect-id", "a stream with ID 7, then 302 to a stream that ends",
               [answer(body=QUICK + b"id: 7\n" + EVENT), redirect(), answer()])
    yield Case("redirect-body", "302 with an event with ID 7, to a stream that ends",
               [answer(302, (*EVENT_STREAM, "Location: target"), b"id: 7\n" + EVENT),
                answer(body=QUICK + EVENT)])
    yield Case("redirect-later", "a stream, 301 to another, 301 to a third",
               [answer(body=QUICK + EVENT), redirect(301), answer(), redirect(301, "third"),
                answer()])
    yield Case("redirect-404", "302 to 404", [redirect(), answer(404)])
    for status in (301, 302):
        for name, target in (("empty", ""), ("invalid", "http://[1"), ("scheme", "about:blank"),
                             ("data", "data:text/event-stream,data:x")):
            yield Case(f"redirect-{status}-{name}", f"{status} with `Location: {target}`",
                       [redirect(status, target)])


def retries():
    for name, text in (
            ("0", "0"), ("10", "10"), ("1500", "1500"), ("empty", ""), ("no-number", "12x"),
            ("negative", "-10"), ("space", " 10"), ("leading-zeros", "00000000000000001500"),
            ("20-digits", "9" * 20), ("2-31-1", 2**31 - 1), ("2-31", 2**31),
            ("2-32-1500", 2**32 + 1500), ("2-64-1500", 2**64 + 1500)):
        yield Case(f"retry-{name}", f"`retry: {text}`, and the end",
                   [answer(body=f"retry: {text}\n".encode() + EVENT)])
    yield Case("retry-none", "no `retry`, and the end", [answer()])
    yield Case("retry-stays", "`retry: 1500`, the end, a stream without, the end",
               [answer(body=b"retry: 1500\n" + EVENT), answer()])
    yield Case("retry-changes", "`retry: 1500`, `retry: 10`, the end",
               [answer(body=b"retry: 1500\n\nretry: 10\n\n" + EVENT)])


def ids():
    for name, does, value in (
            ("none", "no ID", None),
            ("ascii", "`id: 7`", b"7"),
            ("space-inside", "`id: a b`", b"a b"),
            ("leading-space", "an ID with a space in front", b" a"),
            ("trailing-space", "an ID with a space behind", b"a "),
            ("tab-inside", "an ID with TAB inside", b"a\tb"),
            ("utf-8", "`id: \u00e9\u2026\U0001f600`", "\u00e9\u2026\U0001f600".encode()),
            ("invalid-utf-8", "an ID with the byte FF", b"a\xffb"),
            ("control", "an ID with the byte 01", b"a\1b"),
            ("delete", "an ID with the byte 7F", b"a\x7fb"),
            ("nul", "an ID with NUL", b"a\0b"),
            ("4096", "an ID of 4096 bytes", b"a" * 4096),
            ("4097", "an ID of 4097 bytes", b"a" * 4097)):
        field = b"" if value is None else b"id: " + value + b"\n"
        yield Case(f"id-{name}", f"{does}, and the end", [answer(body=QUICK + field + EVENT)])
    for name, does, body in (
            ("reset", "`id: 7` with data, `id` with data", b"id: 7\ndata: x\n\nid\ndata: x\n\n"),
            ("no-data", "`id: 7` with data, `id: 8` without", b"id: 7\ndata: x\n\nid: 8\n\n"),
            ("stays", "`id: 7` with data, data without an ID", b"id: 7\ndata: x\n\ndata: x\n\n")):
        yield Case(f"id-{name}", f"{does}, and the end", [answer(body=QUICK + body)])
    yield Case("id-half", "ID 7, half an event with `id: 8`, the end, a stream without, the end",
               [answer(body=QUICK + b"id: 7\n" + EVENT + b"id: 8\ndata: x\n"), answer()])
    yield Case("id-stays-failure", "ID 7, RST instead of a response, a stream without, the end",
               [answer(body=QUICK + b"id: 7\n" + EVENT), RESET, answer(), answer()])


def ends():
    whole = head(200, *EVENT_STREAM) + EVENT
    long = head(200, *EVENT_STREAM, "Content-Length: 1000")
    yield Case("end-chunked", "the end of a chunked body", [chunked()])
    yield Case("end-close", "the end of the connection, no length", [Step(whole, "close")])
    yield Case("end-no-event", "the end, without an event", [answer(body=b"")])
    yield Case("end-comment", "a comment, and the end", [answer(body=b":\n\n")])
    yield Case("end-half", "half an event with `retry: 500`, and the end",
               [answer(body=QUICK + b"data: x\n")])
    yield Case("end-reset", "RST in mid-body, three times", [Step(long + EVENT, "reset")] * 3)
    yield Case("end-reset-quick", "`retry: 500`, RST in mid-body",
               [Step(long + QUICK + EVENT, "reset")])
    yield Case("end-cut-chunk", "a cut chunk", [chunked(last=b"10\r\ndata: y\n\n")])
    yield Case("end-no-last-chunk", "no last chunk", [chunked(last=b"")])
    yield Case("end-bad-chunk", "a chunk whose length is no number", [chunked(last=b"zz\r\n")])
    yield Case("end-short", "a body shorter than its length", [Step(long + EVENT, "close")])
    yield Case("end-half-head", "half a head",
               [Step(b"HTTP/1.1 200 OK\r\nContent-Type: text/ev", "close")])
    yield Case("end-no-http", "what is not HTTP",
               [Step(b"data: what is this?\n\n" * 100, "close")])
    yield Case("end-silence", "no response at first", [SILENCE])
    yield Case("end-silence-later", "`retry: 500`, then 12 times no response",
               [answer(body=QUICK + EVENT), *[SILENCE] * 12])
    yield Case("end-silence-reset", "`retry: 500`, then 12 times RST instead of a response",
               [answer(body=QUICK + EVENT), *[RESET] * 12])
    yield Case("end-refused", "refused at first", [Step(None, "refuse")])
    yield Case("end-refused-later", "`retry: 500`, the end, then refused",
               [answer(body=QUICK + EVENT, end="refuse")])
    yield Case("end-refused-slow", "`retry: 1500`, the end, then refused",
               [answer(body=b"retry: 1500\n" + EVENT, end="refuse")])

ALL = [*refusals(), *media_types(), *redirects(), *retries(), *ids(), *ends()]
