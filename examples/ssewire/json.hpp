// SPDX-License-Identifier: MIT
// Bytes of a stream as JSON, and as text that is shown.
#ifndef SSEWIRE_TOOL_JSON_HPP
#define SSEWIRE_TOOL_JSON_HPP

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tool {

/// A JSON string, with nothing in it that could steer a terminal. What is not UTF-8 is replaced by
/// U+FFFD, just as a browser replaces it.
std::string json_string(std::string_view text);

/// Text of a stream on one line, with nothing in it that could steer a terminal.
std::string printable(std::string_view text);

/// The same text without the quotes of JSON.
std::string with_replacements(std::string_view text);

bool is_utf8(std::string_view text);

/// Whether the text is one JSON value, and nothing else.
bool is_json(std::string_view text);
bool is_json_object(std::string_view text);

/// The members of a JSON object in their order, each with its value as it is written: a number of
/// any size, and a member that is there twice, stay what they are.
std::vector<std::pair<std::string, std::string_view>> members_of(std::string_view object);

/// What a JSON string stands for.
std::string string_of(std::string_view text);

}  // namespace tool

#endif
