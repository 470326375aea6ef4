# SPDX-License-Identifier: MIT
"""What is reported of chunks as they come: the corpora as a client got them."""
from page import lines, number, table


def tables(parse, rivals, programs):
    """`rivals` are speeds by program, and by corpus or corpus/shape; `programs` titles by name."""
    corpora = list(dict.fromkeys(corpus for corpus, _ in parse.recorded))
    shapes = list(dict.fromkeys(shape for _, shape in parse.recorded))

    def of_an_event(speed, corpus):
        if not isinstance(speed, float):
            return None
        cut = parse.recorded[corpus, shapes[0]]
        return cut["size"] / speed / cut["events"] * 1e9

    def own(program, corpus, shape):
        return of_an_event(parse.speeds.get(f"{program}/{corpus}/in/{shape}"), corpus)

    def shown(value, other):
        if value is None:
            return "–"
        return number(value) + (f" ({number(value / other)})" if other else "")

    lines.extend(["## Chunks as they come", "", "As the corpora came to a client once: "
                  "`bench/chunks/recorded.txt` has the sizes and how they were made. Chunks, their "
                  "mean size, and how many events of all are cut:", ""])
    rows = []
    for shape in shapes:
        rows.append([shape])
        for corpus in corpora:
            cut = parse.recorded[corpus, shape]
            rows[-1].append(f"{cut['chunks']}; {cut['size'] / cut['chunks']:.0f} B; "
                            f"{cut['cut']} of {cut['events']}")
    table([""] + corpora, rows)

    lines.extend(["Nanoseconds for an event, and in brackets the multiple of what it takes in "
                  "chunks of 16 KiB:", ""])
    rows = []
    for program, title in programs.items():
        for shape in shapes:
            rows.append([f"{title}, {shape}"] + [
                shown(own(program, c, shape), own(program, c, 16384)) for c in corpora])
    for name, speeds in rivals.items():
        if not any("/" in cut for cut in speeds):  # it is not measured so
            continue
        for shape in shapes:
            rows.append([f"{name}, {shape}"] + [
                shown(of_an_event(speeds.get(f"{c}/{shape}"), c), of_an_event(speeds.get(c), c))
                for c in corpora])
    table([""] + corpora, rows)

    lines.extend(["What an event costs that comes in two chunks (halves), beside one that comes in "
                  "one (events): nanoseconds more, and the multiple. (An event that is larger than "
                  "a read does not come whole.)", ""])
    whole = [c for c in corpora if 2 * parse.recorded[c, "events"]["cut"]
             < parse.recorded[c, "events"]["events"]]
    rows = []
    for program, title in programs.items():
        rows.append([title])
        for corpus in whole:
            cut, at_once = own(program, corpus, "halves"), own(program, corpus, "events")
            rows[-1].append("–" if None in (cut, at_once)
                            else f"{number(cut - at_once)} ({number(cut / at_once)})")
    table([""] + whole, rows)
