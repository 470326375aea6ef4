// SPDX-License-Identifier: MIT
// The range that sse::parser::events returns.
#include <doctest/doctest.h>

#include <iterator>
#include <sse/parser.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>
#if __cplusplus >= 202002L
#include <ranges>
#endif

#include "support/walk.hpp"

namespace {

std::vector<char> block(std::string_view text) { return {text.begin(), text.end()}; }

}  // namespace

TEST_CASE("events are an input range") {
  using range = decltype(std::declval<sse::parser&>().events(std::string_view()));
  using iterator = decltype(std::declval<range&>().begin());
  using traits = std::iterator_traits<iterator>;
  static_assert(std::is_same_v<traits::iterator_category, std::input_iterator_tag>);
  static_assert(std::is_same_v<traits::value_type, sse::event>);
  static_assert(std::is_same_v<traits::reference, const sse::event&>);
  static_assert(std::is_same_v<traits::pointer, const sse::event*>);
  static_assert(std::is_signed_v<traits::difference_type>);
  static_assert(!std::is_copy_constructible_v<range> && !std::is_copy_assignable_v<range>);
#if defined(__cpp_lib_ranges)
  static_assert(std::input_iterator<iterator>);
  static_assert(std::ranges::input_range<range>);
#endif
  char storage[16];
  sse::parser parser(storage);
  auto events = parser.events("data:a\n\ndata:bc\n\nevent:t\ndata:d\n\ndata");
  auto it = events.begin();
  CHECK(it != events.end());
  CHECK((*it).data == "a");
  CHECK(&*++it == it.operator->());
  CHECK(it->data == "bc");
  it++;
  CHECK(it->type == "t");
  CHECK_FALSE(it == events.end());
  CHECK_FALSE(events.end() == it);
  CHECK(events.end() != it);
  ++it;
  CHECK(it == events.end());
  CHECK(events.end() == it);
  CHECK_FALSE(it != events.end());
  CHECK(parser.pending());
}

TEST_CASE("a range may be empty") {
  char storage[16];
  sse::parser parser(storage);
  for (const std::string_view chunk : {"", "data:a", "\nid:1", "\nevent:t"}) {
    for (const sse::event& e : parser.events(chunk)) FAIL(e.data);
  }
  CHECK(feed(parser, "\n\n") == "t#1:a;");
}

TEST_CASE("when the loop is left early the chunk may go, and the last event ID holds") {
  for (const std::string_view stream :
       {"id:7\ndata:[DONE]\n\n", "id:7\n\ndata:[DONE]\n\n", "id:7\ndata:[DONE]\n\nid:8\ndata:a\n\n",
        "data:a\n\nid:7\n\ndata:[DONE]\n\nid:8\ndata:b"}) {
    char storage[16];
    sse::parser parser(storage);
    {
      const auto chunk = block(stream);
      for (const sse::event& e : parser.events({chunk.data(), chunk.size()})) {
        if (e.data == "[DONE]") break;
      }
      CHECK(parser.offset() + parser.unread().size() == stream.size());
    }
    CHECK(parser.last_event_id() == "7");
    CHECK(parser.kept() == 1);
    parser.reset();
    CHECK(parser.last_event_id() == "7");
    CHECK(feed(parser, "data:c\n\n") == "message:c;");
  }
}

TEST_CASE("a loop that was left early is gone on with in what is unread") {
  char storage[16];
  sse::parser parser(storage);
  const auto chunk = block("id:1\ndata:a\ndata:b\n\ndata:[DONE]\n\nid:2\ndata:c\n\n\ndata:d");
  for (const sse::event& e : parser.events({chunk.data(), chunk.size()})) {
    if (e.data == "[DONE]") break;
  }
  CHECK(parser.unread() == "id:2\ndata:c\n\n\ndata:d");
  CHECK(parser.offset() == 33);
  std::string seen;
  for (const sse::event& e : parser.events(parser.unread())) seen += e.data;
  CHECK(seen == "c");
  CHECK(parser.unread().empty());
  CHECK(parser.offset() == chunk.size());
  CHECK(feed(parser, "\n\n") == "message:d;");
}

TEST_CASE("the range passes over comments, and over events that do not fit") {
  char storage[3];
  sse::parser parser(storage);
  parser.report_comments(true);
  std::string seen;
  for (const std::string_view chunk :
       {":a\ndata:1\n\ndata:abcd", "e\n\n:c", "c\ndata:2\n\n:ccccc"}) {
    for (const sse::event& e : parser.events(chunk)) seen += e.data;
  }
  CHECK(seen == "12");
  CHECK(parser.dropped() == 1);
}
