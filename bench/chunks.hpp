// SPDX-License-Identifier: MIT
// How streams are cut: into chunks of one size, or as they came to a client once.
#ifndef SSEWIRE_BENCH_CHUNKS_HPP
#define SSEWIRE_BENCH_CHUNKS_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <numeric>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

// The programs are compiled once for each way to cut, for the reason that ours.hpp gives.
#ifndef SSEWIRE_BENCH_SIZES
#define SSEWIRE_BENCH_SIZES std::size_t
#endif

namespace bench {

/// The chunks of a recording, which has as many bytes as the stream.
struct recorded_sizes {
  const std::uint32_t* at;
};

inline std::size_t next_size(std::size_t fixed) { return fixed; }
inline std::size_t next_size(recorded_sizes& sizes) { return *sizes.at++; }

/// Calls `use` with one chunk after another, and in one place: so it is inlined. (In one template
/// with the other, g++ 12 takes an instruction more for each chunk.)
template <class Use>
void for_each_chunk(std::string_view text, std::size_t chunk, Use use) {
  while (!text.empty()) {
    const std::size_t size = std::min(chunk, text.size());
    use(text.substr(0, size));
    text.remove_prefix(size);
  }
}
template <class Use>
void for_each_chunk(std::string_view text, recorded_sizes sizes, Use use) {
  while (!text.empty()) {
    const std::size_t size = next_size(sizes);
    use(text.substr(0, size));
    text.remove_prefix(size);
  }
}

/// How a corpus came to a client: see chunks/.
struct recording {
  std::string shape;
  std::string corpus;
  std::vector<std::uint32_t> sizes;

  std::size_t bytes() const { return std::accumulate(sizes.begin(), sizes.end(), std::size_t{}); }
};

/// Those in a file that chunks/record.py wrote.
inline std::vector<recording> read_recordings(const char* path) {
  std::vector<recording> all;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    std::istringstream words(line);
    recording& r = all.emplace_back();
    words >> r.shape >> r.corpus;
    for (std::uint32_t size; words >> size;) {
      std::size_t times = 1;
      if (words.peek() == '*') words.ignore() >> times;
      r.sizes.insert(r.sizes.end(), times, size);
    }
  }
  return all;
}

/// How many events of a stream with LF have an end of a chunk within them.
inline std::size_t count_cut_events(std::string_view text, const recording& r) {
  std::size_t count = 0;
  std::size_t at = 0;
  std::size_t event_end = 0;  // of the last event that was counted
  for (const std::size_t size : r.sizes) {
    at += size;
    if (at <= event_end || at >= text.size() || text.substr(at - 2, 2) == "\n\n") continue;
    ++count;
    event_end = text.find("\n\n", at - 1) + 2;
  }
  return count;
}

}  // namespace bench

#endif
