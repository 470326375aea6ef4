// SPDX-License-Identifier: MIT
// What sse::parser reports beside events when it is asked to: comments, lines that the standard
// ignores, and blocks of lines without data.
#include <sse/parser.hpp>
// It comes first, for it needs nothing in front of it.

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <sse/writer.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/reported.hpp"
#include "support/walk.hpp"

namespace {

using namespace std::string_literals;
using namespace reported;

constexpr std::size_t enough = 128;

// What a parser with that storage and those reports makes of the stream, at every cut the same.
std::string told_at_every_cut(std::string_view stream, sse::report reports) {
  std::string whole;
  for (const auto& chunks : cuts(stream)) {
    char storage[enough];
    sse::parser parser(storage);
    parser.report(reports);
    std::string seen;
    read(parser, chunks, [&](status s, const sse::event& e) { seen += told_in_full(s, e); });
    if (whole.empty()) whole = seen;
    CHECK(seen == whole);
  }
  return whole;
}

}  // namespace

TEST_CASE("what is not asked for is not reported") {
  const std::string stream =
      ":c\nerror: x\n\nevent: error\nid: 1\n\nretry: 5\n\nid: 7\n\ndata:a\n\n";
  CHECK(told_at_every_cut(stream, sse::report::nothing) == "message:a;");
  CHECK(told_at_every_cut(stream, sse::report::comments) == "comment:c;message:a;");
  CHECK(told_at_every_cut(stream, sse::report::ignored_lines) == "ignored:error: x;message:a;");
  CHECK(told_at_every_cut(stream, sse::report::no_data) ==
        "no data message:;no data error#1:;typed;no data message:;retry 5;no data message#7:;"
        "message:a;");
}

TEST_CASE("a line of an unknown field is reported as it is") {
  CHECK(told_at_every_cut("error: {\"code\":400}\n\n", sse::report::ignored_lines) ==
        "ignored:error: {\"code\":400};");
  CHECK(told_at_every_cut("error: {\"code\":400}\n\n", sse::report::everything) ==
        "ignored:error: {\"code\":400};no data message:;");
  CHECK(told_at_every_cut("{\"a\":1}\r\n dat\r\ndata :b\r\n\r\n", sse::report::ignored_lines) ==
        "ignored:{\"a\":1};ignored: dat;ignored:data :b;");
}

TEST_CASE("a retry that is no number and an ID with NUL are reported as ignored, whole") {
  CHECK(told_at_every_cut("retry: 5s\nretry\nretry:\nretry:5\ndata:a\n\n",
                          sse::report::ignored_lines) ==
        "ignored:retry: 5s;ignored:retry;ignored:retry:;message:a;retry 5;");
  CHECK(told_at_every_cut("id: 1\nid: 2\0x\ndata:a\n\n"s, sse::report::ignored_lines) ==
        "ignored:id: 2\0x;message#1:a;"s);
}

TEST_CASE("a block without data is reported with its ID, its type and its retry") {
  CHECK(told_at_every_cut("event: error\nid: 1\n\n", sse::report::no_data) ==
        "no data error#1:;typed;");
  CHECK(told_at_every_cut("retry: 5000\n\n", sse::report::no_data) ==
        "no data message:;retry 5000;");
  CHECK(told_at_every_cut("id: 7\n\n", sse::report::no_data) == "no data message#7:;");
  CHECK(told_at_every_cut("id\r\n\r\n", sse::report::no_data) == "no data message#:;");
  CHECK(told_at_every_cut("event: message\n\n", sse::report::no_data) == "no data message:;typed;");
  CHECK(told_at_every_cut("x\n\n", sse::report::no_data) == "no data message:;");
}

TEST_CASE("blank lines and comments alone are no block") {
  CHECK(told_at_every_cut("\n\n:c\n\n\r\n:d\n\n", sse::report::no_data) == "");
  CHECK(told_at_every_cut("\xEF\xBB\xBF\n\n", sse::report::no_data) == "");
}

TEST_CASE("comments with and without a space, and types given and not, are told apart") {
  CHECK(told_at_every_cut(":x\n", sse::report::comments) == "comment:x;");
  CHECK(told_at_every_cut(": x\n", sse::report::comments) == "comment: x;");
  CHECK(told_at_every_cut("event: message\ndata: a\n\ndata: a\n\n", sse::report::nothing) ==
        "message:a;typed;message:a;");
}

TEST_CASE("comments, types, blocks without data and all else are written back as they came") {
  const std::string stream =
      ":x\n\n: x\n\nevent: message\ndata: a\n\ndata: a\n\nevent: error\nid: 1\n\nretry: 5000\n\n"
      "id: 7\n\nevent: tick\nid: 8\nretry: 2\ndata: b\ndata: c\n\n:\n\nid: \ndata: \n\n";
  for (const auto& chunks : cuts(stream)) {
    char storage[32];
    sse::parser parser(storage);
    parser.report(sse::report::everything);
    char buffer[400];
    sse::writer writer(buffer);
    constexpr auto ok = sse::writer::status::ok;
    read(parser, chunks, [&](status s, const sse::event& e) {
      if (s == status::comment) REQUIRE(writer.comment(e.data) == ok);
      if (s == status::event) REQUIRE(writer.write(e) == ok);
      if (s != status::no_data) return;
      REQUIRE(writer.begin(e) == ok);
      REQUIRE(writer.end() == ok);
    });
    CHECK(writer.written() == stream);
  }
}

TEST_CASE("the reports are those of the standard's text, whatever is asked for, at every cut") {
  read_in_all_ways([](const sse::parser& parser, status s, const sse::event& e, const item& next) {
    REQUIRE(told_in_full(s, e) == next.text);
    const bool is_in_place = parser.offset() == next.end || parser.offset() == next.end + 1;
    REQUIRE(is_in_place);
  });
}

TEST_CASE("what does not fit is told in place of the event or the report, and all else is intact") {
  for (const std::string& stream : streams()) {
    CAPTURE(stream);
    for (const sse::report reports : {sse::report::everything, sse::report::comments}) {
      const std::vector<item> wanted = expected(stream, reports);
      for (std::size_t capacity = 0; capacity <= 40; ++capacity) {
        CAPTURE(capacity);
        for (const auto& chunks : cuts(stream)) {
          std::vector<char> storage(capacity);
          sse::parser parser(storage.data(), capacity);
          parser.report(reports);
          std::size_t count = 0;
          bool was_full = false;
          const auto take = [&](status s, const sse::event& e) {
            if (s == status::storage_full) {
              was_full = true;
              return;
            }
            if (s == status::report_full) {  // of this line, unless it counts after all
              const auto place = static_cast<std::size_t>(parser.offset());
              const std::size_t end = stream.find_first_of("\r\n", place);
              if (count < wanted.size() && wanted[count].end - 1 == end) ++count;
              return;
            }
            REQUIRE(count < wanted.size());
            const item& next = wanted[count++];
            if (s == status::skipped) {
              REQUIRE(was_full);
              was_full = false;
              REQUIRE((next.kind == status::event || next.kind == status::no_data));
              REQUIRE(e.type.empty());
              REQUIRE(e.data.empty());
              REQUIRE_FALSE(e.retry);
              return;
            }
            REQUIRE(told_in_full(s, e) == next.text);
          };
          read(parser, chunks, take);
          REQUIRE(count == wanted.size());
          REQUIRE(parser.offset() == stream.size());
        }
      }
    }
  }
}

TEST_CASE("with a byte more each time that it is full nothing is lost of events and reports") {
  for (const std::string& stream : streams()) {
    CAPTURE(stream);
    for (const sse::report reports : masks) {
      const std::vector<item> wanted = expected(stream, reports, true);
      for (const auto& chunks : cuts(stream)) {
        std::vector<char> storage;
        sse::parser parser(nullptr, 0);
        parser.report(reports);
        std::size_t count = 0;
        const auto take = [&](status s, const sse::event& e) {
          if (s == status::storage_full || s == status::report_full) {
            REQUIRE(storage.size() < enough);
            std::vector<char> larger(storage.size() + 1);
            REQUIRE(parser.use_storage(larger));
            storage = std::move(larger);
            return;
          }
          REQUIRE(count < wanted.size());
          REQUIRE(told_in_full(s, e) == wanted[count++].text);
        };
        read(parser, chunks, take);
        finish(parser, take);
        REQUIRE(count == wanted.size());
      }
    }
  }
}

TEST_CASE("the longest event, twice the longest ID and the longest line are storage enough") {
  for (const std::string& stream : streams()) {
    CAPTURE(stream);
    const oracle::result all = oracle::interpret(stream);
    std::size_t event = 0;
    std::size_t id = 0;
    std::size_t line = 0;
    const auto measure = [&](const oracle::event& e) {
      event = std::max(event, e.data.size() + (e.has_type ? e.type.size() : 0));
      if (e.id) id = std::max(id, e.id->size());
    };
    for (const auto& e : all.events) measure(e);
    for (const auto& e : all.blocks_without_data) measure(e);
    if (all.unfinished) measure(*all.unfinished);
    if (all.unfinished_block) measure(*all.unfinished_block);
    for (const auto& each : oracle::split_into_lines(stream).lines) {
      line = std::max(line, each.text.size());
    }
    line = std::max(line, stream.size() - stream.find_last_of("\r\n") - 1);
    const std::vector<item> wanted = expected(stream, sse::report::everything);
    for (const auto& chunks : cuts(stream)) {
      std::vector<char> storage(event + 2 * id + line);
      sse::parser parser(storage);
      parser.report(sse::report::everything);
      std::size_t count = 0;
      read(parser, chunks, [&](status s, const sse::event& e) {
        REQUIRE(count < wanted.size());
        REQUIRE(told_in_full(s, e) == wanted[count++].text);
      });
      REQUIRE(count == wanted.size());
    }
  }
}

TEST_CASE("a report that is switched off in the middle of its line is not made") {
  for (const std::string& line : {":comment"s, "unknown: 1"s, "retry:12x"s, "id:1\0x"s}) {
    CAPTURE(line);
    const std::string stream = "data:a\n" + line + "\n\n";
    for (std::size_t cut = 8; cut < 7 + line.size() + 1; ++cut) {
      CAPTURE(cut);
      char storage[16];
      sse::parser parser(storage);
      parser.report(sse::report::comments | sse::report::ignored_lines);
      CHECK(feed(parser, stream.substr(0, cut)) == "");
      parser.report(sse::report::nothing);
      CHECK(parser.kept() <= 1 + (line[0] == 'i' ? 2 : 0));
      CHECK(feed(parser, stream.substr(cut)) == "message:a;");
    }
  }
}

TEST_CASE("a report that is switched off is not made where the storage was full for it either") {
  for (const std::string line : {":comment", "unknown: 1", "retry: 1234567x", "data :x"}) {
    CAPTURE(line);
    char storage[3];
    sse::parser parser(storage);
    parser.report(sse::report::everything);
    sse::event e;
    CHECK(feed(parser, "data:ab\n" + line.substr(0, 1)) == "");
    const std::string rest = line.substr(1);
    parser.feed(rest);
    REQUIRE(parser.next(e) == status::report_full);
    parser.report(sse::report::nothing);
    CHECK(parser.next(e) == status::need_input);
    CHECK(feed(parser, "\n\n") == "message:ab;");
  }
}

TEST_CASE("where the storage is full for an event, to switch reports off gives up nothing") {
  char storage[3];
  sse::parser parser(storage);
  parser.report(sse::report::everything);
  sse::event e;
  const std::string cut = "event:ab";
  parser.feed(cut);
  REQUIRE(parser.next(e) == status::need_input);
  const std::string rest = "cd\ndata:a\n\n";
  parser.feed(rest);
  REQUIRE(parser.next(e) == status::storage_full);
  parser.report(sse::report::nothing);
  char larger[16];
  REQUIRE(parser.use_storage(larger));
  REQUIRE(parser.next(e) == status::event);
  CHECK(e.type == "abcd");
}

TEST_CASE("to switch a report off is no way on when the storage is full") {
  char storage[3];
  sse::parser parser(storage);
  parser.report(sse::report::everything);
  sse::event e;
  parser.feed("data:abcd");
  REQUIRE(parser.next(e) == status::storage_full);
  parser.report(sse::report::nothing);
  CHECK(parser.next(e) == status::need_input);
  CHECK(feed(parser, "\n\n") == "skipped:;");
}

TEST_CASE("an ID or a retry counts, though its report was switched off in the middle of it") {
  const std::string stream = "data:a\nid: 12\nretry: 34\n\n";
  for (std::size_t cut = 0; cut < stream.size(); ++cut) {
    CAPTURE(cut);
    for (const bool on_at_first : {true, false}) {
      char storage[32];
      sse::parser parser(storage);
      parser.report(on_at_first ? sse::report::everything : sse::report::nothing);
      CHECK(feed(parser, stream.substr(0, cut)) == "");
      parser.report(on_at_first ? sse::report::nothing : sse::report::everything);
      CHECK(feed(parser, stream.substr(cut)) == "message#12:a;");
      REQUIRE(parser.reconnection_time());
      CHECK(parser.reconnection_time()->count() == 34);
    }
  }
}

TEST_CASE("report_full says that it is but a report that does not fit, and costs nothing else") {
  char storage[8];
  sse::parser parser(storage);
  parser.report(sse::report::everything);
  CHECK(feed(parser, "id:1\ndata:abc\n:a lo") == "");
  CHECK(feed(parser, "ng comment\n") == "report full;");
  CHECK(feed(parser, "unknown: field") == "report full;");
  CHECK(feed(parser, "\ndata:d\n\n") == "message#1:abc\nd;");
  CHECK(feed(parser, ":whole, and so it needs no room\n") ==
        "comment:whole, and so it needs no room;");
}

TEST_CASE("what is reported needs no room where it lies whole in the chunk") {
  const std::string stream = "unknown: 1\n:c\nid:1\0\nretry: x\nda\r\n:d\ndata:a\n\n"s;
  sse::parser parser(nullptr, 0);
  parser.report(sse::report::everything);
  CHECK(feed(parser, stream) ==
        "ignored:unknown: 1;comment:c;ignored:id:1\0;ignored:retry: x;ignored:da;comment:d;"
        "message:a;"s);
}

TEST_CASE("a line that is to be reported and does not fit may fill a chunk of any size") {
  for (std::size_t size = 1; size < 300; ++size) {
    CAPTURE(size);
    const std::string line(size, 'x');
    for (const std::string in_front : {"", "\n\n", "data:a\n"}) {
      char storage[400];
      sse::parser parser(storage, in_front[0] == 'd' ? 1 : 0);
      parser.report(sse::report::ignored_lines);
      const std::string chunk = in_front + line;
      parser.feed(chunk);
      sse::event e;
      REQUIRE(parser.next(e) == status::report_full);
      REQUIRE(parser.use_storage(storage));
      REQUIRE(parser.next(e) == status::need_input);
      CHECK(feed(parser, "\n") == "ignored:" + line + ";");
    }
  }
}

TEST_CASE("reports are in the range of events, each with its kind") {
  const std::string_view stream = ":a\nx\nid:1\n\ndata:b\n\n";
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    char storage[16];
    sse::parser parser(storage);
    parser.report(sse::report::everything);
    std::vector<status> kinds;
    std::string seen;
    for (const std::string_view part : {stream.substr(0, cut), stream.substr(cut)}) {
      const std::vector<char> chunk(part.begin(), part.end());
      for (const auto& e : parser.events(chunk)) {
        kinds.push_back(e.kind);
        seen += told(e.kind, e);
        CHECK(e.type.empty() == (e.kind == status::comment || e.kind == status::ignored_line));
      }
    }
    CHECK((kinds ==
           std::vector{status::comment, status::ignored_line, status::no_data, status::event}));
    CHECK(seen == "comment:a;ignored:x;no data message#1:;message:b;");
  }
}
