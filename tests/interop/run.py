# SPDX-License-Identifier: MIT
# usage: run.py [--check] [<name of a program>...]
"""Looks at the programs and writes what was seen of each to tests/interop/seen/. With --check it is
told only whether `ssewire check URL` judges them rightly."""
import asyncio
import datetime
import json
import platform
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import clients
import programs
import proxies
import servers
from streams import BUILD, HERE, ROOT

INSTALLS = 900  # seconds
LONGEST = 1800  # seconds, for a client
AT_A_TIME = 4   # programs are looked at, for most wait most of the time
CANNOT = "cannot be installed"


class CannotInstall(Exception):
    pass


def install(folder, packages, log):
    """Puts packages of npm in the folder. None of their scripts runs."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = json.dumps({"private": True, "dependencies": dict(
        package.rsplit("@", 1) for package in packages)})
    file = folder / "package.json"
    if (folder / "installed").exists() and file.exists() and file.read_text() == wanted:
        return
    file.write_text(wanted)
    command = ["nice", "npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent",
               "--no-package-lock"]
    try:
        subprocess.run(command, cwd=folder, stdout=log, stderr=log, check=True, timeout=INSTALLS)
    except (subprocess.SubprocessError, OSError) as error:
        raise CannotInstall(f"npm's {', '.join(packages)} {CANNOT}") from error
    (folder / "installed").touch()


NODES = threading.Lock()


def node(log):
    """A node that is new enough for all."""
    machine = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    package = f"node-linux-{machine}"
    with NODES:
        install(BUILD / "node", [f"{package}@{programs.NODE}"], log)
    return BUILD / "node" / "node_modules" / package / "bin" / "node"


def is_installed(package):
    found = subprocess.run(["dpkg-query", "-W", "-f", "${db:Status-Status} ${Version}", package],
                           capture_output=True, text=True, check=False).stdout.split()
    return found[1] if found[:1] == ["installed"] else None


def install_debian(folder, program, log):
    """Installs its packages of Debian, or unpacks them. Their first one's version."""
    missing = [package for package in program.debian if not is_installed(package)]
    if missing:
        subprocess.run(["bash", "-c", 'source tests/setup.sh && install_missing "$@"', "bash", *missing],
                       cwd=ROOT, stdout=log, stderr=log, check=False)
    for package in program.debian:
        if not is_installed(package):
            raise CannotInstall(f"Debian's {package} {CANNOT}")
    for package in program.unpacked:
        if not (folder / "usr").exists():
            script = f"apt-get download -qq {package} && dpkg -x {package}_*.deb ."
            if subprocess.run(["sh", "-c", script], cwd=folder, stdout=log, stderr=log).returncode:
                raise CannotInstall(f"Debian's {package} {CANNOT}")
        return next(folder.glob("*.deb")).name.split("_")[1].replace("%3a", ":")
    return is_installed(program.debian[0]) if program.debian else None


def prepare(program, folder, log):
    """What makes a command of it, and its version if its name does not say it."""
    if program.npm:
        install(folder, program.npm, log)
    version = install_debian(folder, program, log)
    kinds = {"proxy": "proxies"}
    for file in (HERE / kinds.get(program.kind, f"{program.kind}s")).iterdir():
        shutil.copy(file, folder)
    words = {"NODE": str(node(log)) if program.npm else ""}

    def command_of(command):
        return [words.get(word, word.replace("FOLDER", str(folder))) for word in command]
    return command_of, version


def look_through(program, command_of, folder, log):
    """What comes through a proxy, in each of its variants."""
    seen = {}
    for name, make in program.variants.items():
        def made(make=make, **words):
            command, files, is_forward = make(**words)
            return command_of(command), files, is_forward
        place = folder if program.npm else folder / programs.file_name(name)
        try:
            seen[name] = asyncio.run(proxies.look(made, place, log))
        except EOFError:
            seen[name] = {"failed": "does not start"}
    return {"variants": seen}


def look_at(program):
    folder = BUILD / programs.file_name(program.name)
    folder.mkdir(parents=True, exist_ok=True)
    version = None
    with open(folder / "log", "wb") as log:
        try:
            command_of, version = prepare(program, folder, log)
            if program.kind == "client":
                looking = clients.look(command_of(program.command), folder, log)
                seen = asyncio.run(asyncio.wait_for(looking, LONGEST))
            elif program.kind == "server":
                seen = servers.look(command_of(program.command), folder, log)
            else:
                seen = look_through(program, command_of, folder, log)
        except CannotInstall as error:
            seen = {"failed": str(error)}
        except EOFError:
            seen = {"failed": "does not start"}
        except clients.Hangs:
            seen = {"failed": "hangs at its start"}
        except TimeoutError:
            seen = {"failed": f"takes more than {LONGEST} s"}
    return {"name": program.name, "kind": program.kind, "version": version or program.name.rpartition("@")[2],
            "date": datetime.date.today().isoformat(), **seen}


def summary(seen):
    if "failed" in seen:
        return seen["failed"]
    if "variants" in seen:
        return "; ".join(f"{name}: {found.get('failed') or found['small']}"
                         for name, found in seen["variants"].items())
    causes = [*seen.get("traps", {}).values(), *(case["differs"] for case in seen.get("cases", {}).values())]
    return f"{sum(map(bool, causes))} deviations"


def chosen(names):
    """The programs of these names, with a version or without; all, if there are no names."""
    found = [program for program in programs.ALL
             if not names or program.name in names or program.name.rsplit("@", 1)[0] in names]
    if not found:
        sys.exit(f"there is no program of these names: {' '.join(names)}")
    return found


def write(program, seen):
    folder = HERE / "seen"
    folder.mkdir(exist_ok=True)
    (folder / f"{programs.file_name(program.name)}.json").write_text(
        json.dumps(seen, ensure_ascii=False, indent=1) + "\n")


def misjudged(seen):
    """What `ssewire check URL` says wrongly of a server, or of a proxy in each of its variants."""
    variants = seen.get("variants", {"": seen})
    return {name: found.get("failed") or found["check"] for name, found in variants.items()
            if found.get("failed") or found["check"]}


def check(names):
    """Looks at servers and proxies, and writes nothing: fails if the tool judges one wrongly."""
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        found = list(pool.map(look_at, chosen(names)))
    for program, seen in zip(chosen(names), found):
        if seen.get("failed", "").endswith(CANNOT):
            print(f"skipped: {seen['failed']}")
            sys.exit(77)
        if wrong := misjudged(seen):
            sys.exit(f"{program.name}: {wrong}")
    print(f"`ssewire check URL` says what is wrong with {', '.join(names)}")


def main(names):
    if names[:1] == ["--check"]:
        return check(names[1:])
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        for program, seen in zip(chosen(names), pool.map(look_at, chosen(names))):
            write(program, seen)
            print(f"{program.name}: {summary(seen)}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
