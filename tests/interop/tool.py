# SPDX-License-Identifier: MIT
# usage: tool.py [--check]
"""Writes examples/ssewire/clients.hpp from what was seen of each client: what `ssewire check --for`
knows. Or checks that it is what would be written."""
import json
import sys

import programs
import streams
from streams import HERE, ROOT

FILE = ROOT / "examples" / "ssewire" / "clients.hpp"

# What names of several clients mean.
GROUPS = {
    "browsers": ("chromium", "firefox-esr"),
    "anthropic": ("@anthropic-ai/sdk",),
    "genai": ("@google/genai", "@google/generative-ai"),
    "mcp": ("@modelcontextprotocol/sdk",),
    "node": ("eventsource", "undici", "launchdarkly-eventsource", "eventsource-parser"),
    "mastodon": ("Mastodon.py", "Mastodon::Listener", "mikutter"),
}

# The traps that the bytes of a stream do not show: it is the network that cuts it.
UNSEEN = ("plain", "cut-crlf", "cut-character", "cut-mark", "cut-bytes")


def kind_of(cause):
    """What a client does, in a letter."""
    reads, wanted = cause["reads"], cause["standard"]
    if cause.get("error"):
        return "E"
    if len(reads) != len(wanted):
        return "M" if len(reads) > len(wanted) else "L"
    for key, letter in (("data", "D"), ("type", "T"), ("id", "I"), ("own", "I")):
        if any(a.get(key) != b.get(key) for a, b in zip(reads, wanted)):
            return letter
    return "D"


def literal(text):
    return json.dumps(text, ensure_ascii=False)


def name_of(program, version):
    """What the tool calls a program, and its version."""
    return program.name.rsplit("@", 1) if program.npm else (program.name, version)


def rows():
    for program in programs.ALL:
        path = HERE / "seen" / f"{programs.file_name(program.name)}.json"
        if program.kind != "client" or not path.exists():
            continue
        seen = json.loads(path.read_text())
        if "traps" not in seen:
            continue
        name, version = name_of(program, seen["version"])
        found = [f"{trap}={kind_of(causes[0])}" for trap, causes in seen["traps"].items()
                 if causes and trap not in UNSEEN]
        groups = [group for group, names in GROUPS.items() if name in names]
        yield name, version, " ".join(groups), found


def wrapped(words, width=88):
    """A string of words, as literals of some width."""
    lines, line = [], ""
    for word in words:
        if len(line) + len(word) > width:
            lines.append(line)
            line = ""
        line += word + " "
    return "\n     ".join(literal(line) for line in [*lines, line])


def text():
    forms = ",\n".join(f"    {{{literal(name)}, {literal(words)}}}"
                       for name, words, _ in streams.TRAPS if name not in UNSEEN)
    clients = ",\n".join(f"    {{{literal(name)}, {literal(version)}, {literal(groups)},\n     {wrapped(found)}}}"
                         for name, version, groups, found in rows())
    return f"""// SPDX-License-Identifier: MIT
// What real clients misread. tests/interop/run writes this from what it has seen of them.
#ifndef SSEWIRE_TOOL_CLIENTS_HPP
#define SSEWIRE_TOOL_CLIENTS_HPP

#include <string_view>

// clang-format off

namespace tool {{

/// A form that is right by the standard.
struct form {{
  std::string_view name;
  std::string_view is;
}};
inline constexpr form forms[] = {{
{forms}}};

/// A client, and what it misreads: forms, each with what it does. E: it raises an error, L: it loses
/// events, M: it gives more events, D, T, I: it gives other data, another type or another ID.
struct client {{
  std::string_view name;
  std::string_view version;
  std::string_view groups;
  std::string_view misreads;
}};
inline constexpr client clients[] = {{
{clients}}};

}}  // namespace tool

// clang-format on

#endif
"""


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        sys.exit(FILE.read_text() != text())
    FILE.write_text(text())
