// SPDX-License-Identifier: MIT
// Finding line ends, block by block, with the kernels of kernels.hpp.
#ifndef SSEWIRE_DETAIL_SCAN_HPP
#define SSEWIRE_DETAIL_SCAN_HPP

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "compiler.hpp"
#include "kernels.hpp"
#include "machine.hpp"

#if defined(__GNUC__) && !defined(__clang__)
// Of a small buffer whose size it knows, g++ warns that copies of a fixed size are too large, not
// seeing that they are not made then.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Warray-bounds"
#pragma GCC diagnostic ignored "-Wstringop-overflow"
#endif

namespace sse::detail {

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

/// Whether it is worth the code to do more at a time where a line is long.
template <class Kernel>
inline constexpr bool has_vectors = !std::is_same_v<Kernel, swar_kernel>;

/// The first block of the text with a candidate in it, or else the last block.
template <class Kernel>
SSEWIRE_DETAIL_OUT_OF_LINE constexpr block find_block(const char* text, const char* end) noexcept {
  auto left = static_cast<std::size_t>(end - text);
  if (__builtin_is_constant_evaluated()) {
    for (; left > block_size; text += block_size, left -= block_size) {
      const std::uint64_t found = line_ends_in_few_steps(text, block_size);
      if (found != 0) return {text, found};
    }
    return {text, line_ends_in_few_steps(text, left)};
  }
  // Whether there is a candidate is asked faster than where, and behind a block that has none of
  // two blocks at once.
  while (left >= block_size) {
    if (Kernel::has_candidate(text)) return {text, Kernel::candidates(text)};
    std::size_t clean = block_size;
    if constexpr (has_vectors<Kernel>) {
      while (left - clean >= 2 * block_size && !Kernel::two_have_candidate(text + clean)) {
        clean += 2 * block_size;
      }
    }
    text += clean;
    left -= clean;
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

/// The same pointer. (Where g++ knows that a buffer is small, it warns of copies that are never
/// made there, since it does not follow why. So it is not to know.)
inline char* of_any_size(char* memory) noexcept {
#if defined(__GNUC__) && !defined(__clang__) && !defined(_MSC_VER)
  __asm__("" : "+r"(memory));
#endif
  return memory;
}

/// Copies a text of 64 bytes or more, block by block, up to the first block with a candidate in it.
/// Returns how many bytes of the text lie before that; of what lies behind, some may be copied.
SSEWIRE_DETAIL_FORM constexpr std::size_t copy_blocks(char* to, const char* from,
                                                      std::size_t size) noexcept {
  if (__builtin_is_constant_evaluated() || size < block_size) return 0;
  to = of_any_size(to);
  const std::size_t last = size - block_size;
  for (std::size_t i = 0; i < last; i += block_size) {
    if (native_kernel::copy(to + i, from + i)) return i;
  }
  // The last block overlaps the one before.
  return native_kernel::copy(to + last, from + last) ? last : size;
}

/// The same by two blocks at a time. It saves a pass over a text of so many bytes or more; of a
/// shorter one the call costs more than the pass.
inline constexpr std::size_t long_text_size = 1024;
template <class Kernel>
SSEWIRE_DETAIL_OUT_OF_LINE constexpr std::size_t copy_long(char* to, const char* from,
                                                           std::size_t size) noexcept {
  constexpr std::size_t step = 2 * block_size;
  std::size_t copied = 0;
  if (__builtin_is_constant_evaluated()) return 0;
  if constexpr (has_vectors<Kernel>) {
    while (size - copied >= step && !Kernel::copy_two(to + copied, from + copied)) copied += step;
  }
  return copied;
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

#endif
