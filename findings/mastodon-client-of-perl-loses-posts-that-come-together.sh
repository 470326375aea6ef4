#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: how a stream is cut into pieces makes no difference; two events that come in one piece are two events.
# What happens: Perl's Mastodon::Listener takes a piece for an event. Of two posts that the server sends in one write it gives none, but an error; sent a moment apart they arrive.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
perl -MMastodon::Listener -e1 2>/dev/null ||
  { echo 'skipped: no Mastodon::Client (libmastodon-client-perl)'; exit 77; }

cat >listen.pl <<'END'
use strict;
use warnings;
use Mastodon::Listener;

my @seen;
my $listener = Mastodon::Listener->new(
  url => $ARGV[0], instance => 'http://127.0.0.1', access_token => 'none');
$listener->on(update => sub { push @seen, $_[1]{content} });
$listener->on(error => sub { push @seen, 'an error' });
$listener->start;
print join(', ', @seen), "\n";
END

cat >show.py <<'END'
import http.server
import subprocess
import sys
import threading
import time

POSTS = [b'event: update\ndata: {"content":"first"}\n\n', b'event: update\ndata: {"content":"second"}\n\n']


class Server(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header('Content-Type', 'text/event-stream')
        self.end_headers()
        for piece in POSTS if self.path == '/apart' else [b''.join(POSTS)]:
            self.wfile.write(piece)
            time.sleep(0.5)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
version = subprocess.run(['perl', '-MMastodon::Client', '-e', 'print "perl $^V, Mastodon::Client $Mastodon::Client::VERSION"'],
                         capture_output=True, text=True, check=True).stdout
print(version)
for path, expected in (('/apart', 'first, second'), ('/together', 'an error')):
    said = subprocess.run(['perl', 'listen.pl', f'http://127.0.0.1:{server.server_port}{path}'],
                          capture_output=True, text=True, check=False, timeout=20).stdout.strip()
    print(f'two posts sent {path[1:]}: {said}')
    if said != expected:
        print(f'  CHANGED: it was {expected}')
        sys.exit(1)
END
timeout 50 python3 show.py
