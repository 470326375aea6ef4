// SPDX-License-Identifier: MIT
// Runs a fuzz target on every file of the folders that are named.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "fuzz/input.hpp"

int main(int argc, char** argv) {
  std::size_t count = 0;
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i])) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string bytes((std::istreambuf_iterator<char>(file)), {});
      // The name first, for should it fail the program ends.
      std::fprintf(stderr, "\r%s", entry.path().filename().string().c_str());
      const void* const begin = bytes.data();
      LLVMFuzzerTestOneInput(static_cast<const std::uint8_t*>(begin), bytes.size());
      ++count;
    }
  }
  std::fprintf(stderr, "\r");
  std::printf("%zu inputs\n", count);
  return count != 0 ? 0 : 1;
}
