# SPDX-License-Identifier: MIT
# usage: python3 one_way.py INCLUDE
# Fails if headers include each other in a circle, or if one has more than 400 lines.
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
headers = sorted(root.rglob("*.hpp"))
includes = {
    header: [(header.parent / name).resolve()
             for name in re.findall(r'^#include "(.+)"', header.read_text(), re.M)]
    for header in (header.resolve() for header in headers)}
wrong, done = [], set()


def follow(header, way):
    if header in way:
        circle = way[way.index(header):] + [header]
        wrong.append("a circle: " + " -> ".join(each.name for each in circle))
    elif header not in done:
        for each in includes[header]:
            follow(each, way + [header])
        done.add(header)


for header in includes:
    follow(header, [])
    lines = len(header.read_text().splitlines())
    if lines > 400:
        wrong.append(f"{header.name} has {lines} lines")
print("\n".join(wrong) or f"{len(includes)} headers, and no circle")
sys.exit(bool(wrong) or not includes)
