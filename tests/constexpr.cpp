// SPDX-License-Identifier: MIT
// The conformance vectors run in the compiler, where undefined behaviour is an error.
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <optional>
#include <sse/parser.hpp>
#include <sse/writer.hpp>
#include <string_view>

#include "support/vectors.hpp"

namespace {

// Two are too long for compilers; they run in programs.
constexpr std::size_t most = 8192;
constexpr bool is_long(const vectors::parser_vector& vector) { return vector.stream.size() > most; }
constexpr bool is_long(const vectors::writer_vector& vector) {
  return vector.data.value_or(std::string_view()).size() > most;
}

// The name of the first that does not hold, if any.
template <class Vector, std::size_t Size, class Holds>
constexpr std::string_view first_wrong(const Vector (&all)[Size], Holds holds) {
  std::size_t skipped = 0;
  for (const Vector& vector : all) {
    if (is_long(vector)) {
      if (++skipped > 1) return "too many are skipped";
    } else if (!holds(vector)) {
      return vector.name;
    }
  }
  return {};
}

constexpr std::string_view first_wrong_as_given() {
  char storage[most] = {};
  return first_wrong(vectors::parser_vectors, [&storage](const auto& vector) {
    sse::parser parser(storage);
    return vectors::holds_as_given(vector, parser);
  });
}
constexpr std::string_view first_wrong_in_pieces(std::size_t size) {
  char storage[most] = {};
  return first_wrong(vectors::parser_vectors, [&storage, size](const auto& vector) {
    sse::parser parser(storage);
    return vectors::holds_in_pieces(vector, parser, size, size,
                                    [](std::string_view piece) { return piece; });
  });
}
constexpr std::string_view first_wrong_of_the_writer() {
  char buffer[most] = {};
  char storage[most] = {};
  return first_wrong(vectors::writer_vectors, [&](const auto& vector) {
    return vectors::holds(vector, buffer, storage, most);
  });
}

static_assert(first_wrong_as_given().empty());
static_assert(first_wrong_in_pieces(most).empty());
static_assert(first_wrong_in_pieces(1).empty());
static_assert(first_wrong_in_pieces(3).empty());
static_assert(first_wrong_of_the_writer().empty());

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
  return parser.next(back) == sse::parser::status::event && back == e && back.id == e.id &&
         back.type == e.type && back.data == e.data && back.retry == e.retry &&
         parser.next(back) == sse::parser::status::need_input;
}
static_assert(round_trip(
    sse::event{"tick", "two\nlines\n"}.with_id("42").with_retry(std::chrono::milliseconds(1500))));
static_assert(round_trip(""));
static_assert(round_trip({"message", ""}));
static_assert(round_trip(sse::event{"x", "\n\n"}.with_id("")));
static_assert(!round_trip(sse::event{"x", ""}.with_id("a\nb")));

template <class Vector, std::size_t Size>
constexpr unsigned count_short(const Vector (&all)[Size]) {
  unsigned count = 0;
  for (const Vector& vector : all) count += is_long(vector) ? 0U : 1U;
  return count;
}

}  // namespace

int main() {
  constexpr unsigned held =
      count_short(vectors::parser_vectors) + count_short(vectors::writer_vectors);
  std::printf("%u vectors\n", held);
}
