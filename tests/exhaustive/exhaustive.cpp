// SPDX-License-Identifier: MIT
// Every stream over a small alphabet, at every cut, with hardly any storage, against the oracle.
//
//   exhaustive tiny|short|full
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "support/oracle.hpp"
#include "support/printable.hpp"
#include "support/replay.hpp"

namespace {

using replay::policy;

struct alphabet {
  const char* name;
  std::vector<std::string_view> letters;
};

const alphabet bytes_12 = {
    "12 bytes",
    {"\n", "\r", ":", " ", "d", "a", "t", "x", std::string_view("\0", 1), "\xEF", "\xBB", "\xBF"}};
const alphabet tokens_7 = {"7 tokens", {"\n", "\r", ":", " ", "data", "id", "x"}};
const alphabet tokens_14 = {"14 tokens",
                            {"\n", "\r", "\r\n", "data", "event", "id", "retry", ":", " ", "x", "0",
                             "9", std::string_view("\0", 1), "\xEF\xBB\xBF"}};

const alphabet lines_16 = {
    "16 lines",
    {"\n", "\r", "id:a\n", "id:bb\r\n", "id\n", std::string_view("id:c\0\n", 6), "event:q\n",
     "event: rrr\n", "event\r", "data:1\n", "data\n", "data: 23\r\n", "retry:5\n", "retry:5x\n",
     ":c\n", "x\n"}};

struct totals {
  unsigned long long streams = 0;
  unsigned long long runs = 0;
  unsigned long long differences = 0;
};

void compare(const oracle::result& expected, std::string_view stream,
             const std::vector<std::size_t>& cuts, const replay::setting& how, totals& sum) {
  ++sum.runs;
  const char* const difference = replay::difference(expected, stream, cuts, how);
  if (difference == nullptr) return;
  if (++sum.differences > 10) return;
  std::printf("  \"%s\" cut at", printable(stream).c_str());
  for (const std::size_t cut : cuts) std::printf(" %zu", cut);
  std::printf(", capacity %zu, policy %d, comments %d: %s\n", how.capacity,
              static_cast<int>(how.when_full), how.comments, difference);
}

std::vector<replay::setting> settings() {
  std::vector<replay::setting> all;
  for (const policy when_full : {policy::grow, policy::drain, policy::skip}) {
    for (const std::size_t capacity : {0U, 1U, 2U, 3U, 4U, 64U}) {
      if (capacity == 64 && when_full != policy::grow) continue;  // never full
      all.push_back({capacity, when_full, capacity % 2 == 1, capacity != 3, {}});
    }
  }
  return all;
}

// The ways to cut: in two at each position, and at each byte; or all of them.
enum class cutting { splits, chunkings };

void compare_cuts(std::string_view stream, cutting how,
                  const std::vector<replay::setting>& settings, totals& sum) {
  const oracle::result expected = oracle::interpret(stream);
  std::vector<std::size_t> cuts;
  const auto run = [&] {
    for (const auto& setting : settings) compare(expected, stream, cuts, setting, sum);
  };
  ++sum.streams;
  if (how == cutting::splits) {
    run();
    for (std::size_t cut = 1; cut < stream.size(); ++cut) {
      cuts = {cut};
      run();
    }
    cuts.clear();
    for (std::size_t cut = 1; cut < stream.size(); ++cut) cuts.push_back(cut);
    if (cuts.size() > 1) run();
  } else {
    const std::size_t gaps = stream.empty() ? 0 : stream.size() - 1;
    for (std::size_t mask = 0; mask < std::size_t{1} << gaps; ++mask) {
      cuts.clear();
      for (std::size_t gap = 0; gap < gaps; ++gap) {
        if ((mask >> gap & 1) != 0) cuts.push_back(gap + 1);
      }
      run();
    }
  }
}

// All words of up to `length` letters, behind a fixed beginning.
bool enumerate(const alphabet& alphabet, std::size_t length, cutting how, std::string_view prefix,
               const std::vector<replay::setting>& settings) {
  totals sum;
  std::vector<std::size_t> word;
  std::string stream;
  for (;;) {
    stream = prefix;
    for (const std::size_t letter : word) stream += alphabet.letters[letter];
    compare_cuts(stream, how, settings, sum);
    std::size_t place = 0;
    while (place < word.size() && ++word[place] == alphabet.letters.size()) word[place++] = 0;
    if (place < word.size()) continue;
    if (word.size() == length) break;
    word.push_back(0);
  }
  std::printf("%s, up to %zu, behind \"%s\", %s: %llu streams, %llu runs, %llu differences\n",
              alphabet.name, length, printable(prefix).c_str(),
              how == cutting::splits ? "every split" : "all chunkings", sum.streams, sum.runs,
              sum.differences);
  std::fflush(stdout);
  return sum.differences == 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view size = argc == 2 ? argv[1] : "";
  const std::vector<std::string_view> sizes = {"tiny", "short", "full"};
  const auto found = std::find(sizes.begin(), sizes.end(), size);
  if (found == sizes.end()) {
    std::fprintf(stderr, "usage: exhaustive tiny|short|full\n");
    return 2;
  }
  // Each letter more is about ten times the work: a moment, some 15 seconds, some minutes.
  const std::size_t extras[] = {0, 2, 3};
  const std::size_t extra = extras[found - sizes.begin()];
  const std::vector<replay::setting> all = settings();
  const std::vector<replay::setting> plain = {{}};
  bool same = true;
  same &= enumerate(bytes_12, 3 + extra, cutting::splits, "", all);
  same &= enumerate(bytes_12, 4 + extra, cutting::splits, "", plain);
  same &= enumerate(tokens_14, 2 + extra, cutting::splits, "", all);
  same &= enumerate(tokens_14, 2 + extra, cutting::splits, "id:y\ndata:ab\ndata:c\n", all);
  same &= enumerate(tokens_14, 3 + extra, cutting::splits, "", plain);
  same &= enumerate(tokens_7, 3 + extra, cutting::chunkings, "", plain);
  same &= enumerate(lines_16, 2 + extra, cutting::splits, "", all);
  same &= enumerate(lines_16, 2 + extra, cutting::splits, "", plain);
  return same ? 0 : 1;
}
