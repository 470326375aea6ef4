// SPDX-License-Identifier: MIT
// What both forms share: of lines that are taken by parts their beginnings and ends, and how what
// whole lines have said is kept.
#ifndef SSEWIRE_DETAIL_SHARED_HPP
#define SSEWIRE_DETAIL_SHARED_HPP

#include <cstddef>
#include <string_view>

#include "parsing.hpp"

namespace sse::detail {

SSEWIRE_DETAIL_DEFINITIONS

// Puts into `e` what is kept of the event, and has not been said again; an ID was
// not, or it would have been kept.
constexpr void parsing::recall(unfinished_event& e) const noexcept {
  if (has_id()) e.id = view_of_something(id());
  if (e.type.data() == nullptr) e.type = type();
  if (has_data()) e.data = view_of_something(data());
  if (has_retry_ && !e.retry.valid()) e.retry = reconnection_time_;
}

// Keeps what the lines of an unfinished event have said. False, and nothing changed, if it does not
// fit.
SSEWIRE_DETAIL_INLINE constexpr bool parsing::keep(const unfinished_event& e) noexcept {
  const bool new_id = e.id.data() != nullptr;
  const bool new_type = e.type.data() != nullptr;
  std::size_t left = room();
  if (new_id) left += buffers::id().size();
  if (new_type) left += buffers::type().size();
  // All of them lie in memory, beside each other, so the sum does not wrap.
  if (e.data.size() + e.id.size() + e.type.size() > left) return false;
  if (new_id) {
    if (new_type) forget_type();  // or there might be no room for the ID yet
    place_id(e.id);
  }
  if (new_type) place_type(e.type);
  if (e.data.data() != nullptr) {
    note_data();
    append_data(e.data);
  }
  take_retry(e.retry);
  return true;
}

// ---- Parts of lines

// Takes the colon behind a name, or a line end in place of it. False if there is no room for the LF
// in front of a further line of data.
constexpr bool parsing::begin_value() noexcept {
  place there = behind_name(place_);
  const bool skipping = has(concern::skipping);
  if (there == place::data_start) {
    if (skipping) {
      note_data();
    } else if (!begin_data()) {
      return false;
    }
  }
  if (there == place::retry_start) set_digits({});
  if (skipping && (is_data(there) || is_type(there))) there = place::ignored;
  place_ = there;
  return true;
}

constexpr void parsing::skip_space() noexcept {
  if (!is_start_of_value(place_)) return;
  place_ = detail::next(place_);
  if (*cursor_ == ' ') ++cursor_;
}

// Of a CRLF both bytes, if they are there.
constexpr void parsing::step_over_line_end() noexcept {
  const char line_end = *cursor_++;
  place_ = behind_line(place_, line_end);
  if (line_end == '\r' && cursor_ != end_ && *cursor_ == '\n') {
    ++cursor_;
    place_ = behind_line(place_, '\n');
  }
}

// Takes the line end behind a value. `text`, which may turn out to be reported, is what was
// received, or all of a comment that lies in the chunk.
constexpr parsing::status parsing::end_value(event& out, std::string_view text) noexcept {
  if (place_ == place::reported_id || place_ == place::reported_retry) forget_reported();
  const place at = place_;
  place_ = behind_line(at, *cursor_);
  ++cursor_;
  if (!is_reported(at) && (end_line(at) || text.empty())) return status::need_input;
  forget_received();
  return report(out, is_comment(at) ? status::comment : status::ignored_line, text);
}

// A line ended `at` a place, and is not reported. False if it was a `retry` that does not count.
constexpr bool parsing::end_line(place at) noexcept {
  if (is_retry(at)) return take_retry(digits());
  if (is_type(at)) received_type();
  if (is_id(at)) end_id();
  if (at == place::id_too_long) forget_id();
  return true;
}

SSEWIRE_DETAIL_END_OF_DEFINITIONS

}  // namespace sse::detail

#endif
