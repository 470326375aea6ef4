# SPDX-License-Identifier: MIT
"""What `ssewire check URL` says of what servers' libraries write, and of what comes through proxies:
whether it is what is wrong there, and nothing else."""
import asyncio
import os
import re

from streams import BUILD

TOOL = BUILD / "tool" / "examples" / "ssewire" / "ssewire"
LONGEST = 60  # seconds
FOLLOWS = 3   # seconds, of a stream that goes on

# What the tool says of a head, and of which ones it has to: of the fields, by their lower-case names.
OF_HEADS = [
    ("a Content-Length of", lambda fields: "content-length" in fields),
    ('Transfer-Encoding "identity"', lambda fields: fields.get("transfer-encoding") == "identity"),
    ('Content-Encoding "identity"', lambda fields: fields.get("content-encoding") in ("identity", "none")),
    ('no "no-store"', lambda fields: "no-store" not in fields.get("cache-control", "")),
    ('no "no-transform"', lambda fields: "no-transform" not in fields.get("cache-control", "")),
    ('no "X-Accel-Buffering: no"', lambda fields: fields.get("x-accel-buffering") != "no"),
    ("no chunks", lambda fields: not {"content-length", "transfer-encoding"} & {*fields}
     or fields.get("transfer-encoding") == "identity"),
]


async def check(url, *options, seconds=LONGEST, proxy=None):
    """The tool's findings, but for those of single events."""
    environment = {name: value for name, value in os.environ.items()
                   if name.lower() not in ("http_proxy", "no_proxy")}
    environment |= {"http_proxy": proxy} if proxy else {"no_proxy": "127.0.0.1"}
    process = await asyncio.create_subprocess_exec(
        TOOL, "check", url, "--max-time", str(seconds), *options, env=environment,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
    out, _ = await process.communicate()
    return [line for line in out.decode().splitlines() if not re.match(r"\d+:\d+: event: ", line)]


async def proxy(port, is_forward, origin, seen):
    """What it says wrongly of what comes through a proxy; None if nothing. `seen` is when it came."""
    async def one(name):
        url = f"http://127.0.0.1:{origin.port if is_forward else port}/{name}-run2"
        found = await check(url, proxy=f"http://127.0.0.1:{port}" if is_forward else None)
        warnings = [line for line in found if ": warning: " in line]
        is_held = not seen[name].startswith("at once")
        return None if bool(warnings) == is_held else f"{name}: {'; '.join(warnings) or 'no warning'}"
    wrong = await asyncio.gather(one("gzip"), one("no-transform"))
    return "; ".join(filter(None, wrong)) or None


def server(port, fields, *with_id):
    """What it says wrongly of a server that sends the same to all; None if nothing. The numbers are
    those of cases whose events have IDs."""
    async def all_cases():
        return await asyncio.gather(*(check(f"http://127.0.0.1:{port}/{number}", seconds=FOLLOWS)
                                      for number in (0, *with_id)))
    plain, *others = asyncio.run(all_cases())
    head = "\n".join(line for line in plain if line.startswith("head: "))
    wrong = [f"{words}: {'said' if words in head else 'not said'}" for words, is_so in OF_HEADS
             if (words in head) != is_so(fields)]
    if not re.match("end: [2-9] events, ", plain[-1]):
        wrong.append(f"it says {plain[-1]}")
    # Who comes back gets the same once more.
    if not all(any("again: warning: " in line for line in found) for found in others):
        wrong.append("it does not say that events come twice")
    return "; ".join(wrong) or None
