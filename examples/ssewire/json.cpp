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

// Text that is UTF-8, on one line: control characters as JSON writes them, but a tab as a space.
std::string escaped(std::string text) {
  const auto may_need_it = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < ' ' || byte == 0x7F || byte == 0xC2;
  };
  if (std::none_of(text.begin(), text.end(), may_need_it)) return text;
  std::string result;
  const auto escape = [&result](unsigned code) {
    char digits[8];
    std::snprintf(digits, sizeof digits, "\\u%04x", code);
    result += digits;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const unsigned next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0;
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
      result += text[i];
    }
  }
  return result;
}

}  // namespace

std::string json_string(std::string_view text) {
  return escaped(json(text).dump(-1, ' ', false, json::error_handler_t::replace));
}

std::string printable(std::string_view text) {
  return escaped(is_utf8(text) ? std::string(text) : with_replacements(text));
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
