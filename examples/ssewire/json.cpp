// SPDX-License-Identifier: MIT
#include "json.hpp"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace tool {

using nlohmann::json;

namespace {

constexpr std::string_view blanks = " \t\r\n";

void skip_blanks(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
}

// The value at the start of what is known to be JSON, and within an object.
std::string_view take_value(std::string_view& text) {
  std::size_t depth = 0, size = 0;
  bool is_in_string = false;
  for (;; ++size) {
    const char c = text[size];
    if (is_in_string) {
      if (c == '\\') ++size;
      is_in_string = c != '"';
      if (!is_in_string && depth == 0) {
        ++size;
        break;
      }
    } else if (c == '"') {
      is_in_string = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (depth != 0 && (c == '}' || c == ']')) {
      --depth;
    } else if (depth == 0 && (c == ',' || c == '}' || blanks.find(c) != blanks.npos)) {
      break;
    }
  }
  const std::string_view value = text.substr(0, size);
  text.remove_prefix(size);
  return value;
}

}  // namespace

std::string json_string(std::string_view text) {
  std::string quoted = json(text).dump(-1, ' ', false, json::error_handler_t::replace);
  const bool may_have_more = quoted.find_first_of("\x7F\xC2") != quoted.npos;
  return may_have_more ? printable(quoted) : quoted;
}

std::string printable(std::string_view text) {
  const std::string valid = is_utf8(text) ? std::string(text) : with_replacements(text);
  std::string result;
  const auto escape = [&result](unsigned code) {
    char digits[8];
    std::snprintf(digits, sizeof digits, "\\u%04x", code);
    result += digits;
  };
  for (std::size_t i = 0; i < valid.size(); ++i) {
    const auto c = static_cast<unsigned char>(valid[i]);
    const unsigned next = i + 1 < valid.size() ? static_cast<unsigned char>(valid[i + 1]) : 0;
    if (c == '\n') {
      result += "\\n";
    } else if (c == '\t') {
      result += ' ';
    } else if (c < ' ' || c == 0x7F) {
      escape(c);
    } else if (c == 0xC2 && next < 0xA0) {  // the control characters beyond ASCII
      escape(next);
      ++i;
    } else {
      result += valid[i];
    }
  }
  return result;
}

std::string with_replacements(std::string_view text) {
  return json::parse(json_string(text)).get<std::string>();
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

bool is_json_object(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(blanks);
  return begin != text.npos && text[begin] == '{' && is_json(text);
}

std::vector<std::pair<std::string, std::string_view>> members_of(std::string_view object) {
  std::vector<std::pair<std::string, std::string_view>> members;
  std::string_view rest = object.substr(object.find('{') + 1);
  for (;;) {
    skip_blanks(rest);
    if (rest.front() == ',') rest.remove_prefix(1);
    skip_blanks(rest);
    if (rest.front() == '}') return members;
    const std::string_view name = take_value(rest);
    skip_blanks(rest);
    rest.remove_prefix(1);  // the colon
    skip_blanks(rest);
    members.emplace_back(string_of(name), take_value(rest));
  }
}

std::string string_of(std::string_view text) { return json::parse(text).get<std::string>(); }

}  // namespace tool
