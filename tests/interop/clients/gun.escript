#!/usr/bin/env escript
%% SPDX-License-Identifier: MIT
%% usage: gun.escript <folder of RabbitMQ's plugins>
%% gun, whose gun_sse_h reads event streams by cow_sse; JSON is read by jsx.
main([Folder]) ->
    [true = code:add_pathz(Path) || Name <- ["cowlib-*", "gun-*", "jsx-*"],
                                    Path <- filelib:wildcard(filename:join([Folder, Name, "ebin"]))],
    {ok, _} = application:ensure_all_started(gun),
    io:setopts([binary]),
    io:format("{\"runtime\":\"erlang ~s\",\"gives\":[\"type\",\"id\"]}~n",
              [erlang:system_info(otp_release)]),
    loop().

loop() ->
    case io:get_line("") of
        eof -> ok;
        Line ->
            #{<<"url">> := Url} = jsx:decode(Line, [return_maps]),
            io:format("~s~n", [jsx:encode(look(uri_string:parse(Url)))]),
            loop()
    end.

look(#{host := Host, port := Port, path := Path}) ->
    Handlers = #{content_handlers => [gun_sse_h, gun_data_h]},
    {ok, Pid} = gun:open(binary_to_list(Host), Port, #{http_opts => Handlers, retry => 0}),
    Monitor = monitor(process, Pid),
    Stream = gun:get(Pid, Path, [{<<"accept">>, <<"text/event-stream">>}]),
    Answer = hear(Pid, Monitor, Stream, []),
    demonitor(Monitor, [flush]),
    gun:close(Pid),
    gun:flush(Pid),
    Answer.

hear(Pid, Monitor, Stream, Events) ->
    receive
        {gun_sse, Pid, Stream, fin} -> #{events => lists:reverse(Events)};
        {gun_sse, Pid, Stream, #{event_type := Type, data := Data, last_event_id := Id}} ->
            Event = #{type => text(Type), data => text(Data), id => text(Id)},
            hear(Pid, Monitor, Stream, [Event | Events]);
        {gun_sse, Pid, Stream, _} -> hear(Pid, Monitor, Stream, Events);  % an ID alone
        {gun_error, Pid, Stream, Reason} -> failed(Reason, Events);
        {'DOWN', Monitor, process, Pid, Reason} -> failed(Reason, Events)
    end.

failed(Reason, Events) ->
    #{events => lists:reverse(Events), error => text(io_lib:format("~0p", [Reason]))}.

text(Bytes) ->
    case unicode:characters_to_binary(iolist_to_binary(Bytes)) of
        Text when is_binary(Text) -> Text;
        {_, Text, <<_, Rest/binary>>} -> <<Text/binary, 16#FFFD/utf8, (text(Rest))/binary>>
    end.
