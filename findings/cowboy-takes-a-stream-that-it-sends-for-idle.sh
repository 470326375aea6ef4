#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: `idle_timeout` is for connections on which nothing goes on, so events or heartbeats keep a stream.
# What happens: Cowboy 2.8 counts what it receives alone, and a client of a stream sends nothing: it is cut off after that time (a minute as it is) however much is sent, and as an error, for its last chunk is missing. Over HTTP/2 it is cut off alike. The handler can say `infinity` for its stream alone.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
command -v curl >/dev/null && command -v escript >/dev/null &&
  erl -noshell -eval '{ok, _} = application:ensure_all_started(ssl), {module, _} = code:load_file(compile), halt().' ||
  { echo 'skipped: no curl, or no Erlang with ssl (erlang-base, erlang-ssl)'; exit 77; }
apt-get download -qq rabbitmq-server 2>/dev/null && dpkg -x rabbitmq-server_*.deb . ||
  { echo 'skipped: rabbitmq-server, which brings Cowboy, cannot be had'; exit 77; }

cat >events.erl <<'END'
-module(events).
-export([init/2, info/3]).

init(Req0, Options) ->
    Req = cowboy_req:stream_reply(200, #{<<"content-type">> => <<"text/event-stream">>}, Req0),
    cowboy_req:cast({set_options, Options}, Req),
    self() ! {send, 1},
    {cowboy_loop, Req, Options}.

info({send, 25}, Req, Options) ->
    cowboy_req:stream_events(#{data => <<"end">>}, fin, Req),
    {stop, Req, Options};
info({send, Number}, Req, Options) ->
    cowboy_req:stream_events(#{data => integer_to_binary(Number)}, nofin, Req),
    erlang:send_after(200, self(), {send, Number + 1}),
    {ok, Req, Options}.
END
cat >serve.escript <<'END'
#!/usr/bin/env escript
main([]) ->
    [true = code:add_pathz(Path) || Name <- ["cowlib-*", "cowboy-*", "ranch-*"],
        Path <- filelib:wildcard("usr/lib/rabbitmq/lib/*/plugins/" ++ Name ++ "/ebin")],
    {ok, _} = application:ensure_all_started(cowboy),
    {ok, events, Binary} = compile:file("events.erl", [binary]),
    {module, events} = code:load_binary(events, "events.erl", Binary),
    Dispatch = cowboy_router:compile([{'_', [{"/", events, #{}},
        {"/infinity", events, #{idle_timeout => infinity}}]}]),
    {ok, _} = cowboy:start_clear(http, [{ip, {127, 0, 0, 1}}, {port, 0}],
        #{env => #{dispatch => Dispatch}, idle_timeout => 2000}),
    {ok, Cowboy} = application:get_key(cowboy, vsn),
    io:format("~w erlang ~s, cowboy ~s~n", [ranch:get_port(http), erlang:system_info(otp_release), Cowboy]),
    receive stop -> ok end.
END

cat >show.py <<'END'
import re
import subprocess
import sys
import time

server = subprocess.Popen(['escript', 'serve.escript'], stdout=subprocess.PIPE, text=True)
failed = False
try:
    port, versions = server.stdout.readline().strip().split(' ', 1)
    curl = subprocess.run(['curl', '--version'], capture_output=True, text=True, check=True)
    print(f"{versions}, {' '.join(curl.stdout.split()[:2])}; an event each 0.2 s, the idle time-out is 2 s")
    for path, words in (('/', ['--http1.1']), ('/', ['--http2-prior-knowledge']), ('/infinity', ['--http1.1'])):
        begin = time.monotonic()
        said = subprocess.run(['curl', '-q', '-sS', '-N', '--max-time', '20', *words, f'http://127.0.0.1:{port}{path}'],
                              capture_output=True, text=True)
        took = time.monotonic() - begin
        data = re.findall(r'^data: (.*)$', said.stdout, re.MULTILINE)
        print(f'{words[0]}, {path}: {len(data)} events, the last one {data[-1]}, after {took:.1f} s curl ends with '
              f"{said.returncode}{': ' if said.stderr else ''}{said.stderr.strip()}")
        is_whole = data[-1] == 'end' and said.returncode == 0
        if is_whole != (path == '/infinity') or not is_whole and (said.returncode == 0 or not 1 < len(data) < 20):
            print('  CHANGED')
            failed = True
finally:
    server.kill()
    server.wait()
sys.exit(failed)
END
timeout 55 python3 show.py
