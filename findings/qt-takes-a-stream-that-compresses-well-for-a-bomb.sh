#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: a client that asks for gzip, as Qt's does by itself, follows a compressed stream for as long as it lasts; the better events compress, the better.
# What happens: Qt 6.4 ends a stream of which 10 MiB have come if it was more than 40 times as large as what was sent: snapshots of a table, 2 kB each second and much like those before, end after an hour and a quarter with "Decompression failed". Without compression, or with `setDecompressedSafetyCheckThreshold(-1)`, they go on.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
{ apt-get download -qq python3-pyqt6 python3-pyqt6.sip libqt6core6 libqt6network6 libqt6dbus6 libicu72 \
  libdouble-conversion3 libpcre2-16-0 libproxy1v5 libbrotli1 libb2-1 2>/dev/null &&
  for each in *.deb; do dpkg -x "$each" .; done; } || { echo "skipped: Debian's PyQt6 cannot be had"; exit 77; }
export PYTHONPATH=usr/lib/python3/dist-packages
LD_LIBRARY_PATH=$dir$(find usr/lib -name libQt6Core.so.6 -printf '/%h')
export LD_LIBRARY_PATH
/usr/bin/python3 -c 'import PyQt6.QtNetwork' || { echo 'skipped: PyQt6 does not start here'; exit 77; }

cat >show.py <<'END'
import http.server
import json
import threading
import zlib

from PyQt6.QtCore import QCoreApplication, QUrl, qVersion
from PyQt6.QtNetwork import QNetworkAccessManager, QNetworkReply, QNetworkRequest

EVENTS = 8000
ROWS = [{"name": f"sensor-{row}", "state": "ok", "unit": "celsius"} for row in range(40)]
sent = {}


class Stream(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        packed = self.path == "/gzip" and "gzip" in self.headers.get("Accept-Encoding", "")
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        packer = zlib.compressobj(6, zlib.DEFLATED, 31)
        size = on_the_wire = 0
        try:
            for number in range(EVENTS):
                event = b"data: " + json.dumps({"number": number, "rows": ROWS}).encode() + b"\n\n"
                size += len(event)
                if packed:
                    event = packer.compress(event) + packer.flush(zlib.Z_SYNC_FLUSH)
                on_the_wire += len(event)
                self.wfile.write(event)
        except ConnectionError:
            pass
        sent[self.path] = size, on_the_wire

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stream)
threading.Thread(target=server.serve_forever, daemon=True).start()
application = QCoreApplication([])
manager = QNetworkAccessManager()


def follow(path, threshold=None):
    """How many bytes come, and what Qt says at the end."""
    request = QNetworkRequest(QUrl(f"http://127.0.0.1:{server.server_port}{path}"))
    if threshold is not None:
        request.setDecompressedSafetyCheckThreshold(threshold)
    reply = manager.get(request)
    came = 0

    def take():
        nonlocal came
        came += len(reply.readAll())
    reply.readyRead.connect(take)
    reply.finished.connect(application.quit)
    application.exec()
    take()
    failed = reply.error() != QNetworkReply.NetworkError.NoError
    return came, reply.errorString() if failed else "all of it"


print(f"Qt {qVersion()}, {EVENTS} events")
changed = 0
for path, threshold, whole in ("/plain", None, True), ("/gzip", None, False), ("/gzip", -1, True):
    came, end = follow(path, threshold)
    print(f"{path[1:]}{'' if threshold is None else f', threshold {threshold}'}: {came} bytes, {end}")
    held = end == "all of it" if whole else "Decompression failed" in end and 10e6 < came < 11e6
    if not held:
        print(f"  CHANGED: it was {'all of it' if whole else '10 MiB, and Decompression failed'}")
        changed = 1
print(f"of {sent['/gzip'][0]} bytes gzip makes {sent['/gzip'][1]}")
raise SystemExit(changed)
END
timeout 50 /usr/bin/python3 show.py
