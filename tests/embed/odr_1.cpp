// SPDX-License-Identifier: MIT
#include <sse/data_stream.hpp>
#include <sse/format.hpp>
#include <sse/sse.hpp>
#include <string>

#include "round_trip.hpp"

bool round_trip_elsewhere(sse::growing_parser& parser, std::string& stream);

// Parser and stream pass from one translation unit to the other half way.
int main() {
  sse::growing_parser parser;
  std::string stream;
  if (sse::append(stream, sse::event("message", "one").with_id("1")) != sse::writer::status::ok)
    return 1;
  parser.feed(stream);
  sse::event e;
  if (parser.next(e) != sse::growing_parser::status::event || e.data != "one") return 1;
  if (parser.next(e) != sse::growing_parser::status::need_input) return 1;
  return round_trip() && round_trip_elsewhere(parser, stream) ? 0 : 1;
}
