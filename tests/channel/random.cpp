// SPDX-License-Identifier: MIT
// Long runs of calls by chance, on channels of all sizes, against the model.
//
//   random CALLS [SEED]
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "channel/life.hpp"

int main(int argc, char** argv) {
  if (argc != 2 && argc != 3) {
    std::fprintf(stderr, "usage: %s CALLS [SEED]\n", argv[0]);
    return 2;
  }
  const std::uint64_t calls = std::strtoull(argv[1], nullptr, 10);
  const std::uint64_t seed =
      argc == 3
          ? std::strtoull(argv[2], nullptr, 10)
          : static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count());
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  channel_model::chance any(seed);
  for (std::uint64_t done = 0; done < calls; done += channel_model::life::most_calls) {
    channel_model::life(any).run(channel_model::life::most_calls);
  }
  std::printf("%llu calls, and nothing differs\n", static_cast<unsigned long long>(calls));
}
