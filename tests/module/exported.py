# SPDX-License-Identifier: MIT
"""Fails if the module exports other names than the headers declare in the namespace sse.

usage: clang++ … -fsyntax-only -Xclang -ast-dump=json -Xclang -ast-dump-filter=sse … |
           python3 exported.py sse.cppm
"""
import json
import pathlib
import re
import sys

declared = set()
text = sys.stdin.read()
decoder = json.JSONDecoder()
at = text.find("{")
while at != -1:
    document, at = decoder.raw_decode(text, at)
    if document.get("kind") == "NamespaceDecl" and document.get("name") == "sse":
        declared |= {child["name"] for child in document.get("inner", [])
                     if "name" in child and "parentDeclContextId" not in child}
    at = text.find("{", at)
declared.discard("detail")
exported = set(re.findall(r"^using sse::(.*);$", pathlib.Path(sys.argv[1]).read_text(), re.M))
for name in sorted(declared - exported):
    print(f"not exported: {name}")
for name in sorted(exported - declared):
    print(f"exported, but not declared: {name}")
print(f"{len(exported)} names exported")
sys.exit(declared != exported or not declared)
