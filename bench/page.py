# SPDX-License-Identifier: MIT
"""A page of Markdown that grows line by line."""
lines = []


def table(heading, rows):
    lines.extend(["| " + " | ".join(heading) + " |", "|---" + "|---:" * (len(heading) - 1) + "|"])
    lines.extend("| " + " | ".join(row) + " |" for row in rows)
    lines.append("")


def number(value):
    if value is None:
        return "–"
    return f"{value:.3g}" if value < 10 else f"{value:.1f}"
