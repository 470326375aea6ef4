// SPDX-License-Identifier: MIT
// Events to bytes: sse::writer, and encoded_size, append and gather for other ways to hold them.
#ifndef SSEWIRE_WRITER_HPP
#define SSEWIRE_WRITER_HPP

#include <cassert>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

#include "detail/encode.hpp"
#include "event.hpp"

namespace sse {

/// Writes an event stream (9.2.5) into a buffer that you lend, and never past its end.
///
///     char buffer[4096];
///     sse::writer writer(buffer);
///     if (writer.write({"42", "tick", "two\nlines"}) == sse::writer::status::ok)
///       send(writer.written());
///
/// gives `id: 42`, `event: tick`, `data: two`, `data: lines` and a blank line.
///
/// **Data** may be any text. It is split at LF, CR and CRLF into `data` lines, which the receiver
/// joins by LF: so a CR or CRLF arrives as LF, and all else arrives as it was, a line end at the
/// end included. Whatever data hold, they cannot forge a field or an event.
///
/// **ID and type** cannot carry a line end, nor an ID a NUL; with one they are refused, never
/// changed in silence. No type, and the type "message", are not written.
///
/// **All or nothing.** A call that does not return `ok` has written nothing: `written()` and the
/// state are as they were. (The free space behind `written()` is the writer's to scribble on.)
class writer {
 public:
  enum class [[nodiscard]] status : unsigned char{
      ok,
      no_space,       ///< It does not fit the rest of the buffer: send, `clear`, and call again;
                      ///< if all of the buffer was free, lend a larger one, or use `begin`.
      invalid_id,     ///< The ID has a CR, LF or NUL: it would forge fields, or be ignored.
      invalid_type,   ///< The type has a CR or LF.
      invalid_retry,  ///< The reconnection time is negative.
      out_of_order,   ///< Between `begin` and `end` only `data` may come, and only there.
  };

  /// Lends the buffer. A null `buffer` goes with a capacity of 0; with another (asserted in debug
  /// builds) it counts as 0.
  constexpr writer(char* buffer, std::size_t capacity) noexcept
      : sink_{buffer, buffer != nullptr ? capacity : 0, 0} {
    assert(buffer != nullptr || capacity == 0);
  }
  template <std::size_t Size>
  constexpr explicit writer(char (&buffer)[Size]) noexcept : writer(buffer, Size) {}

  /// Writes an event with its blank line. There is always a `data` line, since without one the
  /// receiver would dispatch nothing; for an ID or a type alone use `begin` and `end`.
  SSEWIRE_DETAIL_INLINE constexpr status write(const event& e) noexcept;

  /// Writes a comment with a blank line: a keep-alive, about every 15 seconds (9.2.7). Every line
  /// of the text becomes a comment line.
  constexpr status comment(std::string_view text = {}) noexcept;

  /// Writes a reconnection time on its own.
  constexpr status retry(std::chrono::milliseconds time) noexcept;

  // ---- An event whose data come in pieces

  /// Begins an event. Fields that are not given are not written, nor is the type "message".
  constexpr status begin(std::string_view type = {}, std::optional<std::string_view> id = {},
                         std::optional<std::chrono::milliseconds> retry = {}) noexcept;

  /// Goes on with the data; pieces may be cut anywhere, also between CR and LF. A first call, even
  /// with an empty piece, makes the event one with data.
  constexpr status data(std::string_view piece) noexcept;

  /// Ends the event; one with neither data nor fields leaves nothing behind.
  constexpr status end() noexcept;

  // ---- The buffer

  /// What is written so far; while an event is open, its first part is included. It may be sent at
  /// any time.
  constexpr std::string_view written() const noexcept { return {sink_.buffer, sink_.size}; }

  /// Makes the whole buffer free again. An open event stays open.
  constexpr void clear() noexcept { sink_.size = 0; }

 private:
  enum class state : unsigned char { between_events, begun, has_fields, in_data, in_data_after_cr };

  template <class Encode>
  constexpr status all_or_nothing(state next, Encode encode) noexcept;

  detail::buffer_sink sink_;
  state state_ = state::between_events;
};

/// The exact number of bytes that `write` needs for the event; 0 if it would refuse it, and the
/// largest number there is if it needs more than that.
constexpr std::size_t encoded_size(const event& e) noexcept;

/// Appends an event to any container of bytes with `data`, `size` and `resize`: std::string,
/// std::vector<char>, ... A refused event leaves it as it was. May throw what `resize` throws. The
/// event must not view the container itself.
template <class Container>
constexpr writer::status append(Container& container, const event& e);

/// What `gather` found: how many pieces the event has, or needs.
struct [[nodiscard]] gathered {
  writer::status status;
  std::size_t count;
};

/// Describes an encoded event as pieces of memory, for writev and its like: data, ID and type are
/// not copied, but pointed at, and must live as long as the pieces are used. What lies between
/// them has static storage duration. `Piece` is whatever can be made as `Piece{char*, size}`:
/// iovec, std::string_view, a buffer of Boost.Asio, uv_buf_t on Unix. With `no_space`, `count` is
/// what `capacity` should have been: two for each line of data and 28 more are always enough.
template <class Piece>
constexpr gathered gather(const event& e, Piece* pieces, std::size_t capacity) noexcept;

}  // namespace sse

#include "detail/write.hpp"  // the definitions

#endif
