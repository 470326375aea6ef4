# SPDX-License-Identifier: MIT
# usage: python3 tests/fuzz/seeds.py FOLDER
# Writes FOLDER/<target>/: first inputs for the fuzz targets, from the conformance vectors and the
# recorded streams.
import json
import pathlib
import sys

tests = pathlib.Path(__file__).parent.parent
most = 500  # bytes: longer inputs only slow a fuzzer down


def load(name):
    return json.loads((tests / "conformance" / name).read_text())


def streams():
    for vector in load("parser.json"):
        if "chunks_hex" in vector:
            yield bytes.fromhex("".join(vector["chunks_hex"]))
        else:
            yield "".join(vector["chunks"]).encode()
    for path in sorted((tests.parent / "examples" / "streams").glob("*.sse")):
        yield path.read_bytes()


def texts():
    for vector in load("writer.json"):
        event = vector["event"]
        fields = [event.get(name, "") for name in ("id", "type", "data", "comment")]
        yield "".join(fields).encode(), [len(field.encode()) % 256 for field in fields]


def write(target, inputs):
    folder = pathlib.Path(sys.argv[1]) / target
    folder.mkdir(parents=True, exist_ok=True)
    for number, (text, choices) in enumerate(inputs):
        seed = text[:most] + bytes(choices) + bytes([len(choices)])
        (folder / f"seed-{number}").write_bytes(seed)


# In one chunk; and byte by byte, with little storage, drained, skipped or grown.
write("parser", ((s, c) for s in streams() for c in ([], [2], [12, 1, 0, 2, 3], [1, 1, 0, 5, 0])))
write("writer", ((t, first + c) for t, c in texts() for first in ([200, 0], [20, 3], [200, 1, 7])))
write("kernels", ((s, c) for s in streams() for c in ([], [1, 0, 3, 70])))
