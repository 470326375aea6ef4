# SPDX-License-Identifier: MIT
# usage: python3 tests/nocompile/check.py COMPILER...
# Compiles nocompile.cpp both ways with each of the compilers, and compares the errors with those
# that its comments say; and each public header as C++14, which gives one error. The last line is
# the figure.
import os
import pathlib
import re
import subprocess
import sys

source = pathlib.Path(__file__).parent / "nocompile.cpp"
include = pathlib.Path(__file__).parents[2] / "include"
# What a program may include; version.hpp is for any C++.
headers = sorted(f"sse/{path.name}" for path in (include / "sse").glob("*.hpp")
                 if path.name != "version.hpp")
most_errors = {"g": "-fmax-errors=0", "c": "-ferror-limit=0"}


def compile(compiler, standard, *options, text=None):
    command = [compiler, standard, "-fsyntax-only", "-pedantic-errors", "-Wall", "-Wextra",
               "-Werror", "-Wno-unused", "-Werror=unused-result", "-I", include, *options]
    command += [source] if text is None else ["-x", "c++", "-"]
    environment = os.environ | {"LC_ALL": "C"}
    result = subprocess.run(command, input=text, stderr=subprocess.PIPE, text=True, env=environment)
    return result.returncode, result.stderr


# The errors of a compiler: for each line of the source what is said of it. An error in a header is
# one of the line that uses it, which g++ says before and clang after.
def errors(output):
    found = {}
    line, message = None, None
    for each in output.splitlines():
        match = re.match(r"(.*?):(\d+):(?:\d+:)? +(.*)", each)
        if not match:
            continue
        here = match[1].endswith(source.name) and int(match[2])
        if match[3].startswith("error:"):
            line, message = here or line, match[3]
            if line:
                found.setdefault(line, []).append(message)
                line = None
        elif here and "required from here" in match[3]:
            line = here
        elif here and "requested here" in match[3]:
            found.setdefault(here, []).append(message)
    return found


# What is shown beside the errors of each line: of a function that is deleted, the line that does it,
# with the comment that says what to do.
def remarks(output):
    found = {}
    line = None
    for each in output.splitlines():
        match = re.match(r"(.*?):(\d+):(?:\d+:)? +error:", each)
        if match:
            line = match[1].endswith(source.name) and int(match[2])
        if line:
            found.setdefault(line, []).append(each)
    return found


def expectations():
    lines = source.read_text().splitlines()
    found = ((i + 1, re.search(r"// error: (.+?)(?:; says: (.+))?$", line))
             for i, line in enumerate(lines))
    return {i: match.groups() for i, match in found if match}


wrong = 0


def complain(what):
    global wrong
    wrong += 1
    print(what)


expected = expectations()
for compiler in sys.argv[1:]:
    for standard in ("-std=c++17", "-std=c++20"):
        status, output = compile(compiler, standard, "-DVALID")
        if status != 0:
            complain(f"{compiler} {standard}: what is valid does not compile:\n{output}")
        status, output = compile(compiler, standard, most_errors[compiler[0]])
        actual = errors(output)
        shown = remarks(output)
        for line in sorted(expected.keys() | actual.keys()):
            said = "\n".join(actual.get(line, []))
            where = f"{compiler} {standard}: {source.name}:{line}: "
            if line not in expected:
                complain(where + "an error that nobody expects: " + said)
            elif not said:
                complain(where + "compiles")
            elif not re.search(expected[line][0], said):
                complain(f"{where}no error with \"{expected[line][0]}\": {said}")
            elif expected[line][1] and expected[line][1] not in "\n".join(shown.get(line, [])):
                complain(f"{where}\"{expected[line][1]}\" is not said")
    for header in headers:
        _, output = compile(compiler, "-std=c++14", text=f"#include <{header}>\n")
        said = [line for line in output.splitlines() if re.search(r"\b(error|warning): ", line)]
        if len(said) != 1 or "needs C++17" not in said[0] or "-std=c++17" not in said[0]:
            complain(f"{compiler} -std=c++14: {header}: " + ("\n".join(said) or "no error"))
if not expected or not headers or len(sys.argv) < 2:
    complain("nothing was tried")
compilers = len(sys.argv) - 1
print(f"{len(expected)} mistakes and their counterparts, {len(headers)} headers as C++14, "
      f"{compilers} compilers, {wrong} wrong")
sys.exit(wrong > 0)
