// SPDX-License-Identifier: MIT
// What the command line asks for, and the three commands that do it.
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
  too_large = 4,  // an event was skipped
  bad_input = 5,  // check has a warning, or encode left out a line
};

struct decode_options {
  bool data_only = false;
  bool embed_json = false;
  bool comments = false;
  bool nul_separated = false;
  std::vector<std::string> types;  // all, if empty
  std::optional<std::uint64_t> limit;
  std::size_t max_event = sse::growing_parser::default_limit;
};

/// Event stream to JSON Lines, or to the data alone.
exit_code decode(const decode_options& options);

struct encode_options {
  bool data_only = false;
  bool nul_separated = false;
  std::string type;
  std::optional<std::uint64_t> first_id;
  std::optional<std::chrono::milliseconds> retry;
  std::optional<std::chrono::milliseconds> heartbeat;
};

/// JSON Lines, or plain lines, to event stream.
exit_code encode(const encode_options& options);

struct check_options {
  bool quiet = false;
};

/// Event stream to what a browser would make of it.
exit_code check(const check_options& options);

}  // namespace tool

#endif
