// SPDX-License-Identifier: MIT
// The conformance vectors: each as given, joined, at every cut, byte by byte and with empty chunks.
#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sse/parser.hpp>
#include <string>
#include <vector>

namespace {

using nlohmann::json;

std::vector<json> vectors() {
  std::ifstream file(SSEWIRE_TESTS_DATA "/parser.json");
  REQUIRE(file);
  return json::parse(file).get<std::vector<json>>();
}

std::string from_hex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

std::vector<std::string> chunks_of(const json& vector) {
  if (vector.contains("chunks")) return vector["chunks"];
  std::vector<std::string> chunks = vector["chunks_hex"];
  for (auto& chunk : chunks) chunk = from_hex(chunk);
  return chunks;
}

std::string decoded(std::string_view bytes) {
  return json::parse(json(bytes).dump(-1, ' ', false, json::error_handler_t::replace));
}

struct replayed {
  std::vector<json> events = {};
  std::vector<std::string> data_bytes = {};
  std::vector<std::size_t> events_after_chunk = {};
  std::string last_event_id = {};
  std::optional<std::chrono::milliseconds> reconnection_time = {};
};

replayed replay(const std::vector<std::string>& chunks, const json& vector, bool lenient) {
  replayed result;
  std::vector<char> storage(1 << 20);
  sse::parser parser(storage.data(), storage.size());
  REQUIRE(parser.set_last_event_id(vector.value("initial_last_event_id", "")));
  const auto take = [&](const sse::event& e) {
    result.events.push_back({{"id", decoded(parser.last_event_id())},
                             {"type", decoded(e.type)},
                             {"data", decoded(e.data)}});
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

replayed check(const std::vector<std::string>& chunks, const json& vector) {
  const replayed actual = replay(chunks, vector, false);
  CHECK(json(actual.events) == vector["events"]);
  CHECK(actual.last_event_id == vector["last_event_id"].get<std::string>());
  if (vector.contains("events_bytes_hex")) {
    std::vector<std::string> expected;
    for (const json& event : vector["events_bytes_hex"])
      expected.push_back(from_hex(event["data"]));
    CHECK(actual.data_bytes == expected);
  }
  if (vector["retry"].is_null()) {
    CHECK_FALSE(actual.reconnection_time);
  } else if (vector.contains("retry_policy")) {
    CHECK(actual.reconnection_time == std::chrono::milliseconds(3'153'600'000'000));
  } else {
    CHECK(actual.reconnection_time == std::chrono::milliseconds(vector["retry"]));
  }
  if (vector.contains("lenient_events")) {
    CHECK(json(replay(chunks, vector, true).events) == vector["lenient_events"]);
  }
  return actual;
}

TEST_CASE("the conformance vectors hold, however the stream is cut") {
  std::size_t count = 0;
  for (const json& vector : vectors()) {
    const std::string name = vector["name"];
    CAPTURE(name);
    ++count;
    const std::vector<std::string> given = chunks_of(vector);
    std::string stream;
    for (const std::string& chunk : given) stream += chunk;

    const replayed actual = check(given, vector);
    if (vector.contains("events_after_chunk")) {
      CHECK(actual.events_after_chunk ==
            vector["events_after_chunk"].get<std::vector<std::size_t>>());
    }
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
