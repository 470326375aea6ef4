// SPDX-License-Identifier: MIT
// What a parser takes up where a program calls `next`.
#include <cstddef>
#include <sse/parser.hpp>

void use(const sse::event& e);
void receive(sse::parser& parser, const char* chunk, std::size_t size);

void receive(sse::parser& parser, const char* chunk, std::size_t size) {
  parser.feed({chunk, size});
  sse::event e;
  while (parser.next(e) == sse::parser::status::event) use(e);
}
