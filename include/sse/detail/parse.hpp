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

// A byte that comes alone is taken here, for an idle stream may come byte by byte: to borrow it,
// and to find in `next` that there is just one, would take eleven instructions more. What does more
// than a step is left to `next`.
constexpr void parser::feed(std::string_view chunk) noexcept {
  assert((cursor_ == end_ || cursor_ == chunk.data()) && "feed before need_input");
  if (concerned()) {
    detail::out_of_line::give_up_chunk(*this);
  } else if (chunk.size() == 1 && take_simple_byte(chunk.front())) {
    ++end_offset_;
    return;
  }
  cursor_ = chunk.data();
  end_ = cursor_ + chunk.size();
  end_offset_ += chunk.size();
  ahead_ = 0;
  raise(concern::in_chunk);
}

inline detail::event_range<parser> parser::events(std::string_view chunk) noexcept {
  feed(chunk);
  return detail::event_range<parser>(*this);
}

// Whether `feed` has left nothing to do is asked first, or the byte that it took would cost six
// instructions more; and said to be rare, or chunks of 64 bytes come at 0.97 of the speed.
constexpr parser::status parser::next(event& out) noexcept {
  if (!detail::mostly(concerned())) return status::need_input;
  if (place_ == detail::place::event_start && take_plain_event(out)) return status::event;
  return detail::out_of_line::take_pieces(*this, out);
}

// Takes a byte as its step says. False if there is more to do, or no room.
constexpr bool parser::take_simple_byte(char c) noexcept {
  const detail::step step = detail::all_steps.find(place_, c);
  if (step.what != detail::step::kind::move && !take_step(step.what, c)) return false;
  place_ = step.there;
  return true;
}

// (No switch, which g++ 12 makes a jump by a table: that would be four instructions more.)
constexpr bool parser::take_step(detail::step::kind what, char c) noexcept {
  using kind = detail::step::kind;
  if (what <= kind::receive) {
    if (!append_data(c)) return false;
    if (what == kind::receive) count_as_received(1);
    return true;
  }
  if (what == kind::end_id) {
    detail::out_of_line::end_id(*this);
    return true;
  }
  if (what == kind::begin_data) return begin_data();
  if (what == kind::special) return false;
  detail::out_of_line::take_rare_step(*this, what, c);
  return true;
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
