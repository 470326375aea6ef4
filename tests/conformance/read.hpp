// SPDX-License-Identifier: MIT
// The conformance vectors as they stand in their files. Reading them is a part of its own, since
// what parses JSON takes long to compile.
#ifndef SSEWIRE_TESTS_CONFORMANCE_READ_HPP
#define SSEWIRE_TESTS_CONFORMANCE_READ_HPP

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What is not as it should be in a file is thrown as an exception.
namespace conformance {

struct event {
  std::string id;  // the last event ID in force
  std::string type;
  std::string data;
  bool operator==(const event& other) const {
    return id == other.id && type == other.type && data == other.data;
  }
};

struct parser_vector {
  std::string name;
  std::string initial_last_event_id;
  std::vector<std::string> chunks;
  std::vector<event> events;  // decoded
  std::optional<std::vector<std::string>> data_bytes;
  std::optional<std::vector<event>> lenient_events;
  std::optional<std::vector<std::size_t>> events_after_chunk;
  std::optional<std::chrono::milliseconds> reconnection_time;
  std::string last_event_id;
};

// What is to be written. A member that is not there is not to be written.
struct task {
  std::optional<std::string> id, type, data, comment;
  std::optional<std::chrono::milliseconds> retry;
};

struct writer_vector {
  std::string name;
  task what;
  bool accepted;
  std::optional<std::string> bytes;  // the canonical form
  std::vector<event> parsed;
  std::optional<std::chrono::milliseconds> reconnection_time;
  std::string last_event_id;
};

std::vector<parser_vector> parser_vectors();
std::vector<writer_vector> writer_vectors();

/// UTF-8 with U+FFFD in place of what is not, as a browser decodes it.
std::string decoded(std::string_view bytes);

}  // namespace conformance

#endif
