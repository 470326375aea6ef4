# SPDX-License-Identifier: MIT
# Lists what of include/ was never reached, from what `llvm-cov export` says (on stdin) and what the
# compiler said (in the files named). What templates are instantiated with is not told apart: it is
# enough if one of them gets there.
#
#   missing.py LOG...
import collections
import json
import re
import sys


def reached_lines(segments):
    """The count of each line with code: as llvm-cov has it, the most of what begins on the line
    and of what goes on from the line before."""
    by_line = collections.defaultdict(list)
    for line, _, count, has_count, is_entry, is_gap in segments:
        by_line[line].append((count, has_count, is_entry and has_count and not is_gap))
    counts, going_on = {}, None
    for line in range(segments[0][0], segments[-1][0] + 1):
        begun = [count for count, _, begins in by_line[line] if begins]
        if going_on is not None or begun:
            counts[line] = max(begun + [going_on or 0])
        if by_line[line]:
            count, has_count, _ = by_line[line][-1]
            going_on = count if has_count else None
    return counts


def only_evaluated(name, line):
    """Whether it is asked there whether the compiler evaluates, in brackets: those no macro reaches,
    so that only static_assert does."""
    with open(name, encoding="utf-8") as text:
        return "(__builtin_is_constant_evaluated)()" in text.read().splitlines()[line - 1]


def main():
    export = json.load(sys.stdin)["data"][0]
    branches = collections.defaultdict(lambda: [0, 0])
    decisions = {}
    for function in export["functions"]:
        name = function["filenames"][0]
        for line, column, _, _, true, false, *_ in function["branches"]:
            counts = branches[name, line, column]
            counts[0] += true
            counts[1] += false
        for line, column, _, _, _, _, shown in function["mcdc_records"]:
            before = decisions.get((name, line, column), [False] * len(shown))
            decisions[name, line, column] = [a or b for a, b in zip(before, shown, strict=True)]

    lines, missing = 0, []
    for log in sys.argv[1:]:
        with open(log, encoding="utf-8") as text:
            unclear = re.findall(r"(?m)^(.+):(\d+):(\d+): warning: unsupported MC/DC", text.read())
        missing += [((name, int(line), int(column)), "the compiler cannot tell what decides this")
                    for name, line, column in unclear]
    for file in export["files"]:
        counts = reached_lines(file["segments"])
        lines += len(counts)
        missing += [((file["filename"], line, 0), "this line is never reached")
                    for line, count in counts.items() if count == 0]
    in_include = {file["filename"] for file in export["files"]}
    branches = {place: counts for place, counts in branches.items() if place[0] in in_include}
    decisions = {place: shown for place, shown in decisions.items() if place[0] in in_include}
    for place, counts in branches.items():
        missing += [(place, f"this is never {value}")
                    for value, count in zip(("true", "false"), counts) if count == 0]
    for place, shown in decisions.items():
        missing += [(place, f"condition {i + 1} never decides by itself")
                    for i, independent in enumerate(shown) if not independent]

    missing = sorted(each for each in set(missing) if not only_evaluated(*each[0][:2]))
    for (name, line, column), what in missing:
        print(f"{name}:{line}:{column}: {what}")
    conditions = sum(len(shown) for shown in decisions.values())
    total = f"{lines} lines, {2 * len(branches)} branches and {conditions} conditions of include/"
    print(f"{total}: {len(missing)} not reached" if missing else f"{total}, and all are reached")
    return 1 if missing or not (lines and branches and decisions) else 0


sys.exit(main())
