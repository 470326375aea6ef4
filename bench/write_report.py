# SPDX-License-Identifier: MIT
"""usage: write_report.py <folder of raw results> <folder of reports> <commit> <README.md>
Writes the report of this processor, report.md in a folder of its own, which it prints; what is
drawn to throughput.dat among the raw results; and a row for each processor that has a report to
report.md among the reports, and between the marks in README.md."""
import datetime
import json
import pathlib
import platform
import re
import sys

import by_processor
import recorded
from figures import CORPORA, SPECIALS, Figures
from page import lines, number, table

# What is aimed at, as a multiple of memchr per line: in cache, out of cache.
FLOORS = {"tokens": (1.25, 1.1), "named": (1.4, 1.25), "ticks": (1.8, 1.6), "multi": (1.15, 1.05),
          "large": (0.3, 0.7), "heart": (1.75, 1.6), "crlf": (1.25, 1.15)}
OURS = {"next": "ours, `next`", "events": "ours, `events`", "growing": "ours, `growing_parser`",
        "drain": "ours, `drain`"}
BY_HAND = {"string_by_hand": "by hand, best", "getline_by_hand": "by hand, `std::getline`",
           "erase_by_hand": "by hand, `erase`"}
LIMITS = {"memcpy": "memcpy", "index": "index of line ends", "memchr": "memchr per line"}
CHUNKS = ["1", "8", "64", "1460", "16384", "whole"]

raw, reports = (pathlib.Path(argument) for argument in sys.argv[1:3])
readme = pathlib.Path(sys.argv[4])
parse, write = Figures([raw / "parse.json"]), Figures([raw / "write.json"])
clang = clang_write = None
if (raw / "write-clang.json").exists():
    clang = Figures([raw / "parse-clang.json"])
    clang_write = Figures([raw / "write-clang.json"])


def results_of(name):
    file = raw / f"{name}.json"
    return json.loads(file.read_text()) if file.exists() else {}


node, node_write = results_of("node"), results_of("node-write")
rivals = {}  # speeds by program, and by corpus or corpus/shape
for result in results_of("httplib").get("results", []) + node.get("results", []):
    cut = f"{result['corpus']}/{result['shape']}" if "shape" in result else result["corpus"]
    rivals.setdefault(result["program"], {})[cut] = result["speed"]


def checked(value, floor):
    """A figure, with a mark where it does not reach its floor."""
    return "–" if value is None else number(value) + (" **<**" if value < floor else "")


def cell(name, reference=None):
    if name in parse.wrong:
        return "wrong"
    if name not in parse.speeds:
        return "–"
    speed = number(parse.speeds[name] / 1e9)
    return f"{speed} ({number(parse.ratio(name, reference))})" if reference else speed


def programs_row(title, program, size, chunk):
    return [title] + [cell(f"{program}/{c}/{size}/{chunk}", f"memchr/{c}/{size}") for c in CORPORA]


def rival_cell(speeds, corpus):
    speed = speeds.get(corpus)
    if not isinstance(speed, float):
        return speed or "–"
    return f"{number(speed / 1e9)} ({number(speed / parse.speeds[f'memchr/{corpus}/in'])})"


def processor():
    """Its name, and its numbers: on virtual machines, many have one name."""
    info = pathlib.Path("/proc/cpuinfo").read_text()
    found = {key: re.search(rf"^{key}\s*: (.*)", info, re.MULTILINE)
             for key in ("model name", "cpu family", "model")}
    if not all(found.values()):
        return platform.machine(), ""
    return found["model name"][1], f"family {found['cpu family'][1]}, model {found['model'][1]}"


def header():
    name, numbers = processor()
    sizeof = parse.context["sizeof(sse::parser)"]
    compilers = [f.context["compiler"] for f in (parse, clang) if f]
    lines.extend(["# Benchmarks", "", "Written by `bash bench/report`; see `bench/README.md` for "
                  "how to read it. A figure that misses its floor is marked **<**.", ""])
    table(["", ""], [
        ["processor", name],
        ["its numbers", numbers or "unknown"],
        ["compiler", ", ".join(compilers)],
        ["node", node.get("node", "skipped: not to be had")],
        ["cpp-httplib", results_of("httplib").get("version", "skipped: not to be had")],
        ["commit", sys.argv[3]],
        ["date", datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d")],
    ])
    lines.extend([f"**Score: {number(parse.score())}**" +
                  (f" (clang++: {number(clang.score())})" if clang else ""), "",
                  f"A parser with one idle connection costs sizeof(parser) = {sizeof} bytes plus "
                  "the storage lent.", "", "![throughput](throughput.svg)", ""])


def floors():
    lines.extend(["## Floors", "", "`next`, chunks of 16 KiB, as multiples of memchr per line.",
                  ""])
    heading, rows = ["corpus"], []
    for size in ("in", "out of"):
        heading += [f"floor, {size} cache", "g++", "clang++"]
    for corpus in CORPORA:
        row = [corpus]
        for size, floor in zip(("in", "out"), FLOORS[corpus]):
            row += [str(floor)] + [checked(f and f.to_memchr("next", corpus, size), floor)
                                   for f in (parse, clang)]
        rows.append(row)
    table(heading, rows)

    lines.extend(["How many times as fast as others, where it is least:", ""])
    heading, columns = ["as what", "floor", "g++", "where"], [claims(parse, write)]
    if clang:
        heading += ["clang++", "where"]
        columns.append(claims(clang, clang_write))
    rows = []
    for found in zip(*columns):
        what, floor, _ = found[0]
        rows.append([what, str(floor)])
        for _, _, (ratio, where) in found:
            rows[-1] += [checked(ratio, floor), where]
    table(heading, rows)


def claims(parser, writer):
    """What is measured against others, its floor, the least ratio and where that is."""
    def least(pairs):
        ratios = [(ratio, name) for ratio, name in pairs if ratio is not None]
        return min(ratios) if ratios else (None, "")

    def over_hand(chunk):
        return least((parser.ratio(f"next/{c}/in/{chunk}", f"string_by_hand/{c}/in/{chunk}"), c)
                     for c in CORPORA)
    found = [(f"best by hand, chunks of {chunk}", floor, over_hand(chunk))
             for chunk, floor in (("16384", 1.4), ("64", 1), ("1", 1))]
    for name, speeds in rivals.items():
        found.append((name, 10, least(
            (parser.speeds[f"next/{c}/in/16384"] / speeds[c], c)
            for c in CORPORA if isinstance(speeds.get(c), float))))
    return found + [
        ("writer: memcpy, 250 B", 0.5, (writer.ratio("write/250/0", "memcpy/250/0"), "")),
        ("writer: memcpy, 64 KiB", 0.65, (writer.ratio("write/65536/0", "memcpy/65536/0"), "")),
        ("writer: concatenation, 1,500 B in 25 lines", 1.7,
         (writer.ratio("write/1500/24", "concatenation/1500/24"), "")),
    ]


def parsers():
    lines.extend(["## Parsing", "", "GB/s, and in brackets the multiple of memchr per line. "
                  "In cache, chunks of 16 KiB:", ""])
    rows = [programs_row(title, program, "in", 16384)
            for program, title in {**OURS, **BY_HAND}.items()]
    rows += [[name] + [rival_cell(speeds, c) for c in CORPORA]
             for name, speeds in rivals.items()]
    rows += [[title] + [cell(f"{limit}/{c}/in", f"memchr/{c}/in") for c in CORPORA]
             for limit, title in LIMITS.items()]
    table([""] + CORPORA, rows)

    lines.extend(["Out of cache, chunks of 16 KiB:", ""])
    rows = [programs_row(title, program, "out", 16384)
            for program, title in {**OURS, **BY_HAND}.items()]
    rows += [[title] + [cell(f"{limit}/{c}/out", f"memchr/{c}/out") for c in CORPORA]
             for limit, title in LIMITS.items()]
    table([""] + CORPORA, rows)

    for size, where in (("in", "In"), ("out", "Out of")):
        lines.extend([f"{where} cache, by the size of the chunks:", ""])
        rows = [programs_row(f"{title}, {chunk}", program, size, chunk) for chunk in CHUNKS
                for program, title in {**OURS, **BY_HAND}.items()
                if f"{program}/tokens/{size}/{chunk}" in parse.speeds]
        table([""] + CORPORA, rows)

    lines.extend(["Streams with one size of chunk: an idle stream byte by byte (drip), one line in "
                  "chunks of 4 bytes (huge), tiny events in one chunk of 1 MiB (burst):", ""])
    rows = [[title] + [cell(f"{program}/{c}/in/{chunk}", f"memchr/{c}/in")
                       for c, chunk in SPECIALS.items()]
            for program, title in {**OURS, **BY_HAND}.items()]
    rows += [[name] + [rival_cell(speeds, c) for c in SPECIALS]
             for name, speeds in rivals.items()]
    table([""] + list(SPECIALS), rows)


def writers():
    lines.extend(["## Writing", "", "Nanoseconds for an event, and in brackets the speed as "
                  "multiples of memcpy's and of concatenation's.", ""])
    payloads = [n.split("/", 1)[1] for n in write.speeds if n.startswith("memcpy/")]
    ways = list(dict.fromkeys(name.split("/")[0] for name in write.speeds))
    rows = []
    for payload in payloads:
        size, line_ends = payload.split("/")
        row = [f"{size} B, {line_ends} line ends"]
        for way in ways:
            name = f"{way}/{payload}"
            if name in write.wrong:
                row.append("wrong")
                continue
            row.append(f"{number(int(size) / write.speeds[name] * 1e9)} "
                       f"({number(write.ratio(name, f'memcpy/{payload}'))}; "
                       f"{number(write.ratio(name, f'concatenation/{payload}'))})")
        rows.append(row)
    table(["data"] + ways, rows)

    if not node_write:
        return
    lines.extend(["What servers in node do, with the bytes in a buffer: nanoseconds for an event, "
                  "and in brackets the multiple of what our `write` takes.", ""])
    speeds = {(r["program"], r["payload"]): r["speed"] for r in node_write["results"]}
    programs = list(dict.fromkeys(program for program, _ in speeds))
    rows = []
    for payload in payloads:
        size, line_ends = payload.split("/")
        row = [f"{size} B, {line_ends} line ends"]
        for program in programs:
            speed = speeds[program, payload]
            row.append(speed if speed == "wrong" else f"{number(int(size) / speed * 1e9)} "
                       f"({number(write.speeds[f'write/{payload}'] / speed)})")
        rows.append(row)
    table(["data"] + programs, rows)


def cost():
    lines.extend(["## Floods", "", "```", (raw / "cost.txt").read_text().rstrip(), "```"])


def chart():
    """Columns for gnuplot: one for each program, a row for each corpus."""
    columns = {"next": "ours", "string_by_hand": "by hand, best", "getline_by_hand": "std::getline",
               "erase_by_hand": "by hand, erase"}
    rows = [["corpus", *columns.values(), *rivals]]
    for corpus in CORPORA:
        row = [parse.to_memchr(program, corpus) for program in columns]
        for speeds in rivals.values():
            speed = speeds.get(corpus)
            row.append(speed / parse.speeds[f"memchr/{corpus}/in"]
                       if isinstance(speed, float) else None)
        rows.append([corpus] + ["?" if value is None else f"{value:.5f}" for value in row])
    text = "\n".join("\t".join(row) for row in rows)
    (raw / "throughput.dat").write_text(text + "\n")


target = by_processor.folder_of(processor()[0], reports)
target.mkdir(exist_ok=True)
header()
floors()
parsers()
recorded.tables(parse, rivals, {name: title for name, title in {**OURS, **BY_HAND}.items()
                               if name in ("next", "growing", "string_by_hand")})
writers()
cost()
chart()
(target / "report.md").write_text("\n".join(lines) + "\n")
by_processor.overview(reports, readme, OURS["next"])
print(target)
