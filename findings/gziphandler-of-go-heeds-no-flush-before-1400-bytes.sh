#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: Flush of Go's http.Flusher sends what was written, and behind a handler that compresses it still does, or the handler is of no use for streams at all.
# What happens: NYTimes' gziphandler does nothing at Flush until 1400 bytes are written, for it has not decided yet: the first dozen events of 100 bytes come together, and on a quiet stream the first one hours late. From then on each one comes at once, so a load test shows nothing of it.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
{ apt-get download -qq golang-1.19-go golang-1.19-src golang-github-nytimes-gziphandler-dev 2>/dev/null &&
  for each in *.deb; do dpkg -x "$each" .; done; } ||
  { echo "skipped: Debian's Go and its gziphandler cannot be had"; exit 77; }
command -v curl >/dev/null || { echo 'skipped: no curl'; exit 77; }
export GOROOT=$dir/usr/lib/go-1.19 GOPATH=$dir/usr/share/gocode GOCACHE=$dir/cache GO111MODULE=off GOFLAGS=

cat >serve.go <<'END'
package main

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/NYTimes/gziphandler"
)

func stream(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	for i := 0; i < 30; i++ {
		fmt.Fprintf(w, "data: %02d%s\n\n", i, strings.Repeat(".", 90))
		w.(http.Flusher).Flush()
		time.Sleep(100 * time.Millisecond)
	}
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	panic(http.Serve(listener, gziphandler.GzipHandler(http.HandlerFunc(stream))))
}
END
cat >show.py <<'END'
import subprocess
import sys
import time

server = subprocess.Popen(["./serve"], stdout=subprocess.PIPE, text=True)
changed = 0


def with_first(port, *options):
    """How many events come with the first one."""
    curl = subprocess.Popen(["curl", "-sN", *options, f"http://127.0.0.1:{port}/"], stdout=subprocess.PIPE)
    times = [time.monotonic() for line in curl.stdout if line.startswith(b"data: ")]
    curl.wait()
    assert len(times) == 30, len(times)
    return sum(each < times[0] + 0.05 for each in times)


try:
    port = int(server.stdout.readline())
    print(f"{sys.argv[1]}, gziphandler {sys.argv[2]}; an event of 100 bytes each 0.1 s")
    for options, least, most in ((), 1, 3), (("--compressed",), 10, 20):
        together = with_first(port, *options)
        print(f"{' '.join(options) or 'not compressed'}: {together} with the first")
        if not least <= together <= most:
            print(f"  CHANGED: it was {least} to {most}")
            changed = 1
finally:
    server.terminate()
    server.wait()
raise SystemExit(changed)
END
"$GOROOT/bin/go" build -o serve serve.go
timeout 40 /usr/bin/python3 show.py "$("$GOROOT/bin/go" version | cut -d ' ' -f 3)" \
  "$(dpkg-deb -f golang-github-nytimes-gziphandler-dev_*.deb Version)"
