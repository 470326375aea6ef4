// SPDX-License-Identifier: MIT
// The parser against the oracle, under any cuts, with any storage, and whatever a caller may do
// between two steps.
#include <iterator>

#include "fuzz/input.hpp"
#include "support/acts.hpp"
#include "support/session.hpp"

namespace {

const char* difference(fuzz::input in) {
  session s(in.text(), in.choose(80));
  s.report(static_cast<sse::report>(in.choose(8) << 5));
  for (std::size_t steps = 0; s.to_come() != 0 || !s.is_idle(); ++steps) {
    if (s.difference() != nullptr) return s.difference();
    const bool dawdles = steps > 4 * in.text().size() + 64;  // by choices that lead nowhere
    const unsigned choice = dawdles ? 0 : in.choose();
    if (choice % 4 == 3) {
      const act& what = acts[choice / 4 % std::size(acts)];
      what.perform(s, what.ways == 1 ? 0 : in.choose(what.ways));
    }
    if (s.is_idle()) {
      const unsigned size = dawdles ? 0 : in.choose();
      s.feed(size == 0 ? s.to_come() : size - 1);
    }
    if (session::is_full(s.next()) && !dawdles) {
      go_on(s, in.choose(std::size(ways_on)));
    }
  }
  const unsigned way = in.choose();
  if (way % 2 == 1) walk(s, way / 2 % std::size(ways_on), [&s] { return s.finish(); });
  return s.difference();
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  fuzz::expect_none(difference(fuzz::input(bytes, size)));
  return 0;
}
