# SPDX-License-Identifier: MIT
"""What Doxygen reads of a header: members that a class takes over from a base that is not public,
`using parser::feed;`, are replaced by their declarations, with their texts; and names of headers in texts are marked.

usage: filter.py HEADER
"""
import pathlib
import re
import sys

INCLUDE = pathlib.Path(__file__).resolve().parents[2] / "include" / "sse"
BASES = {
    "parser": "parser.hpp",
    "parsing": "detail/parser/parsing.hpp",
    "writing": "detail/writer/writing.hpp",
}
USING = re.compile(rf"^  using ({'|'.join(BASES)})::(\w+);$", re.M)


def declarations(base, name):
    """All of a name in a base: what stands before and after each, and the declaration."""
    text = (INCLUDE / BASES[base]).read_text()
    comment = r"((?:^  ///[^\n]*\n)*)"
    kinds = (rf"^  using (?P<base>\w+)::{name};",
             rf"^  using {name} = (?P<alias>\w+);",
             rf"^  (?P<type>(?:enum class|struct) {name}\b.*?^  \}};)",
             rf"^  (?P<function>(?!end_|begin_)[^\n/(;=]*\b{name}\([^;{{]*?)(?:;|\s*\{{|\s*= )")
    found = []
    for match in re.finditer(comment + f"(?:{'|'.join(kinds)})", text, re.M | re.S):
        if match["base"]:
            found += [(match[1] or above, of) for above, of in declarations(match["base"], name)]
        elif match["alias"]:
            enum = re.search(rf"^enum class {match['alias']}\b(.*?^\}};)", text, re.M | re.S)
            found.append((match[1], f"  enum class {name}{enum[1]}\n"))
        elif match["type"]:
            found.append((match[1], f"  {match['type']}\n"))
        else:
            found.append((match[1], f"  {match['function']};\n"))
    return found


def replaced(match):
    found = declarations(match[1], match[2])
    if not found:
        sys.exit(f"there is no {match[1]}::{match[2]}")
    before = match.string[:match.start()].rstrip("\n").rsplit("\n", 1)[-1]
    has_text = before.lstrip().startswith("///")
    return "".join(declaration if has_text else "\n" + text + declaration
                   for text, declaration in found)


text = USING.sub(replaced, pathlib.Path(sys.argv[1]).read_text())
print(re.sub(r"^(\s*///.*[ (])(<\w+>)", r"\1`\2`", text, flags=re.M), end="")
