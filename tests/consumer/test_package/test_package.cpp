// SPDX-License-Identifier: MIT
#include <cstdio>
#include <sse/sse.hpp>

int main() {
  sse::growing_parser parser;
  int events = 0;
  for (const sse::event& e : parser.events("data: hello\n\n")) {
    std::printf("%.*s\n", static_cast<int>(e.data.size()), e.data.data());
    ++events;
  }
  return events == 1 ? 0 : 1;
}
