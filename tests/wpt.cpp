// SPDX-License-Identifier: MIT
// The tests of web-platform-tests, directory eventsource, that are about the format, by their
// names: the bytes that reach the client, and what it is to make of them. Each as given, byte by
// byte, and cut in two at each place. Those about HTTP (MIME types, redirects, credentials) are not
// for us.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <ostream>
#include <sse/parser.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace std::string_literals;

struct event {
  std::string data;
  std::string type = "message";
  std::string last_event_id = {};
};
using events = std::vector<event>;
using connection = std::vector<std::string>;  // its chunks

constexpr std::int64_t unset = -1;

bool operator==(const event& a, const event& b) {
  return a.data == b.data && a.type == b.type && a.last_event_id == b.last_event_id;
}
std::ostream& operator<<(std::ostream& out, const events& all) {
  for (const event& e : all) out << e.type << "#" << e.last_event_id << ": " << e.data << "; ";
  return out;
}

class client {
 public:
  void read(std::string_view text) {
    const std::vector<char> chunk(text.begin(), text.end());  // a block of exactly its size
    for (const auto& e : parser_.events({chunk.data(), chunk.size()})) {
      CHECK(e.kind == sse::parser::status::event);
      seen_.push_back(
          {std::string(e.data), std::string(e.type), std::string(parser_.last_event_id())});
    }
  }
  void reconnect() { parser_.reset(); }

  void check(const events& expected, std::int64_t reconnection_time) const {
    CHECK(seen_ == expected);
    const auto time = parser_.reconnection_time();
    CHECK((time ? time->count() : unset) == reconnection_time);
    CHECK(parser_.last_event_id() == (expected.empty() ? "" : expected.back().last_event_id));
  }

 private:
  char storage_[64];
  sse::parser parser_{storage_};
  events seen_;
};

void check(const std::vector<connection>& connections, const events& expected,
           std::int64_t reconnection_time = unset) {
  client as_given;
  client byte_by_byte;
  std::size_t longest = 0;
  std::vector<std::string> streams;
  for (const connection& chunks : connections) {
    std::string stream;
    for (const std::string& chunk : chunks) {
      as_given.read(chunk);
      stream += chunk;
    }
    for (const char& byte : stream) byte_by_byte.read({&byte, 1});
    as_given.reconnect();
    byte_by_byte.reconnect();
    longest = std::max(longest, stream.size());
    streams.push_back(stream);
  }
  as_given.check(expected, reconnection_time);
  byte_by_byte.check(expected, reconnection_time);
  for (std::size_t cut = 0; cut <= longest; ++cut) {
    CAPTURE(cut);
    client cut_in_two;
    for (const std::string_view stream : streams) {
      const std::size_t place = std::min(cut, stream.size());
      cut_in_two.read(stream.substr(0, place));
      cut_in_two.read(stream.substr(place));
      cut_in_two.reconnect();
    }
    cut_in_two.check(expected, reconnection_time);
  }
}

void check(const std::string& stream, const events& expected,
           std::int64_t reconnection_time = unset) {
  check(std::vector<connection>{{stream}}, expected, reconnection_time);
}

const std::string bom = "\xEF\xBB\xBF";
const std::string ellipsis = "\xE2\x80\xA6";

}  // namespace

TEST_CASE("wpt event-data") {
  check({{"data:msg\n", "data: msg\n\n", ":\n", "falsefield:msg\n\n", "falsefield:msg\n",
          "Data:data\n\n", "data\n\n", "data:end\n\n"}},
        {{"msg\nmsg"}, {""}, {"end"}});
}

TEST_CASE("wpt format-bom") {
  check(bom + "data:1\n\n" + bom + "data:2\n\ndata:3\n\n\n", {{"1"}, {"3"}});
}

TEST_CASE("wpt format-bom-2") {
  check(bom + bom + "data:1\n\ndata:2\n\ndata:3\n\n\n", {{"2"}, {"3"}});
}

TEST_CASE("wpt format-comments") {
  const std::string long_string(2048, 'x');
  check("data:1\r:\0\n:\r\ndata:2\n:"s + long_string + "\rdata:3\n:data:fail\r:" + long_string +
            "\ndata:4\n\n",
        {{"1\n2\n3\n4"}});
}

TEST_CASE("wpt format-data-before-final-empty-line") {
  const connection chunks = {"retry:1000\ndata:test1\n\nid:test\ndata:test2\n"};
  check({chunks}, {{"test1"}}, 1000);
  check({chunks, chunks}, {{"test1"}, {"test1"}}, 1000);
}

TEST_CASE("wpt format-field-data") {
  check("data:\n\ndata\ndata\n\ndata:test\n\n\n", {{""}, {"\n"}, {"test"}});
}

TEST_CASE("wpt format-field-event") {
  check("event:test\ndata:x\n\ndata:x\n\n\n", {{"x", "test"}, {"x"}});
}

TEST_CASE("wpt format-field-event-empty") { check("event: \ndata:data\n\n\n", {{"data"}}); }

TEST_CASE("wpt format-field-id") {
  check({{"id: " + ellipsis + "\nretry: 200\ndata: hello\n\n"}, {"data: " + ellipsis + "\n\n"}},
        {{"hello", "message", ellipsis}, {ellipsis, "message", ellipsis}}, 200);
}

TEST_CASE("wpt format-field-id-2") {
  check({{"id: " + ellipsis + "\nretry: 200\ndata: hello\n\n"},
         {"data: " + ellipsis + "\n\n"},
         {"data: " + ellipsis + "\n\n"}},
        {{"hello", "message", ellipsis},
         {ellipsis, "message", ellipsis},
         {ellipsis, "message", ellipsis}},
        200);
}

TEST_CASE("wpt format-field-id-3") {
  check(
      "id: 1\ndata: 1\n\ndata: 2\n\nid: 2\ndata:3\n\ndata:4\n\n",
      {{"1", "message", "1"}, {"2", "message", "1"}, {"3", "message", "2"}, {"4", "message", "2"}});
  for (const std::string id : {"id:", "id"}) {
    check("id: 1\ndata: 1\n\n" + id + "\ndata:2\n\ndata:3\n\n",
          {{"1", "message", "1"}, {"2"}, {"3"}});
  }
}

TEST_CASE("wpt format-field-id-null") {
  for (const std::string& id : {"\0\0"s, "x\0"s, "\0x"s, "x\0x"s, " \0"s}) {
    check({{"id: " + id + "\nretry: 200\ndata: hello\n\n"}, {"data: hello\n\n"}},
          {{"hello"}, {"hello"}}, 200);
  }
}

TEST_CASE("wpt format-field-parsing") {
  check(
      "data:\0\ndata:  2\rData:1\ndata\0:2\ndata:1\r\0data:4\nda-ta:3\rdata_5\ndata:3\rdata:\r\n"
      " data:32\ndata:4\n\n"s,
      {{"\0\n 2\n1\n3\n\n4"s}});
}

TEST_CASE("wpt format-field-retry") { check("retry:03000\ndata:x\n\n\n", {{"x"}}, 3000); }

TEST_CASE("wpt format-field-retry-bogus") {
  check("retry:3000\nretry:1000x\ndata:x\n\n\n", {{"x"}}, 3000);
}

TEST_CASE("wpt format-field-retry-empty") { check("retry\ndata:test\n\n\n", {{"test"}}); }

TEST_CASE("wpt format-field-unknown") {
  check("data:test\n data\ndata\nfoobar:xxx\njustsometext\n:thisisacommentyay\ndata:test\n\n\n",
        {{"test\n\ntest"}});
}

TEST_CASE("wpt format-leading-space") {
  check("data:\ttest\rdata: \ndata:test\n\n\n", {{"\ttest\n\ntest"}});
}

TEST_CASE("wpt format-newlines") {
  check("data:test\r\ndata\ndata:test\r\n\r\n", {{"test\n\ntest"}});
}

TEST_CASE("wpt format-null-character") { check("data:\0\n\n\n\n"s, {{"\0"s}}); }

TEST_CASE("wpt format-utf-8") { check("data:ok" + ellipsis + "\n\n\n", {{"ok" + ellipsis}}); }

TEST_CASE("wpt eventsource-from-readable-stream") {
  check("data: cr\r\rdata: lf\n\ndata: crlf\r\n\r\n", {{"cr"}, {"lf"}, {"crlf"}});
  check({{"da", "ta: hel", "lo\n\n"}}, {{"hello"}});
  check(bom + "data: hello\n\n", {{"hello"}});
  check({{"id: 42\ndata: hello\n\n"}, {"data: again\n\n"}},
        {{"hello", "message", "42"}, {"again", "message", "42"}});
  check({{"retry: 5000\ndata: hello\n\n"}, {"data: again\n\n"}}, {{"hello"}, {"again"}}, 5000);
  check("retry: bogus\ndata: hello\n\n", {{"hello"}});
  check({{"data: first\n\ndata: cut"}, {bom + "data: second\n\n"}}, {{"first"}, {"second"}});
}

TEST_CASE("wpt eventsource-reconnect") {
  check({{"retry: 2\n"}, {"data: data\n\n"}}, {{"data"}}, 2);
  check({{"retry: 2\ndata: ok\n\n"}, {"data: data\n\n"}}, {{"ok"}, {"data"}}, 2);
}

TEST_CASE("wpt eventsource-close") {
  check({{"retry: 2\ndata: opened\n\n"}, {"data: reconnected\n\n"}}, {{"opened"}, {"reconnected"}},
        2);
}
