// SPDX-License-Identifier: MIT
#include <sse/data_stream.hpp>
// First, so that it must include what it needs.
#include <doctest/doctest.h>

#include <cstddef>
#include <iomanip>
#include <locale>
#include <nlohmann/json.hpp>
#include <ostream>
#include <sse/growing_writer.hpp>
#include <string>
#include <string_view>

#include "support/written.hpp"
#if __has_include(<format>)
#include <format>
#endif

namespace {

using namespace written;
using nlohmann::json;

const json state = {{"name", "a\nb"}, {"list", {1, 2, 3}}, {"deep", {{"empty", json::object()}}}};

TEST_CASE("a JSON library writes into an event, whose lines become lines of data") {
  sse::growing_writer writer;
  CHECK(writer.begin(sse::event("state", "").with_id("7")) == status::ok);
  sse::data_stream out(writer);
  out << state;
  CHECK(out.good());
  CHECK(writer.end() == status::ok);
  CHECK(writer.take() == "event: state\nid: 7\ndata: " + state.dump() + "\n\n");

  CHECK(writer.begin() == status::ok);
  sse::data_stream(writer) << std::setw(2) << json{{"a", 1}, {"b", "x"}};
  CHECK(writer.end() == status::ok);
  CHECK(writer.take() == "data: {\ndata:   \"a\": 1,\ndata:   \"b\": \"x\"\ndata: }\n\n");
}

TEST_CASE("what a stream writes is the same event as its text written at once") {
  char buffer[256];
  sse::writer writer(buffer);
  CHECK(writer.begin("first, ") == status::ok);
  {
    sse::data_stream out(writer);
    out << 42 << ' ' << std::setw(4) << std::setfill('0') << 7 << '\r';
    out.put('\n') << true << std::string("\r") << "\n" << std::flush << 0.5 << std::endl;
    CHECK(out.good());
  }
  CHECK(writer.end() == status::ok);
  CHECK(writer.written() == output(of_data("first, 42 0007\r\n1\r\n0.5\n")));
}

struct comma : std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
};

TEST_CASE("a stream has a locale of its own, like any") {
  sse::growing_writer writer;
  CHECK(writer.begin() == status::ok);
  sse::data_stream out(writer);
  out.imbue(std::locale(std::locale::classic(), new comma));
  out << 0.5;
  CHECK(writer.end() == status::ok);
  CHECK(writer.take() == "data: 0,5\n\n");
}

TEST_CASE("a stream is bad when there is no space, and what came before is written") {
  char buffer[16];
  sse::writer writer(buffer);
  CHECK(writer.begin() == status::ok);
  sse::data_stream out(writer);
  out << "12345";
  CHECK(out.good());
  out << "678901";
  CHECK(out.bad());
  CHECK(writer.written() == "data: 12345");
  out.clear();
  out << "67890";
  CHECK(out.good());
  out.put('1');
  CHECK(out.bad());
  CHECK(writer.written() == "data: 1234567890");
}

TEST_CASE("a stream is bad when no event is open") {
  sse::growing_writer writer;
  sse::data_stream out(writer);
  out << "x";
  CHECK(out.bad());
  CHECK(writer.written().empty());
  out.clear();
  CHECK(writer.begin() == status::ok);
  out << "x";
  CHECK(out.good());
  CHECK(writer.end() == status::ok);
  out << "y";
  CHECK(out.bad());
  CHECK(writer.written() == "data: x\n\n");
}

#if defined(__cpp_lib_format)
TEST_CASE("std::format_to writes into an event, whose lines become lines of data") {
  sse::growing_writer writer;
  CHECK(writer.begin("state", "") == status::ok);
  const auto out = std::format_to(sse::data_inserter(writer), "{}\r\n{:>4}", "one", 2);
  CHECK_FALSE(out.failed());
  CHECK(writer.end() == status::ok);
  CHECK(writer.take() == "event: state\ndata: one\ndata:    2\n\n");

  char buffer[8];
  sse::writer small(buffer);
  CHECK(small.begin() == status::ok);
  CHECK(std::format_to(sse::data_inserter(small), "{}", 123).failed());
  CHECK(small.written() == "data: 12");
}
#endif

}  // namespace
