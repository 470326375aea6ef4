# SPDX-License-Identifier: MIT
"""usage: figures.py check RAW | figures.py report RAW COMMIT
Reads what was measured. `check` fails where a bound does not hold; `report` prints Markdown."""
import datetime
import json
import pathlib
import statistics
import sys

raw = pathlib.Path(sys.argv[2])
fanout = json.loads((raw / "fanout.json").read_text())
servers = json.loads((raw / "servers.json").read_text())
DEAF = servers["deaf"]  # broadcast, beside one that never reads
COUNTS = [1, 1_000, 100_000, 1_000_000]
SIZES = {65_536: "64 KiB", 67_108_864: "64 MiB"}


def medians():
    """Nanoseconds of the processor for each, by the name of the benchmark."""
    values = {}
    for run in fanout["benchmarks"]:
        if run.get("error_occurred"):
            sys.exit(f"{run['name']}: {run['error_message']}")
        if run["run_type"] == "iteration":
            values.setdefault(run["name"], []).append(run["each"] * 1e9)
    return {name: statistics.median(v) for name, v in values.items()}


each = medians()


def runs(server, load):
    return [r for r in servers["runs"] if r["server"] == server and r["load"] == load]


def median(server, load, what):
    return statistics.median(run[what] for run in runs(server, load))


def of_a_delivery(server, load, what):
    """Over all runs: the kernel counts in ticks, of which a run has few."""
    all_runs = runs(server, load)
    return (sum(run[what] * run["deliveries"] for run in all_runs) /
            sum(run["deliveries"] for run in all_runs))


def bounds():
    """What is asked, what it is, and what it may be at most."""
    publish = each["publish/1000000"] / each["publish/1"]
    channel = each["deliver<by_channel>/100000"]
    resume = each["resume/own/67108864"] / each["resume/own/65536"]
    yield ("to publish costs the same for 1,000,000 followers and for one (ratio, either way)",
           max(publish, 1 / publish), 1.1)
    yield ("to deliver to 100,000 followers, over a queue by hand",
           channel / each["deliver<by_queues<true>>/100000"], 0.25)
    yield "the same in cache misses", channel / each["miss/100000"], 3
    yield ("to resume by an own ID in 64 MiB costs the same as in 64 KiB (ratio, either way)",
           max(resume, 1 / resume), 1.25)
    if not any(run["server"] == "nchan" for run in servers["runs"]):
        print("skipped: what is compared with nchan, which is not there", file=sys.stderr)
    for followers in sorted({run["followers"] for run in servers["runs"]}):
        for claim, value, most in bounds_of_servers(f"steady/{followers}",
                                                    f"saturated/{followers}"):
            yield f"{claim}, {followers:,} followers", value, most


def bounds_of_servers(steady, saturated):
    yield "resident bytes for a follower of `broadcast`", median("broadcast", steady, "memory"), 250
    if runs("nchan", steady):
        yield ("user time for a delivery, over nchan's",
               of_a_delivery("broadcast", steady, "user_ns") /
               of_a_delivery("nchan", steady, "user_ns"), 1 / 6)
        yield ("deliveries a second at saturation, nchan's over ours",
               median("nchan", saturated, "per_second") /
               median("broadcast", saturated, "per_second"), 1 / 20)
    beside = "one more never reads, over none"
    for load in steady, saturated:
        yield (f"time of the processor for a delivery, {load.partition('/')[0]}: {beside}",
               of_a_delivery(DEAF, load, "processor_ns") /
               of_a_delivery("broadcast", load, "processor_ns"), 1.25)
    yield (f"p99 of the time that a delivery takes, steady: {beside}",
           median(DEAF, steady, "p99_ms") / median("broadcast", steady, "p99_ms"), 1.5)
    yield (f"deliveries a second at saturation: none, over {beside.partition(',')[0]}",
           median("broadcast", saturated, "per_second") /
           median(DEAF, saturated, "per_second"), 1.25)


def check():
    failed = 0
    for claim, value, most in bounds():
        holds = value <= most
        failed += not holds
        print(f"{'holds' if holds else 'FAILS'}: {claim}: {value:.3g}, at most {most:.3g}")
    new = each["deliver<by_channel>/100000"] / each["deliver<by_queues<false>>/100000"]
    print(f"beside: over queues that lie in order, as in a server that just started: {new:.3g}")
    print(f"measured with a load of {servers['busy']:.1f} on {servers['processors']} processors")
    sys.exit(failed != 0)


def table(heading, rows):
    print("| " + " | ".join(heading) + " |")
    print("|---" + "|---:" * (len(heading) - 1) + "|")
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


def ns(value):
    return (f"{value:.1f} ns" if value < 1e3 else f"{value / 1e3:.1f} µs" if value < 1e6 else
            f"{value / 1e6:.1f} ms")


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(": ")[2]
    return "unknown"


def report(commit):
    print("# Fan-out\n")
    print("Written by `bash bench/fanout/report`; see `bench/README.md`. An event has 200 bytes of "
          "data. Figures are medians of runs in turns. Where the load of the machine is above two, "
          "other programs ran too: read ratios then, not times.\n")
    table(["", ""], [["processor", f"{processor()}, {servers['processors']} threads"],
                     ["compiler", fanout["context"]["compiler"]],
                     ["load of the machine", f"{servers['busy']:.1f}"],
                     ["commit", commit],
                     ["date", str(datetime.date.today())]])
    print("## What is asked\n")
    table(["claim", "measured", "at most", ""],
          [[claim, f"{value:.3g}", f"{most:.3g}", "holds" if value <= most else "**fails**"]
           for claim, value, most in bounds()])
    print("## In one process\n")
    print("Time of the processor: to publish an event; and to publish it and hand it to all "
          "followers, for each of them. By hand each has a `std::deque` of `std::shared_ptr<const "
          "std::string>`, or a `std::string` that events are appended to. New ones lie in order; of "
          "old ones clients have come and gone, and what they own lies anywhere. A miss is a load "
          "in a chain all over as much memory as the followers take.\n")
    rows = [("publish", "publish"), ("deliver, channel", "deliver<by_channel>"),
            ("deliver, queues", "deliver<by_queues<true>>"),
            ("deliver, new queues", "deliver<by_queues<false>>"),
            ("deliver, copies", "deliver<by_copies<true>>"),
            ("deliver, new copies", "deliver<by_copies<false>>"), ("a miss", "miss")]
    table(["followers", *(f"{count:,}" for count in COUNTS)],
          [[title, *(ns(each[f"{name}/{count}"]) for count in COUNTS)] for title, name in rows])
    table(["resume in a ring of", *SIZES.values()],
          [[title, *(ns(each[f"resume/{name}/{size}"]) for size in SIZES)]
           for title, name in (("by own IDs", "own"), ("by publishers' IDs", "publishers"))])
    print("## For real\n")
    print("Over loopback; each server has one thread, and the load another. User and system time "
          "are the server's, for a delivery; the kernel counts these in ticks, and both together "
          "exactly. Memory is resident, for a follower: when all have "
          "come, and when all was delivered. Of all runs it is said how many followers the server "
          "closed.\n")
    for load in dict.fromkeys(run["load"] for run in servers["runs"]):
        names = dict.fromkeys(run["server"] for run in servers["runs"] if run["load"] == load)
        first = runs("broadcast", load)[0]
        print(f"**{load.partition('/')[0].capitalize()}**: {first['followers']:,} followers\n")
        table(["server", "deliveries/s", "user", "system", "both", "p50", "p99", "memory", "then",
               "closed"],
              [[name, f"{median(name, load, 'per_second'):,.0f}",
                ns(of_a_delivery(name, load, "user_ns")),
                ns(of_a_delivery(name, load, "system_ns")),
                ns(of_a_delivery(name, load, "processor_ns")),
                f"{median(name, load, 'p50_ms'):.1f} ms", f"{median(name, load, 'p99_ms'):.1f} ms",
                f"{median(name, load, 'memory'):,.0f} B",
                f"{median(name, load, 'memory_after'):,.0f} B",
                f"{sum(run['lost'] for run in runs(name, load))}"] for name in names])


if sys.argv[1] == "check":
    check()
else:
    report(sys.argv[3])
