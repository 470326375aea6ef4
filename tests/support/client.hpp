// SPDX-License-Identifier: MIT
// What tests of the client machine share: a clock that tests set, and the commonest responses.
#ifndef SSEWIRE_TESTS_CLIENT_HPP
#define SSEWIRE_TESTS_CLIENT_HPP

#include <doctest/doctest.h>

#include <chrono>
#include <ostream>
#include <sse/event_source.hpp>
#include <sse/parser.hpp>
#include <sse/policy.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "client/clocks.hpp"

using namespace std::chrono_literals;

using test_clock = client::millisecond_clock;

constexpr test_clock::time_point at(std::chrono::milliseconds time) {
  return test_clock::time_point(time);
}
constexpr test_clock::time_point never = test_clock::time_point::max();

using test_source = sse::basic_event_source<sse::growing_parser, test_clock>;
using lent_source = sse::basic_event_source<sse::parser, test_clock>;
using step = test_source::step;
using kind = sse::verdict::outcome;

constexpr sse::response with_status(int status) {
  sse::response head;
  head.status = status;
  return head;
}
constexpr sse::response a_stream(std::string_view content_type = "text/event-stream") {
  sse::response head = with_status(200);
  head.content_type = content_type;
  return head;
}
constexpr sse::response a_redirect(int status) {
  sse::response head = with_status(status);
  head.location = "/elsewhere";
  return head;
}
constexpr sse::response with_retry_after(int status, std::string_view text,
                                         std::string_view date = {}) {
  sse::response head = with_status(status);
  head.retry_after = text;
  head.date = date;
  return head;
}

inline std::ostream& operator<<(std::ostream& out, sse::reason why) {
  return out << sse::describe(why);
}

constexpr sse::policy daemon_without_jitter() {
  sse::policy result = sse::policy::daemon();
  result.jitter = 0;
  return result;
}

inline void connect(test_source& source, test_clock::time_point now) {
  CHECK(source.next(now).kind == step::connect);
}

/// A source that is open since a time.
inline test_source open_source(const sse::policy& policy, test_clock::time_point now = at(0ms)) {
  test_source source(policy, 0);
  connect(source, now);
  CHECK(source.responded(a_stream(), now).kind == kind::stream);
  return source;
}

inline std::vector<std::string> data_of(test_source& source, std::string_view chunk,
                                        test_clock::time_point now) {
  std::vector<std::string> data;
  for (const auto& e : source.events(chunk, now)) {
    if (e.kind == sse::parser::status::event) data.emplace_back(e.data);
  }
  return data;
}

inline void check_step(const step& found, step::action what, test_clock::time_point deadline,
                       sse::reason why = sse::reason::none) {
  CHECK(found.kind == what);
  CHECK(found.deadline == deadline);
  CHECK(found.why == why);
}

/// What is to be sent, as in a request.
template <class Source>
std::string fields_of(const Source& source) {
  std::string fields;
  for (const sse::header& field : source.headers()) {
    fields += std::string(field.name) + ": " + std::string(field.value) + "\n";
  }
  return fields;
}

#endif
