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

static_assert(std::is_aggregate_v<sse::event>);
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

TEST_CASE("an event is an aggregate, in the order id, type, data, retry") {
  const sse::event all{"42", "tick", "text", milliseconds(3000)};
  CHECK(all.id == "42"sv);
  CHECK(all.type == "tick"sv);
  CHECK(all.data == "text"sv);
  CHECK(all.retry == milliseconds(3000));

  const sse::event without_id{std::nullopt, "tick", "text"};
  CHECK_FALSE(without_id.id.has_value());
  CHECK(without_id.type == "tick"sv);
  CHECK(without_id.data == "text"sv);
  CHECK_FALSE(without_id.retry.has_value());

  const sse::event none{};
  CHECK_FALSE(none.id.has_value());
  CHECK(none.type == "message"sv);
  CHECK(none.data == ""sv);
  CHECK_FALSE(none.retry.has_value());
}

TEST_CASE("an empty ID and an absent one differ") {
  const sse::event reset{""};
  CHECK(reset.id.has_value());
  CHECK(reset.id == ""sv);
  CHECK(reset.id != unset.id);
}

TEST_CASE("data may hold NUL") {
  const sse::event e{std::nullopt, "message", "a\0b"sv};
  CHECK(e.data.size() == 3);
}

#ifdef __cpp_designated_initializers
TEST_CASE("an event can be made with designated initialisers") {
  constexpr sse::event only_data{.data = "text"};
  static_assert(!only_data.id && only_data.type == "message" && !only_data.retry);
  CHECK(only_data.data == "text"sv);

  constexpr sse::event only_type{.type = "tick"};
  static_assert(!only_type.id && only_type.data.empty() && !only_type.retry);
  CHECK(only_type.type == "tick"sv);

  constexpr sse::event without_type{.id = "42", .data = "text", .retry = milliseconds(3000)};
  static_assert(without_type.type == "message" && without_type.data == "text");
  CHECK(without_type.id == "42"sv);
  CHECK(without_type.retry == milliseconds(3000));
}
#endif

TEST_CASE("a content type is told by its media type, without the parameters, in any case") {
  for (const char* const type :
       {"text/event-stream", "TEXT/Event-Stream", "text/event-stream;charset=utf-8",
        "text/event-stream ; charset=windows-1252", "text/event-stream;", " \ttext/event-stream\t ",
        "text/event-stream;;x"}) {
    CAPTURE(type);
    CHECK(sse::is_event_stream(type));
  }
  for (const char* const type :
       {"", " ", ";", "text/html", "text/event-stream2", "text/event-strea", "text/event-streal",
        "text/event stream", "text /event-stream",
        "text\x0F"
        "event-stream",
        "text/event\x0Dstream", "x bogus", "text/event-stream,text/html",
        "application/json; x=text/event-stream"}) {
    CAPTURE(type);
    CHECK_FALSE(sse::is_event_stream(type));
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

TEST_CASE("the length of an ID does not matter to a header") {
  CHECK(sse::is_header_safe(""));
  const std::string safe(100000, 'x');
  CHECK(sse::is_header_safe(safe));
  CHECK_FALSE(sse::is_header_safe(safe + '\x7F' + safe));
}

}  // namespace
