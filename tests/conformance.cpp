// SPDX-License-Identifier: MIT
// The conformance vectors: each as given, joined, at every cut, byte by byte and with empty chunks.
#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <sse/parser.hpp>
#include <string>
#include <vector>

#include "conformance/read.hpp"

namespace {

using conformance::decoded;

struct replayed {
  std::vector<conformance::event> events = {};
  std::vector<std::string> data_bytes = {};
  std::vector<std::size_t> events_after_chunk = {};
  std::string last_event_id = {};
  std::optional<std::chrono::milliseconds> reconnection_time = {};
};

replayed replay(const std::vector<std::string>& chunks, const conformance::parser_vector& vector,
                bool lenient) {
  replayed result;
  std::vector<char> storage(1 << 20);
  sse::parser parser(storage.data(), storage.size());
  REQUIRE(parser.set_last_event_id(vector.initial_last_event_id));
  const auto take = [&](const sse::event& e) {
    result.events.push_back({decoded(parser.last_event_id()), decoded(e.type), decoded(e.data)});
    result.data_bytes.emplace_back(e.data);
  };
  for (const std::string& chunk : chunks) {
    // In a block of exactly its size, so that a sanitizer sees the first byte read too many.
    const std::vector<char> block(chunk.begin(), chunk.end());
    for (const auto& e : parser.events({block.data(), block.size()})) {
      CHECK(e.kind == sse::parser::status::event);
      take(e);
    }
    result.events_after_chunk.push_back(result.events.size());
  }
  sse::event e;
  while (lenient && parser.finish(e) == sse::parser::status::event) take(e);
  result.last_event_id = decoded(parser.last_event_id());
  result.reconnection_time = parser.reconnection_time();
  return result;
}

replayed check(const std::vector<std::string>& chunks, const conformance::parser_vector& vector) {
  const replayed actual = replay(chunks, vector, false);
  const bool same_events = actual.events == vector.events;
  CHECK(same_events);
  CHECK(actual.last_event_id == vector.last_event_id);
  if (vector.data_bytes) CHECK(actual.data_bytes == *vector.data_bytes);
  CHECK(actual.reconnection_time == vector.reconnection_time);
  if (vector.lenient_events) {
    const bool same_at_the_end = replay(chunks, vector, true).events == *vector.lenient_events;
    CHECK(same_at_the_end);
  }
  return actual;
}

TEST_CASE("the conformance vectors hold, however the stream is cut") {
  std::size_t count = 0;
  for (const conformance::parser_vector& vector : conformance::parser_vectors()) {
    CAPTURE(vector.name);
    ++count;
    std::string stream;
    for (const std::string& chunk : vector.chunks) stream += chunk;

    const replayed actual = check(vector.chunks, vector);
    if (vector.events_after_chunk) CHECK(actual.events_after_chunk == *vector.events_after_chunk);
    check({stream}, vector);
    std::vector<std::string> bytes;
    std::vector<std::string> bytes_and_empty_chunks = {""};
    for (const char byte : stream) {
      bytes.emplace_back(1, byte);
      bytes_and_empty_chunks.insert(bytes_and_empty_chunks.end(), {std::string(1, byte), "", ""});
    }
    check(bytes, vector);
    check(bytes_and_empty_chunks, vector);
    // Of the few long streams, the cuts around the ends are as good as all.
    for (std::size_t cut = 1; cut < stream.size(); ++cut) {
      if (stream.size() > 1000 && cut > 300 && cut + 300 < stream.size()) continue;
      check({stream.substr(0, cut), stream.substr(cut)}, vector);
    }
  }
  CHECK(count == 135);
}

}  // namespace
