// SPDX-License-Identifier: MIT
// How sse::parser does what parser.hpp promises.
//
// Events as most are, and lines of data one after another, are taken in a hurry while there is
// enough of the chunk behind them (plain.hpp). All else is taken by whole lines as far as that
// goes, found with a mask of line ends and looked at where they lie (lines.hpp); a line that is
// cut, or does not fit, is taken by parts of it, down to single bytes, and gathered in the storage
// (pieces.hpp). All three give the same events.
#ifndef SSEWIRE_DETAIL_PARSE_HPP
#define SSEWIRE_DETAIL_PARSE_HPP

#include <cassert>

#include "../parser.hpp"
#include "lines.hpp"
#include "pieces.hpp"
#include "plain.hpp"

namespace sse {

constexpr parser& parser::operator=(parser&& other) noexcept {
  if (this != &other) {
    *this = static_cast<const parser&>(other);
    other.become_new();
  }
  return *this;
}

constexpr void parser::feed(std::string_view chunk) noexcept {
  assert((cursor_ == end_ || cursor_ == chunk.data()) && "feed before need_input");
  if (put_off() || cursor_ != end_) give_up_chunk();
  cursor_ = chunk.data();
  end_ = cursor_ + chunk.size();
  end_offset_ += chunk.size();
  ahead_ = 0;
}

constexpr void parser::give_up_chunk() noexcept {
  settle();
  end_offset_ = offset();
}

inline detail::event_range<parser> parser::events(std::string_view chunk) noexcept {
  feed(chunk);
  return detail::event_range<parser>(*this);
}

constexpr parser::status parser::next_in_pieces(event& out) noexcept {
  // An idle stream may come byte by byte.
  if (unread().size() == 1 && !put_off()) return take_byte(out);
  return take_pieces(out);
}

constexpr parser::status parser::take_pieces(event& out) noexcept {
  if (put_off()) prepare();
  while (cursor_ != end_) {
    if (position_ == position::stream_start && matched_ == 0 && *cursor_ != byte_order_mark[0]) {
      position_ = position::event_start;
    }
    const bool at_line = position_ == position::event_start ||
                         (position_ == position::line_start && !after_cr_ && !skipped_);
    status result = status::need_input;
    if (position_ >= position::value_start) {
      result = take_text(out);
    } else if (!at_line || unread().size() == 1) {
      result = take_byte(out);
    } else {
      if (has_data() && take_further_data(out)) return status::event;
      result = take_lines(out);
    }
    if (result != status::need_input) return result;
  }
  settle();
  return status::need_input;
}

// Before going on: what was put off for the sake of what had been handed out.
constexpr void parser::prepare() noexcept {
  if (suspended()) go_on();
  release_drained();
  nothing_put_off();
}

constexpr parser::status parser::suspend() noexcept {
  buffers::suspend();
  return status::storage_full;
}

// Called again with nothing done about the storage: gives up the comment, or else the event, but
// not its ID, which may fit now; if not, `store` gives it up.
constexpr void parser::go_on() noexcept {
  resume();
  if (field_ != detail::field::id) forget_received();
  if (field_ != detail::field::comment) {
    forget_data_and_type();
    skipped_ = true;
  }
  if (field_ != detail::field::id && position_ == position::value) field_ = detail::field::ignored;
}

constexpr parser::status parser::finish(event& out) noexcept {
  const status result = next(out);
  if (result != status::need_input) return result;
  if (position_ == position::name) {
    if (detail::next_letter(field_, matched_) != ':') field_ = detail::field::ignored;
    if (!begin_value()) return suspend();
  }
  if (position_ >= position::name && field_ != detail::field::comment) end_line(out, {});
  return end_event(out);
}

constexpr bool parser::set_last_event_id(std::string_view id) noexcept {
  return detail::is_valid_id(id) && replace_last_event_id(id);
}

constexpr bool parser::use_storage(char* storage, std::size_t capacity) noexcept {
  return move_to(storage, capacity);
}

constexpr std::string_view parser::drain() noexcept { return buffers::drain(); }

constexpr void parser::reset() noexcept {
  give_up_chunk();
  clear_event();
  cursor_ = end_ = nullptr;
  end_offset_ = 0;
  position_ = position::stream_start;
  matched_ = 0;
  after_cr_ = false;
  resume();
}

}  // namespace sse

#endif
