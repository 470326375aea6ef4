# SPDX-License-Identifier: MIT
# usage: agree.py <check_for> | --install <name of a client>...
"""Whether clients still misread what is recorded of them, and whether `ssewire check --for` says so
of a stream exactly where they do: of each trap alone, and of streams of several."""
import asyncio
import json
import random
import subprocess
import sys

import clients
import programs
import run
import serve
import streams

STREAMS = 60


def several(dress, traps, count):
    """Streams of some traps in a row, always the same ones."""
    chosen = random.Random(20)
    whole = [stream for stream in traps if len(stream.chunks) == 1 and stream.trap != "large"
             and stream.trap not in ("done", "mark", "unfinished", "cr", "cr-last", "mixed-ends", "id-alone",
                                     "crlf")]
    made = [streams.Stream(f"several-{i}", "several",
                           [b"".join(part.chunks[0] for part in chosen.sample(whole, 3))])
            for i in range(count)]
    return list(streams.read(made))


def tool_says(tool, name, version, stream):
    """Whether the tool says that the client misreads the stream."""
    result = subprocess.run([tool, f"{name}@{version}"], capture_output=True,
                            input=b"".join(stream.chunks), check=False)
    return f"{name} {version} ".encode() in result.stdout


async def compare(tool, program, command, log):
    """How many streams were compared, and those that the tool judged otherwise."""
    name, _, version = program.name.rpartition("@")
    server = serve.Server()
    await server.listen()
    client = clients.Client(command, run.BUILD / programs.file_name(program.name), log)
    looker = clients.Looker(client, await client.start(), server)
    traps = [stream for stream in streams.trap_streams(looker.dress)
             if not stream.trap.startswith("cut-")]
    wrong, seen = [], {}
    given = traps + several(looker.dress, traps, STREAMS)
    try:
        for stream in given:
            cause = clients.deviation(stream, await looker.ask(stream), looker.about, looker.dress)
            seen[stream.trap] = seen.get(stream.trap, False) or bool(cause)
            if stream.trap == "several" and bool(cause) != tool_says(tool, name, version, stream):
                wrong.append(f"{program.name}: {b''.join(stream.chunks)!r}: it gives {cause}")
    finally:
        server.close()
        await client.end()
    recorded = json.loads((run.HERE / "seen" / f"{programs.file_name(program.name)}.json").read_text())
    wrong += [f"{program.name}, {trap}: {is_misread} is otherwise than recorded"
              for trap, is_misread in seen.items()
              if trap != "several" and is_misread != bool(recorded["traps"][trap])]
    return len(given), wrong


def installed(name):
    """A client, its command, and its log."""
    [program] = [program for program in programs.ALL if program.name == name]
    folder = run.BUILD / programs.file_name(name)
    folder.mkdir(parents=True, exist_ok=True)
    log = open(folder / "log", "wb")
    try:
        command_of, _ = run.prepare(program, folder, log)
    except run.CannotInstall as error:
        print(f"skipped: {error}")
        sys.exit(77)
    return program, command_of(program.command), log


def main(tool, *names):
    found = [installed(name) for name in names]
    if tool == "--install":
        return
    total, wrong = 0, []
    for program, command, log in found:
        count, faults = asyncio.run(compare(tool, program, command, log))
        total += count
        wrong += faults
        log.close()
    if wrong:
        sys.exit("\n".join(wrong))
    print(f"{total} streams: {', '.join(names)} misread what is recorded, and the tool says where")


if __name__ == "__main__":
    main(*sys.argv[1:])
