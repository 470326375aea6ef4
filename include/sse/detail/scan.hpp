// SPDX-License-Identifier: MIT
// Finding line ends. The only intrinsics and platform conditionals of the library are here.
//
// A kernel looks at 64 bytes at a time: it makes a mask of the line ends among them, or says that
// there is none. One mask serves all lines that end in the block, so that short lines cost no
// search of their own. Kernels use what every processor of their architecture has.
#ifndef SSEWIRE_DETAIL_SCAN_HPP
#define SSEWIRE_DETAIL_SCAN_HPP

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#if defined(__SSE2__) || defined(_M_X64)
#include <emmintrin.h>
#define SSEWIRE_DETAIL_SSE2
#elif defined(__aarch64__) || defined(_M_ARM64)
#include <arm_neon.h>
#define SSEWIRE_DETAIL_NEON
#endif
// Intrinsics are not declared noexcept, so a noexcept function that calls them is compiled to guard
// against what they throw, which is nothing. This says so without the guard.
#if defined(_MSC_VER) && !defined(__clang__)
#define SSEWIRE_DETAIL_NOTHROW
#else
#define SSEWIRE_DETAIL_NOTHROW [[gnu::nothrow]]
#endif

namespace sse::detail {

inline constexpr std::size_t block_size = 64;

constexpr bool is_line_end(char c) noexcept { return c == '\n' || c == '\r'; }

/// The number of the lowest set bit; `mask` is not 0.
constexpr unsigned lowest_bit(std::uint64_t mask) noexcept {
#if defined(_MSC_VER) && !defined(__clang__)
  unsigned n = 0;
  while (((mask >> n) & 1) == 0) ++n;
  return n;
#else
  return static_cast<unsigned>(__builtin_ctzll(mask));
#endif
}

/// Eight bytes to a word: every machine, and constant expressions.
struct swar_kernel {
  static constexpr std::uint64_t line_ends(const char* block) noexcept {
    std::uint64_t mask = 0;
    for (unsigned i = 0; i < block_size; i += 8) mask |= line_ends_8(block + i) << i;
    return mask;
  }

  static constexpr unsigned line_ends_16(const char* text) noexcept {
    return static_cast<unsigned>(line_ends_8(text) | line_ends_8(text + 8) << 8);
  }

  /// Whether there is a NUL among 8 to 16 bytes.
  static constexpr bool has_nul(const char* text, std::size_t size) noexcept {
    const std::uint64_t first = load(text);
    const std::uint64_t last = load(text + (size - 8));
    const std::uint64_t others = (((first & low_bits) + low_bits) | first) &
                                 (((last & low_bits) + low_bits) | last) & (every * 0x80);
    return others != every * 0x80;
  }

  /// Fewer than 16 bytes.
  static constexpr std::uint64_t line_ends_of_few(const char* text, std::size_t size) noexcept {
    if (size >= 8) return line_ends_8(text) | line_ends_8(text + (size - 8)) << (size - 8);
    std::uint64_t mask = 0;
    for (std::size_t i = 0; i < size; ++i) {
      mask |= static_cast<std::uint64_t>(is_line_end(text[i])) << i;
    }
    return mask;
  }

  static constexpr bool has_control(const char* block) noexcept {
    std::uint64_t others = every * 0x80;  // the high bits of bytes above 13
    for (unsigned i = 0; i < block_size; i += 8) {
      const std::uint64_t word = load(block + i);
      others &= ((word & low_bits) + every * (0x7F - 13)) | word;
    }
    return others != every * 0x80;
  }

 private:
  static constexpr std::uint64_t every = 0x0101010101010101;
  static constexpr std::uint64_t low_bits = every * 0x7F;

  /// The first byte is the lowest, on every machine.
  static constexpr std::uint64_t load(const char* text) noexcept {
    std::uint64_t word = 0;
    if (__builtin_is_constant_evaluated()) {
      for (unsigned i = 0; i < 8; ++i) {
        word |= static_cast<std::uint64_t>(static_cast<unsigned char>(text[i])) << (8 * i);
      }
      return word;
    }
    std::memcpy(&word, text, sizeof word);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
  }

  /// The high bit of each byte of `word` that is zero; exact, since no carry leaves a byte.
  static constexpr std::uint64_t zero_bytes(std::uint64_t word) noexcept {
    return ~(((word & low_bits) + low_bits) | word | low_bits);
  }

  static constexpr std::uint64_t line_ends_8(const char* text) noexcept {
    const std::uint64_t word = load(text);
    std::uint64_t found = zero_bytes(word ^ (every * '\n')) | zero_bytes(word ^ (every * '\r'));
    found |= found >> 7;  // three folds gather the eight high bits in one byte
    found |= found >> 14;
    found |= found >> 28;
    return (found >> 7) & 0xFF;
  }
};

#if defined(SSEWIRE_DETAIL_SSE2)
struct sse2_kernel {
  SSEWIRE_DETAIL_NOTHROW static std::uint64_t line_ends(const char* block) {
    return static_cast<std::uint64_t>(line_ends_16(block)) |
           static_cast<std::uint64_t>(line_ends_16(block + 16)) << 16 |
           static_cast<std::uint64_t>(line_ends_16(block + 32)) << 32 |
           static_cast<std::uint64_t>(line_ends_16(block + 48)) << 48;
  }

  SSEWIRE_DETAIL_NOTHROW static unsigned line_ends_16(const char* text) {
    const __m128i bytes = load(text);
    return static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(
        _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\r')))));
  }

  SSEWIRE_DETAIL_NOTHROW static bool has_control(const char* block) {
    const __m128i least = _mm_min_epu8(_mm_min_epu8(load(block), load(block + 16)),
                                       _mm_min_epu8(load(block + 32), load(block + 48)));
    const __m128i capped = _mm_min_epu8(least, _mm_set1_epi8(13));
    return _mm_movemask_epi8(_mm_cmpeq_epi8(least, capped)) != 0;
  }

 private:
  SSEWIRE_DETAIL_NOTHROW static __m128i load(const char* text) {
    return _mm_loadu_si128(static_cast<const __m128i*>(static_cast<const void*>(text)));
  }
};
using native_kernel = sse2_kernel;

#elif defined(SSEWIRE_DETAIL_NEON)
struct neon_kernel {
  SSEWIRE_DETAIL_NOTHROW static std::uint64_t line_ends(const char* block) {
    const uint8x16_t low = vpaddq_u8(line_end_bits(block), line_end_bits(block + 16));
    const uint8x16_t high = vpaddq_u8(line_end_bits(block + 32), line_end_bits(block + 48));
    const uint8x16_t half = vpaddq_u8(low, high);
    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(half, half)), 0);
  }

  SSEWIRE_DETAIL_NOTHROW static unsigned line_ends_16(const char* text) {
    uint8x16_t bits = line_end_bits(text);
    for (int i = 0; i < 3; ++i) bits = vpaddq_u8(bits, bits);
    return vgetq_lane_u16(vreinterpretq_u16_u8(bits), 0);
  }

  SSEWIRE_DETAIL_NOTHROW static bool has_control(const char* block) {
    return vminvq_u8(vminq_u8(vminq_u8(load(block), load(block + 16)),
                              vminq_u8(load(block + 32), load(block + 48)))) <= 13;
  }

 private:
  SSEWIRE_DETAIL_NOTHROW static uint8x16_t load(const char* text) {
    return vld1q_u8(static_cast<const std::uint8_t*>(static_cast<const void*>(text)));
  }

  /// In each byte that is a line end, the bit of its place among eight: adding neighbours in
  /// pairs three times then leaves one bit a byte.
  SSEWIRE_DETAIL_NOTHROW static uint8x16_t line_end_bits(const char* text) {
    alignas(16) static constexpr std::uint8_t places[16] = {1, 2, 4, 8, 16, 32, 64, 128,
                                                            1, 2, 4, 8, 16, 32, 64, 128};
    const uint8x16_t bytes = load(text);
    return vandq_u8(vorrq_u8(vceqq_u8(bytes, vdupq_n_u8('\n')), vceqq_u8(bytes, vdupq_n_u8('\r'))),
                    vld1q_u8(places));
  }
};
using native_kernel = neon_kernel;

#else
using native_kernel = swar_kernel;
#endif

/// Up to 64 bytes, and which of them are line ends. Small enough to be returned in registers.
struct block {
  const char* begin;
  std::uint64_t line_ends;
};

/// The mask of fewer than 64 bytes. Loads that overlap cover any length without reading further.
template <class Kernel>
constexpr std::uint64_t line_ends_of_tail(const char* text, std::size_t size) noexcept {
  if (size < 16) return swar_kernel::line_ends_of_few(text, size);
  const std::size_t last = size - 16;
  std::uint64_t mask = static_cast<std::uint64_t>(Kernel::line_ends_16(text + last)) << last;
  for (std::size_t i = 0; i < last; i += 16) {
    mask |= static_cast<std::uint64_t>(Kernel::line_ends_16(text + i)) << i;
  }
  return mask;
}

/// The first block of the text with a line end in it, or else the last block.
template <class Kernel>
constexpr block find_block(const char* text, const char* end) noexcept {
  if (!std::is_same_v<Kernel, swar_kernel> && __builtin_is_constant_evaluated()) {
    return find_block<swar_kernel>(text, end);
  }
  auto left = static_cast<std::size_t>(end - text);
  for (; left >= block_size; text += block_size, left -= block_size) {
    // Whether there may be a line end is asked faster than where.
    if (!Kernel::has_control(text)) continue;
    if (const auto mask = Kernel::line_ends(text); mask != 0) return {text, mask};
  }
  return {text, line_ends_of_tail<Kernel>(text, left)};
}

/// The line ends of a text, one after another. Reads no byte outside the text.
template <class Kernel>
class line_ends {
 public:
  constexpr line_ends(const char* text, const char* end) noexcept
      : block_(find_block<Kernel>(text, end)), end_(end) {}

  /// The next CR or LF, each on its own; the text's end when there is no more.
  constexpr const char* next() noexcept {
    if (block_.line_ends == 0) {
      if (static_cast<std::size_t>(end_ - block_.begin) <= block_size) return end_;
      block_ = find_block<Kernel>(block_.begin + block_size, end_);
      if (block_.line_ends == 0) return end_;
    }
    const char* const found = block_.begin + lowest_bit(block_.line_ends);
    block_.line_ends &= block_.line_ends - 1;
    return found;
  }

 private:
  block block_;
  const char* end_;
};

/// The first CR or LF of a text, or its end.
constexpr const char* find_line_end(const char* text, const char* end) noexcept {
  return line_ends<native_kernel>(text, end).next();
}

/// Whether there is a NUL in a text. Most that are asked about are short.
constexpr bool has_nul(const char* text, std::size_t size) noexcept {
  if (size >= 8 && size <= 16) return swar_kernel::has_nul(text, size);
  return std::string_view(text, size).find('\0') != std::string_view::npos;
}

}  // namespace sse::detail

#undef SSEWIRE_DETAIL_SSE2
#undef SSEWIRE_DETAIL_NEON
#undef SSEWIRE_DETAIL_NOTHROW

#endif
