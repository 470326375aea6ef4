// SPDX-License-Identifier: MIT
// sse::parser and what it promises beyond the standard.
#include <sse/parser.hpp>
// It comes first, for it needs nothing in front of it.

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>
#if __has_include(<sys/mman.h>)
#include <sys/mman.h>
#endif

#include "support/walk.hpp"

namespace {

using namespace std::string_literals;
using status = sse::parser::status;

// A chunk in a block of exactly its size.
std::vector<char> block(std::string_view text) { return {text.begin(), text.end()}; }

const std::string bom = "\xEF\xBB\xBF";

}  // namespace

// ---- feed and next

TEST_CASE("next gives the events of the chunk one by one, and then need_input") {
  char storage[16];
  sse::parser parser(storage);
  sse::event e;
  CHECK(parser.next(e) == status::need_input);
  parser.feed("");
  CHECK(parser.next(e) == status::need_input);
  parser.feed("data:a\n\nevent:t\ndata:b\n\ndata:c\n");
  CHECK(parser.next(e) == status::event);
  CHECK(e.data == "a");
  CHECK(e.type == "message");
  CHECK(parser.next(e) == status::event);
  CHECK(e.data == "b");
  CHECK(e.type == "t");
  CHECK(parser.next(e) == status::need_input);
  CHECK(parser.next(e) == status::need_input);
  parser.feed("\n");
  CHECK(parser.next(e) == status::event);
  CHECK(e.data == "c");
  CHECK(parser.next(e) == status::need_input);
}

TEST_CASE("where nothing is handed out the argument is left as it is") {
  char storage[4];
  sse::parser parser(storage);
  parser.report(sse::report::comments);
  const sse::event before =
      sse::event{"type", "data"}.with_id("id").with_retry(std::chrono::milliseconds(5));
  sse::event e = before;
  const auto untouched = [&e] {
    return e.id == "id" && e.type == "type" && e.data == "data" && e.retry && e.retry->count() == 5;
  };
  parser.feed("retry:7\n\nid:1\nevent:t\ndata:");
  CHECK(parser.next(e) == status::need_input);
  CHECK(untouched());
  parser.feed("abcdef\n\ndata:g\n:h");
  CHECK(parser.next(e) == status::storage_full);
  CHECK(untouched());
  CHECK(parser.next(e) == status::skipped);
  e = before;
  CHECK(parser.next(e) == status::need_input);
  CHECK(untouched());
  parser.feed("i\n:jkl");
  CHECK(parser.next(e) == status::comment);
  e = before;
  CHECK(parser.next(e) == status::report_full);
  CHECK(untouched());
  CHECK(parser.next(e) == status::need_input);
  parser.reset();
  parser.feed("id:1\n:m");
  CHECK(parser.finish(e) == status::need_input);
  CHECK(untouched());
}

TEST_CASE("unread and offset tell how far the parser is") {
  char storage[16];
  sse::parser parser(storage);
  sse::event e;
  CHECK(parser.offset() == 0);
  CHECK(parser.unread().empty());
  const std::string_view chunk = "data: a\r\n\ndata:b\n\n:c\ndata:d";
  parser.feed(chunk);
  CHECK(parser.offset() == 0);
  CHECK(parser.unread() == chunk);
  REQUIRE(parser.next(e) == status::event);
  CHECK(parser.offset() == 10);
  CHECK(parser.unread().data() == chunk.data() + 10);
  CHECK(parser.unread() == "data:b\n\n:c\ndata:d");
  parser.feed(parser.unread());  // is a way to go on
  CHECK(parser.offset() == 10);
  REQUIRE(parser.next(e) == status::event);
  CHECK(e.data == "b");
  CHECK(parser.offset() == 18);
  REQUIRE(parser.next(e) == status::need_input);
  CHECK(parser.offset() == 27);
  CHECK(parser.unread().empty());
  CHECK(feed(parser, "") == "");
  CHECK(feed(parser, "\r") == "");
  CHECK(feed(parser, "\n\n") == "message:d;");
  CHECK(parser.offset() == 30);
}

TEST_CASE("the offset is that of the bytes, a byte order mark among them, however they are cut") {
  const std::string stream = bom + "id:1\r\ndata:a\r\n\r\n:c\r\r\nx";
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    char storage[16];
    sse::parser parser(storage);
    feed(parser, std::string_view(stream).substr(0, cut));
    CHECK(parser.offset() == cut);
    feed(parser, std::string_view(stream).substr(cut));
    CHECK(parser.offset() == stream.size());
  }
}

TEST_CASE(
    "a chunk fed too early takes the place of the one before, and the offset leaves that out") {
  sse::parser parser(nullptr, 0);
  sse::event e;
  parser.feed("data:a\n\ndata:b\n\n");
  REQUIRE(parser.next(e) == status::event);
  CHECK(feed(parser, "data:c\n\n") == "message:c;");
  CHECK(parser.offset() == 16);
}

#if __has_include(<sys/mman.h>) && SIZE_MAX > UINT32_MAX
TEST_CASE("a chunk may be larger than 4 GiB, and is not looked at further than the next event") {
  // Pages that nobody writes to take no memory.
  const std::size_t size = (std::size_t{4} << 30) + 4096;
  void* const pages = ::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (pages == MAP_FAILED) {
    MESSAGE("skipped: no 4 GiB of addresses");
    return;
  }
  constexpr std::string_view events = "data:a\n\ndata:b\n\n";
  events.copy(static_cast<char*>(pages), events.size());
  sse::parser parser(nullptr, 0);
  parser.feed({static_cast<const char*>(pages), size});
  sse::event e;
  for (const std::string_view data : {"a", "b"}) {
    CHECK(parser.next(e) == status::event);
    CHECK(e.data == data);
  }
  CHECK(parser.offset() == events.size());
  CHECK(parser.unread().size() == size - events.size());
  parser.reset();
  CHECK(::munmap(pages, size) == 0);
}
#endif

TEST_CASE("each byte of a chunk is looked at a bounded number of times, whatever lines there are") {
  const auto repeat = [](std::string_view lines) {
    std::string all;
    for (int i = 0; i < 30'000; ++i) all += lines;
    return all;
  };
  // Else these would take minutes.
  for (const std::string& stream :
       {"data:a\n\n" + repeat(":c\n"), ":c\n" + repeat("data:a\n\n"), repeat("data\n"),
        "data:a\n\n" + repeat("data:b\ndata:c\n\n"), repeat("event:t\nid:1\n")}) {
    for (const std::size_t capacity : {std::size_t{1}, stream.size()}) {
      std::vector<char> storage(capacity);
      sse::parser parser(storage.data(), capacity);
      parser.report(sse::report::comments);
      feed(parser, stream);
      CHECK(parser.offset() == stream.size());
    }
  }
}

TEST_CASE("views of an event whole in the chunk point into the chunk, and need no storage") {
  for (const std::string& stream :
       {"event:tick\nid:\ndata:abc\n\n"s, "data: abc\r\nretry:5\r\nid\r\nevent: tick\r\n\r\n"s,
        bom + ":c\rx:y\rid:\rdata:abc\revent:tick\r\r",
        "data:x\n\nid\n\nevent:tick\nid\ndata:abc\n\n"s}) {
    sse::parser parser(nullptr, 0);
    const auto chunk = block(stream);
    const auto in_chunk = [&chunk](std::string_view text) {
      return std::less_equal<>()(chunk.data(), text.data()) &&
             std::less_equal<>()(text.data() + text.size(), chunk.data() + chunk.size());
    };
    parser.feed({chunk.data(), chunk.size()});
    sse::event e;
    do REQUIRE(parser.next(e) == status::event);
    while (e.data == "x");
    CHECK(e.data == "abc");
    CHECK(in_chunk(e.data));
    CHECK(e.type == "tick");
    CHECK(in_chunk(e.type));
    CHECK(e.id == "");
    CHECK(in_chunk(*e.id));
    CHECK(parser.kept() == 0);
  }
}

TEST_CASE("an ID whole in the chunk points into the chunk too; later it is in the storage") {
  char storage[3];
  sse::parser parser(storage);
  const std::string_view chunk = "id:123\ndata:a\n\n";
  parser.feed(chunk);
  sse::event e;
  REQUIRE(parser.next(e) == status::event);
  CHECK(e.id == "123");
  CHECK(e.id->data() == chunk.data() + 3);
  CHECK(parser.last_event_id() == "123");
  REQUIRE(parser.next(e) == status::need_input);
  CHECK(parser.last_event_id() == "123");
  CHECK(parser.last_event_id().data() == storage);
}

template <class Chunk, class = void>
constexpr bool can_be_fed = false;
template <class Chunk>
constexpr bool can_be_fed<
    Chunk, std::void_t<decltype(std::declval<sse::parser&>().feed(std::declval<Chunk>()))>> = true;
template <class Chunk, class = void>
constexpr bool has_events = false;
template <class Chunk>
constexpr bool has_events<
    Chunk, std::void_t<decltype(std::declval<sse::parser&>().events(std::declval<Chunk>()))>> =
    true;

TEST_CASE("a chunk that is about to go, or that may not be text, is refused by the compiler") {
  static_assert(can_be_fed<std::string_view> && has_events<std::string_view>);
  static_assert(can_be_fed<std::string&> && has_events<std::string&>);
  static_assert(can_be_fed<const std::string&> && has_events<const std::string&>);
  static_assert(can_be_fed<const char*> && has_events<const char*>);
  static_assert(can_be_fed<const char(&)[4]> && has_events<const char(&)[4]>);
  static_assert(!can_be_fed<std::string> && !has_events<std::string>);
  static_assert(!can_be_fed<char(&)[4]> && !has_events<char(&)[4]>);
}

// ---- Comments

TEST_CASE("comments are not reported unless asked for") {
  char storage[16];
  sse::parser parser(storage);
  CHECK(feed(parser, ":a\ndata:b\n:c\n\n:d\n") == "message:b;");
}

TEST_CASE("a comment's text is all that stands behind the colon") {
  for (const std::string text :
       {"", " ", "a", " a", "  a", ":", ": a", "\ta", "data:a", " a b ", "\xEF\xBB\xBF"}) {
    for (const std::string end : {"\n", "\r", "\r\n"}) {
      const std::string stream = ":" + text + end;
      CAPTURE(stream);
      const std::string expected = "comment:" + text + ";";
      for (std::size_t cut = 0; cut < stream.size(); ++cut) {
        char storage[16];
        sse::parser parser(storage);
        parser.report(sse::report::comments);
        CHECK(feed_cut(parser, stream, cut) == expected);
        CHECK(feed(parser, "data:d\n") == "");
        CHECK(feed_cut(parser, stream, cut) == expected);
        CHECK(feed(parser, "event:t\n\n") == "t:d;");
        CHECK(parser.kept() == 0);
      }
    }
  }
}

TEST_CASE("a comment is reported when its line ends, and not before") {
  char storage[16];
  sse::parser parser(storage);
  parser.report(sse::report::comments);
  CHECK(feed(parser, ":pi") == "");
  CHECK(feed(parser, "ng") == "");
  CHECK_FALSE(parser.pending());
  CHECK(feed(parser, "\r") == "comment:ping;");
  CHECK(feed(parser, "\n:a\r") == "comment:a;");
  CHECK(feed(parser, ":b\ndata:c\n:d\nevent:t\n:e") == "comment:b;comment:d;");
  CHECK(feed(parser, "f\nid:1\n\n:g\n") == "comment:ef;t#1:c;comment:g;");
}

TEST_CASE("of a comment but its text everything is empty, and it says where it ends") {
  char storage[16];
  sse::parser parser(storage);
  parser.report(sse::report::comments);
  parser.feed("id:1\nretry:5\nevent:t\n: text\ndata:a\n\n");
  sse::event e = sse::event{"old", "old"}.with_id("old").with_retry(std::chrono::milliseconds(1));
  REQUIRE(parser.next(e) == status::comment);
  CHECK(e.data == " text");
  CHECK(e.type.empty());
  CHECK_FALSE(e.id);
  CHECK_FALSE(e.retry);
  CHECK(parser.offset() == 28);
  CHECK(parser.unread() == "data:a\n\n");
  CHECK(parser.pending());
  CHECK(parser.last_event_id().empty());
  REQUIRE(parser.next(e) == status::event);
  CHECK(e.type == "t");
  CHECK(e.id == "1");
  REQUIRE(e.retry);
  CHECK(e.retry->count() == 5);
  CHECK(parser.next(e) == status::need_input);
}

TEST_CASE("a comment whole in the chunk needs no storage, and its text points into the chunk") {
  char storage[1];
  sse::parser parser(storage);
  parser.report(sse::report::comments);
  sse::event e;
  for (const std::string_view chunk : {": long text\n", "x\n: long text\r\n", ": long text\r"}) {
    parser.feed(chunk);
    REQUIRE(parser.next(e) == status::comment);
    CHECK(e.data.data() == chunk.data() + chunk.find(':') + 1);
    CHECK(e.data == " long text");
    CHECK(parser.next(e) == status::need_input);
    CHECK(parser.kept() == 0);
  }
}

TEST_CASE("reporting comments may be switched at any line") {
  char storage[16];
  sse::parser parser(storage);
  CHECK(feed(parser, ":a\ndata:b\n") == "");
  parser.report(sse::report::comments);
  CHECK(feed(parser, ":c\n") == "comment:c;");
  parser.report(sse::report::nothing);
  CHECK(feed(parser, ":d\n\n:e\n") == "message:b;");
  parser.report(sse::report::comments);
  CHECK(feed(parser, ":f\n") == "comment:f;");
}
