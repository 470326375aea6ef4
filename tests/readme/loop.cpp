// SPDX-License-Identifier: MIT
// A loop over the events of a chunk and nothing else, to see how much code a parser is: the README
// says it.
#include <cstddef>
#include <sse/parser.hpp>

void use(const sse::event& e);
void receive(sse::parser& parser, const char* chunk, std::size_t size);

void receive(sse::parser& parser, const char* chunk, std::size_t size) {
  for (const sse::event& e : parser.events({chunk, size})) use(e);
}
