// SPDX-License-Identifier: MIT
// What no parser can be faster than, or is not likely to be, on the same bytes.
#ifndef SSEWIRE_BENCH_LIMITS_HPP
#define SSEWIRE_BENCH_LIMITS_HPP

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <sse/detail/scan.hpp>
#include <string_view>
#include <vector>

namespace bench {

struct memcpy_limit {
  std::vector<char> target;
  void run(std::string_view text) {
    if (target.size() < text.size()) target.resize(text.size());
    std::memcpy(target.data(), text.data(), text.size());
    benchmark::ClobberMemory();
  }
};

/// One memchr for each line: what a parser costs that finds its lines so, and does nothing else.
struct memchr_limit {
  static void run(std::string_view text) {
    const char* line = text.data();
    const char* const end = line + text.size();
    std::size_t lines = 0;
    while (const void* const found =
               std::memchr(line, '\n', static_cast<std::size_t>(end - line))) {
      line = static_cast<const char*>(found) + 1;
      ++lines;
    }
    benchmark::DoNotOptimize(lines);
  }
};

/// The offset of every line end, found as the parser finds them. Left out where headers of another
/// version are measured, whose insides may have other names.
#ifndef SSEWIRE_BENCH_OTHER_HEADERS
struct index_limit {
  std::vector<std::uint32_t> offsets;
  void run(std::string_view text) {
    if (offsets.size() < text.size()) offsets.resize(text.size());
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    sse::detail::line_ends<sse::detail::native_kernel> line_ends(begin, end);
    std::uint32_t* out = offsets.data();
    for (const char* at; (at = line_ends.next()) != end;) {
      *out++ = static_cast<std::uint32_t>(at - begin);
    }
    benchmark::DoNotOptimize(out);
    benchmark::ClobberMemory();
  }
};
#endif

}  // namespace bench

#endif
