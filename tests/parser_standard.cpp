// SPDX-License-Identifier: MIT
// sse::parser and the standard, 9.2.5 and 9.2.6, sentence by sentence. What is given to `read` is
// read in one piece, cut in two at each place, and byte by byte.
#include <sse/parser.hpp>
// It comes first, for it needs nothing in front of it.

#include <doctest/doctest.h>

#include <cstddef>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "support/reading.hpp"

namespace {

using namespace std::string_literals;
using namespace reading;

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> items;
  std::istringstream in(list);
  for (std::string item; std::getline(in, item, '|');) items.push_back(item);
  return items;
}

const std::string bom = "\xEF\xBB\xBF";
const std::string nul(1, '\0');

}  // namespace

// ---- 9.2.5 Parsing an event stream: decoding

TEST_CASE("exactly one byte order mark is removed") {
  CHECK(events_of(bom + "data:1\n\n") == events{{"1"}});
  CHECK(events_of(bom + bom + "data:1\n\ndata:2\n\n") == events{{"2"}});
  CHECK(events_of(bom + bom + "data:1\ndata:2\n\n") == events{{"2"}});
  CHECK(events_of(bom + "\ndata:1\n\n") == events{{"1"}});
  CHECK(events_of(bom + "\r\n:c\r\ndata:1\r\n\r\n") == events{{"1"}});
  CHECK(events_of(bom + "id:7\n\n") == events{});
  CHECK(read(bom + "id:7\n\n").last_event_id == "7");
  CHECK(events_of(bom) == events{});
}

TEST_CASE("a byte order mark anywhere else is a character") {
  CHECK(events_of("data:1\n\n" + bom + "data:2\n\ndata:3\n\n") == events{{"1"}, {"3"}});
  CHECK(events_of("\n" + bom + "data:1\n\n") == events{});
  CHECK(events_of(":\n" + bom + "data:1\n\n") == events{});
  CHECK(events_of("data:" + bom + "1\n\n") == events{{bom + "1"}});
  CHECK(events_of("data" + bom + ":1\n\n") == events{});
}

TEST_CASE("what only begins like a byte order mark is content") {
  for (const std::string start : {"\xEF", "\xEF\xBB", "\xBB\xBF", "\xEF\xEF\xBB\xBF", "\xBF",
                                  "\xEF\xBB\xBB\xBF", "\xEF\xBF\xBB", "\xEF\xBB\xBE"}) {
    CAPTURE(start);
    CHECK(events_of(start + "data:1\ndata:2\n\n") == events{{"2"}});
    CHECK(events_of(start + "\ndata:1\n\n") == events{{"1"}});
    CHECK(events_of(start + "\r\rdata:1\n\n") == events{{"1"}});
    CHECK(events_of(start + ":\xEF\xBB\xBF\n" + start + "\n\n") == events{});
  }
}

TEST_CASE("bytes come through undecoded, and none of them stops the stream") {
  std::string bytes;
  for (int c = 0xFF; c >= 0; --c) {
    if (c != '\n' && c != '\r') bytes += static_cast<char>(c);
  }
  CHECK(events_of("data:" + bytes + "\nevent:" + bytes + "\n\ndata:2\n\n") ==
        events{{bytes, bytes}, {"2"}});
  const std::string id = bytes.substr(0, bytes.size() - 1);  // without NUL
  CHECK(events_of("id:" + id + "\ndata:1\n\n") == events{{"1", "message", id, id}});
  CHECK(events_of("data:\xE2\x80\ndata: \xC2\n\n") == events{{"\xE2\x80\n\xC2"}});
  CHECK(events_of("id:\xC0\x80\ndata:1\n\n") == events{{"1", "message", "\xC0\x80", "\xC0\x80"}});
}

// ---- Lines

TEST_CASE("a line ends at CRLF, at LF and at CR, and nowhere else") {
  for (int c = 0; c < 256; ++c) {
    CAPTURE(c);
    const std::string byte(1, static_cast<char>(c));
    const bool ends = byte == "\n" || byte == "\r";
    CHECK(events_of("data:a" + byte + "data:b\n\n") ==
          events{{ends ? "a\nb"s : "a" + byte + "data:b"}});
  }
  for (const std::string end : {"\n", "\r", "\r\n"}) {
    CHECK(events_of("data:a" + end + "data:b" + end + end + "data:c" + end + end) ==
          events{{"a\nb"}, {"c"}});
  }
  CHECK(events_of("data:a\r\ndata:b\rdata:c\ndata:d\n\r\n") == events{{"a\nb\nc\nd"}});
  for (const std::string other : {"\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9", "\v", "\f", "\\n"}) {
    CHECK(events_of("data:a" + other + "data:b\n\n") == events{{"a" + other + "data:b"}});
  }
}

TEST_CASE("LF CR is two line ends, and so are CR CR and LF LF; CRLF is one") {
  for (const std::string two : {"\n\r", "\r\r", "\n\n", "\r\n\n", "\r\n\r", "\r\r\n", "\n\r\n"}) {
    CHECK(events_of("data:a" + two + "data:b" + two) == events{{"a"}, {"b"}});
  }
  CHECK(events_of("data:a\r\ndata:b\r\n") == events{});
}

TEST_CASE("a CR at the end of a chunk ends the line at once") {
  reader reader;
  CHECK(reader.read("data:a\r\r") == events{{"a"}});
  CHECK(reader.read("data:b\r") == events{});
  CHECK(reader.read("\r") == events{{"b"}});
  CHECK(reader.read("id:7\r\r") == events{});
  CHECK(reader.parser.last_event_id() == "7");
  CHECK(reader.read("data:c\r\n\r") == events{{"c", "message", "7"}});
}

TEST_CASE("one LF behind it belongs to the CR, also behind empty chunks") {
  reader reader;
  CHECK(reader.read("data:a\r") == events{});
  CHECK(reader.read("") == events{});
  CHECK(reader.read("") == events{});
  CHECK(reader.read("\n") == events{});
  CHECK(reader.read("data\r") == events{});
  CHECK(reader.read("\ndata:b\r") == events{});
  CHECK(reader.read("") == events{});
  CHECK(reader.read("\n\n") == events{{"a\n\nb"}});
  CHECK(reader.read("data:c\r\r") == events{{"c"}});
  CHECK(reader.read("\ndata:d\r") == events{});
  CHECK(reader.read("\n\r") == events{{"d"}});
}

TEST_CASE("a second LF does not belong to the CR, nor does one behind another byte") {
  reader reader;
  CHECK(reader.read("data:a\r") == events{});
  CHECK(reader.read("\n") == events{});
  CHECK(reader.read("\n") == events{{"a"}});
  for (const std::string_view line : {":", "x", "data:b", "data", "id"}) {
    CHECK(reader.read("data:a\r") == events{});
    CHECK(reader.read(line) == events{});
    CHECK(reader.read("\n") == events{});
    CHECK(reader.read("\n").size() == 1);
  }
}

TEST_CASE("a line may be of any length") {
  for (std::size_t size = 0; size < 200; ++size) {
    const std::string text(size, 'a');
    for (const std::string end : {"\n", "\r", "\r\n"}) {
      CHECK(read_chunks({"data:" + text + end + "data:" + text + end + ":" + text + end + end}) ==
            outcome{{{text + "\n" + text}}, "", {}});
    }
  }
}

TEST_CASE("only a terminated line counts") {
  CHECK(read("retry:7") == outcome{{}, "", {}});
  CHECK(read("data:a\n\nretry:7") == outcome{{{"a"}}, "", {}});
  CHECK(read("retry:5\nretry:7") == outcome{{}, "", 5});
  CHECK(read("data:a\ndata:b") == outcome{{}, "", {}});
}

// ---- 9.2.6 Interpreting an event stream: a line

TEST_CASE("a blank line dispatches; a line of blanks is not blank") {
  CHECK(events_of("data:a\n\n") == events{{"a"}});
  for (const std::string blank : {" ", "\t", "  ", "\xC2\xA0"}) {
    CHECK(events_of("data:a\n" + blank + "\ndata:b\n\n") == events{{"a\nb"}});
  }
}

TEST_CASE("a line that starts with a colon is ignored") {
  CHECK(events_of(":\n: \n::\n:data:a\n: data:a\n:\0x\r:\r\n\n"s) == events{});
  CHECK(events_of("data:a\n:x\n:data:b\n:\n: id:7\ndata:c\n:event:t\n\n") == events{{"a\nc"}});
}

TEST_CASE("the name ends at the first colon, and one space behind it is removed") {
  CHECK(events_of("data::\n\n") == events{{":"}});
  CHECK(events_of("data:a:b: c\n\n") == events{{"a:b: c"}});
  CHECK(events_of("data: :a\n\n") == events{{":a"}});
  CHECK(events_of("data: a\n\n") == events{{"a"}});
  CHECK(events_of("data:  a\n\n") == events{{" a"}});
  CHECK(events_of("data: \n\n") == events{{""}});
  CHECK(events_of("data:   \n\n") == events{{"  "}});
  CHECK(events_of("data:\ta\n\n") == events{{"\ta"}});
  CHECK(events_of("data: \ta \n\n") == events{{"\ta "}});
  CHECK(events_of("data:\xC2\xA0\n\n") == events{{"\xC2\xA0"}});
  CHECK(events_of("event:  t\nid:  7\ndata:a\n\n") == events{{"a", " t", " 7", " 7"}});
}

TEST_CASE("a line without a colon is a name, and the value is empty") {
  CHECK(events_of("data\n\n") == events{{""}});
  CHECK(events_of("event:t\nevent\nid:7\nid\nretry:5\nretry\ndata\n\n") ==
        events{{"", "message", "", "", 5}});
}

// ---- A field

TEST_CASE("names are compared literally: with no case folding, no trimming, no abbreviation") {
  const auto names = split(
      "Data|DATA|dat|d|da|datax|dataa|datadata|data | data|\tdata|data\t|da ta|data.|data\xC2\xA0|"
      "Event|EVENT|even|e|evnt|events|event | event|Id|ID|iD|i|idx|i d|id | id|id\t|idd|"
      "Retry|RETRY|retr|r|rety|retryy|retries|retry | retry|comment|message|\xEF|\xEF\xBB\xBF");
  for (const std::string& name : names) {
    for (const std::string& wrong : {name, name + nul, nul + name, name + std::string(8, nul[0])}) {
      CAPTURE(wrong);
      CHECK(read("data:a\n" + wrong + ":5\n" + wrong + "\n" + wrong + ": \ndata:b\n\n") ==
            outcome{{{"a\nb"}}, "", {}});
    }
  }
  for (const std::string right : {"data", "event", "id", "retry"}) {
    CHECK(read(right + nul + ":5\n" + nul + right + ":5\ndata:a\n\n") == outcome{{{"a"}}, "", {}});
  }
}

TEST_CASE("event: the type becomes the value, also an empty one") {
  CHECK(events_of("event:t\ndata:a\n\n") == events{{"a", "t"}});
  CHECK(events_of("data:a\nevent:t\n\n") == events{{"a", "t"}});
  CHECK(events_of("event:t\nevent:longer\nevent:u\ndata:a\n\n") == events{{"a", "u"}});
  for (const std::string empty : {"event\n", "event:\n", "event: \n"}) {
    CHECK(events_of(empty + "data:a\n\n") == events{{"a"}});
    CHECK(events_of("event:t\n" + empty + "data:a\n\n") == events{{"a"}});
    CHECK(events_of("event:t\ndata:a\n" + empty + "event:u\n\n") == events{{"a", "u"}});
  }
  CHECK(events_of("event:message\ndata:a\n\n") == events{{"a"}});
}

TEST_CASE("data: the value is appended, and an LF") {
  CHECK(events_of("data:a\ndata:b\ndata:c\n\n") == events{{"a\nb\nc"}});
  CHECK(events_of("data:a\ndata\ndata:\ndata: \ndata:b\n\n") == events{{"a\n\n\n\nb"}});
  CHECK(events_of("data\ndata:a\n\n") == events{{"\na"}});
  CHECK(events_of("data:a\ndata\n\n") == events{{"a\n"}});
  CHECK(events_of("data:a\nid:1\nevent:t\nx\n:c\nretry:1\ndata:b\n\n") ==
        events{{"a\nb", "t", "1", "1", 1}});
}

TEST_CASE("id: the value without NUL becomes the last event ID, else the field is ignored") {
  CHECK(events_of("id:1\ndata:a\n\n") == events{{"a", "message", "1", "1"}});
  CHECK(events_of("data:a\nid:1\nid:22\nid:3\n\n") == events{{"a", "message", "3", "3"}});
  for (const std::string empty : {"id\n", "id:\n", "id: \n"}) {
    CHECK(events_of("id:1\ndata:a\n\n" + empty + "data:b\n\n") ==
          events{{"a", "message", "1", "1"}, {"b", "message", "", ""}});
    CHECK(events_of("id:1\n" + empty + "data:a\n\n") == events{{"a", "message", "", ""}});
  }
  for (const std::string& value : {nul, nul + nul, "x" + nul, nul + "x", "x" + nul + "y"}) {
    CAPTURE(value);
    CHECK(events_of("id:" + value + "\ndata:a\n\n") == events{{"a"}});
    CHECK(events_of("id: " + value + "\rdata:a\n\n") == events{{"a"}});
    CHECK(events_of("id:1\nid:" + value + "\ndata:a\n\nid:" + value + "\ndata:b\n\n") ==
          events{{"a", "message", "1", "1"}, {"b", "message", "1"}});
  }
}

TEST_CASE("id: NUL is seen wherever it stands") {
  for (std::size_t size = 1; size < 140; ++size) {
    std::string id;
    while (id.size() < size) id += "\x01\x80\xFFi"[id.size() % 4];
    CHECK(read_chunks({"id:" + id + "\n\n"}).last_event_id == id);
    for (std::size_t place = 0; place < size; ++place) {
      CHECK(read_chunks({"id:" + id.substr(0, place) + nul + id.substr(place + 1) + "\n\n"})
                .last_event_id.empty());
    }
  }
}

TEST_CASE("any other field is ignored") {
  CHECK(events_of("data:a\nx:1\ny\n \nz:\ndata:b\n\n") == events{{"a\nb"}});
  CHECK(events_of("x:1\n\ny\n\n") == events{});
}

// ---- Dispatch

TEST_CASE("the ID is committed at the blank line, also when no event is dispatched") {
  reader reader;
  const sse::parser& parser = reader.parser;
  CHECK(reader.read("id:1\n") == events{});
  CHECK(parser.last_event_id().empty());
  CHECK(reader.read("\n") == events{});
  CHECK(parser.last_event_id() == "1");
  CHECK(reader.read("id:2\nevent:t\n\nid:3\ndata:a") == events{});
  CHECK(parser.last_event_id() == "2");
  CHECK(reader.read("\n") == events{});
  CHECK(parser.last_event_id() == "2");
  CHECK(reader.read("\n") == events{{"a", "message", "3", "3"}});
  CHECK(read("id:1\n\nid\n\n") == outcome{{}, "", {}});
  CHECK(read("id:1\n:c\n\nid:2\0\n\n"s) == outcome{{}, "1", {}});
}

TEST_CASE("the last event ID is that in force, whether or not the event has an ID") {
  CHECK(events_of("id:1\ndata:a\n\ndata:b\n\nid:2\ndata:c\n\nid\ndata:d\n\ndata:e\n\n") ==
        events{{"a", "message", "1", "1"},
               {"b", "message", "1"},
               {"c", "message", "2", "2"},
               {"d", "message", "", ""},
               {"e", "message", ""}});
}

TEST_CASE("without data nothing is dispatched, and the type is cleared") {
  for (const std::string block :
       {"event:t\n", "id\n", "retry\n", ":c\n", "x:y\n", " \n", "", "\n", "event:t\nid\n:c\nx\n"}) {
    CAPTURE(block);
    CHECK(events_of(block + "\ndata:a\n\n" + block + "\n") == events{{"a"}});
  }
}

TEST_CASE("one LF at the end of the data is removed, and only one") {
  CHECK(events_of("data\n\n") == events{{""}});
  CHECK(events_of("data:\n\ndata: \n\n") == events{{""}, {""}});
  CHECK(events_of("data\ndata\n\n") == events{{"\n"}});
  CHECK(events_of("data\ndata\ndata\n\n") == events{{"\n\n"}});
  CHECK(events_of("event:t\ndata\n\n") == events{{"", "t"}});
}

TEST_CASE("data and type are cleared by the dispatch, as are the event's own ID and retry") {
  CHECK(events_of("event:t\nid:1\nretry:5\ndata:a\n\ndata:b\n\n\n\ndata:c\n\n") ==
        events{{"a", "t", "1", "1", 5}, {"b", "message", "1"}, {"c", "message", "1"}});
  CHECK(read("id:1\nretry:5\n\ndata:b\n\n") == outcome{{{"b", "message", "1"}}, "1", 5});
}

TEST_CASE("at the end of the stream what is unfinished is discarded, and its ID with it") {
  CHECK(read("id:1\ndata:a\n\nid:2\nevent:t\ndata:b\n") ==
        outcome{{{"a", "message", "1", "1"}}, "1", {}});
  CHECK(read("retry:5\ndata:a\nid:1") == outcome{{}, "", 5});
}

TEST_CASE("the standard's examples") {
  CHECK(events_of("data: This is the first message.\n\ndata: This is the second message, it\n"
                  "data: has two lines.\n\ndata: This is the third message.\n\n") ==
        events{{"This is the first message."},
               {"This is the second message, it\nhas two lines."},
               {"This is the third message."}});
  CHECK(events_of("event: add\ndata: 73857293\n\nevent: remove\ndata: 2153\n\n"
                  "event: add\ndata: 113411\n\n") ==
        events{{"73857293", "add"}, {"2153", "remove"}, {"113411", "add"}});
  CHECK(events_of("data: YHOO\ndata: +2\ndata: 10\n\n") == events{{"YHOO\n+2\n10"}});
  CHECK(read(": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\n"
             "data:  third event\n\n") == outcome{{{"first event", "message", "1", "1"},
                                                   {"second event", "message", "", ""},
                                                   {" third event"}},
                                                  "",
                                                  {}});
  CHECK(events_of("data\n\ndata\ndata\n\ndata:") == events{{""}, {"\n"}});
  CHECK(events_of("data:test\n\ndata: test\n\n") == events{{"test"}, {"test"}});
}
