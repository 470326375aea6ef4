// SPDX-License-Identifier: MIT
// What must hold on every machine and with every compiler, in a program that needs nothing but the
// library: the conformance vectors at every cut, and that every kernel finds the same line ends.
//
//   portable [threads]   on two threads at once, each with parsers and writers of its own
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <memory>
#include <sse/sse.hpp>
#include <string_view>
#include <thread>
#include <type_traits>

#include "support/kernels.hpp"
#include "support/vectors.hpp"

namespace {

// Memory of exactly that size and not yet written, so that tools see what is read beyond or before.
using block = std::unique_ptr<char[]>;
block make_block(std::size_t size) { return block(new char[size]); }

struct totals {
  unsigned long long runs = 0;
  unsigned long long texts = 0;
  unsigned long long differences = 0;

  void add(bool same, std::string_view name, const char* how, std::size_t number) {
    ++runs;
    if (same) return;
    if (++differences > 10) return;
    std::printf("%.*s does not hold %s %zu\n", static_cast<int>(name.size()), name.data(), how,
                number);
  }
};

// ---- The conformance vectors

void run_parser_vectors(totals& sum) {
  constexpr std::size_t capacity = 8192;
  for (const auto& vector : vectors::parser_vectors) {
    block chunk;
    const auto lend = [&chunk](std::string_view piece) {
      chunk = make_block(piece.size());
      std::memcpy(chunk.get(), piece.data(), piece.size());
      return std::string_view(chunk.get(), piece.size());
    };
    const auto run = [&](std::size_t first, std::size_t others, const char* how) {
      const block storage = make_block(capacity);
      sse::parser parser(storage.get(), capacity);
      const bool same = vectors::holds_in_pieces(vector, parser, first, others, lend);
      sum.add(same, vector.name, how, first);
    };
    const std::size_t size = vector.stream.size();
    for (std::size_t piece = 1; piece <= 8; ++piece) run(piece, piece, "in pieces of");
    // Of the few long streams, the cuts around the ends are as good as all.
    for (std::size_t cut = 1; cut <= size; ++cut) {
      if (size > 1000 && cut > 300 && cut + 300 < size) continue;
      run(cut, size, "cut at");
    }

    const block storage = make_block(capacity);
    sse::parser parser(storage.get(), capacity);
    sum.add(vectors::holds_as_given(vector, parser), vector.name, "as given, with storage of",
            capacity);
    sse::growing_parser growing;
    sum.add(vectors::holds_in_pieces(vector, growing, 1, 2, lend), vector.name,
            "with storage that grows to", growing.capacity());
  }
}

void run_writer_vectors(totals& sum) {
  constexpr std::size_t capacity = 1 << 17;
  for (const auto& vector : vectors::writer_vectors) {
    const block buffer = make_block(capacity);
    const block storage = make_block(capacity);
    sum.add(vectors::holds(vector, buffer.get(), storage.get(), capacity), vector.name,
            "with a buffer of", capacity);
  }
}

// ---- The kernels

template <class Kernel>
bool finds_line_ends(const char* text, std::size_t size) {
  const char* const end = text + size;
  sse::detail::line_ends<Kernel> ends(text, end);
  for (const char* each = text; each != end; ++each) {
    if ((*each == '\n' || *each == '\r') && ends.next() != each) return false;
  }
  return ends.next() == end && ends.next() == end;
}

// Texts of any length and place in memory, of bytes around CR and LF.
void run_kernels(totals& sum) {
  constexpr std::size_t longest = 260;
  std::uint64_t state = 1;
  for (unsigned density = 0; density < 4; ++density) {
    for (std::size_t size = 0; size <= longest; ++size) {
      for (std::size_t place = 0; place < 16; ++place) {
        const block memory = make_block(place + size);
        char* const text = memory.get() + place;
        for (std::size_t i = 0; i < size; ++i) {
          constexpr char letters[] = {'\n',   '\r',   '\t', '\v', '\f', '\x0E', '\0', '\x8A',
                                      '\x8D', '\xFF', ':',  'x',  ' ',  '\x7F', '\b', '*'};
          state = (state * 1103515245 + 12345) % (std::uint64_t{1} << 31);
          text[i] = letters[(state >> 16) % 16];
          // Blocks without a line end, and without any control character, have their own ways.
          if ((state >> 20) % 64 >= 1U << (2 * density)) text[i] = density % 2 == 0 ? 'x' : '\x8A';
        }
        ++sum.texts;
        const char* wrong = "";
        for_each_kernel([&](auto kernel, const char* name) {
          if (!finds_line_ends<decltype(kernel)>(text, size)) wrong = name;
        });
        sum.add(*wrong == '\0', wrong, "at length", size);  // one run, however many kernels
      }
    }
  }
}

totals run_all() {
  totals sum;
  run_parser_vectors(sum);
  run_writer_vectors(sum);
  run_kernels(sum);
  return sum;
}

}  // namespace

int main(int argc, char** argv) {
  totals sum;
  if (argc == 2 && std::strcmp(argv[1], "threads") == 0) {
    totals other;
    std::thread thread([&other] { other = run_all(); });
    sum = run_all();
    thread.join();
    sum.runs += other.runs;
    sum.texts += other.texts;
    sum.differences += other.differences;
  } else {
    sum = run_all();
  }
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  const char* const order = "big";
#else
  const char* const order = "little";
#endif
  std::printf("%zu bits, %s-endian, %s char\n", 8 * sizeof(void*), order,
              std::is_signed_v<char> ? "signed" : "unsigned");
  std::printf("%zu vectors, %llu runs, %llu texts, %llu differences\n",
              std::size(vectors::parser_vectors) + std::size(vectors::writer_vectors), sum.runs,
              sum.texts, sum.differences);
  return sum.differences == 0 ? 0 : 1;
}
