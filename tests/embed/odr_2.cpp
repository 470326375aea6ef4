// SPDX-License-Identifier: MIT
#include <sse/data_stream.hpp>
#include <sse/format.hpp>
#include <sse/sse.hpp>
#include <string>

#include "round_trip.hpp"

bool round_trip_elsewhere(sse::growing_parser& parser, std::string& stream);

bool round_trip_elsewhere(sse::growing_parser& parser, std::string& stream) {
  stream.clear();
  if (sse::append(stream, sse::event("message", "two").with_id("2")) != sse::writer::status::ok)
    return false;
  int matches = 0;
  for (const sse::event& e : parser.events(stream)) matches += e.data == "two";
  return matches == 1 && parser.last_event_id() == "2" && round_trip();
}
