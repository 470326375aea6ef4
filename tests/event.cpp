// SPDX-License-Identifier: MIT
#include <sse/event.hpp>
// First, so that it must include what it needs.
#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace {

using namespace std::string_view_literals;
using std::chrono::milliseconds;

// 9.2.6: the type is "message" unless a field says otherwise.
constexpr sse::event unset;
static_assert(!unset.id);
static_assert(unset.type == "message");
static_assert(unset.data.empty());
static_assert(!unset.retry);

static_assert(!std::is_aggregate_v<sse::event>);
static_assert(std::is_trivially_copyable_v<sse::event>);
static_assert(std::is_nothrow_default_constructible_v<sse::event>);

static_assert(sse::media_type == "text/event-stream");

static_assert(noexcept(sse::is_event_stream(sse::media_type)));
static_assert(sse::is_event_stream(sse::media_type));
static_assert(sse::is_event_stream(" text/event-stream"));
static_assert(!sse::is_event_stream({}));

static_assert(noexcept(sse::is_header_safe(sse::media_type)));
static_assert(sse::is_header_safe(""));
static_assert(sse::is_header_safe("42"));
static_assert(sse::is_header_safe("a \t b"));
static_assert(!sse::is_header_safe(" 42"));
static_assert(!sse::is_header_safe("42\t"));
static_assert(!sse::is_header_safe("4\0012"));
static_assert(!sse::is_header_safe("\0"sv));

// A field value of HTTP (RFC 9110, 5.5): visible characters and, from 0x80 on, obs-text; SP and
// HTAB only between them.
bool may_stand_at_an_edge(unsigned byte) { return byte > 0x20 && byte != 0x7F; }
bool may_stand_inside(unsigned byte) {
  return may_stand_at_an_edge(byte) || byte == ' ' || byte == '\t';
}

TEST_CASE("an event is its data, or its type and data; ID and retry are named") {
  const sse::event only_data{"text"};
  CHECK_FALSE(only_data.id.has_value());
  CHECK(only_data.type == "message"sv);
  CHECK_FALSE(only_data.has_type());
  CHECK(only_data.data == "text"sv);
  CHECK_FALSE(only_data.retry.has_value());

  const sse::event without_id{"tick", "text"};
  CHECK_FALSE(without_id.id.has_value());
  CHECK(without_id.type == "tick"sv);
  CHECK(without_id.has_type());
  CHECK(without_id.data == "text"sv);
  CHECK_FALSE(without_id.retry.has_value());

  const sse::event all = sse::event{"tick", "text"}.with_id("42").with_retry(milliseconds(3000));
  CHECK(all.id == "42"sv);
  CHECK(all.type == "tick"sv);
  CHECK(all.data == "text"sv);
  CHECK(all.retry == milliseconds(3000));

  const sse::event none{};
  CHECK_FALSE(none.id.has_value());
  CHECK(none.type == "message"sv);
  CHECK(none.data == ""sv);
  CHECK_FALSE(none.retry.has_value());
}

TEST_CASE("with_id and with_retry leave the event they are asked of as it was") {
  const sse::event before{"tick", "text"};
  CHECK(before.with_id("42").with_id("43").id == "43"sv);
  CHECK(before.with_retry(milliseconds(1)).with_retry(std::chrono::seconds(2)).retry ==
        milliseconds(2000));
  CHECK_FALSE(before.id);
  CHECK_FALSE(before.retry);
}

TEST_CASE("the first of one text is the data, and of two the type: no text is taken for an ID") {
  const sse::event one = {"hello"};
  CHECK_FALSE(one.id);
  CHECK(one.data == "hello"sv);
  const sse::event two = {"tick", "hello"};
  CHECK_FALSE(two.id);
  CHECK(two.type == "tick"sv);
  CHECK(two.data == "hello"sv);
  const auto data_of = [](const sse::event& e) { return std::string(e.data); };
  CHECK(data_of({"hello"}) == "hello");
  CHECK(data_of({"tick", "hello"}) == "hello");
  CHECK(data_of("hello") == "hello");
}

TEST_CASE("three texts, or none at all, make no event") {
  using text = const char*;
  using view = std::string_view;
  static_assert(std::is_constructible_v<sse::event, text>);
  static_assert(std::is_constructible_v<sse::event, view>);
  static_assert(std::is_constructible_v<sse::event, std::string&>);
  static_assert(std::is_constructible_v<sse::event, const std::string&, text>);
  static_assert(std::is_convertible_v<text, sse::event>);
  static_assert(!std::is_constructible_v<sse::event, text, text, text>);
  static_assert(!std::is_constructible_v<sse::event, view, view, view>);
  static_assert(!std::is_constructible_v<sse::event, std::nullopt_t, text, text>);
  static_assert(!std::is_constructible_v<sse::event, std::nullptr_t, text, text>);
  static_assert(!std::is_constructible_v<sse::event, text, text, text, milliseconds>);
  static_assert(!std::is_constructible_v<sse::event, std::nullptr_t>);
  static_assert(!std::is_constructible_v<sse::event, std::nullptr_t, text>);
  static_assert(!std::is_constructible_v<sse::event, text, std::nullptr_t>);
  static_assert(!std::is_constructible_v<sse::event, std::nullopt_t>);
  static_assert(!std::is_constructible_v<sse::event, std::nullopt_t, text>);
  static_assert(!std::is_constructible_v<sse::event, int>);
  static_assert(!std::is_constructible_v<sse::event, text, int>);
}

TEST_CASE("an event takes whatever is viewed as text, and views it") {
  const std::string type = "tick";
  std::string data = "text";
  const sse::event e{type, data};
  CHECK(e.type.data() == type.data());
  CHECK(e.data.data() == data.data());
  const std::string id = "42";
  CHECK(e.with_id(id).id->data() == id.data());
  CHECK(sse::event(std::string_view(data)).data.data() == data.data());
}

TEST_CASE("an empty ID and an absent one differ") {
  const sse::event reset = sse::event{}.with_id("");
  CHECK(reset.id.has_value());
  CHECK(reset.id == ""sv);
  CHECK(reset.id != unset.id);
  CHECK(reset != unset);
}

TEST_CASE("data may hold NUL") {
  const sse::event e{"a\0b"sv};
  CHECK(e.data.size() == 3);
}

TEST_CASE("the type message that was given is told from none, and an empty one is none") {
  CHECK(sse::event{"message", "x"}.has_type());
  CHECK(sse::event{std::string_view("message"), "x"}.has_type());
  CHECK_FALSE(sse::event{"", "x"}.has_type());
  CHECK_FALSE(sse::event{"x"}.has_type());
  CHECK_FALSE(sse::event{}.has_type());
  const sse::event copy = sse::event{"x"};
  CHECK_FALSE(copy.with_id("1").has_type());
  CHECK(sse::event{"message", "x"}.type == sse::event{"x"}.type);
}

TEST_CASE("events are equal if they would be written alike") {
  const sse::event e = sse::event{"tick", "text"}.with_id("42").with_retry(milliseconds(1));
  const sse::event others[] = {
      sse::event{"tick", "text"}.with_id("42"),
      sse::event{"tick", "text"}.with_retry(milliseconds(1)),
      sse::event{"text"}.with_id("42").with_retry(milliseconds(1)),
      e.with_id("43"),
      e.with_id(""),
      e.with_retry(milliseconds(2)),
      sse::event{"tick", "texT"}.with_id("42").with_retry(milliseconds(1)),
      sse::event{"tock", "text"}.with_id("42").with_retry(milliseconds(1))};
  const std::string type = "tick";
  CHECK(e == sse::event{type, "text"}.with_id("42").with_retry(milliseconds(1)));
  CHECK_FALSE(e != e);
  for (const sse::event& other : others) {
    CHECK(e != other);
    CHECK_FALSE(e == other);
  }
  CHECK(sse::event{"", "x"} == sse::event{"x"});
  CHECK(sse::event{"message", "x"} != sse::event{"x"});
  static_assert(sse::event{"a"} == sse::event{"a"} && sse::event{"a"} != sse::event{"b"});
}

TEST_CASE("a content type is told by its media type, without the parameters, in any case") {
  for (const char* const type :
       {"text/event-stream", "TEXT/Event-Stream", "text/event-stream;charset=utf-8",
        "text/event-stream ; charset=windows-1252", "text/event-stream;", " \ttext/event-stream\t ",
        "text/event-stream;;x", "text/event-stream charset=utf-8", "text/event-stream\tx"}) {
    CAPTURE(type);
    CHECK(sse::is_event_stream(type));
  }
  for (const char* const type :
       {"", " ", ";", "text/html", "text/event-stream2", "text/event-strea", "text/event-streal",
        "text/event stream", "text /event-stream",
        "text\x0F"
        "event-stream",
        "text/event\x0Dstream", "x bogus", "application/json; x=text/event-stream"}) {
    CAPTURE(type);
    CHECK_FALSE(sse::is_event_stream(type));
  }
}

TEST_CASE("of several content types in one header the last that is valid counts") {
  for (const char* const types :
       {"text/event-stream, text/event-stream", "text/event-stream,text/event-stream",
        "text/event-stream;charset=utf-8, text/event-stream", "text/html, text/event-stream",
        "text/html;charset=\"a,b\", text/event-stream", "text/event-stream,", ",text/event-stream",
        "text/event-stream, */*", "text/event-stream, bogus", "text/event-stream;x=\",text/html\"",
        "text/event-stream;x=\"\\\",text/html\""}) {
    CAPTURE(types);
    CHECK(sse::is_event_stream(types));
  }
  for (const char* const types :
       {"text/event-stream,text/html", "text/event-stream, text/event-stream;x, text/html",
        "text/html;x=\",text/event-stream\"", "text/event-stream;x=\"\",text/html", ",", ",,",
        "text/html;x=\",text/event-stream", "text/html;x=\",text/event-stream\\"}) {
    CAPTURE(types);
    CHECK_FALSE(sse::is_event_stream(types));
  }
}

TEST_CASE("of a letter of the media type the case does not count, and of nothing else") {
  for (std::size_t place = 0; place < sse::media_type.size(); ++place) {
    for (unsigned byte = 0; byte < 256; ++byte) {
      std::string type(sse::media_type);
      const char letter = type[place];
      type[place] = static_cast<char>(byte);
      const bool same =
          type[place] == letter || (letter >= 'a' && type[place] == letter - 'a' + 'A');
      CAPTURE(type);
      CHECK(sse::is_event_stream(type) == same);
    }
  }
}

TEST_CASE("in the middle of an ID a header carries all but control characters, and TAB") {
  for (unsigned byte = 0; byte < 256; ++byte) {
    CAPTURE(byte);
    const std::string id{'a', static_cast<char>(byte), 'b'};
    CHECK(sse::is_header_safe(id) == may_stand_inside(byte));
  }
}

TEST_CASE("at either end of an ID a header carries neither space nor TAB, and no control") {
  for (unsigned byte = 0; byte < 256; ++byte) {
    CAPTURE(byte);
    const char c = static_cast<char>(byte);
    const bool safe = may_stand_at_an_edge(byte);
    CHECK(sse::is_header_safe(std::string{c, 'a'}) == safe);
    CHECK(sse::is_header_safe(std::string{'a', c}) == safe);
    CHECK(sse::is_header_safe(std::string{c, 'a', c}) == safe);
    CHECK(sse::is_header_safe(std::string{c}) == safe);
  }
}

TEST_CASE("every pair of bytes is header safe if each may stand at its place") {
  int wrong = 0;
  for (unsigned first = 0; first < 256; ++first) {
    for (unsigned last = 0; last < 256; ++last) {
      const std::string id{static_cast<char>(first), static_cast<char>(last)};
      const bool safe = may_stand_at_an_edge(first) && may_stand_at_an_edge(last);
      wrong += sse::is_header_safe(id) != safe;
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("a header carries an ID of up to 4096 bytes") {
  CHECK(sse::longest_header_id == 4096);
  CHECK(sse::is_header_safe(""));
  for (const std::size_t size : {std::size_t{1}, std::size_t{1000}, std::size_t{4095}}) {
    CHECK(sse::is_header_safe(std::string(size, 'x')));
  }
  CHECK(sse::is_header_safe(std::string(4096, 'x')));
  CHECK_FALSE(sse::is_header_safe(std::string(4097, 'x')));
  CHECK_FALSE(sse::is_header_safe(std::string(std::size_t{1} << 20, 'a')));
  CHECK_FALSE(sse::is_header_safe(std::string(100, 'x') + '\x7F' + std::string(100, 'x')));
}

// Another library's, whose names are all imported.
namespace other {
namespace sse {
[[maybe_unused]] constexpr int event = 1;
}
}  // namespace other

TEST_CASE("the library has a second name, for where sse is another") {
  using namespace other;  // from here on `sse::event` is ambiguous, unless it is said as ::sse
  const ssewire::event e{"x"};
  static_assert(std::is_same_v<ssewire::event, ::sse::event>);
  CHECK(e.data == "x"sv);
}

}  // namespace
