# SPDX-License-Identifier: MIT
"""Writes table.md from what was seen of each program."""
import json

import programs
import proxies
import servers
import streams
from streams import HERE

RULES = """1. **An event is one `data` line**: JSON without line ends, a space behind the colon, nothing above it and nothing below it but what the vendor's own server sends.
2. **Heartbeats are comments between events**: never an event, never a type or an ID alone.
3. **`id` and `retry` go to EventSource alone**, and into an event that has data: IDs in all events or in none, short and ASCII; `retry` from 1 ms to 2147483647 ms.
4. **Lines end with LF, there is no byte order mark, and each event ends with a blank line**, the last one too; an end that matters is an event of its own.
5. **The head says `Content-Type: text/event-stream` and `Cache-Control: no-store, no-transform`**, without a charset, compression, or `Content-Length`; each event is flushed as a whole."""

NOTES = """# What programs make of streams otherwise than the standard says

The notes to [the table](table.md), which `bash tests/interop/run` writes too. `⏎` is LF, `␍` CR, `¦` the end of a chunk. In streams for SDKs `‹1›` is an answer of the vendor's with the text `1`.

"""

# What was looked for and is not there.
ABSENT = """No row has: R, for Debian's httr2 0.2.2, httr, curl, httpuv, plumber and shiny know no event streams; Lua, for its lua-http 0.4 has an example that writes the lines by hand, and copas, luasocket and Prosody have nothing; Elixir, of which Debian has the compiler alone."""

SIGNS = {True: "✗", False: "✓", None: "–"}


def load():
    """What was seen of the programs, a list for each kind."""
    found = {"client": [], "server": [], "proxy": []}
    for program in programs.ALL:
        path = HERE / "seen" / f"{programs.file_name(program.name)}.json"
        if path.exists():
            seen = json.loads(path.read_text())
            seen["title"] = program.name if program.npm else f"{program.name} {seen['version']}"
            found[program.kind].append(seen)
    return found


def shown(text):
    """A stream or a text in code: line ends are seen."""
    for what, sign in (("\r\n", "␍⏎"), ("\n", "⏎"), ("\r", "␍"), ("\0", "␀"), ("\ufeff", "<BOM>"),
                       ("\u2028", "<U+2028>"), ("\x85", "<U+0085>"), ("`", "'"), ("|", "¦")):
        text = text.replace(what, sign)
    return f"`{text}`"


def event_in_words(event):
    words = shown(str(event["data"])) if event["data"] else "an empty one"
    kind = event.get("type", "message")
    if kind != "message":
        words += f" of the type {shown(kind)}"
    if event.get("id") or event.get("own"):
        words += f" with the ID {shown(str(event.get('id') or event.get('own')))}"
    return words


def cause_in_words(cause):
    if isinstance(cause["reads"], str):
        return f"of {shown(cause['stream'])} it {cause['reads']}"
    gives = ", ".join(event_in_words(event) for event in cause["reads"][:4]) or "nothing"
    words = f"of {shown(cause['stream'])} it gives {gives}"
    wanted = cause["standard"]
    if cause.get("error"):
        words += f", and says {shown(cause['error'][:80])}"
    wants = ", ".join(event_in_words(event) for event in wanted[:4]) or "nothing"
    return words if wants == gives else f"{words}; by the standard {wants}"


def part(seen, key):
    found = seen.get(key)
    return f"{found['count']} of {found['given']}" if found else "–"


def judged(found):
    return SIGNS[bool(found["check"]) if "check" in found else None]


def agreement(seen):
    found = seen.get("for")
    return f"{found['given'] - len(found['otherwise'])} of {found['given']}" if found else "–"


def row(cells):
    return "| " + " | ".join(cells) + " |"


def table(head, rows):
    return "\n".join([row(head), "|---" * len(head) + "|", *(row(cells) for cells in rows)])


def clients(all_seen):
    names = [name for name, _, _ in streams.TRAPS]
    head = ["client", "seen", "misreads, say", *names, "vectors", "written", "cuts", "`--for`"]
    rows = []
    for seen in all_seen:
        if "failed" in seen:
            rows.append([seen["title"], seen["date"], seen["failed"], *[""] * (len(head) - 3)])
            continue
        traps = seen["traps"]
        signs = [SIGNS[bool(traps[name]) if name in traps else None] for name in names]
        rows.append([seen["title"], seen["date"], example(seen), *signs,
                     *(part(seen, key) for key in ("vectors", "written", "cuts")), agreement(seen)])
    counts = [str(sum(bool(seen.get("traps", {}).get(name)) for seen in all_seen)) for name in names]
    rows.append(["**misread by**", "", "", *counts, "", "", "", ""])
    return table(head, rows)


def returns(all_seen):
    names = [name for name, *_ in streams.RETURNS]
    return table(["client", *names], [
        [seen["title"], *(SIGNS[bool(seen["returns"].get(name))] for name in names)]
        for seen in all_seen if "returns" in seen])


def causes_in(seen):
    """What a client misreads: the names of streams, and what it makes of them."""
    causes = [(name, found[0]) for name, found in seen.get("traps", {}).items() if found]
    causes += [(name, cause) for name, cause in seen.get("returns", {}).items() if cause]
    for key in ("vectors", "written", "cuts"):
        causes += [(cause["name"], cause) for cause in seen.get(key, {}).get("some", ())]
    return causes


def example(seen):
    """A stream that a client misreads."""
    return next((f"`{name}`" for name, _ in causes_in(seen)), "none of the vectors")


def notes(seen):
    causes = causes_in(seen)
    lines = [f"### {seen['title']}", ""]
    about = seen.get("about", {})
    if about:
        lines += [f"With {about['runtime']}.", ""]
    lines += [f"- {name}: {cause_in_words(cause)}" for name, cause in causes]
    if not causes:
        lines.append(seen.get("failed", "It misreads none of the vectors, and none of the other streams."))
    return "\n".join(lines)


def legend(entries):
    return "\n".join(f"- `{name}`: {words}" for name, words, *_ in entries)


def server_table(all_seen):
    names = [name for name, *_ in servers.CASES]
    rows = []
    for seen in all_seen:
        if "failed" in seen:
            rows.append([seen["title"], seen["date"], seen["failed"], *[""] * (len(names) + 2)])
            continue
        signs = [SIGNS[bool(seen["cases"][name]["differs"]) if name in seen["cases"] else None]
                 for name in names]
        head = "; ".join(f"`{key}: {value}`" for key, value in seen["head"].items()
                         if key not in ("status", "transfer-encoding", "connection")
                         or (key, value) == ("transfer-encoding", "identity"))
        rows.append([seen["title"], seen["date"], head, "JSON" if seen["as_json"] else "as it is", *signs,
                     judged(seen)])
    return table(["server", "seen", "head", "writes texts", *names, "check"], rows)


def server_notes(seen):
    lines = [f"### {seen['title']}, as a server", ""]
    causes = [f"- {name}: of {shown(json.dumps(case['given'], ensure_ascii=False))} it writes "
              f"{shown(case['written'])}" + (f"; there comes {case['differs']}" if case["written"] else "")
              for name, case in seen.get("cases", {}).items() if case["differs"]]
    first = seen.get("cases", {}).get("text", {}).get("written", "")
    return "\n".join([*lines, f"It writes {shown(first)} of the text `a` and then `end`." if first else
                      seen.get("failed", "It writes nothing of a text."), "", *causes]).rstrip()


def proxy_table(all_seen):
    names = proxies.NAMES
    rows = []
    for seen in all_seen:
        for variant, found in seen.get("variants", {"default": seen}).items():
            cells = ([found["failed"], *[""] * (len(names) - 1)] if "failed" in found
                     else [*(found.get(name, SIGNS[None]) for name in names[:-1]), judged(found)])
            rows.append([seen["title"], seen["date"], variant, *cells])
    return table(["proxy", "seen", "configuration", *names], rows)


def write():
    found = load()
    counts = {kind: sum("failed" not in seen for seen in all_seen) for kind, all_seen in found.items()}
    text = f"""# What real programs make of an event stream

`bash tests/interop/run` writes this: it was seen by running {counts['client']} clients, {counts['server']} servers' libraries and {counts['proxy']} proxies. Five rules make a stream arrive everywhere:

{RULES}

## Clients

`✓`: as the standard says. `✗`: otherwise, see [the notes](notes.md). `–`: not tried, for the client has no such thing. SDKs are given their vendor's events, and judged by the texts that they hand out.

{legend(streams.TRAPS)}
- `vectors`, `written`, `cuts`: how many are misread of the conformance vectors, of what the writer writes for each combination of fields, and of both when cut at each byte.
- `--for`: of how many streams, of one form and of several, `ssewire check --for` says rightly whether the client misreads them

{clients(found['client'])}

{ABSENT}

Clients that come back by themselves, and with what:

{legend(streams.RETURNS)}

{returns(found['client'])}

## Servers

Each library was told to send one event, and then another with the data `end`. `✓`: a client gets what was meant. Some write a text as JSON.

{legend(servers.CASES)}
- `check`: whether `ssewire check URL` says what is wrong with the head, and that an event comes twice to who comes back, and nothing wrongly

{server_table(found['server'])}

## Proxies and caches

A server sends three events, {proxies.GAP} s apart; the proxy is started with the least configuration that makes it one, and with those lines more that let events through, or hold them back. A cell says when the first event comes: before the second one is sent, before the third, or later.

{legend(proxies.SCENARIOS)}
{legend(proxies.MORE)}

{proxy_table(found['proxy'])}
"""
    (HERE / "table.md").write_text(text)
    parts = [*map(notes, found["client"]), *map(server_notes, found["server"])]
    (HERE / "notes.md").write_text(NOTES + "\n\n".join(parts) + "\n")


if __name__ == "__main__":
    write()
