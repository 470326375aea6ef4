// SPDX-License-Identifier: MIT
// How what is asked for is reported beside events: comments, and lines that the standard ignores.
//
// A line that lies whole in the chunk is handed out where it lies. Of one that is cut, all is
// received in the storage: a comment from its colon on; another line from its first byte on, as
// soon as it may turn out to be ignored. An ID may, as long as a NUL can come, and a `retry`, as
// long as something else than a digit can.
#ifndef SSEWIRE_DETAIL_REPORTS_HPP
#define SSEWIRE_DETAIL_REPORTS_HPP

#include <cstddef>
#include <optional>
#include <string_view>

#include "parsing.hpp"

namespace sse::detail {

SSEWIRE_DETAIL_DEFINITIONS

// What is begun, and is no longer asked for, is given up.
constexpr void parsing::set_reports(unsigned wanted) noexcept {
  const bool in_the_way = has(concern::suspended) && is_report_in_the_way();
  constexpr concern all[] = {concern::comments, concern::ignored_lines, concern::no_data};
  for (const concern each : all) {
    (wanted & static_cast<unsigned>(each)) != 0 ? raise(each) : drop(each);
  }
  if (has(is_comment(place_) ? concern::comments : concern::ignored_lines)) return;
  if (in_the_way) drop(concern::suspended);
  if (is_reported(place_)) give_up_report();
}

// What is reported is data, and all else is empty.
constexpr parsing::status parsing::report(event& out, status what, std::string_view text) noexcept {
  out.id = std::optional<std::string_view>();
  out.type = {};
  out.data = text;
  out.retry = std::optional<milliseconds>();
  return what;
}

// Takes a byte, and what came in front of it. False if there is no room.
constexpr bool parsing::receive(std::string_view text, char c) noexcept {
  settle();
  if (room() <= text.size()) return false;
  append_data(text);
  append_data(c);
  count_as_received(text.size() + 1);
  return true;
}

// Goes on with what was received as if it were not to be reported.
constexpr void parsing::forget_reported() noexcept {
  const std::string_view text = received();
  const bool is_id = place_ == place::reported_id;
  if (is_id || place_ == place::reported_retry) {
    std::size_t begin = is_id ? 3 : 6;  // of the value, behind the name and the colon
    place_ = is_id ? place::id_start : place::retry_start;
    if (text.size() > begin) {
      place_ = detail::next(place_);
      begin += text[begin] == ' ';
    }
    if (is_id) return forget_first_received(begin);
    set_digits({});
    add_digits({text.data() + begin, text.size() - begin});
  } else {
    place_ = is_comment(place_) ? ignored_behind(place_) : place::ignored;
  }
  forget_received();
}

// Whether what does not fit is but reported.
constexpr bool parsing::is_report_in_the_way() const noexcept {
  if (place_ == place::data) return cursor_ != end_ && *cursor_ != ':' && !is_line_end(*cursor_);
  return is_reported(place_) || !is_behind_name(place_);
}

// Goes on with the line as if it were not to be reported.
constexpr void parsing::give_up_report() noexcept {
  if (is_reported(place_)) return forget_reported();
  // The byte that would have begun it.
  if (is_name(place_) && *cursor_ == ':') {
    begin_value();
  } else {
    place_ = place::ignored;
  }
  ++cursor_;
}

SSEWIRE_DETAIL_END_OF_DEFINITIONS

}  // namespace sse::detail

#endif
