// SPDX-License-Identifier: MIT
// Kernels: what looks at 64 bytes at a time, for the kinds of vectors that compiler.hpp found.
//
// A kernel looks for candidates: bytes up to CR. Every line end is one, and a text has few others
// (tabs, mostly), so it is cheaper to look at each candidate once more than to look for LF and for
// CR. One mask serves all lines that end in the block, so that short lines cost no search of their
// own. `native_kernel` is the widest that every machine has for which the code is compiled; those
// that are narrower are there as well, to be compared with it.
#ifndef SSEWIRE_DETAIL_KERNELS_HPP
#define SSEWIRE_DETAIL_KERNELS_HPP

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "compiler.hpp"
#include "machine.hpp"

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

  /// The same of two blocks.
  static constexpr bool two_have_candidate(const char* blocks) noexcept {
    return has_candidate(blocks) || has_candidate(blocks + block_size);
  }

  /// Copies the block, and tells whether it has a candidate.
  static bool copy(char* to, const char* block) noexcept {
    std::memcpy(to, block, block_size);
    return has_candidate(block);
  }

  /// The same of two blocks.
  static bool copy_two(char* to, const char* blocks) noexcept {
    std::memcpy(to, blocks, 2 * block_size);
    return two_have_candidate(blocks);
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

#if defined(SSEWIRE_DETAIL_SSE2) || defined(SSEWIRE_DETAIL_NEON) || defined(SSEWIRE_DETAIL_SIMD128)
/// What is told by the least of the bytes that are at the same places of vectors. `Vectors` says
/// how wide they are, and how they are loaded, stored and compared.
template <class Vectors>
struct by_least_bytes {
  SSEWIRE_DETAIL_NOTHROW static bool has_candidate(const char* block) {
    return Vectors::is_candidate_in(least(block));
  }

  SSEWIRE_DETAIL_NOTHROW static bool two_have_candidate(const char* blocks) {
    return Vectors::is_candidate_in(Vectors::lesser(least(blocks), least(blocks + block_size)));
  }

  SSEWIRE_DETAIL_NOTHROW static bool copy(char* to, const char* block) {
    return Vectors::is_candidate_in(least_of_copied(to, block));
  }

  SSEWIRE_DETAIL_NOTHROW static bool copy_two(char* to, const char* blocks) {
    const vector first = least_of_copied(to, blocks);
    const vector second = least_of_copied(to + block_size, blocks + block_size);
    return Vectors::is_candidate_in(Vectors::lesser(first, second));
  }

 private:
  using vector = typename Vectors::vector;
  static constexpr std::size_t size = Vectors::size;

  SSEWIRE_DETAIL_NOTHROW static vector least(const char* block) {
    vector all = Vectors::load(block);
    if constexpr (size < 64) all = Vectors::lesser(all, Vectors::load(block + size));
    if constexpr (size < 32) {
      const vector c = Vectors::load(block + 32);
      const vector d = Vectors::load(block + 48);
      all = Vectors::lesser(all, Vectors::lesser(c, d));
    }
    return all;
  }

  SSEWIRE_DETAIL_NOTHROW static vector least_of_copied(char* to, const char* block) {
    const vector a = Vectors::load(block);
    if constexpr (size == 64) {
      Vectors::store(to, a);
      return a;
    } else {
      const vector b = Vectors::load(block + size);
      if constexpr (size == 32) {
        Vectors::store(to, a);
        Vectors::store(to + 32, b);
        return Vectors::lesser(a, b);
      } else {
        const vector c = Vectors::load(block + 32);
        const vector d = Vectors::load(block + 48);
        Vectors::store(to, a);
        Vectors::store(to + 16, b);
        Vectors::store(to + 32, c);
        Vectors::store(to + 48, d);
        return Vectors::lesser(Vectors::lesser(a, b), Vectors::lesser(c, d));
      }
    }
  }
};
#endif

#if defined(SSEWIRE_DETAIL_SSE2)
struct sse2 {
  static constexpr std::size_t size = 16;
  using vector = __m128i;

  SSEWIRE_DETAIL_NOTHROW static vector load(const char* text) {
    return _mm_loadu_si128(static_cast<const __m128i*>(static_cast<const void*>(text)));
  }

  SSEWIRE_DETAIL_NOTHROW static void store(char* to, vector bytes) {
    _mm_storeu_si128(static_cast<__m128i*>(static_cast<void*>(to)), bytes);
  }

  SSEWIRE_DETAIL_NOTHROW static vector lesser(vector a, vector b) { return _mm_min_epu8(a, b); }

  SSEWIRE_DETAIL_NOTHROW static bool is_candidate_in(vector bytes) {
    return above_cr(bytes) != 0xFFFF;
  }

  /// The sum, which saturates, has its high bit set for bytes above CR.
  SSEWIRE_DETAIL_NOTHROW static std::uint64_t above_cr(vector bytes) {
    const __m128i sum = _mm_adds_epu8(bytes, _mm_set1_epi8(0x7F - '\r'));
    return static_cast<std::uint64_t>(_mm_movemask_epi8(sum));
  }
};

struct sse2_kernel : by_least_bytes<sse2> {
  SSEWIRE_DETAIL_NOTHROW static std::uint64_t candidates(const char* block) {
    return ~(above_cr(block) | above_cr(block + 16) << 16 | above_cr(block + 32) << 32 |
             above_cr(block + 48) << 48);
  }

  SSEWIRE_DETAIL_NOTHROW static std::uint64_t candidates_16(const char* text) {
    return above_cr(text) ^ 0xFFFF;
  }

 private:
  SSEWIRE_DETAIL_NOTHROW static std::uint64_t above_cr(const char* text) {
    return sse2::above_cr(sse2::load(text));
  }
};
#endif

#if defined(SSEWIRE_DETAIL_NEON)
struct neon {
  static constexpr std::size_t size = 16;
  using vector = uint8x16_t;

  SSEWIRE_DETAIL_NOTHROW static vector load(const char* text) {
    return vld1q_u8(static_cast<const std::uint8_t*>(static_cast<const void*>(text)));
  }

  SSEWIRE_DETAIL_NOTHROW static void store(char* to, vector bytes) {
    vst1q_u8(static_cast<std::uint8_t*>(static_cast<void*>(to)), bytes);
  }

  SSEWIRE_DETAIL_NOTHROW static vector lesser(vector a, vector b) { return vminq_u8(a, b); }

  SSEWIRE_DETAIL_NOTHROW static bool is_candidate_in(vector bytes) {
    return vminvq_u8(bytes) <= '\r';
  }
};

struct neon_kernel : by_least_bytes<neon> {
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

 private:
  /// In each byte that is a candidate, the bit of its place among eight: adding neighbours in
  /// pairs three times then leaves one bit a byte.
  SSEWIRE_DETAIL_NOTHROW static uint8x16_t candidate_bits(const char* text) {
    alignas(16) static constexpr std::uint8_t places[16] = {1, 2, 4, 8, 16, 32, 64, 128,
                                                            1, 2, 4, 8, 16, 32, 64, 128};
    return vandq_u8(vcleq_u8(neon::load(text), vdupq_n_u8('\r')), vld1q_u8(places));
  }
};
#endif

#if defined(SSEWIRE_DETAIL_AVX2) || defined(SSEWIRE_DETAIL_SIMD128) || defined(SSEWIRE_DETAIL_SVE)
/// What the compiler was told that the machine has. It is written with the vectors that GCC and
/// Clang have without a header: for that of x86's intrinsics g++ 12 takes half a second. `Machine`
/// says how wide they are, and which bytes of one are candidates.
template <class Machine>
struct vectors_of : Machine {
  using typename Machine::in_memory;
  using typename Machine::vector;

  static vector load(const char* text) noexcept {
    return *static_cast<const in_memory*>(static_cast<const void*>(text));
  }

  static void store(char* to, vector bytes) noexcept {
    *static_cast<in_memory*>(static_cast<void*>(to)) = bytes;
  }

  static vector lesser(vector a, vector b) noexcept { return a < b ? a : b; }

  static bool is_candidate_in(vector bytes) noexcept { return Machine::candidates(bytes) != 0; }
};

template <class Machine, class Vectors = vectors_of<Machine>>
struct vector_kernel : by_least_bytes<Vectors> {
  static std::uint64_t candidates(const char* block) noexcept {
    std::uint64_t mask = candidates_in(block);
    if constexpr (size < 64) mask |= candidates_in(block + size) << size;
    if constexpr (size < 32)
      mask |= candidates_in(block + 32) << 32 | candidates_in(block + 48) << 48;
    return mask;
  }

  static std::uint64_t candidates_16(const char* text) noexcept {
    if constexpr (size == 16) {
      return candidates_in(text);
    } else {
      return Machine::narrow::candidates_16(text);
    }
  }

 private:
  static constexpr std::size_t size = Machine::size;

  static std::uint64_t candidates_in(const char* text) noexcept {
    return Machine::candidates(Vectors::load(text));
  }
};

/// Vectors of so many bytes, in registers and at any place in memory.
#define SSEWIRE_DETAIL_VECTORS(bytes)                       \
  static constexpr std::size_t size = bytes;                \
  using vector [[gnu::vector_size(bytes)]] = unsigned char; \
  using chars [[gnu::vector_size(bytes)]] = char;           \
  using in_memory [[gnu::vector_size(bytes), gnu::aligned(1), gnu::may_alias]] = unsigned char

#if defined(SSEWIRE_DETAIL_AVX2)
struct avx2 {
  SSEWIRE_DETAIL_VECTORS(32);
  using narrow = sse2_kernel;

  static std::uint64_t candidates(vector bytes) noexcept {
    return static_cast<std::uint32_t>(
        __builtin_ia32_pmovmskb256(reinterpret_cast<chars>(bytes <= '\r')));
  }
};
using avx2_kernel = vector_kernel<avx2>;
#endif

#if defined(SSEWIRE_DETAIL_AVX512)
struct avx512 {
  SSEWIRE_DETAIL_VECTORS(64);
  using narrow = sse2_kernel;

  static std::uint64_t candidates(vector bytes) noexcept {
    constexpr int at_most = 2;
    const vector most = vector{} + static_cast<unsigned char>('\r');
    return __builtin_ia32_ucmpb512_mask(reinterpret_cast<chars>(bytes),
                                        reinterpret_cast<chars>(most), at_most, ~0ULL);
  }
};
using avx512_kernel = vector_kernel<avx512>;
#endif

#if defined(SSEWIRE_DETAIL_SIMD128)
struct simd128 {
  SSEWIRE_DETAIL_VECTORS(16);

  static std::uint64_t candidates(vector bytes) noexcept {
    using mask [[gnu::vector_size(16)]] = signed char;
    return static_cast<std::uint16_t>(
        __builtin_wasm_bitmask_i8x16(reinterpret_cast<mask>(bytes <= '\r')));
  }
};
using simd128_kernel = vector_kernel<simd128>;
#endif

#if defined(SSEWIRE_DETAIL_SVE)
struct sve512 {
  SSEWIRE_DETAIL_VECTORS(64);
  using narrow = neon_kernel;
  typedef svbool_t predicate __attribute__((arm_sve_vector_bits(512)));

  SSEWIRE_DETAIL_NOTHROW static predicate at_most_cr(vector bytes) {
    return svcmple_n_u8(svptrue_b8(), bytes, '\r');
  }

  SSEWIRE_DETAIL_NOTHROW static std::uint64_t candidates(vector bytes) {
    const predicate found = at_most_cr(bytes);
    std::uint64_t mask = 0;
    std::memcpy(&mask, &found, sizeof mask);
    return mask;
  }
};

struct sve512_vectors : vectors_of<sve512> {
  SSEWIRE_DETAIL_NOTHROW static bool is_candidate_in(vector bytes) {
    return svptest_any(svptrue_b8(), at_most_cr(bytes));
  }
};
using sve512_kernel = vector_kernel<sve512, sve512_vectors>;
#endif
#undef SSEWIRE_DETAIL_VECTORS
#endif

#if defined(SSEWIRE_DETAIL_AVX512)
using native_kernel = avx512_kernel;
#elif defined(SSEWIRE_DETAIL_AVX2)
using native_kernel = avx2_kernel;
#elif defined(SSEWIRE_DETAIL_SSE2)
using native_kernel = sse2_kernel;
#elif defined(SSEWIRE_DETAIL_SIMD128)
using native_kernel = simd128_kernel;
#elif defined(SSEWIRE_DETAIL_SVE)
using native_kernel = sve512_kernel;
#elif defined(SSEWIRE_DETAIL_NEON)
using native_kernel = neon_kernel;
#else
using native_kernel = swar_kernel;
#endif

}  // namespace sse::detail

#endif
