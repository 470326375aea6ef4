// SPDX-License-Identifier: MIT
// How lines are taken in the small form: whole ones as views, and all else by parts, down to single
// bytes. It gives the same as the fast form, needs the same storage, and leaves the same behind
// between two calls.
#ifndef SSEWIRE_DETAIL_SMALL_HPP
#define SSEWIRE_DETAIL_SMALL_HPP

#include <cstddef>
#include <optional>
#include <string_view>

#include "parsing.hpp"
#include "reports.hpp"
#include "shared.hpp"

#ifdef SSEWIRE_DETAIL_SMALL

namespace sse::detail {

constexpr void parsing::feed(std::string_view chunk) noexcept {
  give_up_chunk();
  cursor_ = chunk.data();
  end_ = cursor_ + chunk.size();
  end_offset_ += chunk.size();
  ahead_ = 0;  // for the fast form, here and below
  raise(concern::in_chunk);
}

constexpr parsing::status parsing::next(event& out) noexcept {
  ahead_ = 0;
  if (has(concern::suspended)) go_on();
  release_drained();
  status result = status::need_input;
  while (result == status::need_input && cursor_ != end_) result = take_part(out);
  if (result == status::storage_full) result = suspend();
  if (result == status::need_input) {
    leave_chunk();
    drop(concern::in_chunk);
  }
  return result;
}

// Takes whole lines, or else what comes next of a line. `storage_full`, here and below: what is at
// the cursor does not fit.
constexpr parsing::status parsing::take_part(event& out) noexcept {
  if (is_behind_name(place_)) return take_value(out);
  if (is_mark(place_) && take_mark()) return status::need_input;
  if (place_ == place::line_start_after_cr) {
    place_ = place::line_start;
    if (*cursor_ == '\n') {
      ++cursor_;
      return status::need_input;
    }
  }
  if (is_line_start(place_) && (!has(concern::skipping) || is_line_end(*cursor_))) {
    const status result = take_views(out);
    if (result != status::storage_full) return result;
  }
  return take_letter(out);
}

// Takes what may be a byte order mark. False if it is none: then it begins a line.
constexpr bool parsing::take_mark() noexcept {
  const char* const begin = cursor_;
  place at = place_;
  while (is_mark(at) && cursor_ != end_ && *cursor_ == byte_order_mark[mark_size(at)]) {
    at = detail::next(at);
    ++cursor_;
  }
  const bool differs = is_mark(at) && cursor_ != end_;
  if (differs && place_ == place::stream_start) {
    cursor_ = begin;
    at = place::event_start;
  }
  const bool is_over = !is_mark(at);
  place_ = is_over ? place::event_start : at;
  return is_over || !differs;
}

// Takes whole lines as views, up to the end of an event; or else keeps what they have said.
// `storage_full` says that the next line is to be taken by parts: it is cut, or does not fit, or is
// to be reported.
constexpr parsing::status parsing::take_views(event& out) noexcept {
  unfinished_event e;
  const char* line = cursor_;
  status refused = status::need_input;
  const bool in_event = is_in_event(place_);
  for (;;) {
    const char* line_end = line;
    if (line != end_ && !is_line_end(*line)) line_end = detail::find_line_end(line, end_);
    if (line_end == end_) break;
    const char* next_line = line_end + 1;
    if (*line_end == '\r' && next_line != end_ && *next_line == '\n') ++next_line;
    if (line_end != line) {
      refused = take_view(e, line, line_end, next_line);
      if (refused == status::ignored_line && line == cursor_) {
        enter_event();
        place_ = behind_line(place::line_start, next_line[-1]);
        cursor_ = next_line;
        return report(out, refused, text_between(line, line_end));
      }
    } else if (line == cursor_ && !in_event) {  // no event: done with
      cursor_ = next_line;
    } else if (in_event && e.id.data() != nullptr) {  // see settle_from_chunk
      refused = status::storage_full;
    } else {
      enter_event();
      place_ = place::line_start;
      cursor_ = next_line;
      return dispatch(out, e);
    }
    if (refused != status::need_input) break;
    line = next_line;
  }
  settle();
  if (line != cursor_ && keep(e)) {
    enter_event();
    cursor_ = line;
    place_ = place::line_start;
    if (refused != status::need_input) return status::need_input;
  }
  if (cursor_ != end_) return status::storage_full;
  if (place_ == place::line_start) place_ = behind_line(place_, cursor_[-1]);
  return status::need_input;
}

// Takes a whole line. False if it is to be taken by parts, `ignored_line` if it is to be reported;
// what came before it is to be kept first then.
constexpr parsing::status parsing::take_view(unfinished_event& e, const char* line,
                                             const char* line_end, const char* next_line) noexcept {
  if (*line == ':') {
    if (has(concern::comments)) return status::storage_full;
    if (line == cursor_) cursor_ = next_line;  // done with
    return status::need_input;
  }
  place at = detail::begin_line(place_, *line);
  const char* value = line + 1;
  if (is_name(at)) {
    // No letter is a line end.
    while (*value == letter_behind(at) && *value != ':') {
      at = detail::next(at);
      ++value;
    }
    if (*value == letter_behind(at)) {
      if (*++value == ' ') ++value;
    } else if (letter_behind(at) != ':' || value != line_end) {
      at = place::ignored;
    }
  }
  const std::string_view text = text_between(value, line_end);
  switch (at) {
    case place::data:
      if (e.data.data() == nullptr && !has_data()) {
        e.data = text;
        return status::need_input;
      }
      if (line != cursor_ || text.size() >= room()) return status::storage_full;
      begin_data();
      append_data(text);
      cursor_ = next_line;
      return status::need_input;
    case place::event: e.type = text; return status::need_input;
    case place::id:
      if (!has_nul(text)) {
        if (text.size() > capacity()) return status::storage_full;
        e.id = text;
        return status::need_input;
      }
      if (text.size() > capacity() && !has(concern::ignored_lines)) return status::storage_full;
      break;
    case place::retry:
      set_digits({});
      add_digits(text);
      if (!digits().valid()) break;
      e.retry = digits();
      return status::need_input;
    default:;
  }
  return has(concern::ignored_lines) ? status::ignored_line : status::need_input;
}

// Takes a byte of a line in front of its value, if it has one; but a line that begins does not end
// there.
constexpr parsing::status parsing::take_letter(event& out) noexcept {
  const char c = *cursor_;
  const place at = place_;
  if (is_line_end(c)) {
    if (at == place::data || at == place::event || at == place::id) {
      return begin_value() ? status::need_input : status::storage_full;
    }
    place_ = behind_line(at, c);
    ++cursor_;
    if (!has(concern::ignored_lines)) return status::need_input;
    return report(out, status::ignored_line, text_up_to(at));
  }
  place there = place::ignored;
  if (is_name(at)) {
    there = behind_letter(at, c);
  } else if (is_line_start(at)) {
    if (c == ':') {
      there = ignored_behind(at);
      if (has(concern::comments)) {
        there = is_in_event(at) ? place::reported_comment : place::reported_early_comment;
      }
      place_ = there;
      ++cursor_;
      return status::need_input;
    }
    enter_event();
    there = detail::begin_line(at, c);
  }
  if (has(concern::ignored_lines)) {
    place reported = there;
    if (there == place::ignored) reported = place::reported_line;
    if (there == place::id_start) reported = place::reported_id;
    if (there == place::retry_start) reported = place::reported_retry;
    if (reported != there) {
      if (!receive(text_up_to(at), c)) return status::storage_full;
      place_ = reported;
      ++cursor_;
      return status::need_input;
    }
  }
  if (c != ':') {
    place_ = there;
  } else if (!begin_value()) {
    return status::storage_full;
  }
  ++cursor_;
  return status::need_input;
}

// Takes what the chunk has of a value, as far as it fits, and the line end.
constexpr parsing::status parsing::take_value(event& out) noexcept {
  skip_space();
  // A comment that lies whole in the chunk needs no room.
  if (is_comment(place_) && received().empty()) {
    const char* const line_end = detail::find_line_end(cursor_, end_);
    if (line_end != end_) {
      const std::string_view text = text_between(cursor_, line_end);
      cursor_ = line_end;
      return end_value(out, text);
    }
  }
  const bool is_id = place_ == place::id_value;
  bool is_kept = place_ <= place::id_value || is_reported(place_);
  const bool fits = !is_kept || room() >= unread().size();
  // Looking further than there is room for would mean looking again after every suspension.
  const char* const text_end = detail::find_line_end(cursor_, fits ? end_ : cursor_ + room());
  const std::string_view text = text_between(cursor_, text_end);
  // A NUL that does not fit is one, too.
  if ((is_id || place_ == place::id_too_long || place_ == place::reported_id) &&
      has_nul(text_between(cursor_, text_end + (text_end != end_)))) {
    if (place_ == place::reported_id) {
      place_ = place::reported_line;
    } else {
      forget_received();
      place_ = place::ignored;
      is_kept = false;
    }
  }
  cursor_ = text_end;
  if (place_ == place::retry_value) add_digits(text);
  if (is_kept) {
    append_data(text);
    if (place_ != place::data_value) count_as_received(text.size());
  }
  if (text_end == end_) return status::need_input;
  if (!is_line_end(*text_end)) {
    if (!is_kept) return status::need_input;
    if (!is_id || !has(concern::skipping)) return status::storage_full;
    forget_received();
    place_ = place::id_too_long;
    return status::need_input;
  }
  return end_value(out, received());
}

constexpr void parsing::end_id() noexcept { received_id(); }

constexpr parsing::status parsing::end_event(event& out) noexcept {
  unfinished_event e;
  if (is_in_event(place_)) return dispatch(out, e);
  clear_event();
  return status::need_input;
}

// The blank line (9.2.6, dispatch).
constexpr parsing::status parsing::dispatch(event& out, unfinished_event& e) noexcept {
  if (has_id()) e.id = view_of_something(id());
  if (e.retry.valid()) take_retry(e.retry);
  const bool any_data = has_data() || e.data.data() != nullptr;
  status result = status::need_input;
  if (any_data || has(concern::no_data)) {
    result = has(concern::skipping) ? status::skipped : any_data ? status::event : status::no_data;
    report(out, result, {});
    if (e.id.data() != nullptr) out.id = std::optional(e.id);
    if (result != status::skipped) {
      out.type = e.type.data() != nullptr ? e.type : type();
      if (out.type.empty()) out.type = default_type;
      out.data = has_data() ? data() : e.data;
      if (has_retry_) out.retry = reconnection_time_.value();
    }
  }
  clear_event();
  if (e.id.data() != nullptr) commit(e.id);
  return result;
}

}  // namespace sse::detail

#endif
#endif
