// SPDX-License-Identifier: MIT
// One program has both forms of the parser, and for several machines. They have different names for
// the linker, and one goes on where the other has stopped, wherever that is.
#include "forms.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "support/walk.hpp"

namespace {

using namespace std::string_view_literals;
using status = sse::parser::status;

constexpr std::string_view stream =
    "\xEF\xBB\xBFretry: 1500\n: a comment\n\nid: 1\nevent: add\ndata: one line\n\n"
    "id: 2\r\ndata: two\r\ndata: lines\r\n\r\nid: x\0y\n\rdata\r\rdata: a long line, longer than "
    "the storage that some are given, so that it is skipped\nid: 3\nevent: y\n\n"
    "\n:\n\nevent: tick\ndata: 12345678901234567890\n\nretry: 1x\nretry\nid\ndat\ndata: a\ndata: "
    "b\n"
    "event: other\nid: 4\nretry: 7\ndata: c\n\nid: 5\n\ndata: 1\n\ndata: 2\n\ndata: 3\n\ndata: "
    "4\n\n"
    "data: 5\n\ndata: 6\ndata: 7\n\n:and so that all this can be taken in a hurry, more comes "
    "here: "
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
    "\ndata: cut"sv;

// Those that this machine can run.
std::vector<const form*> usable = {&fast_form, &small_form};

// Says so where there is one that it cannot.
void add_wide_forms() {
#ifdef SSEWIRE_TESTS_WIDE_FORMS
  if (__builtin_cpu_supports("avx2")) {
    usable.push_back(&avx2_form);
  } else {
    std::puts("skipped: no AVX2");
  }
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) {
    usable.push_back(&avx512_form);
  } else {
    std::puts("skipped: no AVX-512");
  }
#endif
}

// Which form takes the next step: up to 9, always that one; or one after another, as it comes.
class choice {
 public:
  explicit choice(std::uint64_t seed) : state_(seed) {}
  const form& next() {
    if (state_ < 10) return *usable[state_];
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return *usable[(state_ >> 33) % usable.size()];
  }

 private:
  std::uint64_t state_;
};

std::string read(std::size_t chunk_size, std::size_t capacity, sse::report wanted, choice forms) {
  std::vector<char> storage(capacity);
  sse::parser parser(storage.data(), capacity);
  parser.report(wanted);
  std::string seen;
  for (std::size_t at = 0; at < stream.size(); at += chunk_size) {
    const std::string_view part = stream.substr(at, chunk_size);
    const std::vector<char> chunk(part.begin(), part.end());
    forms.next().feed(parser, {chunk.data(), chunk.size()});
    seen += walk([&](sse::event& out) { return forms.next().take(parser, out); });
  }
  seen += walk([&](sse::event& out) { return forms.next().finish(parser, out); });
  seen += parser.last_event_id();
  return seen;
}

std::string grow(std::size_t chunk_size, choice forms) {
  sse::growing_parser parser(64);
  std::string seen;
  for (std::size_t at = 0; at < stream.size(); at += chunk_size) {
    forms.next().grow(parser, stream.substr(at, chunk_size), seen);
  }
  return seen;
}

std::string write(choice forms) {
  char buffer[400];
  sse::writer writer(buffer);
  for (const sse::event& e : {sse::event{"one\r\ntwo\rthree\n"}, sse::event{"type", stream},
                              sse::event{"x"}.with_id("id\n"), sse::event{"t\n", "x"}}) {
    static_cast<void>(forms.next().write(writer, e));
  }
  return std::string(writer.written());
}

unsigned compared = 0;

void compare(const std::string& seen, const std::string& expected, const char* what) {
  ++compared;
  if (seen == expected) return;
  std::printf("%s differs:\n%s\n%s\n", what, seen.c_str(), expected.c_str());
  std::exit(1);
}

}  // namespace

int main() {
  if (fast_form.is_small || !small_form.is_small) {
    std::puts("the compiler does not say that it optimises for size");
    return 1;
  }
  add_wide_forms();
  for (const form* a : usable) {
    for (const form* b : usable) {
      if (a != b && a->next == b->next) {
        std::puts("two forms have one name");
        return 1;
      }
    }
  }
  using sse::report;
  for (const report wanted : {report::nothing, report::comments, report::everything}) {
    for (const std::size_t capacity : {0U, 4U, 16U, 40U, 400U}) {
      for (std::size_t size = 1; size <= stream.size(); size += size < 20 ? 1 : 61) {
        const std::string expected = read(size, capacity, wanted, choice(0));
        for (std::uint64_t alone = 1; alone < usable.size(); ++alone) {
          compare(read(size, capacity, wanted, choice(alone)), expected, "what is parsed");
        }
        for (const std::uint64_t seed : {11U, 12U, 13U, 14U}) {
          compare(read(size, capacity, wanted, choice(seed)), expected, "what is parsed");
        }
      }
    }
  }
  for (std::size_t size = 1; size <= stream.size(); ++size) {
    compare(grow(size, choice(10 + size)), grow(size, choice(0)), "what is parsed by a range");
  }
  for (std::uint64_t seed = 10; seed < 40; ++seed) {
    compare(write(choice(seed)), write(choice(0)), "what is written");
  }
  std::printf("%u streams alike in %zu forms\n", compared, usable.size());
  return 0;
}
