// SPDX-License-Identifier: MIT
// The client machine: what a daemon makes of responses, and how long it is patient with them.
#include <doctest/doctest.h>

#include "support/client.hpp"

using sse::policy;
using sse::ready_state;
using sse::reason;

// ---- A daemon's policy: responses

TEST_CASE("a daemon comes again after what passes, and ends with the rest") {
  for (const int status : {408, 425, 429, 500, 501, 502, 503, 504, 599}) {
    test_source source(daemon_without_jitter(), 0);
    connect(source, at(0ms));
    const sse::verdict verdict = source.responded(with_status(status), at(1s));
    CHECK(verdict.kind == kind::retry);
    CHECK(verdict.wait == 0ms);
    check_step(source.next(at(1s)), step::wait, at(4s), reason::come_again);
  }
  for (const int status :
       {201, 204, 299, 302, 400, 401, 403, 404, 407, 409, 424, 426, 428, 430, 499, 600}) {
    CAPTURE(status);
    test_source source(daemon_without_jitter(), 0);
    connect(source, at(0ms));
    CHECK(source.responded(with_status(status), at(1s)).kind == kind::stop);
    CHECK(source.next(at(1s)).kind == step::closed);
  }
  test_source source(daemon_without_jitter(), 0);
  connect(source, at(0ms));
  source.responded(a_stream("text/html"), at(1s));
  check_step(source.next(at(1s)), step::wait, at(4s), reason::wrong_media_type);
}

TEST_CASE("whatever bears Retry-After is tried again, but 204 is not") {
  for (const int status : {200, 201, 302, 403, 404, 503}) {
    test_source source(daemon_without_jitter(), 0);
    connect(source, at(0ms));
    const sse::verdict verdict = source.responded(with_retry_after(status, "20"), at(0ms));
    CHECK(verdict.kind == kind::retry);
    CHECK(verdict.wait == 20s);
    CHECK(source.next(at(0ms)).deadline == at(20s));
  }
  test_source source(daemon_without_jitter(), 0);
  connect(source, at(0ms));
  CHECK(source.responded(with_retry_after(204, "20"), at(0ms)).kind == kind::stop);
  CHECK(source.why() == reason::stop);
}

TEST_CASE("Retry-After is a least wait: within the bound, and not below the backoff") {
  for (const auto& [text, wait] : {std::pair{"0", 3s},
                                   {"2", 3s},
                                   {"3600", 3600s},
                                   {"3601", 3600s},
                                   {"99999999999999999999999999", 3600s}}) {
    test_source source(daemon_without_jitter(), 0);
    connect(source, at(0ms));
    source.responded(with_retry_after(503, text), at(0ms));
    CHECK(source.next(at(0ms)).deadline == at(wait));
  }
}

TEST_CASE("a verdict may be altered before it is obeyed") {
  test_source source(daemon_without_jitter(), 0);
  connect(source, at(0ms));
  sse::verdict verdict = source.judge(with_status(401));
  CHECK(verdict.kind == kind::stop);
  CHECK(source.state() == ready_state::connecting);
  verdict.kind = kind::retry;
  verdict.wait = 8s;
  CHECK(source.responded(verdict, at(1s)).kind == kind::retry);
  check_step(source.next(at(1s)), step::wait, at(9s), reason::refused);
}

// ---- A daemon's policy: clocks

TEST_CASE("a response has to come in time") {
  test_source source(daemon_without_jitter(), 0);
  check_step(source.next(at(1s)), step::connect, at(31s));
  check_step(source.next(at(30999ms)), step::receive, at(31s));
  check_step(source.next(at(31s)), step::wait, at(34s), reason::no_response);
  check_step(source.next(at(34s)), step::connect, at(64s));
}

TEST_CASE("a deadline is seen by `next` alone: what was told before counts") {
  test_source source(daemon_without_jitter(), 0);
  connect(source, at(0ms));
  CHECK(source.responded(a_stream(), at(1h)).kind == kind::stream);
  data_of(source, ":\n", at(2h));
  check_step(source.next(at(2h)), step::receive, at(2h + 45s));
}

TEST_CASE("bytes have to come in time, and a comment is bytes; an empty chunk is none") {
  test_source source = open_source(daemon_without_jitter());
  check_step(source.next(at(0ms)), step::receive, at(45s));
  data_of(source, ":\n\n", at(40s));
  data_of(source, "", at(50s));
  check_step(source.next(at(84999ms)), step::receive, at(85s));
  check_step(source.next(at(85s)), step::wait, at(88s), reason::no_bytes);
}

TEST_CASE("events have to come in time, where that is asked for, and a comment is none") {
  policy policy = daemon_without_jitter();
  policy.event_timeout = 60s;
  test_source source = open_source(policy);
  data_of(source, ":\n\n", at(40s));
  check_step(source.next(at(40s)), step::receive, at(60s));
  data_of(source, "data: x\n\n", at(50s));
  check_step(source.next(at(50s)), step::receive, at(95s));
  data_of(source, ":\n\n", at(90s));
  check_step(source.next(at(109999ms)), step::receive, at(110s));
  check_step(source.next(at(110s)), step::wait, at(113s), reason::no_events);
}

TEST_CASE("an event that is skipped is one for the clock, and it settles the stream") {
  policy policy = daemon_without_jitter();
  policy.event_timeout = 40s;
  test_source source(sse::growing_parser(8), policy, 0);
  connect(source, at(0ms));
  source.responded(a_stream(), at(0ms));
  int skipped = 0;
  for (const auto& e : source.events("data: more than eight\n\n", at(30s))) {
    skipped += e.kind == sse::parser::status::skipped;
  }
  CHECK(skipped == 1);
  check_step(source.next(at(30s)), step::receive, at(70s));
  source.ended(at(31s));
  CHECK(source.failures() == 0);
}

TEST_CASE("of two deadlines that have passed the first is the reason") {
  policy policy = daemon_without_jitter();
  policy.quiet_timeout = 20s;
  policy.event_timeout = 10s;
  test_source source = open_source(policy);
  CHECK(source.next(at(1h)).why == reason::no_events);
  policy.event_timeout = 20s;
  source = open_source(policy);
  CHECK(source.next(at(1h)).why == reason::no_bytes);
}

// ---- Times at the edge

TEST_CASE("times do not run over") {
  policy policy = policy::daemon();
  policy.default_wait = policy.longest_asked = policy.longest_backoff = policy::never;
  test_source source(policy, 1);
  const auto late = never - 1ms;
  CHECK(source.next(late).deadline == never);
  source.failed(late);
  CHECK(source.next(late).deadline == never);
  CHECK(source.next(late).timeout(late) == -1);

  test_source early(policy, 1);
  const auto first = test_clock::time_point::min();
  CHECK(early.next(first).deadline == first + 30s);
  early.failed(first);
  CHECK(early.next(first).deadline > first);
  CHECK(early.next(first).timeout(first) == std::numeric_limits<int>::max());
}

TEST_CASE("negative times are none") {
  policy policy = daemon_without_jitter();
  policy.default_wait = policy.shortest_wait = policy.longest_asked = policy.longest_backoff = -5s;
  policy.response_timeout = -1s;
  test_source source(policy, 1);
  CHECK(source.next(at(7s)).deadline == at(7s));
  CHECK(source.next(at(7s)).deadline == at(7s));
  CHECK(source.why() == reason::no_response);
}

TEST_CASE("a deadline is given as poll takes it, rounded up") {
  using source = sse::event_source;
  static_assert(std::is_same_v<source::clock, std::chrono::steady_clock>);
  const source::time_point now(1h);
  source::step next;
  CHECK(next.timeout(now) == -1);
  for (const auto& [left, timeout] : {std::pair<std::chrono::nanoseconds, int>{1ns, 1},
                                      {1ms, 1},
                                      {1000001ns, 2},
                                      {0ns, 0},
                                      {-5s, 0},
                                      {2147483646ms, 2147483646},
                                      {2147483646ms + 1ns, 2147483647},
                                      {2147483647ms, 2147483647},
                                      {10000h, 2147483647}}) {
    next.deadline = now + left;
    CHECK(next.timeout(now) == timeout);
  }
}
