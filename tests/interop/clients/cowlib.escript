#!/usr/bin/env escript
%% SPDX-License-Identifier: MIT
%% usage: cowlib.escript <folder of RabbitMQ's plugins>
%% cow_sse of cowlib, which gun has for event streams. Lines are of hexadecimal digits.
main([Folder]) ->
    [Path] = filelib:wildcard(filename:join([Folder, "cowlib-*", "ebin"])),
    true = code:add_pathz(Path),
    io:setopts([binary]),
    Otp = erlang:system_info(otp_release),
    io:format("{\"runtime\":\"erlang ~s\",\"takes\":\"bytes\",\"plain\":true,"
              "\"gives\":[\"type\",\"id\"]}~n", [Otp]),
    loop().

loop() ->
    case io:get_line("") of
        eof -> ok;
        Line ->
            Words = binary:split(string:trim(Line), <<" ">>, [global]),
            Chunks = [binary:decode_hex(Word) || Word <- Words],
            try read(Chunks, cow_sse:init()) of
                Events -> io:format("~s~n", [lists:join(" ", Events)])
            catch
                Class:Reason -> io:format("! ~0p~n", [{Class, Reason}])
            end,
            loop()
    end.

read([], _) -> [];
read([Chunk | More], State) ->
    case cow_sse:parse(Chunk, State) of
        {event, #{event_type := _} = Event, Next} -> [shown(Event) | read([<<>> | More], Next)];
        {event, #{last_event_id := _}, Next} -> read([<<>> | More], Next);  % an ID alone
        {more, Next} -> read(More, Next)
    end.

shown(#{event_type := Type, data := Data, last_event_id := Id}) ->
    lists:join(":", [hex(Type), hex(Data), hex(Id)]).

hex(Text) -> string:lowercase(binary:encode_hex(iolist_to_binary(Text))).
