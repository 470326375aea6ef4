# SPDX-License-Identifier: MIT
# The small mistakes that can be made in a C++ header: each is a mutant of it.
import collections
import os
import re
import subprocess

Mutant = collections.namedtuple("Mutant", "file before after text")

TOKEN = re.compile(
    r"""(?P<string>"(?:\\.|[^"\\\n])*")|(?P<char>'(?:\\.|[^'\\\n])*')
    |(?P<word>[A-Za-z_]\w*)|(?P<number>0[xX][\dA-Fa-f]+|\d[\d']*)
    |(?P<operator><<=|>>=|->|\+\+|--|&&|\|\||[-+*/%&|^=!<>]=|<<|>>|::|[-+*/%&|^=!<>?])""",
    re.X)
BINARY = {
    "==": ["!="], "!=": ["=="], "<": ["<=", ">="], ">": [">=", "<="], "<=": ["<", ">"],
    ">=": [">", "<"], "&&": ["||"], "||": ["&&"], "+": ["-"], "-": ["+"], "*": ["/"], "/": ["*"],
    "%": ["/"], "<<": [">>"], ">>": ["<<"], "&": ["|"], "|": ["&"], "^": ["|"], "+=": ["-=", "="],
    "-=": ["+="], "|=": ["&=", "="], "&=": ["|=", "="]}
# Lines that say what there is, not what is done; and assertions, which are not there for users.
DECLARATION = re.compile(
    r"\s*(#|template\b|using\b|namespace\b|class\b|struct\b|enum\b|friend\b|static_assert\b|"
    r"assert\b|public:|private:|[\w:]+( \w+)? \w+ : \d;|.* = (delete|default);)")
OPENING, CLOSING = "([{", ")]}"


def closing(text, at):
    """Where the bracket at that place is closed."""
    depth = 0
    for i in range(at, len(text)):
        depth += (text[i] in OPENING) - (text[i] in CLOSING)
        if depth == 0:
            return i
    raise ValueError(text[at:at + 40])


def without_comments(text):
    """The same length, so that places in one are places in the other."""
    return re.sub(r"//[^\n]*", lambda comment: " " * len(comment[0]), text)


def without_assertions(code):
    """The same for those that only the compiler sees, which may go on for lines."""
    for assertion in re.finditer(r"\bstatic_assert\(", code):
        begin, end = assertion.end(), closing(code, assertion.end() - 1)
        code = code[:begin] + re.sub(r"[^\n]", " ", code[begin:end]) + code[end:]
    return code


def lines_compiled(compiler, root, file):
    """The numbers of the lines that the preprocessor leaves in."""
    command = [*compiler, "-DNDEBUG", "-E", "-I", root, "-include", root / "sse/sse.hpp",
               "-x", "c++", "/dev/null"]
    lines, number, here = set(), 0, False
    for line in subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\n"):
        marker = re.match(r'# (\d+) "(.*)"', line)
        if marker:
            number, here = int(marker[1]), os.path.normpath(marker[2]) == str(file)
            continue
        if here and line.strip():
            lines.add(number)
        number += 1
    return lines


def of_number(code, begin, end):
    value = int(code[begin:end].replace("'", ""), 0)
    changes = [value + 1, value - 1] if value > 0 else [value + 1]
    # To compare with this very number, x < 9 is x <= 8: that mutant is made of the operator.
    compared = re.search(r"(?<![<>])([<>]=?) $", code[:begin])
    if compared and re.match(r" *(\)|;|\?|&&|\|\|)", code[end:]):
        same = {"<": value + 1, ">=": value + 1, "<=": value - 1, ">": value - 1}[compared[1]]
        changes = [change for change in changes if change != same]
    return [str(change) for change in changes]


def of_char(text):
    known = {r"'\n'": r"'\r'", r"'\r'": r"'\n'", r"'\0'": r"'\1'", "' '": r"'\t'", r"'\t'": "' '"}
    if text in known:
        return [known[text]]
    return [f"'{chr(ord(text[1]) + 1)}'"] if len(text) == 3 else [r"'\0'"]


def of_string(text):
    shorter = re.sub(r'(\\x[\dA-F]+|\\.|[^"\\])"$', '"', text)
    return [shorter if shorter != text else '"x"']


def enumerations(texts):
    """What follows each enumerator, the first follows the last."""
    following = {}
    for text in texts:
        for name, body in re.findall(r"enum (?:class )?(?:\[\[nodiscard\]\] )?(\w+)[^{;]*{([^}]*)}",
                                     without_comments(text)):
            names = [part.split("=")[0].strip() for part in body.split(",") if part.strip()]
            for each, other in zip(names, names[1:] + names[:1]):
                following[f"{name}::{each}"] = f"{name}::{other}"
    return following


def tokens_changed(code, following):
    for token in TOKEN.finditer(code):
        text, begin, end = token[0], token.start(), token.end()
        spaced = code[begin - 1:begin].isspace() and code[end:end + 1].isspace()
        if token["number"]:
            changes = of_number(code, begin, end)
        elif token["char"]:
            changes = of_char(text)
        elif token["string"]:
            changes = of_string(text)
        elif token["word"]:
            changes = {"true": ["false"], "false": ["true"]}.get(text, [])
            enumerator = re.compile(r"\w+::\w+").match(code, begin)
            if enumerator and enumerator[0] in following:
                end, changes = enumerator.end(), [following[enumerator[0]]]
        elif text == "?":
            yield from branches_swapped(code, begin)
            continue
        elif text in ("++", "--"):
            changes = ["--" if text == "++" else "++"]
        elif text == "!" or (text == "-" and not spaced):
            changes = [""]
        else:
            changes = BINARY.get(text, []) if spaced else []
        for change in changes:
            yield begin, end, change


def branches_swapped(code, question):
    """c ? a : b becomes c ? b : a."""
    depth, colon = 0, None
    for i in range(question + 1, len(code)):
        depth += (code[i] in OPENING) - (code[i] in CLOSING)
        if depth == 0 and code[i - 1:i + 2] == " : " and colon is None:
            colon = i
        if depth < 0 or (depth == 0 and code[i] in ";,"):
            break
    if colon is not None:
        first, second = code[question + 1:colon].strip(), code[colon + 1:i].strip()
        yield question, i, f"? {second} : {first}"


def conditions_changed(code):
    for keyword in re.finditer(r"\b(?:if|while) \(", code):
        begin = keyword.end()
        end = closing(code, begin - 1)
        begin += code[begin:end].rfind(";") + 1
        yield begin, end, "true"
        yield begin, end, "false"


def statements_deleted(code):
    """Statements that stand alone: assignments and calls, and what makes for the exit after if."""
    for start in re.finditer(r"(?:(?<=[;{}:])|(?<=else)|(?<=\)))\s+(?=[\w*+-])", code):
        begin = start.end()
        end = code.find(";", begin)
        while end != -1 and code.count("(", begin, end) != code.count(")", begin, end):
            end = code.find(";", end + 1)
        statement = code[begin:end]
        behind_if = code[:start.start()].endswith(")")
        if re.match(r"(return|break|continue)\b", statement):
            if behind_if or statement != "return" and not statement.startswith("return "):
                yield begin, end, ""
            continue
        left = re.match(r"[\w.*+\->:]+(\[[^]]*\])?", statement)
        if left is None or re.match(r"(return|if|for|while|do|switch|case|default|else)\b", statement):
            continue
        what_follows = statement[left.end():]
        if not what_follows or what_follows[0] in "(" or re.match(r" [-+|&]?= ", what_follows):
            if "{" not in statement or "= {}" in statement or "= event{" in statement:
                yield begin, end, ""


def mutants(compiler, root):
    """Of all headers below the folder."""
    files = sorted((root / "sse").rglob("*.hpp"))
    texts = {file: file.read_text() for file in files}
    following = enumerations(texts.values())
    for file, text in texts.items():
        yield from mutants_of(file.relative_to(root), text, following,
                              lines_compiled(compiler, root, file))


def mutants_of(name, text, following, compiled):
    code = without_assertions(without_comments(text))
    line_of = [0]
    for character in code:
        line_of.append(line_of[-1] + (character == "\n"))
    lines = code.split("\n")
    seen = collections.Counter()
    changes = sorted({*tokens_changed(code, following), *conditions_changed(code),
                      *statements_deleted(code)})
    for begin, end, change in changes:
        first, last = line_of[begin], line_of[end]
        if first + 1 not in compiled or DECLARATION.match(lines[first]):
            continue
        mutated = text[:begin] + change + text[end:]
        before = " ".join(" ".join(lines[first:last + 1]).split())
        whole = code[:begin] + change + code[end:]
        rest = len(lines) - last - 1
        after = " ".join(" ".join(whole.split("\n")[first:len(whole.split("\n")) - rest]).split())
        seen[before, after] += 1
        if seen[before, after] > 1:  # the same text elsewhere in the file
            after += f"  ({seen[before, after]})"
        yield Mutant(str(name), before, after, mutated)
