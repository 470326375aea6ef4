// SPDX-License-Identifier: MIT
#include <sse/sse.hpp>
#include <string>

#include "round_trip.hpp"

bool round_trip_elsewhere(sse::growing_parser& parser, std::string& stream);

// Parser and stream pass from one translation unit to the other half way.
int main() {
  sse::growing_parser parser;
  std::string stream;
  if (sse::append(stream, {"1", "message", "one"}) != sse::writer::status::ok) return 1;
  parser.feed(stream);
  sse::event e;
  if (parser.next(e) != sse::growing_parser::status::event || e.data != "one") return 1;
  if (parser.next(e) != sse::growing_parser::status::need_input) return 1;
  return round_trip() && round_trip_elsewhere(parser, stream) ? 0 : 1;
}
