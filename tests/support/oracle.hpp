// SPDX-License-Identifier: MIT
//
// Test oracle: WHATWG HTML, section 9.2, step by step, over a complete stream. It shares no code
// with the library. What is marked "(observation)" is recorded and influences nothing.
#ifndef SSEWIRE_TESTS_SUPPORT_ORACLE_HPP
#define SSEWIRE_TESTS_SUPPORT_ORACLE_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Where strings can be had in constant expressions, the oracle can be asked there.
#if defined(__cpp_lib_constexpr_string) && __cpp_lib_constexpr_string >= 201907L && \
    defined(__cpp_lib_constexpr_vector)
#define ORACLE_CONSTEXPR constexpr
#else
#define ORACLE_CONSTEXPR inline
#endif

namespace oracle {

struct event {
  std::optional<std::string> id;       // the last valid `id` field of this block, if any
  std::string type;                    // "message" if the type buffer was empty
  std::string data;                    // raw bytes, lines joined by LF
  std::optional<std::uint64_t> retry;  // the last valid `retry` field of this block, if any
  std::string last_event_id;           // the last event ID string in force at dispatch
  std::size_t end = 0;                 // offset after the first byte of the blank line's line end
  bool has_type = false;               // the type buffer was not empty (it may hold "message")
  std::size_t begin = 0;               // offset of the first byte of its first field line
};
struct comment {
  std::string text;               // after the colon, all of it
  std::size_t end = 0;            // offset after the first byte of its own line end
  std::size_t events_before = 0;  // how many events had been dispatched by then
};
struct ignored_line {
  std::string text;     // all of it, without its line end
  std::size_t end = 0;  // offset after the first byte of its own line end
};
struct result {
  std::vector<event> events;
  std::vector<comment> comments;            // every complete comment line
  std::vector<ignored_line> ignored_lines;  // every complete line whose field is ignored
  // For each blank line that fired nothing though there was a field line since the last blank one:
  // what it would have fired, with empty data. (What the standard ignores is a field line, too.)
  std::vector<event> blocks_without_data;
  std::string last_event_id;  // the last event ID string at the end of the stream
  std::optional<std::uint64_t> reconnection_time;
  std::size_t id_bytes = 0;  // of all valid `id` fields of the stream together
  bool pending = false;  // a non-empty, non-comment line (finished or not) since the last blank one
  // If the tail counted as a line and a blank line followed (what a lenient client dispatches):
  std::optional<event> unfinished;
  std::optional<event> unfinished_block;               // without data, so never beside `unfinished`
  std::optional<std::string> unfinished_ignored_line;  // the tail, if its field is ignored
  std::string last_event_id_if_finished;
  std::optional<std::uint64_t> reconnection_time_if_finished;
};

// 100 years of 365 days in milliseconds; the standard has no bound, `retry` saturates here.
inline constexpr std::uint64_t max_retry = std::uint64_t{100} * 365 * 24 * 60 * 60 * 1000;

struct line {
  std::string_view text;  // without its line end
  std::size_t end = 0;    // offset in the stream after the first byte of its line end
  std::size_t begin = 0;  // offset in the stream of its first byte
};
struct split_stream {
  std::vector<line> lines;  // the terminated lines
  std::string_view tail;    // what follows the last line end
};

// UTF-8 decode removes one leading byte order mark. (The bytes stay undecoded: everything that
// has a meaning below is ASCII, so decoding the values afterwards gives the same.)
// Then the stream is read line by line. A line ends with a CRLF pair, with a single LF not
// preceded by CR, or with a single CR not followed by LF.
ORACLE_CONSTEXPR split_stream split_into_lines(std::string_view stream) {
  split_stream split;
  std::size_t start_of_line = stream.substr(0, 3) == "\xEF\xBB\xBF" ? 3 : 0;
  std::size_t line_end = stream.find_first_of("\r\n", start_of_line);
  while (line_end != std::string_view::npos) {
    const std::string_view text = stream.substr(start_of_line, line_end - start_of_line);
    split.lines.push_back(line{text, line_end + 1, start_of_line});
    start_of_line = line_end + (stream.substr(line_end, 2) == "\r\n" ? 2 : 1);
    line_end = stream.find_first_of("\r\n", start_of_line);
  }
  split.tail = stream.substr(start_of_line);
  return split;
}

// If the value starts with a SPACE, remove it: one, and nothing but a space.
ORACLE_CONSTEXPR std::string_view remove_one_leading_space(std::string_view value) {
  return value.substr(0, 1) == " " ? value.substr(1) : value;
}

ORACLE_CONSTEXPR bool consists_of_only_ascii_digits(std::string_view value) {
  return value.find_first_not_of("0123456789") == std::string_view::npos;
}

ORACLE_CONSTEXPR std::uint64_t interpret_as_integer_in_base_ten(std::string_view digits) {
  std::uint64_t integer = 0;
  for (const char digit : digits) {
    integer = integer * 10 + static_cast<std::uint64_t>(digit - '0');
    if (integer > max_retry) return max_retry;  // more digits can only make it larger
  }
  return integer;
}

struct event_source {
  std::string data_buffer, event_type_buffer, last_event_id_buffer;  // of the stream
  std::string last_event_id_string;                                  // of the event source
  std::optional<std::uint64_t> reconnection_time;                    // of the event source
  std::optional<std::string> id_of_block;       // (observation) since the last blank line
  std::optional<std::uint64_t> retry_of_block;  // (observation) likewise
  bool block_has_field = false;                 // (observation) likewise
  std::size_t begin_of_block = 0;               // (observation) where the first of its fields is
  std::size_t id_bytes = 0;                     // (observation) since the stream's start
  bool is_ignored = false;                      // (observation) the field of the last line
  std::optional<event> block_without_data;      // (observation) ended by the last line

  // Process the field: names are compared literally, with no case folding.
  ORACLE_CONSTEXPR void process_field(std::string_view field_name, std::string_view field_value) {
    block_has_field = true;  // (observation)
    if (field_name == "event") {
      // Set the event type buffer to the value, also to an empty one.
      event_type_buffer = field_value;
    } else if (field_name == "data") {
      // Append the value to the data buffer, then append a single LF to it.
      data_buffer += field_value;
      data_buffer += '\n';
    } else if (field_name == "id") {
      // If the value contains no NULL, set the last event ID buffer to it; otherwise ignore.
      if (field_value.find('\0') == std::string_view::npos) {
        last_event_id_buffer = field_value;
        id_of_block = last_event_id_buffer;  // (observation)
        id_bytes += field_value.size();      // (observation)
      } else {
        is_ignored = true;  // (observation)
      }
    } else if (field_name == "retry") {
      // If the value consists of only ASCII digits, set the reconnection time to that integer;
      // otherwise ignore. (Here an empty value is ignored too.)
      if (!field_value.empty() && consists_of_only_ascii_digits(field_value)) {
        reconnection_time = interpret_as_integer_in_base_ten(field_value);
        retry_of_block = reconnection_time;  // (observation)
      } else {
        is_ignored = true;  // (observation)
      }
    } else {
      // Otherwise: the field is ignored.
      is_ignored = true;  // (observation)
    }
  }

  // Dispatch the event; gives the event if one is fired.
  ORACLE_CONSTEXPR std::optional<event> dispatch(std::size_t end) {
    // (observation) a blank line always ends the block
    const std::optional<std::string> id = std::exchange(id_of_block, std::nullopt);
    const std::optional<std::uint64_t> retry = std::exchange(retry_of_block, std::nullopt);
    const bool has_field = std::exchange(block_has_field, false);
    const bool has_type = !event_type_buffer.empty();
    // 1. Set the last event ID string to the last event ID buffer. (The buffer is not reset.)
    last_event_id_string = last_event_id_buffer;
    // 2. If the data buffer is empty, empty it and the event type buffer, and return.
    if (data_buffer.empty()) {
      if (has_field) {  // (observation)
        event block{id, "message", "", retry, last_event_id_string, end};
        block.has_type = has_type;
        block.begin = begin_of_block;
        if (has_type) block.type = event_type_buffer;
        block_without_data = block;
      }
      event_type_buffer.clear();
      return std::nullopt;
    }
    // 3. If the last character of the data buffer is a LF, remove it.
    if (data_buffer.back() == '\n') data_buffer.pop_back();
    // 4., 5. Create the event with type "message", the data buffer and the last event ID string.
    event fired{id, "message", data_buffer, retry, last_event_id_string, end};
    fired.has_type = has_type;     // (observation)
    fired.begin = begin_of_block;  // (observation)
    // 6. If the event type buffer is not empty, it is the type.
    if (!event_type_buffer.empty()) fired.type = event_type_buffer;
    // 7., 8. Empty the data buffer and the event type buffer, and fire.
    data_buffer.clear();
    event_type_buffer.clear();
    return fired;
  }

  // Process the lines in the order in which they come, each as follows.
  ORACLE_CONSTEXPR std::optional<event> process_line(std::string_view text, std::size_t end,
                                                     std::size_t begin = 0) {
    is_ignored = false;                 // (observation)
    block_without_data = std::nullopt;  // (observation)
    // If the line is empty (a blank line): dispatch the event.
    if (text.empty()) return dispatch(end);
    // If the line starts with a colon: ignore the line.
    if (text.front() == ':') return std::nullopt;
    if (!block_has_field) begin_of_block = begin;  // (observation)
    const std::size_t first_colon = text.find(':');
    if (first_colon != std::string_view::npos) {
      // If it contains a colon: the name is before the first one, the value after it.
      process_field(text.substr(0, first_colon),
                    remove_one_leading_space(text.substr(first_colon + 1)));
    } else {
      // Otherwise: the whole line is the field name, the value is the empty string.
      process_field(text, std::string_view{});
    }
    return std::nullopt;
  }
};

ORACLE_CONSTEXPR result interpret(std::string_view stream,
                                  std::string_view initial_last_event_id = {}) {
  result outcome;
  event_source source;  // its buffers start empty, but the last event ID survives a reconnect
  source.last_event_id_string = initial_last_event_id;
  source.last_event_id_buffer = initial_last_event_id;
  const split_stream split = split_into_lines(stream);
  for (const line& each : split.lines) {
    if (each.text.substr(0, 1) == ":") {  // (observation)
      const std::string_view text = each.text.substr(1);
      outcome.comments.push_back(comment{std::string(text), each.end, outcome.events.size()});
    }
    const std::optional<event> fired = source.process_line(each.text, each.end, each.begin);
    if (fired) outcome.events.push_back(*fired);
    if (source.is_ignored) {  // (observation)
      outcome.ignored_lines.push_back(ignored_line{std::string(each.text), each.end});
    }
    if (source.block_without_data) {  // (observation)
      outcome.blocks_without_data.push_back(*source.block_without_data);
    }
  }

  // At the end of the file, what is pending (the unterminated tail, the buffers) is discarded.
  outcome.last_event_id = source.last_event_id_string;
  outcome.reconnection_time = source.reconnection_time;
  outcome.pending = source.block_has_field || (!split.tail.empty() && split.tail.front() != ':');
  // Not in the standard: the lenient ending.
  if (!split.tail.empty()) {
    source.process_line(split.tail, stream.size(), stream.size() - split.tail.size());
    if (source.is_ignored) outcome.unfinished_ignored_line = std::string(split.tail);
  }
  outcome.unfinished = source.process_line(std::string_view{}, stream.size(), stream.size());
  outcome.unfinished_block = source.block_without_data;
  outcome.id_bytes = source.id_bytes;
  outcome.last_event_id_if_finished = source.last_event_id_string;
  outcome.reconnection_time_if_finished = source.reconnection_time;
  return outcome;
}

}  // namespace oracle

#undef ORACLE_CONSTEXPR

#endif  // SSEWIRE_TESTS_SUPPORT_ORACLE_HPP
