// SPDX-License-Identifier: MIT
// What is right by the standard, and still is not read as it was meant: by some browser, by many
// other clients, or by none. Each is said once, for what is wrong in one event is so in most.
#ifndef SSEWIRE_TOOL_TRAPS_HPP
#define SSEWIRE_TOOL_TRAPS_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <sse/event.hpp>
#include <string>
#include <string_view>

#include "lines.hpp"
#include "report.hpp"

namespace tool {

/// Where the fields of a block are, which is what lies between two blank lines: numbers of lines, 0
/// for none.
struct block {
  place begin;  // of the first field
  std::uint64_t type = 0;
  std::uint64_t id = 0;
  std::uint64_t retry = 0;
  bool behind_data = false;  // the line before was data
};

/// It is shown a stream line by line, and says what it knows. What particular clients misread would
/// be told by a class with the same members.
class traps {
 public:
  explicit traps(report& report) : report_(report) {}

  /// A line that the standard ignores. False if nothing is known of it but that.
  bool ignored_line(place at, std::string_view line);
  /// What the stream ends with, without a line end.
  void unfinished_line(place at, std::string_view line);
  /// One of the standard's, or a comment, as a whole.
  void known_line(place at, std::string_view line);
  void data_line(place at, std::string_view value, bool behind_data);
  void id(place at, std::string_view value);
  void retry(place at, std::chrono::milliseconds time);

  /// A block has ended: at its blank line. `last_id` is the last event ID in force.
  void event(place at, const sse::event& e, const block& block, std::string_view last_id);
  void no_data(place at, const block& block);
  void blank_line(place at);

 private:
  enum class trap {
    head,
    chunk_size,
    binary,
    bare_json,
    two_values,
    literal_line_end,
    id_not_ascii,
    id_not_safe,
    id_missing,
    no_data_in_front,
    large_in_front
  };
  bool is_first(trap which) { return said_.insert(which).second; }
  void warn(trap which, place at, const std::string& text);
  void note(trap which, place at, const std::string& text);

  report& report_;
  std::set<trap> said_;
  bool is_in_head_ = false;
  std::uint64_t first_line_ = 1;            // of the stream, or of the body behind a head
  std::optional<std::uint64_t> next_size_;  // where the size of the next chunk is, if these are
  std::optional<std::chrono::milliseconds> retry_;
  std::string last_value_;  // of the data line before, if it may be JSON
  std::uint64_t events_with_id_ = 0;
  std::uint64_t events_without_id_ = 0;
};

}  // namespace tool

#endif
