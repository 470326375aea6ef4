# SPDX-License-Identifier: MIT
"""The streams that clients are given, and what the standard makes of them: traps, the conformance
vectors, and what the writer writes.

A trap is a form that is right by the standard, and that some clients misread. Its streams are made
of events that the client is at home with: in a client's dress an event's data are an answer of its
vendor's in JSON, and its type is the one that the vendor gives it."""
import collections
import json
import pathlib
import re
import subprocess

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent
BUILD = ROOT / "build" / "interop"

# `reads` is what the standard makes of `chunks`, `trap` the name of the trap if it is one. Of the
# members of an event those in `without` are another trap's.
Stream = collections.namedtuple("Stream", "name trap chunks reads back without",
                                defaults=(None, None, ()))

# What a client that comes back is looked at for, and by which stream.
Back = collections.namedtuple("Back", "last_event_id least most", defaults=("", 0, None))


class Dress:
    """How a client's vendor dresses an event whose data are some text."""

    def __init__(self, kind=None, data="TEXT"):
        self.type = f"event: {kind}\n" if kind else ""
        self.data = data
        self.is_plain = data == "TEXT"

    def __call__(self, text):
        """The data of an event with a text."""
        return text if self.is_plain else self.data.replace("TEXT", json.dumps(text)[1:-1])

    def event(self, text, above="", below=""):
        return f"{above}{self.type}data: {self(text)}\n{below}\n"

    def odd(self, text):
        """An event whose text is not escaped, as JSON allows."""
        return f"{self.type}data: {self.data.replace('TEXT', text)}\n\n"

    def shorten(self, stream):
        """A stream in which a text alone stands for the data that have it."""
        if self.is_plain:
            return stream
        before, after = self.data.split("TEXT")
        return stream.replace(before, "‹").replace(after, "›")

    def text_of(self, data):
        """The text in data as this dress makes them; None if they are of other making."""
        if self.is_plain:
            return data
        before, after = self.data.split("TEXT")
        flat = data.replace("\n", "").strip(" ")
        if not (flat.startswith(before) and flat.endswith(after)):
            return None
        return json.loads('"' + flat[len(before):len(flat) - len(after)] + '"', strict=False)


def ends(line, blank):
    """Gives another end to the lines, and to blank ones."""
    return lambda text: re.sub("\n(\n?)", lambda found: line + (blank if found[1] else ""), text)


crlf = ends("\r\n", "\r\n")
cr = ends("\r", "\r")


def two(d):
    return d.event("1") + d.event("2")


def around(block):
    """A block that is no event, in front of events and between them."""
    return lambda d: [block + d.event("1"), d.event("1") + block + d.event("2")]


def inside(line):
    """A line above the data, of both events or of the second one."""
    return lambda d: [d.event("1", above=line) + d.event("2", above=line),
                      d.event("1") + d.event("2", above=line)]


def below(line):
    return lambda d: [d.event("1", below=line) + d.event("2", below=line)]


def split(d):
    data = d("12")
    return [f"{d.type}data: {data[:1]}\ndata: {data[1:]}\n\n" + d.event("2")]


def typed(kind):
    """An event of a type that the vendor does not have; with data that only an SDK's own have."""
    return lambda d: None if d.type else [f"event: {kind}\ndata: {d('1')}\n\n" + d.event("2")]


def cut(text, *parts):
    """A stream, as bytes, in two chunks: cut behind each of these."""
    whole = text.encode()
    places = [whole.index(part) + len(part) for part in parts]
    return [whole[i:j] for i, j in zip([0, *places], [*places, len(whole)])]


# The name of a trap, what it is, and its streams in a dress: a list of texts, or of lists of chunks
# of bytes; None if it is none in this dress.
TRAPS = [
    ("plain", "events of a `data` line each", lambda d: [two(d), [
        d.event("1").encode(), d.event("2").encode()]]),
    ("comment-alone", "a comment between blank lines, as a heartbeat is", around(": c\n\n")),
    ("comment-above", "a comment above the data", inside(": c\n")),
    ("comment-below", "a comment below the data", below(": c\n")),
    ("id-above", "an ID above the data", inside("id: 7\n")),
    ("id-below", "an ID below the data", below("id: 7\n")),
    ("id-alone", "a block with an ID alone", around("id: 7\n\n")),
    ("id-empty", "an empty ID", lambda d: [
        d.event("1", above="id: 7\n") + d.event("2", above="id:\n")]),
    ("id-carried", "an event without an ID behind one that has one", lambda d: [
        d.event("1", above="id: 7\n") + d.event("2")]),
    ("retry-above", "`retry` above the data", inside("retry: 3000\n")),
    ("retry-below", "`retry` below the data", below("retry: 3000\n")),
    ("retry-alone", "a block with `retry` alone", around("retry: 3000\n\n")),
    ("type-message", "`event: message`", typed("message")),
    ("type-other", "an event of another type", typed("other")),
    ("type-error", "`event: error`", typed("error")),
    ("type-missing", "no type where the vendor gives one", lambda d: d.type and [
        f"data: {d('1')}\n\n" + d.event("2"), d.event("1") + f"data: {d('2')}\n\n"]),
    ("type-below", "a type below the data", lambda d: None if d.type else [
        d.event("1", below="event: other\n") + d.event("2")]),
    ("type-alone", "a type without data", around("event: other\n\n")),
    ("type-empty", "an empty type", lambda d: None if d.type else [
        d.event("1", above="event: \n") + d.event("2")]),
    ("data-empty", "an event whose data are empty", around("data: \n\n")),
    ("data-bare", "a `data` line without a colon", around("data\n\n")),
    ("lines", "data in two lines", split),
    ("no-space", "no space behind the colon", lambda d: [
        re.sub("(?m)^([a-z]+): ", r"\1:", two(d))]),
    ("blanks", "blanks in front of the data and behind them", lambda d: [
        f"{d.type}data:  {d('1')} \n\n" + d.event("2")]),
    ("unknown", "an unknown field", inside("x: y\n")),
    ("crlf", "CRLF", lambda d: [crlf(two(d))]),
    ("cr", "CR", lambda d: [cr(two(d) + ": c\n")]),
    ("cr-last", "a CR is the last byte", lambda d: [cr(two(d))]),
    ("mixed-ends", "a blank line that ends unlike the line above it", lambda d: [
        ends("\n", "\r\n")(two(d)), ends("\r\n", "\n")(two(d))]),
    ("mark", "a byte order mark", lambda d: ["\ufeff" + two(d)]),
    ("blank-lines", "more than one blank line", lambda d: ["\n" + d.event("1") + "\n\n" + d.event("2")]),
    ("separators", "U+2028, U+0085 and form feed are no line ends", lambda d: [
        d.odd("1\u20282") + d.event("2"), d.odd("1\u00852") + d.event("2")]),
    ("unfinished", "the last event has no blank line", lambda d: [
        d.event("1") + d.event("2")[:-1], d.event("1") + d.event("2")[:-2]]),
    ("done", "`[DONE]` at the end", lambda d: [two(d) + "data: [DONE]\n\n"]),
    ("large", "an event of 300 kB", lambda d: [d.event("x" * 300_000) + d.event("2")]),
    ("cut-crlf", "CRLF cut in two by chunks", lambda d: [
        cut(crlf(two(d)), d("1").encode() + b"\r"), cut(crlf(two(d)), d("1").encode() + b"\r\n\r")]),
    ("cut-character", "a character cut in two by chunks", lambda d: [
        cut(d.odd("\u00e92") + d.event("2"), b"\xc3")]),
    ("cut-mark", "a byte order mark cut in two by chunks", lambda d: [
        cut("\ufeff" + two(d), b"\xef")]),
    ("cut-bytes", "a byte a chunk", lambda d: [[bytes([b]) for b in (
        d.event("1") + d.event("2")).encode()]]),
]

# What is told of clients that come back by themselves: the stream, and what must come behind it.
RETURNS = [
    ("back-id", "`Last-Event-ID`", "id: 7\nretry: 200\ndata: 1\n\n", Back("7")),
    ("back-carried", "the ID, behind an event without one",
     "id: 7\nretry: 200\ndata: 1\n\ndata: 2\n\n", Back("7")),
    ("back-alone", "an ID that came alone", "retry: 200\nid: 7\ndata: 1\n\nid: 8\n\n", Back("8")),
    ("back-reset", "no ID, behind an empty one", "retry: 200\nid: 7\ndata: 1\n\nid\ndata: 2\n\n", Back("")),
    ("back-unfinished", "not the ID of an event without its blank line",
     "retry: 200\nid: 7\ndata: 1\n\nid: 8\ndata: 2\n", Back("7")),
    ("back-latin", "the ID `é` as UTF-8", "id: é\nretry: 200\ndata: 1\n\n", Back("é")),
    ("back-wide", "the ID `☃` as UTF-8", "id: ☃\nretry: 200\ndata: 1\n\n", Back("☃")),
    ("retry", "`retry: 600`", "retry: 600\ndata: 1\n\n", Back("", 0.55, 1.2)),
    ("retry-line", "`retry` that no blank line follows", "retry: 600\n", Back("", 0.55, 1.2)),
    ("retry-junk", "`retry: 50x` is ignored", "retry: 50x\ndata: 1\n\n", Back("", 0.5)),
    ("retry-huge", "`retry: 2147483648` is long", "retry: 2147483648\ndata: 1\n\n", Back("", 1.8)),
]


def standard(*arguments, given=""):
    """What the program of this name prints, a line of JSON each."""
    result = subprocess.run([BUILD / "standard", *arguments], input=given, text=True, check=True,
                            stdout=subprocess.PIPE)
    return [json.loads(line) for line in result.stdout.splitlines()]


def text(digits):
    return None if digits is None else bytes.fromhex(digits).decode(errors="replace")


def read(streams):
    """Gives streams their `reads`."""
    streams = list(streams)
    given = "".join(b"".join(stream.chunks).hex() + "\n" for stream in streams)
    for stream, answer in zip(streams, standard("read", given=given), strict=True):
        events = [{key: text(value) for key, value in event.items()} for event in answer["events"]]
        yield stream._replace(reads=events)


def trap_streams(dress):
    streams = []
    for name, _, make in TRAPS:
        for i, made in enumerate(make(dress) or (), 1):
            chunks = [made.encode()] if isinstance(made, str) else made
            without = ("id",) if name == "id-alone" else ()  # that is id-carried
            streams.append(Stream(f"{name}-{i}", name, chunks, without=without))
    return list(read(streams))


def return_streams():
    return list(read(Stream(name, name, [stream.encode()], None, back)
                     for name, _, stream, back in RETURNS))


def vectors():
    streams = []
    for vector in json.loads((ROOT / "tests/conformance/parser.json").read_text()):
        if "initial_last_event_id" in vector:
            continue
        chunks = ([bytes.fromhex(chunk) for chunk in vector["chunks_hex"]] if "chunks_hex" in vector
                  else [chunk.encode() for chunk in vector["chunks"]])
        streams.append(Stream(vector["name"], None, chunks))
    return list(read(streams))


def written():
    """What the writer writes, each between two events."""
    streams = []
    for i, answer in enumerate(standard("write"), 1):
        event = bytes.fromhex(answer["bytes"])
        streams.append(Stream(f"writer-{i}", None, [b"data: 1\n\n" + event + b"data: 2\n\n"], None))
    return list(read(streams))


def cuts():
    """The shorter vectors and what is written, cut at each byte."""
    for stream in [*vectors(), *written()]:
        whole = b"".join(stream.chunks)
        if len(whole) <= 100:
            for place in range(1, len(whole)):
                yield stream._replace(name=f"{stream.name} cut at {place}",
                                      chunks=[whole[:place], whole[place:]])


def types_in(chunks):
    """What a client must listen for, lest it miss an event."""
    found = re.findall(rb"(?:^|[\r\n])(?:\xef\xbb\xbf)?event: ?([^\r\n]*)", b"".join(chunks))
    return sorted({kind.decode(errors="replace") for kind in found} - {""} | {"message"})
