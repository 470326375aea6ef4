// SPDX-License-Identifier: MIT
// usage: go_clients gin | donovanhide
package main

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/donovanhide/eventsource"
	"github.com/gin-contrib/sse"
)

type question struct {
	URL    string
	Chunks []string
}
type event struct {
	Type string `json:"type"`
	Data string `json:"data"`
	Own  string `json:"own"`
}
type answer struct {
	Events []event `json:"events"`
	Error  string  `json:"error,omitempty"`
}

func gin(asked question) (seen answer) {
	stream, _ := hex.DecodeString(strings.Join(asked.Chunks, ""))
	events, err := sse.Decode(bytes.NewReader(stream))
	if err != nil {
		seen.Error = err.Error()
	}
	for _, e := range events {
		seen.Events = append(seen.Events, event{e.Event, fmt.Sprint(e.Data), e.Id})
	}
	return
}

func donovanhide(asked question) (seen answer) {
	stream, err := eventsource.Subscribe(asked.URL, "")
	if err != nil {
		seen.Error = err.Error()
		return
	}
	// It is not closed: when that meets the reconnection, which comes at once behind some values of
	// retry, the library ends the process.
	for {
		select {
		case e := <-stream.Events:
			kind := e.Event()
			if kind == "" {
				kind = "message"
			}
			seen.Events = append(seen.Events, event{kind, e.Data(), e.Id()})
		case err := <-stream.Errors:
			if err.Error() != "EOF" {
				seen.Error = err.Error()
			}
			return
		case <-time.After(2 * time.Second):
			return
		}
	}
}

func main() {
	read, takes := gin, "bytes"
	if os.Args[1] == "donovanhide" {
		read, takes = donovanhide, "url"
	}
	say := json.NewEncoder(os.Stdout)
	say.Encode(map[string]interface{}{
		"runtime": runtime.Version(), "takes": takes, "gives": []string{"type", "own"}})
	lines := bufio.NewReader(os.Stdin)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var asked question
		if err := json.Unmarshal(line, &asked); err != nil {
			panic(err)
		}
		seen := read(asked)
		if seen.Events == nil {
			seen.Events = []event{}
		}
		say.Encode(seen)
	}
}
