// SPDX-License-Identifier: MIT
// Followers of a channel that want some topics, or the newest event alone.
#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <sse/channel.hpp>
#include <string>
#include <string_view>

#include "support/followed.hpp"

namespace {

using namespace following;

// Publishes an event of one letter for each: of topic 0 if it is small, else of topic 1.
void publish(lent& it, std::string_view letters) {
  for (const char& c : letters) it.publish({std::string_view(&c, 1)}, c < 'a');
}

// The data of the events, and bars.
template <class... Wants>
std::string letters(const lent& it, sse::cursor& at, std::size_t capacity, const Wants&... wants) {
  const std::string told = read(it.channel, at, capacity, wants...);
  std::string seen;
  for (std::size_t i = 0; i < told.size(); ++i) {
    if (told[i] == '|' || (i >= 6 && told.compare(i - 6, 6, "data: ") == 0)) seen += told[i];
  }
  return seen;
}

TEST_CASE("who wants a topic gets its events, and those that touch are one piece") {
  lent it(200, 10);
  publish(it, "abABcCd");
  sse::cursor at = it.channel.oldest();
  CHECK(letters(it, at, 8) == "abABcCd");
  CHECK(letters(it, at, 8, only{0}) == "ab|c|d");
  CHECK(letters(it, at, 8, only{1}) == "AB|C");
  CHECK(letters(it, at, 8, only{2}).empty());
}

TEST_CASE("an event that is given no topic has the topic 0") {
  lent it(200, 10);
  it.publish({"a"});
  sse::cursor at = it.channel.oldest();
  CHECK(letters(it, at, 8, only{0}) == "a");
}

TEST_CASE("so many pieces are read as there is room for") {
  lent it(200, 10);
  publish(it, "abABcCd");
  for (const auto& [capacity, expected] :
       {std::pair{0U, ""}, {1U, "ab"}, {2U, "ab|c"}, {3U, "ab|c|d"}, {4U, "ab|c|d"}}) {
    sse::cursor at = it.channel.oldest();
    CHECK(letters(it, at, capacity, only{0}) == expected);
    CHECK(at == it.channel.oldest());
  }
}

TEST_CASE("events touch across the ring's begin, and not across its end") {
  lent it(27, 10);
  publish(it, "xaBc");
  sse::cursor at = it.channel.oldest();
  CHECK(letters(it, at, 8, only{0}) == "a|c");
  publish(it, "d");
  CHECK(letters(it, at, 8) == "");  // it is overtaken
  CHECK(letters(it, at, 8) == "B|cd");
  CHECK(letters(it, at, 8, only{0}) == "cd");
  lent odd(30, 10);
  publish(odd, "xabc");
  at = odd.channel.oldest();
  CHECK(read(odd.channel, at, 1, only{0}) == "data: a\n\ndata: b\n\ndat");
  CHECK(read(odd.channel, at, 2, only{0}) == "data: a\n\ndata: b\n\ndat|a: c\n\n");
}

TEST_CASE("what is not wanted is passed over, and what was sent is not read again") {
  for (std::size_t step = 1; step < 40; ++step) {
    lent it(40, 10);
    publish(it, "xAabBcC");
    CHECK(it.channel.count() == 4);
    sse::cursor at = it.channel.oldest();
    std::string seen;
    for (;;) {
      std::string_view piece;
      if (it.channel.read(at, &piece, 1, only{0}).count == 0) break;
      const std::size_t size = piece.size() < step ? piece.size() : step;
      seen += piece.substr(0, size);
      it.channel.sent(at, size, only{0});
    }
    CHECK(seen == "data: b\n\ndata: c\n\n");
    CHECK(at == it.channel.newest());
  }
}

TEST_CASE("what was sent may go over several events, and what lies between") {
  lent it(200, 10);
  publish(it, "aABbCc");
  sse::cursor at = it.channel.oldest();
  it.channel.sent(at, 0, only{0});
  CHECK(at == it.channel.oldest());
  it.channel.sent(at, 9 + 3, only{0});
  CHECK(at.is_within_event());
  CHECK(read(it.channel, at, 8, only{0}) == "a: b\n\n|data: c\n\n");
  it.channel.sent(at, 6 + 9, only{0});
  CHECK(at == it.channel.newest());
}

TEST_CASE("what was begun is sent to its end, also to those who do not want it any more") {
  lent it(200, 10);
  publish(it, "aAb");
  sse::cursor at = it.channel.oldest();
  it.channel.sent(at, 3, only{0});
  CHECK(read(it.channel, at, 8, only{1}) == "a: a\n\ndata: A\n\n");
  it.channel.sent(at, 6, only{1});
  CHECK(letters(it, at, 8, only{1}) == "A");
}

TEST_CASE("who wants a topic is overtaken and cut as others are") {
  lent it(27, 10);
  publish(it, "ABC");
  sse::cursor at = it.channel.oldest();
  sse::cursor within = at;
  it.channel.sent(within, 1, only{1});
  publish(it, "de");
  CHECK(read(it.channel, at, 8, only{0}) == "overtaken, 2 missed");
  CHECK(letters(it, at, 8, only{0}) == "de");
  CHECK(read(it.channel, within, 8, only{1}) == "cut");
}

// ---- The newest alone

TEST_CASE("all but the newest is left out") {
  lent it(200, 10);
  publish(it, "abAc");
  sse::cursor at = it.channel.oldest();
  it.channel.skip(at);
  CHECK(letters(it, at, 8) == "c");
  it.channel.skip(at);
  CHECK(letters(it, at, 8) == "c");
  it.channel.sent(at, 9);
  it.channel.skip(at);
  CHECK(letters(it, at, 8).empty());
  publish(it, "de");
  it.channel.skip(at);
  CHECK(letters(it, at, 8) == "e");
}

TEST_CASE("all but the newest that is wanted is left out, or all") {
  lent it(200, 10);
  publish(it, "aAbBc");
  sse::cursor at = it.channel.oldest();
  it.channel.skip(at, only{1});
  CHECK(letters(it, at, 8, only{1}) == "B");
  it.channel.sent(at, 9, only{1});
  it.channel.skip(at, only{1});
  CHECK(at == it.channel.newest());
  at = it.channel.oldest();
  it.channel.skip(at, only{2});
  CHECK(at == it.channel.newest());
}

TEST_CASE("within an event nothing is left out") {
  lent it(200, 10);
  publish(it, "abc");
  sse::cursor at = it.channel.oldest();
  it.channel.sent(at, 1);
  const sse::cursor before = at;
  it.channel.skip(at);
  CHECK(at == before);
  it.channel.sent(at, 8);
  it.channel.skip(at);
  CHECK(letters(it, at, 8) == "c");
}

TEST_CASE("who leaves out what came in between has missed nothing") {
  lent it(27, 10);
  sse::cursor any = it.channel.newest();
  sse::cursor small = any;
  sse::cursor none = any;
  publish(it, "abcdeFG");
  it.channel.skip(any);
  CHECK(letters(it, any, 8) == "G");
  it.channel.skip(small, only{0});
  CHECK(letters(it, small, 8, only{0}) == "e");
  it.channel.skip(none, only{2});
  CHECK(none == it.channel.newest());
  lent other(27, 10);
  sse::cursor late = other.channel.newest();
  publish(other, "abABC");  // what was wanted is gone
  other.channel.skip(late, only{0});
  CHECK(late == other.channel.newest());
}

// ---- What a heartbeat says

TEST_CASE("who follows a quiet topic comes back behind what others said") {
  lent it(200, 10, 5);
  sse::cursor at = it.channel.newest();
  publish(it, "AaBC");
  CHECK(letters(it, at, 8, only{0}) == "a");
  CHECK(id_at(it.channel, at) == "5-1");
  it.channel.sent(at, 17, only{0});
  CHECK(letters(it, at, 8, only{0}).empty());
  CHECK(at == it.channel.newest());
  CHECK(id_at(it.channel, at) == "5-4");
  CHECK(resume(it.channel, "5-4") == "live");
}

TEST_CASE("a heartbeat tells a publisher's ID of any topic") {
  lent it(200, 10);
  sse::cursor at = it.channel.newest();
  it.publish(sse::event("a").with_id("x"), 0);
  it.publish(sse::event("b").with_id("y"), 1);
  CHECK(take(it.channel, at, only{0}) == "id: x\ndata: a\n\n");
  CHECK(id_at(it.channel, at) == "x");
  CHECK(read(it.channel, at, 8, only{0}).empty());
  CHECK(id_at(it.channel, at) == "y");
  CHECK(resume(it.channel, "y") == "live");
}

}  // namespace
