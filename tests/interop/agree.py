# SPDX-License-Identifier: MIT
# usage: agree.py [--install | --record] [<name of a client>...]
"""Whether clients still misread what is recorded of them, and whether `ssewire check --for` says so
of a stream exactly where they do: of each trap alone, and of streams of several. With --record that
is written to what was seen of them."""
import asyncio
import functools
import json
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import checked
import clients
import programs
import run
import serve
import streams
import tool

STREAMS = 60

# What must be the first or the last part of a stream.
FIRST, LAST = ("mark",), ("unfinished", "cr-last", "done")


def several(traps):
    """Streams of some traps in a row, always the same ones."""
    chosen = random.Random(20)
    whole = [stream for stream in traps if len(stream.chunks) == 1 and stream.trap != "large"]
    inner = [stream for stream in whole if stream.trap not in (*FIRST, *LAST)]
    firsts = [*inner, *(stream for stream in whole if stream.trap in FIRST)]
    lasts = [*inner, *(stream for stream in whole if stream.trap in LAST)]
    made = []
    for i in range(STREAMS):
        parts = [chosen.choice(firsts), chosen.choice(inner), chosen.choice(lasts)]
        made.append(streams.Stream(f"several-{i}", "several", [b"".join(part.chunks[0] for part in parts)]))
    return list(streams.read(made))


@functools.cache
def warnings(stream):
    """What the tool says of a stream and all clients."""
    result = subprocess.run([checked.TOOL, "check", "--quiet", "--for", "all"], capture_output=True,
                            input=stream, check=False)
    if result.returncode not in (0, 5):
        raise RuntimeError(f"ssewire check: {result.stderr.decode()}")
    return result.stdout.decode()


def tool_says(name, version, stream):
    """Whether the tool says that the client misreads the stream."""
    return f" {name} {version} " in warnings(b"".join(stream.chunks))


async def compare(program, version, command, log):
    """How many streams were compared, those that the tool judged otherwise, and the traps that the
    client misreads."""
    name, version = tool.name_of(program, version)
    server = serve.Server()
    await server.listen()
    client = clients.Client(command, run.BUILD / programs.file_name(program.name), log)
    looker = clients.Looker(client, await client.start(), server)
    traps = [stream for stream in streams.trap_streams(looker.dress)
             if not stream.trap.startswith("cut-") and stream.trap not in looker.about.get("without", ())]
    otherwise, misread = [], {}
    given = traps + several(traps)
    try:
        for stream in given:
            answer = await looker.ask(stream)
            cause = clients.deviation(stream, answer, looker.about, looker.dress)
            misread[stream.trap] = misread.get(stream.trap, False) or bool(cause)
            # What is another trap's is the stream's all the same.
            cause = clients.deviation(stream._replace(without=()), answer, looker.about, looker.dress)
            if bool(cause) != tool_says(name, version, stream):
                otherwise.append({"name": stream.name, "cause": cause, "stream": clients.shown(
                    looker.dress.shorten(b"".join(stream.chunks).decode(errors="replace")))})
    finally:
        server.close()
        await client.end()
    del misread["several"]
    return len(given), otherwise, misread


def file_of(program):
    return run.HERE / "seen" / f"{programs.file_name(program.name)}.json"


def judge(program, *result):
    """What is otherwise than recorded, or than the tool says."""
    _, otherwise, misread = result
    recorded = json.loads(file_of(program).read_text())["traps"]
    wrong = [f"{program.name}, {trap}: {is_misread} is otherwise than recorded"
             for trap, is_misread in misread.items() if is_misread != bool(recorded[trap])]
    wrong += [f"{program.name}, {found['name']}: {found['stream']!r}: it gives {found['cause']}"
              for found in otherwise]
    return wrong


def record(program, given, otherwise, _):
    seen = json.loads(file_of(program).read_text())
    seen["for"] = {"given": given, "otherwise": otherwise}
    run.write(program, seen)
    return []


def installed(program):
    """Its command, its version, and its log."""
    folder = run.BUILD / programs.file_name(program.name)
    folder.mkdir(parents=True, exist_ok=True)
    log = open(folder / "log", "ab")
    command_of, version = run.prepare(program, folder, log)
    return command_of(program.command), version, log


def main(*arguments):
    does = arguments[0] if arguments[:1] in (("--install",), ("--record",)) else None
    chosen = [program for program in run.chosen(arguments[bool(does):]) if program.kind == "client"]

    def compared(program):
        try:
            command, version, log = installed(program)
        except run.CannotInstall as error:
            return str(error)
        with log:
            if does == "--install":
                return None
            try:
                return asyncio.run(compare(program, version, command, log))
            except (EOFError, clients.Hangs):
                if does != "--record":
                    raise
                return f"{program.name} does not start, or hangs"
    with ThreadPoolExecutor(run.AT_A_TIME) as pool:
        results = dict(zip(chosen, pool.map(compared, chosen)))
    total, wrong = 0, []
    for program, result in results.items():
        if isinstance(result, str):
            if does == "--record":
                continue  # which its row says
            print(f"skipped: {result}")
            sys.exit(77)
        if result:
            total += result[0]
            wrong += (record if does == "--record" else judge)(program, *result)
    if wrong:
        sys.exit("\n".join(wrong))
    if not does:
        print(f"{total} streams: {', '.join(program.name for program in chosen)} misread what is "
              "recorded, and the tool says where")


if __name__ == "__main__":
    main(*sys.argv[1:])
