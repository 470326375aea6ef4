# SPDX-License-Identifier: MIT
"""Clients that follow a stream of the numbers 1, 2, 3..., and what is asked of all of them: each
number once and in order, or a `gap` in place of those that are missing."""
import collections
import contextlib
import http.server
import json
import os
import pathlib
import re
import signal
import subprocess
import threading

import support

# Of multi.cpp and of the browser's page, or of follow.cpp.
LINE = re.compile(rb"(?:(\d+)\t|data: )(\d+|\{.*\})\n")
PAGE = pathlib.Path(__file__).resolve().parent / "followers.html"


class Lost(AssertionError):
    """Something is missing, came twice, or in another order."""


class Followers:
    """What some clients print into a file, as far as it has been looked at."""

    def __init__(self, name, file, count, may_have_gaps):
        self.name, self.file, self.count, self.may_have_gaps = name, file, count, may_have_gaps
        self.last = collections.Counter({number: 0 for number in range(count)})
        self.told = collections.Counter()  # of a gap that has been told, and is not behind us
        self.gaps = self.missed = self.events = 0
        self.rest = b""

    def look(self):
        """Fails if something is wrong with what has come. Returns the least of the last numbers."""
        new = self.rest + self.file.read()
        end = new.rfind(b"\n") + 1
        new, self.rest = new[:end], new[end:]
        last = self.last
        for stream, text in LINE.findall(new):
            stream = int(stream or 0)
            if text[0] == ord("{"):
                self.gap(stream, json.loads(text))
                continue
            number = int(text)
            if number != last[stream] + 1 or self.told[stream]:
                self.jump(stream, number)
            last[stream] = number
            self.events += 1
        return min(last.values())

    def gap(self, stream, gap):
        if not self.may_have_gaps or not isinstance(gap["missed"], int) or gap["missed"] < 1:
            raise Lost(f"{self.name} {stream} behind {self.last[stream]}: {gap}")
        self.told[stream] += gap["missed"]
        self.gaps += 1

    def jump(self, stream, number):
        missed = number - self.last[stream] - 1
        if missed != self.told[stream]:
            raise Lost(f"{self.name} {stream}: {number} behind {self.last[stream]}, where gaps "
                       f"tell of {self.told[stream]}")
        self.missed += missed
        self.told[stream] = 0


class Client(Followers):
    """A program that follows one or more streams and prints them."""

    def __init__(self, test, command, count, may_have_gaps):
        path = test.folder() / "out"
        self.errors = open(path.with_name("err"), "w+b")
        with open(path, "wb") as out:
            self.process = subprocess.Popen(command, stdout=out, stderr=self.errors)
        super().__init__(pathlib.Path(command[0]).name, open(path, "rb"), count, may_have_gaps)
        test.addCleanup(self.kill)

    def look(self):
        if (code := self.process.poll()) not in (None, 0):
            self.errors.seek(0)
            raise Lost(f"{self.name} has ended with {code}: {self.errors.read()[-1000:].decode()}")
        return super().look()

    def end(self):
        """Looks at what came behind the last event, too."""
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(support.PATIENCE) != 0:
            raise Lost(f"{self.name} has ended with {self.process.returncode}")
        return self.look()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.file.close()
        self.errors.close()


class Browser(Followers):
    """Chromium. Its page is of a server of ours, and sends what EventSource dispatches there; so
    the page is of another origin than the stream, which has to allow it."""

    def __init__(self, test, program, may_have_gaps):
        folder = test.folder()
        self.written = open(folder / "out", "ab", buffering=0)
        super().__init__("chromium", open(folder / "out", "rb"), 1, may_have_gaps)
        self.failure, self.version, self.url = None, None, None

        class Page(http.server.BaseHTTPRequestHandler):
            def do_GET(page):
                body = PAGE.read_bytes() if page.path == "/" else self.url.encode()
                page.answer(200 if page.path in ("/", "/stream") else 404, body)

            def do_POST(page):
                body = page.rfile.read(int(page.headers["Content-Length"]))
                self.version = re.search(r"Chrome/[\d.]+", page.headers["User-Agent"])[0]
                if page.path == "/failure":
                    self.failure = body.decode()
                else:
                    self.written.write(body)
                page.answer(200, b"")

            def answer(page, status, body):
                page.send_response(status)
                page.send_header("Content-Type", "text/html; charset=utf-8")
                page.send_header("Content-Length", str(len(body)))
                page.end_headers()
                page.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
        self.origin = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.command = [program, "--headless", "--no-sandbox", "--disable-gpu",
                        "--disable-dev-shm-usage", f"--user-data-dir={folder}/profile",
                        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", self.origin]
        self.environment = {"HOME": str(folder), "PATH": "/usr/bin:/bin"}
        self.log = folder / "log"
        self.process = None
        test.addCleanup(self.kill)

    def visit(self, url):
        self.url = url
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log,
                                            env=self.environment, start_new_session=True)
        support.wait_until(lambda: self.look() >= 0 and self.version, "the browser follows")

    def look(self):
        if self.failure or (self.process and self.process.poll() is not None):
            raise Lost(f"chromium: {self.failure or self.log.read_text()[-1000:]}")
        return super().look()

    def end(self):
        return self.look()

    def kill(self):
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.server.shutdown()
        self.server.server_close()
        self.written.close()
        self.file.close()
