#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: a heartbeat, a comment and a blank line as the standard advises, is passed over by every client.
# What happens: Mastodon.py 1.8 takes the blank line for the end of an event that has no type, raises, and the stream is over. A comment without a blank line behind it is fine; `retry` in a block of its own is not.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python=/usr/bin/python3
"$python" -c 'import mastodon' 2>/dev/null || { echo 'skipped: no Mastodon.py (python3-mastodon)'; exit 77; }

cat >show.py <<'END'
import http.server
import importlib.metadata
import sys
import threading

import mastodon
import requests

POST = 'event: update\ndata: {"content":"post"}\n\n'
STREAMS = [
    (POST + POST, 'post, post'),
    (POST + ':thump\n' + POST, 'post, a heartbeat, post'),
    (POST + ':thump\n\n' + POST, 'post, a heartbeat, MastodonMalformedEventError'),
    (POST + 'retry: 3000\n\n' + POST, 'post, MastodonMalformedEventError'),
]


class Server(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header('Content-Type', 'text/event-stream')
        self.end_headers()
        self.wfile.write(STREAMS[int(self.path[1:])][0].encode())

    def log_message(self, *_):
        pass


class Listener(mastodon.StreamListener):
    def __init__(self):
        self.seen = []

    def on_update(self, status):
        self.seen.append(status['content'])

    def handle_heartbeat(self):
        self.seen.append('a heartbeat')


server = http.server.HTTPServer(('127.0.0.1', 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(f"python {sys.version.split()[0]}, Mastodon.py {importlib.metadata.version('Mastodon.py')}")
for i, (stream, expected) in enumerate(STREAMS):
    listener = Listener()
    try:
        response = requests.get(f'http://127.0.0.1:{server.server_port}/{i}', stream=True, timeout=10)
        listener.handle_stream(response)
    except mastodon.MastodonError as error:
        listener.seen.append(type(error).__name__)
    said = ', '.join(listener.seen)
    print(f'{stream!r}: {said}')
    if said != expected:
        print(f'  CHANGED: it was {expected}')
        sys.exit(1)
server.shutdown()
END
timeout 40 "$python" show.py
