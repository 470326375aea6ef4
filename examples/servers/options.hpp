// SPDX-License-Identifier: MIT
// What a server is told on its command line: [PORT] [--NAME VALUE]...
#ifndef SSEWIRE_EXAMPLES_OPTIONS_HPP
#define SSEWIRE_EXAMPLES_OPTIONS_HPP

#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

/// What is common to servers of streams. Times are in seconds.
struct limits {
  unsigned most = 0, heartbeat = 15, life = 3'600;  // `most` streams
  std::vector<std::string> origins;                 // whose pages may follow

  /// After which a stream is ended, for a proxy need not tell that its client is gone: clients that
  /// are there come again. They do not do so all at once.
  unsigned some_life() const { return life - static_cast<unsigned>(std::rand()) % (life / 4 + 1); }
};

struct options : limits {
  explicit options(CLI::App& app, unsigned most_streams = 10'000, unsigned bound = 1U << 30) {
    most = most_streams;
    app.option_defaults()->always_capture_default();
    app.add_option("port", port, "to listen on; 0 is any free one")->check(CLI::Range(0, 65'535));
    app.add_option("--most", most, "streams")->check(CLI::Range(1U, bound));
    app.add_option("--heartbeat", heartbeat, "seconds between two")->check(range(1));
    app.add_option("--life", life, "seconds after which a stream is ended")->check(range(1));
    app.add_option("--origin", origins, "whose pages may follow; may be given again")
        ->allow_extra_args(false);
  }

  std::uint16_t port = 8080;

  /// So that no sum of times wraps.
  static CLI::Range range(unsigned least) { return {least, 1U << 30}; }
};

#endif
