// SPDX-License-Identifier: MIT
// What is brought near before it is written to changes nothing but the time; so it is noted here. A
// program of its own, for in others these functions are what they are.
#include <doctest/doctest.h>

#include <string_view>
#include <utility>
#include <vector>

namespace noted {
std::vector<std::pair<const void*, int>> prefetches;
void prefetch(const void* place, int for_writing, int = 3) {
  prefetches.emplace_back(place, for_writing);
}
}  // namespace noted

#define __builtin_prefetch(...) ::noted::prefetch(__VA_ARGS__)
#include <sse/parser.hpp>

namespace {

TEST_CASE("memory is brought near for writing, 4 KiB ahead, and none beyond the storage") {
  std::vector<char> storage(5000);
  for (const std::size_t room : {0U, 1U, 4095U, 4096U}) {
    noted::prefetches.clear();
    sse::detail::prefetch_to_write(storage.data(), room);
    CHECK(noted::prefetches.empty());
  }
  for (const std::size_t room : {4097U, 5000U}) {
    noted::prefetches.clear();
    sse::detail::prefetch_to_write(storage.data(), room);
    REQUIRE(noted::prefetches.size() == 1);
    CHECK(noted::prefetches[0].first == storage.data() + 4096);
    CHECK(noted::prefetches[0].second == 1);
  }
}

TEST_CASE("what comes behind data in parts is brought near") {
  std::vector<char> storage(5000);
  sse::parser parser(storage.data(), storage.size());
  sse::event e;
  for (const std::string_view chunk : {"data: 1234", "56"}) {
    parser.feed(chunk);
    noted::prefetches.clear();
    REQUIRE(parser.next(e) == sse::parser::status::need_input);
    REQUIRE(!noted::prefetches.empty());
    CHECK(noted::prefetches.back().first == storage.data() + parser.kept() + 4096);
  }
}

}  // namespace
