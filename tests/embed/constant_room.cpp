// SPDX-License-Identifier: MIT
// Constant expressions have room for a stream of some size: it is parsed by a quarter of the steps
// that compilers allow by themselves. CMakeLists.txt names them.
#include <cstddef>
#include <sse/parser.hpp>
#include <string_view>

#define TEN(text) text text text text text text text text text text

namespace {

constexpr std::string_view one = "data: 0123456789 abcdefghijkl\n\n";
constexpr char all[] =
    TEN(TEN("data: 0123456789 abcdefghijkl\n\ndata: 0123456789 abcdefghijkl\n\n"
            "data: 0123456789 abcdefghijkl\n\ndata: 0123456789 abcdefghijkl\n\n"
            "data: 0123456789 abcdefghijkl\n\n"));
static_assert(one.size() == 31 && sizeof all - 1 == 500 * one.size());

constexpr std::size_t count_events(std::string_view text) {
  char storage[32] = {};
  sse::parser parser(storage);
  parser.feed(text);
  sse::event e;
  std::size_t count = 0;
  while (parser.next(e) == sse::parser::status::event) ++count;
  return count;
}

static_assert(count_events({all, sizeof all - 1}) == 500);

}  // namespace

int main() {}
