// SPDX-License-Identifier: MIT
// IDs that a channel gives to its events: an epoch and a number, as `65f1a2b3-17`.
#ifndef SSEWIRE_DETAIL_OWN_ID_HPP
#define SSEWIRE_DETAIL_OWN_ID_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "../compiler.hpp"

namespace sse::detail {

/// The text of an ID: 16 digits, a hyphen, 20 digits.
class own_id {
 public:
  constexpr own_id(std::uint64_t epoch, std::uint64_t number) noexcept {
    put(number, 10);
    text_[--begin_] = '-';
    put(epoch, 16);
  }
  constexpr std::string_view text() const noexcept {
    return {text_ + begin_, sizeof text_ - begin_};
  }

 private:
  constexpr void put(std::uint64_t number, unsigned base) noexcept {
    do {
      text_[--begin_] = "0123456789abcdef"[number % base];
      number /= base;
    } while (number != 0);
  }

  char text_[37] = {};
  std::size_t begin_ = sizeof text_;
};

/// What an ID says. Nothing if it is not written as own_id writes it.
struct parsed_id {
  std::uint64_t epoch;
  std::uint64_t number;
};
SSEWIRE_DETAIL_WRAPS constexpr std::optional<parsed_id> parse_own_id(std::string_view id) noexcept {
  parsed_id result{0, 0};
  std::size_t at = 0;
  for (std::uint64_t* const part : {&result.epoch, &result.number}) {
    const std::uint64_t base = part == &result.epoch ? 16 : 10;
    for (; at < id.size() && id[at] != '-'; ++at) {
      const char c = id[at];
      const std::uint64_t digit = c >= '0' && c <= '9'   ? static_cast<std::uint64_t>(c - '0')
                                  : c >= 'a' && c <= 'f' ? static_cast<std::uint64_t>(c - 'a' + 10)
                                                         : 16;
      if (digit >= base) return std::nullopt;
      *part = *part * base + digit;
    }
    ++at;
  }
  // Leading zeros, numbers too large, and a third part are not written.
  if (own_id(result.epoch, result.number).text() != id) return std::nullopt;
  return result;
}

}  // namespace sse::detail

#endif
