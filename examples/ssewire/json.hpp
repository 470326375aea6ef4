// SPDX-License-Identifier: MIT
// Bytes of a stream as JSON.
#ifndef SSEWIRE_TOOL_JSON_HPP
#define SSEWIRE_TOOL_JSON_HPP

#include <string>
#include <string_view>

namespace tool {

/// A JSON string. What is not UTF-8 is replaced by U+FFFD, just as a browser replaces it.
std::string json_string(std::string_view text);

bool is_utf8(std::string_view text);

/// Whether the text is one JSON value, and nothing else.
bool is_json(std::string_view text);

}  // namespace tool

#endif
