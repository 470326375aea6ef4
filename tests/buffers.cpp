// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <sse/detail/parser/buffers.hpp>  // the header is self-contained
#include <string>
#include <vector>

namespace {

using sse::detail::buffers;

TEST_CASE(
    "ID and type replace earlier ones, in any order, and neither disturbs the other or the data") {
  // All words of up to six steps: an ID or a type of some length, or a byte of data.
  struct step {
    char kind;
    std::size_t size;
  };
  const std::vector<step> steps = {{'i', 0}, {'i', 2}, {'i', 5}, {'t', 0},
                                   {'t', 1}, {'t', 4}, {'d', 1}};
  std::vector<std::size_t> word;
  for (;;) {
    char storage[24];
    buffers kept(storage, sizeof storage);
    REQUIRE(kept.replace_last_event_id("LL"));
    REQUIRE(kept.begin_data());
    std::string id;
    std::string type;
    std::string data;
    char next = 'a';
    for (const std::size_t choice : word) {
      const auto [kind, size] = steps[choice];
      const std::string value(size, next++);
      if (kind == 'd') {
        kept.append_data(value);
        data += value;
        continue;
      }
      if (next % 2 == 0) {
        kind == 'i' ? kept.place_id(value) : kept.place_type(value);
      } else {
        kept.append_data(value);
        kept.count_as_received(value.size());
        REQUIRE(kept.received() == value);
        kind == 'i' ? kept.received_id() : kept.received_type();
      }
      (kind == 'i' ? id : type) = value;
    }
    REQUIRE(kept.id() == id);
    REQUIRE(kept.type() == type);
    REQUIRE(kept.data() == data);
    REQUIRE(kept.last_event_id() == "LL");
    REQUIRE(kept.kept() == 2 + id.size() + type.size() + data.size());
    REQUIRE(kept.room() == sizeof storage - kept.kept());

    // Whatever is kept can be moved to other memory, and to less of the same, but not to too
    // little.
    char other[40];
    REQUIRE_FALSE(kept.move_to(other, kept.kept() - 1));
    for (const std::size_t capacity : {sizeof other, kept.kept(), sizeof other}) {
      REQUIRE(kept.move_to(other, capacity));
      REQUIRE((kept.id() == id && kept.type() == type && kept.data() == data));
      REQUIRE((kept.last_event_id() == "LL" && kept.capacity() == capacity));
    }
    REQUIRE(kept.replace_last_event_id("longer"));
    REQUIRE(kept.replace_last_event_id(kept.last_event_id().substr(2, 3)));
    REQUIRE(kept.last_event_id() == "nge");
    REQUIRE((kept.id() == id && kept.type() == type && kept.data() == data));
    kept.forget_data_and_type();
    REQUIRE((kept.id() == id && kept.type().empty() && kept.data().empty()));

    std::size_t place = 0;
    while (place < word.size() && ++word[place] == steps.size()) word[place++] = 0;
    if (place < word.size()) continue;
    if (word.size() == 5) break;
    word.push_back(0);
  }
}

TEST_CASE("a byte is taken if there is room, and a line of data needs one for its LF") {
  char storage[5];
  buffers kept(storage, sizeof storage);
  REQUIRE(kept.begin_data());
  for (const char c : {'a', 'b', 'c', 'd', 'e'}) CHECK(kept.append_data(c));
  CHECK_FALSE(kept.append_data('f'));
  kept.count_as_received(2);
  CHECK(kept.data() == "abc");
  CHECK(kept.received() == "de");
  kept.forget_received();
  kept.append_data("de");
  CHECK(kept.room() == 0);
  CHECK_FALSE(kept.append_data('f'));
  CHECK_FALSE(kept.begin_data());
  CHECK_FALSE(kept.replace_last_event_id("1"));
  CHECK(kept.data() == "abcde");
}

TEST_CASE("drained data are gone, and the line being received is not") {
  char storage[16];
  buffers kept(storage, sizeof storage);
  REQUIRE(kept.begin_data());
  kept.append_data("data");
  kept.append_data("12345");
  kept.count_as_received(5);
  CHECK(kept.drain() == "data");
  CHECK(kept.kept() == 5);
  CHECK(kept.drain().empty());
  kept.release_drained();
  CHECK(kept.received() == "12345");
  CHECK(kept.data().empty());
  CHECK(kept.has_data());
  kept.received_id();
  CHECK(kept.id() == "12345");
}

TEST_CASE("what was received may lose its beginning") {
  char storage[16];
  buffers kept(storage, sizeof storage);
  REQUIRE(kept.begin_data());
  kept.append_data("data");
  kept.append_data("id: 12");
  kept.count_as_received(6);
  kept.forget_first_received(4);
  CHECK(kept.received() == "12");
  CHECK(kept.data() == "data");
  kept.received_id();
  CHECK(kept.id() == "12");
  CHECK(kept.received().empty());
  CHECK(kept.kept() == 6);
  CHECK(kept.data() == "data");
}

TEST_CASE("a last event ID is refused if it lies where it would have to move things to") {
  for (std::size_t capacity = 8; capacity < 24; ++capacity) {
    CAPTURE(capacity);
    std::vector<char> storage(capacity);
    buffers kept(storage.data(), capacity);
    kept.append_data("received");
    kept.count_as_received(8);
    const std::string_view text = kept.received();
    kept.forget_received();
    kept.place_type("");
    const bool fits = kept.replace_last_event_id(text);
    CHECK(kept.last_event_id() == (fits ? "received" : ""));
    CHECK(kept.kept() == (fits ? 8 : 0));

    for (const std::size_t start : {0U, 1U, 5U}) {
      buffers beside(storage.data(), capacity);
      if (beside.room() < 12) continue;
      beside.append_data("received");
      beside.count_as_received(8);
      const std::string_view view = beside.received().substr(start);
      const std::string wanted(view);
      beside.forget_received();
      beside.place_type("type");
      const bool moved = beside.replace_last_event_id(view);
      CHECK(moved == (capacity >= 8 + view.size() + 4));
      CHECK(beside.last_event_id() == (moved ? wanted : ""));
      CHECK(beside.type() == "type");
    }
  }
}

TEST_CASE("a last event ID may lie next to the storage") {
  char memory[] = "1234........1234";
  for (const std::size_t at : {0U, 12U}) {
    buffers kept(memory + 4, 8);
    kept.place_type("type");
    CHECK(kept.replace_last_event_id({memory + at, 4}));
    CHECK(kept.last_event_id() == "1234");
    CHECK(kept.type() == "type");
  }
}

TEST_CASE("a last event ID that lies elsewhere is brought to its place") {
  char storage[8];
  buffers kept(storage, sizeof storage);
  std::string chunk = "id: 1234";
  kept.commit(std::string_view(chunk).substr(4));
  CHECK(kept.kept() == 4);
  kept.settle();
  chunk.assign(8, '#');
  CHECK(kept.last_event_id() == "1234");
  CHECK(kept.last_event_id().data() == storage + 4);
}

TEST_CASE("lines of data are joined by LF, if there is room beside the last event ID") {
  for (std::size_t capacity = 3; capacity <= 8; ++capacity) {
    CAPTURE(capacity);
    std::vector<char> storage(capacity);
    buffers kept(storage.data(), capacity);
    REQUIRE(kept.replace_last_event_id("7"));
    REQUIRE(kept.begin_data());
    kept.append_data("ab");
    CHECK(kept.append_line("cd", 2) == (capacity >= 6));
    CHECK(kept.data() == (capacity >= 6 ? "ab\ncd" : "ab"));
    if (capacity < 6) continue;
    CHECK(kept.append_line("", 0) == (capacity >= 7));
    CHECK(kept.data() == (capacity >= 7 ? "ab\ncd\n" : "ab\ncd"));
    CHECK(kept.last_event_id() == "7");
  }
}

TEST_CASE("joining copies more than a short line where there is more, and no byte further") {
  // Whatever can be read behind the line, and whatever room there is behind the data.
  const std::string chunk(300, 'c');
  for (const std::size_t line : {0U, 1U, 60U, 63U, 64U, 65U, 150U}) {
    for (std::size_t readable = line; readable <= 300; readable += readable < 140 ? 1 : 40) {
      for (std::size_t capacity = line + 3; capacity <= 300; capacity += capacity < 140 ? 1 : 40) {
        const std::string text = chunk.substr(0, readable);
        std::vector<char> storage(capacity, '#');
        buffers kept(storage.data(), capacity);
        REQUIRE(kept.replace_last_event_id("7"));
        REQUIRE(kept.begin_data());
        kept.append_data("a");
        REQUIRE(kept.append_line(std::string_view(text).substr(0, line), readable));
        REQUIRE(kept.data() == "a\n" + std::string(line, 'c'));
        REQUIRE(kept.last_event_id() == "7");
      }
    }
  }
}

}  // namespace
