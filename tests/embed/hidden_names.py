# SPDX-License-Identifier: MIT
"""Finds locals and parameters that have the name of a member of their class, of which Microsoft's
compiler warns (C4458) and no other does.

usage: clang++ … -fsyntax-only -Xclang -ast-dump=json -Xclang -ast-dump-filter=sse:: … |
           python3 hidden_names.py

Prints each, and how many classes and locals there are. Fails if one is hidden, or there are none.
"""
import json
import sys

MEMBERS = {"CXXMethodDecl", "FieldDecl", "VarDecl", "FunctionTemplateDecl", "EnumConstantDecl"}
LOCALS = {"VarDecl", "BindingDecl"}


def documents(text):
    decoder = json.JSONDecoder()
    at = text.find("{")
    while at != -1:
        document, at = decoder.raw_decode(text, at)
        yield document
        at = text.find("{", at)


def each(node):
    """A node and all below it, each with its line, which is named where it is another."""
    stack = [(node, None)]
    while stack:
        node, of_class = stack.pop()
        kind = node.get("kind")
        if kind == "CXXRecordDecl" and "name" in node:
            of_class = node["id"]
        elif kind == "CXXMethodDecl" and "parentDeclContextId" in node:
            of_class = node["parentDeclContextId"]
        yield node, of_class
        stack += [(child, of_class) for child in reversed(node.get("inner", []))]


nodes = [pair for document in documents(sys.stdin.read()) for pair in each(document)]
classes = {}  # by their IDs: name, bases, members
for node, _ in nodes:
    if node.get("kind") == "CXXRecordDecl" and node.get("completeDefinition") and "name" in node:
        bases = [base["type"]["qualType"].split("<")[0].split("::")[-1]
                 for base in node.get("bases", [])]
        members = {child["name"] for child in node["inner"]
                   if child["kind"] in MEMBERS and "name" in child}
        classes[node["id"]] = (node["name"], bases, members)
by_name = {}
for name, bases, members in classes.values():
    known = by_name.setdefault(name, ([], set()))
    known[0].extend(bases)
    known[1].update(members)


def members_of(name):
    bases, members = by_name.get(name, ([], set()))
    return members.union(*(members_of(base) for base in bases if base != name))


hidden = set()
count = 0
for node, of_class in nodes:
    if node.get("kind") in LOCALS and of_class in classes and "name" in node:
        name = classes[of_class][0]
        is_member = node["kind"] == "VarDecl" and node.get("storageClass") == "static"
        count += 1
        if not is_member and node["name"] in members_of(name):
            hidden.add(f"{name}: a local or parameter hides {node['name']}")
for line in sorted(hidden):
    print(line)
print(f"{len(hidden)} of {count} locals hide a member of {len(by_name)} classes")
sys.exit(bool(hidden) or count == 0)
