# SPDX-License-Identifier: MIT
# Puts the mistakes of bugs.txt in the headers, one at a time: the test named there must fail. All of
# them, or a slice, beside which it is seen that the others can be put there.
#
#   bugs.py FOLDER [SLICE OF_HOW_MANY]
import collections
import pathlib
import re
import sys

import bench

Bug = collections.namedtuple("Bug", "name test kind file before after")


def read_bugs(text):
    """Each is its name, the test that finds it, the file, and what becomes what there."""
    for block in text.split("\n\n"):
        lines = [line for line in block.splitlines() if not line.startswith("#")]
        if not lines:
            continue
        name, found_by, file, *change = lines
        test, kind = re.fullmatch(r"found by (\w+)(?:, (\w+))?", found_by).groups()
        before = [line[2:] for line in change if line.startswith("- ")]
        after = [line[2:] for line in change if line.startswith("+ ")]
        yield Bug(name, test, kind or "plain", file, " ".join(before), "\n".join(after))


def put(bug, text):
    """The text with the bug, or None. However its lines are broken, and remarked on, it is found."""
    words = r"(?:\s|//[^\n]*)*".join(re.escape(word) for word in bug.before.split())
    places = list(re.finditer(words, text)) if words else []
    if len(places) != 1:
        return None
    return text[:places[0].start()] + bug.after + text[places[0].end():]


def judge(at, bug):
    """What is wrong with a bug that can be put there, or None."""
    at.put(bug.file, put(bug, (at.workshop.include / bug.file).read_text()))
    killer = at.run(bug.test, bug.kind)
    at.restore(bug.file)
    if killer is None:
        return f"{bug.name}: {bug.test} does not find it"
    if killer[0] == "not C++":
        return f"{bug.name}: does not compile\n{killer[1]}"
    print(f"{bug.name}: found by {bug.test}"
          + (f" ({killer[0]})" if killer[0] != bug.test else ""), flush=True)
    return None


def main():
    bugs = list(read_bugs((pathlib.Path(__file__).parent / "bugs.txt").read_text()))
    workshop = bench.Workshop(pathlib.Path(sys.argv[1]).resolve())
    slice, of = map(int, sys.argv[2:] or (1, 1))
    chosen = bugs[slice - 1::of]
    workshop.check(sorted({(bug.test, bug.kind) for bug in chosen}))
    lost = [bug for bug in bugs if put(bug, (workshop.include / bug.file).read_text()) is None]
    wrong = [f"{bug.name}: its text is not in {bug.file} once" for bug in lost]
    there = [bug for bug in chosen if bug not in lost]
    wrong += [what for what in workshop.each(judge, there) if what is not None]
    print("\n".join(wrong))
    print(f"{len(chosen)} of {len(bugs)} mistakes were put back: "
          + (f"not found is {wrong[0].splitlines()[0]}" if wrong else "all were found"))
    sys.exit(1 if wrong or len(bugs) < 25 else 0)


main()
