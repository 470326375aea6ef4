// SPDX-License-Identifier: MIT
// The client machine: failures, the waits behind them, and when it gives up.
#include <doctest/doctest.h>

#include <tuple>

#include "support/client.hpp"

using sse::policy;
using sse::ready_state;
using sse::reason;

namespace {

/// The ends of the shortest and of the longest wait behind something that happens to many sources,
/// each with a number of its own.
template <class Happening>
std::pair<test_clock::time_point, test_clock::time_point> waits_by_chance(const policy& policy,
                                                                          Happening happening) {
  auto least = never, most = at(0ms);
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    test_source source(policy, seed);
    connect(source, at(0ms));
    happening(source);
    const auto deadline = source.next(at(0ms)).deadline;
    least = std::min(least, deadline);
    most = std::max(most, deadline);
  }
  return {least, most};
}

}  // namespace

// ---- A daemon's policy: failures and waits

TEST_CASE("waits are doubled with each failure in a row, up to the bound") {
  test_source source(daemon_without_jitter(), 0);
  auto now = at(0ms);
  for (const auto wait : {3s, 6s, 12s, 24s, 48s, 60s, 60s}) {
    CHECK(source.next(now).kind == step::connect);
    source.failed(now);
    check_step(source.next(now), step::wait, now + wait, reason::connection_failed);
    now += wait;
  }
  CHECK(source.failures() == 7);
}

TEST_CASE("a server that answers 200 and closes at once is asked ever more rarely") {
  for (const char* const first : {"", ":\n\n", "retry: 0\n\n", "id: 3\n\n"}) {
    test_source source(daemon_without_jitter(), 0);
    auto now = at(0ms);
    auto before = 0ms;
    for (int i = 0; i < 12; ++i) {
      CHECK(source.next(now).kind == step::connect);
      source.responded(a_stream(), now);
      data_of(source, first, now);
      source.ended(now);
      const auto wait = source.next(now).deadline - now;
      CHECK((wait > before || wait == 60s));
      before = wait;
      now += wait;
    }
    CHECK(before == 60s);
  }
}

TEST_CASE("a stream that delivered or lasted clears the failures, and its end is none") {
  for (const bool lasts : {false, true}) {
    policy policy = policy::daemon();
    policy.quiet_timeout = policy::never;
    test_source source(policy, 99);
    for (int i = 0; i < 5; ++i) {
      connect(source, at(0ms));
      source.failed(at(0ms));
      source.hurry();
    }
    CHECK(source.failures() == 5);
    connect(source, at(1s));
    source.responded(a_stream(), at(1s));
    data_of(source, "retry: 500\n", at(1s));
    CHECK(source.failures() == 5);
    if (lasts) {
      data_of(source, ":\n", at(61s));
    } else {
      data_of(source, "data: x\n\n", at(2s));
    }
    source.ended(at(70s));
    CHECK(source.failures() == 0);
    check_step(source.next(at(70s)), step::wait, at(70500ms), reason::stream_ended);
  }
}

TEST_CASE("a stream that did not last long enough, or only hung, does not clear the failures") {
  for (const auto last_byte : {60999ms, 1000ms}) {
    policy policy = daemon_without_jitter();
    policy.quiet_timeout = policy::never;
    test_source source(policy, 0);
    connect(source, at(0ms));
    source.failed(at(0ms));
    source.hurry();
    connect(source, at(1s));
    source.responded(a_stream(), at(1s));
    data_of(source, ":\n", at(last_byte));
    source.ended(at(1h));
    CHECK(source.failures() == 2);
    CHECK(source.next(at(1h)).deadline == at(1h + 6s));
  }
}

TEST_CASE("a settled stream that breaks is one failure") {
  test_source source = open_source(daemon_without_jitter());
  data_of(source, "data: x\n\n", at(1s));
  source.failed(at(2s));
  CHECK(source.failures() == 1);
  CHECK(source.next(at(2s)).deadline == at(5s));
}

TEST_CASE("a stream has to deliver for itself, not its predecessor") {
  test_source source = open_source(daemon_without_jitter());
  data_of(source, "data: x\n\n", at(1s));
  source.ended(at(2s));
  connect(source, at(5s));
  source.responded(a_stream(), at(5s));
  source.ended(at(5s));
  CHECK(source.failures() == 1);
}

TEST_CASE("jitter is added after failures, within its bounds and all over them") {
  policy policy = policy::daemon();
  policy.jitter = 50;
  const auto [least, most] = waits_by_chance(policy, [](test_source& s) { s.failed(at(0ms)); });
  CHECK(least >= at(3000ms));
  CHECK(least < at(3010ms));
  CHECK(most <= at(4500ms));
  CHECK(most > at(4490ms));
}

TEST_CASE("a daemon that fails comes back within as long again as it has to wait") {
  const auto [least, most] =
      waits_by_chance(policy::daemon(), [](test_source& s) { s.failed(at(0ms)); });
  CHECK(least < at(3010ms));
  CHECK(most <= at(6000ms));
  CHECK(most > at(5990ms));
}

TEST_CASE("chance is drawn as SplitMix64 does") {
  std::uint64_t state = 0;
  CHECK(sse::detail::draw(state) == 0xE220A8397B1DCDAF);
  CHECK(sse::detail::draw(state) == 0x6E789E6AA1B965F4);
  CHECK(sse::detail::draw(state) == 0x06C45D188009454F);
}

TEST_CASE("one source draws a number for each wait") {
  test_source source(policy::daemon(), 1);
  policy same = policy::daemon();
  CHECK(same.longest_backoff == 60s);
  std::vector<test_clock::duration> waits;
  for (int i = 0; i < 20; ++i) {
    connect(source, at(0ms));
    source.failed(at(0ms));
    waits.push_back(source.next(at(0ms)).deadline - at(0ms));
    source.hurry();
  }
  for (std::size_t i = 6; i < waits.size(); ++i) {
    CHECK(waits[i] >= 60s);
    CHECK(waits[i] <= 120s);
    CHECK(waits[i] != waits[i - 1]);
  }
}

TEST_CASE("Retry-After gets the jitter of the backoff on top") {
  const auto [least, most] = waits_by_chance(
      policy::daemon(), [](test_source& s) { s.responded(with_retry_after(503, "600"), at(0ms)); });
  CHECK(least >= at(600s));
  CHECK(least < at(600100ms));
  CHECK(most <= at(603s));
  CHECK(most > at(602900ms));
}

TEST_CASE("what a server asks for is bounded on both sides") {
  for (const auto& [policy, least, most] :
       {std::tuple{policy::standard(), 500ms, 2147483647ms},
        std::tuple{policy::daemon(), 200ms, std::chrono::milliseconds(1h)}}) {
    for (const auto& [retry, wait] : {std::pair{"0", least}, {"18446744073709551616", most}}) {
      test_source source = open_source(policy);
      data_of(source, "data: x\nretry: " + std::string(retry) + "\n\n", at(0ms));
      source.ended(at(0ms));
      CHECK(source.next(at(0ms)).deadline == at(wait));
    }
  }
}

TEST_CASE("it gives up after so many failures, and the last one is the reason") {
  policy policy = daemon_without_jitter();
  policy.most_failures = 3;
  test_source source(policy, 0);
  for (int i = 0; i < 2; ++i) {
    connect(source, at(0ms));
    source.failed(at(0ms));
    CHECK(source.state() == ready_state::connecting);
    source.hurry();
  }
  connect(source, at(0ms));
  source.responded(with_status(503), at(0ms));
  check_step(source.next(at(0ms)), step::closed, never, reason::come_again);
  CHECK(source.failures() == 3);
}

TEST_CASE("it gives up when it would have failed for too long") {
  policy policy = daemon_without_jitter();
  policy.longest_failing = 21s;
  test_source source(policy, 0);
  for (const auto now : {at(100s), at(103s), at(109s)}) {
    CHECK(source.next(now).kind == step::connect);
    source.failed(now);
  }
  CHECK(source.next(at(109s)).deadline == at(121s));  // that is 21 s behind the first
  CHECK(source.next(at(121s)).kind == step::connect);
  source.failed(at(121s));
  check_step(source.next(at(121s)), step::closed, never, reason::connection_failed);

  policy.longest_failing = 20999ms;
  test_source sooner(policy, 0);
  for (const auto now : {at(100s), at(103s)}) {
    connect(sooner, now);
    sooner.failed(now);
  }
  connect(sooner, at(109s));
  sooner.failed(at(109s));
  CHECK(sooner.state() == ready_state::closed);
}

TEST_CASE("the time of failing begins anew with a settled stream") {
  policy policy = daemon_without_jitter();
  policy.longest_failing = 10s;
  test_source source(policy, 0);
  connect(source, at(0ms));
  source.failed(at(0ms));
  connect(source, at(3s));
  source.responded(a_stream(), at(3s));
  data_of(source, "data: x\n\n", at(4s));
  source.failed(at(1000s));
  check_step(source.next(at(1000s)), step::wait, at(1003s), reason::connection_failed);
  CHECK(source.next(at(1003s)).kind == step::connect);
  source.responded(a_stream(), at(1003s));
  data_of(source, "data: x\n\n", at(1004s));
  source.ended(at(2000s));  // no failure, and so no time of failing
  CHECK(source.state() == ready_state::connecting);
}

TEST_CASE("a policy may be never to come back") {
  policy once = policy::daemon();
  once.reconnects = false;
  test_source source = open_source(once);
  data_of(source, "data: x\n\n", at(1s));
  source.ended(at(2s));
  check_step(source.next(at(2s)), step::closed, never, reason::stream_ended);

  test_source failing(once, 0);
  connect(failing, at(0ms));
  failing.failed(at(0ms));
  check_step(failing.next(at(0ms)), step::closed, never, reason::connection_failed);
}

TEST_CASE("the policies that are ready have no bound of failures, and a huge row of them is none") {
  policy policy = daemon_without_jitter();
  policy.shortest_wait = policy.default_wait = 0ms;  // doubled it stays so
  test_source source(policy, 0);
  for (int i = 0; i < 70'000; ++i) {
    if (source.next(at(0ms)).kind != step::connect) FAIL("it gave up");
    source.failed(at(0ms));
  }
  CHECK(source.failures() == policy::unbounded);
  CHECK(source.state() == ready_state::connecting);
}
