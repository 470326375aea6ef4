// SPDX-License-Identifier: MIT
// usage: bench-corpora <folder>
// Writes the corpora there, for programs in other languages, and corpora.json: what they contain,
// and how they are cut. Of each recording there is one more entry, with the sizes of its chunks.
#include "corpora.hpp"

#include <cstdio>
#include <fstream>
#include <string>

#include "chunks.hpp"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::string folder = std::string(argv[1]) + "/";
  std::ofstream list(folder + "corpora.json");
  const char* separator = "[\n";
  const auto write = [&](std::string_view name, std::size_t size, const std::string& cut) {
    const bench::corpus c = bench::make_corpus(name, size);
    std::ofstream(folder + std::string(name), std::ios::binary) << c.text;
    list << separator << R"({"name": ")" << name << R"(", "events": )" << c.expected.events
         << R"(, "bytes": )" << c.expected.bytes << R"(, "hash": )" << c.expected.hash << ", "
         << cut << "}";
    separator = ",\n";
  };
  const auto fixed = [](std::size_t chunk) { return R"("chunks": )" + std::to_string(chunk); };
  for (const std::string_view name : bench::corpora) write(name, bench::in_cache, fixed(16384));
  for (const bench::special& s : bench::specials) write(s.name, s.size, fixed(s.chunk));
  for (const bench::recording& r : bench::read_recordings(SSEWIRE_BENCH_RECORDED)) {
    std::string sizes;
    for (const std::uint32_t size : r.sizes) {
      sizes += (sizes.empty() ? "" : ",") + std::to_string(size);
    }
    write(r.corpus, bench::in_cache, R"("shape": ")" + r.shape + R"(", "chunks": [)" + sizes + "]");
  }
  list << "\n]\n";
  return list ? 0 : 1;
}
