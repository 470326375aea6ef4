// SPDX-License-Identifier: MIT
// What an event or a comment must be read back as once it is written.
#ifndef SSEWIRE_TESTS_EXHAUSTIVE_READ_BACK_HPP
#define SSEWIRE_TESTS_EXHAUSTIVE_READ_BACK_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <sse/writer.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "support/oracle.hpp"
#include "support/replay.hpp"

namespace read_back {

using std::chrono::milliseconds;
using status = sse::writer::status;

constexpr std::string_view next_event = "data: next\n\n";
constexpr std::string_view id_before = "before";  // what an event without an ID leaves in force

// ---- What the rules say, worked out anew

struct expectation {
  bool bad_id, bad_type, bad_retry;

  bool refused() const { return bad_id || bad_type || bad_retry; }
  // One reason is enough, whichever.
  bool fits(status result) const {
    return (result == status::ok && !refused()) || (result == status::invalid_id && bad_id) ||
           (result == status::invalid_type && bad_type) ||
           (result == status::invalid_retry && bad_retry);
  }
};

inline expectation expect(const sse::event& e) {
  const auto has_any = [](std::string_view text, std::string_view of) {
    return text.find_first_of(of) != std::string_view::npos;
  };
  return {e.id && has_any(*e.id, std::string_view("\r\n\0", 3)), has_any(e.type, "\r\n"),
          e.retry && (*e.retry < milliseconds::zero() || *e.retry > milliseconds(0x7FFFFFFF))};
}

// CRLF, CR and LF each become LF.
inline std::string normalised(std::string_view text) {
  std::string lines;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' && i > 0 && text[i - 1] == '\r') continue;
    lines += text[i] == '\r' ? '\n' : text[i];
  }
  return lines;
}

// ---- What is seen

// The first thing that is wrong, or nullptr.
inline const char* misread(const sse::event& e, std::string_view bytes) {
  if (bytes.substr(0, 3) == "\xEF\xBB\xBF") return "a byte order mark";
  const std::string stream = std::string(bytes) + std::string(next_event);
  const oracle::result seen = oracle::interpret(stream, id_before);
  if (seen.events.size() != 2 || seen.comments.size() != 0) return "not one event, and the next";
  const oracle::event& first = seen.events[0];
  const oracle::event& second = seen.events[1];
  if (first.end != bytes.size()) return "the event ends elsewhere than its bytes";
  if (first.data != normalised(e.data)) return "data";
  if (first.type != (e.type.empty() ? "message" : e.type)) return "type";
  if (first.has_type != e.has_type()) return "whether there is a type";
  if (first.id.has_value() != e.id.has_value() || (e.id && *first.id != *e.id)) return "ID";
  if (first.last_event_id != e.id.value_or(id_before)) return "ID in force";
  if (first.retry.has_value() != e.retry.has_value()) return "retry";
  if (e.retry && *first.retry != static_cast<std::uint64_t>(e.retry->count())) {
    return "time of retry";
  }
  if (second.data != "next" || second.type != "message" || second.id || second.retry ||
      second.last_event_id != first.last_event_id) {
    return "the next event";
  }
  replay::setting how;
  how.initial_last_event_id = id_before;
  return replay::difference(seen, stream, std::vector<std::size_t>{bytes.size()}, how);
}

inline const char* misread_comment(std::string_view text, std::string_view bytes) {
  const std::string stream = std::string(bytes) + std::string(next_event);
  const oracle::result seen = oracle::interpret(stream, id_before);
  std::string lines;
  for (const oracle::comment& each : seen.comments) {
    if (each.events_before != 0) return "a comment too late";
    lines += each.text;
    lines += '\n';
  }
  if (lines != normalised(text) + "\n") return "lines of the comment";
  if (seen.events.size() != 1 || seen.events[0].data != "next") return "an event from a comment";
  if (seen.events[0].id || seen.events[0].retry || seen.events[0].type != "message") {
    return "a field from a comment";
  }
  if (seen.last_event_id != id_before || seen.reconnection_time) return "a comment with effect";
  if (bytes.substr(bytes.size() - 2) != "\n\n") return "no blank line behind the comment";
  replay::setting how;
  how.initial_last_event_id = id_before;
  how.reports = sse::report::everything;
  return replay::difference(seen, stream, std::vector<std::size_t>{bytes.size()}, how);
}

}  // namespace read_back

#endif
