// SPDX-License-Identifier: MIT
#include "traps.hpp"

#include <algorithm>
#include <sse/writer.hpp>
#include <utility>

#include "json.hpp"
#include "judge.hpp"

namespace tool {

void traps::warn(trap which, place at, const std::string& text) {
  if (is_first(which)) report_.warning(at, text + " (said once)");
}

void traps::note(trap which, place at, const std::string& text) {
  if (is_first(which)) report_.note(at, text + " (said once)");
}

bool traps::ignored_line(place at, std::string_view line) {
  if (is_in_head_) return true;
  if (is_of_a_head(line)) {
    is_in_head_ = true;
    warn(trap::head, at,
         "ignored: " + shown(line) + " is of the head of a response: pass on its body alone");
    return true;
  }
  if (const auto size = chunk_size_of(line)) {
    const bool is_one = at.line == first_line_ || at.byte == next_size_;
    constexpr std::uint64_t line_end = 2;
    next_size_ = at.byte + line.size() + line_end + *size + line_end;
    if (is_one) {
      warn(trap::chunk_size, at,
           "ignored: " + shown(line) + " is the size of a chunk: pass on a body that is decoded");
    }
    return is_one;
  }
  if (is_json_structure(line)) {
    warn(trap::bare_json, at,
         "ignored: JSON alone is no event: it needs \"data: \" in front, and a blank line behind");
    return true;
  }
  const std::string_view name = name_of(line);
  const bool is_binary =
      has_control_characters(name) || (said_.count(trap::binary) != 0 && !is_utf8(name));
  if (!is_binary) return false;
  warn(trap::binary, at,
       "ignored: this is no text: it may be compressed, by br say, which has no mark");
  return true;
}

void traps::unfinished_line(place at, std::string_view line) {
  const std::string_view name = name_of(line);
  if (name == "data") return data_line(at, value_of(line), false);
  const bool is_known = name.empty() || name == "event" || name == "id" || name == "retry";
  is_known ? known_line(at, line) : static_cast<void>(ignored_line(at, line));
}

// In data they may be meant; elsewhere somebody quoted the stream, and nobody took the quotes off.
void traps::known_line(place at, std::string_view line) {
  for (const char* what : {"\\n\\n", "\\ndata:", "\\nevent:", "\\nid:", "\\nretry:"}) {
    if (line.find(what) == line.npos) continue;
    return warn(trap::literal_line_end, at,
                "a backslash and an n in " + shown(line) + ": they are no line end");
  }
}

void traps::data_line(place at, std::string_view value, bool behind_data) {
  if (behind_data && is_json_structure(value) && is_json_structure(last_value_)) {
    warn(trap::two_values, at,
         "two JSON values in one event: a blank line is missing if each was to be one");
  }
  last_value_.clear();
  if (said_.count(trap::two_values) == 0 && (begins_with(value, "{") || begins_with(value, "["))) {
    last_value_ = value;
  }
  if (ends_with(value, "\\n") && !ends_with(value, "\\\\n")) {
    warn(trap::literal_line_end, at,
         "the data end with a backslash and an n: they are no line end, and end no event");
  }
}

void traps::id(place at, std::string_view value) {
  if (value.size() > sse::longest_header_id) {
    warn(trap::id_not_safe, at,
         "an ID of " + count(value.size(), "byte") +
             ": common servers refuse a request with such a header, and so every reconnect");
  } else if (!sse::is_header_safe(value)) {
    warn(trap::id_not_safe, at,
         "the ID " + shown(value) + " is not fit for a header: no reconnect can send it");
  } else if (std::any_of(value.begin(), value.end(), [](char c) { return (c & 0x80) != 0; })) {
    warn(trap::id_not_ascii, at,
         "the ID " + shown(value) +
             " is not ASCII: some clients send other bytes back, and some do not come back");
  }
}

void traps::retry(place at, std::chrono::milliseconds time) {
  if (time == retry_) return;
  retry_ = time;
  const std::string text =
      "the reconnection time is " + std::to_string(time.count()) + " ms from now on";
  if (time.count() == 0) {
    report_.warning(at, text + ": Chromium comes back at once, over and over");
  } else if (time > sse::longest_retry) {
    report_.warning(at, text + ", above " + std::to_string(sse::longest_retry.count()) +
                            ": some clients come back at once, and Firefox takes it modulo 2^32");
  } else {
    report_.note(at, text);
  }
}

void traps::event(place at, const sse::event& e, const block& block, std::string_view last_id) {
  constexpr std::uint64_t least_to_compress = 512;  // by Caddy 2, whose first write has more
  if (block.begin.line == 1 && at.byte >= least_to_compress) {
    note(trap::large_in_front, at,
         "the stream begins with an event of more than 512 bytes: Caddy holds all back then, if it "
         "is told to compress; a comment in front helps");
  }
  ++(e.id ? events_with_id_ : events_without_id_);
  if (events_with_id_ != 0 && events_without_id_ != 0) {
    note(trap::id_missing, at,
         e.id ? "an ID, which the events before have not: a reconnect behind those sends none"
              : "no ID, which others have: a reconnect behind this event asks for what is behind " +
                    shown(last_id) + ", and may get it again");
  }
  if (e.data.find("\\n") != e.data.npos && said_.count(trap::literal_line_end) == 0 &&
      !is_json(e.data)) {
    note(trap::literal_line_end, at,
         "a backslash and an n in data that are not JSON: to clients that is no line end");
  }
}

void traps::blank_line(place at) {
  if (std::exchange(is_in_head_, false)) first_line_ = at.line + 1;
}

void traps::no_data(place at, const block& block) {
  if (events_with_id_ + events_without_id_ != 0) return;
  if (block.type + block.id + block.retry == 0) return;
  note(trap::no_data_in_front, at,
       "no data in front of the first event: some SDKs fail on such a block, or make it a message");
}

}  // namespace tool
