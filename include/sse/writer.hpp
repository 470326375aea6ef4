// SPDX-License-Identifier: MIT
// Events to bytes: sse::writer, and encoded_size, append and gather for other ways to hold them.
#ifndef SSEWIRE_WRITER_HPP
#define SSEWIRE_WRITER_HPP

#include "detail/compiler.hpp"
#ifdef SSEWIRE_DETAIL_CXX17

#include <chrono>
#include <cstddef>
#include <string_view>  // with what iterators are told by: <iterator> takes long to compile
#include <type_traits>

#include "detail/writer/encode.hpp"
#include "detail/writer/writing.hpp"
#include "event.hpp"
#include "memory.hpp"

namespace sse {

/// The longest reconnection time that a writer takes: 2^31 - 1 ms, some 25 days. What is longer
/// makes clients on node come back at once, and for ever; Firefox takes it modulo 2^32.
inline constexpr std::chrono::milliseconds longest_retry = detail::longest_retry;

/// Writes an event stream (9.2.5) into a buffer that you lend, and never past its end.
///
///     char buffer[4096];
///     sse::writer writer(buffer);
///     if (writer.write("tick", "two\nlines") == sse::writer::status::ok) send(writer.written());
///
/// gives `event: tick`, `data: two`, `data: lines` and a blank line.
///
/// **Data** may be any text. It is split at LF, CR and CRLF into `data` lines, which the receiver
/// joins by LF: so a CR or CRLF arrives as LF, and all else arrives as it was, a line end at the
/// end included. Whatever data hold, they cannot forge a field or an event.
///
/// **ID and type** cannot carry a line end, nor an ID a NUL; with one they are refused, never
/// changed in silence. A type that was not given is not written, one that was is, "message" too.
/// The fields come in the order event, id, retry, data.
///
/// **What arrives everywhere** is less than the standard allows, as some fifty clients showed that
/// were tried (tests/interop/table.md). Write an event as one line of data, such as compact JSON,
/// with a type only if the API has types; heartbeats as comments between events; an ID and `retry`
/// for EventSource alone, and with data. Some SDKs of model vendors drop an event that has more,
/// or fail; some clients made with `fetch` hand out blocks without data as empty messages.
///
/// **Errors.** A call that does not return `ok` has written nothing: `written()` and the state are
/// as they were. (The free space behind `written()` is the writer's to scribble on.) So when a
/// buffer is full:
///
///     while (writer.write(e) == sse::writer::status::no_space) {
///       if (writer.written().empty()) return too_large(e);  // lend a larger one, or use `begin`
///       send(writer.written());
///       writer.clear();
///     }
///
/// **Complexity.** Linear in what is written. **Threads.** As for any object: one at a time.
class writer : private detail::writing {
 public:
  /// | status          | means                                                          |
  /// |-----------------|----------------------------------------------------------------|
  /// | `ok`            | it is written                                                  |
  /// | `no_space`      | it does not fit the rest of the buffer                         |
  /// | `invalid_id`    | the ID has a CR, LF or NUL: it would forge fields or be ignored |
  /// | `invalid_type`  | the type has a CR or LF                                        |
  /// | `invalid_retry` | the time is negative, or above `longest_retry`                 |
  /// | `out_of_order`  | between `begin` and `end` only `data` may come, and only there |
  using writing::status;

  /// Lends the buffer.
  constexpr explicit writer(storage buffer) noexcept : writing(buffer.data(), buffer.size()) {}
  constexpr writer(char* buffer, std::size_t capacity) noexcept
      : writer(storage(buffer, capacity)) {}

  /// Writes an event with its blank line. There is always a `data` line, since without one the
  /// receiver would dispatch nothing; for an ID or a type alone use `begin` and `end`.
  [[nodiscard]] SSEWIRE_DETAIL_INLINE constexpr status write(const event& e) noexcept {
    return writing::write(e);
  }
  /// The same of an event that has but data, or type and data; they may be temporaries.
  template <class Data, std::enable_if_t<detail::is_text<Data>, int> = 0>
  [[nodiscard]] constexpr status write(const Data& data) noexcept {
    return writing::write(event(data));
  }
  template <class Type, class Data,
            std::enable_if_t<detail::is_text<Type> && detail::is_text<Data>, int> = 0>
  [[nodiscard]] constexpr status write(const Type& type, const Data& data) noexcept {
    return writing::write(event(type, data));
  }

  /// Writes a comment with a blank line: a keep-alive, about every 15 seconds (9.2.7), which has to
  /// be less than any proxy's time-out. An event in its place would be handed out by clients that
  /// know no types. The text is what comes behind the colon; of several lines, each becomes a
  /// comment line.
  [[nodiscard]] constexpr status comment(std::string_view text = {}) noexcept {
    return writing::comment(text);
  }

  /// Writes a reconnection time on its own: a block without data, which some SDKs take for an error
  /// or an empty message. So give it to the first event, `event::retry`, where you can.
  [[nodiscard]] constexpr status retry(std::chrono::milliseconds time) noexcept {
    return writing::retry(time);
  }

  // ---- An event whose data come in pieces

  /// Begins an event, with the same arguments as `write`: its data are the first piece. As to
  /// `write`, an empty text is data, too: what is begun with `begin(type, "")` arrives, though no
  /// piece may follow. An event whose data are empty is left without, unless a piece follows: so an
  /// ID alone is written, or a type.
  [[nodiscard]] constexpr status begin(const event& e = {}) noexcept {
    return writing::begin(e, !e.data.empty());
  }
  template <class Data, std::enable_if_t<detail::is_text<Data>, int> = 0>
  [[nodiscard]] constexpr status begin(const Data& data) noexcept {
    return writing::begin(event(data), true);
  }
  template <class Type, class Data,
            std::enable_if_t<detail::is_text<Type> && detail::is_text<Data>, int> = 0>
  [[nodiscard]] constexpr status begin(const Type& type, const Data& data) noexcept {
    return writing::begin(event(type, data), true);
  }

  /// Goes on with the data; pieces may be cut anywhere, also between CR and LF. A first call, even
  /// with an empty piece, makes the event one with data.
  [[nodiscard]] constexpr status data(std::string_view piece) noexcept {
    return writing::data(piece);
  }

  /// The same as far as there is room: what is taken is removed from the piece. `no_space` if some
  /// is left; a buffer of 7 bytes is enough to get on.
  ///
  ///     while (writer.data_some(piece) == sse::writer::status::no_space) {
  ///       send(writer.written());
  ///       writer.clear();
  ///     }
  [[nodiscard]] constexpr status data_some(std::string_view& piece) noexcept {
    return writing::data_some(piece);
  }

  /// Ends the event; one with neither data nor fields leaves nothing behind.
  [[nodiscard]] constexpr status end() noexcept { return writing::end(); }

  /// Takes the open event back, when what makes its data has failed. False, and nothing changed, if
  /// none is open, or if part of it has been cleared: that was sent, and its receiver waits for the
  /// rest.
  [[nodiscard]] constexpr bool cancel() noexcept { return writing::cancel(); }

  // ---- The buffer

  /// What is written so far; while an event is open, its first part is included. It may be sent at
  /// any time.
  using writing::written;

  /// Makes the whole buffer free again. An open event stays open.
  using writing::clear;

  /// Moves what is written to another buffer; the old one is free then. The new one may be the old
  /// one with another size, but not overlap it otherwise. False, and nothing changed, if what is
  /// written does not fit there. An open event stays open.
  [[nodiscard]] constexpr bool use_buffer(storage buffer) noexcept {
    return writing::use_buffer(buffer.data(), buffer.size());
  }

  // What would mean something else than it says.
  template <class Null, std::enable_if_t<std::is_null_pointer_v<Null>, int> = 0>
  status comment(Null) = delete;
  template <class Null, std::enable_if_t<std::is_null_pointer_v<Null>, int> = 0>
  status data(Null) = delete;
  template <class First, class Second, class Third>
  status write(First&&, Second&&,
               Third&&) = delete;  // name the ID: sse::event{type, data}.with_id(id)
  template <class First, class Second, class Third>
  status begin(First&&, Second&&,
               Third&&) = delete;  // name the ID: sse::event{type, data}.with_id(id)
};

/// An output iterator that goes on with the data of the event that is open, character by character:
/// for std::format_to and its like. Characters that do not fit, or come while no event is open, are
/// lost: `failed` says so.
template <class Writer>
class data_inserter {
 public:
  using iterator_category = std::output_iterator_tag;
  using value_type = void;
  using difference_type = std::ptrdiff_t;
  using pointer = void;
  using reference = void;

  constexpr explicit data_inserter(Writer& writer) noexcept : writer_(&writer) {}

  constexpr data_inserter& operator=(char c) {
    failed_ = failed_ || writer_->data({&c, 1}) != Writer::status::ok;
    return *this;
  }
  constexpr data_inserter& operator*() noexcept { return *this; }
  constexpr data_inserter& operator++() noexcept { return *this; }
  SSEWIRE_DETAIL_NOT_EFFCXX(constexpr data_inserter& operator++(int) noexcept { return *this; })

  constexpr bool failed() const noexcept { return failed_; }

 private:
  Writer* writer_;
  bool failed_ = false;
};

/// The exact number of bytes that `write` needs for the event; 0 if it would refuse it, and the
/// largest number there is if it needs more than that.
constexpr std::size_t encoded_size(const event& e) noexcept;

/// Appends an event to any container of bytes with `data`, `size` and `resize`: std::string,
/// std::vector<std::byte>, ... A refused event leaves it as it was. May throw what `resize` throws.
/// What is appended must not view the container itself.
template <class Container>
[[nodiscard]] constexpr writer::status append(Container& container, const event& e);

/// The same of an event that has but data, or type and data; they may be temporaries.
template <class Container, class Data, std::enable_if_t<detail::is_text<Data>, int> = 0>
[[nodiscard]] constexpr writer::status append(Container& container, const Data& data) {
  return append(container, event(data));
}
template <class Container, class Type, class Data,
          std::enable_if_t<detail::is_text<Type> && detail::is_text<Data>, int> = 0>
[[nodiscard]] constexpr writer::status append(Container& container, const Type& type,
                                              const Data& data) {
  return append(container, event(type, data));
}

/// The same for what `writer::comment` and `writer::retry` write.
template <class Container>
[[nodiscard]] constexpr writer::status append_comment(Container& container,
                                                      std::string_view text = {});
template <class Container>
[[nodiscard]] constexpr writer::status append_retry(Container& container,
                                                    std::chrono::milliseconds time);

/// What `gather` found: how many pieces the event has, or needs.
struct [[nodiscard]] gathered {
  writer::status status;
  std::size_t count;
};

/// Describes an encoded event as pieces of memory, for writev and its like: data, ID and type are
/// not copied, but pointed at, and must live as long as the pieces are used. What lies between
/// them has static storage duration. `Piece` is whatever can be made as `Piece{char*, size}`:
/// iovec, std::string_view, a buffer of Boost.Asio, uv_buf_t on Unix. With `no_space`, `count` is
/// what `capacity` should have been: two for each line of data and 19 more are always enough.
template <class Piece>
constexpr gathered gather(const event& e, Piece* pieces, std::size_t capacity) noexcept;

// ---- How

namespace detail {

/// Appends what `encode` puts into a sink: once to know its size, and once to write it.
template <class Container, class Encode>
constexpr void append_encoded(Container& container, Encode encode) {
  static_assert(is_writable<Container&>, "a container of bytes");
  size_sink sizes;
  encode(sizes);
  const std::size_t before = container.size();
  constexpr std::size_t most = static_cast<std::size_t>(-1);
  container.resize(sizes.size <= most - before ? before + sizes.size : most);
  buffer_sink sink{as_chars(container.data()) + before, sizes.size, 0};
  encode(sink);
}

}  // namespace detail

constexpr std::size_t encoded_size(const event& e) noexcept {
  if (detail::validate(e) != writer::status::ok) return 0;
  detail::size_sink sink;
  detail::encode_event(sink, e);
  return sink.size;
}

template <class Container>
constexpr writer::status append(Container& container, const event& e) {
  const writer::status result = detail::validate(e);
  if (result == writer::status::ok) {
    detail::append_encoded(container, [&e](auto& sink) { detail::encode_event(sink, e); });
  }
  return result;
}

template <class Container>
constexpr writer::status append_comment(Container& container, std::string_view text) {
  detail::append_encoded(container, [text](auto& sink) { detail::encode_comment(sink, text); });
  return writer::status::ok;
}

template <class Container>
constexpr writer::status append_retry(Container& container, std::chrono::milliseconds time) {
  const event e = event().with_retry(time);
  const writer::status result = detail::validate(e);
  if (result == writer::status::ok) {
    detail::append_encoded(container, [&e](auto& sink) { detail::encode_retry(sink, e); });
  }
  return result;
}

template <class Piece>
constexpr gathered gather(const event& e, Piece* pieces, std::size_t capacity) noexcept {
  if (const writer::status invalid = detail::validate(e); invalid != writer::status::ok) {
    return {invalid, 0};
  }
  detail::piece_sink<Piece> sink{pieces, capacity};
  detail::encode_event(sink, e);
  return {sink.count <= capacity ? writer::status::ok : writer::status::no_space, sink.count};
}

}  // namespace sse

#endif
#endif
