// SPDX-License-Identifier: MIT
// What `watch` shows, and where: on a screen, or in lines.
#ifndef SSEWIRE_TOOL_VIEW_HPP
#define SSEWIRE_TOOL_VIEW_HPP

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace tool {

/// A line: an event, or what happened to the connection. All text can be printed.
struct sight {
  std::string time;  // of the day
  std::string gap;   // since the event before
  std::string type;  // empty if it is no event
  std::string id;    // empty if it had none
  std::string text;
};

/// What is known of the stream as a whole.
struct overview {
  using clock = std::chrono::steady_clock;

  std::string url;
  std::string state = "connecting";
  std::string last_id;
  std::uint64_t events = 0;
  std::uint64_t comments = 0;
  std::uint64_t reconnections = 0;
  clock::duration longest_gap{};
  clock::time_point last_event = clock::now();  // or the begin

  /// To be called for each event; gives what has passed since the one before.
  clock::duration count_event(clock::time_point now);
  /// Events in a second, over the last ten.
  double rate(clock::time_point now) const;
  /// Seconds since the last one, or since the begin.
  double quiet_for(clock::time_point now) const {
    return std::chrono::duration<double>(now - last_event).count();
  }

 private:
  static constexpr std::size_t seconds = 10;
  struct bucket {
    std::int64_t second = 0;
    std::uint64_t events = 0;
  };
  std::array<bucket, seconds> buckets_{};
  clock::time_point begin_ = clock::now();
};

class view {
 public:
  virtual ~view() = default;
  virtual void show(const sight& line) = 0;
  /// The rest, if there is room for it; and does what keys ask for. False if that is to end.
  virtual bool refresh(const overview&) { return true; }
  /// How long it may be until the next `refresh`.
  virtual std::chrono::milliseconds patience() const { return std::chrono::hours(1); }
};

/// Null if there is no screen to be had.
std::unique_ptr<view> open_screen();

/// A time in seconds.
std::string seconds(overview::clock::duration time);

}  // namespace tool

#endif
