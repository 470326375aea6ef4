// SPDX-License-Identifier: MIT
// usage: flood <name> <chunk size>
// Feeds a flood of three sizes to a parser, under callgrind, which writes a profile for each: see
// `check`.
#include <valgrind/callgrind.h>

#include <cstddef>
#include <sse/parser.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "../chunks.hpp"
#include "../corpora.hpp"

namespace {

struct flood {
  const char* name;
  std::string unit;  // over and over
};

// What is typical, in parts that fill a chunk: else it would depend on the chunk what its end cuts.
std::string typical(std::string_view name) {
  constexpr std::size_t size = std::size_t{1} << 14;
  return bench::make_corpus(name, size).text.substr(0, size);
}

const std::vector<flood>& floods() {
  static const std::vector<flood> all = {
      {"tokens", typical("tokens")},  // no floods
      {"named", typical("named")},
      {"ticks", typical("ticks")},
      {"comments", ":\n"},
      {"newlines", "\n"},
      {"data-lines", "data\n"},
      {"colons", ":"},
      {"CRs", "\r"},
      {"ids", "id:1\n"},
      {"unknown-fields", "x\n"},
      {"byte-order-marks", "\xEF\xBB\xBF\n"},
  };
  return all;
}

// All that the floods want to have kept fits: nothing is skipped.
std::vector<char> storage(std::size_t{2} << 20);

// False if something was lost: then what was counted is not what was meant.
bool run(const flood& f, std::size_t chunk, std::size_t size) {
  std::string text;
  while (text.size() < size) text += f.unit;
  text.resize(size);
  sse::parser parser(storage.data(), storage.size());
  sse::event e;
  std::size_t bytes = 0;

  CALLGRIND_ZERO_STATS;
  bench::for_each_chunk(text, chunk, [&](std::string_view piece) {
    parser.feed(piece);
    while (parser.next(e) == sse::parser::status::event) bytes += e.data.size();
  });
  const std::string label =
      std::string(f.name) + ' ' + std::to_string(chunk) + ' ' + std::to_string(size);
  CALLGRIND_DUMP_STATS_AT(label.c_str());
  return bytes <= size;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const std::string_view name = argv[1];
  const std::size_t chunk = std::stoul(argv[2]);
  constexpr std::size_t smallest = std::size_t{64} << 10;
  for (const flood& f : floods()) {
    if (name != f.name) continue;
    for (const std::size_t size : {smallest, 2 * smallest, 4 * smallest}) {
      if (!run(f, chunk, size)) return 1;
    }
    return 0;
  }
  return 2;
}
