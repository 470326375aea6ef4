// SPDX-License-Identifier: MIT
#include "view.hpp"

#include <algorithm>
#include <cstdio>

namespace tool {

overview::clock::duration overview::count_event(clock::time_point now) {
  const auto second = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch());
  bucket& current = buckets_[static_cast<std::size_t>(second.count()) % seconds];
  if (current.second != second.count()) current = {second.count(), 0};
  ++current.events;
  const clock::duration gap = events == 0 ? clock::duration() : now - last_event;
  ++events;
  last_event = now;
  longest_gap = std::max(longest_gap, gap);
  return gap;
}

double overview::rate(clock::time_point now) const {
  const auto second = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch());
  std::uint64_t recent = 0;
  for (const bucket& past : buckets_) {
    if (second.count() - past.second < static_cast<std::int64_t>(seconds)) recent += past.events;
  }
  const double passed = std::chrono::duration<double>(now - begin_).count();
  return static_cast<double>(recent) / std::clamp(passed, 1.0, static_cast<double>(seconds));
}

std::string seconds(overview::clock::duration time) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f s", std::chrono::duration<double>(time).count());
  return text;
}

}  // namespace tool
