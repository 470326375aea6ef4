# SPDX-License-Identifier: MIT
"""The reports of all processors, each of the commit and the day that it was written on."""
import re

from figures import CORPORA
from page import lines, table

MARK = "<!-- by bench/report -->\n"


def folder_of(processor, reports):
    """For "Intel(R) Xeon(R) Processor", intel-xeon."""
    words = re.sub(r"\(R\)|\(TM\)|@.*|\b(CPU|Processor)\b", " ", processor)
    return reports / "-".join(re.findall("[a-z0-9]+", words.lower()))


def summaries(reports, title):
    """Of each: its path, whose it is, the score with each compiler, and the row with the title."""
    for report in sorted(reports.glob("*/report.md")):
        text = report.read_text()
        name, commit, date = (re.search(rf"^\| {what} \| (.*) \|$", text, re.MULTILINE)[1]
                              for what in ("processor", "commit", "date"))
        score = re.search(r"^\*\*Score: (.*)$", text, re.MULTILINE)[1].replace("**", "")
        row = re.search(rf"^\| {title} \| (.*) \|$", text, re.MULTILINE)[1]
        yield report, name, f"{commit} of {date}", score, row.split(" | ")


def overview(reports, readme, title):
    """A row for each, in README.md and among the reports."""
    found = list(summaries(reports, title))

    def rows(start):
        return [[f"[{name}]({report.relative_to(start)}), {when}", *row]
                for report, name, when, _, row in found]
    lines.clear()
    table([""] + CORPORA, rows(readme.parent))
    before, _, after = readme.read_text().split(MARK)
    readme.write_text(MARK.join([before, "\n".join(lines), after]))

    lines.clear()
    lines.extend(["# Benchmarks by processor", "", "`bash bench/report` replaces the report of the "
                  "processor that it runs on. `next`, in GB/s, and in brackets the multiple of "
                  "memchr per line; in cache, chunks of 16 KiB:", ""])
    table([""] + CORPORA, rows(reports))
    table(["", "score"], [[name, score] for _, name, _, score, _ in found])
    (reports / "report.md").write_text("\n".join(lines))
