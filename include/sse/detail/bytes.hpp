// SPDX-License-Identifier: MIT
// Copying and comparing bytes, also in constant expressions, where the C library may not be called.
#ifndef SSEWIRE_DETAIL_BYTES_HPP
#define SSEWIRE_DETAIL_BYTES_HPP

#include <cstddef>
#include <cstring>

namespace sse::detail {

/// Copies between ranges that do not overlap.
constexpr void copy_bytes(char* to, const char* from, std::size_t size) noexcept {
  if (__builtin_is_constant_evaluated()) {
    for (std::size_t i = 0; i < size; ++i) to[i] = from[i];
  } else if (size != 0) {
    std::memcpy(to, from, size);
  }
}

/// Moves towards the front of a buffer: `to` does not lie behind `from`.
constexpr void move_bytes_down(char* to, const char* from, std::size_t size) noexcept {
  if (__builtin_is_constant_evaluated()) {
    for (std::size_t i = 0; i < size; ++i) to[i] = from[i];
  } else if (size != 0) {
    std::memmove(to, from, size);
  }
}

/// Moves towards the end of a buffer: `to` does not lie before `from`, or they are in two buffers.
constexpr void move_bytes_up(char* to, const char* from, std::size_t size) noexcept {
  if (__builtin_is_constant_evaluated()) {
    for (std::size_t i = size; i > 0; --i) to[i - 1] = from[i - 1];
  } else if (size != 0) {
    std::memmove(to, from, size);
  }
}

/// Whether the bytes at `text` are those of a literal, which must all be readable.
template <std::size_t Length>
constexpr bool equal_bytes(const char* text, const char (&literal)[Length]) noexcept {
  if (__builtin_is_constant_evaluated()) {
    for (std::size_t i = 0; i + 1 < Length; ++i) {
      if (text[i] != literal[i]) return false;
    }
    return true;
  }
  return std::memcmp(text, literal, Length - 1) == 0;
}

constexpr char* as_chars(char* bytes) noexcept { return bytes; }
template <class Byte>
char* as_chars(Byte* bytes) noexcept {
  return reinterpret_cast<char*>(bytes);
}

}  // namespace sse::detail

#endif
