// SPDX-License-Identifier: MIT
// Where a client goes on that comes back to a channel with an ID, and IDs for heartbeats.
#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <sse/channel.hpp>
#include <sse/writer.hpp>
#include <string>
#include <string_view>

#include "support/followed.hpp"

namespace {

using namespace following;

constexpr std::uint64_t last_number = ~std::uint64_t{};

// Publishes data that count from 1 on.
void publish(lent& it, int count) {
  for (int i = 1; i <= count; ++i) {
    const std::string data = std::to_string(i);
    it.publish({data});
  }
}

// ---- The channel's IDs

TEST_CASE("a channel numbers its events") {
  lent it(200, 8, 0x65f1a2b3, 17);
  publish(it, 2);
  CHECK(it.channel.publish(sse::event("").with_id("1")) == status::invalid_id);
  CHECK(it.channel.publish(sse::event("").with_id("")) == status::invalid_id);
  publish(it, 1);
  sse::cursor at = it.channel.oldest();
  CHECK(take(it.channel, at) ==
        "id: 65f1a2b3-17\ndata: 1\n\nid: 65f1a2b3-18\ndata: 2\n\nid: 65f1a2b3-19\ndata: 1\n\n");
}

TEST_CASE("numbers begin with 1, and an epoch may be any number") {
  lent none(100, 4, 0), large(100, 4, 0xfedcba9876543210, last_number);
  publish(none, 1);
  publish(large, 2);
  sse::cursor at = none.channel.oldest();
  CHECK(take(none.channel, at) == "id: 0-1\ndata: 1\n\n");
  at = large.channel.oldest();
  CHECK(take(large.channel, at) ==
        "id: fedcba9876543210-18446744073709551615\ndata: 1\n\n"
        "id: fedcba9876543210-0\ndata: 2\n\n");
  CHECK(resume(large.channel, "fedcba9876543210-18446744073709551615") == "replay 1");
}

TEST_CASE("the ID counts when it is seen what fits") {
  lent just(17, 4, 5), too_small(16, 4, 5);
  CHECK(just.channel.publish({"a"}) == status::ok);
  CHECK(too_small.channel.publish({"a"}) == status::no_space);
  CHECK(too_small.channel.publish({""}) == status::ok);
}

TEST_CASE("what is refused takes no number") {
  lent it(40, 4, 5);
  CHECK(it.channel.publish({"a\nb", ""}) == status::invalid_type);
  CHECK(it.channel.publish({std::string_view("0123456789012345678901234")}) == status::no_space);
  it.publish({""});
  sse::cursor at = it.channel.oldest();
  CHECK(take(it.channel, at) == "id: 5-1\ndata: \n\n");
}

TEST_CASE("who has no ID begins with the next event") {
  lent numbered(100, 4, 5), other(100, 4);
  for (lent* it : {&numbered, &other}) {
    CHECK(resume(it->channel, "") == "live");
    publish(*it, 2);
    CHECK(resume(it->channel, "") == "live");
  }
}

TEST_CASE("who comes back gets what came behind its ID, if that is there") {
  lent it(100, 3, 5);
  CHECK(resume(it.channel, "5-0") == "live");
  publish(it, 5);
  CHECK(resume(it.channel, "5-5") == "live");
  CHECK(resume(it.channel, "5-4") == "replay 1");
  CHECK(resume(it.channel, "5-3") == "replay 2");
  CHECK(resume(it.channel, "5-2") == "replay 3");  // what it has is gone, what it has not is there
  CHECK(resume(it.channel, "5-1") == "evicted 1, replay 3");
  CHECK(resume(it.channel, "5-0") == "evicted 2, replay 3");
  sse::cursor at = it.channel.resume("5-3").where;
  CHECK(take(it.channel, at) == "id: 5-4\ndata: 4\n\nid: 5-5\ndata: 5\n\n");
}

TEST_CASE(
    "who comes back with an ID of an earlier life that was gone on with has missed something") {
  lent it(100, 3, 5, 100);
  CHECK(resume(it.channel, "5-99") == "live");
  CHECK(resume(it.channel, "5-98") == "evicted 1, replay 0");
  publish(it, 1);
  CHECK(resume(it.channel, "5-99") == "replay 1");
  CHECK(resume(it.channel, "5-90") == "evicted 9, replay 1");
}

TEST_CASE("an ID that is still to come, or of another epoch, is unknown") {
  lent it(100, 3, 5);
  publish(it, 2);
  CHECK(resume(it.channel, "5-3") == "unknown, replay 2");
  CHECK(resume(it.channel, "5-1000") == "unknown, replay 2");
  CHECK(resume(it.channel, "4-1") == "unknown, replay 2");
  CHECK(resume(it.channel, "15-1") == "unknown, replay 2");
}

TEST_CASE("of numbers that go round the nearer half is before, the other one is to come") {
  constexpr std::uint64_t half = std::uint64_t{1} << 63;
  lent it(100, 3, 5, half + 10);
  CHECK(resume(it.channel, "5-10") == "evicted 9223372036854775807, replay 0");
  CHECK(resume(it.channel, "5-9") == "unknown, replay 0");
  lent round(100, 3, 5, last_number);
  publish(round, 4);
  CHECK(resume(round.channel, "5-2") == "live");
  CHECK(resume(round.channel, "5-18446744073709551615") == "replay 3");
  CHECK(resume(round.channel, "5-18446744073709551614") == "evicted 1, replay 3");
  CHECK(resume(round.channel, "5-3") == "unknown, replay 3");
}

TEST_CASE("what is not written as the channel writes its IDs is unknown") {
  lent it(100, 3, 0x5a);
  publish(it, 2);
  CHECK(resume(it.channel, "5a-1") == "replay 1");
  for (const std::string_view id : {"5A-1",
                                    "05a-1",
                                    "5a-01",
                                    "5a-",
                                    "-1",
                                    "-",
                                    "5a",
                                    "5a1",
                                    "5a--1",
                                    "5a-1-",
                                    "5a-1-1",
                                    "5a-a",
                                    "5a-+1",
                                    "5a-1 ",
                                    " 5a-1",
                                    "5a-1\t",
                                    "5g-1",
                                    "5`-1",
                                    "5/-1",
                                    "5:-1",
                                    "5a-/",
                                    "5a-:",
                                    "a",
                                    "5a-18446744073709551617",
                                    "1000000000000005a-1",
                                    "5a_1",
                                    "0000000000000000000000000000000000000000000000000000005a-1"}) {
    CAPTURE(id);
    CHECK(resume(it.channel, id) == "unknown, replay 2");
  }
  CHECK(resume(it.channel, std::string_view("5a-1\0", 5)) == "unknown, replay 2");
}

// ---- The publisher's IDs

TEST_CASE("who comes back with a publisher's ID goes on behind the newest event that has it") {
  lent it(200, 8);
  it.publish(sse::event("1").with_id("a"));
  it.publish(sse::event("2").with_id("b"));
  it.publish(sse::event("3").with_id("a"));
  it.publish({"4"});
  it.publish(sse::event("type", "5").with_id("c"));
  CHECK(resume(it.channel, "c") == "live");
  CHECK(resume(it.channel, "a") == "replay 2");
  CHECK(resume(it.channel, "b") == "replay 3");
  sse::cursor at = it.channel.resume("a").where;
  CHECK(take(it.channel, at) == "data: 4\n\nevent: type\nid: c\ndata: 5\n\n");
}

TEST_CASE("a publisher's ID that is not there is unknown") {
  lent it(200, 2);
  it.publish(sse::event("1").with_id("a"));
  it.publish(sse::event("2").with_id("bc"));
  it.publish(sse::event("3").with_id(""));
  for (const std::string_view id : {"a", "b", "c", "bcd", "bd", "5-1", "1"}) {
    CAPTURE(id);
    CHECK(resume(it.channel, id) == "unknown, replay 2");
  }
  CHECK(resume(it.channel, "bc") == "replay 1");
}

TEST_CASE("an ID is found wherever the ring ends, and nothing that is but like it") {
  const std::string_view id = "abcd";
  const std::size_t size = sse::encoded_size(sse::event("").with_id(id));
  for (std::size_t offset = 8; offset < 8 + size; ++offset) {
    lent it(8 + size, 4);
    const std::string data(offset - 8, 'x');
    it.publish({data});
    it.publish(sse::event("").with_id(id));
    CAPTURE(offset);
    CHECK(resume(it.channel, id) == "live");
    for (const std::string_view other : {"xbcd", "axcd", "abxd", "abcx", "abc", "bcd", "abcde"}) {
      CHECK(resume(it.channel, other).substr(0, 7) == "unknown");
    }
    CHECK(id_at(it.channel, it.channel.newest(), 4) == id);
  }
}

// ---- What a heartbeat says

TEST_CASE("who comes back with a heartbeat's ID goes on where it was") {
  lent it(200, 8, 5);
  sse::cursor at = it.channel.newest();
  CHECK(id_at(it.channel, at) == "5-0");
  publish(it, 2);
  CHECK(id_at(it.channel, at) == "5-0");
  CHECK(id_at(it.channel, it.channel.newest()) == "5-2");
  static_cast<void>(take(it.channel, at));
  CHECK(id_at(it.channel, at) == "5-2");
  publish(it, 1);
  CHECK(it.channel.resume(id_at(it.channel, at)).where == at);
}

TEST_CASE("who is overtaken can still be told its ID, by which it learns what it missed") {
  lent it(100, 2, 5);
  const sse::cursor at = it.channel.newest();
  publish(it, 3);
  CHECK(id_at(it.channel, at) == "5-0");
  CHECK(resume(it.channel, id_at(it.channel, at)) == "evicted 1, replay 2");
}

TEST_CASE("within an event nothing can be said") {
  lent numbered(100, 4, 5), other(100, 4);
  numbered.publish({"1"});
  other.publish(sse::event("1").with_id("a"));
  for (lent* it : {&numbered, &other}) {
    it->publish({"2"});
    sse::cursor at = it->channel.newest();
    it->publish({"3"});
    CHECK_FALSE(id_at(it->channel, at).empty());
    it->channel.sent(at, 3);
    CHECK(id_at(it->channel, at).empty());
  }
}

TEST_CASE("of the publisher's IDs the newest is told that came before") {
  lent it(200, 3);
  CHECK(id_at(it.channel, it.channel.newest()).empty());
  sse::cursor at = it.channel.newest();
  it.publish({"0"});
  CHECK(id_at(it.channel, it.channel.newest()).empty());
  it.publish(sse::event("1").with_id("a"));
  it.publish({"2"});
  CHECK(id_at(it.channel, at).empty());
  CHECK(id_at(it.channel, it.channel.newest()) == "a");
  const sse::cursor behind_a = it.channel.newest();
  it.publish(sse::event("3").with_id("bcd"));
  CHECK(id_at(it.channel, at).empty());  // it is overtaken
  CHECK(id_at(it.channel, behind_a) == "a");
  CHECK(id_at(it.channel, it.channel.newest()) == "bcd");
  it.publish(sse::event("4").with_id(""));
  CHECK(id_at(it.channel, it.channel.newest()).empty());
}

TEST_CASE("an ID is told whole, or not at all") {
  lent numbered(100, 4, 0x5a), other(100, 4);
  numbered.publish({"1"});
  other.publish(sse::event("1").with_id("abcd"));
  CHECK(id_at(numbered.channel, numbered.channel.newest(), 4) == "5a-1");
  CHECK(id_at(other.channel, other.channel.newest(), 4) == "abcd");
  for (std::size_t capacity = 0; capacity < 4; ++capacity) {
    CHECK(id_at(numbered.channel, numbered.channel.newest(), capacity).empty());
    CHECK(id_at(other.channel, other.channel.newest(), capacity).empty());
  }
  lent longest(100, 1, last_number, 0);
  CHECK(id_at(longest.channel, longest.channel.newest(), 37) ==
        "ffffffffffffffff-18446744073709551615");
}

}  // namespace
