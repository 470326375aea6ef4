// SPDX-License-Identifier: MIT
// How sse::parser does what parser.hpp promises.
//
// There are two ways through a chunk. next_whole takes events that lie whole in it, with a mask of
// line ends and views; next_piece takes an event line by line and byte by byte if need be, keeping
// in the storage what counts. Both give the same events.
#ifndef SSEWIRE_DETAIL_PARSE_HPP
#define SSEWIRE_DETAIL_PARSE_HPP

#include <cassert>

#include "../parser.hpp"
#include "scan.hpp"

namespace sse {

namespace detail {
inline constexpr std::string_view default_type = event{}.type;

/// What the lines of an event have said so far. Views of nothing at all: there was no such field.
struct whole_event {
  std::string_view id;
  std::string_view type = default_type;
  std::string_view data;
  retry_digits retry;
  bool joined = false;  // the data lie in the storage
};
}  // namespace detail

constexpr parser& parser::operator=(parser&& other) noexcept {
  if (this != &other) {
    *this = static_cast<const parser&>(other);
    other.become_new();
  }
  return *this;
}

constexpr void parser::feed(std::string_view chunk) noexcept {
  assert((cursor_ == end_ || cursor_ == chunk.data()) && "feed before need_input");
  buffers_.settle();
  end_offset_ = offset() + chunk.size();
  cursor_ = chunk.data();
  end_ = cursor_ + chunk.size();
}

inline detail::event_range<parser> parser::events(std::string_view chunk) noexcept {
  feed(chunk);
  return detail::event_range<parser>(*this);
}

// Takes the events that lie whole in the chunk. Of one that does not, nothing is remembered: its
// lines are read again by next_piece, once, for when this returns without an event, the chunk is
// used up, or an event has begun that only next_piece will end.
// (An LF that belongs to a CR at the end of the chunk before may come first. Where no event has
// begun, a blank line more is nothing, so after_cr_ need not be looked at here.)
constexpr parser::status parser::next_whole(event& out) noexcept {
  detail::line_ends<detail::native_kernel> line_ends(cursor_, end_);
  const char* line = cursor_;
  detail::whole_event e;
  for (;;) {
    const char* const line_end = line_ends.next();
    if (line_end == end_) break;
    const char* next_line = line_end + 1;
    if (*line_end == '\r' && next_line != end_ && *next_line == '\n') {
      next_line = line_ends.next() + 1;
    }
    if (line_end == line) {
      cursor_ = next_line;
      const bool has_id = e.id.data() != nullptr;
      if (has_id) buffers_.commit(e.id);
      if (e.retry.valid()) reconnection_time_ = e.retry;
      if (e.data.data() != nullptr) {
        // Member by member: a whole event would be copied by loads wider than the stores before
        // them, and wait for those.
        out.id = has_id ? std::optional(e.id) : std::nullopt;
        out.type = e.type;
        out.data = e.data;
        out.retry = e.retry.value();
        return status::event;
      }
      e = {};
    } else {
      const auto [name, value] = detail::split_line(line, line_end);
      if (name == detail::field::data) {
        if (e.data.data() == nullptr) {
          e.data = value;
        } else {
          e.data = buffers_.join(e.data, e.joined, value);
          e.joined = true;
          if (e.data.empty()) break;
        }
      } else if (name == detail::field::event) {
        e.type = value.empty() ? detail::default_type : value;
      } else if (name == detail::field::id) {
        if (value.size() > buffers_.capacity()) break;
        if (!detail::has_nul(line, static_cast<std::size_t>(line_end - line))) {
          e.id = value;
        }
      } else if (name == detail::field::retry) {
        detail::retry_digits digits;
        digits.add(value);
        if (digits.valid()) e.retry = digits;
      } else if (name == detail::field::comment) {
        if (line == cursor_) cursor_ = next_line;  // in front of an event: done with
        if (report_comments_) {
          if (cursor_ != next_line) break;
          out = event{std::nullopt, detail::default_type, value, std::nullopt};
          return status::comment;
        }
      }
    }
    line = next_line;
  }
  if (cursor_ != end_) position_ = position::line_start;
  buffers_.settle();
  return status::need_input;
}

// What next does not do in line: goes on to the next status in whatever way.
constexpr parser::status parser::next_in_pieces(event& out) noexcept {
  if (suspended_) go_on();
  buffers_.release_drained();
  while (cursor_ != end_) {
    const bool whole = position_ == position::event_start;
    const status result = whole ? next_whole(out) : next_piece(out);
    if (result != status::need_input) return result;
  }
  buffers_.settle();
  return status::need_input;
}

// Takes the next step of an event that does not lie whole in the chunk.
constexpr parser::status parser::next_piece(event& out) noexcept {
  if (after_cr_) {
    after_cr_ = false;
    if (*cursor_ == '\n') {
      ++cursor_;
      return status::need_input;
    }
  }
  switch (position_) {
    case position::stream_start: take_byte_order_mark(); return status::need_input;
    case position::event_start:
    case position::line_start: return begin_line(out);
    case position::name: return take_name();
    case position::value_start:
      if (*cursor_ == ' ') ++cursor_;
      position_ = position::value;
      return status::need_input;
    case position::value: break;
  }
  return take_value(out);
}

constexpr void parser::take_byte_order_mark() noexcept {
  constexpr char mark[] = {'\xEF', '\xBB', '\xBF'};
  if (*cursor_ == mark[matched_]) {
    ++cursor_;
    if (++matched_ == sizeof mark) position_ = position::event_start;
  } else if (matched_ == 0) {
    position_ = position::event_start;
  } else {  // the bytes that looked like one begin a line
    event_.open = true;
    field_ = detail::field::ignored;
    position_ = position::value;
  }
}

constexpr parser::status parser::begin_line(event& out) noexcept {
  const char first = *cursor_;
  if (detail::is_line_end(first)) {
    take_line_end();
    return end_event(out);
  }
  ++cursor_;
  if (first == ':') {
    field_ = report_comments_ ? detail::field::comment : detail::field::ignored;
    position_ = position::value_start;
  } else {
    field_ = detail::candidate(first);
    matched_ = 1;
    position_ = position::name;
    event_.open = true;
  }
  return status::need_input;
}

constexpr parser::status parser::take_name() noexcept {
  const std::string_view name = detail::name_of(field_);
  while (matched_ < name.size() && cursor_ != end_ && *cursor_ == name[matched_]) {
    ++matched_;
    ++cursor_;
  }
  if (cursor_ == end_) return status::need_input;
  const bool colon = *cursor_ == ':';
  if (matched_ < name.size() || !(colon || detail::is_line_end(*cursor_))) {
    field_ = detail::field::ignored;
  } else if (!begin_value()) {
    return suspend();
  } else if (colon) {
    ++cursor_;
    position_ = position::value_start;
    return status::need_input;
  }
  position_ = position::value;
  return status::need_input;
}

// False if there is no room for the LF in front of a further line of data.
constexpr bool parser::begin_value() noexcept {
  if (field_ == detail::field::data) {
    if (!event_.skipped) return buffers_.begin_data();
    buffers_.skip_data();
    field_ = detail::field::ignored;
  } else if (field_ == detail::field::event && event_.skipped) {
    field_ = detail::field::ignored;
  } else if (field_ == detail::field::retry) {
    digits_ = {};
  }
  return true;
}

constexpr parser::status parser::take_value(event& out) noexcept {
  const bool stored =
      field_ != detail::field::ignored && field_ != detail::field::retry && !event_.id_too_long;
  // Looking further than there is room for would mean looking again after every suspension. Only
  // a comment that may need no room is looked for in all of the chunk: it is suspended once.
  const bool whole_comment = field_ == detail::field::comment && buffers_.received().empty();
  const bool bounded = stored && !whole_comment && buffers_.room() < unread().size();
  const char* const limit = bounded ? cursor_ + buffers_.room() + 1 : end_;
  const char* const line_end = detail::find_line_end(cursor_, limit);
  const std::string_view piece(cursor_, static_cast<std::size_t>(line_end - cursor_));
  if (whole_comment && line_end != limit) {
    cursor_ = line_end;
    take_line_end();
    return end_line(out, piece);
  }
  if (!store(piece)) return suspend();
  if (line_end == limit) return status::need_input;
  take_line_end();
  return end_line(out, buffers_.received());
}

// Consumes as much of a piece of a value as there is room for; false if that is not all.
constexpr bool parser::store(std::string_view piece) noexcept {
  std::size_t size = piece.size();
  switch (field_) {
    case detail::field::data: size = buffers_.append_data(piece); break;
    case detail::field::event:
    case detail::field::comment: size = buffers_.receive(piece); break;
    case detail::field::id:
      if (detail::has_nul(piece.data(), piece.size())) {
        buffers_.forget_received();
        event_.id_too_long = false;
        field_ = detail::field::ignored;
      } else if (!event_.id_too_long) {
        size = buffers_.receive(piece);
        if (size == piece.size() || !event_.skipped) break;
        buffers_.forget_received();
        event_.id_too_long = true;  // but a NUL may still come
      }
      size = piece.size();
      break;
    case detail::field::retry: digits_.add(piece); break;
    case detail::field::ignored: break;
  }
  cursor_ += size;
  return size == piece.size();
}

constexpr parser::status parser::end_line(event& out, std::string_view comment) noexcept {
  position_ = event_.open ? position::line_start : position::event_start;
  if (field_ == detail::field::id && event_.id_too_long) {
    buffers_.forget_id();
    event_.id_too_long = false;
  } else if (field_ == detail::field::id) {
    buffers_.received_id();
  } else if (field_ == detail::field::event) {
    buffers_.received_type();
  } else if (field_ == detail::field::retry && digits_.valid()) {
    reconnection_time_ = digits_;
    event_.has_retry = true;
  } else if (field_ == detail::field::comment) {
    out = event{std::nullopt, detail::default_type, comment, std::nullopt};
    buffers_.forget_received();
    return status::comment;
  }
  return status::need_input;
}

// The blank line (9.2.6, dispatch).
constexpr parser::status parser::end_event(event& out) noexcept {
  const bool dispatched = buffers_.has_data() && !event_.skipped;
  if (dispatched) {
    out = event{buffers_.has_id() ? std::optional(buffers_.id()) : std::nullopt,
                buffers_.type().empty() ? detail::default_type : buffers_.type(), buffers_.data(),
                event_.has_retry ? reconnection_time_.value() : std::nullopt};
  } else if (buffers_.has_data()) {
    ++dropped_;
  }
  if (buffers_.has_id()) buffers_.commit(buffers_.id());
  buffers_.clear();
  event_ = {};
  position_ = position::event_start;
  return dispatched ? status::event : status::need_input;
}

constexpr parser::status parser::suspend() noexcept {
  suspended_ = true;
  return status::storage_full;
}

// Called again with nothing done about the storage: gives up the comment, or else the event, but
// not its ID, which may fit now; if not, `store` gives it up.
constexpr void parser::go_on() noexcept {
  suspended_ = false;
  if (field_ != detail::field::id) buffers_.forget_received();
  if (field_ != detail::field::comment) {
    buffers_.forget_data_and_type();
    event_.skipped = true;
  }
  if (field_ != detail::field::id && position_ == position::value) field_ = detail::field::ignored;
}

constexpr parser::status parser::finish(event& out) noexcept {
  const status result = next(out);
  if (result != status::need_input) return result;
  if (position_ == position::name) {
    if (matched_ < detail::name_of(field_).size()) {
      field_ = detail::field::ignored;
    } else if (!begin_value()) {
      return suspend();
    }
  }
  if (position_ >= position::name && field_ != detail::field::comment) end_line(out, {});
  buffers_.forget_received();
  return end_event(out);
}

constexpr bool parser::set_last_event_id(std::string_view id) noexcept {
  if (!detail::is_valid_id(id) || !buffers_.replace_last_event_id(id)) return false;
  suspended_ = false;  // a shorter one makes room
  return true;
}

constexpr bool parser::use_storage(char* storage, std::size_t capacity) noexcept {
  if (!buffers_.move_to(storage, capacity)) return false;
  suspended_ = false;
  return true;
}

constexpr std::string_view parser::drain() noexcept {
  const std::string_view data = buffers_.drain();
  if (!data.empty()) suspended_ = false;
  return data;
}

constexpr void parser::reset() noexcept {
  buffers_.clear();
  buffers_.settle();
  cursor_ = end_ = nullptr;
  end_offset_ = 0;
  position_ = position::stream_start;
  matched_ = 0;
  after_cr_ = suspended_ = false;
  event_ = {};
}

}  // namespace sse

#endif
