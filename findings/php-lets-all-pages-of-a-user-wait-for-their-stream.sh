#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: a stream takes one of PHP's workers, and as long as there are others, pages are answered.
# What happens: a script that has called session_start() holds the session's file locked to its end: as long as somebody's stream lasts, every other page that this user opens waits, and pages of everybody else are answered at once, so that a test with a second browser shows nothing. With session_write_close() in front of the events nobody waits.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
{ apt-get download -qq php8.2-cli php8.2-common libargon2-1 libsodium23 libedit2 2>/dev/null &&
  for each in *.deb; do dpkg -x "$each" .; done; } || { echo "skipped: Debian's php8.2-cli cannot be had"; exit 77; }
LD_LIBRARY_PATH=$dir$(find usr/lib -name 'libsodium.so.23' -printf '/%h')
export LD_LIBRARY_PATH PHP_CLI_SERVER_WORKERS=4
usr/bin/php8.2 -n -v >version 2>&1 || { echo 'skipped: PHP does not start here'; exit 77; }

mkdir pages
cat >pages/events.php <<'END'
<?php
session_save_path(__DIR__ . '/..');
session_start();
if (isset($_GET['close'])) session_write_close();
header('Content-Type: text/event-stream');
for ($i = 0; $i < 50; $i++) {
    echo "data: $i\n\n";
    flush();
    usleep(100000);
}
END
cat >pages/page.php <<'END'
<?php
session_save_path(__DIR__ . '/..');
session_start();
echo 'a page';
END
cat >show.py <<'END'
import http.client
import os
import pathlib
import signal
import socket
import subprocess
import time


def ask(path, session):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path, headers={"Cookie": f"PHPSESSID={session}"})
    return connection.getresponse()


def answered(session):
    """Whether a page comes while the stream lasts, which is 5 seconds."""
    begin = time.monotonic()
    assert ask("/page.php", session).read() == b"a page"
    return "at once" if time.monotonic() - begin < 2 else "behind the stream"


with socket.socket() as bound:
    bound.bind(("127.0.0.1", 0))
    port = bound.getsockname()[1]
server = subprocess.Popen(["usr/bin/php8.2", "-n", "-S", f"127.0.0.1:{port}", "-t", "pages"],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
changed = 0
try:
    end = time.monotonic() + 10
    while socket.socket().connect_ex(("127.0.0.1", port)) != 0:
        if time.monotonic() > end:
            raise SystemExit("PHP does not start")
        time.sleep(0.05)
    print(f"{pathlib.Path('version').read_text().split(' (')[0]}, four workers, one stream")
    for path, session, expected in (("/events.php", "alice", "behind the stream"),
                                    ("/events.php", "bob", "at once"),
                                    ("/events.php?close", "alice", "at once")):
        stream = ask(path, "alice")
        assert stream.readline() == b"data: 0\n"
        found = answered(session)
        stream.read()
        print(f"{path}, followed by alice: a page for {session} comes {found}")
        if found != expected:
            print(f"  CHANGED: it was {expected}")
            changed = 1
finally:
    os.killpg(server.pid, signal.SIGTERM)
    server.wait()
raise SystemExit(changed)
END
timeout 50 /usr/bin/python3 show.py
