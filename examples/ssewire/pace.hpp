// SPDX-License-Identifier: MIT
// When the bytes of a stream came, and what that tells of those who passed them on.
#ifndef SSEWIRE_TOOL_PACE_HPP
#define SSEWIRE_TOOL_PACE_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "report.hpp"

namespace tool {

/// What comes without a silence between is one burst. Nobody can see from outside when something
/// was sent; but that an event is cut by a silence, or that all comes at once with the end, is what
/// buffers do, and hardly any server.
class pace {
 public:
  using clock = std::chrono::steady_clock;
  using time_point = clock::time_point;

  void request(time_point now) { request_ = now; }
  void head(time_point now) { head_ = last_ = now; }
  /// Bytes of the body. `cuts_event`: what came before ends inside of an event.
  void bytes(time_point now, bool cuts_event);
  void event() { ++burst_events_, ++events_; }
  void comment() { ++comments_; }

  /// Says what it has seen. `has_ended`: the server ended the stream.
  void tell(time_point now, bool has_ended, report& report);

 private:
  using duration = clock::duration;
  void end_burst();

  time_point request_;
  std::optional<time_point> head_;
  std::optional<time_point> first_byte_;
  time_point last_;  // head or byte
  std::uint64_t events_ = 0;
  std::uint64_t comments_ = 0;
  std::uint64_t bursts_ = 0;
  duration longest_silence_{};

  std::uint64_t burst_events_ = 0;
  duration burst_silence_{};  // in front of it

  std::uint64_t most_at_once_ = 0;
  duration silence_before_most_{};
  std::uint64_t cuts_ = 0;
  duration longest_cut_{};
};

}  // namespace tool

#endif
