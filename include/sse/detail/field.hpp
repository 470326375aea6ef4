// SPDX-License-Identifier: MIT
// Field names and values: what the words of 9.2.6 mean for one line.
#ifndef SSEWIRE_DETAIL_FIELD_HPP
#define SSEWIRE_DETAIL_FIELD_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "bytes.hpp"
#include "scan.hpp"

namespace sse::detail {

/// What a line is. `ignored` stands for every other field name and for comments nobody asked for.
enum class field : unsigned char { data, event, id, retry, comment, ignored };

struct line {
  field name = field::ignored;
  std::string_view value;
};

/// The name that a field starting with `first` can only have.
constexpr field candidate(char first) noexcept {
  switch (first) {
    case 'd': return field::data;
    case 'e': return field::event;
    case 'i': return field::id;
    case 'r': return field::retry;
    default: return field::ignored;
  }
}

constexpr std::string_view name_of(field name) noexcept {
  using namespace std::string_view_literals;
  switch (name) {
    case field::data: return "data"sv;
    case field::event: return "event"sv;
    case field::id: return "id"sv;
    case field::retry: return "retry"sv;
    default: return {};
  }
}

/// The value of a line whose first `size` bytes are a field name and what follows it: nothing, or
/// a colon and one space at most. `end` is the line's end, which can be read.
constexpr std::string_view value_behind(const char* name, std::size_t size,
                                        const char* end) noexcept {
  const char* value = name + size;
  if (value == end) return {value, 0};
  ++value;
  if (*value == ' ') ++value;
  return {value, static_cast<std::size_t>(end - value)};
}

template <std::size_t Length>
constexpr line line_if_named(field name, const char (&literal)[Length], const char* text,
                             const char* end) noexcept {
  constexpr std::size_t size = Length - 1;
  if (static_cast<std::size_t>(end - text) < size || !equal_bytes(text, literal)) return {};
  if (text + size != end && text[size] != ':') return {};
  return {name, value_behind(text, size, end)};
}

constexpr line split_line_by_name(const char* text, const char* end) noexcept {
  switch (*text) {
    case ':': return {field::comment, value_behind(text, 0, end)};
    case 'd': return line_if_named(field::data, "data", text, end);
    case 'e': return line_if_named(field::event, "event", text, end);
    case 'i': return line_if_named(field::id, "id", text, end);
    case 'r': return line_if_named(field::retry, "retry", text, end);
    default: return {};
  }
}

/// Takes a whole line apart. It is not empty, and the line end at `end` can be read. Most lines are
/// data, and worth a way of their own that is short enough to be inlined.
constexpr line split_line(const char* text, const char* end) noexcept {
  if (end - text < 5 || !equal_bytes(text, "data:")) return split_line_by_name(text, end);
  const char* const value = text + 5 + (text[5] == ' ');
  return {field::data, {value, static_cast<std::size_t>(end - value)}};
}

/// Whether an ID can stand in a stream and be heeded: with a line end it would end early, and with
/// a NUL the field is ignored.
constexpr bool is_valid_id(std::string_view id) noexcept {
  for (const char c : id) {
    if (c == '\0' || is_line_end(c)) return false;
  }
  return true;
}

/// The value of a `retry` field as it comes in. Only digits count, and at least one; a number too
/// large saturates, for "very long" is what it means.
class retry_digits {
 public:
  /// A hundred years: any clock can be asked for its now() plus this.
  static constexpr std::int64_t most = std::int64_t{1000} * 60 * 60 * 24 * 365 * 100;

  constexpr void add(std::string_view text) noexcept {
    for (const char c : text) {
      if (c < '0' || c > '9') {
        value_ = invalid;
      } else if (value_ != invalid) {
        value_ = value_ == none ? c - '0' : value_ * 10 + (c - '0');
        if (value_ > most) value_ = most;
      }
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

}  // namespace sse::detail

#endif
