// SPDX-License-Identifier: MIT
// How long streams take: a line for each, with the least nanoseconds of many runs. See
// ../gates/microsoft.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>

#include "../../bench/answer.hpp"
#include "../../bench/chunks.hpp"
#include "../../bench/corpora.hpp"
#include "../../bench/ours.hpp"

int main() {
  using clock = std::chrono::steady_clock;
  for (const std::string_view name : bench::corpora) {
    const bench::corpus corpus = bench::make_corpus(name, bench::in_cache);
    const auto program = std::make_unique<bench::ours_next>();
    bench::answer answer;
    program->run(corpus.text, std::size_t{16384}, answer);
    if (!(answer == corpus.expected)) return 1;
    auto least = clock::duration::max();
    const auto end = clock::now() + std::chrono::milliseconds(100);
    while (clock::now() < end) {
      bench::tally tally;
      const auto begin = clock::now();
      program->run(corpus.text, std::size_t{16384}, tally);
      const auto took = clock::now() - begin;
      if (took < least) least = took;
    }
    std::printf("%.*s %lld\n", static_cast<int>(name.size()), name.data(),
                static_cast<long long>(std::chrono::nanoseconds(least).count()));
  }
}
