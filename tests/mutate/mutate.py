# SPDX-License-Identifier: MIT
# Makes small mistakes in the headers, one at a time, and sees whether the quick tests notice.
#
#   mutate.py FOLDER [SLICE OF_HOW_MANY]
#
# A mutant is killed when a test fails, crashes or takes far too long, or when a static_assert does
# not hold. What survives has to be in survivors.txt, with the reason why nothing is different; what
# is there has to survive, which is tried only where all are: it takes all the tests to see that one
# survives. What does not compile is no mutant.
import collections
import hashlib
import pathlib
import sys

import bench
import mutants

# The quick tests of each header; those that find the most come first.
PARSER = ["exhaustive", "parser", "parser_storage", "parser_skip", "parser_connection",
          "parser_finish", "parser_plain", "parser_drain", "parser_standard", "event_range",
          "parser_reports", "parser_places"]
WRITER = ["roundtrip", "writer", "writer_companions", "growing_writer"]
CHANNEL = ["channel", "channel_topics", "channel_resume"]
CLIENT = ["event_source", "event_source_failures", "event_source_patience"]
TESTS = {
    "event.hpp": ["event", *WRITER],
    "memory.hpp": ["memory", "parser"],
    "growing_parser.hpp": ["growing_parser", "event_range"],
    "growing_writer.hpp": ["growing_writer", "roundtrip"],
    "channel.hpp": CHANNEL,
    "stretch.hpp": CHANNEL,
    "own_id.hpp": CHANNEL,
    "ring.hpp": CHANNEL,
    "data_stream.hpp": ["data_stream"],
    "owned_event.hpp": ["owned_event"],
    "parser.hpp": [*PARSER, "growing_parser", "effort"],
    "writer.hpp": [*WRITER, "data_stream"],
    "buffers.hpp": [*PARSER, "buffers", "effort"],
    "bytes.hpp": ["bytes", "memory", "exhaustive", "writer", "writer_companions", "parser_storage",
                  "field", "event"],
    "encode.hpp": WRITER,
    "event_range.hpp": ["event_range", "growing_parser"],
    "event_source.hpp": CLIENT,
    "policy.hpp": CLIENT,
    "head.hpp": ["head", *CLIENT],
    "transitions.hpp": CLIENT,
    "waits.hpp": [*CLIENT, "head"],
    "field.hpp": ["exhaustive", "field", "parser_retry", "parser_standard", "roundtrip"],
    "kernels.hpp": ["scan", "parser_standard", "exhaustive", "roundtrip", "writer", "parser_storage",
                    "effort"],
    "lines.hpp": [*PARSER, "parser_retry", "effort"],
    "parsing.hpp": [*PARSER, "parser_retry", "effort", "growing_parser"],
    "pieces.hpp": [*PARSER, "parser_retry", "effort"],
    "place.hpp": ["place", *PARSER, "parser_retry"],
    "plain.hpp": ["parser_plain", "effort", *PARSER],
    "reports.hpp": [*PARSER, "parser_retry", "growing_parser"],
    "shared.hpp": [*PARSER, "parser_retry", "effort"],
    "line_end.hpp": ["scan", "writer", "roundtrip"],
    "machine.hpp": ["scan", "exhaustive", "roundtrip", "field", "parser_storage", "effort"],
    "scan.hpp": ["scan", "parser_standard", "exhaustive", "roundtrip", "writer", "parser_storage",
                 "effort"],
    "unfinished_event.hpp": PARSER,
    "writing.hpp": WRITER,
}
# Those with text in blocks of exactly its size: sanitizers see it when a byte too many is touched.
WATCHED = ["bytes", "head", "parser", "parser_storage", "parser_skip", "parser_plain", "parser_drain",
           "parser_standard", "scan", "effort", "growing_parser", "writer", "writer_companions",
           *CHANNEL]
# What is done another way in constant expressions, and tests of that. (Where clang takes all for
# evaluated, it tells no type from the type "message" that was given: so no tests that do.)
EVALUATED = {"bytes.hpp": ["bytes", "field", "parser_storage"],
             "kernels.hpp": ["scan", "parser_standard", "parser_storage"],
             "machine.hpp": ["scan", "parser_storage"],
             "scan.hpp": ["scan", "parser_standard", "parser_storage"]}
# What is there for wide vectors alone.
WIDE = {"kernels.hpp": ["scan"]}


def trials_of(file):
    """Tests, and the ways to build them."""
    name = pathlib.Path(file).name
    tests = TESTS[name]
    return ([(test, "plain") for test in tests]
            + [(test, "evaluated") for test in EVALUATED.get(name, [])]
            + [(test, "wide") for test in WIDE.get(name, []) if "wide" in bench.FLAGS]
            + [(test, "watched") for test in tests if test in WATCHED])


def killer_of(at, mutant):
    """What kills a mutant, or None."""
    at.put(mutant.file, mutant.text)
    trials = trials_of(mutant.file)
    killer = next((killer[0] for trial in trials if (killer := at.run(*trial))), None)
    at.restore(mutant.file)
    return mutant, killer


def read_survivors(text):
    """The reason for each, by file, line and mutated line."""
    survivors = {}
    for block in text.split("\n\n"):
        lines = [line for line in block.splitlines() if not line.startswith("#")]
        reason, file, before = "", "", ""
        for line in lines:
            if line.startswith("- "):
                before = line[2:]
            elif line.startswith("+ "):
                survivors[file, before, line[2:]] = reason
            elif line.startswith("sse/"):
                file = line
            else:
                reason += line
        if lines and not (reason and before):
            sys.exit(f"survivors.txt: a reason, or a mutant, is missing:\n{block}")
    return survivors


def main():
    number, of = (int(sys.argv[2]) - 1, int(sys.argv[3])) if len(sys.argv) == 4 else (0, 1)
    survivors = read_survivors((pathlib.Path(__file__).parent / "survivors.txt").read_text())
    workshop = bench.Workshop(pathlib.Path(sys.argv[1]).resolve())
    everything = list(mutants.mutants(bench.COMPILER, workshop.include))
    known = {mutant[:3] for mutant in everything}
    wrong = [f"listed, but there is no such mutant: {key}" for key in survivors if key not in known]

    def slice_of(mutant):  # some of everything, whatever becomes of the other lines
        return int(hashlib.sha1(repr(mutant[:3]).encode()).hexdigest(), 16) % of

    chosen = [mutant for mutant in everything
              if slice_of(mutant) == number and (of == 1 or mutant[:3] not in survivors)]
    if unknown := {mutant.file for mutant in everything if pathlib.Path(mutant.file).name not in TESTS}:
        sys.exit(f"mutate.py names no tests for {', '.join(sorted(unknown))}")
    workshop.check(sorted(set().union(*(trials_of(mutant.file) for mutant in chosen))))
    killers = collections.Counter()
    for mutant, killer in workshop.each(killer_of, chosen):
        killers[killer] += 1
        is_listed = mutant[:3] in survivors
        if (killer is None) == is_listed:
            continue
        what = "survives" if killer is None else f"is listed, but killed by {killer}"
        wrong.append(f"{what}:\n{mutant.file}\n- {mutant.before}\n+ {mutant.after}")
        print(wrong[-1], flush=True)

    invalid = killers.pop("not C++", 0)
    survived = killers.pop(None, 0)
    killed = sum(killers.values())
    print(", ".join(f"{count} by {killer}" for killer, count in killers.most_common()))
    print("\n".join(wrong))
    share = 100 * killed / max(1, killed + survived)
    print(f"{killed} of {killed + survived} mutants killed ({share:.1f} %, {killers['clock']} by the "
          f"clock), {invalid} more did not compile, {len(wrong)} surprises; of all {len(everything)} "
          f"{len(survivors)} are listed ({100 * len(survivors) / len(everything):.1f} %)")
    sys.exit(1 if wrong or share < 95 or len(survivors) > len(everything) / 20 else 0)


main()
