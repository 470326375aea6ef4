// SPDX-License-Identifier: MIT
// sse::parser and drain: data taken before their event is over.
#include <sse/parser.hpp>
// It comes first, for it needs nothing in front of it.

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "support/lent.hpp"

namespace {

using namespace lending;

}  // namespace

TEST_CASE("drained pieces and the rest are the data, and the rest of the event is intact") {
  const std::string stream =
      "id:1\nevent:t\ndata:abc\ndata\ndata:de\ndata:fghi\nid:2\n\ndata:x\n\n";
  for (std::size_t capacity = 4; capacity < 16; ++capacity) {
    for (const chunks& cut : cuts(stream)) {
      lent to(capacity);
      std::string drained;
      const events seen = read(to, cut, [&] {
        const std::string_view piece = to.parser.drain();
        CHECK_FALSE(piece.empty());
        drained += piece;
      });
      REQUIRE(seen.size() == 2);
      CHECK(drained + seen[0].data == "abc\n\nde\nfghi");
      CHECK((events{{"", seen[0].type, seen[0].id}, seen[1]}) == events{{"", "t", "2"}, {"x"}});
    }
  }
}

TEST_CASE("data may be drained at any time") {
  const std::string stream = "data:abc\ndata\nid:12\nevent:tick\ndata:de\n:c\ndata:f\n\n";
  for (std::size_t first = 0; first < stream.size() - 1; ++first) {
    for (std::size_t second = first; second < stream.size() - 1; ++second) {
      lent to(32);
      const std::string_view text = stream;
      CHECK(fits(to, {text.substr(0, first)}));
      std::string drained(to.parser.drain());
      CHECK(fits(to, {text.substr(first, second - first)}));
      drained += to.parser.drain();
      CHECK(to.parser.drain().empty());
      const events seen = read(to, {text.substr(second)}, skip);
      REQUIRE(seen.size() == 1);
      CHECK(drained + seen[0].data == "abc\n\nde\nf");
      CHECK(seen[0].type == "tick");
      CHECK(seen[0].id == "12");
    }
  }
}

TEST_CASE("what is drained holds until the next call, and is drained once") {
  lent to(4);
  CHECK(to.parser.drain().empty());
  CHECK(read(to, {"id:1\ndata:abc"}, skip).empty());
  const std::string_view drained = to.parser.drain();
  CHECK(to.parser.kept() == 1);
  CHECK(to.parser.pending());
  CHECK(to.parser.last_event_id().empty());
  CHECK(drained == "abc");
  CHECK(to.parser.drain().empty());
  CHECK(to.lend(1));
  CHECK(read(to, {"\n\n"}, skip) == events{{"", "message", "1"}});
  CHECK(to.parser.drain().empty());
}

TEST_CASE("what is drained may end inside of a character, and with the rest it is the text") {
  const std::string text = "\xE2\x82\xAC\xE2\x82\xAC\xF0\x9F\x98\x80";  // two of 3 bytes, one of 4
  const std::string stream = "data:" + text + "\n\n";
  for (const chunks& cut : cuts(stream)) {
    lent to(5);
    std::string drained;
    const events seen = read(to, cut, [&] { drained += to.parser.drain(); });
    REQUIRE(seen.size() == 1);
    CHECK(drained + seen[0].data == text);
  }
  lent to(5);
  CHECK(fits(to, bytes(std::string_view(stream).substr(0, 10))));
  CHECK(to.parser.drain() == "\xE2\x82\xAC\xE2\x82");
}

TEST_CASE("to drain nothing is no way on, and so the event is skipped") {
  const auto drain = [](lent& to) { return [&to] { static_cast<void>(to.parser.drain()); }; };
  lent type(3);
  CHECK(read(type, {"event:tick\ndata:a\n", "\ndata:b\n\n"}, drain(type)) ==
        events{{"", "(skipped)"}, {"b"}});
  lent id(3);
  CHECK(read(id, {"data:a\nid:1234\n\ndata:b\n\n"}, drain(id)) == events{{"", "(skipped)"}, {"b"}});
  lent none(0);
  CHECK(read(none, {"data:a", "\n\ndata:b\n\n"}, drain(none)) == events{{"", "(skipped)"}, {"b"}});
}
