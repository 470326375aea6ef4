// SPDX-License-Identifier: MIT
// The state of a parse, and its steps.
//
// The way of a byte: `feed` borrows its chunk. `next` takes events as most are, and lines of data
// one after another, in a hurry while there is enough of the chunk behind them (plain.hpp). All
// else it takes by whole lines as far as that goes, found with a mask of line ends and looked at
// where they lie (lines.hpp); a line that is cut, or does not fit, by parts of it, down to single
// bytes, gathered in the storage (pieces.hpp). All three give the same events; what they share is
// defined here. The small form has one way in place of them (small.hpp).
#ifndef SSEWIRE_DETAIL_PARSING_HPP
#define SSEWIRE_DETAIL_PARSING_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "../../event.hpp"
#include "../line_end.hpp"
#include "../scan.hpp"
#include "buffers.hpp"
#include "field.hpp"
#include "place.hpp"
#include "unfinished_event.hpp"

namespace sse::detail {

class parsing : protected buffers {
 public:
  /// What each means says parser.hpp, and of an item, too.
  enum class status : unsigned char {
    need_input,
    event,
    storage_full,
    skipped,
    comment,
    ignored_line,
    no_data,
    report_full,
  };
  struct item : event {
    status kind = status::event;
  };

  constexpr parsing(char* storage, std::size_t capacity) noexcept : buffers(storage, capacity) {}

  // ---- What sse::parser forwards to

  SSEWIRE_DETAIL_FORM constexpr void feed(std::string_view chunk) noexcept;
  SSEWIRE_DETAIL_FORM constexpr status next(event& out) noexcept;
  SSEWIRE_DETAIL_FORM constexpr status finish(event& out) noexcept;
  constexpr void reset() noexcept;
  constexpr void skip_event() noexcept;
  constexpr bool is_skipping() const noexcept { return has(concern::skipping); }
  /// Given as the sum of the concerns for that.
  constexpr void set_reports(unsigned wanted) noexcept;

  constexpr std::string_view unread() const noexcept {
    return {cursor_, static_cast<std::size_t>(end_ - cursor_)};
  }
  constexpr std::uint64_t offset() const noexcept { return end_offset_ - unread().size(); }
  constexpr std::uint64_t event_offset() const noexcept {
    if (begin_ == nullptr) return begin_offset_;
    return end_offset_ - static_cast<std::size_t>(end_ - begin_);
  }
  constexpr std::string_view raw() const noexcept {
    if (begin_ == nullptr) return {};
    return {begin_, static_cast<std::size_t>(cursor_ - begin_)};
  }
  constexpr bool pending() const noexcept { return is_in_event(place_); }
  constexpr std::optional<std::chrono::milliseconds> reconnection_time() const noexcept {
    return reconnection_time_.value();
  }

 protected:
  SSEWIRE_DETAIL_ONE_COPY SSEWIRE_DETAIL_OUT_OF_LINE constexpr status report(
      event& out, status what, std::string_view text) noexcept;

 private:
  using milliseconds = std::chrono::milliseconds;

  // ---- What most streams consist of: plain.hpp. Aligned, for wherever else compilers leave them
  // small events come at 0.8 to 1 of the speed, and multi at 0.93 to 1.1.

  SSEWIRE_DETAIL_ALIGNED constexpr bool take_plain_event(event& out) noexcept;
  SSEWIRE_DETAIL_ALIGNED constexpr bool take_further_data(event& out) noexcept;
  SSEWIRE_DETAIL_OUT_OF_LINE constexpr void keep_first_data(const unfinished_event& e,
                                                            const char* next_line) noexcept;

  // ---- Whole lines, mostly as views of the chunk: lines.hpp

  SSEWIRE_DETAIL_ALIGNED constexpr status take_lines(event& out) noexcept;
  constexpr void recall(unfinished_event& e) const noexcept;
  // (Inlined, or else the event would be copied for the call: 112 bytes of the stack.)
  SSEWIRE_DETAIL_INLINE constexpr bool keep(const unfinished_event& e) noexcept;
  SSEWIRE_DETAIL_FORM constexpr block block_ahead() const noexcept;
  constexpr void look_ahead(block rest) noexcept;

  // ---- Parts of lines, gathered in the storage: pieces.hpp. What is out of line compilers would
  // inline: then chunks of 64 bytes come at 0.9 of the speed, whole events at 0.95, and `next`
  // needs 100 bytes more of the stack. What is inlined they would not: chunks of 64 bytes come at
  // 0.95 then.

  SSEWIRE_DETAIL_OUT_OF_LINE constexpr status take_pieces(event& out) noexcept;
  SSEWIRE_DETAIL_INLINE constexpr status take_byte(event& out) noexcept;
  SSEWIRE_DETAIL_INLINE constexpr bool take_simple_byte(char c) noexcept;
  SSEWIRE_DETAIL_OUT_OF_LINE constexpr bool take_usual_byte(char c) noexcept;
  constexpr bool take_step(step::kind what, char c) noexcept;
  // With the end of an ID inlined, g++ 12 would not inline `feed` where it is called twice: a byte
  // takes 19 instructions more then.
  SSEWIRE_DETAIL_OUT_OF_LINE constexpr void end_id() noexcept;
  SSEWIRE_DETAIL_OUT_OF_LINE constexpr void take_rare_step(step::kind what, char c) noexcept;
  SSEWIRE_DETAIL_RARE constexpr status take_special_byte(event& out) noexcept;
  SSEWIRE_DETAIL_OUT_OF_LINE constexpr void begin_cut_line() noexcept;
  SSEWIRE_DETAIL_INLINE constexpr bool take_name() noexcept;
  SSEWIRE_DETAIL_RARE constexpr bool begin_line(char first) noexcept;
  SSEWIRE_DETAIL_RARE constexpr bool begin_value() noexcept;
  constexpr bool go_on_in_mark(char c) noexcept;
  SSEWIRE_DETAIL_RARE constexpr void begin_stream() noexcept;
  constexpr void skip_space() noexcept;
  constexpr status take_text(event& out) noexcept;
  SSEWIRE_DETAIL_RARE constexpr void take_long_text() noexcept;
  SSEWIRE_DETAIL_OUT_OF_LINE constexpr void take_simple_text() noexcept;
  SSEWIRE_DETAIL_RARE constexpr status take_other_text(event& out) noexcept;
  SSEWIRE_DETAIL_INLINE constexpr const char* find_line_end() noexcept;
  constexpr void step_over_line_end() noexcept;
  SSEWIRE_DETAIL_RARE constexpr status take_line_end(event& out) noexcept;
  SSEWIRE_DETAIL_RARE constexpr status end_value(event& out, std::string_view text) noexcept;
  constexpr bool end_line(place at) noexcept;

  // ---- What is reported beside events: reports.hpp. Out of line, for few ask for it: inlined, it
  // makes the functions of pieces.hpp two to three times as large, and chunks of 64 bytes come at
  // 0.98 of the speed.

  SSEWIRE_DETAIL_RARE constexpr bool take_ignored_line(event& out) noexcept;
  SSEWIRE_DETAIL_RARE constexpr bool receive(std::string_view text, char c) noexcept;
  SSEWIRE_DETAIL_RARE constexpr bool begin_reported_value() noexcept;
  constexpr bool begin_reported(place there, std::string_view name) noexcept;
  SSEWIRE_DETAIL_RARE constexpr void forget_reported() noexcept;
  constexpr bool is_report_in_the_way() const noexcept;
  SSEWIRE_DETAIL_RARE constexpr void give_up_report() noexcept;

  // ---- The small form, in place of all these: small.hpp

  constexpr status take_views(event& out) noexcept;
  SSEWIRE_DETAIL_ONE_CALLER constexpr status take_view(unfinished_event& e, const char* line,
                                                       const char* line_end,
                                                       const char* next_line) noexcept;
  SSEWIRE_DETAIL_ONE_CALLER constexpr status take_part(event& out) noexcept;
  constexpr bool take_mark() noexcept;
  SSEWIRE_DETAIL_ONE_CALLER constexpr status take_letter(event& out) noexcept;
  SSEWIRE_DETAIL_ONE_CALLER constexpr status take_value(event& out) noexcept;
  constexpr status dispatch(event& out, unfinished_event& e) noexcept;

  // ---- What all ways share

  constexpr void begin_event() noexcept;
  constexpr void enter_event() noexcept;
  SSEWIRE_DETAIL_INLINE constexpr void hand_out(event& out, std::string_view id,
                                                const std::string_view& type,
                                                std::string_view data) noexcept;
  SSEWIRE_DETAIL_FORM constexpr status end_event(event& out) noexcept;
  constexpr void clear_event() noexcept;
  constexpr retry_digits digits() const noexcept;
  constexpr void set_digits(retry_digits digits) noexcept;
  SSEWIRE_DETAIL_ONE_COPY SSEWIRE_DETAIL_RARE constexpr void add_digits(
      std::string_view text) noexcept;
  constexpr bool take_retry(retry_digits digits) noexcept;
  SSEWIRE_DETAIL_RARE constexpr status suspend() noexcept;
  SSEWIRE_DETAIL_RARE constexpr void go_on() noexcept;
  SSEWIRE_DETAIL_OUT_OF_LINE constexpr void give_up_chunk() noexcept;
  constexpr void leave_chunk() noexcept;

  const char* cursor_ = nullptr;
  const char* end_ = nullptr;
  std::uint64_t end_offset_ = 0;  // of the chunk's end
  // The event's first byte if it lies in the chunk, or else its offset.
  const char* begin_ = nullptr;
  std::uint64_t begin_offset_ = 0;
  std::uint64_t candidates_ = 0;  // see block_ahead and digits
  retry_digits reconnection_time_{};
};

SSEWIRE_DETAIL_DEFINITIONS

#ifndef SSEWIRE_DETAIL_SMALL

// A byte that comes alone is taken here, for an idle stream may come byte by byte: to borrow it,
// and to find in `next` that there is just one, would take eleven instructions more. What does more
// than a step is left to `next`.
constexpr void parsing::feed(std::string_view chunk) noexcept {
  if (concerned()) {
    give_up_chunk();
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

// Whether `feed` has left nothing to do is asked first, or the byte that it took would cost six
// instructions more; and said to be rare, or chunks of 64 bytes come at 0.97 of the speed.
constexpr parsing::status parsing::next(event& out) noexcept {
  if (!mostly(concerned())) return status::need_input;
  if (place_ == place::event_start && take_plain_event(out)) return status::event;
  return take_pieces(out);
}

#endif

constexpr parsing::status parsing::finish(event& out) noexcept {
  const status result = next(out);
  if (result != status::need_input) return result;
  if (place_ == place::data && !begin_value()) return suspend();
  if (place_ == place::event || place_ == place::id) begin_value();
  if (place_ == place::reported_id || place_ == place::reported_retry) forget_reported();
  if (is_behind_name(place_) && !is_reported(place_)) end_line(place_);
  return end_event(out);
}

constexpr void parsing::reset() noexcept {
  give_up_chunk();
  clear_event();
  cursor_ = end_ = nullptr;
  end_offset_ = begin_offset_ = 0;
  place_ = place::stream_start;
  drop(concern::suspended);
}

// Before another chunk comes.
constexpr void parsing::give_up_chunk() noexcept {
  leave_chunk();
  end_offset_ = offset();
}
constexpr void parsing::leave_chunk() noexcept {
  settle();
  if (begin_ == nullptr) return;
  begin_offset_ = event_offset();
  begin_ = nullptr;
}

// ---- What all ways share

// The next byte begins an event.
constexpr void parsing::begin_event() noexcept { begin_ = cursor_; }
constexpr void parsing::enter_event() noexcept {
  if (!is_in_event(place_)) begin_event();
}

// Hands out all of an event but its `retry`; its ID, if it is not a view of nothing at all, comes
// into force. (Member by member: a whole event would be copied by loads wider than the stores
// before them, and wait for those. With `retry`, or with what an event without an ID gets in a
// branch of its own, g++ 12 jumps twice more: tokens come at 0.9 of the speed.)
SSEWIRE_DETAIL_INLINE constexpr void parsing::hand_out(event& out, std::string_view id,
                                                       const std::string_view& type,
                                                       std::string_view data) noexcept {
  out.id = std::optional<std::string_view>();
  if (id.data() != nullptr) {
    commit(id);
    out.id = std::optional(id);
  }
  out.type = type;
  out.data = data;
}

#ifndef SSEWIRE_DETAIL_SMALL
// The blank line (9.2.6, dispatch), where what is known of the event is in the storage.
constexpr parsing::status parsing::end_event(event& out) noexcept {
  status result = status::need_input;
  if (has_data() && !has(concern::skipping)) {
    result = status::event;
  } else if (has_data() || (has(concern::no_data) && is_in_event(place_))) {
    result = has(concern::skipping) ? status::skipped : status::no_data;
  }
  if (result != status::need_input) out.id = has_id() ? std::optional(id()) : std::nullopt;
  if (result == status::skipped) {
    out.type = out.data = {};
    out.retry = std::nullopt;
  } else if (result != status::need_input) {
    out.type = type().empty() ? default_type : type();
    out.data = data();
    out.retry = has_retry_ ? reconnection_time_.value() : std::nullopt;
  }
  if (has_id()) commit(id());
  clear_event();
  return result;
}
#endif

constexpr void parsing::clear_event() noexcept {
  clear();
  place_ = place::event_start;
  has_retry_ = false;
  drop(concern::skipping);
}

// The digits of a `retry` that is taken by parts stand where the candidates do, of which none are
// known then.
constexpr retry_digits parsing::digits() const noexcept { return retry_digits(candidates_); }
constexpr void parsing::set_digits(retry_digits digits) noexcept {
  candidates_ = digits.bits();
  ahead_ = 0;
}

constexpr void parsing::add_digits(std::string_view text) noexcept {
  retry_digits all = digits();
  all.add(text);
  set_digits(all);
}

// False if it is none.
constexpr bool parsing::take_retry(retry_digits digits) noexcept {
  if (!digits.valid()) return false;
  reconnection_time_ = digits;
  has_retry_ = true;
  return true;
}

constexpr parsing::status parsing::suspend() noexcept {
  raise(concern::suspended);
  return is_report_in_the_way() ? status::report_full : status::storage_full;
}

// Makes room by giving up the event, but not its ID, which may fit now, nor what is reported.
constexpr void parsing::skip_event() noexcept {
  drop(concern::suspended);
  forget_data_and_type();
  raise(concern::skipping);
  if (is_id(place_) || is_reported(place_)) return;
  forget_received();
  if (is_behind_name(place_)) place_ = place::ignored;
}

// Called again with nothing done about the storage: gives up the report, or else the event.
constexpr void parsing::go_on() noexcept {
  drop(concern::suspended);
  is_report_in_the_way() ? give_up_report() : skip_event();
}

SSEWIRE_DETAIL_END_OF_DEFINITIONS

}  // namespace sse::detail

#endif
