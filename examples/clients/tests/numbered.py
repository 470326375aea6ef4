# SPDX-License-Identifier: MIT
"""A server of numbered events that resumes behind Last-Event-ID, and can kill itself inside one:
numbered.py PORT COUNT [EVENT BYTES]. Behind the last event it says stop (204)."""
import os
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

port, count, *kill = map(int, sys.argv[1:])


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        done = int(self.headers.get("Last-Event-ID", 0))
        if done == count:
            self.send_response(204)
            self.end_headers()
            self.server.done = True
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.chunk(b"retry: 1\n\n")
        for number in range(done + 1, count + 1):
            event = f"id: {number}\ndata: event {number}\ndata: of {count}\n\n".encode()
            if kill and number == kill[0]:
                self.chunk(event[: kill[1]])
                os.kill(os.getpid(), signal.SIGKILL)
            cut = number % len(event)
            self.chunk(event[:cut])
            self.chunk(event[cut:])
            time.sleep(0.005)
        self.wfile.write(b"0\r\n\r\n")

    def chunk(self, piece):
        if piece:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.flush()

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", port), Handler)
server.done = False
print("listening", flush=True)
while not server.done:
    server.handle_request()
