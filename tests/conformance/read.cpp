// SPDX-License-Identifier: MIT
#include "conformance/read.hpp"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace conformance {

namespace {

using nlohmann::json;
using std::chrono::milliseconds;

json read(const char* path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error(std::string("there is no ") + path);
  return json::parse(file);
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

std::vector<event> events_of(const json& list) {
  std::vector<event> events;
  for (const json& each : list) events.push_back({each.at("id"), each.at("type"), each.at("data")});
  return events;
}

parser_vector read_parser_vector(const json& vector) {
  parser_vector all;
  all.name = vector.at("name");
  all.initial_last_event_id = vector.value("initial_last_event_id", "");
  all.chunks = chunks_of(vector);
  all.events = events_of(vector.at("events"));
  if (vector.contains("events_bytes_hex")) {
    all.data_bytes.emplace();
    for (const json& each : vector["events_bytes_hex"]) {
      all.data_bytes->push_back(from_hex(each.at("data")));
    }
  }
  if (vector.contains("lenient_events")) all.lenient_events = events_of(vector["lenient_events"]);
  if (vector.contains("events_after_chunk")) {
    all.events_after_chunk = vector["events_after_chunk"].get<std::vector<std::size_t>>();
  }
  if (vector.contains("retry_policy")) {  // the longest that we give
    all.reconnection_time = milliseconds(3'153'600'000'000);
  } else if (!vector.at("retry").is_null()) {
    all.reconnection_time = milliseconds(vector["retry"].get<std::int64_t>());
  }
  all.last_event_id = vector.at("last_event_id");
  return all;
}

// Nothing in a vector may be passed over for want of a test for it.
void check_members(const json& vector) {
  const std::vector<std::string> known = {"name",          "why",    "event", "action",
                                          "bytes",         "parsed", "retry", "lossy",
                                          "last_event_id", "ref",    "policy"};
  for (const auto& member : vector.items()) {
    if (std::find(known.begin(), known.end(), member.key()) == known.end()) {
      throw std::runtime_error("there is no test for " + member.key());
    }
  }
}

writer_vector read_writer_vector(const json& vector) {
  check_members(vector);
  writer_vector all;
  all.name = vector.at("name");
  for (const auto& [name, value] : vector.at("event").items()) {
    task& what = all.what;
    if (name == "retry") {
      if (!value.is_number_integer()) throw std::runtime_error(all.name + ": retry is no number");
      what.retry = milliseconds(value.get<std::int64_t>());
    } else if (name == "id" || name == "type" || name == "data" || name == "comment") {
      auto& text = name == "id"     ? what.id
                   : name == "type" ? what.type
                   : name == "data" ? what.data
                                    : what.comment;
      text = value.get<std::string>();
    } else {
      throw std::runtime_error(all.name + ": there is no test for " + name);
    }
  }
  all.accepted = vector.at("action") == "accept";
  if (!all.accepted && vector.at("action") != "reject") {
    throw std::runtime_error(all.name + ": there is no test for its action");
  }
  if (vector.contains("bytes")) all.bytes = vector["bytes"].get<std::string>();
  if (all.accepted) all.parsed = events_of(vector.at("parsed"));
  if (vector.contains("retry")) {
    all.reconnection_time = milliseconds(vector["retry"].get<std::int64_t>());
  }
  all.last_event_id = vector.value("last_event_id", "");
  return all;
}

}  // namespace

std::vector<parser_vector> parser_vectors() {
  std::vector<parser_vector> all;
  for (const json& each : read(SSEWIRE_TESTS_DATA "/parser.json")) {
    all.push_back(read_parser_vector(each));
  }
  return all;
}

std::vector<writer_vector> writer_vectors() {
  std::vector<writer_vector> all;
  for (const json& each : read(SSEWIRE_TESTS_DATA "/writer.json")) {
    all.push_back(read_writer_vector(each));
  }
  return all;
}

std::string decoded(std::string_view bytes) {
  return json::parse(json(bytes).dump(-1, ' ', false, json::error_handler_t::replace));
}

}  // namespace conformance
