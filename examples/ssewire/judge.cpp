// SPDX-License-Identifier: MIT
#include "judge.hpp"

#include <algorithm>

#include "json.hpp"

namespace tool {

std::string_view name_of(std::string_view line) { return line.substr(0, line.find(':')); }

std::string_view value_of(std::string_view line) {
  line.remove_prefix(std::min(name_of(line).size() + 1, line.size()));
  if (begins_with(line, " ")) line.remove_prefix(1);
  return line;
}

namespace {

// The field that somebody meant who wrote this name; empty if it is none.
std::string meant(std::string_view name) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!name.empty() && is_blank(name.front())) name.remove_prefix(1);
  while (!name.empty() && is_blank(name.back())) name.remove_suffix(1);
  std::string lower(name);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  for (const char* known : {"data", "event", "id", "retry"}) {
    if (lower == known) return lower;
  }
  return {};
}

}  // namespace

std::string why_ignored(std::string_view line, bool behind_data) {
  const std::string_view name = name_of(line);
  const std::string_view value = value_of(line);
  if (name == "id") return "the ID has a NUL, and the one before stays";
  if (name == "retry") {
    if (value.empty()) return "there is no time, and what browsers do then differs";
    return shown(value) + " is not made of digits alone, as milliseconds are";
  }
  if (begins_with(name, byte_order_mark)) {
    return "the name begins with a byte order mark, which is removed at the start of a stream only";
  }
  if (line.find_first_not_of(" \t") == line.npos) {
    return "a line of blanks is no blank line, and ends no event";
  }
  const std::string unknown = "unknown field " + shown(name);
  if (const std::string known = meant(name); !known.empty()) {
    return unknown + ": case and blanks count, and " + json_string(known) + " is meant";
  }
  if (!behind_data) return unknown;
  return unknown + ": if it belongs to the data above, it needs a \"data:\" of its own";
}

std::string shown(std::string_view text) {
  constexpr std::size_t most = 60;
  if (text.size() <= most) return json_string(text);
  std::size_t size = most;
  const auto is_inside_character = [&] { return (text[size] & 0xC0) == 0x80; };
  while (size > most - 4 && is_inside_character()) --size;
  return json_string(text.substr(0, size)) + "...";
}

}  // namespace tool
