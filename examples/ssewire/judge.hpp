// SPDX-License-Identifier: MIT
// What is in a line of a stream, and why a browser ignores it.
#ifndef SSEWIRE_TOOL_JUDGE_HPP
#define SSEWIRE_TOOL_JUDGE_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tool {

/// What stands in front of the first colon, and behind it without one space.
std::string_view name_of(std::string_view line);
std::string_view value_of(std::string_view line);

/// Why the parser takes a line for nothing. `behind_data`: the line before was data.
std::string why_ignored(std::string_view line, bool behind_data);

/// What somebody left in a stream that is no part of it, and that is a line now, or the start of
/// one; empty if it is nothing known.
std::string_view left_in(std::string_view line);

/// What data most likely should have been, if not what they are; empty if nothing tells.
std::string why_suspicious(std::string_view data);

bool is_ascii(std::string_view text);

/// Text to be shown: as a JSON string, and not too long.
std::string shown(std::string_view text);

/// A number and what is counted: "1 event", "2 events".
std::string count(std::uint64_t number, const std::string& thing);

inline constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr bool begins_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}
constexpr bool ends_with(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
}
bool equal_but_for_case(std::string_view text, std::string_view lower);

// ---- What is no event stream

/// By what the bytes at the start of a stream are compressed; empty if that cannot be told. Brotli
/// has no mark.
std::string_view compression_of(std::string_view start);

/// The first line of a response head, or a field of it that streams have.
bool is_of_a_head(std::string_view line);

/// Of a line that may be the size of a chunk (RFC 9112, 7.1).
std::optional<std::uint64_t> chunk_size_of(std::string_view line);

/// Whether there are characters that text has not.
bool has_control_characters(std::string_view text);

/// Whether a text is one JSON object or array, and nothing else.
bool is_json_structure(std::string_view text);

}  // namespace tool

#endif
