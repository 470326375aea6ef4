// SPDX-License-Identifier: MIT
// The policies by which the machine and the oracle are compared.
#ifndef SSEWIRE_TESTS_CLIENT_POLICIES_HPP
#define SSEWIRE_TESTS_CLIENT_POLICIES_HPP

#include <chrono>
#include <cstdint>
#include <iterator>
#include <limits>
#include <random>
#include <sse/policy.hpp>
#include <vector>

namespace client {

using std::chrono::milliseconds;

struct named_policy {
  const char* name;
  sse::policy policy;
};

// Of these none leaves anything to chance.
inline std::vector<named_policy> policies() {
  const auto never = sse::policy::never;
  std::vector<named_policy> all = {{"standard", sse::policy::standard()}};
  const auto add = [&all](const char* name, auto alter) {
    sse::policy policy = sse::policy::daemon();
    policy.jitter = 0;
    alter(policy);
    all.push_back({name, policy});
  };
  add("daemon", [](auto&) {});
  add("one failure", [](auto& p) { p.most_failures = 1; });
  add("two failures", [](auto& p) { p.most_failures = 2; });
  add("failing for 9 s", [](auto& p) { p.longest_failing = milliseconds(9000); });
  add("no return", [](auto& p) { p.reconnects = false; });
  add("redirects kept, one at most", [](auto& p) {
    p.keeps_temporary_redirects = true;
    p.most_redirects = 1;
  });
  add("no redirects, 100 s to settle", [](auto& p) {
    p.most_redirects = 0;
    p.settled_after = milliseconds(100000);
  });
  add("settled at once", [](auto& p) { p.settled_after = milliseconds(0); });
  add("two clocks, backoff to 4 s", [](auto& p) {
    p.longest_backoff = milliseconds(4000);
    p.quiet_timeout = milliseconds(100);
    p.event_timeout = milliseconds(150);
    p.settled_after = milliseconds(120);
  });
  add("two clocks that agree", [](auto& p) {
    p.quiet_timeout = p.event_timeout = milliseconds(100);
    p.settled_after = milliseconds(100);
  });
  add("least wait above the most", [](auto& p) {
    p.shortest_wait = milliseconds(5000);
    p.longest_asked = milliseconds(1000);
  });
  add("no waits",
      [](auto& p) { p.default_wait = p.shortest_wait = p.longest_asked = milliseconds(0); });
  add("no patience", [](auto& p) {
    p.response_timeout = p.quiet_timeout = p.event_timeout = milliseconds(0);
    p.default_wait = p.shortest_wait = milliseconds(0);
  });
  add("never", [=](auto& p) {
    p.default_wait = p.longest_asked = p.longest_backoff = never;
    p.response_timeout = p.quiet_timeout = p.settled_after = never;
    p.longest_failing = milliseconds(1000);
  });
  return all;
}

// Any policy: sane numbers mostly, and now and then one that is not.
inline sse::policy random_policy(std::mt19937_64& random) {
  const auto below = [&random](unsigned n) { return static_cast<unsigned>(random() % n); };
  const auto sane = [&](std::vector<int> from) {
    return milliseconds(from[below(static_cast<unsigned>(from.size()))]);
  };
  const auto any = [&](std::vector<int> from) {
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    constexpr std::int64_t odd[] = {most,  most - 1,  most / 2 + 1,       most / 1000000, -1,
                                    -most, -most - 1, most / 1000000 + 1, -1000000,       0,
                                    1};
    if (below(12) == 0) return milliseconds(odd[below(std::size(odd))]);
    return sane(from);
  };
  constexpr int none = std::numeric_limits<int>::max();
  sse::policy p = below(2) == 0 ? sse::policy::standard() : sse::policy::daemon();
  p.default_wait = any({0, 1, 40, 1000, 3000});
  p.shortest_wait = any({0, 1, 200, 500, 8000});
  p.longest_asked = any({0, 30, 6000, 3600000, none});
  p.longest_backoff = any({0, 1, 45000, 60000, none});
  p.response_timeout = any({1, 1000, 30000, none});
  p.quiet_timeout = any({1, 1000, 45000, none});
  p.event_timeout = any({1, 1000, 45000, 100000, none});
  p.settled_after = any({0, 1, 1000, 60000, none});
  if (below(3) == 0) p.longest_failing = any({1, 10000, 100000, none});
  if (below(3) == 0) p.most_failures = static_cast<std::uint16_t>(below(30));
  if (below(2) == 0) p.jitter = static_cast<std::uint8_t>(below(256));
  p.reconnects = below(10) != 0;
  p.retries_refusals = below(4) != 0;
  p.keeps_temporary_redirects = below(2) == 0;
  p.most_redirects = static_cast<std::uint8_t>(below(3) == 0 ? below(256) : below(4));
  return p;
}

}  // namespace client

#endif
