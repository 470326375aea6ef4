// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <memory>
#include <sse/detail/parser/place.hpp>  // the header is self-contained
#include <string>
#include <string_view>
#include <utility>

namespace {

using namespace sse::detail;
using kind = step::kind;

constexpr int places = static_cast<int>(place::ignored_early_comment) + 1;

constexpr place reported[] = {place::reported_line, place::reported_id, place::reported_retry,
                              place::reported_comment, place::reported_early_comment};

// What a step does, to be compared.
std::pair<kind, place> told(step s) { return {s.what, s.there}; }

std::pair<kind, place> does(kind what, place there) { return {what, there}; }

// Where some text leads whose steps do nothing but that, and say where an event begins.
place behind(std::string_view text, place at = place::line_start) {
  for (const char c : text) {
    const step s = all_steps.find(at, c);
    REQUIRE((s.what == kind::move || s.what == kind::begin_event));
    at = s.there;
  }
  return at;
}

std::pair<kind, place> last_of(std::string_view text, place at = place::line_start) {
  return told(all_steps.find(behind(text.substr(0, text.size() - 1), at), text.back()));
}

TEST_CASE("the table has for every place and every byte what the rules say") {
  const auto built = std::make_unique<const steps>();  // not by the compiler, as all_steps
  for (int at = 0; at < places; ++at) {
    for (int c = 0; c < 256; ++c) {
      const auto byte = static_cast<char>(static_cast<unsigned char>(c));
      CAPTURE(at);
      CAPTURE(c);
      const auto step = told(find_step(static_cast<place>(at), byte));
      CHECK(told(all_steps.find(static_cast<place>(at), byte)) == step);
      CHECK(told(built->find(static_cast<place>(at), byte)) == step);
    }
  }
}

TEST_CASE("a name is what stands before the first colon, compared literally") {
  CHECK(last_of("data:") == does(kind::begin_data, place::data_start));
  CHECK(last_of("event:") == does(kind::move, place::type_start));
  CHECK(last_of("id:") == does(kind::move, place::id_start));
  CHECK(last_of("retry:") == does(kind::begin_retry, place::retry_start));
  for (const char* other :
       {"Data:", "DATA:", " data:", "data :", "dat:", "datas:", "da:", "eventt:", "even:", "i:",
        "idx:", "ID:", "retr:", "retry2:", "x:", "\t", "rerty:",
        "\xEF\xBB\xBF"
        "data:"}) {
    CAPTURE(other);
    CHECK(behind(other) == place::ignored);
  }
}

TEST_CASE("a line without a colon is a field name with an empty value") {
  for (const auto& [c, there] :
       {std::pair{'\n', place::line_start}, {'\r', place::line_start_after_cr}}) {
    CHECK(last_of(std::string("data") + c) == does(kind::begin_data, there));
    CHECK(last_of(std::string("event") + c) == does(kind::end_type, there));
    CHECK(last_of(std::string("id") + c) == does(kind::end_id, there));
    for (const char* nothing : {"retry", "dat", "even", "i", "x", "x:y"}) {
      CAPTURE(nothing);
      CHECK(behind(std::string(nothing) + c) == there);
    }
  }
}

TEST_CASE("one space behind the colon is no part of the value") {
  struct {
    place start, value;
    kind what;
  } const values[] = {
      {place::data_start, place::data_value, kind::keep_data},
      {place::type_start, place::type_value, kind::receive},
      {place::id_start, place::id_value, kind::receive},
      {place::retry_start, place::retry_value, kind::add_digit},
  };
  for (const auto& [start, value, what] : values) {
    CHECK(last_of(" ", start) == does(kind::move, value));
    CHECK(last_of(" ", value) == does(what, value));
    for (const char* kept : {"x", ":", "\t", "d", "\xFF"}) {
      CHECK(last_of(kept, start) == does(what, value));
      CHECK(last_of(kept, value) == does(what, value));
    }
  }
}

TEST_CASE("a value ends with its line, and that of what is ignored does nothing") {
  for (const auto& [c, there] :
       {std::pair{"\n", place::line_start}, {"\r", place::line_start_after_cr}}) {
    struct {
      place start, value;
      kind what;
    } const values[] = {
        {place::data_start, place::data_value, kind::move},
        {place::type_start, place::type_value, kind::end_type},
        {place::id_start, place::id_value, kind::end_id},
        {place::retry_start, place::retry_value, kind::end_retry},
        {place::ignored, place::ignored, kind::move},
    };
    for (const auto& [start, value, what] : values) {
      CHECK(last_of(c, start) == does(what, there));
      CHECK(last_of(c, value) == does(what, there));
    }
    for (const place at : reported) CHECK(last_of(c, at).first == kind::special);
  }
}

TEST_CASE("of what may be reported every byte is received, the space behind a colon too") {
  for (const place at : reported) {
    CHECK(is_reported(at));
    for (const char* kept : {" ", "x", ":", "\t", "d", "\xFF"}) {
      CHECK(last_of(kept, at) == does(kind::receive, at));
    }
    CHECK(last_of({"\0", 1}, at) == does(kind::receive, at));
  }
}

TEST_CASE("what has come of a name, or of a byte order mark, is known from the place") {
  for (const std::string_view name : {"data", "event", "id", "retry"}) {
    for (std::size_t size = 1; size <= name.size(); ++size) {
      CHECK(text_up_to(behind(name.substr(0, size))) == name.substr(0, size));
    }
  }
  CHECK(text_up_to(place::mark_1) == "\xEF");
  CHECK(text_up_to(place::mark_2) == "\xEF\xBB");
}

TEST_CASE("an ID that holds NUL is ignored, however long it is") {
  CHECK(last_of({"\0", 1}, place::id_start).first == kind::special);
  CHECK(last_of({"\0", 1}, place::id_value).first == kind::special);
  CHECK(behind("x", place::id_too_long) == place::id_too_long);
  CHECK(behind({"\0", 1}, place::id_too_long) == place::ignored);
  CHECK(last_of("\n", place::id_too_long).first == kind::special);
}

TEST_CASE("LF, CR and CRLF each end one line") {
  CHECK(behind("x\n") == place::line_start);
  CHECK(behind("x\r") == place::line_start_after_cr);
  CHECK(behind("x\r\n") == place::line_start);
  CHECK(behind("x\rx\n") == place::line_start);
  for (const char* blank : {"x\n\n", "x\n\r", "x\r\r", "x\r\n\n", "x\r\n\r"}) {
    CAPTURE(blank);
    CHECK(last_of(blank).first == kind::special);
  }
}

TEST_CASE("where no event has begun, comments and blank lines are nothing") {
  for (const char* nothing : {"\n", "\r", "\r\n", ":\n", ":x\r", "\n:data:x\n", "\r:\n\n"}) {
    CAPTURE(nothing);
    CHECK(behind(nothing, place::event_start) == place::idle);
  }
  CHECK(behind(":x", place::event_start) == place::ignored_early_comment);
  CHECK(behind(":x") == place::ignored);
  for (const char* begun : {"x", "d", "x\n", "\nx", ":\nx:\n"}) {
    CAPTURE(begun);
    CHECK(is_in_event(behind(begun, place::event_start)));
  }
}

TEST_CASE("an event begins with the first byte of its first field, and only there") {
  for (const char* in_front : {"", "\n", "\r", "\r\n", ":\n", ":x\n\n"}) {
    CAPTURE(in_front);
    for (const char first : {'d', 'e', 'i', 'r', 'x', ' ', '\0'}) {
      const std::string begun = std::string(in_front) + first;
      CHECK(last_of(begun, place::event_start).first == kind::begin_event);
      CHECK(last_of(begun + "x\n" + first, place::event_start).first == kind::move);
    }
    CHECK(last_of(std::string(in_front) + ":", place::event_start).first == kind::move);
  }
}

TEST_CASE("a place is at the start of a line, in a byte order mark, in a name, or behind one") {
  for (int i = 0; i < places; ++i) {
    const auto at = static_cast<place>(i);
    CAPTURE(i);
    CHECK(is_line_start(at) + is_mark(at) + is_name(at) + is_behind_name(at) == 1);
  }
}

}  // namespace
