// SPDX-License-Identifier: MIT
// usage: go_servers gin | donovanhide <cases in JSON>
// As serve.mjs, by libraries of Go.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path"
	"runtime"
	"strconv"

	"github.com/donovanhide/eventsource"
	"github.com/gin-contrib/sse"
)

type given struct {
	Type, ID, Comment string
	Retry             uint
	Data              interface{}
}

// What donovanhide/eventsource takes.
type event struct{ given }

func (e event) Id() string    { return e.ID }
func (e event) Event() string { return e.Type }
func (e event) Data() string  { return fmt.Sprint(e.given.Data) }

func gin(w http.ResponseWriter, r *http.Request, events []given) {
	for _, e := range events {
		sse.Event{Event: e.Type, Id: e.ID, Retry: e.Retry, Data: e.Data}.Render(w)
	}
}

func donovanhide(w http.ResponseWriter, r *http.Request, events []given) {
	server := eventsource.NewServer()
	replay := eventsource.NewSliceRepository()
	server.Register("all", replay)
	server.ReplayAll = true
	for i, e := range events {
		if e.ID == "" {
			e.ID = strconv.Itoa(100 + i)
		}
		replay.Add("all", event{e})
	}
	server.Handler("all")(w, r)
}

func main() {
	var cases []given
	if err := json.Unmarshal([]byte(os.Args[2]), &cases); err != nil {
		panic(err)
	}
	send, lacks := gin, []string{"comment"}
	if os.Args[1] == "donovanhide" {
		send, lacks = donovanhide, []string{"comment", "retry"}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(path.Base(r.URL.Path))
		send(w, r, []given{cases[n], {Data: "end"}})
	}))
	line, _ := json.Marshal(map[string]interface{}{
		"port": listener.Addr().(*net.TCPAddr).Port, "runtime": runtime.Version(), "lacks": lacks})
	fmt.Println(string(line))
	io.Copy(io.Discard, os.Stdin)
}
