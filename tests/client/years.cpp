// SPDX-License-Identifier: MIT
// What policies come to over hours and years, each an asserted fact: how often a server is asked
// that flaps, how a fleet comes back, whether times add up, and what a hostile `retry` can do.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <map>
#include <random>
#include <sse/event_source.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "client/clocks.hpp"

namespace {

using namespace std::chrono_literals;
using client::millisecond_clock;
using std::chrono::milliseconds;

int facts = 0;
int not_facts = 0;

void expect(bool holds, std::string_view fact) {
  ++facts;
  if (!holds) {
    ++not_facts;
    std::printf("does not hold: %.*s\n", static_cast<int>(fact.size()), fact.data());
  }
}

constexpr sse::response stream = {200, sse::media_type};

// A machine and the time that it is told. What happens takes no time, unless it is said to.
template <class Clock>
class client_in_time {
 public:
  using source = sse::basic_event_source<sse::growing_parser, Clock>;
  using time_point = typename Clock::time_point;

  client_in_time(const sse::policy& policy, std::uint64_t random, time_point begin = {})
      : machine_(policy, random), now_(begin) {}

  source& machine() { return machine_; }
  time_point now() const { return now_; }
  void pass(typename Clock::duration time) { now_ += time; }

  // Waits until a request is to be sent, and returns how long. Negative if it never is.
  typename Clock::duration wait() {
    const time_point begin = now_;
    for (;;) {
      const auto step = machine_.next(now_);
      if (step.kind == step.connect) return now_ - begin;
      if (step.kind != step.wait || step.deadline <= now_) return typename Clock::duration(-1);
      now_ = step.deadline;
    }
  }

  void open() { machine_.responded(stream, now_); }
  // How many events there were.
  int read(std::string_view bytes) {
    int count = 0;
    for (const auto& e : machine_.events(bytes, now_)) {
      count += e.kind == sse::parser::status::event;
    }
    return count;
  }
  void end() { machine_.ended(now_); }
  void fail() { machine_.failed(now_); }

 private:
  source machine_;
  time_point now_;
};
using simulated = client_in_time<millisecond_clock>;

// ---- A server that answers and hangs up

// It is asked ever more rarely, until the bound is reached, and each wait lies within its bounds.
void flap(const char* what, std::string_view sends, milliseconds first) {
  const sse::policy policy = sse::policy::daemon();
  simulated client(policy, 1);
  expect(client.wait() == 0ms, "the first request is sent at once");
  milliseconds least = first;
  int requests = 0;
  while (client.now().time_since_epoch() < 1h) {
    client.open();
    client.read(sends);
    client.end();
    const milliseconds wait = client.wait();
    expect(wait >= least && wait <= 2 * least,
           std::string(what) + ": wait " + std::to_string(requests) + " is within its bounds");
    least = std::min<milliseconds>(2 * least, policy.longest_backoff);
    ++requests;
  }
  // An hour has 60 waits of a minute; the shorter ones at the beginning come to less than two.
  expect(least == policy.longest_backoff, std::string(what) + ": the bound is reached");
  expect(requests >= 30 && requests <= 60 + 9, std::string(what) + ": there is no flood");
  std::printf("%s: %d requests in an hour\n", what, requests);
}

// ---- A stream that lived long

void live_long() {
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    simulated client(sse::policy::daemon(), seed);
    client.wait();
    for (int i = 0; i < 5; ++i) {  // so that there is something to forget
      client.fail();
      client.wait();
    }
    client.open();
    client.read("retry: 1234\n");
    for (int i = 0; i < 1000; ++i) {
      client.pass(15s);
      client.read(":\n");
      expect(client.machine().next(client.now()).kind == simulated::source::step::receive,
             "a stream with heartbeats goes on");
    }
    client.end();
    expect(client.wait() == 1234ms, "after a long stream the wait is its own `retry`");
    expect(client.machine().failures() == 0, "after a long stream no failure is remembered");
  }
}

// ---- A fleet

// How many come back in each second, where all were thrown out at 0 and are let in from `back` on.
std::map<std::int64_t, int> load_of_fleet(const std::vector<std::uint64_t>& seeds,
                                          milliseconds back) {
  std::map<std::int64_t, int> load;
  for (const std::uint64_t seed : seeds) {
    simulated client(sse::policy::daemon(), seed);
    client.wait();
    do client.fail();
    while (client.wait() >= 0ms && client.now().time_since_epoch() < back);
    ++load[std::chrono::floor<std::chrono::seconds>(client.now().time_since_epoch()).count()];
  }
  return load;
}

int most_in_a_second(const std::map<std::int64_t, int>& load) {
  int most = 0;
  for (const auto& [second, count] : load) most = std::max(most, count);
  return most;
}

// With `default_wait` of 3 s nobody waits longer than 6 s at first. So all who come back after 10 s
// have failed twice or more often; the last wait was spread over 6 s or more, and any second holds
// a sixth of them at most. Five standard deviations are for chance.
void return_as_fleet() {
  constexpr int clients = 10000;
  const double share = 1.0 / 6;
  const double bound = clients * share + 5 * std::sqrt(clients * share * (1 - share));

  std::mt19937_64 random(20260301);
  std::vector<std::uint64_t> seeds(clients);
  for (std::uint64_t& seed : seeds) seed = random();
  const auto load = load_of_fleet(seeds, 10s);
  for (const auto& [second, count] : load) {
    std::printf("%lld %d\n", static_cast<long long>(second), count);
  }
  expect(most_in_a_second(load) <= bound, "no second holds more than its share");

  // Seeds that are near each other, as serial numbers are.
  for (int i = 0; i < clients; ++i) seeds[static_cast<std::size_t>(i)] = static_cast<unsigned>(i);
  const int most = most_in_a_second(load_of_fleet(seeds, 10s));
  expect(most <= bound, "nor does it with serial numbers for seeds");

  std::fill(seeds.begin(), seeds.end(), 1);
  const int clump = most_in_a_second(load_of_fleet(seeds, 10s));
  expect(clump == clients, "with the same seed all come back together");
  std::printf(
      "fleet: at most %d in a second, %d with serial numbers, %d with one seed; bound %.0f\n",
      most_in_a_second(load), most, clump, bound);
}

// ---- A year

// Failures, refusals, silence and streams that live, each as long as by chance. What the waits must
// be is added up beside the machine.
void live_a_year() {
  using clock = std::chrono::steady_clock;
  sse::policy policy = sse::policy::daemon();
  policy.jitter = 0;
  const clock::time_point begin(12345678987654321ns);
  client_in_time<clock> client(policy, 1, begin);
  std::mt19937_64 random(7);
  const auto below = [&random](unsigned n) { return static_cast<unsigned>(random() % n); };

  const std::clock_t start = std::clock();
  clock::duration added{0};
  milliseconds retry = policy.default_wait;
  milliseconds wait = retry;
  bool all_exact = true;
  bool all_counted = true;
  unsigned failures = 0;
  unsigned long requests = 0;
  const auto pass = [&](clock::duration time) {
    client.pass(time);
    added += time;
  };
  const auto count_failure = [&](milliseconds retry_after = 0ms) {
    wait = failures++ == 0 ? retry : std::min<milliseconds>(2 * wait, policy.longest_backoff);
    return std::max(wait, retry_after);
  };
  all_exact &= client.wait() == 0ms;
  while (client.now() - begin < 365 * 24h) {
    ++requests;
    const std::chrono::nanoseconds some(random() % 1000000000);
    clock::duration expected{0};
    switch (below(5)) {
      case 0:
        pass(some);
        client.fail();
        expected = count_failure();
        break;
      case 1:
        pass(some);
        client.machine().responded({503, {}, {}, "20"}, client.now());
        expected = count_failure(20s);
        break;
      case 2:
        pass(policy.response_timeout);
        expected = count_failure();
        break;
      case 3:
        client.open();
        pass(some);
        client.end();
        expected = count_failure();
        break;
      default:
        client.open();
        retry = milliseconds(1 + below(5000));
        client.read("retry: " + std::to_string(retry.count()) + "\ndata: x\n\n");
        pass(some * 600);
        client.end();
        retry = std::max(retry, policy.shortest_wait);
        failures = 0;
        expected = retry;
    }
    all_exact &= client.wait() == expected;
    all_counted &= client.machine().failures() == failures;
    added += expected;
  }
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  expect(all_exact, "in a year each wait is exact");
  expect(all_counted, "in a year each failure is counted");
  expect(client.now() == begin + added, "in a year no time is lost");
  expect(seconds < 1, "a year takes less than a second");
  std::printf("a year: %lu requests, %.2f s\n", requests, seconds);
}

// ---- Failures and redirects without end

void fail_without_end() {
  sse::policy policy = sse::policy::daemon();
  for (const std::uint16_t most : {std::uint16_t{0xFFFE}, sse::policy::unbounded}) {
    policy.most_failures = most;
    simulated client(policy, 1);
    std::uint32_t failures = 0;
    while (failures < 200000 && client.wait() >= 0ms) {
      client.fail();
      ++failures;
    }
    const bool gives_up = most != sse::policy::unbounded;
    expect(failures == (gives_up ? most : 200000u), "it gives up at the failure that it is told");
    expect(client.machine().failures() == most, "the count of failures stays at the greatest");
  }
}

void redirect_without_end() {
  sse::policy policy = sse::policy::standard();
  for (unsigned most = 0; most < 256; ++most) {
    policy.most_redirects = static_cast<std::uint8_t>(most);
    simulated client(policy, 1);
    unsigned followed = 0;
    for (; followed < 1000; ++followed) {
      expect(client.wait() == 0ms, "a redirect is followed at once");
      const auto verdict = client.machine().responded({302, {}, "/"}, client.now());
      if (verdict.kind != sse::verdict::redirect) break;
    }
    expect(followed == most, "as many redirects are followed as the policy says");
    expect(client.machine().why() == sse::reason::too_many_redirects, "then it is too many");
    expect(client.wait() == policy.default_wait, "it comes back after too many redirects");
  }
}

// ---- A server that asks for what it should not

void ask_too_much(const char* name, const sse::policy& policy) {
  const auto bounded = [&](std::string_view line, milliseconds bound) {
    simulated client(policy, 1);
    client.wait();
    client.open();
    expect(client.read(std::string(line) + "data: x\n\n") == 1, "the event is delivered");
    client.end();
    const milliseconds after_stream = client.wait();
    expect(after_stream == bound, std::string(name) + ": the wait after a stream is bounded");
    client.fail();
    const milliseconds after_failure = client.wait();
    expect(after_failure >= bound && after_failure <= bound + bound * policy.jitter / 100,
           std::string(name) + ": the wait after a failure is bounded");
  };
  bounded("retry: 0\n", policy.shortest_wait);
  for (const char* line : {"retry: 9223372036854775808\n", "retry: 18446744073709551615\n",
                           "retry: 18446744073709551616\n", "retry: 30000000000000000000\n"}) {
    bounded(line, policy.longest_asked);
  }
}

}  // namespace

int main() {
  flap("flapping", "", 3s);
  flap("flapping with retry: 0", "retry: 0\n", 200ms);
  live_long();
  return_as_fleet();
  live_a_year();
  fail_without_end();
  redirect_without_end();
  ask_too_much("standard", sse::policy::standard());
  ask_too_much("daemon", sse::policy::daemon());
  std::printf("%d facts, %d do not hold\n", facts, not_facts);
  return not_facts == 0 ? 0 : 1;
}
