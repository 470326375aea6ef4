# SPDX-License-Identifier: MIT
# usage: alike.py <folder> <folder>
"""Whether in two runs the same was seen of each program, but for dates."""
import json
import pathlib
import sys


def differences(first, second, place=""):
    """The places where two values differ, and how."""
    if type(first) is not type(second):
        yield f"{place}: {first!r} and {second!r}"
    elif isinstance(first, dict):
        for key in sorted({*first, *second} - {"date"}):
            yield from differences(first.get(key), second.get(key), f"{place}/{key}")
    elif isinstance(first, list):
        for i, (one, other) in enumerate(zip(first, second)):
            yield from differences(one, other, f"{place}/{i}")
        if len(first) != len(second):
            yield f"{place}: {len(first)} and {len(second)} of them"
    elif first != second:
        yield f"{place}: {first!r} and {second!r}"


def main(*folders):
    first, second = ({path.name: json.loads(path.read_text()) for path in pathlib.Path(folder).iterdir()}
                     for folder in folders)
    found = list(differences(first, second))
    if found:
        sys.exit("\n".join(found))
    print(f"alike: {len(first)} programs, seen twice")


if __name__ == "__main__":
    main(*sys.argv[1:])
