// SPDX-License-Identifier: MIT
// How is taken what most streams consist of: events with one line of data, and runs of
// lines of data.
//
// Both functions read blocks that lie whole in the chunk, and with a margin behind: a block more
// and the eight bytes in which a name can be told. So nothing that they read has to be checked
// against the chunk's end. And both know few kinds of lines, so what they know of an event stays in
// registers. At anything else they stop, and take_lines goes on.
#ifndef SSEWIRE_DETAIL_PLAIN_HPP
#define SSEWIRE_DETAIL_PLAIN_HPP

#include <cassert>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string_view>

#include "parsing.hpp"

#ifndef SSEWIRE_DETAIL_SMALL

namespace sse::detail {

SSEWIRE_DETAIL_DEFINITIONS

/// Where a line ends, and where the next one begins.
struct line_bounds {
  const char* end;
  const char* next;
};

/// The bounds of `line`, which begins in the block or before it. Null if there is no line end in
/// the blocks that begin up to `last`, or if a NUL comes first.
template <bool Dense>
SSEWIRE_DETAIL_FORM inline line_bounds find_line(block& from, const char* line,
                                                 const char* last) noexcept {
  while (from.candidates != 0 || go_to_next_block<native_kernel, Dense>(from, last)) {
    const char* const found = from.first_candidate();
    from.drop_candidate();
    if (found < line) continue;  // the LF of a CRLF that two blocks share
    const char* next = found + 1;
    if (*found != '\n') {
      if (*found == '\0') break;
      if (*found != '\r') continue;
      if (mostly(*next == '\n')) {
        ++next;
        from.drop_candidate();
      }
    }
    return {found, next};
  }
  return {nullptr, nullptr};
}

/// If `line` is blank: goes on to the next one, and takes its end from the block. Or else false.
/// (Reads two bytes.)
constexpr bool skip_blank_line(block& from, const char*& line) noexcept {
  if (*line == '\r' && line[1] == '\n') {
    from.drop_candidate();
    ++line;
  } else if (*line != '\n') {
    return false;
  }
  from.drop_candidate();
  ++line;
  return true;
}

// Takes the next event if it is one like most: whole in the chunk, with one line of data, the last,
// and in front of it no fields but ID and type. False if it is not; then nothing has changed but
// that comments and blank lines in front of it may be consumed, and that of an event with more
// lines of data the first may be kept.
constexpr bool parsing::take_plain_event(event& out) noexcept {
  constexpr std::size_t margin = 2 * block_size + 8;
  if (__builtin_is_constant_evaluated() || unread().size() < margin) return false;
  const char* const last = end_ - margin;
  const char* line = cursor_;
  block block{end_ - ahead_, candidates_};
  if (ahead_ == 0) block = {line, native_kernel::candidates(line)};
  assert(block.begin <= last && "where no event has begun, the line ends ahead are in its block");
  std::string_view its_id;
  std::string_view its_type = default_type;
  for (;;) {
    const auto [line_end, next_line] = find_line<false>(block, line, last);
    if (line_end == nullptr) {
      if (line != cursor_) break;
      look_ahead(block);
      return false;
    }
    if (equal_bytes(line, "data:")) {
      const std::string_view its_data = text_between(behind_colon(line + 4), line_end);
      const char* next_event = next_line;
      if (!skip_blank_line(block, next_event)) {
        if (!equal_bytes(next_line, "data:")) break;
        if (its_type.data() == default_type.data()) its_type = {};
        look_ahead(block);
        keep_first_data({its_id, its_type, its_data, {}}, next_line);
        return false;
      }
      begin_event();
      cursor_ = next_event;
      look_ahead(block);
      hand_out(out, its_id, its_type, its_data);
      out.retry = std::optional<milliseconds>();
      return true;
    }
    if (equal_bytes(line, "event:")) {
      its_type = text_between(behind_colon(line + 5), line_end);
      if (its_type.empty()) its_type = default_type;
    } else if (equal_bytes(line, "id:")) {
      its_id = text_between(behind_colon(line + 2), line_end);
      if (its_id.size() > capacity()) break;
    } else if (*line == ':' && !has(concern::comments)) {
      if (line == cursor_) {  // in front of an event, mostly with a blank line behind
        line = next_line;
        skip_blank_line(block, line);
        cursor_ = line;
        continue;
      }
    } else if (line_end == line && line == cursor_) {  // where there is no event
      while (cursor_ <= last && is_line_end(*cursor_)) ++cursor_;
      if (cursor_ > last) break;
      line = cursor_;
      block = {line, native_kernel::candidates(line)};
      continue;
    } else {
      break;
    }
    line = next_line;
  }
  ahead_ = 0;  // the block has lost line ends that come again
  return false;
}

// Keeps what has been said of an event whose data go on in the next line, if it fits.
constexpr void parsing::keep_first_data(const unfinished_event& e, const char* next_line) noexcept {
  settle();
  if (keep(e)) {
    begin_event();
    cursor_ = next_line;
    place_ = place::line_start;
  } else {
    ahead_ = 0;  // the lines come again
  }
}

// Takes further lines of data, as long as there is room for them, and the event with them if a
// blank line comes next: then it returns true.
constexpr bool parsing::take_further_data(event& out) noexcept {
  constexpr std::size_t copied = 128;
  constexpr std::size_t margin = 2 * block_size + 8 + copied;
  if (__builtin_is_constant_evaluated() || unread().size() < margin) return false;
  const char* const last = end_ - margin;
  const char* line = cursor_;
  block block = block_ahead();
  if (block.begin > last) return false;
  char* const begin = place_for_data();
  char* const full = begin + room();
  char* to = begin;
  while (equal_bytes(line, "data:") && static_cast<std::size_t>(full - to) > copied) {
    const auto [line_end, next_line] = find_line<true>(block, line, last);
    if (line_end == nullptr) break;
    const std::string_view value = text_between(behind_colon(line + 4), line_end);
    if (value.size() <= copied) {
      std::memcpy(to + 1, value.data(), copied);
    } else if (value.size() < static_cast<std::size_t>(full - to)) {
      std::memcpy(to + 1, value.data(), value.size());
    } else {
      block = find_block<native_kernel>(line, end_);
      break;
    }
    *to = '\n';
    to += 1 + value.size();
    line = next_line;
  }
  appended_data(static_cast<std::size_t>(to - begin));
  const bool ends = skip_blank_line(block, line);
  cursor_ = line;
  look_ahead(block);
  if (ends) end_event(out);
  return ends;
}

SSEWIRE_DETAIL_END_OF_DEFINITIONS

}  // namespace sse::detail

#endif

#endif
