// SPDX-License-Identifier: MIT
// What is in a line of a stream, and why a browser ignores it.
#ifndef SSEWIRE_TOOL_JUDGE_HPP
#define SSEWIRE_TOOL_JUDGE_HPP

#include <string>
#include <string_view>

namespace tool {

/// What stands in front of the first colon, and behind it without one space.
std::string_view name_of(std::string_view line);
std::string_view value_of(std::string_view line);

/// Why the parser takes a line for nothing. `behind_data`: the line before was data.
std::string why_ignored(std::string_view line, bool behind_data);

/// Text to be shown: as a JSON string, and not too long.
std::string shown(std::string_view text);

inline constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr bool begins_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

}  // namespace tool

#endif
