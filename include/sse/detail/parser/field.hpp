// SPDX-License-Identifier: MIT
// Field names and values: what the words of 9.2.6 mean for one line.
#ifndef SSEWIRE_DETAIL_FIELD_HPP
#define SSEWIRE_DETAIL_FIELD_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "../bytes.hpp"
#include "../scan.hpp"

namespace sse::detail {

/// What a line is. `ignored` stands for every other field name.
enum class field : unsigned char { data, event, id, retry, comment, ignored };

/// A line taken apart: its value reaches from `value` to the line's end. Small enough to be
/// returned in registers.
struct line {
  const char* value;
  field name;
};

/// The name that a field starting with `first` can only have.
constexpr field field_starting_with(char first) noexcept {
  switch (first) {
    case 'd': return field::data;
    case 'e': return field::event;
    case 'i': return field::id;
    case 'r': return field::retry;
    default: return field::ignored;
  }
}

template <std::size_t Length>
constexpr bool starts_with(const char* text, const char* end,
                           const char (&literal)[Length]) noexcept {
  return static_cast<std::size_t>(end - text) >= Length - 1 && equal_bytes(text, literal);
}

/// Where the value behind a colon begins: one space is not part of it. What follows the colon must
/// be readable.
constexpr const char* behind_colon(const char* colon) noexcept {
  return colon + 1 + (colon[1] == ' ');
}

template <std::size_t Length>
constexpr bool equals(const char* text, const char* end, const char (&literal)[Length]) noexcept {
  return static_cast<std::size_t>(end - text) == Length - 1 && equal_bytes(text, literal);
}

/// The rest of split_line: a retry, a name without a colon, and every other name.
constexpr line split_rare_line(const char* text, const char* end) noexcept {
  if (starts_with(text, end, "retry:")) return {behind_colon(text + 5), field::retry};
  if (equals(text, end, "data")) return {end, field::data};
  if (equals(text, end, "event")) return {end, field::event};
  if (equals(text, end, "id")) return {end, field::id};
  if (equals(text, end, "retry")) return {end, field::retry};
  return {end, field::ignored};
}

/// Takes a whole line apart. It is not empty, and the line end at `end` can be read. (Not left to
/// the compilers: they do not inline it, and then small events come at 0.8 of the speed with g++ 12
/// and at 0.6 with clang 14.)
SSEWIRE_DETAIL_INLINE constexpr line split_line(const char* text, const char* end) noexcept {
  if (starts_with(text, end, "data:")) return {behind_colon(text + 4), field::data};
  if (starts_with(text, end, "event:")) return {behind_colon(text + 5), field::event};
  if (starts_with(text, end, "id:")) return {behind_colon(text + 2), field::id};
  if (*text == ':') return {behind_colon(text), field::comment};
  if (field_starting_with(*text) == field::ignored) return {end, field::ignored};
  return split_rare_line(text, end);
}

SSEWIRE_DETAIL_FORM constexpr bool has_nul(std::string_view text) noexcept {
#ifdef SSEWIRE_DETAIL_SMALL
  for (const char c : text) {
    if (c == '\0') return true;
  }
  return false;
#else
  return text.find('\0') != std::string_view::npos;
#endif
}

/// The value of a `retry` field as it comes in. Only digits count, and at least one; a number too
/// large saturates, for "very long" is what it means.
class retry_digits {
 public:
  /// A hundred years: any clock can be asked for its now() plus this.
  static constexpr std::int64_t most = std::int64_t{1000} * 60 * 60 * 24 * 365 * 100;

  constexpr retry_digits() noexcept = default;
  /// What `bits` has said.
  constexpr explicit retry_digits(std::uint64_t bits) noexcept
      : value_(static_cast<std::int64_t>(bits)) {}
  constexpr std::uint64_t bits() const noexcept { return static_cast<std::uint64_t>(value_); }

  constexpr void add(std::string_view text) noexcept {
    for (const char c : text) {
      if (c < '0' || c > '9') value_ = invalid;
      if (value_ == invalid) return;
      value_ = (valid() ? value_ * 10 : 0) + (c - '0');
      if (value_ > most) value_ = most;
    }
  }

  constexpr bool valid() const noexcept { return value_ >= 0; }
  constexpr std::optional<std::chrono::milliseconds> value() const noexcept {
    return valid() ? std::optional(std::chrono::milliseconds(value_)) : std::nullopt;
  }

 private:
  static constexpr std::int64_t none = -1;
  static constexpr std::int64_t invalid = -2;
  std::int64_t value_ = none;
};

/// Whether the standard ignores a line, which is neither blank nor a comment.
SSEWIRE_DETAIL_INLINE constexpr bool is_ignored(const char* text, const char* end) noexcept {
  const line parts = split_line(text, end);
  const std::string_view value(parts.value, static_cast<std::size_t>(end - parts.value));
  retry_digits digits;
  switch (parts.name) {
    case field::id: return has_nul(value);
    case field::retry: digits.add(value); return !digits.valid();
    default: return parts.name == field::ignored;
  }
}

}  // namespace sse::detail

#endif
