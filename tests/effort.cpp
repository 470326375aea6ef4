// SPDX-License-Identifier: MIT
// What changes nothing but the time is noted here: what is brought near before it is written to,
// how often line ends are looked at, how often they are looked for, and which bytes are taken where
// they are fed. A program of its own, for in others these functions are what they are.
#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace noted {
std::vector<std::pair<const void*, int>> prefetches;
void prefetch(const void* place, int for_writing = 0, int = 3) {
  prefetches.emplace_back(place, for_writing);
}
unsigned looks = 0;
constexpr int look(std::uint64_t mask) {
  if (!__builtin_is_constant_evaluated()) ++looks;
  int n = 0;
  while ((mask >> n & 1) == 0) ++n;
  return n;
}
unsigned scans = 0;  // of 16 bytes each
}  // namespace noted

#if defined(__SSE2__)
#include <emmintrin.h>
#define _mm_movemask_epi8(bytes) (++::noted::scans, _mm_movemask_epi8(bytes))
#endif
#define __builtin_ctzll(...) ::noted::look(__VA_ARGS__)
#define __builtin_prefetch(...) ::noted::prefetch(__VA_ARGS__)
#include <sse/parser.hpp>

namespace {

TEST_CASE("memory is brought near for writing, 4 KiB ahead, and none beyond the storage") {
  std::vector<char> storage(5000);
  for (const std::size_t room : {0U, 1U, 4095U, 4096U}) {
    noted::prefetches.clear();
    sse::detail::prefetch_to_write(storage.data(), room);
    CHECK(noted::prefetches.empty());
  }
  for (const std::size_t room : {4097U, 5000U}) {
    noted::prefetches.clear();
    sse::detail::prefetch_to_write(storage.data(), room);
    REQUIRE(noted::prefetches.size() == 1);
    CHECK(noted::prefetches[0].first == storage.data() + 4096);
    CHECK(noted::prefetches[0].second == 1);
  }
}

TEST_CASE("when data come in parts, what lies 4 KiB behind is brought near") {
  std::vector<char> storage(5000);
  sse::parser parser(storage.data(), storage.size());
  sse::event e;
  for (const std::string_view chunk : {"data: 1234", "56"}) {
    const std::size_t place = parser.kept();
    parser.feed(chunk);
    noted::prefetches.clear();
    REQUIRE(parser.next(e) == sse::parser::status::need_input);
    REQUIRE(!noted::prefetches.empty());
    CHECK(noted::prefetches.back().first == storage.data() + place + 4096);
  }
}

using status = sse::parser::status;

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (; times != 0; --times) all += text;
  return all;
}

// How often line ends, or what may be one, are looked at in each step through a chunk. It is not
// the first of the stream, which has to be looked at for a byte order mark.
std::vector<unsigned> looks_for(const std::string& chunk, std::size_t capacity = 1000) {
  std::vector<char> storage(capacity);
  sse::parser parser(storage.data(), capacity);
  sse::event e;
  parser.feed("\n\n");
  REQUIRE(parser.next(e) == status::need_input);
  parser.feed(chunk);
  std::vector<unsigned> all;
  for (;;) {
    noted::looks = 0;
    const status s = parser.next(e);
    if (s == status::need_input) return all;
    all.push_back(noted::looks);
  }
}
unsigned looks_for_first(const std::string& chunk, std::size_t capacity = 1000) {
  return looks_for(chunk, capacity).at(0);
}

// Nothing that ends a line, and so much that what is in front of it can be taken in a hurry.
const std::string much(300, 'x');

TEST_CASE(
    "the end of a line is looked at once, and that of the blank line behind data not at all") {
  CHECK(looks_for_first("data:a\n\n" + much) == 1);
  CHECK(looks_for_first("data: a\r\n\r\n" + much) == 1);
  CHECK(looks_for_first("id:1\ndata:a\n\n" + much) == 2);
  CHECK(looks_for_first("event:t\nid:1\n:c\ndata:\n\n" + much) == 4);
  CHECK(looks_for_first("event\ndata:a\n\n" + much) > 3);
}

TEST_CASE("a block is looked at once for all of its events") {
  // 32 bytes each: no event lies in two blocks.
  const std::string lf = "id:123456\ndata: 12345678901234\n\n";
  const std::string crlf = "id:123456\r\ndata: 12345678901\r\n\r\n";
  for (const std::string& event : {lf, crlf}) {
    REQUIRE(event.size() == 32);
    const std::vector<unsigned> looks = looks_for(repeated(event, 40) + much);
    REQUIRE(looks.size() == 40);
    for (const unsigned each : looks) CHECK(each == 2);
  }
}

TEST_CASE("what is no line end is looked at once, unless it is NUL") {
  CHECK(looks_for_first("data:\t\t\n\n" + much) == 3);
  CHECK(looks_for_first("id:1\ndata:" + std::string(1, '\0') + "\n\n" + much) > 5);
}

TEST_CASE("what lies 2 KiB behind a block that is looked at is brought near for reading") {
  const std::string text = repeated("data:" + std::string(57, 'a') + "\n\n", 20);
  char storage[16];
  sse::parser parser(storage);
  sse::event e;
  parser.feed(text);
  REQUIRE(parser.next(e) == status::event);  // the first is in no hurry
  noted::prefetches.clear();
  for (std::size_t i = 1; i < 10; ++i) {
    REQUIRE(parser.next(e) == status::event);
    REQUIRE(noted::prefetches.size() == i);
    const auto [place, for_writing] = noted::prefetches.back();
    const auto ahead =
        reinterpret_cast<std::uintptr_t>(place) - reinterpret_cast<std::uintptr_t>(text.data());
    CHECK(for_writing == 0);
    CHECK(ahead == i * 64 + 2048);
  }
}

TEST_CASE("comments in front of an event, and the blank lines behind them, are looked at once") {
  CHECK(looks_for_first(":\n\n:c\n\n:d\r\n\r\ndata:a\n\n" + much) == 4);
  CHECK(looks_for_first(":\n:\ndata:a\n\n" + much) == 3);
}

TEST_CASE("of blank lines in front of an event only the first is looked at") {
  CHECK(looks_for_first("\n\n\r\r\n\ndata:a\n\n" + much) == 2);
  CHECK(looks_for_first("\ndata:a\n\n" + much) == 2);
}

TEST_CASE("an ID that cannot be kept is left to be looked at again") {
  CHECK(looks_for_first("id:1\ndata:a\n\n" + much, 1) == 2);
  CHECK(looks_for_first("id:12\ndata:a\n\n" + much, 2) == 2);
}

TEST_CASE(
    "events are taken in a hurry if a block and eight bytes more follow the one they begin in") {
  const std::string event = "data:a\n\n";
  for (std::size_t size = event.size(); size < 200; ++size) {
    CAPTURE(size);
    const unsigned looks = looks_for_first(event + std::string(size - event.size(), 'x'));
    CHECK((looks == 1) == (size >= 2 * 64 + 8));
  }
  // Behind the block that they end in, eight bytes must follow, and one more.
  const std::string two_blocks = "data:" + std::string(121, 'x') + "\n\n";
  for (std::size_t more = 0; more < 100; ++more) {
    CAPTURE(more);
    CHECK((looks_for_first(two_blocks + std::string(more, 'x')) == 1) == (more > 8));
  }
}

TEST_CASE("further lines of data are looked at once, as long as 128 bytes behind them fit") {
  const std::string lines = repeated("data:1234567890\n", 20);
  CHECK(looks_for_first(lines + "\n" + much) == 20);
  CHECK(looks_for_first("id:1\nevent:t\n" + lines + "\n" + much) == 22);
  const std::string crlf = repeated("data: 12345678\r\n", 20);
  CHECK(looks_for_first(crlf + "\r\n" + much) == 20);
  const std::string long_line = "data:" + std::string(129, 'x') + "\n";
  CHECK(looks_for_first(long_line + long_line + long_line + "\n" + much) == 3);
}

TEST_CASE("what was in front of an event that is not taken in a hurry is not looked at again") {
  const std::string beats = repeated(":c\n\n", 50);
  const auto looks = [&](const std::string& in_front, const std::string& event) {
    return looks_for("data:0\n\n" + in_front + event + "data:1\n\n" + much, 3).at(1);
  };
  for (const std::string event :
       {"data:a\nid:1\n\n", "id:1234\ndata:a\n\n", "event:tt\ndata:ab\ndata:c\n\n"}) {
    CAPTURE(event);
    CHECK(looks(beats, event) == 50 + looks("", event));
  }
}

TEST_CASE("further lines of data are taken in a hurry if 264 bytes and more follow their block") {
  const std::string event = "data:1\ndata:2\ndata:3\n\n";
  const unsigned in_a_hurry = looks_for_first(event + much);
  for (std::size_t more = 200; more < 300; ++more) {
    CAPTURE(more);
    const unsigned looks = looks_for_first(event + std::string(more, 'x'));
    CHECK((looks == in_a_hurry) == (event.size() - 7 + more >= 2 * 64 + 8 + 128));
  }
}

TEST_CASE("a byte that comes alone is taken where it is fed, if nothing is to be seen to") {
  const std::string_view lines =
      "data:a\rdata\r\nevent: t\nevent\nid:12\nid\nretry:5\nretry\n:c\nx:\n";
  const auto taken_of = [](sse::parser& parser, std::string_view bytes) {
    sse::event e;
    std::size_t taken = 0;
    for (const char& c : bytes) {
      parser.feed({&c, 1});
      taken += parser.unread().empty();
      REQUIRE(parser.next(e) == status::need_input);
    }
    return taken;
  };
  char storage[8];
  sse::parser parser(storage);
  sse::event e;
  for (const std::string_view in_front : {":\n", "id:1\n\n"}) {
    parser.feed(in_front);
    REQUIRE(parser.next(e) == status::need_input);
    CHECK(taken_of(parser, lines) == lines.size());
    parser.feed("data:b\n\n");
    REQUIRE(parser.next(e) == status::event);
    CHECK(e.data == "a\n\nb");
    REQUIRE(parser.next(e) == status::need_input);
    CHECK(taken_of(parser, "\n:c\r\n") == 5);
  }
  parser.report(sse::report::comments);
  CHECK(taken_of(parser, "data") == 0);
}

#if defined(__SSE2__)
TEST_CASE("line ends are looked for once, also where an event began in the chunk before") {
  for (const std::string_view begun : {"data:a", "event:t", "event:"}) {
    CAPTURE(begun);
    std::vector<char> storage(1000);
    sse::parser parser(storage.data(), storage.size());
    sse::event e;
    parser.feed(begun);
    REQUIRE(parser.next(e) == status::need_input);
    const std::string chunk = "b\ndata:\n\nid:1\ndata:c\n\ndata:dd\n\ndata";
    REQUIRE(chunk.size() > 32);
    REQUIRE(chunk.size() < 48);
    noted::scans = 0;
    parser.feed(chunk);
    for (int events = 0; events < 3; ++events) REQUIRE(parser.next(e) == status::event);
    REQUIRE(parser.next(e) == status::need_input);
    CHECK(noted::scans == 3);
  }
}

TEST_CASE("line ends are looked for once in all lines of an event") {
  const std::string lines = repeated("data:1234567890\n", 20);
  REQUIRE(lines.size() == 5 * 64);
  std::vector<char> storage(1000);
  sse::parser parser(storage.data(), storage.size());
  sse::event e;
  parser.feed("\n\n");
  REQUIRE(parser.next(e) == status::need_input);
  const std::string chunk = lines + "\n" + much;
  parser.feed(chunk);
  noted::scans = 0;
  REQUIRE(parser.next(e) == status::event);
  CHECK(noted::scans == 5 * 4);
}
#endif

}  // namespace
