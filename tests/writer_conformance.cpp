// SPDX-License-Identifier: MIT
// The vectors of tests/conformance/writer.json.
#include <sse/writer.hpp>
// First, so that it must include what it needs.
#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/read.hpp"
#include "support/oracle.hpp"
#include "support/replay.hpp"

namespace {

using status = sse::writer::status;

// A comment goes first, and an event without data is begun and ended.
status write(sse::writer& writer, const conformance::task& what) {
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

// The oracle reads back what the vector says, and the parser what the oracle does.
void check_read_back(const conformance::writer_vector& vector, std::string_view bytes) {
  const std::string stream = std::string(bytes) + "data: next\n\n";
  const oracle::result seen = oracle::interpret(stream);
  REQUIRE(seen.events.size() == vector.parsed.size() + 1);
  for (std::size_t i = 0; i < vector.parsed.size(); ++i) {
    CHECK(seen.events[i].last_event_id == vector.parsed[i].id);
    CHECK(seen.events[i].type == vector.parsed[i].type);
    CHECK(seen.events[i].data == vector.parsed[i].data);
    CHECK(seen.events[i].end <= bytes.size());
  }
  CHECK(seen.events.back().data == "next");
  CHECK(seen.events.back().type == "message");
  CHECK(seen.last_event_id == vector.last_event_id);
  CHECK(seen.reconnection_time.has_value() == vector.reconnection_time.has_value());
  if (seen.reconnection_time) {
    CHECK(*seen.reconnection_time == static_cast<std::uint64_t>(vector.reconnection_time->count()));
  }

  replay::setting how;
  how.reports = sse::report::everything;
  const char* const difference =
      replay::difference(seen, stream, std::vector<std::size_t>{bytes.size()}, how);
  CHECK_MESSAGE(difference == nullptr, difference);
}

TEST_CASE("the writer does what the conformance vectors say") {
  const auto vectors = conformance::writer_vectors();
  REQUIRE(vectors.size() >= 22);
  for (const conformance::writer_vector& vector : vectors) {
    CAPTURE(vector.name);
    std::string buffer(1 << 20, '\0');
    sse::writer writer(buffer.data(), buffer.size());
    const status result = write(writer, vector.what);
    if (!vector.accepted) {
      CHECK(result != status::ok);
      CHECK(result != status::no_space);
      CHECK(result != status::out_of_order);
      CHECK(writer.written().empty());
      continue;
    }
    REQUIRE(result == status::ok);
    // Of the legal forms ours is the canonical one, wherever a vector gives it.
    if (vector.bytes) CHECK(std::string(writer.written()) == *vector.bytes);
    check_read_back(vector, writer.written());
  }
}

}  // namespace
