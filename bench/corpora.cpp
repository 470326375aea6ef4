// SPDX-License-Identifier: MIT
// usage: bench-corpora <folder>
// Writes the corpora there, for programs in other languages, and corpora.json: what they contain.
#include "corpora.hpp"

#include <cstdio>
#include <fstream>
#include <string>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::string folder = std::string(argv[1]) + "/";
  std::ofstream list(folder + "corpora.json");
  const char* separator = "[\n";
  const auto write = [&](std::string_view name, std::size_t size, std::size_t chunk) {
    const bench::corpus c = bench::make_corpus(name, size);
    std::ofstream(folder + std::string(name), std::ios::binary) << c.text;
    list << separator << R"({"name": ")" << name << R"(", "chunk": )" << chunk << R"(, "events": )"
         << c.expected.events << R"(, "bytes": )" << c.expected.bytes << R"(, "hash": )"
         << c.expected.hash << "}";
    separator = ",\n";
  };
  for (const std::string_view name : bench::corpora) write(name, bench::in_cache, 16384);
  for (const bench::special& s : bench::specials) write(s.name, s.size, s.chunk);
  list << "\n]\n";
  return list ? 0 : 1;
}
