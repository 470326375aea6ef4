// SPDX-License-Identifier: MIT
// sse::parser from one connection to the next: a saved position, reset, a move.
#include <sse/parser.hpp>
// It comes first, for it needs nothing in front of it.

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "support/walk.hpp"

namespace {

using namespace std::string_literals;
using status = sse::parser::status;

std::int64_t count(const sse::parser& parser) {
  const auto time = parser.reconnection_time();
  return time ? time->count() : -1;
}

const std::string bom = "\xEF\xBB\xBF";

}  // namespace

// ---- set_last_event_id

TEST_CASE("an ID with CR, LF or NUL, or one too long, is refused and nothing is changed") {
  char storage[6];
  sse::parser parser(storage);
  CHECK(parser.set_last_event_id("old"));
  for (const std::string& id : {"\r"s, "\n"s, "\0"s, "a\r"s, "\nb"s, "a\0b"s, "1234567"s}) {
    CHECK_FALSE(parser.set_last_event_id(id));
    CHECK(parser.last_event_id() == "old");
  }
  CHECK(parser.set_last_event_id("123456"));
  CHECK(parser.last_event_id() == "123456");
  CHECK(parser.kept() == 6);
  CHECK(parser.set_last_event_id(" \t\x01\x7F\xFF"));
  CHECK(parser.last_event_id() == " \t\x01\x7F\xFF");
  CHECK(parser.set_last_event_id(""));
  CHECK(parser.last_event_id().empty());
  CHECK(parser.kept() == 0);
}

TEST_CASE("a saved position holds until there is another, over events and streams") {
  char storage[16];
  sse::parser parser(storage);
  REQUIRE(parser.set_last_event_id("seed"));
  CHECK(feed(parser, "data:a\n\nid:x\0\ndata:b\n\n\nevent:t\n\ndata:c"s) == "message:a;message:b;");
  CHECK(parser.last_event_id() == "seed");
  parser.reset();
  CHECK(feed(parser, "data:d\n\n") == "message:d;");
  CHECK(parser.last_event_id() == "seed");
  CHECK(feed(parser, "id\n\n") == "");
  CHECK(parser.last_event_id().empty());
}

TEST_CASE("the position may be set within an event, which stays as it was") {
  for (const std::string id : {"", "1", "12", "123456"}) {
    for (const bool drained : {false, true}) {
      char storage[18];
      sse::parser parser(storage);
      REQUIRE(parser.set_last_event_id("12"));
      CHECK(feed(parser, "data:abc\nid:34\nevent:tick\nid:5") == "");
      if (drained) CHECK(parser.drain() == "abc");
      CHECK(parser.set_last_event_id(id));
      CHECK(parser.last_event_id() == id);
      CHECK_FALSE(parser.set_last_event_id("123456789012"));
      CHECK(feed(parser, "6\n") == "");
      CHECK(parser.last_event_id() == id);
      CHECK(feed(parser, "\n") == (drained ? "tick#56:;" : "tick#56:abc;"));
      CHECK(parser.last_event_id() == "56");
      CHECK(feed(parser, "data:d") == "");
      CHECK(parser.set_last_event_id(id));
      CHECK(feed(parser, "\n\n") == "message:d;");
      CHECK(parser.last_event_id() == id);
    }
  }
}

TEST_CASE("the ID in force may itself be given, or a part of it") {
  for (const bool in_event : {false, true}) {
    for (const bool in_chunk : {false, true}) {
      char storage[16];
      sse::parser parser(storage);
      sse::event e;
      parser.feed("id:abcdef\ndata:x\n\n");
      REQUIRE(parser.next(e) == status::event);
      if (!in_chunk) REQUIRE(parser.next(e) == status::need_input);
      if (in_event) feed(parser, "event:t\ndata:y\nid:z\n");
      CHECK(parser.set_last_event_id(parser.last_event_id()));
      CHECK(parser.last_event_id() == "abcdef");
      CHECK(parser.set_last_event_id(parser.last_event_id().substr(1)));
      CHECK(parser.last_event_id() == "bcdef");
      CHECK(parser.set_last_event_id(parser.last_event_id().substr(0, 4)));
      CHECK(parser.last_event_id() == "bcde");
      CHECK(parser.set_last_event_id(parser.last_event_id().substr(1, 2)));
      CHECK(parser.last_event_id() == "cd");
      CHECK(feed(parser, in_event ? "\n" : "event:t\ndata:y\nid:z\n\n") == "t#z:y;");
      CHECK(parser.last_event_id() == "z");
    }
  }
}

TEST_CASE("a view handed out with an event may be given as an ID") {
  for (const std::string lines : {"data:ata\n", "data:d\ndata:ata\n"}) {
    for (const std::size_t cut : {0u, 1u, 9u}) {
      for (const std::string wanted : {"id", "typ", "ata"}) {
        char storage[13];
        sse::parser parser(storage);
        REQUIRE(parser.set_last_event_id("0"));
        const std::string stream = lines + "event:typ\nid:id\n\n";
        CHECK(feed(parser, std::string_view(stream).substr(0, cut)) == "");
        parser.feed(std::string_view(stream).substr(cut));
        sse::event e;
        REQUIRE(parser.next(e) == status::event);
        const std::string_view views[] = {*e.id, e.type, e.data.substr(e.data.size() - 3)};
        CHECK(parser.set_last_event_id(*std::find(views, views + 2, wanted)));
        CHECK(parser.last_event_id() == wanted);
        REQUIRE(parser.next(e) == status::need_input);
        CHECK(parser.last_event_id() == wanted);
      }
    }
  }
}

TEST_CASE("a report in the midst of an event given as an ID is taken as it is, or refused") {
  const std::string line = ": 01234567890123456789";
  for (const std::string in_front : {"event: abcdefghij\n", "data: abc\nid:x\n", "data:a\n", ""}) {
    for (std::size_t capacity = 20; capacity < 64; ++capacity) {
      for (std::size_t cut = 1; cut < line.size(); ++cut) {
        CAPTURE(in_front);
        CAPTURE(capacity);
        CAPTURE(cut);
        std::vector<char> storage(capacity);
        sse::parser parser(storage.data(), capacity);
        parser.report(sse::report::comments);
        REQUIRE(parser.set_last_event_id("L"));
        sse::event e;
        const std::string first = in_front + line.substr(0, cut);
        const std::string second = line.substr(cut) + "\n";
        parser.feed(first);
        if (parser.next(e) != status::need_input) continue;
        parser.feed(second);
        if (parser.next(e) != status::comment) continue;
        const std::string text(e.data);
        REQUIRE(text == " 01234567890123456789");
        const bool set = parser.set_last_event_id(e.data);
        CHECK(parser.last_event_id() == (set ? text : "L"));
        CHECK((set || capacity < text.size() + parser.kept() + text.size()));
        parser.report(sse::report::nothing);
        CHECK(parser.next(e) == status::need_input);
        CHECK(parser.last_event_id() == (set ? text : "L"));
        const std::string type = in_front[0] == 'e' ? "abcdefghij" : "message";
        const std::string own = in_front.find("id") != in_front.npos ? "#x" : "";
        const std::string data = in_front[0] != 'd' ? "z" : in_front[5] == ' ' ? "abc" : "a";
        const std::string last = in_front[0] != 'd' ? "data:z\n\n" : "\n";
        if (capacity - parser.kept() < 2) continue;
        CHECK(feed(parser, last) == type + own + ":" + data + ";");
      }
    }
  }
}

TEST_CASE("an ID that is refused is no way on when the storage is full") {
  char storage[2];
  sse::parser parser(storage);
  sse::event e;
  parser.feed("data:abc");
  REQUIRE(parser.next(e) == status::storage_full);
  CHECK_FALSE(parser.set_last_event_id("1"));
  REQUIRE(parser.next(e) == status::need_input);
  CHECK(feed(parser, "\n\n") == "skipped:;");
}

TEST_CASE("data that are drained leave their room to the ID, and what is coming in stays") {
  char storage[6];
  sse::parser parser(storage);
  CHECK(feed(parser, "data:abc\nid:5") == "");
  CHECK(parser.drain() == "abc");
  CHECK_FALSE(parser.set_last_event_id("123456"));
  CHECK(parser.set_last_event_id("12345"));
  CHECK(parser.kept() == 6);
  CHECK(feed(parser, "\n\n") == "message#5:;");
}

// ---- reset

TEST_CASE("reset begins another stream, wherever the one before broke off") {
  const std::string stream =
      bom + ":c\r\nid:1\r\nevent:t\r\ndata:a\r\ndata\r\nretry:5\r\nx:y\r\n\r\nid:2\r\ndata:b\r";
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    CAPTURE(cut);
    char storage[16];
    sse::parser parser(storage);
    REQUIRE(parser.set_last_event_id("0"));
    feed(parser, std::string_view(stream).substr(0, cut));
    const std::string id(parser.last_event_id());
    const std::int64_t time = count(parser);
    parser.reset();
    CHECK(parser.last_event_id() == id);
    CHECK(count(parser) == time);
    CHECK(parser.kept() == 1);
    CHECK(parser.offset() == 0);
    CHECK(parser.unread().empty());
    CHECK_FALSE(parser.pending());
    CHECK(parser.drain().empty());
    CHECK(feed(parser, bom + "data:z\n\n") == "message:z;");
    CHECK(parser.last_event_id() == id);
    CHECK(parser.offset() == 11);
    parser.reset();
    CHECK(feed(parser, "\xBB\xBF:\ndata:x\n\n\n") == "message:x;");
  }
}

TEST_CASE("an LF that begins a stream does not belong to the CR that ended the one before") {
  char storage[16];
  sse::parser parser(storage);
  CHECK(feed(parser, "data:a\r") == "");
  parser.reset();
  CHECK(feed(parser, "\n" + bom + "data:b\n\n") == "");
  CHECK(feed(parser, "data:a\r") == "");
  parser.reset();
  CHECK(feed(parser, "\n") == "");
  CHECK(feed(parser, bom + "data:b\n\n") == "");
}

TEST_CASE("reset drops the rest of the chunk, but not the ID that was handed out from it") {
  char storage[16];
  sse::parser parser(storage);
  sse::event e;
  {
    const std::string_view text = "id:7\ndata:a\n\nid:8\ndata:b\n\n";
    const std::vector<char> chunk(text.begin(), text.end());
    parser.feed({chunk.data(), chunk.size()});
    REQUIRE(parser.next(e) == status::event);
    parser.reset();
  }
  CHECK(parser.unread().data() == nullptr);
  CHECK(parser.last_event_id() == "7");
  CHECK(parser.next(e) == status::need_input);
  CHECK(parser.finish(e) == status::need_input);
  CHECK(parser.last_event_id() == "7");
}

TEST_CASE("reset ends a suspension and a skipped event, and keeps the settings") {
  char storage[3];
  sse::parser parser(storage);
  parser.report(sse::report::comments);
  CHECK(feed(parser, "data:ab\ndata:c\n\ndata:ab\ndata:c") == "full;skipped:;full;");
  parser.reset();
  CHECK(feed(parser, "data:ab\n:c\n\n") == "comment:c;message:ab;");
  parser.feed("event:abcd");
  sse::event e;
  CHECK(parser.next(e) == status::storage_full);
  parser.reset();
  CHECK(feed(parser, "data:a\ndata:b") == "");
  CHECK(feed(parser, "\n\n") == "message:a\nb;");
}

// ---- A parser that is moved

TEST_CASE("a parser is moved, not copied") {
  static_assert(!std::is_copy_constructible_v<sse::parser>);
  static_assert(!std::is_copy_assignable_v<sse::parser>);
  static_assert(std::is_nothrow_move_constructible_v<sse::parser>);
  static_assert(std::is_nothrow_move_assignable_v<sse::parser>);
  static_assert(!std::is_default_constructible_v<sse::parser>);
  static_assert(!std::is_convertible_v<char(&)[4], sse::parser>);
}

TEST_CASE("the stream goes on in the new object, and the old one is as new, without storage") {
  const std::string stream =
      bom + ":c\rid:1\nevent:tick\r\ndata:a\ndata:b\nretry:5\r\n\r\nid:2\nevent:t\ndata:d\n\n";
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    CAPTURE(cut);
    const std::string_view text = stream;
    char storage[16];
    char other[4];
    sse::parser old(storage);
    old.report(sse::report::comments);
    std::string seen = feed(old, text.substr(0, cut));
    sse::parser constructed(std::move(old));
    sse::parser assigned(other);
    feed(assigned, "id:9\nretry:1\n\nevent:x\ndata:y");
    assigned = std::move(constructed);
    CHECK(assigned.offset() == cut);
    seen += feed(assigned, text.substr(cut));
    CHECK(seen == "comment:c;tick#1:a\nb;t#2:d;");
    CHECK(assigned.last_event_id() == "2");
    CHECK(count(assigned) == 5);
    for (sse::parser* from : {&old, &constructed}) {
      CHECK(from->last_event_id().empty());
      CHECK(from->kept() == 0);
      CHECK(from->offset() == 0);
      CHECK(from->unread().empty());
      CHECK(count(*from) == -1);
      CHECK_FALSE(from->pending());
      CHECK(feed(*from, bom + ":c\ndata:z\n\ndata:x") == "message:z;full;");
    }
  }
}

TEST_CASE("a suspension, a skipped event and an unread chunk move along") {
  char storage[4];
  char larger[8];
  sse::event e;
  sse::parser a(storage);
  a.feed("data:abc\ndata:de\n");
  REQUIRE(a.next(e) == status::storage_full);
  sse::parser b(std::move(a));
  CHECK(b.unread() == "de\n");
  REQUIRE(b.next(e) == status::need_input);  // skipped
  sse::parser c(std::move(b));
  CHECK(feed(c, "data:f\n\n") == "skipped:;");
  c.feed("data:abc\ndata:de");
  REQUIRE(c.next(e) == status::storage_full);
  REQUIRE(c.use_storage(larger, sizeof larger));
  a = std::move(c);
  REQUIRE(a.next(e) == status::need_input);
  CHECK(feed(a, "\n\n") == "message:abc\nde;");
}

TEST_CASE("a parser moved to itself goes on") {
  char storage[16];
  sse::parser parser(storage);
  sse::parser& same = parser;
  CHECK(feed(parser, "id:1\n\nevent:t\ndata:a") == "");
  parser = std::move(same);
  CHECK(parser.last_event_id() == "1");
  CHECK(feed(parser, "b\n\n") == "t:ab;");
}
