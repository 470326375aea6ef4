#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: a line may end with LF or CRLF, a blank one too; a client that takes either takes both in one stream.
# What happens: Symfony's EventSourceHttpClient looks for two equal line ends. Of a stream whose lines end with LF and whose blank lines with CRLF it gives no event at all.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
php -r 'exit((int)!@include "Symfony/Component/HttpClient/autoload.php");' 2>/dev/null ||
  { echo 'skipped: no php-cli, or no php-symfony-http-client'; exit 77; }

cat >listen.php <<'END'
<?php
require_once 'Symfony/Component/HttpClient/autoload.php';

use Symfony\Component\HttpClient\Chunk\ServerSentEvent;
use Symfony\Component\HttpClient\EventSourceHttpClient;

$client = new EventSourceHttpClient();
$source = $client->connect($argv[1]);
$seen = [];
foreach ($client->stream($source, 5) as $chunk) {
    if ($chunk->isTimeout() || $chunk->isLast()) {
        break;
    }
    if ($chunk instanceof ServerSentEvent) {
        $seen[] = $chunk->getData();
    }
}
$source->cancel();
echo implode(', ', $seen) ?: 'nothing';
END

cat >show.py <<'END'
import http.server
import subprocess
import sys
import threading

STREAMS = [
    (b'data: 1\n\ndata: 2\n\n', '1, 2'),
    (b'data: 1\r\n\r\ndata: 2\r\n\r\n', '1, 2'),
    (b'data: 1\n\r\ndata: 2\n\r\n', 'nothing'),
]


class Server(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header('Content-Type', 'text/event-stream')
        self.end_headers()
        self.wfile.write(STREAMS[int(self.path[1:])][0])

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
version = subprocess.run(['dpkg-query', '-W', '-f', '${Package} ${Version}', 'php-symfony-http-client'],
                         capture_output=True, text=True, check=False).stdout
print(version, subprocess.run(['php', '-r', 'echo "php ", PHP_VERSION;'], capture_output=True, text=True).stdout)
failed = False
for i, (stream, expected) in enumerate(STREAMS):
    said = subprocess.run(['php', 'listen.php', f'http://127.0.0.1:{server.server_port}/{i}'],
                          capture_output=True, text=True, check=False, timeout=15).stdout
    print(f'of {stream!r} it gives {said}')
    if said != expected:
        print(f'  CHANGED: it was {expected}')
        failed = True
sys.exit(failed)
END
timeout 50 python3 show.py
