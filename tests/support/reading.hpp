// SPDX-License-Identifier: MIT
// What a stream gives through a parser with storage enough: in one piece, cut in two at each place,
// and byte by byte.
#ifndef SSEWIRE_TESTS_SUPPORT_READING_HPP
#define SSEWIRE_TESTS_SUPPORT_READING_HPP

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <ostream>
#include <sse/parser.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace reading {

using milliseconds = std::optional<std::int64_t>;

struct event {
  std::string data;
  std::string type = "message";
  std::string last_event_id = {};                // the one in force
  std::optional<std::string> id = std::nullopt;  // the event's own
  milliseconds retry = std::nullopt;
};
using events = std::vector<event>;

struct outcome {
  events dispatched;
  std::string last_event_id;
  milliseconds reconnection_time;
};

inline bool operator==(const event& a, const event& b) {
  return a.data == b.data && a.type == b.type && a.last_event_id == b.last_event_id &&
         a.id == b.id && a.retry == b.retry;
}
inline bool operator==(const outcome& a, const outcome& b) {
  return a.dispatched == b.dispatched && a.last_event_id == b.last_event_id &&
         a.reconnection_time == b.reconnection_time;
}

inline std::ostream& operator<<(std::ostream& out, const events& dispatched) {
  for (const event& e : dispatched) {
    out << "{" << e.type << ": " << e.data << " (ID in force " << e.last_event_id;
    if (e.id) out << ", own " << *e.id;
    if (e.retry) out << ", retry " << *e.retry;
    out << ")} ";
  }
  return out;
}
inline std::ostream& operator<<(std::ostream& out, const outcome& o) {
  return out << o.dispatched << "then ID " << o.last_event_id << ", retry "
             << o.reconnection_time.value_or(-1);
}

inline milliseconds count(std::optional<std::chrono::milliseconds> time) {
  return time ? milliseconds(time->count()) : std::nullopt;
}

struct reader {
  // What one more chunk dispatches. It lies in a block of exactly its size, which is gone after.
  events read(std::string_view text) {
    const std::vector<char> chunk(text.begin(), text.end());
    parser.feed({chunk.data(), chunk.size()});
    events dispatched;
    sse::event e;
    while (parser.next(e) == sse::parser::status::event) {
      dispatched.push_back(
          {std::string(e.data), std::string(e.type), std::string(parser.last_event_id()),
           e.id ? std::optional(std::string(*e.id)) : std::nullopt, count(e.retry)});
    }
    REQUIRE(parser.unread().empty());
    return dispatched;
  }

  std::vector<char> storage = std::vector<char>(4096);
  sse::parser parser{storage.data(), storage.size()};
};

inline outcome read_chunks(const std::vector<std::string_view>& chunks) {
  reader reader;
  events dispatched;
  for (const std::string_view chunk : chunks) {
    for (const event& e : reader.read(chunk)) dispatched.push_back(e);
  }
  return {dispatched, std::string(reader.parser.last_event_id()),
          count(reader.parser.reconnection_time())};
}

inline outcome read(std::string_view stream) {
  const outcome whole = read_chunks({stream});
  std::vector<std::string_view> bytes;
  for (std::size_t cut = 0; cut < stream.size(); ++cut) {
    CAPTURE(cut);
    CHECK(read_chunks({stream.substr(0, cut), stream.substr(cut)}) == whole);
    bytes.push_back(stream.substr(cut, 1));
  }
  CHECK(read_chunks(bytes) == whole);
  return whole;
}
inline events events_of(std::string_view stream) { return read(stream).dispatched; }

}  // namespace reading

#endif
