# SPDX-License-Identifier: MIT
# usage: table.py record | check <client>...
"""The table of what each client does: table.md. `record` puts in it what the clients did last, and
keeps its last column, which is written by hand; `check` is for when these clients did so."""
import json
import pathlib
import sys

import cases

CLIENTS = ("machine", "chromium", "firefox")
FILE = pathlib.Path(__file__).parent / "table.md"
FOLDER = pathlib.Path("build/check/grid")
REQUEST = cases.Case("request", "`Accept`, `Cache-Control` and `Pragma` of all requests", ())
ROWS = [REQUEST, *cases.ALL]


class Table:
    def __init__(self, text):
        self.top, _, body = text.partition("\n| case |")
        self.head = ("| case |" + body.partition("\n")[0]).strip("| ").split(" | ")
        self.rows = {}  # by the name of the case: the outcome with each client, and the remark
        for line in body.splitlines()[2:]:
            name, _, *outcomes, remark = (cell.strip() for cell in line.strip().split("|")[1:-1])
            self.rows[name] = (dict(zip(CLIENTS, outcomes)), remark)

    def recorded(self, client):
        return {name: outcomes[client] for name, (outcomes, _) in self.rows.items()}

    def write(self):
        lines = ["| " + " | ".join(self.head) + " |", "|---" * len(self.head) + "|"]
        for case in ROWS:
            outcomes, remark = self.rows[case.name]
            cells = (case.name, case.does, *(outcomes[client] for client in CLIENTS), remark)
            lines.append("| " + " | ".join(cells) + " |")
        FILE.write_text(self.top + "\n" + "\n".join(lines) + "\n")


def read():
    return Table(FILE.read_text())


def keep(client, version, outcomes):
    """Keeps what a client did, to be recorded if that is wanted."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{client}.json").write_text(json.dumps({"version": version, "outcomes": outcomes}))


def seen(client):
    return json.loads((FOLDER / f"{client}.json").read_text())


def compare(client, outcomes, recorded):
    """Whether the client did what is recorded; prints what it did otherwise."""
    differences = {name for name in outcomes.keys() | recorded.keys()
                   if outcomes.get(name) != recorded.get(name)}
    for name in sorted(differences):
        print(f"{client}, {name}: {outcomes.get(name)}; recorded is: {recorded.get(name)}")
    return not differences


def record():
    table = read()
    for i, client in enumerate(CLIENTS):
        last = seen(client)
        table.head[2 + i] = f"{client} {last['version']}".strip()
        for case in ROWS:
            outcomes, _ = table.rows.setdefault(case.name, ({}, ""))
            outcomes[client] = last["outcomes"][case.name]
    table.write()


def check(clients):
    """Whether a remark stands wherever clients differ. Prints the gate's figure."""
    machine_with = [0, 0, 0]  # how many browsers agree with it
    faults = []
    table = read()
    for name, (outcomes, remark) in table.rows.items():
        machine, *browsers = (outcomes[client] for client in CLIENTS)
        machine_with[browsers.count(machine)] += 1
        if not remark and set(browsers) != {machine}:
            faults.append(f"{name}: clients differ, and there is no remark")
    if faults:
        sys.exit("\n".join(faults))
    names = [f"{client} {seen(client)['version']}".strip() for client in clients]
    print(f"{len(table.rows)} rows hold for {', '.join(names)}; the machine is with both browsers "
          f"in {machine_with[2]}, with one in {machine_with[1]}, with none in {machine_with[0]}")


if __name__ == "__main__":
    if sys.argv[1] == "record":
        record()
    else:
        check(sys.argv[2:])
