// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <sse/detail/kernels.hpp>   // the header is self-contained
#include <sse/detail/line_end.hpp>  // the header is self-contained
#include <sse/detail/scan.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "support/kernels.hpp"

namespace {

using namespace sse::detail;

// One byte at a time: what every kernel must agree with.
std::uint64_t candidates_by_byte(const char* text, std::size_t size) {
  std::uint64_t mask = 0;
  for (std::size_t i = 0; i < size; ++i) {
    if (static_cast<unsigned char>(text[i]) <= 13) mask |= std::uint64_t{1} << i;
  }
  return mask;
}

// Texts that are nasty for a scan: every byte value at every place of a block, neighbours of CR and
// LF, runs of line ends, bytes with the high bit set.
std::vector<std::string> blocks() {
  std::vector<std::string> all;
  for (int byte = 0; byte < 256; ++byte) {
    for (std::size_t place = 0; place < block_size; ++place) {
      for (const char filler : {'x', '\x0B', '\x8A', '\0'}) {
        std::string block(block_size, filler);
        block[place] = static_cast<char>(byte);
        all.push_back(block);
      }
    }
  }
  std::uint64_t state = 1;
  for (int i = 0; i < 20'000; ++i) {
    std::string block;
    for (std::size_t place = 0; place < block_size; ++place) {
      state = state * 6364136223846793005 + 1442695040888963407;
      block += "\n\r\x09\x0B\x0C\x0E\x8A\x8D:x "[(state >> 33) % 11];
    }
    all.push_back(block);
  }
  return all;
}

TEST_CASE("a kernel finds each byte up to CR in a block, and nothing else") {
  const std::vector<std::string> all = blocks();
  for_each_kernel([&](auto kernel, const char* name) {
    using Kernel = decltype(kernel);
    CAPTURE(name);
    for (const std::string& block : all) {
      const std::uint64_t expected = candidates_by_byte(block.data(), block_size);
      REQUIRE(Kernel::candidates(block.data()) == expected);
      REQUIRE(Kernel::has_candidate(block.data()) == (expected != 0));
      std::string copied(block_size, '\0');
      REQUIRE(Kernel::copy(copied.data(), block.data()) == (expected != 0));
      REQUIRE(copied == std::string_view(block.data(), block_size));
      for (std::size_t at = 0; at <= block_size - 16; at += 8) {
        const std::uint64_t of_16 = candidates_by_byte(block.data() + at, 16);
        REQUIRE(Kernel::candidates_16(block.data() + at) == of_16);
      }
    }
  });
}

TEST_CASE("a kernel tells whether two blocks have a byte up to CR, and copies them") {
  for_each_kernel([](auto kernel, const char* name) {
    using Kernel = decltype(kernel);
    CAPTURE(name);
    for (int byte = 0; byte < 256; ++byte) {
      for (std::size_t place = 0; place < 2 * block_size; ++place) {
        std::vector<char> text(2 * block_size, place % 2 == 0 ? 'x' : '\x8A');
        text[place] = static_cast<char>(byte);
        REQUIRE(Kernel::two_have_candidate(text.data()) == (byte <= '\r'));
        std::vector<char> copied(2 * block_size);
        REQUIRE(Kernel::copy_two(copied.data(), text.data()) == (byte <= '\r'));
        REQUIRE(copied == text);
      }
    }
  });
}

TEST_CASE("the candidates of a text of any length are found") {
  const std::vector<std::string> all = blocks();
  for_each_kernel([&](auto kernel, const char* name) {
    using Kernel = decltype(kernel);
    CAPTURE(name);
    for (const std::string& block : all) {
      for (const std::size_t size : {0U, 1U, 7U, 8U, 9U, 15U, 16U, 17U, 31U, 32U, 47U, 63U}) {
        const std::vector<char> text(block.begin(),
                                     block.begin() + static_cast<std::ptrdiff_t>(size));
        const std::uint64_t expected = candidates_by_byte(text.data(), size);
        REQUIRE(candidates_of_tail<Kernel>(text.data(), size) == expected);
      }
    }
  });
}

TEST_CASE("the line ends of a text come one after another, at any length and place") {
  for_each_kernel([](auto kernel, const char* name) {
    using Kernel = decltype(kernel);
    CAPTURE(name);
    for (std::size_t size = 0; size <= 400; ++size) {
      for (const std::size_t period : {1U, 2U, 3U, 7U, 16U, 61U, 64U, 67U, 190U, 300U, 500U}) {
        // In a block of exactly its size, so that a sanitizer sees the first byte read too many.
        std::vector<char> text(size, 'x');
        if (period < 190) {  // a candidate, but no line end
          for (std::size_t i = 0; i < size; i += 5) text[i] = '\t';
        }
        for (std::size_t i = period - 1; i < size; i += period) text[i] = i % 2 == 0 ? '\n' : '\r';
        const char* const end = text.data() + size;
        line_ends<Kernel> ends(text.data(), end);
        for (std::size_t i = period - 1; i < size; i += period) REQUIRE(ends.next() == &text[i]);
        REQUIRE(ends.next() == end);
        REQUIRE(ends.next() == end);
      }
    }
  });
}

TEST_CASE("the first line end of a text is found, or its end") {
  for (std::size_t size = 0; size <= 200; ++size) {
    for (std::size_t place = 0; place <= size; ++place) {
      std::string text(size, 'x');
      if (place < size) text[place] = '\r';
      REQUIRE(find_line_end(text.data(), text.data() + size) == text.data() + place);
    }
  }
}

TEST_CASE("copying stops at the first block that may have a line end") {
  for (std::size_t size = 0; size <= 200; ++size) {
    for (std::size_t place = 0; place <= size; ++place) {
      std::string text(size, 'x');
      if (place < size) text[place] = '\n';
      std::vector<char> to(size);
      const std::size_t copied = copy_blocks(to.data(), text.data(), size);
      REQUIRE(copied <= place);
      const bool in_blocks = size >= block_size && !__builtin_is_constant_evaluated();
      if (in_blocks && place != size) REQUIRE(place - copied < block_size);
      REQUIRE(std::string_view(to.data(), copied) == text.substr(0, copied));
      if (in_blocks && place == size) REQUIRE(copied == size);
      if (size < block_size) REQUIRE(copied == 0);
    }
  }
}

TEST_CASE("blocks are copied two at a time, up to those that may have a line end") {
  for_each_kernel([](auto kernel, const char* name) {
    using Kernel = decltype(kernel);
    CAPTURE(name);
    constexpr std::size_t step = 2 * block_size;
    for (const std::size_t size : {0U, 64U, 127U, 128U, 129U, 1151U, 1152U, 1300U}) {
      for (std::size_t place = 0; place <= size; place += 3) {
        std::vector<char> text(size, 'x');
        if (place < size) text[place] = '\r';
        std::vector<char> to(size);
        const std::size_t copied = copy_long<Kernel>(to.data(), text.data(), size);
        REQUIRE(
            copied ==
            (has_vectors<Kernel> && !__builtin_is_constant_evaluated() ? place / step * step : 0));
        REQUIRE(std::equal(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(copied),
                           to.begin()));
      }
    }
  });
}

constexpr std::size_t count_line_ends(const char* text, std::size_t size) {
  line_ends<native_kernel> ends(text, text + size);
  std::size_t count = 0;
  while (ends.next() != text + size) ++count;
  return count;
}
constexpr char long_text[] =
    "a line of some length, so that it does not end in the first block of sixty-four "
    "bytes\n\r\nend";
static_assert(count_line_ends(long_text, sizeof long_text - 1) == 3);
static_assert(lowest_bit(1) == 0 && lowest_bit(std::uint64_t{1} << 63) == 63);

}  // namespace
