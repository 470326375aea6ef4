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
  if (concerned() || cursor_ != end_) detail::out_of_line::give_up_chunk(*this);
  cursor_ = chunk.data();
  end_ = cursor_ + chunk.size();
  end_offset_ += chunk.size();
  ahead_ = 0;
}

inline detail::event_range<parser> parser::events(std::string_view chunk) noexcept {
  feed(chunk);
  return detail::event_range<parser>(*this);
}

// A single byte is taken here, for an idle stream may come byte by byte: with a call and what that
// saves of the registers, it would take 46 instructions in place of 36.
constexpr parser::status parser::next(event& out) noexcept {
  if (place_ == detail::place::event_start && take_plain_event(out)) return status::event;
  if (unread().size() == 1 && !concerned()) {
    return take_simple_byte() ? status::need_input : take_special_byte(out);
  }
  return detail::out_of_line::take_pieces(*this, out);
}

// Takes a byte as its step says. False if there is more to do, or no room. (The place is set in two
// branches, for in the first g++ 12 then knows that it is all of the step.)
constexpr bool parser::take_simple_byte() noexcept {
  const char c = *cursor_;
  const detail::step step = detail::all_steps.find(place_, c);
  if (step.is_before(detail::step::kind::keep_data)) {
    place_ = step.there();
  } else {
    if (!take_step(step, c)) return false;
    place_ = step.there();
  }
  ++cursor_;
  return true;
}

constexpr bool parser::take_step(detail::step step, char c) noexcept {
  using kind = detail::step::kind;
  if (step.is_before(kind::begin_data)) return append_data(c);
  if (step.is_before(kind::receive)) return begin_data();
  return !step.is_special() && receive(c);
}

// Before going on: what was put off for the sake of what had been handed out.
constexpr void parser::prepare() noexcept {
  if (has(concern::suspended)) go_on();
  release_drained();
}

constexpr parser::status parser::suspend() noexcept {
  raise(concern::suspended);
  return status::storage_full;
}

// Called again with nothing done about the storage: gives up the comment, or else the event, but
// not its ID, which may fit now; if not, take_special_byte gives it up.
constexpr void parser::go_on() noexcept {
  drop(concern::suspended);
  const bool in_id = detail::is_id(place_);
  if (!in_id) forget_received();
  if (!detail::is_comment(place_)) {
    forget_data_and_type();
    raise(concern::skipping);
  }
  if (detail::is_behind_name(place_) && !in_id) place_ = detail::ignored_behind(place_);
}

constexpr parser::status parser::finish(event& out) noexcept {
  const status result = next(out);
  if (result != status::need_input) return result;
  if (detail::is_name(place_) && !begin_value()) return suspend();
  if (detail::is_behind_name(place_) && !detail::is_comment(place_)) end_line(out, place_, {});
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
  detail::out_of_line::give_up_chunk(*this);
  clear_event();
  cursor_ = end_ = nullptr;
  end_offset_ = 0;
  place_ = detail::place::stream_start;
  drop(concern::suspended);
}

}  // namespace sse

#endif
