// SPDX-License-Identifier: MIT
// How sse::parser takes a line by parts of it, or byte by byte.
#ifndef SSEWIRE_DETAIL_PIECES_HPP
#define SSEWIRE_DETAIL_PIECES_HPP

#include <cstddef>
#include <optional>
#include <string_view>

#include "../parser.hpp"
#include "out_of_line.hpp"

namespace sse {

// Takes the most common names at once, and what is behind them of the colon and the space; false if
// there is none. (Inlined, or with clang 14 chunks of 64 bytes come at 0.95 of the speed.)
SSEWIRE_DETAIL_INLINE constexpr bool parser::take_name() noexcept {
  const char* const end = end_;
  if (detail::starts_with(cursor_, end, "data:")) {
    field_ = detail::field::data;
    matched_ = 4;
  } else if (detail::starts_with(cursor_, end, "event:")) {
    field_ = detail::field::event;
    matched_ = 5;
  } else if (detail::starts_with(cursor_, end, "id:")) {
    field_ = detail::field::id;
    matched_ = 2;
  } else {
    return false;
  }
  cursor_ += matched_;
  open_ = true;
  position_ = position::name;
  if (begin_value()) {
    ++cursor_;
    position_ = position::value_start;
    if (cursor_ != end_) skip_space();
  }
  return true;
}

constexpr bool parser::has_simple_text() const noexcept {
  return field_ == detail::field::data || field_ == detail::field::event;
}

constexpr void parser::skip_space() noexcept {
  position_ = position::value;
  if (*cursor_ == ' ') ++cursor_;
}

// The next line end, or the chunk's end. (Inlined, or chunks of 64 bytes come at 0.96 of the speed
// with both compilers.)
SSEWIRE_DETAIL_INLINE constexpr const char* parser::find_line_end() noexcept {
  detail::line_ends<detail::native_kernel> ends(block_ahead(), end_);
  const char* line_end = ends.next();
  while (line_end < cursor_) line_end = ends.next();
  if (line_end != end_) look_ahead(ends.rest());
  return line_end;
}

// Takes of a value what fits, and where that is simple also the line end, and a blank line behind.
constexpr parser::status parser::take_text(event& out) noexcept {
  if (position_ == position::value_start) skip_space();
  if (!has_simple_text() || unread().size() > room()) return take_other_text(out);
  detail::out_of_line::take_simple_text(*this);
  if (cursor_ == end_ || !detail::is_line_end(*cursor_)) return status::need_input;
  step_over_line_end();
  return end_event(out);
}

// Of a CRLF both bytes, if they are there.
constexpr void parser::step_over_line_end() noexcept {
  after_cr_ = *cursor_++ == '\r';
  if (after_cr_ && cursor_ != end_ && *cursor_ == '\n') {
    after_cr_ = false;
    ++cursor_;
  }
}

constexpr parser::status parser::take_other_text(event& out) noexcept {
  const bool kept =
      field_ != detail::field::ignored && field_ != detail::field::retry && !id_too_long_;
  // Looking further than there is room for would mean looking again after every suspension. Only
  // a comment that may need no room is looked for in all of the chunk: it is suspended once.
  const bool whole_comment = field_ == detail::field::comment && received().empty();
  const char* const limit =
      kept && !whole_comment && room() < unread().size() ? cursor_ + room() : end_;
  const char* const text_end = detail::out_of_line::find_line_end(*this, limit);
  std::string_view text(cursor_, static_cast<std::size_t>(text_end - cursor_));
  if (whole_comment) {
    if (text_end != end_) {
      cursor_ = text_end;
      after_cr_ = *cursor_++ == '\r';
      return end_line(out, text);
    }
    text = text.substr(0, room());
  }
  if (field_ == detail::field::retry) {
    digits_.add(text);
  } else if (field_ == detail::field::id && detail::has_nul(text)) {
    forget_received();
    id_too_long_ = false;
    field_ = detail::field::ignored;
  } else if (kept) {
    append_data(text);
    if (field_ != detail::field::data) count_as_received(text.size());
  }
  cursor_ += text.size();
  return cursor_ == end_ ? status::need_input : take_byte(out);
}

constexpr parser::status parser::take_byte(event& out) noexcept {
  const char c = *cursor_;
  if (detail::is_line_end(c)) return take_line_end(out);
  if (position_ == position::value) return take_value_byte(c);
  if (position_ == position::name) return take_name_byte(c);
  if (position_ == position::value_start) {
    position_ = position::value;
    if (c != ' ') return take_value_byte(c);
  } else if (position_ == position::stream_start) {
    take_mark_byte(c);
  } else {
    begin_line(c);
  }
  ++cursor_;
  return status::need_input;
}

constexpr void parser::take_mark_byte(char c) noexcept {
  if (c == byte_order_mark[matched_]) {
    ++matched_;
    if (matched_ == byte_order_mark.size()) position_ = position::event_start;
  } else if (matched_ == 0) {
    begin_line(c);
  } else {
    begin_line(byte_order_mark[0]);  // the bytes that looked like a mark begin a line
  }
}

// Takes a byte of a name, or the colon behind it, if there is room for what that means.
constexpr parser::status parser::take_name_byte(char c) noexcept {
  if (c != detail::next_letter(field_, matched_)) {
    field_ = detail::field::ignored;
    position_ = position::value;
  } else if (c != ':') {
    ++matched_;
  } else {
    if (!begin_value()) return suspend();
    position_ = position::value_start;
  }
  ++cursor_;
  return status::need_input;
}

constexpr void parser::begin_line(char first) noexcept {
  after_cr_ = false;
  if (first == ':') {
    field_ = report_comments_ ? detail::field::comment : detail::field::ignored;
    position_ = position::value_start;
  } else {
    field_ = detail::field_starting_with(first);
    matched_ = 1;
    position_ = position::name;
    open_ = true;
  }
}

// False if there is no room for the LF in front of a further line of data.
constexpr bool parser::begin_value() noexcept {
  if (field_ == detail::field::data) {
    if (!skipped_) return begin_data();
    skip_data();
    field_ = detail::field::ignored;
  } else if (field_ == detail::field::event && skipped_) {
    field_ = detail::field::ignored;
  } else {
    digits_ = {};
  }
  return true;
}

// Takes a byte of a value, if there is room for it.
constexpr parser::status parser::take_value_byte(char c) noexcept {
  if (field_ == detail::field::data) {
    if (!append_data(c)) return suspend();
  } else if (field_ != detail::field::ignored && !store_other(c)) {
    return suspend();
  }
  ++cursor_;
  return status::need_input;
}

constexpr bool parser::store_other(char c) noexcept {
  if (field_ == detail::field::retry) {
    digits_.add({&c, 1});
  } else if (field_ != detail::field::id) {
    return receive(c);
  } else if (c == '\0') {
    forget_received();
    id_too_long_ = false;
    field_ = detail::field::ignored;
  } else if (!id_too_long_ && !receive(c)) {
    if (!skipped_) return false;
    forget_received();
    id_too_long_ = true;  // but a NUL may still come
  }
  return true;
}

constexpr parser::status parser::take_line_end(event& out) noexcept {
  const bool cr = *cursor_ == '\r';
  if (position_ != position::event_start && (cr || !after_cr_)) return end_any_line(out);
  after_cr_ = cr;
  ++cursor_;
  return status::need_input;
}

constexpr parser::status parser::end_any_line(event& out) noexcept {
  if (position_ == position::name) {
    if (detail::next_letter(field_, matched_) != ':') field_ = detail::field::ignored;
    if (!begin_value()) return suspend();
  }
  after_cr_ = *cursor_++ == '\r';
  if (position_ == position::line_start) return end_event(out);
  if (position_ != position::stream_start) return end_line(out, received());
  open_ = matched_ != 0;  // the bytes that looked like a mark were a line
  position_ = open_ ? position::line_start : position::event_start;
  return status::need_input;
}

constexpr parser::status parser::end_line(event& out, std::string_view comment) noexcept {
  position_ = open_ ? position::line_start : position::event_start;
  if (field_ == detail::field::id && id_too_long_) {
    forget_id();
    id_too_long_ = false;
  } else if (field_ == detail::field::id) {
    received_id();
  } else if (field_ == detail::field::event) {
    received_type();
  } else if (field_ == detail::field::retry && digits_.valid()) {
    reconnection_time_ = digits_;
    has_retry_ = true;
  } else if (field_ == detail::field::comment) {
    forget_received();
    return report(out, comment);
  }
  return status::need_input;
}

constexpr parser::status parser::report(event& out, std::string_view comment) noexcept {
  out.id = std::optional<std::string_view>();
  out.type = detail::default_type;
  out.data = comment;
  out.retry = std::optional<std::chrono::milliseconds>();
  return status::comment;
}

// The blank line (9.2.6, dispatch).
constexpr parser::status parser::end_event(event& out) noexcept {
  const bool dispatched = has_data() && !skipped_;
  if (dispatched) {
    out = event{has_id() ? std::optional(id()) : std::nullopt,
                type().empty() ? detail::default_type : type(), data(),
                has_retry_ ? reconnection_time_.value() : std::nullopt};
  } else if (has_data()) {
    ++dropped_;
  }
  if (has_id()) commit(id());
  clear_event();
  return dispatched ? status::event : status::need_input;
}

constexpr void parser::clear_event() noexcept {
  clear();
  position_ = position::event_start;
  open_ = has_retry_ = skipped_ = id_too_long_ = false;
}

}  // namespace sse

#endif
