// SPDX-License-Identifier: MIT
// What sse::parser knows of an event whose end has not come.
#ifndef SSEWIRE_DETAIL_UNFINISHED_EVENT_HPP
#define SSEWIRE_DETAIL_UNFINISHED_EVENT_HPP

#include <string_view>

#include "../../event.hpp"
#include "field.hpp"

namespace sse::detail {

/// What the lines of an event have said so far: in the chunk, but for what had to be kept. A view
/// of nothing at all: there was no such field.
struct unfinished_event {
  std::string_view id{};
  std::string_view type{};
  std::string_view data{};
  retry_digits retry{};
};

/// The same text, but not a view of nothing at all.
constexpr std::string_view view_of_something(std::string_view text) noexcept {
  return text.empty() ? std::string_view("", 0) : text;  // NOLINT(bugprone-string-constructor)
}

}  // namespace sse::detail

#endif
