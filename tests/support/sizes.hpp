// SPDX-License-Identifier: MIT
// What an enumeration is asked for: a size, and which part of it.
#ifndef SSEWIRE_TESTS_SUPPORT_SIZES_HPP
#define SSEWIRE_TESTS_SUPPORT_SIZES_HPP

#include <array>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string_view>

// One of so many processes that share the work.
struct share {
  std::size_t number = 0;
  std::size_t of = 1;
};

// From the arguments "tiny|short|full [PART OF_HOW_MANY]".
struct request {
  request(int argc, char** argv) {
    const std::string_view name = argc == 2 || argc == 4 ? argv[1] : "";
    while (size < names.size() && names[size] != name) ++size;
    if (argc == 4) {
      mine = {std::strtoul(argv[2], nullptr, 10) - 1, std::strtoul(argv[3], nullptr, 10)};
    }
    if (size < names.size() && mine.number < mine.of) return;
    std::fprintf(stderr, "usage: %s tiny|short|full [PART OF_HOW_MANY]\n", argv[0]);
    std::exit(2);
  }

  std::size_t pick(const std::array<std::size_t, 3>& from) const { return from[size]; }

  std::size_t size = 0;
  share mine;

 private:
  static constexpr std::array<std::string_view, 3> names = {"tiny", "short", "full"};
};

#endif
