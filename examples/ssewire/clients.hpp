// SPDX-License-Identifier: MIT
// What real clients misread. tests/interop/run writes this from what it has seen of them.
#ifndef SSEWIRE_TOOL_CLIENTS_HPP
#define SSEWIRE_TOOL_CLIENTS_HPP

#include <string_view>

// clang-format off

namespace tool {

/// A form that is right by the standard.
struct form {
  std::string_view name;
  std::string_view is;
};
inline constexpr form forms[] = {
    {"comment-alone", "a comment between blank lines, as a heartbeat is"},
    {"comment-above", "a comment above the data"},
    {"comment-below", "a comment below the data"},
    {"id-above", "an ID above the data"},
    {"id-below", "an ID below the data"},
    {"id-alone", "a block with an ID alone"},
    {"id-empty", "an empty ID"},
    {"id-carried", "an event without an ID behind one that has one"},
    {"retry-above", "`retry` above the data"},
    {"retry-below", "`retry` below the data"},
    {"retry-alone", "a block with `retry` alone"},
    {"type-message", "`event: message`"},
    {"type-other", "an event of another type"},
    {"type-error", "`event: error`"},
    {"type-missing", "no type where the vendor gives one"},
    {"type-below", "a type below the data"},
    {"type-alone", "a type without data"},
    {"type-empty", "an empty type"},
    {"data-empty", "an event whose data are empty"},
    {"data-bare", "a `data` line without a colon"},
    {"lines", "data in two lines"},
    {"no-space", "no space behind the colon"},
    {"blanks", "blanks in front of the data and behind them"},
    {"unknown", "an unknown field"},
    {"crlf", "CRLF"},
    {"cr", "CR"},
    {"cr-last", "a CR is the last byte"},
    {"mixed-ends", "a blank line that ends unlike the line above it"},
    {"mark", "a byte order mark"},
    {"blank-lines", "more than one blank line"},
    {"separators", "U+2028, U+0085 and form feed are no line ends"},
    {"unfinished", "the last event has no blank line"},
    {"done", "`[DONE]` at the end"},
    {"large", "an event of 300 kB"}};

/// A client, and what it misreads: forms, each with what it does. E: it raises an error, L: it loses
/// events, M: it gives more events, D, T, I: it gives other data, another type or another ID.
struct client {
  std::string_view name;
  std::string_view version;
  std::string_view groups;
  std::string_view misreads;
};
inline constexpr client clients[] = {
    {"eventsource", "2.0.2", "node",
     "data-bare=L "},
    {"eventsource", "3.0.7", "node",
     "id-carried=I cr-last=L "},
    {"eventsource", "4.1.1", "node",
     "id-carried=I cr-last=L "},
    {"eventsource", "5.1.5", "node",
     ""},
    {"undici", "7.30.2", "node",
     ""},
    {"launchdarkly-eventsource", "2.2.0", "node",
     ""},
    {"event-source-polyfill", "1.0.31", "",
     ""},
    {"extended-eventsource", "2.1.0", "",
     "comment-alone=M id-alone=M retry-alone=M type-alone=M blank-lines=M "},
    {"reconnecting-eventsource", "1.6.5", "",
     "id-carried=I cr-last=L "},
    {"undici", "8.13.1", "node",
     ""},
    {"deno", "2.9.6", "",
     ""},
    {"workerd", "1.20261117.1", "",
     "type-empty=L data-empty=L data-bare=L "},
    {"chromium", "156.0.8078.114-1~deb12u1", "browsers",
     ""},
    {"firefox-esr", "153.8.0esr-1~deb12u1", "browsers",
     ""},
    {"eventsource-parser", "1.1.2", "node",
     "id-alone=I "},
    {"eventsource-parser", "3.1.1", "node",
     "cr-last=L "},
    {"eventsource-parser", "4.1.3", "node",
     ""},
    {"parse-sse", "0.1.0", "",
     "data-empty=L data-bare=L unfinished=M "},
    {"fetch-event-stream", "0.1.6", "",
     "id-above=I id-below=I id-alone=M id-empty=I id-carried=I retry-alone=M type-alone=M "
     "data-bare=L blanks=D "},
    {"@azure/core-sse", "2.4.0", "",
     "id-alone=I type-alone=T data-bare=L "},
    {"@microsoft/fetch-event-source", "2.0.1", "",
     "comment-alone=M id-alone=M retry-alone=M type-alone=M blank-lines=M "},
    {"@fortaine/fetch-event-source", "3.0.6", "",
     "comment-alone=M id-alone=M retry-alone=M type-alone=M blank-lines=M "},
    {"fetch-sse", "1.2.1", "",
     ""},
    {"event-source-plus", "0.1.15", "",
     "data-bare=L lines=D blanks=D "},
    {"eventsource-client", "1.2.0", "",
     "cr-last=L "},
    {"sse.js", "2.8.0", "",
     "mixed-ends=L unfinished=M "},
    {"react-native-sse", "1.2.1", "",
     "type-alone=T blanks=D mixed-ends=L "},
    {"eventsource-polyfill", "0.9.6", "",
     "type-error=M type-empty=L data-empty=L data-bare=L blanks=D mixed-ends=L "},
    {"openai", "4.104.0", "",
     "type-message=L type-other=L type-error=E type-below=L type-alone=E type-empty=L "
     "data-empty=E data-bare=E mark=L "},
    {"openai", "6.49.0", "",
     "type-alone=E data-empty=E data-bare=E "},
    {"openai", "7.59.0", "",
     "type-error=E type-alone=E data-empty=E data-bare=E unfinished=M "},
    {"@anthropic-ai/sdk", "0.74.0", "anthropic",
     "type-missing=L "},
    {"@anthropic-ai/sdk", "1.14.0", "anthropic",
     "type-missing=L "},
    {"@google/generative-ai", "0.24.1", "genai",
     "comment-alone=E comment-above=E comment-below=E id-above=E id-below=E id-alone=E "
     "id-empty=E id-carried=E retry-above=E retry-below=E retry-alone=E type-message=E "
     "type-other=E type-error=E type-below=E type-alone=E type-empty=E data-empty=E "
     "data-bare=E lines=E no-space=E unknown=E cr=E mixed-ends=E blank-lines=E separators=E "
     "unfinished=E done=E "},
    {"@google/genai", "1.52.0", "genai",
     "comment-above=L comment-below=E id-above=L id-below=E id-empty=L id-carried=L "
     "retry-above=L retry-below=E type-message=L type-other=L type-error=L type-below=E "
     "type-empty=L data-empty=E lines=E unknown=L cr=E mixed-ends=E unfinished=E done=E "},
    {"@google/genai", "3.3.0", "genai",
     "comment-above=L comment-below=E id-above=L id-below=E id-empty=L id-carried=L "
     "retry-above=L retry-below=E type-message=L type-other=L type-error=L type-below=E "
     "type-empty=L data-empty=E lines=E unknown=L cr=E mixed-ends=E unfinished=E done=E "},
    {"@modelcontextprotocol/sdk", "1.32.2", "mcp",
     "type-other=L type-error=L type-below=L cr-last=L done=E "},
    {"ai", "5.0.277", "",
     "data-empty=E data-bare=E cr-last=L "},
    {"ai", "7.0.173", "",
     "data-empty=E data-bare=E cr-last=L "},
    {"@langchain/openai", "1.6.0", "",
     "type-error=E type-alone=E data-empty=E data-bare=E unfinished=M "},
    {"@langchain/langgraph-sdk", "1.15.0", "",
     "unfinished=M done=E "},
    {"groq-sdk", "1.6.0", "",
     "type-alone=E data-empty=E data-bare=E "},
    {"together-ai", "0.52.0", "",
     "type-message=L type-other=L type-error=L type-below=L type-empty=L data-empty=E "
     "data-bare=E "},
    {"@mistralai/mistralai", "2.7.0", "",
     "data-empty=E data-bare=E "},
    {"cohere-ai", "8.1.0", "",
     "data-empty=E lines=E cr=L cr-last=L unfinished=M "},
    {"@huggingface/inference", "4.13.30", "",
     ""},
    {"Mastodon.py", "1.8.0-1", "mastodon",
     "comment-alone=E id-alone=E id-empty=E retry-alone=E type-missing=E type-alone=E "
     "data-empty=E data-bare=E no-space=E crlf=E cr=L cr-last=L mixed-ends=E mark=E "
     "blank-lines=E done=E "},
    {"Mastodon::Listener", "0.017-2", "mastodon",
     "comment-alone=L comment-above=L comment-below=E id-above=L id-below=E id-alone=L "
     "id-empty=L id-carried=L retry-above=L retry-below=E retry-alone=L type-missing=E "
     "type-alone=L data-empty=E data-bare=L lines=E no-space=L blanks=E unknown=L crlf=L cr=L "
     "cr-last=L mixed-ends=E mark=L blank-lines=L separators=E unfinished=E done=E large=E "},
    {"symfony/http-client", "5.4.53+dfsg-0+deb12u1", "",
     "id-alone=M retry-alone=M type-alone=M type-empty=T mixed-ends=L "},
    {"gin-contrib/sse", "0.1.0-2", "",
     "retry-above=I retry-below=I type-alone=M data-empty=L data-bare=L crlf=L cr=L cr-last=L "
     "mixed-ends=L mark=L unfinished=M "},
    {"donovanhide/eventsource", "0.0~git20210830.c590279-2", "",
     "id-alone=M retry-alone=M type-alone=M mark=D "},
    {"cowlib", "3.10.8-1.1+deb12u1", "",
     "mark=L "},
    {"gun", "3.10.8-1.1+deb12u1", "",
     "mark=L "},
    {"mikutter", "5.0.4+dfsg1-2", "mastodon",
     "type-missing=L data-empty=E data-bare=E crlf=L cr=L cr-last=L mixed-ends=L mark=L done=E "}};

}  // namespace tool

// clang-format on

#endif
