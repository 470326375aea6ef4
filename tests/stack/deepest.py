# SPDX-License-Identifier: MIT
# What calls take of the stack, with all that they call, from what GCC's -fcallgraph-info=su says.
# Fails where that has no bound: where functions call each other in a circle, call through a pointer,
# or take an amount that is only known when they run.
#
#   deepest.py CALLGRAPH NAMESPACE
#
# A line for each function in the namespace, the deepest first; at the end, how many they are, and
# the most that a call takes.
import re
import sys


def fail(why):
    print(why)
    sys.exit(1)


NODE = re.compile(r'node: \{ title: "([^"]+)" label: "([^"]+)"')
EDGE = re.compile(r'edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"')
FRAME = re.compile(r"\\n(\d+) bytes \((.*)\)$")
# What the C library and the compiler's arithmetic take is not ours to measure.
NOT_OURS = re.compile("mem(chr|cmp|cpy|move|set)|__aeabi_.*|__ctzdi2")


def read(path):
    names, frames, callees = {}, {}, {}
    with open(path, encoding="utf-8") as text:
        for line in text:
            if node := NODE.match(line):
                title, label = node.groups()
                frame = FRAME.search(label)
                if frame:
                    if frame[2] not in ("static", "dynamic,bounded"):
                        fail(f"no bound: {label}")
                    names[title] = label.split("\\n")[0]
                    frames[title] = int(frame[1])
            elif edge := EDGE.match(line):
                callees.setdefault(edge[1], set()).add(edge[2])
    return names, frames, callees


def main():
    path, namespace = sys.argv[1:]
    names, frames, callees = read(path)
    depths = {}

    def measure(title, callers):
        if title in callers:
            fail("recursion: " + " calls ".join(callers[callers.index(title):] + [title]))
        if title not in frames:
            if not NOT_OURS.fullmatch(title):
                fail(f"{names[callers[-1]]} calls {title}, which is not known")
            return 0, []
        if title not in depths:
            below = max((measure(each, callers + [title]) for each in callees.get(title, ())),
                        default=(0, []))
            depths[title] = frames[title] + below[0], [title] + below[1]
        return depths[title]

    public = [title for title, name in names.items() if f" {namespace}::" in name]
    if len(public) < 15:
        fail(f"only {len(public)} functions in {namespace}")
    calls = sorted((measure(each, []) for each in public), reverse=True)
    for depth, chain in calls:
        print(f"{depth:5} " + ", ".join(f"{names[each]} {frames[each]}" for each in chain))
    print(len(public), calls[0][0])


main()
