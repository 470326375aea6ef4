// SPDX-License-Identifier: MIT
// Where in the stream an event lies: event_offset, offset and raw.
#include <sse/parser.hpp>
// It comes first, for it needs nothing in front of it.

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support/reported.hpp"
#include "support/walk.hpp"

namespace {

using namespace reported;

constexpr std::size_t enough = 128;

// Reads a stream and passes it on event by event, as a gateway does: it keeps what has come since
// the last event, for an event may begin in an earlier chunk.
struct gateway {
  explicit gateway(sse::report reports) { parser.report(reports); }

  void read(std::string_view text) {
    const std::vector<char> chunk(text.begin(), text.end());
    const std::uint64_t begin_of_chunk = parser.offset();
    kept.append(text);
    parser.feed({chunk.data(), chunk.size()});
    sse::event e;
    for (status s = parser.next(e); s != status::need_input; s = parser.next(e)) {
      if (s == status::event || s == status::no_data) pass_on(begin_of_chunk);
    }
  }

  void pass_on(std::uint64_t begin_of_chunk) {
    const std::uint64_t begin = parser.event_offset();
    const std::uint64_t end = parser.offset();
    REQUIRE(passed_on <= begin);
    REQUIRE(begin < end);
    const auto size_before = static_cast<std::size_t>(begin - passed_on);
    const auto size = static_cast<std::size_t>(end - begin);
    between.push_back(kept.substr(0, size_before));
    events.push_back(kept.substr(size_before, size));
    if (begin >= begin_of_chunk) {
      CHECK(parser.raw() == events.back());
    } else {
      CHECK(parser.raw().empty());
    }
    kept.erase(0, size_before + size);
    passed_on = end;
  }

  char storage[enough];
  sse::parser parser{storage};
  std::string kept;
  std::uint64_t passed_on = 0;
  std::vector<std::string> between;
  std::vector<std::string> events;
};

// What a stream gives, but for places.
std::string all_of(std::string_view stream, sse::report reports) {
  char storage[enough];
  sse::parser parser(storage);
  parser.report(reports);
  std::string seen;
  read(parser, {stream}, [&seen](status s, const sse::event& e) { seen += told_in_full(s, e); });
  return seen;
}

}  // namespace

TEST_CASE("an event reaches from the first byte of its first field up to its blank line") {
  char storage[32];
  sse::parser parser(storage);
  sse::event e;
  parser.feed(":c\n\nid:1\n:d\ndata:a\r\n\r\n\n:e\ndata:b\n\ndata");
  REQUIRE(parser.next(e) == status::event);
  CHECK(parser.event_offset() == 4);
  CHECK(parser.raw() == "id:1\n:d\ndata:a\r\n\r\n");
  CHECK(parser.offset() == 22);
  REQUIRE(parser.next(e) == status::event);
  CHECK(parser.event_offset() == 26);
  CHECK(parser.raw() == "data:b\n\n");
  REQUIRE(parser.next(e) == status::need_input);
  CHECK(parser.event_offset() == 34);  // of the unfinished one
  CHECK(parser.raw().empty());
  parser.reset();
  CHECK(parser.event_offset() == 0);
  CHECK(parser.raw().empty());
}

TEST_CASE("raw is a view of the chunk") {
  sse::parser parser(nullptr, 0);
  sse::event e;
  const std::string_view chunk = "data:a\n\nevent:t\ndata:b\n\n";
  parser.feed(chunk);
  REQUIRE(parser.next(e) == status::event);
  CHECK(parser.raw().data() == chunk.data());
  REQUIRE(parser.next(e) == status::event);
  CHECK(parser.raw().data() == chunk.data() + 8);
  CHECK(parser.raw() == "event:t\ndata:b\n\n");
}

TEST_CASE("of an event that begins in an earlier chunk the offset is known, and raw is empty") {
  const std::string_view stream = "\xEF\xBB\xBF:c\nevent:t\r\ndata:a\r\ndata:b\r\n\r\n";
  for (std::size_t cut = 0; cut < stream.size(); ++cut) {
    CAPTURE(cut);
    char storage[16];
    sse::parser parser(storage);
    sse::event e;
    std::size_t events = 0;
    for (const std::string_view part : {stream.substr(0, cut), stream.substr(cut)}) {
      const std::vector<char> chunk(part.begin(), part.end());
      parser.feed(chunk);
      while (parser.next(e) == status::event) {
        ++events;
        CHECK(parser.event_offset() == 6);
        const bool ends_in_first = cut == stream.size() - 1;  // the LF may come later
        if (cut <= 6 || ends_in_first) {
          CHECK(parser.raw() == stream.substr(6, ends_in_first ? cut - 6 : stream.npos));
        } else {
          CHECK(parser.raw().empty());
        }
      }
    }
    CHECK(events == 1);
  }
}

TEST_CASE("the places are those of the standard's text, whatever is reported, at every cut") {
  read_in_all_ways([](const sse::parser& parser, status s, const sse::event&, const item& next) {
    if (s != status::event && s != status::no_data) return;
    REQUIRE(parser.event_offset() == next.begin);
  });
}

TEST_CASE("an event that is skipped has its place, too") {
  const std::string_view stream = ":c\ndata:a\n\nid:7\ndata:abcdefgh\n:c\ndata:i\n\ndata:b\n\n";
  for (const auto& chunks : cuts(stream)) {
    char storage[4];
    sse::parser parser(storage);
    std::vector<std::uint64_t> begins;
    std::vector<std::uint64_t> ends;
    read(parser, chunks, [&](status s, const sse::event&) {
      if (s == status::storage_full) {
        CHECK(parser.event_offset() == 11);
        return;
      }
      CHECK(s == (begins.size() == 1 ? status::skipped : status::event));
      begins.push_back(parser.event_offset());
      ends.push_back(parser.offset());
    });
    CHECK((begins == std::vector<std::uint64_t>{3, 11, 41}));
    CHECK((ends == std::vector<std::uint64_t>{11, 41, 49}));
  }
}

TEST_CASE("a stream passed on event by event is the same, byte for byte, however it is read") {
  for (const std::string& stream : streams()) {
    CAPTURE(stream);
    for (const sse::report reports : {sse::report::nothing, sse::report::everything}) {
      const sse::report blocks =
          has(reports, sse::report::no_data) ? sse::report::no_data : sse::report::nothing;
      const std::string whole = all_of(stream, blocks);
      for (const auto& chunks : cuts(stream)) {
        gateway to(reports);
        for (const std::string_view chunk : chunks) to.read(chunk);
        std::string passed_on;
        std::string seen;
        for (std::size_t i = 0; i < to.events.size(); ++i) {
          passed_on += to.between[i] + to.events[i];
          seen += all_of(to.events[i], blocks);
          REQUIRE(all_of(to.between[i], sse::report::nothing).empty());
        }
        REQUIRE(passed_on + to.kept == stream);
        REQUIRE(seen == whole);
      }
    }
  }
}

TEST_CASE("what lies between events is passed on as well: comments, and blocks not asked for") {
  gateway to(sse::report::nothing);
  to.read("\xEF\xBB\xBF:hello\n\nretry:5\n\nda");
  to.read("ta:a\n\n\n:beat\n\ndata:b\r\n\r");
  to.read("\ndata:c\n\nrest");
  CHECK((to.between ==
         std::vector<std::string>{"\xEF\xBB\xBF:hello\n\nretry:5\n\n", "\n:beat\n\n", "\n"}));
  CHECK((to.events == std::vector<std::string>{"data:a\n\n", "data:b\r\n\r", "data:c\n\n"}));
  CHECK(to.kept == "rest");
}
