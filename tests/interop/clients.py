# SPDX-License-Identifier: MIT
"""What a client makes of the streams. A client is a process that is given a stream a line and says
a line of what it has read. Its first line says what it is:

    runtime  what it runs in
    takes    "bytes" if it is given chunks, else it connects
    gives    what it gives of an event beside its data: "type"; "id", the last one, or "own"
    dress    of an SDK: the type and the data of its vendor's events
    returns  whether it comes back by itself
    without  the traps that are not tried, for it is not the client that would fail
    plain    whether it is told of the chunks alone, in hexadecimal digits, and answers so"""
import asyncio
import json
import re

import serve
import streams

STARTS = 180    # seconds, until it has said its first line; some are compiled first
PATIENCE = 120  # seconds, for a stream
ENDS = 5       # seconds, once its input has ended
STAY = 2        # seconds, for one that is not to come back so soon
LONG_STAY = 15  # seconds, for one that is to come back
TRIES = 3       # of one that does not come back as it should: a busy machine may be late
LONG = 120      # what of a text is kept
MOST = 3        # of the deviations from vectors, cuts and what the writer writes, as many are kept


class Hangs(Exception):
    pass


def from_plain(line):
    """An answer in hexadecimal digits: events of a type, data and an ID; or `!` and an error."""
    if line.startswith("!"):
        return {"error": line[1:].strip()}
    events = [[streams.text(part) for part in event.split(":")] for event in line.split()]
    return {"events": [dict(zip(("type", "data", "id"), event)) for event in events]}


class Client:
    def __init__(self, command, folder, log):
        self.command, self.folder, self.log = command, folder, log
        self.process = None
        self.is_plain = False

    async def start(self):
        self.process = await asyncio.create_subprocess_exec(
            *self.command, cwd=self.folder, stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE, stderr=self.log, limit=2**24)
        about = json.loads(await self.hear(STARTS))
        self.is_plain = about.get("plain", False)
        return about

    async def hear(self, seconds):
        try:
            line = await asyncio.wait_for(self.process.stdout.readline(), seconds)
        except asyncio.TimeoutError:
            await self.end()
            raise Hangs from None
        if not line:
            await self.end()
            raise EOFError
        return line

    async def ask(self, question):
        if self.process.returncode is not None:
            await self.start()
        line = json.dumps(question)
        if self.is_plain:
            line = " ".join(question["chunks"])
        self.process.stdin.write(line.encode() + b"\n")
        await self.process.stdin.drain()
        line = await self.hear(PATIENCE + question["stay"] / 1000)
        return from_plain(line.decode()) if self.is_plain else json.loads(line)

    async def end(self):
        """It ends with its input; else it is killed."""
        if self.process.returncode is None:
            self.process.stdin.close()
            try:
                await asyncio.wait_for(self.process.wait(), ENDS)
            except asyncio.TimeoutError:
                self.process.kill()
        await self.process.wait()


def shown(value):
    """A text as it is kept: short."""
    return value if len(value) <= LONG else f"{value[:20]}… ({len(value)} characters)"


def expected(stream, about, dress):
    gives = about["gives"]
    events = []
    for event in stream.reads:
        if "dress" in about:
            text = dress.text_of(event["data"])
            if text is not None:
                events.append({"data": text})
        else:
            events.append({key: event[key] for key in ("data", *gives)})
    return events


def plain(event, gives):
    """An event as it is compared. Many parsers do not tell an empty ID from none."""
    kept = {key: event.get(key) for key in ("data", *gives)}
    if "own" in kept:
        kept["own"] = kept["own"] or None
    return kept


def deviation(stream, answer, about, dress):
    """What the client made of the stream if not what the standard does."""
    gives = [key for key in about["gives"] if key not in stream.without]
    wanted = [plain(event, gives) for event in expected(stream, about, dress)]
    seen = [plain(event, gives) for event in answer.get("events", [])]
    error = answer.get("error")
    if seen == wanted and not error:
        return None
    pieces = [b"".join(stream.chunks)] if len(stream.chunks) == 1 else stream.chunks
    cause = {"stream": shown(dress.shorten(" | ".join(piece.decode(errors="replace")
                                                      for piece in pieces)))}
    for key, events in (("reads", seen), ("standard", wanted)):
        cause[key] = [{k: shown(v) if isinstance(v, str) else v for k, v in event.items()}
                      for event in events[:6]]
    if error:
        cause["error"] = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", error)
    return cause


def returned(stream, arrivals):
    """What was otherwise when the client came back."""
    wanted = stream.back
    back = arrivals[1] if len(arrivals) > 1 else None
    if back is None:
        return None if wanted.least and not wanted.most else "does not come back"
    if wanted.least and back.wait < wanted.least:
        return "comes back too early"
    if wanted.most and back.wait > wanted.most:
        return "comes back later"
    if wanted.least:
        return None
    given = back.last_event_id
    if (given or b"") == wanted.last_event_id.encode():
        return None
    if given is None:
        return "comes back with the ID in the query alone" if "?" in back.path else "comes back without the ID"
    return f"comes back with the ID `{given.decode(errors='replace')}`, in bytes {given.hex(' ')}"


class Looker:
    """Gives one client all streams."""

    def __init__(self, client, about, server):
        self.client, self.about, self.server = client, about, server
        dress = about.get("dress") or {}
        self.dress = streams.Dress(dress.get("type"), dress.get("data", "TEXT"))

    async def ask(self, stream, stay=0):
        """Gives it a stream; `stay`: and that many seconds to come back."""
        question = {"name": stream.name, "types": streams.types_in(stream.chunks), "stay": stay * 1000,
                    "url": self.server.offer(stream.chunks, stay),
                    "chunks": [chunk.hex() for chunk in stream.chunks]}
        try:
            return await self.client.ask(question)
        except Hangs:
            return {"error": "hangs"}
        except (EOFError, ConnectionError):
            return {"error": "the program ends"}

    async def traps(self):
        found = {}
        for stream in streams.trap_streams(self.dress):
            if stream.trap in self.about.get("without", ()):
                continue
            cause = deviation(stream, await self.ask(stream), self.about, self.dress)
            found.setdefault(stream.trap, [])
            if cause:
                found[stream.trap].append(cause)
        return found

    async def returns(self):
        found = {}
        for stream in streams.return_streams():
            for _ in range(TRIES):
                # One that is to come waits for a busy machine; one that is not, for a while only.
                is_to_come = stream.back.most or not stream.back.least
                await self.ask(stream, LONG_STAY if is_to_come else STAY)
                cause = returned(stream, self.server.arrivals)
                if not cause:
                    break
            found[stream.trap] = cause and {
                "stream": stream.chunks[0].decode(), "reads": cause}
        return found

    async def count(self, many):
        """How many of these the client misreads, and some of them."""
        total, causes = 0, []
        for stream in many:
            total += 1
            cause = deviation(stream, await self.ask(stream), self.about, self.dress)
            if cause:
                causes.append({"name": stream.name, **cause})
        return {"given": total, "misread": [cause["name"] for cause in causes][:200],
                "count": len(causes), "some": causes[:MOST]}


async def look(command, folder, log):
    """All that the client whose command this is makes of them."""
    server = serve.Server()
    await server.listen()
    client = Client(command, folder, log)
    try:
        about = await client.start()
        looker = Looker(client, about, server)
        kept = {key: about[key] for key in ("runtime", "takes", "gives") if key in about}
        seen = {"about": kept, "traps": await looker.traps()}
        if "dress" not in about:
            seen["vectors"] = await looker.count(streams.vectors())
            seen["written"] = await looker.count(streams.written())
            if about.get("takes") == "bytes":
                seen["cuts"] = await looker.count(streams.cuts())
        if about.get("returns"):
            seen["returns"] = await looker.returns()
        return seen
    finally:
        server.close()
        if client.process:
            await client.end()
