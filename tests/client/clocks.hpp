// SPDX-License-Identifier: MIT
// The clock of tests and simulations.
#ifndef SSEWIRE_TESTS_CLIENT_CLOCKS_HPP
#define SSEWIRE_TESTS_CLIENT_CLOCKS_HPP

#include <chrono>
#include <cstdint>
#include <ratio>

namespace client {

// A clock that nobody can ask, of whole milliseconds.
struct millisecond_clock {
  using rep = std::int64_t;
  using period = std::milli;
  using duration = std::chrono::duration<rep, period>;
  using time_point = std::chrono::time_point<millisecond_clock>;
  static constexpr bool is_steady = true;
};

}  // namespace client

#endif
