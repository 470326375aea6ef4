// SPDX-License-Identifier: MIT
// What most streams consist of is taken in a hurry (detail/plain.hpp): it gives the same wherever
// it lies in the chunk, and whatever is beside it.
#include <doctest/doctest.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/lent.hpp"

namespace {

using namespace lending;

// What an event is written as, with LF for every line end.
struct sample {
  std::string_view text;
  std::string_view data;
  std::string_view type = "message";
  std::optional<std::string_view> id = std::nullopt;
};

const std::vector<sample>& samples() {
  using namespace std::string_view_literals;
  static const std::vector<sample> all = {
      {"data:a\n\n", "a"},
      {"data: a\n\n", "a"},
      {"data:  a\n\n", " a"},
      {"data:\n\n", ""},
      {"data: \n\n", ""},
      {"data\n\n", ""},
      {"id:1\ndata:b\n\n", "b", "message", "1"},
      {"id: 23\nevent: t\ndata: b\n\n", "b", "t", "23"},
      {"event:tt\nid:4\ndata:b\n\n", "b", "tt", "4"},
      {"id:5\nid:6\nevent:u\nevent:\ndata:b\n\n", "b", "message", "6"},
      {"id\nevent\ndata:b\n\n", "b", "message", ""},
      {"id:\nevent: message\ndata:b\n\n", "b", "message", ""},
      {"id:7\nid:8\0\ndata:c\n\n"sv, "c", "message", "7"},
      {"data:\0\n\n"sv, "\0"sv},
      {"data:\t\v\f\n\n", "\t\v\f"},
      {"id:\t\ndata:d\n\n", "d", "message", "\t"},
      {"data:d\nid:9\n\n", "d", "message", "9"},
      {"data:d\nevent:v\n\n", "d", "v"},
      {"event:w\n:c\ndata:e\n:c\n\n", "e", "w"},
      {":\n\n:c\n\n\n\n:\n:c\ndata:e\n\n", "e"},
      {"\n\n\ndata:e\n\n", "e"},
      {"id:10\n\ndata:e\n\n", "e"},
      {"event:x\n\ndata:e\n\n", "e"},
      {"x\ndat:x\ndatas:x\nevent:y\nids:1\ndata:f\n\n", "f", "y"},
      {"ids:1\ndata:f\n\n", "f"},
      {"id1\nevents:1\ndatas:1\ndata1\ndata:f\n\n", "f"},
      {"data:f\ndatas:1\n\n", "f"},
      {"data:f\ndata1\n\n", "f"},
      {"retry:5\ndata:f\n\n", "f"},
      {"data:1\ndata:2\n\n", "1\n2"},
      {"data:1\ndata:2\ndatas:3\n\n", "1\n2"},
      {"data:1\ndata:2\ndata3\n\n", "1\n2"},
      {"data:1\ndata: 2\ndata:\ndata\ndata:5\n\n", "1\n2\n\n\n5"},
      {"id:11\nevent:z\ndata:1\ndata:2\ndata:3\n\n", "1\n2\n3", "z", "11"},
      {"event:z\ndata:1\ndata:2\nid:12\nevent:zz\ndata:3\n\n", "1\n2\n3", "zz", "12"},
      {"data:1\ndata:\0\ndata:\t\n:c\ndata:4\n\n"sv, "1\n\0\n\t\n4"sv},
  };
  return all;
}

std::string with_line_ends(std::string_view text, std::string_view line_end) {
  std::string all;
  for (const char c : text) all += c == '\n' ? line_end : std::string_view(&c, 1);
  return all;
}

const std::string much = ":" + std::string(400, 'c');

// In front of it so many bytes, and behind it enough for what is taken in a hurry, or nothing. (The
// stream begins before, for there nothing is taken in a hurry.)
events read_at(std::size_t place, const std::string& text, bool in_a_hurry, std::size_t capacity) {
  lent to(capacity);
  const std::string in_front = place == 0 ? "" : ":" + std::string(place, 'c') + "\n";
  const std::string chunk = in_front + text + (in_a_hurry ? much : "");
  return read(to, {"\n\n", chunk}, [&] { FAIL("storage_full"); });
}

TEST_CASE(
    "an event gives the same at each place in a block of bytes, and so does what follows it") {
  for (const std::string_view line_end : {"\n", "\r\n", "\r"}) {
    for (const sample& each : samples()) {
      const std::string text = with_line_ends(each.text, line_end);
      CAPTURE(text);
      const event wanted{std::string(each.data), std::string(each.type),
                         each.id ? std::optional<std::string>(*each.id) : std::nullopt};
      for (std::size_t place = 0; place < 130; ++place) {
        CAPTURE(place);
        for (const bool in_a_hurry : {true, false}) {
          const events seen = read_at(place, text + text, in_a_hurry, 200);
          REQUIRE(seen == events{wanted, wanted});
        }
      }
    }
  }
}

TEST_CASE("an event with one line of data is views of its chunk, and nothing of it is kept") {
  for (const sample& each : samples()) {
    if (each.data.find('\n') != std::string_view::npos) continue;
    CAPTURE(each.text);
    char storage[100];
    sse::parser parser(storage);
    sse::event e;
    const std::string chunk = "data:0\n\n" + std::string(each.text) + std::string(400, ':');
    parser.feed("\n\n");
    REQUIRE(parser.next(e) == status::need_input);
    parser.feed(chunk);
    REQUIRE(parser.next(e) == status::event);
    REQUIRE(parser.next(e) == status::event);
    const char* const begin = chunk.data();
    const auto lies_in_chunk = [&](std::string_view text) {
      return begin <= text.data() && text.data() + text.size() <= begin + chunk.size();
    };
    CHECK(lies_in_chunk(e.data));
    CHECK((e.type == "message" || lies_in_chunk(e.type)));
    CHECK((!e.id || lies_in_chunk(*e.id)));
    CHECK(parser.kept() == parser.last_event_id().size());
  }
}

TEST_CASE("an event taken in a hurry begins with its first field, whatever is in front") {
  for (const std::string_view line_end : {"\n", "\r\n", "\r"}) {
    for (const std::string in_front : {":c\n", ":c\n\n", "\n:c\n:d\n", ":\n\n\n:c\n\n"}) {
      for (const std::string text : {"data:a\n\n", "id:1\n:c\ndata:a\n\n", "data:a\ndata:b\n\n"}) {
        CAPTURE(text);
        const std::string begin = "data:0\n\n" + with_line_ends(in_front, line_end);
        const std::string wanted = with_line_ends(text, line_end);
        const std::string chunk = begin + wanted + much;
        char storage[16];
        sse::parser parser(storage);
        parser.feed(chunk);
        sse::event e;
        REQUIRE(parser.next(e) == status::event);
        CHECK(parser.event_offset() == 0);
        REQUIRE(parser.next(e) == status::event);
        CHECK(parser.event_offset() == begin.size());
        CHECK(parser.raw() == wanted);
      }
    }
  }
}

TEST_CASE("each event gives the same in front of each other one") {
  for (const std::string_view line_end : {"\n", "\r\n", "\r"}) {
    std::string text;
    events wanted;
    for (const sample& first : samples()) {
      for (const sample& second : samples()) {
        for (const sample* each : {&first, &second}) {
          text += with_line_ends(each->text, line_end);
          wanted.push_back({std::string(each->data), std::string(each->type),
                            each->id ? std::optional<std::string>(*each->id) : std::nullopt});
        }
      }
    }
    CHECK(read_at(0, text, true, 400) == wanted);
  }
}

TEST_CASE("data of any length go on in lines of any length") {
  for (const std::size_t first : {0U, 1U, 70U, 200U}) {
    for (std::size_t size = 0; size < 300; ++size) {
      CAPTURE(size);
      const std::string more(size, 'y');
      const std::string text = "data:" + std::string(first, 'x') + "\ndata:" + more +
                               "\ndata: " + more + "\n\n" + "data:z\n\n";
      const event wanted{std::string(first, 'x') + "\n" + more + "\n" + more};
      for (const std::size_t capacity : {first + 2 * size + 2, first + 2 * size + 200}) {
        REQUIRE(read_at(0, text, true, capacity) == events{wanted, {"z"}});
      }
    }
  }
}

TEST_CASE(
    "of lines that do not fit as much is taken as there is room for, and no byte is touched "
    "behind") {
  for (const std::size_t size : {20U, 127U, 128U, 129U, 200U}) {
    const std::string one(size, 'y');
    const std::string two(size, 'z');
    const std::string chunk =
        "data:0\n\ndata:12345\ndata:" + one + "\ndata:" + two + "\n\n:" + std::string(400, 'c');
    const std::string wanted = "12345\n" + one + "\n" + two;
    for (std::size_t capacity = 1; capacity < wanted.size(); ++capacity) {
      CAPTURE(capacity);
      std::string memory(capacity + 300, '#');
      sse::parser parser(memory.data(), capacity);
      sse::event e;
      parser.feed("\n\n");
      REQUIRE(parser.next(e) == status::need_input);
      parser.feed(chunk);
      REQUIRE(parser.next(e) == status::event);
      REQUIRE(parser.next(e) == status::storage_full);
      std::string seen(parser.drain());
      CHECK(seen == wanted.substr(0, capacity));
      status s = parser.next(e);
      for (; s == status::storage_full; s = parser.next(e)) seen += parser.drain();
      REQUIRE(s == status::event);
      CHECK(seen + std::string(e.data) == wanted);
      CHECK(memory.find_first_not_of('#', capacity) == std::string::npos);
    }
  }
}

TEST_CASE(
    "the end of a line that does not fit is found, also if no other line end is in the chunk") {
  const std::string one(200, 'y');
  lent to(160);
  const std::string chunk = "data:1\ndata:2\ndata:" + one + "\n" + std::string(400, 'x');
  std::string drained;
  const events seen = read(to, {"\n\n", chunk, "\n\n"}, [&] { drained += to.parser.drain(); });
  REQUIRE(seen.size() == 1);
  CHECK(drained + seen[0].data == "1\n2\n" + one);
}

TEST_CASE("an ID that does not fit is not taken in a hurry either") {
  for (const std::size_t capacity : {2U, 3U}) {
    lent to(capacity);
    const std::string chunk = "id:123\ndata:a\n\ndata:b\n\n" + std::string(400, ':');
    const events seen = read(to, {"\n\n", chunk}, [] {});
    const event first = capacity == 3 ? event{"a", "message", "123"} : event{"", "(skipped)"};
    CHECK(seen == events{first, {"b"}});
    CHECK(to.parser.last_event_id() == (capacity == 3 ? "123" : ""));
  }
}

TEST_CASE("lines of data are read up to the end of the chunk, and not beyond") {
  for (const std::size_t size : {0U, 1U, 20U, 63U, 120U, 200U, 300U}) {
    const std::string more(size, 'y');
    const std::string lines =
        "data:1\ndata:" + more + "\ndata:" + more + "\ndata:" + more + "\ndata:" + more + "\n";
    const events wanted = {{"1\n" + more + "\n" + more + "\n" + more + "\n" + more}};
    for (std::size_t behind = 0; behind < 280; ++behind) {
      CAPTURE(behind);
      lent to(1600);
      const std::string rest = ":" + std::string(behind, 'c');
      REQUIRE(read(to, {"\n\n", lines + rest, "\n\n"}, [] {}) == wanted);
      lent other(1600);
      REQUIRE(read(other, {"\n\n", lines + "\n" + rest}, [] {}) == wanted);
      lent third(1600);
      const std::string one = "data:" + more + "\n";
      REQUIRE(read(third, {"data:1\n", one + rest, "\n\n"}, [] {}) == events{{"1\n" + more}});
    }
  }
}

TEST_CASE("the last event ID outlives the events that come after it in the storage") {
  const std::string chunk =
      "id:1234\nevent:t\ndata:1\ndata:2\n\n"
      "event:abcdefghijklmnop\ndata:1\ndata:2\n\n" +
      much;
  lent to(200);
  CHECK(read(to, {"\n\n", chunk}, [] {}) ==
        events{{"1\n2", "t", "1234"}, {"1\n2", "abcdefghijklmnop"}});
  CHECK(to.parser.last_event_id() == "1234");
}

TEST_CASE("the end of a long line that was begun in another chunk is found wherever it lies") {
  using status = sse::parser::status;
  const std::string behind = ":" + std::string(1300, 'z');
  for (const std::string_view line_end : {"\n", "\r", "\r\n"}) {
    for (std::size_t size = 0; size < 1300; size += size < 140 ? 1 : 13) {
      CAPTURE(size);
      std::string value(size, 'y');
      if (size % 3 == 0 && size > 100) value[size - 100] = '\t';
      std::vector<char> storage(4000);
      sse::parser parser(storage.data(), storage.size());
      sse::event e;
      parser.feed("data: x");
      REQUIRE(parser.next(e) == status::need_input);
      const std::string chunk = value + with_line_ends("\n\ndata: 2\n\n", line_end) + behind;
      parser.feed(chunk);
      REQUIRE(parser.next(e) == status::event);
      REQUIRE(e.data == "x" + value);
      REQUIRE(parser.next(e) == status::event);
      REQUIRE(e.data == "2");
      REQUIRE(parser.next(e) == status::need_input);
    }
  }
}

TEST_CASE("a line that fills chunks is kept whole") {
  using status = sse::parser::status;
  const std::string text(2000, 'y');
  std::vector<char> storage(4002);
  sse::parser parser(storage.data(), storage.size());
  sse::event e;
  parser.feed("data: 12");
  REQUIRE(parser.next(e) == status::need_input);
  for (int i = 0; i < 2; ++i) {
    parser.feed(text);
    REQUIRE(parser.next(e) == status::need_input);
  }
  parser.feed("\n\n");
  REQUIRE(parser.next(e) == status::event);
  CHECK(e.data == "12" + text + text);
}

}  // namespace
