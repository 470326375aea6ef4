// SPDX-License-Identifier: MIT
// What the command line asks for, and the commands that do it.
#ifndef SSEWIRE_TOOL_COMMANDS_HPP
#define SSEWIRE_TOOL_COMMANDS_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <sse/growing_parser.hpp>
#include <string>
#include <vector>

namespace tool {

/// Where more than one applies it is the largest.
enum class exit_code {
  ok = 0,
  failed = 1,  // to read, to write, or to get memory
  wrong_usage = 2,
  cut_off = 3,    // the stream ended inside an event
  too_large = 4,  // an event was skipped or left out
  bad_input = 5,  // check has a warning, or encode left out a line
};

struct decode_options {
  bool data_only = false;
  bool embed_json = false;
  bool comments = false;
  bool raw = false;
  bool nul_separated = false;
  std::vector<std::string> types;  // all, if empty
  std::optional<std::uint64_t> limit;
  std::size_t max_event = sse::growing_parser::default_limit;
};

/// Event stream to JSON Lines, or to the data alone; or passed on, and these on standard error.
exit_code decode(const decode_options& options);

struct encode_options {
  bool data_only = false;
  bool nul_separated = false;
  std::string type;
  std::optional<std::uint64_t> first_id;
  std::optional<std::chrono::milliseconds> retry;
  std::optional<std::chrono::milliseconds> heartbeat;
  std::size_t max_event = sse::growing_parser::default_limit;  // as a line, and in the stream
};

/// JSON Lines, or plain lines, to event stream.
exit_code encode(const encode_options& options);

struct check_options {
  bool quiet = false;
  std::vector<std::string> clients;  // whose misreadings are told, too
  std::string url;                   // standard input, if empty
  std::string origin;
  std::vector<std::string> headers;
  std::string cacert;               // a file of authorities to be trusted; the usual ones, if empty
  std::optional<std::string> data;  // to be sent with POST
  std::chrono::milliseconds max_time = std::chrono::seconds(10);
};

/// Event stream to what a browser would make of it.
exit_code check(const check_options& options);

/// The same of a stream that is followed; and what its server, and who passes it on, make of it.
exit_code check_url(const check_options& options);

struct watch_options {
  std::string url;
  std::vector<std::string> headers;
  std::string cacert;
};

/// A stream to a view of it for people.
exit_code watch(const watch_options& options);

}  // namespace tool

#endif
