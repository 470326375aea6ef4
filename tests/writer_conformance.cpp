// SPDX-License-Identifier: MIT
// The vectors of tests/conformance/writer.json.
#include <sse/writer.hpp>
// First, so that it must include what it needs.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "support/oracle.hpp"
#include "support/replay.hpp"

namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using status = sse::writer::status;

// What a vector asks to be written. A member that is not there is not to be written.
struct task {
  std::optional<std::string> id, type, data, comment;
  std::optional<milliseconds> retry;
};

task read_task(const json& object) {
  task all;
  for (const auto& [name, value] : object.items()) {
    if (name == "retry") {
      REQUIRE(value.is_number_integer());
      all.retry = milliseconds(value.get<std::int64_t>());
    } else {
      REQUIRE((name == "id" || name == "type" || name == "data" || name == "comment"));
      auto& text = name == "id"     ? all.id
                   : name == "type" ? all.type
                   : name == "data" ? all.data
                                    : all.comment;
      text = value.get<std::string>();
    }
  }
  return all;
}

// A comment goes first, and an event without data is begun and ended.
status write(sse::writer& writer, const task& what) {
  if (what.comment) {
    const status result = writer.comment(*what.comment);
    if (result != status::ok) return result;
  }
  sse::event e;
  if (what.id) e.id = *what.id;
  if (what.type) e.type = *what.type;
  if (what.data) e.data = *what.data;
  e.retry = what.retry;
  if (what.data) return writer.write(e);
  const status begun = writer.begin(e);
  return begun == status::ok ? writer.end() : begun;
}

// Nothing in a vector may be passed over for want of a test for it.
void check_members(const json& vector) {
  const std::vector<std::string> known = {"name",          "why",    "event", "action",
                                          "bytes",         "parsed", "retry", "lossy",
                                          "last_event_id", "ref",    "policy"};
  for (const auto& member : vector.items()) {
    CAPTURE(member.key());
    CHECK(std::find(known.begin(), known.end(), member.key()) != known.end());
  }
}

// The oracle reads back what the vector says, and the parser what the oracle does.
void check_read_back(const json& vector, std::string_view bytes) {
  const std::string stream = std::string(bytes) + "data: next\n\n";
  const oracle::result seen = oracle::interpret(stream);
  const json& parsed = vector.at("parsed");
  REQUIRE(seen.events.size() == parsed.size() + 1);
  for (std::size_t i = 0; i < parsed.size(); ++i) {
    CHECK(seen.events[i].last_event_id == parsed[i].at("id").get<std::string>());
    CHECK(seen.events[i].type == parsed[i].at("type").get<std::string>());
    CHECK(seen.events[i].data == parsed[i].at("data").get<std::string>());
    CHECK(seen.events[i].end <= bytes.size());
  }
  CHECK(seen.events.back().data == "next");
  CHECK(seen.events.back().type == "message");
  CHECK(seen.last_event_id == vector.value("last_event_id", ""));
  CHECK(seen.reconnection_time.has_value() == vector.contains("retry"));
  if (seen.reconnection_time) CHECK(*seen.reconnection_time == vector.value("retry", 0u));

  replay::setting how;
  how.reports = sse::report::everything;
  const char* const difference =
      replay::difference(seen, stream, std::vector<std::size_t>{bytes.size()}, how);
  CHECK_MESSAGE(difference == nullptr, difference);
}

TEST_CASE("the writer does what the conformance vectors say") {
  std::ifstream file(SSEWIRE_TESTS_DATA "/writer.json");
  REQUIRE(file.is_open());
  const json vectors = json::parse(file);
  REQUIRE(vectors.size() >= 22);
  for (const json& vector : vectors) {
    const std::string name = vector.at("name");
    CAPTURE(name);
    check_members(vector);
    const task what = read_task(vector.at("event"));
    std::string buffer(1 << 20, '\0');
    sse::writer writer(buffer.data(), buffer.size());
    const status result = write(writer, what);
    if (vector.at("action") == "reject") {
      CHECK(result != status::ok);
      CHECK(result != status::no_space);
      CHECK(result != status::out_of_order);
      CHECK(writer.written().empty());
      continue;
    }
    REQUIRE(vector.at("action") == "accept");
    REQUIRE(result == status::ok);
    // Of the legal forms ours is the canonical one, wherever a vector gives it.
    if (vector.contains("bytes")) {
      CHECK(std::string(writer.written()) == vector.at("bytes").get<std::string>());
    }
    check_read_back(vector, writer.written());
  }
}

}  // namespace
