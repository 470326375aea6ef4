// SPDX-License-Identifier: MIT
// An event as a sequence of pieces of text, and where the pieces can go.
#ifndef SSEWIRE_DETAIL_ENCODE_HPP
#define SSEWIRE_DETAIL_ENCODE_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../../event.hpp"
#include "../bytes.hpp"
#include "../line_end.hpp"
#include "../scan.hpp"

namespace sse::detail {

using namespace std::string_view_literals;  // plain literals may be measured at run time

/// Copies the pieces into a buffer; false when one does not fit.
struct buffer_sink {
  char* buffer;
  std::size_t capacity;
  std::size_t size;

  constexpr bool put(std::string_view text) noexcept {
    if (text.size() > capacity - size) return false;
    copy_bytes(buffer + size, text.data(), text.size());
    size += text.size();
    return true;
  }

  /// The same for a line of a text that ends at `text_end`.
  SSEWIRE_DETAIL_FORM constexpr bool put_line(std::string_view line,
                                              [[maybe_unused]] const char* text_end) noexcept {
#ifdef SSEWIRE_DETAIL_SMALL
    return put(line);
#else
    const std::size_t room = capacity - size;
    if (line.size() > room) return false;
    const auto readable = static_cast<std::size_t>(text_end - line.data());
    if (!copy_enough<128>(buffer + size, room, line.data(), readable, line.size())) {
      copy_bytes(buffer + size, line.data(), line.size());
    }
    size += line.size();
    return true;
#endif
  }

  /// Puts a long line that a text begins with, but for its end, and takes it off: looking for the
  /// line end and copying are one pass.
  constexpr void put_blocks(std::string_view& text) noexcept {
    const std::size_t room = capacity - size;
    const std::size_t most = text.size() < room ? text.size() : room;
    const std::size_t copied = copy_blocks(buffer + size, text.data(), most);
    text.remove_prefix(copied);
    size += copied;
  }
};

/// Adds up their sizes, to the largest number there is at most.
struct size_sink {
  std::size_t size = 0;

  constexpr bool put(std::string_view text) noexcept {
    const std::size_t most = static_cast<std::size_t>(-1) - size;
    size += text.size() < most ? text.size() : most;
    return true;
  }
  constexpr bool put_line(std::string_view line, const char*) noexcept { return put(line); }
};

/// Notes where they are, and counts on when there is no more room to note it.
template <class Piece>
struct piece_sink {
  Piece* pieces;
  std::size_t capacity;
  std::size_t count = 0;

  constexpr bool put(std::string_view text) noexcept {
    if (text.empty()) return true;
    // Types made for reading and writing alike, as iovec, have no const in them.
    if (count < capacity) pieces[count] = Piece{const_cast<char*>(text.data()), text.size()};
    ++count;
    return true;
  }
  constexpr bool put_line(std::string_view line, const char*) noexcept { return put(line); }
};

/// Whether there is more to write than data.
constexpr bool has_fields(const event& e) noexcept {
  return e.id.has_value() || e.retry.has_value() || e.has_type();
}

/// A number that is not negative, digit by digit, so that each is a piece of constant text.
template <class Sink>
constexpr bool encode_number(Sink& sink, std::int64_t number) noexcept {
  constexpr std::string_view digits = "0123456789"sv;
  std::int64_t unit = 1;
  while (number / unit >= 10) unit *= 10;
  for (; unit > 0; unit /= 10) {
    if (!sink.put({digits.data() + number / unit % 10, 1})) return false;
  }
  return true;
}

/// The text with `separator` in place of every line end.
template <class Sink, std::size_t Length>
SSEWIRE_DETAIL_FORM constexpr bool encode_lines(Sink& sink, const char (&separator)[Length],
                                                std::string_view text) noexcept {
  const char* line = text.data();
  const char* const end = line + text.size();
#ifndef SSEWIRE_DETAIL_SMALL
  line_ends<native_kernel> ends(line, end);
#endif
  for (;;) {
#ifdef SSEWIRE_DETAIL_SMALL
    const char* const line_end = find_line_end(line, end);
#else
    const char* const line_end = ends.next();
#endif
    if (!sink.put_line({line, static_cast<std::size_t>(line_end - line)}, end)) return false;
    if (line_end == end) return true;
    if (!sink.put({separator, Length - 1})) return false;
    line = line_end + 1;
    if (*line_end != '\r' || line == end || *line != '\n') continue;
    ++line;
#ifndef SSEWIRE_DETAIL_SMALL
    ends.next();
#endif
  }
}

#ifndef SSEWIRE_DETAIL_SMALL

/// What follows the first blocks of a text, for encode_lines below: returns where it ends, or null
/// if it does not fit. (A function of its own, or g++ 12 has too few registers for it: 25 lines
/// come at 0.88 of the speed. And handed no sink, so that its caller's can stay in registers.)
template <std::size_t Length>
SSEWIRE_DETAIL_OUT_OF_LINE constexpr char* encode_rest(char* to, std::size_t room,
                                                       const char (&separator)[Length],
                                                       std::string_view text) noexcept {
  buffer_sink sink{to, room, 0};
  return encode_lines<buffer_sink>(sink, separator, text) ? to + sink.size : nullptr;
}

/// The same into a buffer, where a long first line is looked through and copied in one pass.
/// (Inlined, since g++ 12 does not: small events take 5 % longer then.)
template <std::size_t Length>
SSEWIRE_DETAIL_INLINE constexpr bool encode_lines(buffer_sink& sink,
                                                  const char (&separator)[Length],
                                                  std::string_view text) noexcept {
  sink.put_blocks(text);
  if (text.empty()) return true;
  const char* const end =
      encode_rest(sink.buffer + sink.size, sink.capacity - sink.size, separator, text);
  if (end == nullptr) return false;
  sink.size = static_cast<std::size_t>(end - sink.buffer);
  return true;
}

#endif

/// The fields of an event but for its data, in the order that the strictest clients ask for.
template <class Sink>
constexpr bool encode_fields(Sink& sink, const event& e) noexcept {
  if (e.has_type()) {
    if (!(sink.put("event: "sv) && sink.put(e.type) && sink.put("\n"sv))) return false;
  }
  if (e.id) {
    if (!(sink.put("id: "sv) && sink.put(*e.id) && sink.put("\n"sv))) return false;
  }
  if (e.retry) {
    return sink.put("retry: "sv) && encode_number(sink, e.retry->count()) && sink.put("\n"sv);
  }
  return true;
}

/// (Inlined: as a function of its own, 250 bytes come at 0.4 of the speed of memcpy, in place of
/// 0.6.)
template <class Sink>
SSEWIRE_DETAIL_INLINE constexpr bool encode_data(Sink& sink, std::string_view data) noexcept {
  return sink.put("data: "sv) && encode_lines(sink, "\ndata: ", data) && sink.put("\n\n"sv);
}

/// All of an event, into a sink in which everything fits. (Inlined, or else `append` needs 416
/// bytes of the stack on a Cortex-M0.)
template <class Sink>
SSEWIRE_DETAIL_INLINE constexpr void encode_event(Sink& sink, const event& e) noexcept {
  if (has_fields(e)) encode_fields(sink, e);
  encode_data(sink, e.data);
}

/// A `retry` and no more, and a blank line.
template <class Sink>
constexpr bool encode_retry(Sink& sink, const event& e) noexcept {
  return encode_fields(sink, e) && sink.put("\n"sv);
}

/// A comment, and a blank line.
template <class Sink>
constexpr bool encode_comment(Sink& sink, std::string_view text) noexcept {
  return sink.put(":"sv) && encode_lines(sink, "\n:", text) && sink.put("\n\n"sv);
}

}  // namespace sse::detail

#endif
