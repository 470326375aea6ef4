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
#include <vector>

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
    for (const sse::event& e : parser.events(chunk)) data.emplace_back(e.data);
  }
  return data;
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
    CHECK(parser.dropped() == 0);
  }
}

TEST_CASE("the storage doubles, from 256 bytes on and up to the limit") {
  for (const std::size_t limit : {100U, 255U, 256U, 257U, 400U, 512U, 2000U}) {
    for (std::size_t before = 1; before < limit; before += before < 600 ? 1 : 50) {
      sse::growing_parser parser(limit);
      REQUIRE(parser.set_last_event_id(std::string(before, 'i')));
      parser.shrink_to_fit();
      REQUIRE(parser.capacity() == before);
      REQUIRE(data_of(parser, "data: x", 100).empty());
      CHECK(parser.capacity() == std::min(limit, std::max<std::size_t>(256, 2 * before)));
    }
  }
}

TEST_CASE("from 1 MiB on it grows by four, up to the limit") {
  constexpr std::size_t mebibyte = std::size_t{1} << 20;
  for (const std::size_t before : {mebibyte - 1, mebibyte, mebibyte + 1}) {
    const std::size_t grown = (before < mebibyte ? 2 : 4) * before;
    for (const std::size_t limit : {before + 10, 2 * before, grown - 1, grown, grown + 1}) {
      sse::growing_parser parser(limit);
      REQUIRE(parser.set_last_event_id(std::string(before, 'i')));
      parser.shrink_to_fit();
      REQUIRE(data_of(parser, "data: x", 100).empty());
      CHECK(parser.capacity() == std::min(limit, grown));
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

TEST_CASE("at the limit it is full, and the event is skipped, drained or left") {
  sse::growing_parser parser(1000);
  CHECK(parser.limit() == 1000);
  const std::string large = "data: " + std::string(1001, 'x') + "\n\n";
  const std::string fits = "data: " + std::string(1000, 'x') + "\n\n";
  CHECK(data_of(parser, fits, 7).size() == 1);
  CHECK(parser.capacity() == 1000);
  CHECK(data_of(parser, large, 7).empty());
  CHECK(parser.dropped() == 1);
  CHECK(data_of(parser, "data: next\n\n", 7) == std::vector<std::string>{"next"});

  parser.feed(std::string_view(large).substr(0, 100));
  sse::event e;
  REQUIRE(parser.next(e) == status::need_input);
  parser.feed(std::string_view(large).substr(100));
  REQUIRE(parser.next(e) == status::storage_full);
  CHECK(parser.drain().size() == 1000);
  REQUIRE(parser.next(e) == status::event);
  CHECK(e.data == "x");
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
  CHECK(parser.dropped() == 0);
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
  int left = 1;
  sse::basic_growing_parser<rationed> parser(100, rationed{&left});
  CHECK(parser.set_last_event_id(std::string(100, 'i')));
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

TEST_CASE("comments, finish, reset and the rest are those of the parser") {
  sse::growing_parser parser;
  parser.report_comments(true);
  parser.feed(": hi\nretry: 5\ndata: unfinished");
  sse::event e;
  REQUIRE(parser.next(e) == status::comment);
  CHECK(e.data == "hi");
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
