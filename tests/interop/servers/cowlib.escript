#!/usr/bin/env escript
%% SPDX-License-Identifier: MIT
%% usage: cowlib.escript <folder of RabbitMQ's plugins> <cases in JSON>
%% As serve.mjs, by cow_sse of cowlib; JSON is read by jsx.
main([Folder, Json]) ->
    [true = code:add_pathz(Path) || Name <- ["cowlib-*", "jsx-*"],
                                    Path <- filelib:wildcard(filename:join([Folder, Name, "ebin"]))],
    Cases = jsx:decode(unicode:characters_to_binary(Json), [return_maps]),
    {ok, Listener} = gen_tcp:listen(0, [binary, {ip, {127, 0, 0, 1}}, {packet, http_bin}, {active, false}]),
    {ok, Port} = inet:port(Listener),
    io:format("{\"port\":~b,\"runtime\":\"erlang ~s\",\"lacks\":[]}~n",
              [Port, erlang:system_info(otp_release)]),
    spawn_link(fun() -> accept(Listener, Cases) end),
    io:get_line(""),
    halt().

accept(Listener, Cases) ->
    {ok, Connection} = gen_tcp:accept(Listener),
    spawn(fun() -> answer(Connection, Cases) end),
    accept(Listener, Cases).

answer(Connection, Cases) ->
    case gen_tcp:recv(Connection, 0) of
        {ok, {http_request, 'GET', {abs_path, <<"/", Number/binary>>}, _}} ->
            skip_fields(Connection),
            Case = lists:nth(binary_to_integer(Number) + 1, Cases),
            gen_tcp:send(Connection, [<<"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                "Connection: close\r\n\r\n">>,
                cow_sse:events([event(Case), #{data => <<"end">>}])]);
        _ -> ok
    end,
    gen_tcp:close(Connection).

skip_fields(Connection) ->
    case gen_tcp:recv(Connection, 0) of
        {ok, {http_header, _, _, _, _}} -> skip_fields(Connection);
        {ok, http_eoh} -> ok
    end.

event(Case) -> maps:from_list([member(Member) || Member <- maps:to_list(Case)]).

member({<<"type">>, Type}) -> {event, Type};
member({<<"data">>, Data}) when not is_binary(Data) -> {data, jsx:encode(Data)};
member({Name, Value}) -> {binary_to_existing_atom(Name), Value}.
