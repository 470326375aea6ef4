// SPDX-License-Identifier: MIT
// The module `sse`: all that is public, with data_stream.hpp and format.hpp. What it exports is what
// the headers declare, so both may be in one program. The macros of version.hpp cannot be exported.
//
// CMake 3.28 builds it with SSEWIRE_MODULE=ON: link ssewire::module. By hand, with clang 16 or newer:
//   clang++ -std=c++20 -Iinclude --precompile include/sse/sse.cppm -o sse.pcm
//   clang++ -std=c++20 -fmodule-file=sse=sse.pcm app.cpp sse.pcm
module;

#include "data_stream.hpp"
#include "format.hpp"
#include "sse.hpp"

export module sse;

export namespace sse {

using sse::append;
using sse::append_comment;
using sse::append_retry;
using sse::basic_event_source;
using sse::basic_growing_parser;
using sse::basic_growing_writer;
using sse::bytes;
using sse::channel;
using sse::cursor;
using sse::data_inserter;
using sse::data_stream;
using sse::describe;
using sse::encoded_size;
using sse::event;
using sse::event_source;
using sse::every_topic;
using sse::gather;
using sse::gathered;
using sse::growing_parser;
using sse::growing_writer;
using sse::header;
using sse::is_event_stream;
using sse::is_header_safe;
using sse::longest_header_id;
using sse::longest_retry;
using sse::media_type;
using sse::operator<<;
using sse::operator|;
using sse::owned_event;
using sse::parser;
using sse::policy;
using sse::reading;
using sse::ready_state;
using sse::reason;
using sse::report;
using sse::response;
using sse::resumed;
using sse::storage;
using sse::to_string;
using sse::verdict;
using sse::writer;

}  // namespace sse

export namespace ssewire = sse;
