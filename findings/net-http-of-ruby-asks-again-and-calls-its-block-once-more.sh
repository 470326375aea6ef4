#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: when a stream is cut off, Ruby's Net::HTTP raises in `read_body`, and the program decides where to go on.
# What happens: a GET counts as safe to repeat, so it asks once more by itself, without `Last-Event-ID`, and calls the program's block a second time: the old events come again behind the first ones. The error comes at the second loss. `max_retries = 0` ends this.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
for tool in ruby python3; do
  command -v "$tool" >/dev/null || { echo "skipped: no $tool"; exit 77; }
done
cd "$dir"

cat >listen.rb <<'END'
require 'net/http'

uri = URI(ARGV[0])
http = Net::HTTP.new(uri.host, uri.port)
http.max_retries = ARGV[1].to_i if ARGV[1]
blocks = 0
seen = []
begin
  http.start do
    http.request(Net::HTTP::Get.new(uri)) do |response|
      blocks += 1
      response.read_body { |piece| seen.concat(piece.scan(/data: (\d+)/).flatten) }
    end
  end
  ending = 'no error'
rescue StandardError => error
  ending = error.class
end
puts "the block is called #{blocks} times, data #{seen.join(' ')}, then #{ending}"
END

cat >show.py <<'END'
import socket
import subprocess
import sys
import threading

HEAD = b'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n'
EVENTS = [b'id: %d\ndata: %d\n\n' % (i, i) for i in (1, 2)]


def serve(listener):
    while True:
        connection = listener.accept()[0]
        request = connection.recv(65536)
        asked.append(b'last-event-id' in request.lower())
        connection.sendall(HEAD + b''.join(b'%x\r\n%s\r\n' % (len(e), e) for e in EVENTS))
        connection.close()  # in the middle of the stream, for its last chunk is missing


listener = socket.create_server(('127.0.0.1', 0))
threading.Thread(target=serve, args=(listener,), daemon=True).start()
url = f'http://127.0.0.1:{listener.getsockname()[1]}/'
print(subprocess.run(['ruby', '-v'], capture_output=True, text=True, check=True).stdout.strip())
for words, expected in (([], 'the block is called 2 times, data 1 2 1 2, then EOFError'),
                        (['0'], 'the block is called 1 times, data 1 2, then EOFError')):
    asked = []
    said = subprocess.run(['ruby', 'listen.rb', url, *words], capture_output=True, text=True,
                          check=True, timeout=20).stdout.strip()
    print(f"{'max_retries = 0' if words else 'as it is'}: {said}; {len(asked)} requests, "
          f"{sum(asked)} with Last-Event-ID")
    if said != expected:
        print(f'  CHANGED: it was {expected}')
        sys.exit(1)
END
timeout 50 python3 show.py
