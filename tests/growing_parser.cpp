// SPDX-License-Identifier: MIT
#include <sse/growing_parser.hpp>  // the header is self-contained
//
#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <map>
#include <memory>
#include <memory_resource>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/reported.hpp"
#include "support/walk.hpp"

// All members, used below or not.
template class sse::basic_growing_parser<>;

namespace {

using status = sse::growing_parser::status;

static_assert(sse::growing_parser::default_limit == 16 * 1024 * 1024);

template <class Parser>
std::vector<std::string> data_of(Parser& parser, std::string_view stream, std::size_t chunk_size) {
  std::vector<std::string> data;
  for (std::size_t at = 0; at < stream.size(); at += chunk_size) {
    const std::string chunk(stream.substr(at, chunk_size));
    for (const auto& e : parser.events(chunk)) {
      CHECK(e.kind == status::event);
      data.emplace_back(e.data);
    }
  }
  return data;
}

// The same, with all that there is in the range.
template <class Parser>
std::string all_of(Parser& parser, std::string_view stream, std::size_t chunk_size) {
  std::string seen;
  for (std::size_t at = 0; at < stream.size(); at += chunk_size) {
    const std::string chunk(stream.substr(at, chunk_size));
    for (const auto& e : parser.events(chunk)) seen += told(e.kind, e);
  }
  return seen;
}

// Gives out memory as long as it is allowed to.
struct rationed {
  using value_type = char;
  int* left;
  char* allocate(std::size_t size) {
    if (*left == 0) throw std::bad_alloc();
    --*left;
    return static_cast<char*>(::operator new(size));
  }
  void deallocate(char* memory, std::size_t) noexcept { ::operator delete(memory); }
  [[maybe_unused]] friend bool operator==(rationed a, rationed b) noexcept {
    return a.left == b.left;
  }
  [[maybe_unused]] friend bool operator!=(rationed a, rationed b) noexcept {
    return a.left != b.left;
  }
};

TEST_CASE("nothing is allocated before something has to be kept") {
  sse::growing_parser parser;
  CHECK(parser.capacity() == 0);
  CHECK(data_of(parser, "data: whole\n\nevent: x\ndata: events\n\n", 1000).size() == 2);
  CHECK(parser.capacity() == 0);
  CHECK(data_of(parser, "data: cut", 1000).empty());
  CHECK(parser.capacity() > 0);
  CHECK(parser.kept() == 3);
}

TEST_CASE("the storage grows with the event, however the stream is cut") {
  const std::string payload(100'000, 'x');
  for (const std::size_t chunk_size : {1U, 100U, 4096U, 1'000'000U}) {
    sse::growing_parser parser;
    const auto data = data_of(parser, "id: 5\ndata: " + payload + "\ndata: y\n\n", chunk_size);
    REQUIRE(data.size() == 1);
    CHECK(data[0] == payload + "\ny");
    CHECK(parser.last_event_id() == "5");
  }
}

TEST_CASE("the storage doubles, from 256 bytes on and up to twice the limit beside the last ID") {
  for (const std::size_t limit : {100U, 255U, 256U, 257U, 400U, 512U, 2000U}) {
    for (std::size_t before = 1; before < limit; before += before < 600 ? 1 : 50) {
      sse::growing_parser parser(limit);
      REQUIRE(parser.set_last_event_id(std::string(before, 'i')));
      parser.shrink_to_fit();
      REQUIRE(parser.capacity() == before);
      REQUIRE(data_of(parser, "data: x", 100).empty());
      CHECK(parser.capacity() ==
            std::min(2 * limit + before, std::max<std::size_t>(256, 2 * before)));
    }
  }
}

TEST_CASE("from 1 MiB on it grows by four, up to twice the limit beside the last ID") {
  constexpr std::size_t mebibyte = std::size_t{1} << 20;
  for (const std::size_t before : {mebibyte - 1, mebibyte, mebibyte + 1}) {
    const std::size_t grown = (before < mebibyte ? 2 : 4) * before;
    for (const std::size_t limit :
         {before, before + 10, 3 * before / 2 - 1, 3 * before / 2, 3 * before / 2 + 1, grown}) {
      sse::growing_parser parser(limit);
      REQUIRE(parser.set_last_event_id(std::string(before, 'i')));
      parser.shrink_to_fit();
      REQUIRE(data_of(parser, "data: x", 100).empty());
      CHECK(parser.capacity() == std::min(2 * limit + before, grown));
    }
  }
}

TEST_CASE("a limit may be beyond all memory") {
  const std::string payload(1000, 'x');
  constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
  for (const std::size_t limit : {most, most / 2 + 1}) {
    sse::growing_parser parser(limit);
    CHECK(data_of(parser, "data: " + payload + "\n\n", 100) == std::vector<std::string>{payload});
  }
}

// An event of that size in the stream.
std::string sized(std::size_t size) { return "data: " + std::string(size - 8, 'x') + "\n\n"; }

TEST_CASE("what is larger than the limit ends with skipped, and what is as large is an event") {
  for (const std::size_t chunk_size : {1U, 7U, 100U, 5000U}) {
    sse::growing_parser parser(1000);
    CHECK(parser.limit() == 1000);
    CHECK(data_of(parser, sized(1000), chunk_size) ==
          std::vector<std::string>{std::string(992, 'x')});
    CHECK(all_of(parser, sized(1001), chunk_size) == "skipped:;");
    CHECK(all_of(parser, "id: 7\n" + sized(2000), chunk_size) == "skipped#7:;");
    CHECK(parser.last_event_id() == "7");
    CHECK(all_of(parser, sized(100'000), chunk_size) == "skipped:;");
    CHECK(parser.capacity() <= 2 * 1000 + 1);
    CHECK(all_of(parser, "data: next\n\n", chunk_size) == "message:next;");
  }
}

TEST_CASE("of an event that is cut storage_full says early that it is larger than the limit") {
  sse::growing_parser parser(1000);
  const std::string large = sized(10'000);
  parser.feed(std::string_view(large).substr(0, 100));
  sse::event e;
  REQUIRE(parser.next(e) == status::need_input);
  parser.feed(std::string_view(large).substr(100, 9000));
  REQUIRE(parser.next(e) == status::storage_full);
  CHECK(parser.offset() > 1000);
  CHECK(parser.offset() <= 2100);
  REQUIRE(parser.next(e) == status::need_input);
  CHECK(parser.pending());
  CHECK(feed(parser, std::string_view(large).substr(9100)) == "skipped:;");
}

TEST_CASE("storage does not grow for the first byte above the limit") {
  sse::growing_parser parser(256 + 5);
  const std::string cut = "data:" + std::string(300, 'x');
  parser.feed(cut);
  sse::event e;
  CHECK(parser.next(e) == status::storage_full);
  CHECK(parser.offset() == 256 + 5);
}

TEST_CASE("an allocator that throws loses nothing: the next call goes on") {
  const std::string stream = "id: 7\ndata: " + std::string(3000, 'a') + "\ndata: b\n\n";
  int left = 0;
  sse::basic_growing_parser<rationed> parser(1 << 20, rationed{&left});
  std::string data;
  int thrown = 0;
  for (const char byte : stream) {
    const std::string chunk(1, byte);
    parser.feed(chunk);
    sse::event e;
    for (;;) {
      try {
        const auto result = parser.next(e);
        REQUIRE(result != sse::parser::status::storage_full);
        if (result == sse::parser::status::need_input) break;
        data = e.data;
      } catch (const std::bad_alloc&) {
        ++thrown;
        left = 1;
      }
    }
  }
  CHECK(thrown > 2);
  CHECK(data == std::string(3000, 'a') + "\nb");
  CHECK(parser.last_event_id() == "7");
}

TEST_CASE("a last event ID that fits takes the place of the one before, in the same storage") {
  sse::growing_parser parser(100);
  CHECK(parser.set_last_event_id(std::string(50, 'i')));
  const std::size_t capacity = parser.capacity();
  CHECK(parser.set_last_event_id(std::string(50, 'j')));
  CHECK(parser.capacity() == capacity);
  CHECK(parser.last_event_id() == std::string(50, 'j'));
}

TEST_CASE("the last event ID can be set to any length up to the limit") {
  sse::growing_parser parser(100);
  CHECK(parser.set_last_event_id(std::string(100, 'i')));
  CHECK(parser.last_event_id() == std::string(100, 'i'));
  CHECK_FALSE(parser.set_last_event_id(std::string(101, 'i')));
  CHECK_FALSE(parser.set_last_event_id("a\nb"));
  CHECK(parser.last_event_id() == std::string(100, 'i'));
  CHECK(parser.set_last_event_id("1"));
  parser.shrink_to_fit();
  CHECK(parser.capacity() == 1);
  CHECK(parser.last_event_id() == "1");
}

TEST_CASE("storage that is all in use is left where it is") {
  int left = 2;
  sse::basic_growing_parser<rationed> parser(100, rationed{&left});
  CHECK(parser.set_last_event_id(std::string(100, 'i')));
  parser.shrink_to_fit();
  CHECK(left == 0);
  parser.shrink_to_fit();  // would throw if it allocated
  CHECK(parser.last_event_id() == std::string(100, 'i'));
  CHECK(parser.capacity() == 100);
}

TEST_CASE("a last event ID that is refused costs no memory") {
  sse::growing_parser parser;
  CHECK_FALSE(parser.set_last_event_id(std::string(5000, '\n')));
  CHECK_FALSE(parser.set_last_event_id(std::string(parser.limit() + 1, 'i')));
  CHECK(parser.capacity() == 0);
}

TEST_CASE("storage not in use can be given back, in the middle of an event too") {
  sse::growing_parser parser;
  data_of(parser, "data: " + std::string(10'000, 'x') + "\n\ndata: ab", 50);
  parser.shrink_to_fit();
  CHECK(parser.capacity() == 2);
  CHECK(data_of(parser, "c\n\n", 1) == std::vector<std::string>{"abc"});
  data_of(parser, "\n", 1);
  parser.shrink_to_fit();
  CHECK(parser.capacity() == 0);
}

TEST_CASE("a parser moves in the middle of an event, with its allocator") {
  std::pmr::monotonic_buffer_resource memory;
  std::pmr::unsynchronized_pool_resource other_memory;
  using pmr_parser = sse::basic_growing_parser<std::pmr::polymorphic_allocator<char>>;
  pmr_parser first(1 << 20, &memory);
  CHECK(data_of(first, "id: 1\ndata: a\n\ndata: hel", 3).size() == 1);
  pmr_parser second(std::move(first));
  CHECK(data_of(first, "data: fresh\n\n", 3) == std::vector<std::string>{"fresh"});
  pmr_parser third(10, &other_memory);
  CHECK(data_of(third, "data: to be given up", 3).empty());
  CHECK(third.limit() == 10);
  third = std::move(second);
  CHECK(third.limit() == 1 << 20);
  CHECK(data_of(third, "lo\n\n", 3) == std::vector<std::string>{"hello"});
  CHECK(third.last_event_id() == "1");
  pmr_parser& same = third;
  third = std::move(same);
  CHECK(third.last_event_id() == "1");
}

// Knows what it has given out.
struct accountant {
  using value_type = char;
  std::map<char*, std::size_t>* given;
  char* allocate(std::size_t size) {
    char* const memory = std::allocator<char>().allocate(size);
    given->emplace(memory, size);
    return memory;
  }
  void deallocate(char* memory, std::size_t size) {
    REQUIRE(given->count(memory) == 1);
    CHECK(given->at(memory) == size);
    given->erase(memory);
    std::allocator<char>().deallocate(memory, size);
  }
  [[maybe_unused]] friend bool operator==(accountant a, accountant b) noexcept {
    return a.given == b.given;
  }
  [[maybe_unused]] friend bool operator!=(accountant a, accountant b) noexcept {
    return a.given != b.given;
  }
};

TEST_CASE("memory is given back once, all of it, and where it came from") {
  using parser = sse::basic_growing_parser<accountant>;
  std::map<char*, std::size_t> here;
  std::map<char*, std::size_t> there;
  {
    parser first(1 << 20, accountant{&here});
    CHECK(data_of(first, "data: " + std::string(1000, 'x'), 50).empty());
    CHECK(here.size() == 1);
    CHECK(here.begin()->second == first.capacity());
    first.shrink_to_fit();
    CHECK(here.begin()->second == 1000);
    parser second(std::move(first));
    CHECK(first.capacity() == 0);
    CHECK(data_of(first, "data: y", 50).empty());
    CHECK(here.size() == 2);
    parser third(1 << 20, accountant{&there});
    CHECK(data_of(third, "data: z", 50).empty());
    CHECK(there.size() == 1);
    third = std::move(second);
    CHECK(there.empty());
    CHECK(here.size() == 2);
    CHECK(data_of(third, "\n\n", 50) == std::vector<std::string>{std::string(1000, 'x')});
    third.shrink_to_fit();
    CHECK(here.size() == 1);
  }
  CHECK(here.empty());
}

TEST_CASE("a parser can be made in all the ways in which members of other types are made") {
  struct connection {
    int fd;
    sse::growing_parser parser;
  };
  connection none{};
  CHECK(none.fd == 0);
  CHECK(data_of(none.parser, "data: a\n\n", 1) == std::vector<std::string>{"a"});
  connection some = {3, {}};
  CHECK(some.fd == 3);
  CHECK(data_of(some.parser, "data: a\n\n", 1) == std::vector<std::string>{"a"});
  const auto made = []() -> sse::growing_parser { return {}; };
  CHECK(made().limit() == sse::growing_parser::default_limit);
  sse::growing_parser two[2] = {};
  CHECK(two[1].capacity() == 0);
  data_of(two[0], "id: 1\n\ndata: b", 1);
  two[0] = {};
  CHECK(two[0].last_event_id().empty());
  CHECK(two[0].capacity() == 0);
  CHECK(data_of(two[0], "data: c\n\n", 1) == std::vector<std::string>{"c"});
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#endif
  connection rest = {4};
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif
  CHECK(rest.parser.kept() == 0);
}

TEST_CASE("the limit is the event's size in the stream, at every cut the same") {
  // 16 MiB and 20 MiB, as in one chunk and in chunks of 64 KiB.
  constexpr std::size_t mebibyte = std::size_t{1} << 20;
  for (const std::size_t chunk_size : {64 * mebibyte, mebibyte / 16}) {
    sse::growing_parser parser;
    CHECK(all_of(parser, sized(20 * mebibyte), chunk_size) == "skipped:;");
    CHECK(all_of(parser, sized(16 * mebibyte + 1), chunk_size) == "skipped:;");
    CHECK(data_of(parser, sized(16 * mebibyte), chunk_size).at(0).size() == 16 * mebibyte - 8);
    CHECK(all_of(parser, "data: b\n\n", chunk_size) == "message:b;");
  }
  for (const std::string text :
       {"id: 12\nevent: tick\n:a comment\ndata: ab\nunknown\ndata: c\n\n",
        "data: a\r\nid: 1\r\nid: 345\r\n\r\n", "event: t\rretry: 5\rdata: abc\r\r"}) {
    CAPTURE(text);
    const std::string stream = ":a long comment in front of it, which does not count\n\n" + text;
    // Of a CRLF at the end the LF may come later, so it does not count.
    const std::size_t size = text.size() - (text.substr(text.size() - 2) == "\r\n" ? 1 : 0);
    for (std::size_t limit = 1; limit < size + 3; ++limit) {
      CAPTURE(limit);
      for (const auto& chunks : reported::cuts(stream)) {
        sse::growing_parser parser(limit);
        std::string seen;
        reported::read(parser, chunks, [&](status s, const sse::event& e) {
          seen += s == status::storage_full ? "" : s == status::event ? "event" : told(s, e);
        });
        CHECK(seen.substr(0, 5) == (limit >= size ? "event" : "skipp"));
        CHECK(parser.offset() == stream.size());
      }
    }
  }
}

TEST_CASE("events and reports above the limit are told as such, and no other, at every cut") {
  using namespace reported;
  for (const std::string& stream : streams()) {
    CAPTURE(stream);
    for (const bool finished : {false, true}) {
      const std::vector<item> wanted = expected(stream, sse::report::everything, finished);
      for (std::size_t limit = 6; limit <= 40; ++limit) {  // no ID is longer
        CAPTURE(limit);
        std::string expectation;
        for (const item& each : wanted) {
          const std::size_t text = each.text.find(':') + 1;
          const std::string report = each.text.substr(text, each.text.size() - 1 - text);
          if (each.kind == status::event || each.kind == status::no_data) {
            expectation += each.end - each.begin <= limit ? each.text : "skipped;";
          } else if (report.size() <= limit) {
            expectation += each.text;
          } else if (report.substr(0, 3) != "id:" && report.substr(0, 6) != "retry:") {
            expectation += "report full;";  // of an ID or a retry that is not known in time
          }
        }
        for (const auto& chunks : cuts(stream)) {
          sse::growing_parser parser(limit);
          parser.report(sse::report::everything);
          std::string seen;
          const auto take = [&](status s, const sse::event& e) {
            if (s == status::storage_full) return;
            seen += s == status::skipped ? "skipped;" : told_in_full(s, e);
          };
          read(parser, chunks, take);
          if (finished) finish(parser, take);
          REQUIRE(seen == expectation);
        }
      }
    }
  }
}

TEST_CASE("a skipped event is heard of in the range, with its ID, and the next is intact") {
  const std::string stream = "id: 7\ndata: " + std::string(100, 'x') + "\n\ndata: b\n\n";
  for (const std::size_t chunk_size : {1U, 3U, 50U, 1000U}) {
    sse::growing_parser parser(50);
    CHECK(all_of(parser, stream, chunk_size) == "skipped#7:;message:b;");
    CHECK(parser.last_event_id() == "7");
  }
}

TEST_CASE("the storage has room for the ID that a skipped event ends with") {
  sse::growing_parser parser(400);
  const std::string first(100, '1');
  const std::string second(200, '2');
  CHECK(all_of(parser, "id:" + first + "\n\n", 1000) == "");
  CHECK(all_of(parser, "data:" + std::string(150, 'x') + "\n:" + std::string(300, 'c'), 1) == "");
  CHECK(parser.capacity() < first.size() + second.size());
  CHECK(all_of(parser, "\ndata:x\nid:" + second + "\n\n", 1) == "skipped#" + second + ":;");
  CHECK(parser.last_event_id() == second);
}

TEST_CASE("a comment above the limit is told as a report that does not fit") {
  constexpr std::size_t mebibyte = std::size_t{1} << 20;
  const std::string stream = ":" + std::string(2 * mebibyte, 'c') + "\ndata: a\n\n";
  for (const std::size_t chunk_size : {4 * mebibyte, mebibyte / 16, mebibyte, 2 * mebibyte + 1}) {
    sse::growing_parser parser(mebibyte);
    parser.report(sse::report::comments);
    CHECK(all_of(parser, stream, chunk_size) == "report full;message:a;");
    CHECK(parser.capacity() <= 2 * mebibyte);
    parser.report(sse::report::nothing);
    CHECK(all_of(parser, stream, chunk_size) == "message:a;");
  }
}

TEST_CASE("a comment as large as the limit is reported, beside an event that is as large") {
  const std::string text(100, 'c');
  for (const std::size_t chunk_size : {1U, 7U, 99U, 1000U}) {
    sse::growing_parser parser(120);
    parser.report(sse::report::comments);
    const std::string comment = ":" + std::string(120, 'c') + "\n";
    const std::string data = "data: " + std::string(112, 'd') + "\n\n";
    CHECK(all_of(parser, comment + data, chunk_size) ==
          "comment:" + std::string(120, 'c') + ";message:" + std::string(112, 'd') + ";");
    CHECK(all_of(parser, "data: a\n:" + text + "\n\n", chunk_size) ==
          "comment:" + text + ";message:a;");
  }
}

TEST_CASE("in an event above the limit reports that are not are made, at every cut") {
  for (const std::string line : {":a comment", "unknown: field", "retry: x"}) {
    const std::string stream = "data: " + std::string(90, 'z') + "\n" + line + "\n\n";
    const std::string report =
        line[0] == ':' ? "comment:" + line.substr(1) + ";" : "ignored:" + line + ";";
    for (const std::size_t chunk_size : {1U, 7U, 50U, 97U, 1000U}) {
      sse::growing_parser parser(46);
      parser.report(sse::report::everything);
      CHECK(all_of(parser, stream, chunk_size) == report + "skipped:;");
    }
  }
}

TEST_CASE("an event above the limit makes way for a report that is longer than any ID") {
  const std::string text(9500, 'c');
  const std::string stream = "data: " + std::string(11'000, 'z') + "\n:" + text + "\n\n";
  for (const std::size_t chunk_size : {100U, 5000U}) {
    sse::growing_parser parser(10'000);
    parser.report(sse::report::comments);
    CHECK(all_of(parser, stream, chunk_size) == "comment:" + text + ";skipped:;");
  }
}

TEST_CASE("a chunk without a line end may be of any size, where ignored lines are reported") {
  for (std::size_t size = 1; size < 300; ++size) {
    sse::growing_parser parser;
    parser.report(sse::report::ignored_lines);
    const std::string line(size, 'x');
    CHECK(all_of(parser, line, size) == "");
    CHECK(all_of(parser, "\n", 1) == "ignored:" + line + ";");
  }
}

TEST_CASE("a report for which an ID above the limit leaves no room is told as too large") {
  sse::growing_parser parser(8);
  parser.report(sse::report::comments);
  CHECK(feed(parser, "id:12345678901234\n") == "");
  CHECK(feed(parser, ":abcd") == "report full;");
  CHECK(feed(parser, "e\n\n:abcd\n") == "comment:abcd;");
  CHECK(parser.last_event_id() == "12345678901234");
}

TEST_CASE("of a retry or an ID above the limit that is ignored nothing is said, at every cut") {
  for (const std::string& line :
       {std::string("retry: much too long\n"), std::string("id:123456789\0\n", 14)}) {
    const std::string stream = line + "data:a\n\n";
    for (const auto& chunks : reported::cuts(stream)) {
      sse::growing_parser parser(8);
      parser.report(sse::report::everything);
      std::string seen;
      reported::read(parser, chunks, [&seen](status s, const sse::event& e) {
        if (s != status::storage_full) seen += told(s, e);
      });
      CHECK(seen == "skipped:;");
    }
  }
}

TEST_CASE("finish goes on in the chunk first") {
  sse::growing_parser parser;
  parser.feed("data:a\n\ndata:b");
  sse::event e;
  REQUIRE(parser.finish(e) == status::event);
  CHECK(e.data == "a");
  REQUIRE(parser.finish(e) == status::event);
  CHECK(e.data == "b");
  CHECK(parser.finish(e) == status::need_input);
}

TEST_CASE("a last event ID that lies where it would have to go is copied first") {
  sse::growing_parser parser;
  parser.report(sse::report::comments);
  CHECK(feed(parser, "event:abcdefghij\n:" + std::string(200, 'i')) == "");
  parser.feed("\n");
  sse::event e;
  REQUIRE(parser.next(e) == status::comment);
  CHECK(parser.set_last_event_id(e.data));
  CHECK(parser.last_event_id() == std::string(200, 'i'));
  CHECK(feed(parser, "data:a\n\n") == "abcdefghij:a;");
}

TEST_CASE("comments, finish, reset and the rest are those of the parser") {
  sse::growing_parser parser;
  parser.report(sse::report::comments);
  parser.feed(": hi\nretry: 5\ndata: unfinished");
  sse::event e;
  REQUIRE(parser.next(e) == status::comment);
  CHECK(e.data == " hi");
  CHECK(parser.offset() == 5);
  CHECK(parser.unread().size() == 25);
  REQUIRE(parser.next(e) == status::need_input);
  CHECK(parser.pending());
  CHECK(parser.reconnection_time() == std::chrono::milliseconds(5));
  REQUIRE(parser.finish(e) == status::event);
  CHECK(e.data == "unfinished");
  parser.reset();
  CHECK(parser.offset() == 0);
  CHECK_FALSE(parser.pending());
}

}  // namespace
