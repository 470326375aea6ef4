#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: in `curl -N URL | awk '{ print; fflush() }'` a line of the stream is printed when it comes, for what buffers in a pipe is the output, and that is flushed.
# What happens: Debian's awk is mawk, which reads until it has 4096 bytes or the end: events of a stream show up in hundreds, minutes late, and the last ones with the end. With `-W interactive` each line is printed when it comes.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
{ apt-get download -qq mawk 2>/dev/null && dpkg -x mawk_*.deb .; } ||
  { echo "skipped: Debian's mawk cannot be had"; exit 77; }
command -v curl >/dev/null || { echo 'skipped: no curl'; exit 77; }

cat >show.py <<'END'
import http.server
import subprocess
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


def follow(port, *options):
    """How long after the first line of data the last one is printed."""
    curl = subprocess.Popen(["curl", "-sN", f"http://127.0.0.1:{port}/"], stdout=subprocess.PIPE)
    awk = subprocess.Popen(["usr/bin/mawk", *options, "/^data/ { print; fflush() }"], stdin=curl.stdout,
                           stdout=subprocess.PIPE)
    curl.stdout.close()
    times = [time.monotonic() for _ in awk.stdout]
    awk.wait()
    curl.wait()
    assert len(times) == EVENTS, times
    return times[-1] - times[0]


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stream)
threading.Thread(target=server.serve_forever, daemon=True).start()
version = subprocess.run(["usr/bin/mawk", "-W", "version"], capture_output=True, text=True).stdout.split("\n")[0]
print(f"{version}, {EVENTS} events in {EVENTS / 10:g} s")
changed = 0
for options, at_once in ((), True), (("-W", "interactive"), False):
    took = follow(server.server_port, *options)
    print(f"{' '.join(options) or 'as it is'}: from the first to the last printed {took:.1f} s")
    if (took < 0.5) != at_once:
        print(f"  CHANGED: it was {'all at once' if at_once else 'one by one'}")
        changed = 1
raise SystemExit(changed)
END
timeout 50 /usr/bin/python3 show.py
