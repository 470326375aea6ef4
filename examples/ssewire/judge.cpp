// SPDX-License-Identifier: MIT
#include "judge.hpp"

#include <algorithm>
#include <charconv>

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
  for (const char* known : {"data", "event", "id", "retry"}) {
    if (equal_but_for_case(name, known)) return known;
  }
  return {};
}

}  // namespace

bool equal_but_for_case(std::string_view text, std::string_view lower) {
  const auto is_same = [](char c, char small) {
    return (c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) == small;
  };
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(), is_same);
}

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

std::string count(std::uint64_t number, const std::string& thing) {
  return std::to_string(number) + " " + thing + (number == 1 ? "" : "s");
}

std::string_view compression_of(std::string_view start) {
  if (begins_with(start, "\x1F\x8B\x08")) return "gzip";
  if (begins_with(start, "\x28\xB5\x2F\xFD")) return "zstd";
  for (const char* level : {"x\x01", "x\x5E", "x\x9C", "x\xDA"}) {
    if (begins_with(start, level)) return "deflate";
  }
  return {};
}

bool is_of_a_head(std::string_view line) {
  return begins_with(line, "HTTP/") || equal_but_for_case(name_of(line), "content-type");
}

std::optional<std::uint64_t> chunk_size_of(std::string_view line) {
  std::uint32_t size = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), size, 16);
  const bool is_whole = end == line.data() + line.size() || *end == ';';
  if (error != std::errc() || !is_whole) return std::nullopt;
  return size;
}

bool has_control_characters(std::string_view text) {
  const auto is_one = [](unsigned char c) { return (c < ' ' && c != '\t') || c == 0x7F; };
  return std::any_of(text.begin(), text.end(), is_one);
}

bool is_json_structure(std::string_view text) {
  const bool may_be = (begins_with(text, "{") && ends_with(text, "}")) ||
                      (begins_with(text, "[") && ends_with(text, "]"));
  return may_be && is_json(text);
}

}  // namespace tool
