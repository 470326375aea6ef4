// SPDX-License-Identifier: MIT
// Every stream over a small alphabet, at every cut, against the oracle, in the compiler: where
// undefined behaviour is an error. That it compiles is the test; it takes C++20, for the oracle.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <iterator>
#include <optional>
#include <sse/parser.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "support/oracle.hpp"

namespace {

using namespace std::string_view_literals;

constexpr bool equal(const std::optional<std::string_view>& id,
                     const std::optional<std::string>& expected) {
  return id.has_value() == expected.has_value() && (!id || *id == *expected);
}
constexpr bool equal(const std::optional<std::chrono::milliseconds>& time,
                     const std::optional<std::uint64_t>& expected) {
  return time.has_value() == expected.has_value() &&
         (!time || static_cast<std::uint64_t>(time->count()) == *expected);
}

// In chunks of `size`, the first of `first`; with that much storage, or a byte more whenever it
// takes more. Chunks and storage are arrays of exactly their size, so that the compiler sees the
// first byte too many.
constexpr bool agrees(std::string_view stream, const oracle::result& expected, std::size_t first,
                      std::size_t size, std::size_t capacity) {
  std::vector<char> storage(capacity);
  sse::parser parser(storage.data(), capacity);
  std::size_t count = 0;
  std::string_view rest = stream;
  for (std::size_t next = first; !rest.empty(); next = size) {
    const std::string_view piece = rest.substr(0, next);
    rest.remove_prefix(piece.size());
    const std::vector<char> chunk(piece.begin(), piece.end());
    parser.feed({chunk.data(), chunk.size()});
    for (;;) {
      sse::event e;
      const sse::parser::status status = parser.next(e);
      if (status == sse::parser::status::need_input) break;
      if (status == sse::parser::status::storage_full) {
        std::vector<char> larger(storage.size() + 1);
        if (!parser.use_storage(larger.data(), larger.size())) return false;
        storage.swap(larger);
        continue;
      }
      if (status != sse::parser::status::event || count == expected.events.size()) return false;
      const oracle::event& wanted = expected.events[count++];
      if (!equal(e.id, wanted.id) || e.type != wanted.type || e.data != wanted.data ||
          !equal(e.retry, wanted.retry) || parser.last_event_id() != wanted.last_event_id) {
        return false;
      }
    }
  }
  return count == expected.events.size() && parser.pending() == expected.pending &&
         parser.offset() == stream.size() && parser.last_event_id() == expected.last_event_id &&
         equal(parser.reconnection_time(), expected.reconnection_time);
}

constexpr std::string_view letters[] = {"\n", "\r", "data", "id", ":", " ", "\0"sv};

// All words of up to `length` letters, behind a fixed beginning. How many there are, or 0 if one
// of them is not as it should be.
constexpr std::size_t enumerate(std::string_view prefix, std::size_t length) {
  std::size_t streams = 0;
  std::size_t word[8] = {};
  for (std::size_t size = 0; size <= length;) {
    std::string stream(prefix);
    for (std::size_t i = 0; i < size; ++i) stream += letters[word[i]];
    ++streams;
    const oracle::result expected = oracle::interpret(stream);
    for (std::size_t cut = 1; cut <= stream.size(); ++cut) {
      if (!agrees(stream, expected, cut, stream.size(), 64)) return 0;
    }
    for (const std::size_t capacity : {std::size_t{0}, std::size_t{64}}) {
      if (!agrees(stream, expected, 1, 1, capacity)) return 0;
    }
    std::size_t place = 0;
    while (place < size && ++word[place] == std::size(letters)) word[place++] = 0;
    if (place == size) word[size++] = 0;
  }
  return streams;
}

constexpr std::size_t streams[] = {enumerate("", 3), enumerate("id:1\ndata:a\n", 2),
                                   enumerate("\xEF\xBB\xBFretry:7", 2)};
static_assert(streams[0] == 1 + 7 + 49 + 343);
static_assert(streams[1] == 1 + 7 + 49);
static_assert(streams[2] == 1 + 7 + 49);

}  // namespace

int main() { std::printf("%zu streams\n", streams[0] + streams[1] + streams[2]); }
