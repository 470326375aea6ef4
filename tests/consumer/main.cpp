// SPDX-License-Identifier: MIT
#include <sse/sse.hpp>

int main() {
  char buffer[64];
  sse::writer writer(buffer);
  if (writer.write(sse::event("tick", "two\nlines").with_id("42")) != sse::writer::status::ok)
    return 1;

  char storage[64];
  sse::parser parser(storage);
  const std::string_view chunk = writer.written();
  int events = 0;
  for (const sse::event& e : parser.events(chunk)) {
    if (e.id != "42" || e.type != "tick" || e.data != "two\nlines") return 1;
    ++events;
  }
  return events == 1 ? 0 : 1;
}
