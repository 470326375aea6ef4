// SPDX-License-Identifier: MIT
// The conformance vectors as constants, and whether parser and writer do what they say: also in
// the compiler, and where there is neither a file system nor a JSON parser.
#ifndef SSEWIRE_TESTS_SUPPORT_VECTORS_HPP
#define SSEWIRE_TESTS_SUPPORT_VECTORS_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <sse/parser.hpp>
#include <sse/writer.hpp>
#include <string_view>

namespace vectors {

struct event {
  std::string_view id;  // the last event ID in force
  std::string_view type;
  std::string_view data;
};

template <class Element>
struct list {
  const Element* elements;
  std::size_t size;
  constexpr const Element& operator[](std::size_t i) const { return elements[i]; }
};

struct parser_vector {
  std::string_view name;
  std::string_view stream;
  list<std::size_t> chunk_ends;
  list<std::size_t> events_after_chunk;  // empty: not said
  list<event> events;
  list<event> lenient_events;  // empty: not said
  std::optional<std::int64_t> reconnection_time;
  std::string_view last_event_id;
  std::string_view initial_last_event_id;
};

struct writer_vector {
  std::string_view name;
  std::optional<std::string_view> comment;
  std::optional<std::string_view> id;
  std::optional<std::string_view> type;
  std::optional<std::string_view> data;
  std::optional<std::int64_t> retry;
  bool accepted;
  std::optional<std::string_view> bytes;
  list<event> parsed;
  std::optional<std::int64_t> reconnection_time;
  std::string_view last_event_id;
};

// What vectors_as_code prints; few compilers must, but all do take its longest strings.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverlength-strings"
#include "vectors.inc"
#pragma GCC diagnostic pop

// What is not valid UTF-8 stands decoded in the vectors, with U+FFFD, but a parser does not decode.
constexpr bool same(std::string_view actual, std::string_view expected) {
  return actual == expected || expected.find("\xEF\xBF\xBD") != expected.npos;
}

// What a new parser says of a stream, chunk after chunk, beside what a vector says.
template <class Parser>
class reading {
 public:
  constexpr reading(const parser_vector& vector, Parser& parser)
      : vector_(vector), parser_(parser) {
    same_ = parser.set_last_event_id(vector.initial_last_event_id);
  }

  constexpr void feed(std::string_view chunk) {
    parser_.feed(chunk);
    sse::event e;
    sse::parser::status status = parser_.next(e);
    for (; status == sse::parser::status::event; status = parser_.next(e)) {
      compare(e, vector_.events);
    }
    same_ = same_ && status == sse::parser::status::need_input && parser_.unread().empty();
  }

  constexpr std::size_t count() const { return count_; }

  // Whether all was as it should be. To be called at the stream's end.
  constexpr bool holds() {
    const auto time = parser_.reconnection_time();
    same_ = same_ && count_ == vector_.events.size &&
            same(parser_.last_event_id(), vector_.last_event_id) &&
            (time ? std::optional(time->count()) : std::nullopt) == vector_.reconnection_time;
    if (vector_.lenient_events.size != 0) {
      sse::event e;
      while (parser_.finish(e) == sse::parser::status::event) compare(e, vector_.lenient_events);
      same_ = same_ && count_ == vector_.lenient_events.size;
    }
    return same_;
  }

 private:
  constexpr void compare(const sse::event& e, const list<event>& expected) {
    if (count_ >= expected.size) {
      same_ = false;
      return;
    }
    const event& wanted = expected[count_++];
    same_ = same_ && same(parser_.last_event_id(), wanted.id) && same(e.type, wanted.type) &&
            same(e.data, wanted.data);
  }

  const parser_vector& vector_;
  Parser& parser_;
  std::size_t count_ = 0;
  bool same_ = true;
};

// With the chunks as given.
template <class Parser>
constexpr bool holds_as_given(const parser_vector& vector, Parser& parser) {
  reading<Parser> reading(vector, parser);
  std::size_t begin = 0;
  for (std::size_t i = 0; i < vector.chunk_ends.size; ++i) {
    reading.feed(vector.stream.substr(begin, vector.chunk_ends[i] - begin));
    begin = vector.chunk_ends[i];
    if (vector.events_after_chunk.size != 0 && reading.count() != vector.events_after_chunk[i]) {
      return false;
    }
  }
  return reading.holds();
}

// In chunks of `size` bytes, the first of `first`. `lend` makes of a piece what is fed: itself, or
// a copy of it.
template <class Parser, class Lend>
constexpr bool holds_in_pieces(const parser_vector& vector, Parser& parser, std::size_t first,
                               std::size_t size, Lend lend) {
  reading<Parser> reading(vector, parser);
  std::string_view rest = vector.stream;
  for (std::size_t next = first; !rest.empty(); next = size) {
    const std::string_view piece = rest.substr(0, next);
    rest.remove_prefix(piece.size());
    reading.feed(lend(piece));
  }
  return reading.holds();
}

// Written to the buffer, and read back from there.
constexpr bool holds(const writer_vector& vector, char* buffer, char* storage,
                     std::size_t capacity) {
  using status = sse::writer::status;
  sse::writer writer(buffer, capacity);
  status result = vector.comment ? writer.comment(*vector.comment) : status::ok;
  sse::event e(vector.type.value_or(std::string_view()), vector.data.value_or(std::string_view()));
  e.id = vector.id;
  if (vector.retry) e = e.with_retry(std::chrono::milliseconds(*vector.retry));
  if (result == status::ok && vector.data) {
    result = writer.write(e);
  } else if (result == status::ok) {
    result = writer.begin(e);
    if (result == status::ok) result = writer.end();
  }
  if (!vector.accepted) {
    return result != status::ok && result != status::no_space && writer.written().empty();
  }
  if (result != status::ok || (vector.bytes && writer.written() != *vector.bytes)) return false;

  const parser_vector back = {vector.name,
                              writer.written(),
                              {},
                              {},
                              vector.parsed,
                              {},
                              vector.reconnection_time,
                              vector.last_event_id,
                              {}};
  sse::parser parser(storage, capacity);
  return holds_in_pieces(back, parser, 3, 1, [](std::string_view piece) { return piece; });
}

}  // namespace vectors

#endif
