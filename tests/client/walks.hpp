// SPDX-License-Identifier: MIT
// Long sequences by chance, under policies by chance, also where the clock begins and ends.
#ifndef SSEWIRE_TESTS_CLIENT_WALKS_HPP
#define SSEWIRE_TESTS_CLIENT_WALKS_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <sse/event_source.hpp>
#include <vector>

#include "client/duel.hpp"
#include "client/inputs.hpp"
#include "client/policies.hpp"
#include "client/report.hpp"

namespace client {

class chance {
 public:
  explicit chance(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t operator()() { return engine_(); }
  unsigned below(unsigned n) { return static_cast<unsigned>(engine_() % n); }
  bool one_in(unsigned n) { return below(n) == 0; }
  std::mt19937_64& engine() { return engine_; }

 private:
  std::mt19937_64 engine_;
};

template <class Holder>
class walk {
 public:
  walk(std::uint64_t seed, totals& sum)
      : chance_(seed),
        policy_(random_policy(chance_.engine())),
        player_(policy_, chance_()),
        model_(policy_, per_millisecond),
        rules_(policy_),
        now_(begin()),
        sum_(sum) {}

  void run(const std::vector<const input*>& inputs, std::size_t most) {
    ++sum_.sequences;
    for (std::size_t left = most; left > 0; --left) {
      if (model_.state() == sse::ready_state::closed) left = std::min<std::size_t>(left, 10);
      const input in = choose(inputs);
      now_ = time(in);
      path_.push_back({in.name, now_});
      const std::string differs = perform_and_compare(player_, model_, rules_, in, now_);
      ++sum_.inputs;
      if (differs.empty()) continue;
      if (sum_.count_difference()) print(described(policy_), path_, differs);
      return;
    }
  }

 private:
  static constexpr wide per_millisecond = ticks_per_millisecond<typename Holder::source::clock>;
  static constexpr wide last = end_of_time - 1;  // what lies behind it is the time that never comes

  wide some_ticks(unsigned most) {
    const wide whole = chance_.below(most);
    return whole * per_millisecond + static_cast<wide>(chance_()) % per_millisecond;
  }

  wide begin() {
    switch (chance_.below(6)) {
      case 0: return begin_of_time;
      case 1: return last - some_ticks(1000000000);
      case 2: return -some_ticks(100000);
      case 3: return 0;
      default: return some_ticks(2000000000);
    }
  }

  // What ends a walk comes rarely.
  input choose(const std::vector<const input*>& inputs) {
    if (chance_.one_in(20)) return overruled();
    const auto any = [&] { return inputs[chance_.below(static_cast<unsigned>(inputs.size()))]; };
    const input* in = any();
    while (is_final(*in) && !chance_.one_in(30)) in = any();
    return *in;
  }
  bool is_final(const input& in) const {
    if (in.what == input::kind::close || in.in_loop == in_loop::closes) return true;
    return in.what == input::kind::respond &&
           model_.judge(in.head).kind == sse::verdict::stop;
  }
  input overruled() {
    using kind = sse::verdict::outcome;
    constexpr kind kinds[] = {kind::ignored, kind::stream, kind::redirect, kind::retry};
    constexpr std::int64_t waits[] = {0, 1, 5000, -1, 1000000, sse::policy::never.count()};
    sse::verdict verdict;
    verdict.kind = chance_.one_in(100) ? kind::stop : kinds[chance_.below(4)];
    verdict.why = static_cast<sse::reason>(chance_.below(12));
    verdict.is_lasting = chance_.one_in(2);
    if (verdict.kind == kind::retry) verdict.wait = milliseconds(waits[chance_.below(6)]);
    return inputs::overruled("a verdict by chance", verdict);
  }

  wide time(const input& in) {
    const auto planned = time_of(model_, in.when, now_, policy_, per_millisecond);
    wide time = now_;
    switch (chance_.below(8)) {
      case 0: time += chance_.below(3); break;
      case 1: time += some_ticks(100); break;
      case 2: time += some_ticks(60000); break;
      case 3: time += chance_.one_in(200) ? (last - now_) / 2 : 0; break;
      default: time = planned.value_or(now_);
    }
    return std::min(time, last);
  }

  chance chance_;
  sse::policy policy_;
  player<Holder> player_;
  oracle model_;
  invariants rules_;
  wide now_;
  totals& sum_;
  path path_;
};

}  // namespace client

#endif
