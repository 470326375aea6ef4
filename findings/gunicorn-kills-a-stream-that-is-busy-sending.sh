#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: gunicorn's `--timeout`, 30 seconds as it is, is for workers that hang: one that sends an event each tenth of a second is alive.
# What happens: the plain (sync) worker gives a sign of life between requests alone, so each stream is killed after that time, in the middle of its chunks, however much is sent, and clients come back every 30 seconds. With `-k gthread` the same stream comes to its end.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
{ apt-get download -qq gunicorn python3-gunicorn 2>/dev/null && for each in *.deb; do dpkg -x "$each" .; done; } ||
  { echo "skipped: Debian's gunicorn cannot be had"; exit 77; }

cat >app.py <<'END'
import time


def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/event-stream")])
    return events()


def events():
    for number in range(60):
        yield b"data: %d\n\n" % number
        time.sleep(0.1)
END

cat >show.py <<'END'
import http.client
import pathlib
import platform
import re
import subprocess
import sys
import time

import gunicorn


def follow(*options):
    """How many of the 60 events come of a server whose time-out is 2 seconds, and how it ends."""
    log = pathlib.Path("log")
    log.write_text("")
    server = subprocess.Popen([sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:0", "--timeout", "2",
                               "--log-file", "log", *options, "app:app"])
    try:
        begin = time.monotonic()
        while not (port := re.search(r"127\.0\.0\.1:(\d+)", log.read_text())):
            if time.monotonic() - begin > 20:
                raise SystemExit("gunicorn does not start")
            time.sleep(0.05)
        connection = http.client.HTTPConnection("127.0.0.1", int(port[1]), timeout=20)
        connection.request("GET", "/")
        response, came = connection.getresponse(), b""
        try:
            while piece := response.read1():
                came += piece
            return came.count(b"\n\n"), "its end"
        except http.client.IncompleteRead:
            return came.count(b"\n\n"), "cut off"
    finally:
        server.terminate()
        server.wait()


print(f"gunicorn {gunicorn.__version__}, python {platform.python_version()}, --timeout 2, 60 events in 6 s")
changed = 0
for options, expected in ((), "cut off"), (("-k", "gthread"), "its end"):
    events, end = follow(*options)
    print(f"{' '.join(options) or 'sync'}: {events} events, {end}")
    if end != expected or (events == 60) != (end == "its end") or events < 5:
        print(f"  CHANGED: it was {expected}")
        changed = 1
raise SystemExit(changed)
END
PYTHONPATH=usr/lib/python3/dist-packages PYTHONDONTWRITEBYTECODE=1 timeout 50 /usr/bin/python3 show.py
