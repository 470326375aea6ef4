# SPDX-License-Identifier: MIT
"""What servers' libraries write. Each is told to send some events, and then one whose data are
`end`; what comes is read by our parser."""
import json
import re
import select
import socket
import subprocess
import time

import checked
import streams
from clients import Hangs

PATIENCE = 5  # seconds of silence: the library keeps the connection, or sends nothing
STARTS = 180  # seconds; some are compiled first

# A case, what it is, and what the library is given: the members of an event.
CASES = [
    ("text", "a text", {"data": "a"}),
    ("lines", "two lines", {"data": "a\nb"}),
    ("crlf", "two lines with CRLF between them", {"data": "a\r\nb"}),
    ("cr", "two lines with CR between them", {"data": "a\rb"}),
    ("line-end", "a line end at the end of the data", {"data": "a\n"}),
    ("blank", "a space at the start of the data", {"data": " a"}),
    ("empty", "empty data", {"data": ""}),
    ("typed-empty", "a type, and empty data", {"type": "t", "data": ""}),
    ("type", "a type", {"type": "t", "data": "a"}),
    ("id", "an ID", {"id": "7", "data": "a"}),
    ("id-0", "the ID 0", {"id": "0", "data": "a"}),
    ("id-empty", "an empty ID", {"id": "", "data": "a"}),
    ("retry", "`retry`", {"retry": 2000, "data": "a"}),
    ("retry-0", "`retry` of 0", {"retry": 0, "data": "a"}),
    ("object", "an object, as JSON", {"data": {"a": 1}}),
    ("unicode", "characters of two and three bytes", {"data": "\u00e9\u2603"}),
    ("comment", "a comment", {"comment": "c"}),
]

FIELDS = ("content-type", "cache-control", "x-accel-buffering", "content-encoding", "transfer-encoding",
          "content-length", "connection")


def receive(port, path):
    """The response's head, and its body, up to the event `end`."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n"
                           .encode())
        received = b""
        try:
            while b"\r\n\r\n" not in received or (
                    b"end" not in (rest := received.partition(b"\r\n\r\n")[2])
                    or not rest.partition(b"end")[2].replace(b"\r", b"").count(b"\n") >= 2):
                chunk = connection.recv(65536)
                if not chunk:
                    break
                received += chunk
        except (TimeoutError, ConnectionError):
            pass
    head, _, body = received.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if fields.get("transfer-encoding") == "chunked":
        body = unchunked(body)
    return status, fields, body


def wait_for(port):
    """Some say that they listen a moment before they do."""
    end = time.monotonic() + STARTS
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.1)


def unchunked(body):
    whole = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        if not size or not (length := int(size.split(b";")[0], 16)):
            break
        whole, body = whole + body[:length], body[length + 2:]
    return whole


def wanted(case, as_json):
    """The event of a case, as the parser gives it."""
    data = case["data"]
    if as_json or not isinstance(data, str):
        data = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    return {"type": case.get("type", "message"), "data": data.replace("\r\n", "\n").replace("\r", "\n"),
            "own": case.get("id")}


def in_words(event, expected):
    members = [f"{key} {json.dumps(value, ensure_ascii=False)}" for key, value in event.items()
               if value != expected[key]]
    return ", ".join(members).replace("own", "ID")


def judge(case, body, as_json):
    """What of the case does not come, in words; None if all of it does."""
    [answer] = streams.standard("read", given=body.hex() + "\n")
    [read] = streams.read([streams.Stream("", None, [body])])
    events = [event for event in read.reads if event["data"].strip('"') != "end"]
    if "comment" in case:
        is_comment = any(line[:1] == b":" and b"c" in line for line in body.splitlines())
        return None if is_comment and not events else "no comment"
    expected = wanted(case, as_json)
    seen = [{key: event[key] for key in expected} for event in events]
    if "id" not in case:
        for event in [*seen, expected]:
            event["own"] = None  # some number their events by themselves
    if "retry" in case and answer["retry"] != case["retry"]:
        return "no such `retry`"
    if expected in seen:
        return None
    return "; ".join(in_words(event, expected) for event in seen[:2]) or "nothing"


def look(command, folder, log):
    cases = [case for _, _, case in CASES]
    process = subprocess.Popen([*command, json.dumps(cases)], cwd=folder, stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=log)
    try:
        if not select.select([process.stdout], [], [], STARTS)[0]:
            raise Hangs
        about = json.loads(process.stdout.readline() or "null")
        if about is None:
            raise EOFError
        seen = {"about": {"runtime": about["runtime"]}, "cases": {}}
        wait_for(about["port"])
        as_json = False
        for i, (name, _, case) in enumerate(CASES):
            if any(member in case for member in about["lacks"]):
                continue
            try:
                status, fields, body = receive(about["port"], f"/{i}")
            except OSError as error:
                status, fields, body = str(error), {}, b""
            if i == 0:
                as_json = seen["as_json"] = b'"a"' in body
                seen["head"] = {"status": status, **{key: fields[key] for key in FIELDS if key in fields}}
            # Some number their events by the clock.
            written = re.sub(r"\b\d{10}\b", "TIME", body.decode(errors="replace"))[:300]
            seen["cases"][name] = {"given": case, "written": written,
                                   "differs": judge(case, body, as_json)}
        seen["check"] = checked.server(about["port"], seen["head"], *(
            i for i, (name, *_) in enumerate(CASES) if name == "id" and name in seen["cases"]))
        return seen
    finally:
        process.stdin.close()
        process.stdout.close()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
