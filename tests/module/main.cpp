// SPDX-License-Identifier: MIT
// What a program does that takes the module, and no header of ours.
#include <iostream>
#include <string_view>

import sse;

int main() {
  sse::growing_parser parser;
  parser.report(sse::report::comments | sse::report::no_data);
  constexpr std::string_view expected = "data: Hello\n\n";
  for (const auto& e : parser.events("data: Hello\n\n:beat\n\n")) {
    std::cout << (e.kind == sse::parser::status::event ? e.data : "beat") << '\n';
  }
  ssewire::growing_writer writer;
  if (writer.begin() != sse::writer::status::ok) return 1;
  sse::data_stream(writer) << "Hello";
  if (writer.end() != sse::writer::status::ok) return 1;
  std::cout << (writer.written() == expected ? "world\n" : "another world\n");
  static_assert(sse::is_event_stream("text/event-stream"));
}
