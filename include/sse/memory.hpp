// SPDX-License-Identifier: MIT
// Memory of the caller's: what is read, sse::bytes, and what is written to, sse::storage.
#ifndef SSEWIRE_MEMORY_HPP
#define SSEWIRE_MEMORY_HPP

#include "detail/compiler.hpp"
#ifdef SSEWIRE_DETAIL_CXX17

#include <cassert>
#include <cstddef>
#include <string_view>
#include <type_traits>

#include "detail/bytes.hpp"

namespace sse {

/// A view of bytes to be read: a chunk of a stream. It is made from whatever lies in one piece and
/// has elements of one byte (char, unsigned char, std::byte, char8_t): a std::string, a
/// std::vector, a std::array, a span, an array, {pointer, size}. Of a string literal, of any
/// constant array of characters and of a `const char*`, the text up to the first NUL is taken; of
/// an array of other bytes, all of it.
///
/// A container about to be destroyed is refused, since its bytes would be gone before they are
/// looked at. So is an array or a std::array that can be written to, for it may not be full, and
/// what a `char*` points at, of which nobody knows the end: say {pointer, size}.
class bytes {
 public:
  constexpr bytes() noexcept = default;
  constexpr bytes(std::string_view text) noexcept : text_(text) {}
  template <class Text, std::enable_if_t<std::is_same_v<Text, const char*>, int> = 0>
  constexpr bytes(const Text& text) noexcept : text_(text) {}
  template <class Text, std::enable_if_t<std::is_same_v<Text, char*>, int> = 0>
  bytes(const Text& text) = delete;  // how many are there? pass {pointer, size}
  bytes(std::nullptr_t) = delete;    // there is no text there
  template <class Byte, std::enable_if_t<detail::is_byte<Byte>, int> = 0>
  constexpr bytes(const Byte* first, std::size_t size) noexcept
      : text_(detail::as_chars(first), size) {}

  template <class Byte, std::size_t Size, std::enable_if_t<detail::is_byte<Byte>, int> = 0>
  constexpr bytes(const Byte (&array)[Size]) noexcept : text_(detail::as_chars(array), Size) {
    if constexpr (detail::is_char<Byte>) text_ = detail::first(text_, text_.find('\0'));
  }
  template <class Byte, std::size_t Size, std::enable_if_t<detail::is_byte<Byte>, int> = 0>
  bytes(Byte (&array)[Size]) = delete;  // it may not be full: pass {array, size}

  template <class Source, std::enable_if_t<detail::is_contiguous<const Source>, int> = 0>
  constexpr bytes(const Source& source) noexcept
      : text_(detail::as_chars(source.data()), source.size()) {}
  template <class Source, std::enable_if_t<detail::is_owner<Source>, int> = 0>
  bytes(const Source&& source) = delete;  // a temporary: keep it in a variable
  template <class Array, std::enable_if_t<detail::is_open_array<Array>, int> = 0>
  bytes(Array& array) = delete;  // it may not be full: pass {array.data(), size}

  constexpr std::string_view text() const noexcept { return text_; }

 private:
  std::string_view text_;
};

/// Memory to be written to: what a parser keeps things in, or a writer's buffer. It is made from
/// the same things as `bytes`, as far as they can be written to, all of them, and does not own it
/// either. What a std::string or a std::vector has reserved does not count: `resize` it.
class storage {
 public:
  constexpr storage() noexcept = default;
  /// A null pointer goes with a size of 0; with another (asserted in debug builds) it counts as 0.
  template <class Byte, std::enable_if_t<detail::is_byte<Byte>, int> = 0>
  constexpr storage(Byte* first, std::size_t size) noexcept
      : data_(detail::as_chars(first)), size_(first != nullptr ? size : 0) {
    assert(first != nullptr || size == 0);
  }
  constexpr storage(std::nullptr_t, std::size_t size) noexcept
      : storage(static_cast<char*>(nullptr), size) {}

  template <class Byte, std::size_t Size, std::enable_if_t<detail::is_byte<Byte>, int> = 0>
  constexpr storage(Byte (&array)[Size]) noexcept : storage(array, Size) {}

  template <class Target, std::enable_if_t<detail::is_writable<Target>, int> = 0>
  constexpr storage(Target&& target) noexcept : storage(target.data(), target.size()) {}

  constexpr char* data() const noexcept { return data_; }
  constexpr std::size_t size() const noexcept { return size_; }

 private:
  char* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace sse

#endif
#endif
