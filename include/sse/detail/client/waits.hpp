// SPDX-License-Identifier: MIT
// How long a client waits: the sums of sse::policy, and times that do not run over.
#ifndef SSEWIRE_DETAIL_CLIENT_WAITS_HPP
#define SSEWIRE_DETAIL_CLIENT_WAITS_HPP

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>

#include "../../policy.hpp"
#include "../compiler.hpp"

namespace sse::detail {

/// The next number of a generator whose state is one word (SplitMix64): any state is a good one.
SSEWIRE_DETAIL_WRAPS constexpr std::uint64_t draw(std::uint64_t& state) noexcept {
  state += 0x9E3779B97F4A7C15;
  std::uint64_t word = state;
  word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9;
  word = (word ^ (word >> 27)) * 0x94D049BB133111EB;
  return word ^ (word >> 31);
}

/// The greatest time of a clock, which does not come.
template <class TimePoint>
inline constexpr TimePoint end_of_time = (TimePoint::max)();

/// The time so much later; the greatest one if it lies beyond. A negative time is none.
template <class TimePoint>
constexpr TimePoint later(TimePoint time, std::chrono::milliseconds by) noexcept {
  using duration = typename TimePoint::duration;
  if (by.count() <= 0) return time;
  const duration since_epoch = time.time_since_epoch();
  const duration room =
      (duration::max)() - (since_epoch > duration::zero() ? since_epoch : duration::zero());
  if (by >= std::chrono::duration_cast<std::chrono::milliseconds>(room))
    return end_of_time<TimePoint>;
  return time + std::chrono::duration_cast<duration>(by);
}

/// Rounded up, and no more than an int can hold.
template <class TimePoint>
constexpr int milliseconds_until(TimePoint then, TimePoint now) noexcept {
  using std::chrono::milliseconds;
  constexpr int most = (std::numeric_limits<int>::max)();
  if (then <= now) return 0;
  if (then >= later(now, milliseconds(most))) return most;
  const auto left = std::chrono::duration_cast<milliseconds>(then - now);
  return static_cast<int>(left.count()) + (left < then - now);
}

constexpr std::chrono::milliseconds within(std::chrono::milliseconds wait,
                                           std::chrono::milliseconds least,
                                           std::chrono::milliseconds most) noexcept {
  if (wait > most) wait = most;
  return wait < least ? least : wait;
}

/// The wait after so many failures in a row, as sse::policy says. Nothing waits for more than a
/// hundred years, so that no sum runs over.
constexpr std::chrono::milliseconds wait_after(std::uint16_t failures, const policy& policy,
                                               std::optional<std::chrono::milliseconds> asked,
                                               std::chrono::milliseconds retry_after,
                                               std::uint64_t& random) noexcept {
  using std::chrono::milliseconds;
  constexpr milliseconds none{0}, ages{3'153'600'000'000};
  const milliseconds least = within(policy.shortest_wait, none, ages);
  const milliseconds most = within(policy.longest_asked, none, ages);
  milliseconds wait = within(asked.value_or(policy.default_wait), least, most);
  if (failures == 0) return wait;

  const milliseconds backoff = within(policy.longest_backoff, wait, ages);
  for (; failures > 1 && wait < backoff && wait > none; --failures) wait *= 2;
  if (wait > backoff) wait = backoff;

  const auto most_added = static_cast<std::uint64_t>(wait.count()) * policy.jitter / 100;
  const milliseconds added(static_cast<std::int64_t>(draw(random) % (most_added + 1)));
  return within(retry_after, wait, most > wait ? most : wait) + added;
}

}  // namespace sse::detail

#endif
