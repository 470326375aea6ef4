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

using namespace std::string_view_literals;  // plain literals may be measured at run time

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

constexpr parsing::status parsing::report(event& out, status what, std::string_view text) noexcept {
  hand_out(out, {}, {}, text);
  out.retry = std::optional<milliseconds>();
  return what;
}

// If a line begins here that lies whole in the chunk, and is one to be ignored: takes it.
constexpr bool parsing::take_ignored_line(event& out) noexcept {
  if (!is_line_start(place_) || *cursor_ == ':' || is_line_end(*cursor_)) return false;
  const char* const line_end = detail::find_line_end(cursor_, end_);
  if (line_end == end_ || !is_ignored(cursor_, line_end)) return false;
  const std::string_view text(cursor_, static_cast<std::size_t>(line_end - cursor_));
  enter_event();
  place_ = place::ignored;
  cursor_ = line_end;
  step_over_line_end();
  report(out, status::ignored_line, text);
  return true;
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

// The colon behind a name. False if there is no room.
constexpr bool parsing::begin_reported(place there, std::string_view name) noexcept {
  if (!receive(name, ':')) return false;
  place_ = there;
  return true;
}

// The same as begin_value, for the colon only; there must be room for what may be reported, too.
constexpr bool parsing::begin_reported_value() noexcept {
  switch (place_) {
    case place::data:
    case place::event: return begin_value();
    case place::id: return begin_reported(place::reported_id, "id"sv);
    case place::retry: return begin_reported(place::reported_retry, "retry"sv);
    default: return begin_reported(place::reported_line, text_up_to(place_));
  }
}

// The value in what was received of a field, whose name has so many letters.
constexpr std::string_view parsing::received_value(std::size_t name_size) const noexcept {
  std::string_view value = received();
  value.remove_prefix(name_size + 1);
  if (!value.empty() && value.front() == ' ') value.remove_prefix(1);
  return value;
}

// Takes what was received of an ID or a `retry` as what it is. False if it is to be ignored.
constexpr bool parsing::take_reported_field(place at) noexcept {
  if (at == place::reported_id) {
    received_id(received_value(2));
    return true;
  }
  retry_digits digits;
  digits.add(received_value(5));
  if (!take_retry(digits)) return false;
  forget_received();
  return true;
}

// The same as end_line, where what was received may be reported.
constexpr parsing::status parsing::end_reported_line(event& out, place at) noexcept {
  if ((at == place::reported_id || at == place::reported_retry) && take_reported_field(at)) {
    return status::need_input;
  }
  const std::string_view text = received();
  forget_received();
  return report(out, is_comment(at) ? status::comment : status::ignored_line, text);
}

// Whether what does not fit is but reported.
constexpr bool parsing::is_report_in_the_way() const noexcept {
  if (place_ == place::data) return cursor_ != end_ && *cursor_ != ':' && !is_line_end(*cursor_);
  return is_reported(place_) || !is_behind_name(place_);
}

// Goes on with the line as if it were not to be reported.
constexpr void parsing::give_up_report() noexcept {
  const place at = place_;
  if (at == place::reported_id) {
    const std::size_t size = received().size();
    forget_first_received(size - received_value(2).size());
    place_ = size == 3 ? place::id_start : place::id_value;
  } else if (at == place::reported_retry) {
    retry_digits digits;
    digits.add(received_value(5));
    set_digits(digits);
    place_ = received().size() == 6 ? place::retry_start : place::retry_value;
    forget_received();
  } else if (is_reported(at)) {
    forget_received();
    place_ = is_comment(at) ? ignored_behind(at) : place::ignored;
  } else {  // the byte that would have begun it
    if (is_name(at) && *cursor_ == ':') {
      begin_value();
    } else {
      place_ = place::ignored;
    }
    ++cursor_;
  }
}

SSEWIRE_DETAIL_END_OF_DEFINITIONS

}  // namespace sse::detail

#endif
