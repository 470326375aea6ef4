# SPDX-License-Identifier: MIT
"""Reads what the benchmarks wrote as JSON. As a program, compares two sets of runs:
figures.py compare <name> <name> <folder with name.1.json, name.2.json, ...>"""
import json
import math
import pathlib
import statistics
import sys

CORPORA = ["tokens", "named", "ticks", "multi", "large", "heart", "crlf"]
SPECIALS = {"drip": 1, "huge": 4, "burst": 1048576}  # and their chunk sizes


class Figures:
    """Median speeds, in bytes per second, by the name of the benchmark."""

    def __init__(self, paths):
        speeds = {}
        self.context = {}
        self.wrong = set()
        self.recorded = {}  # what is in a recording, by the names of its corpus and its shape
        for path in paths:
            content = json.loads(pathlib.Path(path).read_text())
            self.context = content["context"]
            for run in sorted(content["benchmarks"], key=lambda run: run["family_index"]):
                if run.get("error_occurred") or run.get("skipped"):
                    self.wrong.add(run["name"])
                elif run["run_type"] == "iteration":
                    speeds.setdefault(run["name"], []).append(run["bytes_per_second"])
                    if "chunks" in run:
                        _, corpus, _, shape = run["name"].split("/")
                        self.recorded[corpus, shape] = {
                            what: int(run[what]) for what in ("size", "events", "chunks", "cut")}
        self.speeds = {name: statistics.median(values) for name, values in speeds.items()}

    def ratio(self, name, other):
        """None if there is no such benchmark, or its answer was wrong."""
        if name not in self.speeds or other not in self.speeds:
            return None
        return self.speeds[name] / self.speeds[other]

    def to_memchr(self, program, corpus, size="in", chunk=16384):
        return self.ratio(f"{program}/{corpus}/{size}/{chunk}", f"memchr/{corpus}/{size}")

    def score(self):
        ratios = [self.to_memchr("next", corpus) for corpus in CORPORA]
        if None in ratios:
            return None
        return math.exp(sum(map(math.log, ratios)) / len(ratios))


def compare(first, second, folder):
    a, b = (Figures(pathlib.Path(folder).glob(f"{name}.*.json")) for name in (first, second))
    print(f"{'':8} {first + ' GB/s':>20} {second + ' GB/s':>20} {'ratio':>8}")
    for corpus in CORPORA:
        name = f"next/{corpus}/in/16384"
        old, new = a.speeds[name], b.speeds[name]
        print(f"{corpus:8} {old / 1e9:20.3f} {new / 1e9:20.3f} {new / old:8.3f}")
    print(f"{'score':8} {a.score():20.3f} {b.score():20.3f} {b.score() / a.score():8.3f}")


if __name__ == "__main__":
    if len(sys.argv) != 5 or sys.argv[1] != "compare":
        sys.exit(__doc__)
    compare(*sys.argv[2:])
