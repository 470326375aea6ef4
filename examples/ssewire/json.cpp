// SPDX-License-Identifier: MIT
#include "json.hpp"

#include <nlohmann/json.hpp>

namespace tool {

using nlohmann::json;

std::string json_string(std::string_view text) {
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

bool is_utf8(std::string_view text) {
  try {
    static_cast<void>(json(text).dump());
    return true;
  } catch (const json::type_error&) {
    return false;
  }
}

bool is_json(std::string_view text) {
  // The library takes a NUL for the end of the text, and passes over a byte order mark.
  const bool plain = text.find('\0') == text.npos && text.substr(0, 1) != "\xEF";
  return plain && json::accept(text);
}

}  // namespace tool
