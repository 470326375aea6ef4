#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: what a library's encoder writes its decoder reads.
# What happens: gin-contrib/sse 0.1 reads the `retry` that it wrote as the event's ID, and sends a carriage return in a text as a backslash and an `r`, which no client turns back.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
library=/usr/share/gocode/src/github.com/gin-contrib/sse
{ command -v go >/dev/null && [ -d "$library" ]; } ||
  { echo 'skipped: no go, or no golang-github-gin-contrib-sse-dev'; exit 77; }

cat >show.go <<'END'
package main

import (
	"bytes"
	"fmt"
	"os"
	"runtime"

	"github.com/gin-contrib/sse"
)

func main() {
	fmt.Println(runtime.Version())
	for _, c := range []struct {
		event          sse.Event
		written, again string
	}{
		{sse.Event{Id: "7", Data: "a"}, "id:7\ndata:a\n\n", `ID "7", data "a"`},
		{sse.Event{Id: "7", Retry: 3000, Data: "a"}, "id:7\nretry:3000\ndata:a\n\n", `ID "3000", data "a"`},
		{sse.Event{Data: "a\r\nb"}, "data:a\\r\ndata:b\n\n", `ID "", data "a\\r\nb"`},
	} {
		var stream bytes.Buffer
		if err := sse.Encode(&stream, c.event); err != nil {
			panic(err)
		}
		written := stream.String()
		events, err := sse.Decode(&stream)
		if err != nil {
			panic(err)
		}
		again := fmt.Sprintf("ID %q, data %q", events[0].Id, events[0].Data)
		fmt.Printf("ID %q, retry %d, data %q is written as %q and read as %s\n", c.event.Id, c.event.Retry, c.event.Data,
			written, again)
		if written != c.written || again != c.again {
			fmt.Printf("  CHANGED: it was %q, read as %s\n", c.written, c.again)
			os.Exit(1)
		}
	}
}
END
dpkg-query -W -f '${Package} ${Version}\n' golang-github-gin-contrib-sse-dev 2>/dev/null || true
GO111MODULE=off GOCACHE=$dir/cache GOPATH=/usr/share/gocode timeout 50 go run show.go
