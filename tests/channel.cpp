// SPDX-License-Identifier: MIT
// A channel: what is published, what goes, and what is there for a follower.
#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <sse/channel.hpp>
#include <sse/writer.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "support/followed.hpp"

namespace {

using namespace following;
using std::chrono::milliseconds;

const sse::event a = {"a"}, b = {"b"};  // of 9 bytes each
constexpr std::string_view a_bytes = "data: a\n\n", b_bytes = "data: b\n\n";

std::string all_of(const sse::channel& channel) {
  sse::cursor at = channel.oldest();
  return take(channel, at);
}

TEST_CASE("a follower gets what is published, as a writer would write it") {
  lent it(200, 8);
  sse::cursor at = it.channel.newest();
  const sse::event e = sse::event("tick", "a\r\nb\nc").with_id("7").with_retry(milliseconds(20));
  it.publish(e);
  it.publish({"message", ""});
  it.publish({""});
  CHECK(take(it.channel, at) ==
        "event: tick\nid: 7\nretry: 20\ndata: a\ndata: b\ndata: c\n\nevent: message\ndata: \n\n"
        "data: \n\n");
  CHECK(take(it.channel, at).empty());
  CHECK(at == it.channel.newest());
  CHECK(it.channel.count() == 3);
}

TEST_CASE("a cursor is in front of the oldest event, behind the newest, or between") {
  lent it(100, 8);
  CHECK(it.channel.oldest() == it.channel.newest());
  it.publish(a);
  it.publish(b);
  CHECK(it.channel.oldest() != it.channel.newest());
  CHECK_FALSE(it.channel.oldest() == it.channel.newest());
  CHECK_FALSE(it.channel.oldest() != it.channel.oldest());
  CHECK_FALSE(it.channel.oldest().is_within_event());
  sse::cursor at = it.channel.oldest();
  it.channel.sent(at, 1);
  CHECK(at.is_within_event());
  CHECK(at != it.channel.oldest());
  it.channel.sent(at, 8);
  CHECK_FALSE(at.is_within_event());
  CHECK(at != it.channel.oldest());
  CHECK(at != it.channel.newest());
}

TEST_CASE("what is published may be one text, or two, and these temporaries") {
  lent it(200, 8, 5);
  CHECK(it.channel.publish("a") == status::ok);
  CHECK(it.channel.publish(std::to_string(1)) == status::ok);
  CHECK(it.channel.publish(std::string("tick"), std::to_string(2)) == status::ok);
  CHECK(it.channel.publish("tick", "3", 7) == status::ok);
  CHECK(it.channel.publish({"4"}, 7) == status::ok);
  sse::cursor all = it.channel.oldest(), sevenths = all;
  CHECK(take(it.channel, all) ==
        "id: 5-1\ndata: a\n\nid: 5-2\ndata: 1\n\nevent: tick\nid: 5-3\ndata: 2\n\n"
        "event: tick\nid: 5-4\ndata: 3\n\nid: 5-5\ndata: 4\n\n");
  CHECK(read(it.channel, sevenths, 8, only{7}) ==
        "event: tick\nid: 5-4\ndata: 3\n\nid: 5-5\ndata: 4\n\n");
}

TEST_CASE("a cursor of no channel is none of a channel whose numbers begin with 1") {
  lent numbered(100, 8, 5), other(100, 8);
  for (const lent* it : {&numbered, &other}) {
    CHECK(sse::cursor() != it->channel.oldest());
    CHECK_FALSE(sse::cursor().is_within_event());
  }
}

TEST_CASE("what is found says nothing before it is filled") {
  const sse::resumed found;
  CHECK(found.kind == sse::resumed::live);
  CHECK(found.where == sse::cursor());
  CHECK(found.count == 0);
  CHECK(found.missed == 0);
  const sse::reading next;
  CHECK(next.kind == sse::reading::ok);
  CHECK(next.count == 0);
  CHECK(next.bytes == 0);
  CHECK(next.missed == 0);
}

TEST_CASE("the memory may be arrays, containers, or pointers and sizes") {
  char bytes[20];
  sse::channel::entry entries[2];
  sse::channel of_arrays(bytes, entries);
  CHECK(of_arrays.publish(a) == status::ok);
  CHECK(all_of(of_arrays) == a_bytes);
  std::vector<std::byte> many(20);
  std::array<sse::channel::entry, 2> two;
  sse::channel of_containers(many, two);
  CHECK(of_containers.publish(b) == status::ok);
  CHECK(all_of(of_containers) == b_bytes);
  sse::channel of_pointers({bytes, 9}, {entries, 1});
  CHECK(of_pointers.publish(a) == status::ok);
  CHECK(of_pointers.publish(b) == status::ok);
  CHECK(all_of(of_pointers) == b_bytes);
}

// ---- What is refused, and what goes

TEST_CASE("what a writer refuses is refused, and nothing is evicted for it") {
  lent it(18, 2);
  it.publish(a);
  it.publish(b);
  CHECK(it.channel.publish({"a\nb", ""}) == status::invalid_type);
  CHECK(it.channel.publish(a.with_id("\n")) == status::invalid_id);
  CHECK(it.channel.publish(a.with_retry(milliseconds(-1))) == status::invalid_retry);
  CHECK(it.channel.publish({"0123456789 "}) == status::no_space);
  CHECK(it.channel.count() == 2);
  CHECK(all_of(it.channel) == std::string(a_bytes) + std::string(b_bytes));
}

TEST_CASE("where there is no memory, nothing fits") {
  lent no_bytes(0, 4), no_entries(100, 0), too_few(8, 4);
  for (lent* it : {&no_bytes, &no_entries, &too_few}) {
    CHECK(it->channel.publish(a) == status::no_space);
    CHECK(it->channel.count() == 0);
    CHECK(it->channel.oldest() == it->channel.newest());
    CHECK(all_of(it->channel).empty());
    sse::cursor at = it->channel.newest();
    it->channel.skip(at);
    it->channel.sent(at, 0);
    CHECK(at == it->channel.newest());
  }
}

TEST_CASE("an event as large as the ring takes all of it") {
  lent it(18, 4);
  it.publish(a);
  it.publish(b);
  it.publish({"0123456789"});
  CHECK(it.channel.count() == 1);
  CHECK(all_of(it.channel) == "data: 0123456789\n\n");
}

TEST_CASE("of the oldest events no more go than have to") {
  lent few_bytes(27, 100);
  for (int i = 0; i < 3; ++i) few_bytes.publish(a);
  few_bytes.publish({"b"});
  CHECK(few_bytes.channel.count() == 3);
  few_bytes.publish({"bb"});
  CHECK(few_bytes.channel.count() == 2);
  CHECK(all_of(few_bytes.channel) == "data: b\n\ndata: bb\n\n");
  few_bytes.publish({""});
  CHECK(few_bytes.channel.count() == 3);

  lent few_entries(100, 2);
  for (const sse::event& e : {a, b, a}) few_entries.publish(e);
  CHECK(few_entries.channel.count() == 2);
  CHECK(all_of(few_entries.channel) == "data: b\n\ndata: a\n\n");
}

TEST_CASE("where there is one entry, each event takes the place of the one before") {
  lent it(100, 1);
  sse::cursor at = it.channel.newest();
  for (const sse::event& e : {a, b, a}) {
    it.publish(e);
    CHECK(take(it.channel, at) == (e == a ? a_bytes : b_bytes));
    CHECK(it.channel.count() == 1);
  }
}

// ---- Pieces

// A ring whose next event begins at that byte.
void begin_at(lent& it, std::size_t offset) {
  const std::string data(offset - sse::encoded_size(""), 'x');
  it.publish({data});
}

TEST_CASE("wherever the ring ends, what is there is two pieces at most, and the bytes the same") {
  const std::string both = std::string(a_bytes) + std::string(b_bytes);
  for (std::size_t offset = 8; offset <= 24; ++offset) {
    lent it(24, 8);
    begin_at(it, offset);
    it.publish(a);
    it.publish(b);
    CAPTURE(offset);
    sse::cursor at = it.channel.oldest();
    if (it.channel.count() == 3) it.channel.sent(at, offset);
    const bool is_cut_in_two = offset > 6 && offset < 24;
    std::string expected = both;
    if (is_cut_in_two) expected.insert(24 - offset, "|");
    CHECK(read(it.channel, at) == expected);
    CHECK(read(it.channel, at, 2) == expected);
    CHECK(read(it.channel, at, 1) == expected.substr(0, expected.find('|')));
    CHECK(read(it.channel, at, 0).empty());
  }
}

TEST_CASE("pieces may be of any type that is made of a pointer and a size") {
  struct piece {
    void* base;
    std::size_t size;
  };
  lent it(100, 2);
  it.publish(a);
  sse::cursor at = it.channel.oldest();
  piece pieces[1];
  CHECK(it.channel.read(at, pieces, 1).count == 1);
  CHECK(std::string_view(static_cast<char*>(pieces[0].base), pieces[0].size) == a_bytes);
  CHECK(pieces[0].base == it.bytes.data());
}

// ---- What was sent

TEST_CASE("what was sent is not read again, whatever the steps, and wherever the ring ends") {
  for (std::size_t offset = 8; offset <= 40; ++offset) {
    for (std::size_t step = 1; step <= 40; ++step) {
      lent it(40, 8);
      begin_at(it, offset);
      std::string expected;
      for (const std::string_view data : {"a", "", "bcd"}) {
        it.publish({data});
        expected += "data: " + std::string(data) + "\n\n";
      }
      sse::cursor at = it.channel.oldest();
      if (it.channel.count() == 4) it.channel.sent(at, offset);
      std::string seen;
      while (at != it.channel.newest()) {
        std::string_view piece;
        REQUIRE(it.channel.read(at, &piece, 1).count == 1);
        const std::size_t size = piece.size() < step ? piece.size() : step;
        seen += piece.substr(0, size);
        it.channel.sent(at, size);
        const auto is_whole = [&seen](std::size_t end) { return seen.size() == end; };
        CHECK(at.is_within_event() == !(is_whole(9) || is_whole(17) || is_whole(28)));
      }
      CHECK(seen == expected);
    }
  }
}

TEST_CASE("a follower may be anywhere among many events") {
  lent it(9 * 100, 100);
  for (int i = 0; i < 150; ++i) it.publish(a);
  for (std::size_t bytes = 0; bytes <= 900; ++bytes) {
    sse::cursor at = it.channel.oldest();
    it.channel.sent(at, bytes);
    CHECK(at.is_within_event() == (bytes % 9 != 0));
    CHECK(take(it.channel, at).size() == 900 - bytes);
  }
}

// ---- Who is slow

TEST_CASE("who is overtaken between two events is told how many are missed, and goes on") {
  lent it(27, 8);
  sse::cursor at = it.channel.newest();
  for (int i = 0; i < 3; ++i) it.publish(a);
  sse::cursor second = at;
  it.channel.sent(second, 9);
  for (int i = 0; i < 2; ++i) it.publish(b);
  CHECK(read(it.channel, at) == "overtaken, 2 missed");
  CHECK(at == it.channel.oldest());
  CHECK(take(it.channel, at) == "data: a\n\ndata: b\n\ndata: b\n\n");
  CHECK(read(it.channel, second, 0) == "overtaken, 1 missed");
  CHECK(second == it.channel.oldest());
}

TEST_CASE("who is overtaken within an event is cut, and stays so") {
  lent it(18, 8);
  sse::cursor at = it.channel.newest();
  it.publish(a);
  it.channel.sent(at, 3);
  it.publish(b);
  CHECK(read(it.channel, at) == "a: a\n\ndata: b\n\n");
  it.publish(a);
  for (int i = 0; i < 2; ++i) {
    CHECK(read(it.channel, at) == "cut");
    CHECK(at.is_within_event());
    it.channel.skip(at);
  }
}

TEST_CASE("who is cut may say that nothing was sent, as nothing was there to be sent") {
  lent it(18, 8);
  sse::cursor at = it.channel.newest();
  it.publish(a);
  it.channel.sent(at, 3);
  for (int i = 0; i < 2; ++i) it.publish(b);
  std::string_view pieces[8];
  const sse::cursor before = at;
  it.channel.sent(at, it.channel.read(at, pieces, 8).bytes);
  it.channel.sent(at, it.channel.read(at, pieces, 8, only{0}).bytes, only{0});
  CHECK(at == before);
  CHECK(read(it.channel, at) == "cut");
}

TEST_CASE("who has got an event whole goes on when it is evicted") {
  lent it(18, 8);
  sse::cursor at = it.channel.newest();
  it.publish(a);
  CHECK(take(it.channel, at) == a_bytes);
  it.publish(b);
  it.publish(a);
  CHECK(take(it.channel, at) == "data: b\n\ndata: a\n\n");
}

TEST_CASE("a channel goes on when its numbers go round") {
  for (std::uint64_t life = 0; life < 9; ++life) {
    const std::uint64_t first = life < 6 ? 0xFFFFFFFFFFFFFFFA + life : life - 6;
    lent it(60, 3, 1, first);
    sse::cursor at = it.channel.newest();
    sse::cursor slow = at;
    for (int i = 0; i < 6; ++i) {
      it.publish({""});
      CHECK(take(it.channel, at).find("data: \n\n") != std::string::npos);
    }
    CHECK(at == it.channel.newest());
    CHECK(it.channel.count() < 4);
    CHECK(read(it.channel, slow) ==
          "overtaken, " + std::to_string(6 - it.channel.count()) + " missed");
    sse::cursor latest = it.channel.oldest();
    it.channel.skip(latest);
    CHECK(resume(it.channel, id_at(it.channel, latest)) == "replay 1");
  }
}

// ---- In the compiler

constexpr bool holds_in_constant_expressions() {
  char bytes[40] = {};
  sse::channel::entry entries[3] = {};
  sse::channel channel(bytes, entries, 0xAB, 9);
  sse::cursor at = channel.newest();
  sse::cursor slow = at;
  std::string_view pieces[2] = {};
  bool ok = true;
  for (const std::string_view data : {"a", "b", "c"}) {
    ok = ok && channel.publish({data}, 1) == status::ok;
    const sse::reading next = channel.read(at, pieces, 2, only{1});
    ok = ok && next.kind == sse::reading::ok && next.bytes == (data == "a" ? 18 : 19);
    channel.sent(at, next.bytes);
    ok = ok && at == channel.newest();
  }
  ok = ok && channel.count() == 2 && channel.resume("ab-10").count == 1;
  ok = ok && channel.read(slow, pieces, 2).missed == 1;
  channel.skip(slow, only{1});
  char memory[37] = {};
  return ok && channel.last_event_id(slow, memory) == "ab-10";
}
static_assert(holds_in_constant_expressions());

}  // namespace
