// SPDX-License-Identifier: MIT
// Every short sequence of what can happen to a client, under many policies, and long sequences by
// chance: the machine does what the oracle says.
//
//   enumerate LENGTH
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <sse/event_source.hpp>
#include <vector>

#include "client/duel.hpp"
#include "client/inputs.hpp"
#include "client/policies.hpp"
#include "client/report.hpp"
#include "client/walks.hpp"

namespace {

using namespace client;
using input_list = std::vector<const input*>;

// All sequences of some inputs. A machine cannot be copied, so each sequence is played from its
// beginning; all but its last input have been compared before.
template <class Holder>
class enumeration {
 public:
  enumeration(const named_policy& policy, const input_list& inputs, totals& sum)
      : policy_(policy), inputs_(inputs), sum_(sum) {}

  // All sequences of up to so many inputs of which these are the first.
  void run(const input_list& first, std::size_t length) {
    oracle model(policy_.policy, per_millisecond);
    invariants rules(policy_.policy);
    for (const input* in : first) {
      if (length == 0 || !play(*in, 0, model, rules)) break;
      --length;
    }
    extend(model, rules, 0, length);
    inputs_so_far_.clear();
    path_.clear();
  }

 private:
  static constexpr wide per_millisecond = ticks_per_millisecond<typename Holder::source::clock>;

  void extend(const oracle& before, const invariants& rules_before, wide now, std::size_t length) {
    if (length == 0) return;
    // What is closed does not change any more: one more input of each kind is enough to see it.
    const bool was_closed = before.state() == sse::ready_state::closed;
    for (const input* in : inputs_) {
      const auto time = time_of(before, in->when, now, policy_.policy, per_millisecond);
      if (!time) continue;
      oracle model = before;
      invariants rules = rules_before;
      const bool same = play(*in, *time, model, rules);
      if (same && !was_closed) extend(model, rules, *time, length - 1);
      inputs_so_far_.pop_back();
      path_.pop_back();
    }
  }

  // One more input.
  bool play(const input& in, wide time, oracle& model, invariants& rules) {
    player<Holder> player(policy_.policy, 0);
    for (std::size_t i = 0; i < path_.size(); ++i) {
      player.perform(*inputs_so_far_[i], path_[i].time);
    }
    inputs_so_far_.push_back(&in);
    path_.push_back({in.name, time});
    ++sum_.sequences;
    const std::string differs = perform_and_compare(player, model, rules, in, time);
    if (!differs.empty() && sum_.count_difference()) print(policy_.name, path_, differs);
    return differs.empty();
  }

  const named_policy& policy_;
  const input_list& inputs_;
  totals& sum_;
  input_list inputs_so_far_;
  path path_;
};

// What decides about connections.
input_list of_connections() {
  using namespace inputs;
  return {&next_soon,
          &next_at,
          &next_behind,
          &pass_time,
          &stream,
          &lasting_redirect,
          &unavailable,
          &temporary_redirect,
          &no_content,
          &unavailable_for_7s,
          &event_with_id,
          &comment,
          &comment_unsettled,
          &comment_settled,
          &long_retry,
          &ended,
          &failed,
          &close,
          &hurry};
}

// What can come in a stream, and what is left of it in the next.
input_list of_streams() {
  using namespace inputs;
  return {&next_at,
          &stream,
          &event,
          &event_with_id,
          &event_with_unsafe_id,
          &too_large,
          &comment,
          &id_alone,
          &half,
          &blank,
          &nothing,
          &no_retry,
          &short_retry,
          &endless_retry,
          &events,
          &events_closing,
          &ended,
          &failed,
          &events_failing,
          &move,
          &nothing_settled,
          &events_by_hand,
          &too_large_by_hand};
}

// All heads of responses, and what leads to the next request.
input_list of_responses() {
  using namespace inputs;
  return {&next_soon,
          &next_at,
          &stream,
          &page,
          &untyped,
          &other_success,
          &informational,
          &lasting_redirect,
          &lasting_redirect_2,
          &temporary_redirect,
          &temporary_redirect_2,
          &temporary_redirect_3,
          &redirect_to_nowhere,
          &multiple_choices,
          &unavailable,
          &unavailable_for_7s,
          &unavailable_for_a_year,
          &unavailable_until,
          &unavailable_soon,
          &too_many,
          &timeout,
          &too_early,
          &not_found,
          &not_found_for_0s,
          &not_found_for_7s,
          &no_content,
          &no_content_for_7s,
          &no_status,
          &odd_status,
          &renewed,
          &ended,
          &ended_settled};
}

template <class Holder>
void enumerate(const named_policy& policy, std::size_t length, totals& sum) {
  using namespace inputs;
  const input_list connections = of_connections();
  const input_list streams = of_streams();
  const input_list responses = of_responses();
  enumeration<Holder>(policy, connections, sum).run({}, length);
  enumeration<Holder>(policy, streams, sum).run({&next, &stream}, length);
  enumeration<Holder>(policy, responses, sum).run({&next}, length - 2);
}

input_list all_inputs() {
  input_list all = of_connections();
  for (const input_list& some : {of_streams(), of_responses()}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

template <class Holder>
void walk_about(std::uint64_t seed, std::size_t walks, totals& sum) {
  std::mt19937_64 seeds(seed);
  const input_list inputs = all_inputs();
  for (; walks > 0; --walks) walk<Holder>(seeds(), sum).run(inputs, 3000);
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t length = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 0;
  const std::size_t part = argc == 4 ? std::strtoul(argv[2], nullptr, 10) : 1;
  const std::size_t parts = argc == 4 ? std::strtoul(argv[3], nullptr, 10) : 1;
  if ((argc != 2 && argc != 4) || length < 3 || length > 9 || part < 1 || part > parts) {
    std::fprintf(stderr, "usage: enumerate LENGTH [PART OF_HOW_MANY], LENGTH from 3 to 9\n");
    return 2;
  }
  using ticks = millisecond_clock;
  using steady = std::chrono::steady_clock;
  totals sum;
  std::size_t number = 0;
  for (const named_policy& p : policies()) {
    if (number++ % parts != part - 1) continue;
    const unsigned long long before = sum.sequences;
    enumerate<lent<ticks>>(p, length, sum);
    enumerate<lent<steady>>(p, length - 2, sum);
    enumerate<growing<ticks>>(p, length - 2, sum);
    std::printf("%s: %llu sequences\n", p.name, sum.sequences - before);
    std::fflush(stdout);
  }

  const std::uint64_t seed = 20260301 + 4 * (part - 1);
  const std::size_t walks = (std::size_t{50} << length) / parts;
  totals by_chance;
  walk_about<lent<ticks>>(seed, walks, by_chance);
  walk_about<lent<steady>>(seed + 1, walks, by_chance);
  walk_about<growing<ticks>>(seed + 2, walks, by_chance);
  walk_about<growing<steady>>(seed + 3, walks, by_chance);
  std::printf("by chance, from seed %llu: %llu sequences of %llu inputs\n",
              static_cast<unsigned long long>(seed), by_chance.sequences, by_chance.inputs);
  const unsigned long long differences = sum.differences + by_chance.differences;
  std::printf("%.1f million sequences, %.1f million inputs by chance, %llu differences\n",
              static_cast<double>(sum.sequences) / 1e6, static_cast<double>(by_chance.inputs) / 1e6,
              differences);
  return differences == 0 ? 0 : 1;
}
