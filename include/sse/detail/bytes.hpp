// SPDX-License-Identifier: MIT
// Bytes: what counts as one, and how they are copied and compared, also in constant expressions,
// where the C library may not be called.
#ifndef SSEWIRE_DETAIL_BYTES_HPP
#define SSEWIRE_DETAIL_BYTES_HPP

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>
#include <utility>

#include "scan.hpp"

namespace sse::detail {

// ---- What counts as a byte, and as something that bytes lie in

template <class Type>
inline constexpr bool is_char = std::is_same_v<Type, char>
#if defined(__cpp_char8_t)
                                || std::is_same_v<Type, char8_t>
#endif
    ;
template <class Type>
inline constexpr bool is_byte =
    is_char<Type> || std::is_same_v<Type, unsigned char> || std::is_same_v<Type, signed char> ||
    std::is_same_v<Type, std::byte>;

template <class Source>
using element = std::remove_pointer_t<decltype(std::declval<Source&>().data())>;

template <class Source, class = void>
inline constexpr bool is_contiguous = false;
template <class Source>
inline constexpr bool
    is_contiguous<Source, std::void_t<element<Source>, decltype(std::declval<Source&>().size())>> =
        is_byte<std::remove_cv_t<element<Source>>>;

/// Whether the bytes go when it goes. A view has no capacity, and hands out the same pointer
/// whether it is const or not.
template <class Source, class = void>
inline constexpr bool has_capacity = false;
template <class Source>
inline constexpr bool
    has_capacity<Source, std::void_t<decltype(std::declval<Source&>().capacity())>> = true;
template <class Source, bool = is_contiguous<const Source>>
inline constexpr bool is_owner = false;
template <class Source>
inline constexpr bool is_owner<Source, true> =
    has_capacity<const Source> || !std::is_same_v<element<Source>, element<const Source>>;

/// Whether it is a std::array of bytes, or its like, that can be written to.
template <class Source, class = void>
inline constexpr bool is_open_array = false;
template <class Source>
inline constexpr bool is_open_array<Source, std::void_t<decltype(std::tuple_size<Source>::value)>> =
    !std::is_const_v<Source> && is_contiguous<Source>;

/// Whether `Target&&` is bound to bytes that can be written to, and that stay.
template <class Target, bool = is_contiguous<std::remove_reference_t<Target>>>
inline constexpr bool is_writable = false;
template <class Target>
inline constexpr bool is_writable<Target, true> =
    is_byte<element<std::remove_reference_t<Target>>> &&
    (std::is_lvalue_reference_v<Target> || !is_owner<std::remove_reference_t<Target>>);

constexpr char* as_chars(char* bytes) noexcept { return bytes; }
constexpr const char* as_chars(const char* bytes) noexcept { return bytes; }
template <class Byte>
char* as_chars(Byte* bytes) noexcept {
  return reinterpret_cast<char*>(bytes);
}
template <class Byte>
const char* as_chars(const Byte* bytes) noexcept {
  return reinterpret_cast<const char*>(bytes);
}

// ---- Texts in the caller's hands

/// Whether it can be viewed as text: what events are made of.
template <class Text>
inline constexpr bool is_text = std::is_convertible_v<const Text&, std::string_view> &&
                                !std::is_null_pointer_v<std::remove_reference_t<Text>>;

/// Whether `Text&&` is bound to a text that is about to be destroyed.
template <class Text>
inline constexpr bool is_temporary =
    !std::is_lvalue_reference_v<Text> && is_owner<std::remove_reference_t<Text>>;

/// The first so many bytes, or all. (What std::string_view has for it may throw, and calls for the
/// library's functions for that.)
constexpr std::string_view first(std::string_view text, std::size_t most) noexcept {
  return {text.data(), most < text.size() ? most : text.size()};
}

constexpr std::string_view text_between(const char* begin, const char* end) noexcept {
  return {begin, static_cast<std::size_t>(end - begin)};
}

// ---- Copying

/// What a machine loads at once, or in two loads.
struct sixteen_bytes {
  std::uint64_t low;
  std::uint64_t high;
};

template <class Part>
inline Part load(const char* from) noexcept {
  Part part;
  std::memcpy(&part, from, sizeof part);
  return part;
}

template <class Part>
inline void store(char* to, Part part) noexcept {
  std::memcpy(to, &part, sizeof part);
}

/// Moves as many bytes as a part has, up to twice as many: two parts, which may overlap.
template <class Part>
inline void move_two(char* to, const char* from, std::size_t size) noexcept {
  const std::size_t last = size - sizeof(Part);
  const Part parts[] = {load<Part>(from), load<Part>(from + last)};
  store(to, parts[0]);
  store(to + last, parts[1]);
}

/// From 16 to 64 bytes.
inline void move_four(char* to, const char* from, std::size_t size) noexcept {
  const std::size_t last = size - 16;
  const std::size_t second = last < 16 ? last : 16;
  const std::size_t third = last < 32 ? last : 32;
  const sixteen_bytes parts[] = {load<sixteen_bytes>(from), load<sixteen_bytes>(from + second),
                                 load<sixteen_bytes>(from + third),
                                 load<sixteen_bytes>(from + last)};
  store(to, parts[0]);
  store(to + second, parts[1]);
  store(to + third, parts[2]);
  store(to + last, parts[3]);
}

/// Moves to wherever `to` lies; up to 64 bytes with few branches on the size: where chunks are
/// small, it is another each time, and the branches cost more than the move. (Chunks of 64 bytes
/// come at 1.03 to 1.12 of the speed that they have with memmove alone; with this inlined, at
/// 0.94.)
SSEWIRE_DETAIL_FORM SSEWIRE_DETAIL_OUT_OF_LINE inline void move_bytes(char* to, const char* from,
                                                                      std::size_t size) noexcept {
#ifdef SSEWIRE_DETAIL_SMALL
  if (size != 0) std::memmove(to, from, size);
#else
  if (size > 64) {
    std::memmove(to, from, size);
  } else if (size >= 16) {
    move_four(to, from, size);
  } else if (size >= 8) {
    move_two<std::uint64_t>(to, from, size);
  } else if (size >= 4) {
    move_two<std::uint32_t>(to, from, size);
  } else if (size != 0) {
    const char bytes[] = {from[0], from[size / 2], from[size - 1]};
    to[0] = bytes[0];
    to[size / 2] = bytes[1];
    to[size - 1] = bytes[2];
  }
#endif
}

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
  } else {
    move_bytes(to, from, size);
  }
}

/// Moves towards the end of a buffer: `to` does not lie before `from`, or they are in two buffers.
constexpr void move_bytes_up(char* to, const char* from, std::size_t size) noexcept {
  if (__builtin_is_constant_evaluated()) {
    for (std::size_t i = size; i > 0; --i) to[i - 1] = from[i - 1];
  } else {
    move_bytes(to, from, size);
  }
}

/// Whether the bytes at `text` are those of a literal, which must all be readable.
template <std::size_t Length>
constexpr bool equal_bytes(const char* text, const char (&literal)[Length]) noexcept {
  if (__builtin_is_constant_evaluated()) {
#if defined(__GNUC__) && !defined(__clang__)
    for (std::size_t i = 0; i + 1 < Length; ++i) {
      if (text[i] != literal[i]) return false;
    }
    return true;
#else
    return __builtin_memcmp(text, literal, Length - 1) == 0;  // one step, not many
#endif
  }
  // In two steps, each a comparison with a constant. Of one, clang makes a computation: ticks come
  // at 0.93 of the speed then, heartbeats at 0.86.
  constexpr std::size_t size = Length - 1;
  constexpr std::size_t first = size < 4 ? 2 : 4;
  static_assert(size >= first);
  return std::memcmp(text, literal, first) == 0 &&
         std::memcmp(text + first, literal + first, size - first) == 0;
}

/// Whether an ID can stand in a stream and be heeded: with a line end it would end early, and with
/// a NUL the field is ignored.
constexpr bool is_valid_id(std::string_view id) noexcept {
  for (const char c : id) {
    if (c == '\0' || is_line_end(c)) return false;
  }
  return true;
}

}  // namespace sse::detail

#endif
