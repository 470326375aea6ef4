// SPDX-License-Identifier: MIT
// How sse::parser takes whole lines.
#ifndef SSEWIRE_DETAIL_LINES_HPP
#define SSEWIRE_DETAIL_LINES_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "../parser.hpp"
#include "out_of_line.hpp"

namespace sse {

// Takes whole lines, up to the end of an event or the last line that ends in the chunk, as views;
// what has been said is kept in the storage only where the chunk ends before the event, or a second
// line of data comes. (Aligned, as find_block, since wherever else g++ 12 leaves it small events
// come at 0.8 to 1 of the speed.)
SSEWIRE_DETAIL_ALIGNED constexpr parser::status parser::take_lines(event& out) noexcept {
  const char* const end = end_;
  detail::block block = block_ahead();
  const char* line = cursor_;
  detail::unfinished_event e;
  bool refused = false;
  for (;;) {
    if (block.candidates == 0) {
      if (static_cast<std::size_t>(end - block.begin) <= detail::block_size) break;
      block = detail::find_block<detail::native_kernel>(block.begin + detail::block_size, end);
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
      const bool in_event = detail::is_in_event(place_) || line != cursor_;
      cursor_ = next_line;
      if (in_event) {
        recall(e);
        clear_event();
        const bool has_id = e.id.data() != nullptr;
        if (has_id) commit(e.id);
        if (e.retry.valid()) reconnection_time_ = e.retry;
        if (e.data.data() != nullptr) {
          look_ahead(block);
          // Member by member: a whole event would be copied by loads wider than the stores before
          // them, and wait for those.
          if (has_id) {
            out.id = std::optional(e.id);
          } else {
            out.id = std::optional<std::string_view>();
          }
          out.type = e.type.empty() ? detail::default_type : e.type;
          out.data = e.data;
          out.retry = e.retry.value();
          return status::event;
        }
        e = {};
      }
    } else {
      const detail::line split = detail::split_line(line, line_end);
      const std::string_view value(split.value, static_cast<std::size_t>(line_end - split.value));
      if (split.name == detail::field::data) {
        if (e.data.data() == nullptr && !has_data()) {
          e.data = value;
        } else if (line == cursor_ &&
                   append_line(value, static_cast<std::size_t>(end - split.value))) {
          cursor_ = next_line;
        } else {  // what came before it is to be kept first
          refused = true;
          break;
        }
      } else if (split.name == detail::field::event) {
        e.type = value;
      } else if (split.name == detail::field::id) {
        if (value.size() > capacity()) {
          refused = true;
          break;
        }
        if (!detail::has_nul(value)) e.id = value;
      } else if (split.name == detail::field::retry) {
        detail::retry_digits digits;
        digits.add(value);
        if (digits.valid()) e.retry = digits;
      } else if (split.name == detail::field::comment) {
        if (line == cursor_) cursor_ = next_line;  // done with
        if (has(concern::reporting)) {
          if (cursor_ != next_line) {
            refused = true;
            break;
          }
          look_ahead(block);
          place_ = detail::behind_line(place_, next_line[-1]);
          return report(out, value);
        }
      }
    }
    line = next_line;
  }
  settle();
  const bool kept = line != cursor_ && keep(e);
  if (kept) {
    cursor_ = line;
    place_ = detail::place::line_start;
  }
  ahead_ = line == cursor_ && !refused;  // the rest has no line end: see block_ahead
  candidates_ = 0;
  if (cursor_ == end) place_ = detail::behind_line(place_, cursor_[-1]);
  if (kept && refused) return status::need_input;
  if (cursor_ != end) detail::out_of_line::begin_cut_line(*this);
  return status::need_input;
}

// Puts into `e` what is kept of the event, and has not been said again.
constexpr void parser::recall(detail::unfinished_event& e) const noexcept {
  if (has_id() && e.id.data() == nullptr) e.id = detail::view_of_something(id());
  if (e.type.data() == nullptr) e.type = type();
  if (has_data()) e.data = detail::view_of_something(data());
  if (has_retry_ && !e.retry.valid()) e.retry = reconnection_time_;
}

// Keeps what the lines of an unfinished event have said. False, and nothing changed, if it does not
// fit. (Inlined, or else the event would be copied for the call: 112 bytes of the stack.)
SSEWIRE_DETAIL_INLINE constexpr bool parser::keep(const detail::unfinished_event& e) noexcept {
  const bool new_id = e.id.data() != nullptr;
  const bool new_type = e.type.data() != nullptr;
  std::size_t left = room();
  if (new_id) left += id().size();
  if (new_type) left += type().size();
  // All of them lie in memory, beside each other, so the sum does not wrap.
  if (e.data.size() + e.id.size() + e.type.size() > left) return false;
  if (new_id) forget_id();
  if (new_type) forget_type();
  if (e.data.data() != nullptr) {
    begin_data();
    append_data(e.data);
  }
  if (new_type) place_type(e.type);
  if (new_id) place_id(e.id);
  if (e.retry.valid()) {
    has_retry_ = true;
    reconnection_time_ = e.retry;
  }
  return true;
}

// The block to go on in: it begins `ahead_` bytes before the chunk's end, and of its candidates
// those in `candidates_` are left, some of which may have been passed; `ahead_` is 0 if it is not
// known. Without it, a block would be looked at for each of its events, and where the next event is
// looked for would have to wait for where the last one ended: half the speed on tokens.
constexpr detail::block parser::block_ahead() const noexcept {
  if (ahead_ == 0) return detail::find_block<detail::native_kernel>(cursor_, end_);
  return {end_ - ahead_, candidates_};
}

constexpr void parser::look_ahead(detail::block rest) noexcept {
  const auto ahead = static_cast<std::size_t>(end_ - rest.begin);
  ahead_ = ahead <= UINT32_MAX ? static_cast<std::uint32_t>(ahead) : 0;
  candidates_ = rest.candidates;
}

}  // namespace sse

#endif
