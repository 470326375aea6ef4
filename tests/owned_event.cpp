// SPDX-License-Identifier: MIT
#include <sse/owned_event.hpp>
// First, so that it must include what it needs.
#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <sse/format.hpp>
#include <sse/growing_parser.hpp>
#include <sse/parser.hpp>
#include <sse/writer.hpp>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using namespace std::string_literals;
using std::chrono::milliseconds;

static_assert(std::is_default_constructible_v<sse::owned_event>);
static_assert(std::is_copy_constructible_v<sse::owned_event>);
static_assert(std::is_nothrow_move_constructible_v<sse::owned_event>);
static_assert(std::is_constructible_v<sse::owned_event, const sse::event&>);
static_assert(!std::is_convertible_v<const sse::event&, sse::owned_event>);  // it allocates
static_assert(std::is_convertible_v<const sse::owned_event&, sse::event>);

template <class Owned, class = void>
constexpr bool has_view = false;
template <class Owned>
constexpr bool has_view<Owned, std::void_t<decltype(std::declval<Owned>().view())>> = true;
static_assert(has_view<sse::owned_event&> && has_view<const sse::owned_event&>);
static_assert(!has_view<sse::owned_event>);  // a temporary

TEST_CASE("an owned event outlives the chunk and the next step of its parser") {
  std::vector<sse::owned_event> kept;
  {
    sse::growing_parser parser;
    for (const std::string& chunk :
         {"id:1\nevent:tick\nretry:5\ndata:a\ndata:b\n\nda"s, "ta:c\n\nid\ndata:d\n\n"s}) {
      for (const sse::event& e : parser.events(chunk)) kept.emplace_back(e);
    }
  }
  REQUIRE(kept.size() == 3);
  CHECK(kept[0].id == "1");
  CHECK(kept[0].type == "tick");
  CHECK(kept[0].data == "a\nb");
  CHECK(kept[0].retry == milliseconds(5));
  CHECK_FALSE(kept[1].id);
  CHECK_FALSE(kept[1].type);
  CHECK(kept[1].data == "c");
  CHECK_FALSE(kept[1].retry);
  CHECK(kept[2].id == "");
  CHECK(kept[2].data == "d");
}

TEST_CASE("one that is newly made is an event of no data") {
  const sse::owned_event none;
  CHECK_FALSE(none.id);
  CHECK_FALSE(none.type);
  CHECK(none.data.empty());
  CHECK_FALSE(none.retry);
  CHECK(none.view() == sse::event{});
  CHECK_FALSE(none.view().has_type());
}

TEST_CASE("the view of an owned event is the event that it was made of") {
  const std::string nul(1, '\0');
  const sse::event events[] = {
      sse::event{},
      sse::event{"x"},
      sse::event{"", "x"},
      sse::event{"message", "x"},
      sse::event{"tick", ""},
      sse::event{nul, nul},
      sse::event{"x"}.with_id(""),
      sse::event{"x"}.with_id("42"),
      sse::event{"x"}.with_retry(milliseconds(0)),
      sse::event{"tick", "two\nlines"}.with_id("42").with_retry(milliseconds(3000))};
  for (const sse::event& e : events) {
    const sse::owned_event owned(e);
    const sse::event view = owned.view();
    CHECK(view == e);
    CHECK(view.id == e.id);
    CHECK(view.has_type() == e.has_type());
    CHECK((view.type == e.type || e.type.empty()));
    CHECK(view.data == e.data);
    CHECK(view.retry == e.retry);
    CHECK(view.data.data() == owned.data.data());  // no copy

    const sse::owned_event copy = owned;
    CHECK(copy == owned);
    CHECK(copy.view().data.data() != owned.view().data.data());
    sse::owned_event other = owned;
    sse::owned_event moved = std::move(other);
    CHECK(moved == owned);
    moved.data += "!";
    CHECK(moved != owned);
  }
  for (const sse::event& a : events) {
    for (const sse::event& b : events) {
      CHECK((sse::owned_event(a) == sse::owned_event(b)) == (a == b));
      CHECK((sse::owned_event(a) != sse::owned_event(b)) == (a != b));
    }
  }
}

TEST_CASE("an owned event takes temporaries, and is written as what it is") {
  sse::owned_event e;
  e.id = std::to_string(7);
  e.type = std::string("ti") + "ck";
  e.data = std::string("two\n") + "lines";
  char buffer[100];
  sse::writer writer(buffer);
  REQUIRE(writer.write(e) == sse::writer::status::ok);
  CHECK(writer.written() == "event: tick\nid: 7\ndata: two\ndata: lines\n\n");
  writer.clear();
  e.type.reset();
  REQUIRE(writer.write(e) == sse::writer::status::ok);
  CHECK(writer.written() == "id: 7\ndata: two\ndata: lines\n\n");
}

TEST_CASE("an owned event is made of data, of type and data, or of an event") {
  const std::vector<sse::owned_event> expected = {{"tick", "1"}, "x", std::to_string(2)};
  REQUIRE(expected.size() == 3);
  CHECK(expected[0] == sse::event("tick", "1"));
  CHECK(expected[1] == "x");
  CHECK(expected[2] == sse::event("2"));
  const std::string type = "tick";
  CHECK(sse::owned_event(type, std::to_string(1)) == expected[0]);
  CHECK_FALSE(sse::owned_event("", "x").type);

  sse::owned_event last("tick", "1");
  last.id = "7";
  sse::growing_parser parser;
  for (const sse::event& e : parser.events("event:tock\ndata:2\n\n")) last = e;
  CHECK_FALSE(last.id);
  CHECK(last == sse::owned_event("tock", "2"));
}

TEST_CASE("an event is printed on one line, without what was not sent") {
  CHECK(sse::to_string({"hello"}) == "{data: \"hello\"}");
  CHECK(sse::to_string({}) == "{data: \"\"}");
  CHECK(sse::to_string(sse::event{"tick", "two\nlines"}.with_id("42").with_retry(milliseconds(
            2000))) == "{id: \"42\", type: \"tick\", data: \"two\\nlines\", retry: 2000}");
  CHECK(sse::to_string({"message", "x"}) == "{type: \"message\", data: \"x\"}");
  CHECK(sse::to_string({"", "x"}) == "{data: \"x\"}");
  CHECK(sse::to_string(sse::event{"x"}.with_id("")) == "{id: \"\", data: \"x\"}");
  CHECK(sse::to_string(sse::event{"x"}.with_retry(milliseconds(-1))) == "{data: \"x\", retry: -1}");
}

TEST_CASE("quotes, backslashes and control characters are printed escaped, all else as it is") {
  const std::string nul(1, '\0');
  const std::string text = "\"\\\r\t\x7F" + nul + "\x1F{}%";
  CHECK(sse::to_string({text}) == "{data: \"\\\"\\\\\\x0d\\x09\\x7f\\x00\\x1f{}%\"}");
  CHECK(sse::to_string({"\xE2\x82\xAC \xFF"}) == "{data: \"\xE2\x82\xAC \xFF\"}");
}

TEST_CASE("a stream prints an event, and an owned one as the event that it is") {
  const sse::event e = sse::event{"tick", "a\"b"}.with_id("1");
  std::ostringstream out;
  out << e << ' ' << sse::owned_event(e) << ' ' << sse::owned_event();
  CHECK(out.str() == sse::to_string(e) + ' ' + sse::to_string(e) + " {data: \"\"}");
  const sse::owned_event owned(e);
  CHECK(sse::to_string(owned) == sse::to_string(e));
}

#if defined(__cpp_lib_format)
TEST_CASE("std::format prints the same") {
  const sse::event e = sse::event{"tick", "a\"b\x01"}.with_id("1").with_retry(milliseconds(5));
  CHECK(std::format("an {} here", e) == "an " + sse::to_string(e) + " here");
  CHECK(std::format("{}", sse::owned_event(e)) == sse::to_string(e));
}
#endif

}  // namespace
