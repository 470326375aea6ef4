// SPDX-License-Identifier: MIT
// Where in a line a stream is, and where a byte leads from there.
#ifndef SSEWIRE_DETAIL_PLACE_HPP
#define SSEWIRE_DETAIL_PLACE_HPP

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../scan.hpp"

namespace sse::detail {

inline constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

enum class place : unsigned char {
  event_start,  // nothing of an event has come; and an LF behind a CR is nothing, as any blank line
  idle,         // the same, where line ends and comments come byte by byte: no need to hurry
  stream_start,
  // So many bytes of what may be a byte order mark have come: or else they begin a field.
  mark_1,
  mark_2,
  line_start,
  line_start_after_cr,  // one LF would belong to the CR
  // So much of a name has come, and no other can become of it.
  d,
  da,
  dat,
  data,
  e,
  ev,
  eve,
  even,
  event,
  i,
  id,
  r,
  re,
  ret,
  retr,
  retry,
  // Behind the colon, where one space may follow; and in the value.
  data_start,
  data_value,
  type_start,
  type_value,
  id_start,
  id_value,
  retry_start,
  retry_value,
  ignored,
  id_too_long,  // of an event that is skipped; but a NUL may still come
  // Lines that are reported if they turn out to be ignored: received with their names.
  reported_line,
  reported_id,
  reported_retry,
  reported_comment,
  // Comments in front of an event.
  reported_early_comment,
  ignored_early_comment,
};

/// Whether any field came after the last blank line, even in part.
constexpr bool is_in_event(place at) noexcept {
  return at >= place::mark_1 && at < place::reported_early_comment;
}
constexpr bool is_mark(place at) noexcept {
  return at >= place::stream_start && at <= place::mark_2;
}
/// How much of the mark has come.
constexpr std::size_t mark_size(place at) noexcept {
  return static_cast<std::size_t>(at) - static_cast<std::size_t>(place::stream_start);
}
constexpr bool is_line_start(place at) noexcept { return at < place::d && !is_mark(at); }
constexpr bool is_name(place at) noexcept { return at >= place::d && at <= place::retry; }
constexpr bool is_behind_name(place at) noexcept { return at >= place::data_start; }
constexpr bool is_start_of_value(place at) noexcept {
  switch (at) {
    case place::data_start:
    case place::type_start:
    case place::id_start:
    case place::retry_start: return true;
    default: return false;
  }
}
constexpr bool is_data(place at) noexcept {
  return at == place::data_start || at == place::data_value;
}
constexpr bool is_type(place at) noexcept {
  return at == place::type_start || at == place::type_value;
}
constexpr bool is_id(place at) noexcept { return at == place::id_start || at == place::id_value; }
/// Whether what comes there is data, or the value of a type or of an ID.
constexpr bool is_kept(place at) noexcept {
  return at >= place::data_start && at <= place::id_value;
}
constexpr bool is_retry(place at) noexcept {
  return at == place::retry_start || at == place::retry_value;
}
constexpr bool is_comment(place at) noexcept {
  return at == place::reported_comment || at == place::reported_early_comment;
}
/// Whether what is received there may be reported.
constexpr bool is_reported(place at) noexcept {
  return at >= place::reported_line && at <= place::reported_early_comment;
}

constexpr place next(place at) noexcept {
  return static_cast<place>(static_cast<unsigned char>(at) + 1);
}

/// The same value, when it counts for nothing any more.
constexpr place ignored_behind(place at) noexcept {
  return is_in_event(at) ? place::ignored : place::ignored_early_comment;
}

/// Where the first byte behind a line end is.
SSEWIRE_DETAIL_ONE_COPY constexpr place behind_line(place at, char line_end) noexcept {
  if (!is_in_event(at)) return place::event_start;
  return line_end == '\r' ? place::line_start_after_cr : place::line_start;
}

/// Whether a line end makes a line there, and a blank one.
constexpr bool is_blank_line(place at, char line_end) noexcept {
  return at == place::line_start || (at == place::line_start_after_cr && line_end == '\r');
}

/// What a byte does, and where it leads.
struct step {
  enum class kind : unsigned char {
    move,  // that is all
    // The byte is kept: as data, or as part of a value that may not count in the end.
    keep_data,
    receive,
    begin_data,
    // What was received is the ID, or the type.
    end_id,
    end_type,
    begin_retry,
    add_digit,  // or what is none
    end_retry,
    begin_event,
    special,  // more is to be done
  };
  kind what = kind::special;
  place there = place::event_start;
};

constexpr step move_to(place there) noexcept { return {step::kind::move, there}; }

/// What comes next of the names, from `place::d` on.
inline constexpr std::string_view letters_behind = "ata:vent:d:etry:";

/// What has come of a line when it has come so far: in a name, or in what looked like a byte order
/// mark.
constexpr std::string_view text_up_to(place at) noexcept {
  constexpr const char* names = "dataeventidretry";
  constexpr unsigned firsts = 1 << 0 | 1 << 4 | 1 << 9 | 1 << 11;  // of the letters there
  if (is_mark(at)) return {byte_order_mark.data(), mark_size(at)};
  if (at < place::d) return {};
  const std::size_t last = static_cast<std::size_t>(at) - static_cast<std::size_t>(place::d);
  std::size_t first = last;
  while ((firsts >> first & 1) == 0) --first;
  return {names + first, last - first + 1};
}

constexpr place begin_line(place at, char first) noexcept {
  switch (first) {
    case ':': return ignored_behind(at);
    case 'd': return place::d;
    case 'e': return place::e;
    case 'i': return place::i;
    case 'r': return place::r;
    default: return place::ignored;
  }
}

/// Where the colon behind a name leads.
SSEWIRE_DETAIL_ONE_COPY constexpr place behind_name(place at) noexcept {
  switch (at) {
    case place::data: return place::data_start;
    case place::event: return place::type_start;
    case place::id: return place::id_start;
    case place::retry: return place::retry_start;
    default: return place::ignored;
  }
}

/// What comes next of a name.
constexpr char letter_behind(place at) noexcept {
  return letters_behind[static_cast<std::size_t>(at) - static_cast<std::size_t>(place::d)];
}

/// Where a byte leads from a place in a name, if it is no line end.
constexpr place behind_letter(place at, char c) noexcept {
  if (c != letter_behind(at)) return place::ignored;
  return c == ':' ? behind_name(at) : next(at);
}

constexpr step go_on_in_name(place at, char c) noexcept {
  if (is_line_end(c)) {
    const place there = behind_line(at, c);
    switch (at) {
      case place::data: return {step::kind::begin_data, there};
      case place::event: return {step::kind::end_type, there};
      case place::id: return {step::kind::end_id, there};
      default: return move_to(there);
    }
  }
  if (c != letter_behind(at)) return move_to(place::ignored);
  switch (at) {
    case place::data: return {step::kind::begin_data, place::data_start};
    case place::event: return move_to(place::type_start);
    case place::id: return move_to(place::id_start);
    case place::retry: return {step::kind::begin_retry, place::retry_start};
    default: return move_to(next(at));
  }
}

constexpr step end_value(place at, char line_end) noexcept {
  const place there = behind_line(at, line_end);
  if (is_data(at) || at == place::ignored) return move_to(there);
  if (is_type(at)) return {step::kind::end_type, there};
  if (is_id(at)) return {step::kind::end_id, there};
  if (is_retry(at)) return {step::kind::end_retry, there};
  return at == place::ignored_early_comment ? move_to(place::idle) : step();
}

constexpr step go_on_in_value(place at, char c) noexcept {
  if (is_line_end(c)) return end_value(at, c);
  const bool starts = is_start_of_value(at);
  const place there = starts ? next(at) : at;
  if (starts && c == ' ') return move_to(there);
  if (is_data(at)) return {step::kind::keep_data, there};
  if (is_type(at) || is_reported(at)) return {step::kind::receive, there};
  if (is_id(at)) return c != '\0' ? step{step::kind::receive, there} : step();
  if (is_retry(at)) return {step::kind::add_digit, there};
  return move_to(at == place::id_too_long && c == '\0' ? place::ignored : there);
}

/// What the byte `c` does at a place.
constexpr step find_step(place at, char c) noexcept {
  if (is_mark(at)) return {};
  if (is_name(at)) return go_on_in_name(at, c);
  if (is_behind_name(at)) return go_on_in_value(at, c);
  if (!is_line_end(c)) {
    const place there = begin_line(at, c);
    const bool begins_event = is_in_event(there) && !is_in_event(at);
    return {begins_event ? step::kind::begin_event : step::kind::move, there};
  }
  if (at == place::event_start || at == place::idle) return move_to(place::idle);
  return is_blank_line(at, c) ? step() : move_to(place::line_start);
}

/// All steps, so that a byte costs no branches: a column for each kind of byte, with what it does
/// at each place.
class steps {
 public:
  constexpr steps() noexcept {
    for (std::size_t kind = 0; kind < sizeof kinds; ++kind) {
      const std::size_t column = kind * places;
      columns_[static_cast<unsigned char>(kinds[kind])] = static_cast<std::uint16_t>(column);
      for (std::size_t at = 0; at < places; ++at) {
        steps_[column + at] = find_step(static_cast<place>(at), kinds[kind]);
      }
    }
  }

  constexpr step find(place at, char c) const noexcept {
    return steps_[columns_[static_cast<unsigned char>(c)] + static_cast<std::size_t>(at)];
  }

 private:
  // The first stands for all other bytes.
  static constexpr char kinds[] = {'x', '\n', '\r', ':', ' ', '\0', 'd', 'a',
                                   'e', 't',  'v',  'n', 'i', 'r',  'y'};
  static constexpr std::size_t places = static_cast<std::size_t>(place::ignored_early_comment) + 1;
  std::uint16_t columns_[256] = {};  // where each begins in the steps
  step steps_[sizeof kinds * places];
};
inline constexpr steps all_steps;

}  // namespace sse::detail

#endif
