// SPDX-License-Identifier: MIT
// What comparisons come to, and what is printed of them.
#ifndef SSEWIRE_TESTS_CLIENT_REPORT_HPP
#define SSEWIRE_TESTS_CLIENT_REPORT_HPP

#include <cstddef>
#include <cstdio>
#include <initializer_list>
#include <sse/policy.hpp>
#include <string>
#include <vector>

#include "client/oracle.hpp"

namespace client {

struct totals {
  unsigned long long sequences = 0;
  unsigned long long inputs = 0;  // of walks
  unsigned long long differences = 0;

  // Whether it is to be printed: the first few are enough to look at.
  bool count_difference() { return ++differences <= 10; }
};

struct happening {
  const char* name;
  wide time;
};
using path = std::vector<happening>;

// The end of the way on which something differs.
inline void print(const std::string& policy, const path& way, const std::string& difference) {
  constexpr std::size_t most = 20;
  const std::size_t first = way.size() > most ? way.size() - most : 0;
  std::printf("  %s:%s", policy.c_str(), first > 0 ? " ..." : "");
  for (std::size_t i = first; i < way.size(); ++i) {
    std::printf(" %s (%lld),", way[i].name, static_cast<long long>(way[i].time));
  }
  std::printf(" %s\n", difference.c_str());
}

// All numbers, in the order in which the policy has them.
inline std::string described(const sse::policy& p) {
  std::string text = "policy";
  for (const auto time :
       {p.default_wait, p.shortest_wait, p.longest_asked, p.longest_backoff, p.response_timeout,
        p.quiet_timeout, p.event_timeout, p.settled_after, p.longest_failing}) {
    text += " " + std::to_string(time.count());
  }
  for (const unsigned number :
       {unsigned{p.most_failures}, unsigned{p.jitter}, unsigned{p.reconnects},
        unsigned{p.retries_refusals}, unsigned{p.keeps_temporary_redirects},
        unsigned{p.most_redirects}}) {
    text += " " + std::to_string(number);
  }
  return text;
}

}  // namespace client

#endif
