// SPDX-License-Identifier: MIT
// How whole lines are taken.
#ifndef SSEWIRE_DETAIL_LINES_HPP
#define SSEWIRE_DETAIL_LINES_HPP

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "parsing.hpp"
#include "plain.hpp"
#include "shared.hpp"

#ifndef SSEWIRE_DETAIL_SMALL

namespace sse::detail {

SSEWIRE_DETAIL_DEFINITIONS

// Takes whole lines, up to the end of an event or the last line that ends in the chunk, as views;
// what has been said is kept in the storage only where the chunk ends before the event, or a second
// line of data comes, or something is reported in the midst of it. (With a `break` of its own for
// each line that is refused, clang 14 would move all of `e` about for each line: heartbeats in
// chunks of 64 bytes would come at 0.76 of the speed.)
//
// `storage_full` says that the next line is to be taken by parts. (To do that from here would take
// more of the stack than there is.)
constexpr parsing::status parsing::take_lines(event& out) noexcept {
  const char* const end = end_;
  block block = block_ahead();
  const char* line = cursor_;
  unfinished_event e;
  bool refused = false;
  for (;;) {
    if (block.candidates == 0) {
      if (static_cast<std::size_t>(end - block.begin) <= block_size) break;
      block = find_block<native_kernel>(block.begin + block_size, end);
      if (block.candidates == 0) break;
    }
    const char* const line_end = block.first_candidate();
    block.drop_candidate();
    if (line_end < line) continue;  // the LF of a CRLF that two blocks share
    const char* next_line = line_end + 1;
    if (*line_end != '\n') {
      if (*line_end != '\r') continue;
      if (next_line != end && *next_line == '\n') {
        ++next_line;
        block.drop_candidate();
      }
    }
    if (line_end == line) {
      if (is_in_event(place_)) {
        // What is handed out lies all in the chunk, or the ID does not: see settle_from_chunk.
        refused = e.id.data() != nullptr;
        if (refused) break;
      } else if (line != cursor_) {
        begin_event();
      } else {  // no event: done with
        cursor_ = line = next_line;
        continue;
      }
      cursor_ = next_line;
      recall(e);
      clear_event();
      if (e.retry.valid()) reconnection_time_ = e.retry;
      const bool any_data = mostly(e.data.data() != nullptr);
      if (any_data || has(concern::no_data)) {
        look_ahead(block);
        // ID and data by their parts, for the reason that hand_out has; and the type by reference,
        // which keeps clang 14 from moving `e` about: else ticks of 64 bytes come at 0.94.
        hand_out(out, {e.id.data(), e.id.size()}, e.type.empty() ? default_type : e.type,
                 {e.data.data(), e.data.size()});
        out.retry = e.retry.value();
        if (any_data) return status::event;
        return status::no_data;
      }
      if (e.id.data() != nullptr) commit(e.id);
      e = {};
    } else {
      const detail::line split = split_line(line, line_end);
      const std::string_view value(split.value, static_cast<std::size_t>(line_end - split.value));
      if (split.name == field::data) {
        if (e.data.data() == nullptr && !has_data()) {
          e.data = value;
        } else if (line == cursor_ &&
                   append_line(value, static_cast<std::size_t>(end - split.value))) {
          cursor_ = next_line;
        } else {  // what came before it is to be kept first
          refused = true;
        }
      } else if (split.name == field::event) {
        e.type = value;
      } else if (split.name == field::id) {
        if (value.size() > capacity()) {
          refused = true;
        } else if (!has_nul(value)) {
          e.id = value;
        } else {
          refused = has(concern::ignored_lines);
        }
      } else if (split.name == field::retry) {
        set_digits({});
        add_digits(value);
        if (digits().valid()) {
          e.retry = digits();
        } else {
          refused = has(concern::ignored_lines);
        }
      } else if (split.name == field::comment) {
        if (has(concern::comments)) {
          refused = true;
        } else if (line == cursor_) {  // done with
          // And with a blank line, if it is a heartbeat: in chunks of 64 bytes they come 1.4 times
          // as fast as when that is a line of its own.
          if (!is_in_event(place_) && end - next_line > 1) skip_blank_line(block, next_line);
          cursor_ = next_line;
        }
      } else {
        refused = has(concern::ignored_lines);
      }
      if (refused) break;
    }
    line = next_line;
  }
  settle();
  const bool is_kept = line != cursor_ && keep(e);
  if (is_kept) {
    enter_event();
    cursor_ = line;
    place_ = place::line_start;
  }
  ahead_ = line == cursor_ && !refused;  // the rest has no line end: see block_ahead
  candidates_ = 0;
  if (cursor_ == end) place_ = behind_line(place_, cursor_[-1]);
  return (is_kept && refused) || cursor_ == end ? status::need_input : status::storage_full;
}

// The block to go on in: it begins `ahead_` bytes before the chunk's end, and of its candidates
// those in `candidates_` are left, some of which may have been passed; `ahead_` is 0 if it is not
// known. Without it, a block would be looked at for each of its events, and where the next event is
// looked for would have to wait for where the last one ended: half the speed on tokens. (The order
// in which it is stored matters, too: the other one has tokens at 0.9 of the speed with g++ 12.)
constexpr block parsing::block_ahead() const noexcept {
  if (ahead_ == 0) return find_block<native_kernel>(cursor_, end_);
  return {end_ - ahead_, candidates_};
}

constexpr void parsing::look_ahead(block rest) noexcept {
  const auto ahead = static_cast<std::size_t>(end_ - rest.begin);
  candidates_ = rest.candidates;
  ahead_ = ahead <= UINT32_MAX ? static_cast<std::uint32_t>(ahead) : 0;
}

SSEWIRE_DETAIL_END_OF_DEFINITIONS

}  // namespace sse::detail

#endif

#endif
