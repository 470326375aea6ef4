#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: where a stream is cut into pieces makes no difference, and a CRLF is one line end.
# What happens: gun, Erlang's HTTP client, takes the LF that comes in the next piece for a blank line: one event of two lines becomes two events, and which ones are cut so is chance.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
command -v escript >/dev/null && erl -noshell -eval '{ok, _} = application:ensure_all_started(ssl), halt().' ||
  { echo 'skipped: no Erlang with ssl (erlang-base, erlang-ssl)'; exit 77; }
apt-get download -qq rabbitmq-server 2>/dev/null && dpkg -x rabbitmq-server_*.deb . ||
  { echo 'skipped: rabbitmq-server, which brings gun, cannot be had'; exit 77; }

cat >follow.escript <<'END'
#!/usr/bin/env escript
main([Port]) ->
    [true = code:add_pathz(Path) || Name <- ["cowlib-*", "gun-*"],
        Path <- filelib:wildcard("usr/lib/rabbitmq/lib/*/plugins/" ++ Name ++ "/ebin")],
    {ok, _} = application:ensure_all_started(gun),
    {ok, Pid} = gun:open("127.0.0.1", list_to_integer(Port),
        #{retry => 0, http_opts => #{content_handlers => [gun_sse_h]}}),
    Stream = gun:get(Pid, "/", [{<<"accept">>, <<"text/event-stream">>}]),
    {ok, Gun} = application:get_key(gun, vsn),
    {ok, Cowlib} = application:get_key(cowlib, vsn),
    io:format("erlang ~s, gun ~s, cowlib ~s: ", [erlang:system_info(otp_release), Gun, Cowlib]),
    hear(Pid, Stream).

hear(Pid, Stream) ->
    receive
        {gun_sse, Pid, Stream, fin} -> io:nl();
        {gun_sse, Pid, Stream, #{data := Data}} ->
            io:format("~0p ", [iolist_to_binary(Data)]),
            hear(Pid, Stream)
    after 20000 -> io:format("nothing more")
    end.
END

cat >show.py <<'END'
import http.server
import subprocess
import sys
import threading
import time

EVENT = b'data: one\r\ndata: two\r\n\r\n'


class Server(http.server.BaseHTTPRequestHandler):
    cut = len(EVENT)

    def do_GET(self):
        self.send_response(200)
        self.send_header('Content-Type', 'text/event-stream')
        self.end_headers()
        for piece in EVENT[:self.cut], EVENT[self.cut:]:
            self.wfile.write(piece)
            self.wfile.flush()
            time.sleep(0.5)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
for what, cut, expected in (('in one piece', len(EVENT), r'<<"one\ntwo">>'),
                            ('cut behind the first CRLF', 11, r'<<"one\ntwo">>'),
                            ('cut between its CR and LF', 10, '<<"one">> <<"two">>')):
    Server.cut = cut
    said = subprocess.run(['escript', 'follow.escript', str(server.server_port)], capture_output=True,
                          text=True, check=True, timeout=40).stdout.strip()
    print(f'{what}: {said}')
    if said.split(': ')[1] != expected:
        print(f'  CHANGED: it was {expected}')
        sys.exit(1)
END
timeout 55 python3 show.py
