// SPDX-License-Identifier: MIT
// Finding one line end, where no block is kept for the next.
#ifndef SSEWIRE_DETAIL_LINE_END_HPP
#define SSEWIRE_DETAIL_LINE_END_HPP

#include <cstdint>
#include <type_traits>

#include "compiler.hpp"
#include "scan.hpp"

namespace sse::detail {

/// The first CR or LF of a text, or its end.
SSEWIRE_DETAIL_FORM constexpr const char* find_line_end(const char* text,
                                                        const char* end) noexcept {
#ifdef SSEWIRE_DETAIL_SMALL
  if constexpr (!std::is_same_v<native_kernel, swar_kernel>) {
    if (!__builtin_is_constant_evaluated()) {
      while (end - text >= 64 && !native_kernel::has_candidate(text)) text += 64;
      while (end - text >= 16) {
        const std::uint64_t candidates = native_kernel::candidates_16(text);
        text += candidates != 0 ? lowest_bit(candidates) : 16;
        if (candidates == 0) continue;
        if (is_line_end(*text)) return text;
        ++text;
      }
    }
  }
  while (text != end && !is_line_end(*text)) ++text;
  return text;
#else
  return line_ends<native_kernel>(text, end).next();
#endif
}

}  // namespace sse::detail

#endif
