// SPDX-License-Identifier: MIT
// How a line is taken by parts of it, or byte by byte.
#ifndef SSEWIRE_DETAIL_PIECES_HPP
#define SSEWIRE_DETAIL_PIECES_HPP

#include <cstddef>
#include <string_view>

#include "parsing.hpp"
#include "shared.hpp"

#ifndef SSEWIRE_DETAIL_SMALL

namespace sse::detail {

using namespace std::string_view_literals;  // plain literals may be measured at run time

SSEWIRE_DETAIL_DEFINITIONS

// Goes on in any chunk.
constexpr parsing::status parsing::take_pieces(event& out) noexcept {
  if (has_either(concern::suspended, concern::drained)) {
    // What was put off for the sake of what had been handed out.
    if (has(concern::suspended)) go_on();
    release_drained();
  }
  status result = status::need_input;
  while (result == status::need_input && cursor_ != end_) {
    if (is_behind_name(place_)) {  // asked first, for most small chunks begin there
      result = take_text(out);
      continue;
    }
    if (place_ == place::stream_start) {
      begin_stream();
      continue;
    }
    if (place_ == place::idle) place_ = place::event_start;
    if (place_ == place::line_start_after_cr && *cursor_ != '\n') place_ = place::line_start;
    const bool at_line =
        place_ == place::event_start || (place_ == place::line_start && !has(concern::skipping));
    bool by_byte = !at_line || unread().size() == 1;
    if (!by_byte) {
      result = has_data() && take_further_data(out) ? status::event : take_lines(out);
      if (result != status::storage_full) continue;
      result = status::need_input;
      by_byte = has_either(concern::comments, concern::ignored_lines);
      if (by_byte) {
        ahead_ = 0;  // or, should nothing of the line be taken, more would come where none is known
      } else {
        begin_cut_line();
      }
    }
    if (by_byte) {
      // (A blank line that comes alone is no step, which `feed` has found already: to find it again
      // takes 50 instructions.)
      const bool blank_line = place_ == place::line_start && is_line_end(*cursor_);
      result = blank_line ? take_line_end(out) : take_byte(out);
    }
  }
  if (result == status::need_input) {
    leave_chunk();
    drop(concern::in_chunk);
  }
  return result;
}

// Takes a byte, whatever is to be seen to; or a line that is reported where it lies.
SSEWIRE_DETAIL_INLINE constexpr parsing::status parsing::take_byte(event& out) noexcept {
  const bool usual =
      !has(concern::skipping) && !has_either(concern::comments, concern::ignored_lines);
  if (usual && take_usual_byte(*cursor_)) {
    ++cursor_;
    return status::need_input;
  }
  if (has(concern::ignored_lines) && take_ignored_line(out)) return status::ignored_line;
  return take_special_byte(out);
}

// Takes a byte as its step says. False if there is more to do, or no room.
SSEWIRE_DETAIL_INLINE constexpr bool parsing::take_simple_byte(char c) noexcept {
  const step step = all_steps.find(place_, c);
  if (step.what != step::kind::move && !take_step(step.what, c)) return false;
  place_ = step.there;
  return true;
}

// The same, for all but `feed`.
constexpr bool parsing::take_usual_byte(char c) noexcept { return take_simple_byte(c); }

// (No switch, which g++ 12 makes a jump by a table: that would be four instructions more.)
constexpr bool parsing::take_step(step::kind what, char c) noexcept {
  using kind = step::kind;
  if (what <= kind::receive) {
    if (!append_data(c)) return false;
    if (what == kind::receive) count_as_received(1);
    return true;
  }
  if (what == kind::end_id) {
    end_id();
    return true;
  }
  if (what == kind::begin_data) return begin_data();
  if (what == kind::special) return false;
  take_rare_step(what, c);
  return true;
}

constexpr void parsing::end_id() noexcept { received_id(); }

// The steps that take_step does not know.
constexpr void parsing::take_rare_step(step::kind what, char c) noexcept {
  switch (what) {
    case step::kind::end_type: received_type(); break;
    case step::kind::begin_retry: set_digits({}); break;
    case step::kind::add_digit: add_digits({&c, 1}); break;
    case step::kind::end_retry: take_retry(digits()); break;
    default:
      if (has(concern::in_chunk)) return begin_event();
      // A byte that was fed alone, and that is gone when it is taken.
      begin_ = nullptr;
      begin_offset_ = offset();
  }
}

// Takes a byte, also one that does more than its step says, or that may not fit.
constexpr parsing::status parsing::take_special_byte(event& out) noexcept {
  const char c = *cursor_;
  if (is_mark(place_) && go_on_in_mark(c)) {
    ++cursor_;
    return status::need_input;
  }
  if (is_line_end(c)) return take_line_end(out);
  if (is_line_start(place_)) {
    if (!begin_line(c)) return suspend();
  } else if (is_name(place_) && c == ':') {
    const bool reported = has(concern::ignored_lines);
    if (!(reported ? begin_reported_value() : begin_value())) return suspend();
  } else if (has(concern::ignored_lines) && !is_behind_name(place_) &&
             (is_mark(place_) || all_steps.find(place_, c).there == place::ignored)) {
    if (!receive(text_up_to(place_), c)) return suspend();
    place_ = place::reported_line;
  } else if (is_mark(place_)) {
    place_ = place::ignored;
  } else if (!take_usual_byte(c)) {
    if (!is_id(place_) || (c != '\0' && !has(concern::skipping))) return suspend();
    forget_received();
    place_ = c == '\0' ? place::ignored : place::id_too_long;
  }
  ++cursor_;
  return status::need_input;
}

// Begins a line that the chunk cuts. If it is known to have no line end in the chunk, and fits,
// all of its text is taken.
constexpr void parsing::begin_cut_line() noexcept {
  if (!take_name()) {
    take_usual_byte(*cursor_);
    ++cursor_;
  } else if (ahead_ != 0 && !is_id(place_) && is_kept(place_) && unread().size() <= room()) {
    const std::string_view text = unread();
    cursor_ = end_;
    if (is_type(place_)) count_as_received(text.size());
    append_data(text);
  }
}

// Takes the most common names at once, and what is behind them of the colon and the space; false if
// there is none. (Where the event begins is noted last: in front of begin_value it keeps compilers
// from telling what that does for each name, and 20 instructions more are taken.)
SSEWIRE_DETAIL_INLINE constexpr bool parsing::take_name() noexcept {
  const char* const begin = cursor_;
  const char* const end = end_;
  place there = place::data_start;
  if (starts_with(begin, end, "data:")) {
    cursor_ += 5;
  } else if (starts_with(begin, end, "event:")) {
    there = place::type_start;
    cursor_ += 6;
  } else if (starts_with(begin, end, "id:")) {
    there = place::id_start;
    cursor_ += 3;
  } else {
    return false;
  }
  if (!is_in_event(place_)) begin_ = begin;
  place_ = there;
  if (there == place::data_start && !begin_data()) {
    place_ = place::data;
    --cursor_;
  } else if (cursor_ != end) {
    skip_space();
  }
  return true;
}

// False if the line is to be reported should it be ignored, and there is no room.
constexpr bool parsing::begin_line(char first) noexcept {
  if (first == ':' && has(concern::comments)) {
    place_ = is_in_event(place_) ? place::reported_comment : place::reported_early_comment;
    return true;
  }
  const place there = detail::begin_line(place_, first);
  if (is_in_event(there)) enter_event();
  if (there == place::ignored && first != ':' && has(concern::ignored_lines)) {
    if (!receive({}, first)) return false;
    place_ = place::reported_line;
  } else {
    place_ = there;
  }
  return true;
}

// False if it is no mark: then what looked like one begins a line.
constexpr bool parsing::go_on_in_mark(char c) noexcept {
  const std::size_t matched = place_ == place::mark_2 ? 2 : place_ == place::mark_1 ? 1 : 0;
  const bool matches = c == byte_order_mark[matched];
  constexpr place behind[] = {place::mark_1, place::mark_2, place::event_start};
  if (matches) place_ = behind[matched];
  return matches;
}

// Takes the chunk's first byte if the chunk begins as a byte order mark does; or else an event
// begins.
constexpr void parsing::begin_stream() noexcept {
  const std::string_view text = first(unread(), byte_order_mark.size());
  if (text != first(byte_order_mark, text.size())) {
    place_ = place::event_start;
  } else {
    go_on_in_mark(*cursor_++);
  }
}

// ---- Values

// Takes of a value what fits, and where that is simple also the line end, and a blank line behind.
constexpr parsing::status parsing::take_text(event& out) noexcept {
  skip_space();
  if (!is_kept(place_) || unread().size() > room()) {
    status result = status::need_input;
    if (cursor_ != end_ && !is_line_end(*cursor_)) result = take_other_text(out);
    return result == status::need_input && cursor_ != end_ ? take_special_byte(out) : result;
  }
  if (unread().size() >= long_text_size && ahead_ == 0 && is_data(place_)) take_long_text();
  take_simple_text();
  if (cursor_ == end_ || !is_line_end(*cursor_)) return status::need_input;
  step_over_line_end();
  return end_event(out);
}

// Takes of a long line of data all but the end.
constexpr void parsing::take_long_text() noexcept {
  const std::size_t copied = copy_long<native_kernel>(place_for_data(), cursor_, unread().size());
  appended_data(copied);
  cursor_ += copied;
}

// Takes the text of data, of a type or of an ID, all of which fits, and the line end.
constexpr void parsing::take_simple_text() noexcept {
  const std::string_view rest = unread();
  const char* const line_end = find_line_end();
  const std::string_view text(rest.data(), static_cast<std::size_t>(line_end - rest.data()));
  const place at = place_;
  cursor_ = line_end;
  if (line_end != end_) step_over_line_end();
  append_data(text, rest.size());
  if (is_data(at)) return;
  count_as_received(text.size());
  if (is_id(at) && has_nul(text)) {
    forget_received();
    if (place_ == at) place_ = place::ignored;
  } else if (place_ != at) {
    is_id(at) ? end_id() : received_type();
  }
}

constexpr parsing::status parsing::take_other_text(event& out) noexcept {
  const bool is_kept = detail::is_kept(place_) || is_reported(place_);
  // Looking further than there is room for would mean looking again after every suspension. Only
  // a comment that may need no room is looked for in all of the chunk: it is suspended once.
  const bool whole_comment = is_comment(place_) && received().empty();
  const char* const limit =
      is_kept && !whole_comment && room() < unread().size() ? cursor_ + room() : end_;
  ahead_ = 0;
  const char* const text_end = detail::find_line_end(cursor_, limit);
  std::string_view text(cursor_, static_cast<std::size_t>(text_end - cursor_));
  if (whole_comment) {
    if (text_end != end_) {
      cursor_ = text_end;
      return end_value(out, text);
    }
    text = first(text, room());
  }
  if (is_retry(place_)) {
    add_digits(text);
  } else if ((is_id(place_) || place_ == place::id_too_long) && has_nul(text)) {
    forget_received();
    place_ = place::ignored;
  } else if (is_kept) {
    if (place_ == place::reported_id && has_nul(text)) place_ = place::reported_line;
    append_data(text);
    if (!is_data(place_)) count_as_received(text.size());
  }
  cursor_ += text.size();
  return status::need_input;
}

// ---- Lines that are reported

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

// ---- Line ends

// The next line end, or the chunk's end.
SSEWIRE_DETAIL_INLINE constexpr const char* parsing::find_line_end() noexcept {
  line_ends<native_kernel> ends(block_ahead(), end_);
  const char* line_end = ends.next();
  while (line_end < cursor_) line_end = ends.next();
  if (line_end != end_) look_ahead(ends.rest());
  return line_end;
}

constexpr parsing::status parsing::take_line_end(event& out) noexcept {
  const char c = *cursor_;
  if (is_blank_line(place_, c)) {
    ++cursor_;
    return end_event(out);
  }
  if (is_behind_name(place_)) return end_value(out, received());
  if (place_ == place::data || place_ == place::event || place_ == place::id) {
    return begin_value() ? end_value(out, {}) : suspend();
  }
  const std::string_view ignored = text_up_to(place_);
  ++cursor_;
  place_ = behind_line(place_, c);
  if (ignored.empty() || !has(concern::ignored_lines)) return status::need_input;
  return report(out, status::ignored_line, ignored);
}

SSEWIRE_DETAIL_END_OF_DEFINITIONS

}  // namespace sse::detail

#endif

#endif
