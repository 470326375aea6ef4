// SPDX-License-Identifier: MIT
// sse::parser at the end of a stream: what is pending, and what finish makes of it.
#include <sse/parser.hpp>
// It comes first, for it needs nothing in front of it.

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "support/walk.hpp"

namespace {

using namespace std::string_literals;
using status = sse::parser::status;

std::string finish(sse::parser& parser) {
  return walk([&parser](sse::event& e) { return parser.finish(e); });
}

std::int64_t count(const sse::parser& parser) {
  const auto time = parser.reconnection_time();
  return time ? time->count() : -1;
}

const std::string bom = "\xEF\xBB\xBF";

}  // namespace

// ---- pending

TEST_CASE("an event is pending from its first field's first byte to its blank line") {
  const auto check = [](bool pending, std::initializer_list<std::string> streams) {
    for (const std::string& stream : streams) {
      CAPTURE(stream);
      for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        char storage[16];
        sse::parser parser(storage);
        feed_cut(parser, stream, cut);
        CHECK(parser.pending() == pending);
        parser.reset();
        CHECK_FALSE(parser.pending());
      }
    }
  };
  check(true, {"d", "data:a", "data:a\n", "data:a\r", "x", "x\n", " \n", "id:1\n", "retry:1\n",
               ":c\nd", "d\n:c\n", "\xEF", "\xEF\xBB", bom + "\xEF", "\xEFx\n", "a\n\ndata"});
  check(false, {"", "data:a\n\n", "data:a\r\r", "data:a\r\n\r", "id:1\n\n", "event:t\n\n\n", ":",
                ":c", ":c\n", "\n", "\n\r\n", bom, bom + "\n", bom + ":c", "\xEF\n\n", "a\n\n:c"});
}

TEST_CASE("an event that is skipped is pending too") {
  char storage[1];
  sse::parser parser(storage);
  CHECK(feed(parser, "data:ab") == "full;");
  CHECK(parser.pending());
  CHECK(feed(parser, "\n\n") == "skipped:;");
  CHECK_FALSE(parser.pending());
}

// ---- finish

TEST_CASE("finish dispatches what is unfinished, as if its line and a blank line had ended there") {
  const auto check = [](std::string_view expected, std::initializer_list<std::string> streams) {
    for (const std::string& stream : streams) {
      CAPTURE(stream);
      for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        char storage[16];
        sse::parser parser(storage);
        const std::string seen = feed_cut(parser, stream, cut);
        CHECK(seen + finish(parser) == expected);
        CHECK_FALSE(parser.pending());
        CHECK(parser.offset() == stream.size());
        CHECK(parser.kept() == parser.last_event_id().size());
        CHECK(finish(parser) == "");
        parser.reset();
        CHECK(feed(parser, bom + "data:z\n\n") == "message:z;");
        CHECK(finish(parser) == "");
      }
    }
  };
  check("message:a;", {"data:a", "data:a\n", "data:a\r", "data:a\r\n", "data:a\n\n", "data:a\ndat",
                       "data:a\nx:y", "data:a\n ", "data:a\n:c", "data:a\n:", bom + "data:a",
                       "data:a\nevent", "event:t\ndata:a\nevent", "data:a\nretry:5"});
  check("message:;", {"data", "data:", "data: ", "data\n"});
  check("message:a\n;", {"data:a\ndata", "data:a\ndata:", "data:a\ndata: ", "data:a\ndata\n"});
  check("message:a\nb;", {"data:a\ndata:b", "data:a\ndata: b\r"});
  check("message:a;message:b;", {"data:a\n\ndata:b", "data:a\r\n\r\ndata:b\r\n"});
  check("t:a;", {"data:a\nevent:t", "event: t\rdata:a\reven", "event:t\ndata:a\n\nevent:t\n"});
  check("message#7:a;",
        {"data:a\nid:7", "data:a\nid:7\n", "id:7\ndata:a\nid:8\0"s, "id:7\ndata:a\ni"});
  check("message#:a;", {"data:a\nid", "data:a\nid:7\nid", "id:7\nid:\ndata:a", "data:a\nid: "});
  check("", {"", "dat", "datax", "data\0"s, "id:7", "event:t", "retry:5", ":c", ":", "\n", "x\n",
             "\xEF", "\xEF\xBB", bom, "\xEF\xBB" + "data:a"s});
}

TEST_CASE("finish commits the ID, and heeds a retry") {
  const auto state_after = [](const std::string& stream) {
    char storage[16];
    sse::parser parser(storage);
    REQUIRE(parser.set_last_event_id("0"));
    feed(parser, stream);
    finish(parser);
    return std::string(parser.last_event_id()) + "," + std::to_string(count(parser));
  };
  CHECK(state_after("data:a\nid:7") == "7,-1");
  CHECK(state_after("id:7\nid:8") == "8,-1");
  CHECK(state_after("data:a\nid") == ",-1");
  CHECK(state_after("id:7\0"s) == "0,-1");
  CHECK(state_after("retry:5") == "0,5");
  CHECK(state_after("retry:5\ndata:a\nretry:6x") == "0,5");
  CHECK(state_after("retry:5\nretry") == "0,5");
}

TEST_CASE("finish goes on like next in what is unread") {
  char storage[16];
  sse::parser parser(storage);
  parser.report(sse::report::comments);
  const std::vector<char> chunk = [](std::string_view text) {
    return std::vector<char>(text.begin(), text.end());
  }("data:a\n\n:c\nid:1\ndata:b\n\ndata:d\n:e");
  parser.feed({chunk.data(), chunk.size()});
  CHECK(finish(parser) == "message:a;comment:c;message#1:b;message:d;");
  CHECK(parser.unread().empty());
}

TEST_CASE("finish may find the storage full, with the ways on that there are with next") {
  const auto full_at = [](sse::parser& parser, std::string_view chunk) {
    parser.feed(chunk);
    sse::event e;
    REQUIRE(parser.finish(e) == status::storage_full);
  };
  char storage[4];
  char larger[8];
  for (const std::string_view chunk : {"id:1\ndata:abc\ndata", "id:1\ndata:abc\ndata:"}) {
    sse::parser growing(storage);
    full_at(growing, chunk);
    REQUIRE(growing.use_storage(larger, sizeof larger));
    CHECK(finish(growing) == "message#1:abc\n;");
    sse::parser draining(storage);
    full_at(draining, chunk);
    CHECK(draining.drain() == "abc");
    CHECK(finish(draining) == "message#1:\n;");
    sse::parser skipping(storage);
    full_at(skipping, chunk);
    CHECK(finish(skipping) == "skipped#1:;");
    CHECK(skipping.last_event_id() == "1");
    CHECK_FALSE(skipping.pending());
  }
  sse::parser parser(storage);
  full_at(parser, "data:a\nid:123456");
  CHECK(finish(parser) == "skipped:;");
  CHECK(parser.last_event_id().empty());
}
