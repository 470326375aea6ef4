// SPDX-License-Identifier: MIT
// sse::parser and its storage: what is kept there, and to lend more when it is full.
#include <sse/parser.hpp>
// It comes first, for it needs nothing in front of it.

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/lent.hpp"

namespace {

using namespace std::string_literals;
using namespace lending;

}  // namespace

// ---- How much is needed

TEST_CASE("an event that is cut needs the sizes of its data, its type and its ID, no byte more") {
  std::vector<std::string> lines = {"data:ab\n", "data:c\n", "event:tick\n", "id:12\n"};
  do {
    const std::string stream = lines[0] + lines[1] + lines[2] + lines[3] + "\n";
    CAPTURE(stream);
    const std::size_t need = 4 + 4 + 2;
    for (std::size_t capacity = 0; capacity < need; ++capacity) {
      CHECK_FALSE(fits(capacity, bytes(stream)));
    }
    for (const chunks& cut : cuts(stream)) CHECK(fits(need, cut));
  } while (std::next_permutation(lines.begin(), lines.end()));
}

TEST_CASE("comments, other fields, retry and empty values need no storage") {
  const std::string stream =
      ":a comment\nunknown:field\ndat:x\nretry:1500\nevent\nid\ndata\n\ndata:\nevent: \nid: \n\n";
  for (const chunks& cut : cuts(stream)) {
    lent to(0);
    CHECK(read(to, cut, skip) == events{{"", "message", ""}, {"", "message", ""}});
  }
}

TEST_CASE("between two data fields there is an LF to be kept, behind the last there is none") {
  CHECK_FALSE(fits(0, bytes("data\ndata\n\n")));
  CHECK_FALSE(fits(0, {"data\ndata\n\n"}));
  CHECK(fits(1, bytes("data\ndata\n\n")));
  CHECK(fits(1, {"data\ndata\n\n"}));
}

TEST_CASE(
    "an event with two lines of data is kept, with type and ID, even if it comes in one chunk") {
  CHECK(fits(0, {"event:tick\ndata:abc\nretry:1\n\n"}));
  const std::string_view stream = "id:1\nevent:tick\ndata:ab\n:c\nx\ndata:c\n\n";
  const std::size_t need = 4 + 4 + 1;
  CHECK_FALSE(fits(need - 1, {stream}));
  CHECK(fits(need, {stream}));
  lent beside_id(2 + need);
  REQUIRE(beside_id.parser.set_last_event_id("xy"));
  CHECK(fits(beside_id, {stream}));
  lent too_little(2 + need - 1);
  REQUIRE(too_little.parser.set_last_event_id("xy"));
  CHECK_FALSE(fits(too_little, {stream}));
}

TEST_CASE("lines of data are joined within the storage, however much of the chunk is to come") {
  const std::string stream = "data:ab\ndata:c\n\n:" + std::string(300, 'x') + "\n";
  for (std::size_t capacity = 4; capacity < 300; ++capacity) {
    std::vector<char> memory(capacity + 200, '#');
    sse::parser parser(memory.data(), capacity);
    parser.feed(stream);
    sse::event e;
    REQUIRE(parser.next(e) == status::event);
    CHECK(e.data == "ab\nc");
    CHECK(std::count(memory.begin() + static_cast<std::ptrdiff_t>(capacity), memory.end(), '#') ==
          200);
  }
}

// Compilers count the steps: it may not take more of them for each line than for the one before.
constexpr bool joins_many_lines() {
  constexpr std::size_t count = 1500;
  char chunk[5 * count + 1] = {};
  std::size_t size = 0;
  for (std::size_t i = 0; i < count; ++i) {
    for (const char c : {'d', 'a', 't', 'a', '\n'}) chunk[size++] = c;
  }
  chunk[size++] = '\n';
  char storage[count] = {};
  sse::parser parser(storage);
  parser.feed({chunk, size});
  sse::event e;
  return parser.next(e) == status::event && e.data.size() == count - 1;
}
static_assert(joins_many_lines());

TEST_CASE("events that come in one chunk each need no storage, whatever is between them") {
  CHECK(
      fits(0, {"data:ab\n\n", "event:t\ndata:ab\n\n", "", ":c", "c\n", "data:ab\n\n", "x", ":\n\n",
               "data:ab\r\r", "\ndata:ab\r\n\r", "\n", "data:ab\n\nretry:5\n\n", "data:ab\n\n"}));
}

TEST_CASE("the last event ID needs its size, also when it came in one chunk") {
  CHECK(fits(3, {"id:123\ndata:a\n\nid:456\ndata:b\n\n", "id:789\n\n", "id\n\nid:012\n\n"}));
  for (const chunks& cut : cuts("id:123\ndata\n\n")) {
    CHECK_FALSE(fits(2, cut));
    lent to(3);
    CHECK(fits(to, cut));
    CHECK(to.parser.last_event_id() == "123");
    CHECK(to.parser.kept() == 3);
  }
}

TEST_CASE("what is kept of the next event leaves the last event ID alone") {
  for (const std::string_view next :
       {"data:123\ndata:45\n\n", "data:123456", "event:123456", "id:123456", "\n:c\ndata:123456"}) {
    lent to(8);
    CHECK(read(to, {"event:ty\nid:ab\nda"}, skip).empty());
    const std::string rest = "ta:x\n\n" + std::string(next);
    CHECK(fits(to, {rest}));
    CHECK(to.parser.last_event_id() == "ab");
  }
}

TEST_CASE("whole lines need no room for the ID and the type that they replace") {
  CHECK(fits(3, {"event:tick\nevent:ab\ndata:c\n", "\n"}));
  CHECK(fits(3, {"id:123\nid:12\ndata:c\n", "\n"}));
  CHECK(fits(5, {"event:ab\n", "event:tick\ndata:c\n", "\n"}));
  CHECK(fits(5, {"id:12\n", "id:1234\ndata:c\n", "\n"}));
  lent to(6);
  CHECK(read(to, {"id:1234\n", "event:ab\n", "id:5\ndata:cde\n", "\n"}, skip) ==
        events{{"cde", "ab", "5"}});
  CHECK(read(to, {"event:abcd\nid:1\n", "event:e\ndata:fgh\n", "\n"}, skip) ==
        events{{"fgh", "e", "1"}});
}

TEST_CASE("a line that lies whole in the chunk needs no room, whatever ended the one before") {
  for (const std::string_view end : {"\n", "\r", "\r\n"}) {
    const std::string begun = "event:a" + std::string(end);
    lent to(1);
    CHECK(read(to, {begun, "data:xyz\n\n"}, skip) == events{{"xyz", "a"}});
  }
}

TEST_CASE("values of any length may be cut, of whichever field") {
  const std::string half(1500, 'x');
  const std::string value = half + half;
  for (const std::string name : {"data", "event", "id"}) {
    CAPTURE(name);
    std::vector<char> storage(2 * value.size());
    sse::parser parser(storage);
    sse::event e;
    const std::string parts[] = {name + ":" + half, half, "\ndata:end\n\n"};
    for (const std::string& chunk : parts) {
      parser.feed(chunk);
      const auto said = parser.next(e);
      REQUIRE(said == (chunk.back() == 'x' ? status::need_input : status::event));
    }
    CHECK(e.data == (name == "data" ? value + "\nend" : "end"));
    CHECK(e.type == (name == "event" ? value : "message"));
    CHECK(e.id.value_or("none") == (name == "id" ? value : "none"));
  }
}

TEST_CASE("kept is the bytes in use") {
  lent to(32);
  const auto kept_after = [&to](std::string_view chunk) {
    CHECK(fits(to, {chunk}));
    return to.parser.kept();
  };
  CHECK(kept_after("") == 0);
  CHECK(kept_after("\xEF\xBB\xBF:c\nretry:5\nx:y\ndat") == 0);
  CHECK(kept_after("a:abc") == 3);
  CHECK(kept_after("d\n") == 4);
  CHECK(kept_after("event:tick") == 8);
  CHECK(kept_after("\nid:12\n") == 10);
  CHECK(kept_after("id:3\nevent:t") == 10);  // the type before counts until the line ends
  CHECK(kept_after("\n") == 6);
  CHECK(kept_after("data") == 6);
  CHECK(kept_after(":") == 7);
  CHECK(kept_after("e") == 8);
  CHECK(to.parser.drain() == "abcd\ne");
  CHECK(to.parser.kept() == 2);
  CHECK(kept_after("\n\n") == 1);
  CHECK(kept_after("id:45") == 3);
  CHECK(kept_after("\n\n") == 2);
  CHECK(kept_after("id:6789\ndata:a\n\n") == 4);
  CHECK(kept_after("id:x\0"s) == 4);
  CHECK(kept_after("\nid\n\n") == 0);
  CHECK(to.lend(0));
  CHECK(kept_after("event:t\ndata:abc\n\n") == 0);
}

// ---- storage_full

TEST_CASE("storage_full stops in front of the byte that does not fit") {
  const struct {
    std::string_view before;
    std::string_view behind;
    status full = status::storage_full;
  } streams[] = {{"data:abc", "def"},
                 {"data:abc", "def\n"},
                 {"data:a\ndata:b", "cd\n\n"},
                 {"event:abc", "def\ndata:a\n"},
                 {"id:abc", "def\ndata:a\n\n"},
                 {"id:ab\nevent:c", "d\ndata:a\n"},
                 {"event:a\nid:b\ndata:c", "d\n"},
                 {":abc", "def", status::report_full},
                 {"data:ab\n:c", "d", status::report_full}};
  for (const auto& [before, behind, full] : streams) {
    const std::string stream = std::string(before) + std::string(behind);
    CAPTURE(stream);
    for (std::size_t cut = 0; cut <= before.size(); ++cut) {
      lent to(3);
      to.parser.report(sse::report::comments);
      CHECK(fits(to, {std::string_view(stream).substr(0, cut)}));
      to.parser.feed(std::string_view(stream).substr(cut));
      sse::event e;
      REQUIRE(to.parser.next(e) == full);
      CHECK(to.parser.unread() == behind);
      CHECK(to.parser.offset() == before.size());
      CHECK(to.parser.kept() == 3);
      to.parser.reset();
    }
  }
}

// ---- The way on: more storage

TEST_CASE("with a byte more each time nothing is lost") {
  const std::string stream =
      ":cc\nid:1\nevent:tick\ndata:ab\nevent:tock\nid:23\nid:456\ndata\n: \ndata:c\nid:7\0\n"
      "event:clock\n\nevent:t\ndata:d\n\ndata\ndata:\ndata\nid\n\n"s;
  const events expected = {{"cc", "(comment)"},
                           {" ", "(comment)"},
                           {"ab\n\nc", "clock", "456"},
                           {"d", "t"},
                           {"\n\n", "message", ""}};
  for (const chunks& cut : cuts(stream)) {
    lent to(0);
    to.parser.report(sse::report::comments);
    const auto lend_more = [&to] { CHECK(to.lend(to.storage.size() + 1)); };
    CHECK(read(to, cut, lend_more) == expected);
    CHECK(to.parser.last_event_id().empty());
    CHECK(to.storage.size() <= 6 + 5 + 5 + 3);  // data, two types, an ID
  }
}

TEST_CASE("the same storage may be lent with another capacity") {
  char storage[32];
  sse::parser parser(storage, 1);
  REQUIRE(parser.set_last_event_id("0"));
  sse::event e;
  std::size_t capacity = 1;
  parser.feed("event:tick\nid:12\ndata:abc\nevent:tock");
  while (parser.next(e) == status::storage_full) REQUIRE(parser.use_storage(storage, ++capacity));
  CHECK(capacity == 1 + 3 + 2 + 4 + 4);
  CHECK_FALSE(parser.use_storage(storage, capacity - 1));
  CHECK(parser.use_storage(storage, sizeof storage));
  parser.feed("\n");
  REQUIRE(parser.next(e) == status::need_input);
  CHECK_FALSE(parser.use_storage(storage, 9));
  CHECK(parser.use_storage(storage, 10));
  CHECK(parser.last_event_id() == "0");
  parser.feed("\n");
  REQUIRE(parser.next(e) == status::event);
  CHECK(e.data == "abc");
  CHECK(e.type == "tock");
  CHECK(e.id == "12");
  CHECK(parser.last_event_id() == "12");
  CHECK_FALSE(parser.use_storage(storage, 1));
  CHECK(parser.use_storage(storage, 2));
  CHECK(parser.last_event_id() == "12");
}

// In constant expressions bytes are moved by other code.
constexpr bool resizes_in_place() {
  char storage[8] = {};
  sse::parser parser(storage, 5);
  parser.feed("id:12\nevent:abc\n");
  sse::event e;
  if (parser.next(e) != status::need_input) return false;
  for (const std::size_t capacity : {6u, 7u, 6u, 8u, 5u}) {
    if (!parser.use_storage(storage, capacity)) return false;
  }
  parser.feed("data\n\n");
  return parser.next(e) == status::event && e.type == "abc" && e.id == "12";
}
static_assert(resizes_in_place());

TEST_CASE("storage that what is kept does not fit is refused, and nothing is changed") {
  lent to(9);
  CHECK(fits(to, {"id:1\n\nid:23\nevent:ab\ndata:cde"}));
  CHECK(to.parser.kept() == 8);
  for (std::size_t capacity = 0; capacity < 8; ++capacity) CHECK_FALSE(to.lend(capacity));
  CHECK(to.parser.kept() == 8);
  CHECK(to.parser.last_event_id() == "1");
  CHECK(read(to, {"f\n\n"}, skip) == events{{"cdef", "ab", "23"}});
  CHECK(to.lend(2));
  CHECK(to.parser.last_event_id() == "23");
}

TEST_CASE("storage that is refused is no way on, and so the event is skipped") {
  lent to(3);
  CHECK(read(to, {"data:abc", "d\n\ndata:e\n\n"}, [&to] { CHECK_FALSE(to.lend(2)); }) ==
        events{{"", "(skipped)"}, {"e"}});
}

TEST_CASE("with storage that is no larger, storage_full is said again, and nothing is lost") {
  lent to(3);
  int again = 0;
  CHECK(read(to, {"id:1\ndata:ab", "c\n\n"}, [&] { CHECK(to.lend(again++ < 5 ? 3 : 4)); }) ==
        events{{"abc", "message", "1"}});
  CHECK(again == 6);
}

TEST_CASE("storage may be replaced at any time") {
  const std::string stream = "id:1\n\nevent:tick\nid:23\ndata:ab\ndata:c\nevent:tock\nid:4\n\n";
  for (std::size_t capacity = 16; capacity < 40; capacity += 3) {
    lent to(capacity);
    events seen;
    for (const std::string_view byte : bytes(stream)) {
      for (const event& e : read(to, {byte}, skip)) seen.push_back(e);
      CHECK(to.lend(to.parser.kept()));  // all that is needed
      CHECK(to.lend(capacity));
    }
    CHECK(seen == events{{"ab\nc", "tock", "4"}});
    CHECK(to.parser.last_event_id() == "4");
  }
}

TEST_CASE("a parser without storage") {
  lent to(0);
  CHECK(to.parser.kept() == 0);
  CHECK(to.parser.drain().empty());
  CHECK(to.parser.use_storage(nullptr, 0));
  CHECK(to.parser.set_last_event_id(""));
  CHECK_FALSE(to.parser.set_last_event_id("1"));
  CHECK(read(to, {"data:a\n\nevent:t\ndata:b\n\nid\ndata:c\n\n"}, skip) ==
        events{{"a"}, {"b", "t"}, {"c", "message", ""}});
  CHECK(read(to, {"data:d", "\n\ndata:e\n\nid:1\ndata:f\n\n"}, skip) ==
        events{{"", "(skipped)"}, {"e"}, {"", "(skipped)"}});
  CHECK(to.parser.last_event_id().empty());
  CHECK(to.parser.kept() == 0);
#ifdef NDEBUG  // debug builds take it for a mistake
  CHECK_FALSE(sse::parser(nullptr, 8).set_last_event_id("1"));
#endif
}
