// SPDX-License-Identifier: MIT
// sse::parser when its storage is full and nothing is done about it: what is skipped, and what not.
#include <sse/parser.hpp>
// It comes first, for it needs nothing in front of it.

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/walk.hpp"

namespace {

using namespace std::string_literals;
using status = sse::parser::status;

// A parser whose storage is a block of exactly its size. `next` is just called again.
struct skipper {
  explicit skipper(std::size_t capacity) : storage(capacity) {}

  // What comes of the text, in chunks of that size, as `told` tells it but for the full storage.
  // Chunks are blocks of exactly their size, and gone when they are read.
  std::string read(std::string_view text, std::size_t chunk_size = 1) {
    std::string seen;
    for (std::size_t i = 0; i < text.size(); i += chunk_size) {
      const std::string_view part = text.substr(i, chunk_size);
      const std::vector<char> chunk(part.begin(), part.end());
      parser.feed({chunk.data(), chunk.size()});
      sse::event e;
      for (status s = parser.next(e); s != status::need_input; s = parser.next(e)) {
        if (s == status::storage_full || s == status::report_full) {
          if (s == status::storage_full) CHECK(parser.kept() == storage.size());
          REQUIRE(++suspensions <= 2 * text.size());
        } else {
          seen += told(s, e);
        }
      }
      REQUIRE(parser.unread().empty());
    }
    return seen;
  }

  std::vector<char> storage;
  sse::parser parser{storage.data(), storage.size()};
  std::size_t suspensions = 0;
};

std::string with_line_ends(const std::string& text, const std::string& end) {
  std::string out;
  for (const char c : text) out += c == '\n' ? end : std::string(1, c);
  return out;
}

}  // namespace

TEST_CASE("the lines of a skipped event end at CRLF, also where they come in one chunk") {
  skipper it(4);
  CHECK(it.read("data:1\r\ndata:12345\r\nx:y\r\nevent:z\r\n\r\ndata:a\r\n\r\n", 100) ==
        "skipped:;message:a;");
}

TEST_CASE("an event that does not fit is skipped to its blank line, and the next is intact") {
  const std::pair<std::string, std::string> all[] = {
      {"data:abcd\n\n", "skipped:;"},
      {"data:ab\ndata:cd\n\n", "skipped:;"},
      {"data:abc\ndata\ndata\n\n", "skipped:;"},
      {"event:tick\ndata:a\n\n", "skipped:;"},
      {"data:a\nevent:tick\nid:1\n\n", "skipped#1:;"},
      {"id:1\nevent:t\ndata:ab\ndata:cd\n\n", "skipped#1:;"},
      {"id:1234\nevent:tick\ndata:abcd\nid:5678\n\n", "skipped:;"},
      {"data:abcd\nevent:tick\nevent:t\nretry:5\n\n", "skipped:;"},
      {"event:t\ndata:abcd\n:c\nx:y\ndata\nevent\ndata:a\n\n", "skipped:;"},
      {"data:abc\ndat\ndata\nid\ndata\n\n", "skipped#:;"},
      {"id:1\ndata:abcd\ndat:a\n\n", "skipped#1:;"}};
  for (const auto& each : all) {
    const auto& [skipped, first] = each;
    CAPTURE(each.first);
    for (const std::string end : {"\n", "\r", "\r\n"}) {
      for (const std::size_t size : {1u, 2u, 3u, 5u}) {
        skipper to(3);
        CHECK(to.read(with_line_ends(skipped + "data:e\n\n", end), size) == first + "message:e;");
        CHECK(to.read(with_line_ends(skipped + "event:u\ndata:e\n\n", end), size) ==
              first + "u:e;");
        CHECK_FALSE(to.parser.pending());
      }
    }
  }
}

TEST_CASE("to skip an event skips no later one, whatever else is put off meanwhile") {
  skipper to(3);
  CHECK(to.read("data:abcd\n\n") == "skipped:;");
  CHECK(to.read("id:1\ndata:a\n\n", 64) == "message#1:a;");
  CHECK(to.read("data:b\n\n") == "message:b;");
}

TEST_CASE("storage_full is said once of an event that is skipped") {
  skipper to(3);
  CHECK(to.read("event:t\ndata:abcdefgh\ndata:ijklmno\nevent:tick\n:c\ndata\n\n") == "skipped:;");
  CHECK(to.suspensions == 1);
  CHECK(to.read("event:tick\nid:1\ndata:ijklmno\nevent:tick\n:c\ndata\nid:23\n\n") ==
        "skipped#23:;");
  CHECK(to.suspensions == 2);
  CHECK(to.parser.last_event_id() == "23");
  CHECK(to.read("id:5678\ndata:abc\nid:901234\n\n") == "skipped:;");
  CHECK(to.suspensions == 3);
  CHECK(to.parser.last_event_id() == "23");
}

TEST_CASE("of a skipped event nothing but its ID is handed out") {
  skipper to(3);
  CHECK(to.read("retry:5\ndata:abcd\nid:1\n\n") == "skipped#1:;");
  sse::event e;
  to.parser.feed("retry:5\ndata:abc");
  REQUIRE(to.parser.next(e) == sse::parser::status::storage_full);
  REQUIRE(to.parser.next(e) == sse::parser::status::need_input);
  e.retry = std::chrono::milliseconds(1);
  to.parser.feed("\n\n");
  REQUIRE(to.parser.next(e) == sse::parser::status::skipped);
  CHECK_FALSE(e.retry);
  CHECK(to.parser.reconnection_time()->count() == 5);
}

TEST_CASE("an event is said to be skipped when its blank line comes, and only if it had data") {
  skipper to(3);
  CHECK(to.read("data:abcdef\n") == "");
  CHECK(to.read("\n") == "skipped:;");
  CHECK(to.read("event:tick\n\n") == "");
  CHECK(to.read("event:tick\ndata") == "");
  CHECK(to.read("\n\n") == "skipped:;");
  CHECK(to.read("data\nevent:tick\n\n") == "skipped:;");
  CHECK(to.read("id:1234\n\n") == "");
  CHECK(to.read("id:1234\nid:5678\ndata:a\ndata:b\n\n") == "skipped:;");
  CHECK(to.read("data:abcdef\n") == "");
  to.parser.reset();
  CHECK(to.read("\n\n") == "");
  CHECK(to.read("event:t\ndata:a\n\n") == "t:a;");
}

TEST_CASE("a skipped event sets the last event ID, if the ID fits once the rest is given up") {
  for (const std::string& skipped : std::vector<std::string>{
           "id:new\ndata:abcdefgh\n\n", "data:abcdefgh\nid:new\n\n", "event:ticktock\nid:new\n\n",
           "id:new\nevent:ticktock\ndata\n\n", "data:abcd\nevent:t\nid:new\ndata:e\n\n",
           "data:a\nevent:tic\nid:x\ndata:b\nid:new\n\n",
           "data:abc\nid\nid:new\ndata:abcdef\nevent:a\n\n", "data:ab\nevent:cd\nid:new\n\n",
           "id:new\ndata:a\ndata:b\nevent:cd\n\n", "data:abcdefgh\nid:x\nid:new\n\n",
           "id:x\nid:new\ndata:abcdefgh\n\n", "data:abcdefgh\nid:new\nid:\0\n\n"s,
           "data:abcdefgh\nid:12\nid:12345678\nid:new\n\n", "id:12345678\0\nid:new\ndata\n\n"s}) {
    CAPTURE(skipped);
    for (const std::size_t size : {1u, 4u, 64u}) {
      skipper to(5);
      REQUIRE(to.parser.set_last_event_id("o"));
      CHECK(to.read(skipped.substr(0, skipped.size() - 1), size).empty());
      CHECK(to.parser.last_event_id() == "o");
      const bool has_data = skipped.find("data") != skipped.npos;
      CHECK(to.read("\n") == (has_data ? "skipped#new:;" : ""));
      CHECK(to.suspensions != 0);
      CHECK(to.parser.last_event_id() == "new");
      CHECK(to.parser.kept() == 3);
      CHECK(to.read("data:a\n\n") == "message:a;");
      CHECK(to.parser.last_event_id() == "new");
    }
  }
}

TEST_CASE("an ID that does not fit leaves the last event ID as it was") {
  for (const std::string skipped :
       {"id:12345\ndata:a\n\n", "data:a\nid:12345\n\n", "id:123456789\n\n", "event:t\nid:12345\n\n",
        "data:abcd\nid:123456789\nevent:t\n\n", "id:1\nid:12345\ndata:a\n\n",
        "id:1\ndata:a\nid:2\nid:12345\n\n", "data:abcde\nid:1\nid:123456789\n\n"}) {
    CAPTURE(skipped);
    for (const std::size_t size : {1u, 2u, 3u}) {
      skipper to(5);
      REQUIRE(to.parser.set_last_event_id("o"));
      const bool has_data = skipped.find("data") != skipped.npos;
      CHECK(to.read(skipped, size) == (has_data ? "skipped:;" : ""));
      CHECK(to.parser.last_event_id() == "o");
      CHECK(to.parser.kept() == 1);
      CHECK(to.read("id:1234\ndata\n\n", 64) == "message#1234:;");
      CHECK(to.parser.last_event_id() == "1234");
    }
  }
}

TEST_CASE("an ID that turns out to hold NUL skips nothing but itself") {
  skipper to(3);
  CHECK(to.read("id:1\n\ndata:a\nid:2"s + '\0' + "345678\n\n") == "message:a;");
  CHECK(to.read("data:a\nid:2\nid:"s + '\0' + "345678\n\n") == "message#2:a;");
  CHECK(to.parser.last_event_id() == "2");
  CHECK(to.suspensions == 0);
}

TEST_CASE("retry acts in a skipped event too, and comments are reported") {
  skipper to(3);
  to.parser.report(sse::report::comments);
  CHECK(to.read("data:abcdef\n:c\nretry:5\n") == "comment:c;");
  REQUIRE(to.parser.reconnection_time());
  CHECK(to.parser.reconnection_time()->count() == 5);
  CHECK(to.read(":ef\n\n") == "comment:ef;skipped:;");
}

TEST_CASE("an ID too long in a skipped event changes nothing but the ID") {
  skipper to(3);
  CHECK(to.read("retry:5\n\n") == "");
  CHECK(to.read("retry:7\n\n", 9) == "");
  CHECK(to.read("data:abcdef\nid:1234\n\n") == "skipped:;");
  REQUIRE(to.parser.reconnection_time());
  CHECK(to.parser.reconnection_time()->count() == 7);
  CHECK(to.parser.last_event_id() == "");
}

TEST_CASE("a name with a colon too early is no name, also where comments are reported") {
  for (const bool reporting : {false, true}) {
    skipper to(20);
    to.parser.report(reporting ? sse::report::comments : sse::report::nothing);
    CHECK(to.read("dat:a:x\nev:ent:y\ni:d:3\nretr:y:5\n\ndat:a\ndata:z\n\n") == "message:z;");
    CHECK(to.parser.last_event_id() == "");
    CHECK_FALSE(to.parser.reconnection_time());
  }
}

TEST_CASE("of a comment that does not fit just the comment is skipped") {
  for (const std::string end : {"\n", "\r", "\r\n"}) {
    skipper to(4);
    to.parser.report(sse::report::comments);
    CHECK(to.read(with_line_ends("id:1\nevent:t\n:abcdef\ndata:a\n:\n:e\n:fg\ndata\n\n", end)) ==
          "comment:;comment:e;t#1:a\n;");
    CHECK(to.suspensions == 2);
    CHECK(to.parser.last_event_id() == "1");
  }
}

TEST_CASE("type and ID may be replaced in any order, by longer ones and by shorter ones") {
  const std::string lines[] = {"id\n",    "id:1\n",    "id:234\n",   "id:5\0\n"s,
                               "event\n", "event:a\n", "event:bcd\n"};
  constexpr std::size_t count = sizeof lines / sizeof *lines;
  for (std::size_t n = 0; n < count * count * count * count; ++n) {
    std::string stream;
    std::string type;
    std::string id = "no";
    std::size_t id_size = 0;
    for (std::size_t rest = n, place = 0; place < 4; rest /= count, ++place) {
      const std::string& line = lines[rest % count];
      const std::size_t value = std::min(line.find(':'), line.size() - 2) + 1;
      if (place == n % 4) stream += "data:d\n";
      stream += line;
      if (line[0] == 'e') type = line.substr(value, line.size() - value - 1);
      if (line[0] == 'i' && line.find('\0') == line.npos) {
        id = line.substr(value, line.size() - value - 1);
        id_size = id.size();
      }
    }
    CAPTURE(stream);
    skipper to(2 + 1 + 3 + 3 + 3);  // last event ID, data, type, ID, and the one that is coming in
    REQUIRE(to.parser.set_last_event_id("no"));
    CHECK(to.read(stream).empty());
    CHECK(to.parser.kept() == 2 + 1 + type.size() + id_size);
    CHECK(to.read("\n") ==
          (type.empty() ? "message" : type) + (id == "no" ? "" : "#" + id) + ":d;");
    CHECK(to.parser.last_event_id() == id);
    CHECK(to.suspensions == 0);
  }
}

TEST_CASE("an ID that does not fit leaves the last event ID as it was, whatever came before it") {
  skipper to(8);
  REQUIRE(to.parser.set_last_event_id("L"));
  CHECK(to.read("id: a\nid: 0123456789\ndata: x\n\n") == "skipped:;");
  CHECK(to.parser.last_event_id() == "L");
  // A NUL behind it all: the field is ignored, and the ID before it stands.
  CHECK(to.read("id: a\nid: 0123456789\0\ndata: x\n\n"s) == "skipped#a:;");
  CHECK(to.parser.last_event_id() == "a");
  // A later one that fits stands as well.
  CHECK(to.read("id: b\nid: 0123456789\nid: c\ndata: x\n\n") == "skipped#c:;");
  CHECK(to.parser.last_event_id() == "c");
}

TEST_CASE("a shorter last event ID makes room, and then nothing is skipped") {
  char storage[8];
  sse::parser parser(storage);
  REQUIRE(parser.set_last_event_id("7 bytes"));
  parser.feed("data: ab\ndata: c\n\n");
  sse::event e;
  REQUIRE(parser.next(e) == status::storage_full);
  REQUIRE(parser.set_last_event_id(""));
  REQUIRE(parser.next(e) == status::event);
  CHECK(e.data == "ab\nc");
}
