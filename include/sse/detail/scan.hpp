// SPDX-License-Identifier: MIT
// Finding line ends: kernels for what machine.hpp found out about the machine.
//
// A kernel looks at 64 bytes at a time, for candidates: bytes up to CR. Every line end is one, and
// a text has few others (tabs, mostly), so it is cheaper to look at each candidate once more than
// to look for LF and for CR. One mask serves all lines that end in the block, so that short lines
// cost no search of their own. Kernels use what every processor of their architecture has.
#ifndef SSEWIRE_DETAIL_SCAN_HPP
#define SSEWIRE_DETAIL_SCAN_HPP

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "compiler.hpp"
#include "machine.hpp"

#if defined(__GNUC__) && !defined(__clang__)
// Of a small buffer whose size it knows, g++ warns that copies of a fixed size are too large, not
// seeing that they are not made then.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Warray-bounds"
#pragma GCC diagnostic ignored "-Wstringop-overflow"
#endif

namespace sse::detail {

inline constexpr std::size_t block_size = 64;

constexpr bool is_line_end(char c) noexcept { return c == '\n' || c == '\r'; }

constexpr bool is_candidate(char c) noexcept { return static_cast<unsigned char>(c) <= '\r'; }

/// Eight bytes to a word: every machine, and constant expressions.
struct swar_kernel {
  static constexpr std::uint64_t candidates(const char* block) noexcept {
    std::uint64_t mask = 0;
    for (unsigned i = 0; i < block_size; i += 8) mask |= candidates_8(block + i) << i;
    return mask;
  }

  static constexpr std::uint64_t candidates_16(const char* text) noexcept {
    return candidates_8(text) | candidates_8(text + 8) << 8;
  }

  static constexpr bool has_candidate(const char* block) noexcept {
    std::uint64_t others = high_bits;
    for (unsigned i = 0; i < block_size; i += 8) others &= above_cr(load(block + i));
    return others != high_bits;
  }

  /// Copies the block, and tells whether it has a candidate.
  static bool copy(char* to, const char* block) noexcept {
    std::memcpy(to, block, block_size);
    return has_candidate(block);
  }

  /// Fewer than 16 bytes.
  static constexpr std::uint64_t candidates_of_few(const char* text, std::size_t size) noexcept {
    if (size >= 8) return candidates_8(text) | candidates_8(text + (size - 8)) << (size - 8);
    std::uint64_t mask = 0;
    for (std::size_t i = 0; i < size; ++i) {
      mask |= static_cast<std::uint64_t>(is_candidate(text[i])) << i;
    }
    return mask;
  }

 private:
  static constexpr std::uint64_t every = 0x0101010101010101;
  static constexpr std::uint64_t low_bits = every * 0x7F;
  static constexpr std::uint64_t high_bits = every * 0x80;

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

  /// The high bit of each byte that is no candidate. No carry leaves a byte.
  static constexpr std::uint64_t above_cr(std::uint64_t word) noexcept {
    return (((word & low_bits) + every * (0x7F - '\r')) | word) & high_bits;
  }

  static constexpr std::uint64_t candidates_8(const char* text) noexcept {
    std::uint64_t found = above_cr(load(text)) ^ high_bits;
    found |= found >> 7;  // three folds gather the eight high bits in one byte
    found |= found >> 14;
    found |= found >> 28;
    return (found >> 7) & 0xFF;
  }
};

#if defined(SSEWIRE_DETAIL_SSE2)
struct sse2_kernel {
  SSEWIRE_DETAIL_NOTHROW static std::uint64_t candidates(const char* block) {
    return ~(above_cr(load(block)) | above_cr(load(block + 16)) << 16 |
             above_cr(load(block + 32)) << 32 | above_cr(load(block + 48)) << 48);
  }

  SSEWIRE_DETAIL_NOTHROW static std::uint64_t candidates_16(const char* text) {
    return above_cr(load(text)) ^ 0xFFFF;
  }

  SSEWIRE_DETAIL_NOTHROW static bool has_candidate(const char* block) {
    return any(load(block), load(block + 16), load(block + 32), load(block + 48));
  }

  SSEWIRE_DETAIL_NOTHROW static bool copy(char* to, const char* block) {
    const __m128i a = load(block);
    const __m128i b = load(block + 16);
    const __m128i c = load(block + 32);
    const __m128i d = load(block + 48);
    store(to, a);
    store(to + 16, b);
    store(to + 32, c);
    store(to + 48, d);
    return any(a, b, c, d);
  }

 private:
  SSEWIRE_DETAIL_NOTHROW static __m128i load(const char* text) {
    return _mm_loadu_si128(static_cast<const __m128i*>(static_cast<const void*>(text)));
  }

  SSEWIRE_DETAIL_NOTHROW static void store(char* to, __m128i bytes) {
    _mm_storeu_si128(static_cast<__m128i*>(static_cast<void*>(to)), bytes);
  }

  SSEWIRE_DETAIL_NOTHROW static bool any(__m128i a, __m128i b, __m128i c, __m128i d) {
    return above_cr(_mm_min_epu8(_mm_min_epu8(a, b), _mm_min_epu8(c, d))) != 0xFFFF;
  }

  /// The sum, which saturates, has its high bit set for bytes above CR.
  SSEWIRE_DETAIL_NOTHROW static std::uint64_t above_cr(__m128i bytes) {
    const __m128i sum = _mm_adds_epu8(bytes, _mm_set1_epi8(0x7F - '\r'));
    return static_cast<std::uint64_t>(_mm_movemask_epi8(sum));
  }
};
using native_kernel = sse2_kernel;

#elif defined(SSEWIRE_DETAIL_NEON)
struct neon_kernel {
  SSEWIRE_DETAIL_NOTHROW static std::uint64_t candidates(const char* block) {
    const uint8x16_t low = vpaddq_u8(candidate_bits(block), candidate_bits(block + 16));
    const uint8x16_t high = vpaddq_u8(candidate_bits(block + 32), candidate_bits(block + 48));
    const uint8x16_t half = vpaddq_u8(low, high);
    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(half, half)), 0);
  }

  SSEWIRE_DETAIL_NOTHROW static std::uint64_t candidates_16(const char* text) {
    uint8x16_t bits = candidate_bits(text);
    for (int i = 0; i < 3; ++i) bits = vpaddq_u8(bits, bits);
    return vgetq_lane_u16(vreinterpretq_u16_u8(bits), 0);
  }

  SSEWIRE_DETAIL_NOTHROW static bool has_candidate(const char* block) {
    return any(load(block), load(block + 16), load(block + 32), load(block + 48));
  }

  SSEWIRE_DETAIL_NOTHROW static bool copy(char* to, const char* block) {
    const uint8x16_t a = load(block);
    const uint8x16_t b = load(block + 16);
    const uint8x16_t c = load(block + 32);
    const uint8x16_t d = load(block + 48);
    store(to, a);
    store(to + 16, b);
    store(to + 32, c);
    store(to + 48, d);
    return any(a, b, c, d);
  }

 private:
  SSEWIRE_DETAIL_NOTHROW static uint8x16_t load(const char* text) {
    return vld1q_u8(static_cast<const std::uint8_t*>(static_cast<const void*>(text)));
  }

  SSEWIRE_DETAIL_NOTHROW static void store(char* to, uint8x16_t bytes) {
    vst1q_u8(static_cast<std::uint8_t*>(static_cast<void*>(to)), bytes);
  }

  SSEWIRE_DETAIL_NOTHROW static bool any(uint8x16_t a, uint8x16_t b, uint8x16_t c, uint8x16_t d) {
    return vminvq_u8(vminq_u8(vminq_u8(a, b), vminq_u8(c, d))) <= '\r';
  }

  /// In each byte that is a candidate, the bit of its place among eight: adding neighbours in
  /// pairs three times then leaves one bit a byte.
  SSEWIRE_DETAIL_NOTHROW static uint8x16_t candidate_bits(const char* text) {
    alignas(16) static constexpr std::uint8_t places[16] = {1, 2, 4, 8, 16, 32, 64, 128,
                                                            1, 2, 4, 8, 16, 32, 64, 128};
    return vandq_u8(vcleq_u8(load(text), vdupq_n_u8('\r')), vld1q_u8(places));
  }
};
using native_kernel = neon_kernel;

#else
using native_kernel = swar_kernel;
#endif

/// Up to 64 bytes, and which of them are candidates. Small enough to be returned in registers.
struct block {
  const char* begin;
  std::uint64_t candidates;

  constexpr const char* first_candidate() const noexcept { return begin + lowest_bit(candidates); }
  /// Where there is none it wraps, which is meant, and leaves none.
  SSEWIRE_DETAIL_WRAPS constexpr void drop_candidate() noexcept { candidates &= candidates - 1; }
};

/// The mask of fewer than 64 bytes. Loads that overlap cover any length without reading further.
template <class Kernel>
constexpr std::uint64_t candidates_of_tail(const char* text, std::size_t size) noexcept {
  if (size < 16) return swar_kernel::candidates_of_few(text, size);
  const std::size_t last = size - 16;
  std::uint64_t mask = Kernel::candidates_16(text + last) << last;
  for (std::size_t i = 0; i < last; i += 16) mask |= Kernel::candidates_16(text + i) << i;
  return mask;
}

/// The line ends of up to 64 bytes, in constant expressions: there compilers count steps, and take
/// one for a search, but for GCC, which counts as many as are done, and allows more.
constexpr std::uint64_t line_ends_in_few_steps(const char* text, std::size_t size) noexcept {
  std::uint64_t mask = 0;
#if defined(__GNUC__) && !defined(__clang__)
  for (std::size_t i = 0; i < size; ++i) mask |= std::uint64_t{is_line_end(text[i])} << i;
#else
  constexpr char ends[] = {'\n', '\r'};
  for (const char c : ends) {
    std::size_t from = 0;
    while (const char* found = __builtin_char_memchr(text + from, c, size - from)) {
      from = static_cast<std::size_t>(found - text);
      mask |= std::uint64_t{1} << from++;
    }
  }
#endif
  return mask;
}

/// The first block of the text with a candidate in it, or else the last block.
template <class Kernel>
SSEWIRE_DETAIL_ALIGNED constexpr block find_block(const char* text, const char* end) noexcept {
  auto left = static_cast<std::size_t>(end - text);
  if (__builtin_is_constant_evaluated()) {
    for (; left > block_size; text += block_size, left -= block_size) {
      const std::uint64_t found = line_ends_in_few_steps(text, block_size);
      if (found != 0) return {text, found};
    }
    return {text, line_ends_in_few_steps(text, left)};
  }
  for (; left >= block_size; text += block_size, left -= block_size) {
    // Whether there is a candidate is asked faster than where.
    if (Kernel::has_candidate(text)) return {text, Kernel::candidates(text)};
  }
  return {text, candidates_of_tail<Kernel>(text, left)};
}

/// Goes on to the next block with a candidate, up to the one that begins at `last` or less than 64
/// bytes behind it, which is not the text's last. False if there is none. `Dense`: most blocks have
/// one, so that whether they do is not asked first.
template <class Kernel, bool Dense>
inline bool go_to_next_block(block& from, const char* last) noexcept {
  while (from.begin < last) {
    from.begin += block_size;
    prefetch_behind(from.begin);
    if constexpr (!Dense) {
      if (!Kernel::has_candidate(from.begin)) continue;
    }
    from.candidates = Kernel::candidates(from.begin);
    if constexpr (Dense) {
      if (from.candidates == 0) continue;
    }
    return true;
  }
  return false;
}

/// Copies a text that is short, and lies in memory where more than `size` bytes can be read and
/// written: a copy of a fixed size needs no call, nor branches on the size. False if it is not so.
template <std::size_t Enough>
constexpr bool copy_enough(char* to, std::size_t room, const char* from, std::size_t readable,
                           std::size_t size) noexcept {
  if (__builtin_is_constant_evaluated() || size > Enough || room < Enough || readable < Enough) {
    return false;
  }
  std::memcpy(to, from, Enough);
  return true;
}

/// Copies a text of 64 bytes or more, block by block, up to the first block with a candidate in it.
/// Returns how many bytes of the text lie before that; of what lies behind, some may be copied.
constexpr std::size_t copy_blocks(char* to, const char* from, std::size_t size) noexcept {
  if (__builtin_is_constant_evaluated() || size < block_size) return 0;
  const std::size_t last = size - block_size;
  for (std::size_t i = 0; i < last; i += block_size) {
    if (native_kernel::copy(to + i, from + i)) return i;
  }
  // The last block overlaps the one before.
  return native_kernel::copy(to + last, from + last) ? last : size;
}

/// The line ends of a text, one after another. Reads no byte outside the text.
template <class Kernel>
class line_ends {
 public:
  constexpr line_ends(const char* text, const char* end) noexcept
      : line_ends(find_block<Kernel>(text, end), end) {}
  /// Begins with the candidates of a block of the text.
  constexpr line_ends(block first, const char* end) noexcept : block_(first), end_(end) {}

  /// The next CR or LF, each on its own; the text's end when there is no more.
  constexpr const char* next() noexcept {
    const char* found = end_;
    while (next_candidate(found) && !is_line_end(*found)) found = end_;
    return found;
  }

  /// The block that it goes on in.
  constexpr block rest() const noexcept { return block_; }

 private:
  /// The next byte up to CR. False, and `found` left alone, when there is no more.
  constexpr bool next_candidate(const char*& found) noexcept {
    if (block_.candidates == 0) {
      if (static_cast<std::size_t>(end_ - block_.begin) <= block_size) return false;
      block_ = find_block<Kernel>(block_.begin + block_size, end_);
      if (block_.candidates == 0) return false;
    }
    found = block_.first_candidate();
    block_.drop_candidate();
    return true;
  }

  block block_;
  const char* end_;
};

}  // namespace sse::detail

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
#undef SSEWIRE_DETAIL_SSE2
#undef SSEWIRE_DETAIL_NEON

#endif
