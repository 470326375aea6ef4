// SPDX-License-Identifier: MIT
#include "misreadings.hpp"

#include <algorithm>

#include "clients.hpp"
#include "judge.hpp"

namespace tool {

namespace {

constexpr std::size_t large = 256 * 1024;

// Whether a word is one of a text, between blanks.
bool has_word(std::string_view text, std::string_view word) {
  while (!text.empty()) {
    const std::string_view first = text.substr(0, text.find(' '));
    if (first == word) return true;
    text.remove_prefix(std::min(first.size() + 1, text.size()));
  }
  return false;
}

bool is_meant(const client& who, std::string_view name) {
  return name == "all" || name == who.name || has_word(who.groups, name) ||
         name == std::string(who.name) + "@" + std::string(who.version);
}

// What a client does with a form; 0 if what is right.
char misreading(const client& who, std::string_view name) {
  for (const char kind : std::string_view("ELMDTI")) {
    if (has_word(who.misreads, std::string(name) + "=" + kind)) return kind;
  }
  return 0;
}

std::string_view in_words(char kind) {
  switch (kind) {
    case 'E': return "raises an error";
    case 'L': return "loses events";
    case 'M': return "gives an event more";
    case 'T': return "gives another type";
    case 'I': return "gives another ID";
    default: return "gives other data";
  }
}

bool has_separator(std::string_view text) {
  for (const char* one : {"\xE2\x80\xA8", "\xE2\x80\xA9", "\xC2\x85", "\v", "\f"}) {
    if (text.find(one) != text.npos) return true;
  }
  return false;
}

}  // namespace

std::string known_clients() {
  std::string names = "all";
  const auto add = [&names](std::string_view name) {
    if (has_word(names, name)) return;
    names.append(" ").append(name);
  };
  for (const client& one : clients) {
    for (std::string_view groups = one.groups; !groups.empty();) {
      const std::string_view group = groups.substr(0, groups.find(' '));
      add(group);
      groups.remove_prefix(std::min(group.size() + 1, groups.size()));
    }
  }
  for (const client& one : clients) add(one.name);
  return names;
}

bool is_known_client(std::string_view name) {
  return std::any_of(std::begin(clients), std::end(clients),
                     [name](const client& one) { return is_meant(one, name); });
}

std::string who_misreads(const std::vector<std::string>& names, std::string_view form) {
  std::string all;
  for (const client& one : clients) {
    const bool is_asked_for = std::any_of(names.begin(), names.end(),
                                          [&one](const auto& name) { return is_meant(one, name); });
    const char kind = is_asked_for ? misreading(one, form) : '\0';
    if (kind == 0) continue;
    if (!all.empty()) all += ", ";
    all.append(one.name).append(" ").append(one.version).append(" ").append(in_words(kind));
  }
  return all;
}

std::string_view form_in_words(std::string_view name) {
  for (const form& one : forms) {
    if (one.name == name) return one.is;
  }
  return name;
}

void misreading_finder::comment(place at) {
  is_line_blank_ = false;
  block_.comment = kind_of_line{at, block_.data_lines != 0};
}

void misreading_finder::field(place at, std::string_view line, bool is_ignored) {
  is_line_blank_ = false;
  ++block_.fields;
  const kind_of_line here{at, block_.data_lines != 0};
  const std::string_view name = name_of(line);
  const std::string_view value = value_of(line);
  const bool is_known = name == "data" || name == "id" || name == "retry" || name == "event";
  if (is_known && !value.empty() && line[name.size() + 1] != ' ') found_(at, "no-space");
  if (name == "data") {
    data(at, line);
  } else if (name == "id" && !is_ignored) {
    block_.id = here;
    block_.is_id_empty = value.empty();
  } else if (name == "retry") {
    block_.retry = here;
  } else if (name == "event") {
    block_.type = here;
    block_.type_value = value;
  } else if (!is_known) {
    found_(at, "unknown");
  }
}

void misreading_finder::data(place at, std::string_view line) {
  const std::string_view value = value_of(line);
  if (block_.data_lines++ == 0) block_.data_at = at;
  block_.size += value.size();
  block_.is_bare |= line == "data";
  block_.is_done = value == "[DONE]";
  if (!value.empty() && (value.front() == ' ' || value.back() == ' ')) found_(at, "blanks");
  if (has_separator(value)) found_(at, "separators");
}

void misreading_finder::tell(const sight& where, std::string_view above, std::string_view below) {
  if (where) found_(where->at, where->is_below ? below : above);
}

void misreading_finder::event_ends() {
  const place at = block_.data_at;
  const std::string_view type = block_.type_value;
  tell(block_.comment, "comment-above", "comment-below");
  tell(block_.id, block_.is_id_empty ? "id-empty" : "id-above", "id-below");
  tell(block_.retry, "retry-above", "retry-below");
  tell(block_.type,
       type.empty()        ? "type-empty"
       : type == "message" ? "type-message"
       : type == "error"   ? "type-error"
                           : "type-other",
       "type-below");
  if (!block_.type) found_(at, "type-missing");
  if (block_.id) {
    has_id_ = !block_.is_id_empty;
  } else if (has_id_) {
    found_(at, "id-carried");
  }
  if (block_.is_bare) {
    found_(at, "data-bare");
  } else if (block_.data_lines == 1 && block_.size == 0) {
    found_(at, "data-empty");
  }
  if (block_.data_lines > 1) found_(at, "lines");
  if (block_.data_lines == 1 && block_.is_done) found_(at, "done");
  if (block_.size > large) found_(at, "large");
}

void misreading_finder::blank_line(place at) {
  if (is_behind_blank_) found_(at, "blank-lines");
  if (block_.data_lines != 0) {
    event_ends();
  } else if (block_.fields != 0) {
    tell(block_.id, "id-alone", "");
    tell(block_.retry, "retry-alone", "");
    tell(block_.type, "type-alone", "");
    if (block_.id) has_id_ = !block_.is_id_empty;
  } else {
    tell(block_.comment, "comment-alone", "");
  }
  block_ = {};
  is_line_blank_ = true;
}

void misreading_finder::line_end(place at, tool::line_end end) {
  if (end == tool::line_end::cr) found_(at, "cr");
  if (end == tool::line_end::crlf) found_(at, "crlf");
  if (is_line_blank_ && end_before_ && *end_before_ != end && !is_behind_blank_) {
    found_(at, "mixed-ends");
  }
  end_before_ = end;
  is_behind_blank_ = is_line_blank_;
}

void misreading_finder::end(place at) {
  if (block_.data_lines != 0) found_(block_.data_at, "unfinished");
  if (end_before_ == tool::line_end::cr && is_line_blank_) found_(at, "cr-last");
}

}  // namespace tool
