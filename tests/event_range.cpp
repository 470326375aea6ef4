// SPDX-License-Identifier: MIT
// The range that sse::parser::events returns.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <memory>
#include <sse/growing_parser.hpp>
#include <sse/parser.hpp>
#include <stdexcept>
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

TEST_CASE("what is handed out in a range stays as it is, also where the ID is in the storage") {
  char storage[16];
  sse::parser parser(storage);
  for (const std::string chunk : {"event:abcd\nid:12\ndata:x", "\n\n"}) {
    for (const auto& e : parser.events(chunk)) {
      CHECK(e.type == "abcd");
      CHECK(e.id == std::string_view("12"));
      CHECK(e.data == "x");
    }
  }
  CHECK(parser.last_event_id() == "12");
}

}  // namespace

TEST_CASE("events are an input range") {
  using range = decltype(std::declval<sse::parser&>().events(std::string_view()));
  using iterator = decltype(std::declval<range&>().begin());
  using traits = std::iterator_traits<iterator>;
  static_assert(std::is_same_v<traits::iterator_category, std::input_iterator_tag>);
  static_assert(std::is_same_v<traits::value_type, sse::parser::item>);
  static_assert(std::is_same_v<traits::reference, const sse::parser::item&>);
  static_assert(std::is_same_v<traits::pointer, const sse::parser::item*>);
  static_assert(std::is_base_of_v<sse::event, sse::parser::item>);
  static_assert(std::is_signed_v<traits::difference_type>);
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

TEST_CASE("the chunk may go when the loop is left, on whichever side of the storage it lies") {
  const std::string_view text = "id:1234\ndata:a\n\ndata:b\n\n";
  for (const std::size_t at : {0U, 16U + 24U}) {
    std::string memory(24 + 16 + 24, '#');
    std::copy(text.begin(), text.end(), memory.data() + at);
    sse::parser parser(memory.data() + 24, 16);
    for (const auto& e : parser.events(std::string_view(memory).substr(at, text.size()))) {
      CHECK(e.data == "a");
      break;
    }
    std::fill_n(memory.data() + at, text.size(), '.');
    CHECK(parser.last_event_id() == "1234");
  }
}

TEST_CASE("a report that does not fit says no more than that, whatever came before") {
  const std::string_view chunk = "id:1\nevent:t\nretry:5\ndata:a\n\n:a long comment that is cut";
  char storage[4];
  sse::parser parser(storage);
  parser.report(sse::report::comments);
  sse::growing_parser growing(31);
  growing.report(sse::report::comments);
  const auto check = [](auto& it, std::string_view text) {
    unsigned count = 0;
    for (const auto& e : it.events(text)) {
      if (++count == 1) continue;
      CHECK(e.kind == sse::parser::status::report_full);
      CHECK_FALSE(e.id);
      CHECK(e.type.empty());
      CHECK(e.data.empty());
      CHECK_FALSE(e.retry);
    }
    CHECK(count == 2);
  };
  check(parser, chunk);
  std::string longer(chunk);
  longer += ".........\n";
  check(growing, longer);
}

TEST_CASE("an item that nothing was put in yet is an event of no data") {
  const sse::parser::item item;
  CHECK(item.kind == sse::parser::status::event);
  CHECK(item == sse::event());
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

TEST_CASE("the range tells what is an event, what is reported, and what did not fit") {
  char storage[3];
  sse::parser parser(storage);
  parser.report(sse::report::comments);
  std::string seen;
  for (const std::string_view chunk :
       {":a\ndata:1\n\ndata:abcd", "e\n\n:c", "c\ndata:2\n\n:ccccc"}) {
    for (const auto& e : parser.events(chunk)) seen += told(e.kind, e);
  }
  CHECK(seen == "comment:a;message:1;skipped:;comment:cc;message:2;report full;");
}

TEST_CASE("unless something is asked for, a range has nothing but events and those skipped") {
  const std::string_view stream =
      ":a\ndata:1\n\nx\nid:0\n\ndata:abcd\nid:7\n\nretry:x\nevent:t\n:c\ndata:2\n\n";
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    char storage[3];
    sse::parser parser(storage);
    std::string seen;
    for (const std::string_view part : {stream.substr(0, cut), stream.substr(cut)}) {
      const auto chunk = block(part);
      for (const auto& e : parser.events({chunk.data(), chunk.size()})) {
        CHECK((e.kind == sse::parser::status::event || e.kind == sse::parser::status::skipped));
        seen += told(e.kind, e);
      }
    }
    CAPTURE(cut);
    // Whole and in one chunk it needs no storage; else it does not fit.
    const bool whole = seen.find("abcd") != seen.npos;
    CHECK(seen == (whole ? "message:1;message#7:abcd;t:2;" : "message:1;skipped#7:;t:2;"));
  }
}

// ---- A loop that is left

TEST_CASE("the parser may be gone, or be reset, when a loop is left") {
  struct connection {
    char storage[16];
    sse::parser parser{storage};
  };
  const std::string stream = "id:1\ndata:a\n\ndata:b\n\ndata:c";
  for (std::size_t cut = 0; cut < stream.size(); ++cut) {
    auto conn = std::make_unique<connection>();
    const std::string_view text = stream;
    for (const std::string_view part : {text.substr(0, cut), text.substr(cut)}) {
      const auto chunk = block(part);
      for (const auto& e : conn->parser.events({chunk.data(), chunk.size()})) {
        CHECK(e.data == "a");
        conn.reset();
        break;
      }
      if (!conn) break;
    }
    CHECK_FALSE(conn);
  }
  char storage[16];
  sse::parser parser(storage);
  for (const auto& e : parser.events(stream)) {
    CHECK(e.data == "a");
    parser.reset();
  }
  CHECK(parser.unread().empty());
  CHECK(parser.last_event_id() == "1");
  CHECK(feed(parser, "data:d\n\n") == "message:d;");
}

TEST_CASE("a growing parser may be gone, too, when a loop is left") {
  auto parser = std::make_unique<sse::growing_parser>();
  for (const auto& e : parser->events("da")) FAIL(e.data);
  for (const auto& e : parser->events("ta:a\ndata:b\n\ndata:c")) {
    CHECK(e.data == "a\nb");
    parser.reset();
    break;
  }
  CHECK_FALSE(parser);
}

TEST_CASE("a loop left by an exception or a return gives up the rest of its chunk, no more") {
  const auto first_of = [](auto& parser, std::string_view chunk) {
    for (const auto& e : parser.events(chunk)) return std::string(e.data);
    return std::string();
  };
  const auto throw_at_first = [](auto& parser, std::string_view chunk) {
    try {
      for (const auto& e : parser.events(chunk)) throw std::runtime_error(std::string(e.data));
    } catch (const std::runtime_error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  const auto check = [&](auto& parser) {
    CHECK(throw_at_first(parser, "id:1\ndata:a\n\ndata:lost\n\nevent:lost") == "a");
    CHECK(parser.offset() == 13);
    CHECK(first_of(parser, "data:b\n\ndata:lost") == "b");
    CHECK(parser.offset() == 21);  // as if what was not read had never come
    CHECK(feed(parser, "data:c\n\nda") == "message:c;");
    CHECK(feed(parser, "ta:d\n\n") == "message:d;");
    CHECK(parser.last_event_id() == "1");
    CHECK(throw_at_first(parser, "data:e\n\nid:2\ndata:f\n\n") == "e");
    std::string rest;
    for (const auto& e : parser.events(parser.unread())) rest += told(e.kind, e);
    CHECK(rest == "message#2:f;");
  };
  char storage[16];
  sse::parser parser(storage);
  check(parser);
  sse::growing_parser growing;
  check(growing);
}

TEST_CASE("nothing is taken that is not asked for") {
  char storage[16];
  sse::parser parser(storage);
  const std::string_view chunk = "data:a\n\ndata:b\n\n";
  static_cast<void>(parser.events(chunk));
  CHECK(parser.unread() == chunk);
  auto events = parser.events(chunk);
  auto it = events.begin();
  CHECK(parser.unread() == chunk);
  CHECK(it->data == "a");
  CHECK(it->data == "a");
  CHECK(parser.unread() == "data:b\n\n");
  ++it;
  CHECK(parser.unread() == "data:b\n\n");
  ++it;  // passes over an item that was not looked at
  CHECK(parser.unread().empty());
  CHECK(it == events.end());
}

// ---- With <ranges>. (Clang 15 cannot make views of libstdc++.)

#if defined(__cpp_lib_ranges) && (!defined(__clang__) || __clang_major__ >= 16)

TEST_CASE("events are a view, of sse::parser and of sse::growing_parser") {
  const auto check = [](auto& parser) {
    using range = decltype(parser.events(std::string_view()));
    static_assert(std::input_iterator<decltype(std::declval<range&>().begin())>);
    static_assert(std::ranges::input_range<range>);
    static_assert(!std::ranges::forward_range<range>);
    static_assert(std::ranges::view<range>);
    static_assert(std::ranges::viewable_range<range>);
  };
  char storage[16];
  sse::parser parser(storage);
  check(parser);
  sse::growing_parser growing;
  check(growing);
}

TEST_CASE("of what a view takes one event is taken, and the rest is unread") {
  const auto check = [](auto& parser, std::string_view chunk) {
    std::string seen;
    for (const auto& e : parser.events(chunk) | std::views::take(1)) seen += e.data;
    CHECK(seen == "a");
    CHECK(parser.unread() == "data:b\n\ndata:c\n\n");
    auto&& rest = parser.events(parser.unread());
    for (const auto& e : rest | std::views::take(1)) seen += e.data;
    CHECK(seen == "ab");
    CHECK(parser.unread() == "data:c\n\n");
    for (const auto& e : parser.events(parser.unread())) seen += e.data;
    CHECK(seen == "abc");
  };
  const std::string stream = "id:1\ndata:a\n\ndata:b\n\ndata:c\n\n";
  for (std::size_t cut = 0; cut < 11; ++cut) {
    char storage[16];
    sse::parser parser(storage);
    CHECK(feed(parser, stream.substr(0, cut)) == "");
    check(parser, std::string_view(stream).substr(cut));
    sse::growing_parser growing;
    CHECK(feed(growing, stream.substr(0, cut)) == "");
    check(growing, std::string_view(stream).substr(cut));
  }
}

TEST_CASE("events can be filtered and transformed") {
  char storage[16];
  sse::parser parser(storage);
  const auto is_tick = [](const sse::event& e) { return e.type == "tick"; };
  const auto data = [](const sse::event& e) { return std::string(e.data); };
  std::string seen;
  const std::string_view chunk =
      "data:a\n\nevent:tick\ndata:b\n\nevent:t\ndata:c\n\nevent:tick\ndata:d\n\n";
  for (const std::string& text :
       parser.events(chunk) | std::views::filter(is_tick) | std::views::transform(data)) {
    seen += text;
  }
  CHECK(seen == "bd");
}

#endif
