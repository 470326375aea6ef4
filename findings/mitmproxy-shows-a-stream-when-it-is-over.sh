#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: a proxy that one puts in between to see what an event stream says shows its events as they come, and passes them on.
# What happens: mitmproxy 8.1 reads an answer to its end before it passes any of it on, so the client gets all events at once, and of a stream that does not end nothing at all, not even the head: what one wants to look into looks dead. With `--set stream_large_bodies=1` each event comes at once.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
packages=$(apt-get install -s --no-install-recommends mitmproxy 2>/dev/null | awk '/^Inst/ { print $2 }' |
  grep -v ^fonts || true)
{ apt-get download -qq ${packages:-mitmproxy} 2>/dev/null && for each in *.deb; do dpkg -x "$each" .; done; } ||
  { echo "skipped: Debian's mitmproxy cannot be had"; exit 77; }
export PYTHONPATH=$dir/usr/lib/python3/dist-packages PYTHONDONTWRITEBYTECODE=1 HOME=$dir
/usr/bin/python3 usr/bin/mitmdump --version >version 2>/dev/null ||
  { echo 'skipped: mitmproxy does not start here'; exit 77; }

cat >show.py <<'END'
import http.client
import http.server
import pathlib
import re
import subprocess
import sys
import threading
import time

EVENTS = 20


class Stream(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for number in range(EVENTS):
            self.wfile.write(b"data: %d\n\n" % number)
            time.sleep(0.1)

    def log_message(self, *arguments):
        pass


def follow(port, url):
    """Seconds from the first event to the last one."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", url)
    response = connection.getresponse()
    times = [time.monotonic() for line in response if line.startswith(b"data")]
    assert len(times) == EVENTS, times
    return times[-1] - times[0]


def follow_by_proxy(url, *options):
    log = pathlib.Path("log")
    with log.open("w") as out:
        proxy = subprocess.Popen([sys.executable, "-u", "usr/bin/mitmdump", "--listen-host", "127.0.0.1",
                                  "--listen-port", "0", *options], stdout=out, stderr=out)
    try:
        begin = time.monotonic()
        while not (port := re.search(r"listening at (?:http://)?127\.0\.0\.1:(\d+)", log.read_text())):
            if time.monotonic() - begin > 20 or proxy.poll() is not None:
                raise SystemExit("mitmproxy does not start:\n" + log.read_text())
            time.sleep(0.05)
        return follow(int(port[1]), url)
    finally:
        proxy.terminate()
        proxy.wait()


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stream)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/"
print(f"{pathlib.Path('version').read_text().splitlines()[0]}; {EVENTS} events in {EVENTS / 10:g} s")
changed = 0
for name, took, at_once in (("without it", follow(server.server_port, "/"), False),
                            ("mitmproxy", follow_by_proxy(url), True),
                            ("stream_large_bodies=1", follow_by_proxy(url, "--set", "stream_large_bodies=1"), False)):
    print(f"{name}: from the first to the last {took:.1f} s")
    if (took < 0.5) != at_once:
        print(f"  CHANGED: it was {'all at once' if at_once else 'one by one'}")
        changed = 1
raise SystemExit(changed)
END
timeout 50 /usr/bin/python3 show.py
