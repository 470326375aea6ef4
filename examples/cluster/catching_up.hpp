// SPDX-License-Identifier: MIT
// What a follower needs who is behind the channel; it is gone when it is not any more.
#ifndef SSEWIRE_EXAMPLES_CATCHING_UP_HPP
#define SSEWIRE_EXAMPLES_CATCHING_UP_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fan_out.hpp"

namespace cluster {

struct catching_up {
  std::string asked;            // the ID that it came with
  std::vector<whereabouts> at;  // by stream; empty as long as a stream has not been seen
  std::string text;             // what it is sent before anything else
  std::size_t sent = 0;         // of the text
  bool is_asking = false;       // for a page
  bool is_stalled = false;      // it waits for something to happen
  bool was_overtaken = false;
  bool had_pages = false;
};

/// Where somebody is who comes with an ID: in all streams of a set. One who brings none begins at
/// the newest event. One whose ID has no place in a stream, or a place in another life, is lost
/// there, and gets all that there is.
inline std::vector<whereabouts> locate(const fan_out& streams, std::string_view id,
                                       std::uint64_t set) {
  std::vector<whereabouts> result(streams.names().size());
  const auto found = read_id(id);
  for (std::size_t i = 0; i < result.size(); ++i) {
    whereabouts& one = result[i];
    one.at = streams.newest(i);
    one.life = streams.life(i);
    if (id.empty() || (set >> i & 1) == 0) continue;
    one.lost = reason::unknown;
    one.at = {};
    one.asked = id.substr(0, 200);
    if (!found) continue;
    const std::string epoch = streams.epoch(i), family = cluster::family(streams.names()[i]);
    for (const position& its : *found) {
      if (its.epoch == epoch) {
        one.at = its.at;
        one.lost = reason::none;
        one.asked.clear();
        break;
      }
      if (its.epoch.substr(0, family.size()) == family) {
        one.lost = reason::epoch;
        one.asked = write(its);
      }
    }
  }
  return result;
}

/// A stream that has begun another life meanwhile has lost who was in the one before.
inline void notice_new_lives(const fan_out& streams, std::vector<whereabouts>& at,
                             std::uint64_t set) {
  for (std::size_t i = 0; i < at.size(); ++i) {
    whereabouts& one = at[i];
    if (one.life == streams.life(i)) continue;
    if ((set >> i & 1) != 0 && one.lost == reason::none) {
      one.asked = streams.text(i, one.at, one.life);
      one.at = {};
      one.lost = reason::epoch;
    }
    one.life = streams.life(i);
  }
}

}  // namespace cluster

#endif
