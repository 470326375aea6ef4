// SPDX-License-Identifier: MIT
// Prints what the parser makes of every stream over some alphabets, for compare.mjs: the stream,
// the answer, and the answer when a comment line follows. However a stream is cut, the answer must
// be the same.
#include <cstdio>
#include <sse/parser.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "support/printable.hpp"

namespace {

using namespace std::string_view_literals;
using letters = std::vector<std::string_view>;

const letters tokens = {"\n",
                        "\r",
                        "\r\n",
                        "data",
                        "event",
                        "id",
                        "retry",
                        ":",
                        " ",
                        "x",
                        "0",
                        "9999999999999",
                        "\0"sv,
                        "\xEF\xBB\xBF",
                        "\xC3\xAF\xC2\xBB\xC2\xBF"};
const letters few = {"\n", "\r", ":", " ", "data", "id", "x"};
const letters bytes = {"\n", "\r", ":", " ", "data", "id", "\xEF", "\xBB", "\xBF"};
const letters lines = {"\n",           "\r",        "id:a\n",     "id: bb\r\n", "id\n",
                       "id:c\0\n"sv,   "event:q\n", "event\r",    "data:1\n",   "data\n",
                       "data: 23\r\n", "retry:5\n", "retry:5x\n", ":c\n",       "x\n"};

// Each report ends with 1D, and each member of an event with 1C.
std::string answer(std::string_view stream, std::size_t cut, std::string_view more) {
  char storage[256];
  sse::parser parser(storage);
  parser.report(sse::report::comments);
  std::string seen;
  const auto time = [&parser] {
    const auto value = parser.reconnection_time();
    return value ? std::to_string(value->count()) : "";
  };
  for (const std::string_view chunk : {stream.substr(0, cut), stream.substr(cut), more}) {
    parser.feed(chunk);
    sse::event e;
    for (auto s = parser.next(e); s != sse::parser::status::need_input; s = parser.next(e)) {
      if (s == sse::parser::status::comment) {
        // The other parser takes a space off.
        const bool has_space = e.data.substr(0, 1) == " ";
        seen.append("comment\x1C").append(e.data.substr(has_space)).append("\x1D");
      } else {
        seen.append(e.type).append(e.id ? "\x1C#" : "\x1C").append(e.id.value_or(""));
        seen.append("\x1C").append(e.data).append("\x1C").append(time()).append("\x1D");
      }
    }
  }
  return seen + time();
}

// All words of up to `most` letters. False if a cut makes a difference.
bool print_all(const letters& alphabet, std::size_t most) {
  std::vector<std::size_t> word;
  for (;;) {
    std::string stream;
    for (const std::size_t letter : word) stream += alphabet[letter];
    const std::string whole = answer(stream, 0, "");
    const std::string line = answer(stream, 0, ":\n"sv) + "\x1E";
    for (std::size_t cut = 1; cut < stream.size(); ++cut) {
      if (answer(stream, cut, "") == whole) continue;
      std::fprintf(stderr, "\"%s\" gives something else when it is cut at %zu\n",
                   printable(stream).c_str(), cut);
      return false;
    }
    for (const std::string& each : {stream + "\x1F", whole + "\x1F", line}) {
      std::fwrite(each.data(), 1, each.size(), stdout);
    }
    std::size_t place = 0;
    while (place < word.size() && ++word[place] == alphabet.size()) word[place++] = 0;
    if (place < word.size()) continue;
    if (word.size() == most) return true;
    word.push_back(0);
  }
}

}  // namespace

int main() {
  const bool same =
      print_all(tokens, 4) && print_all(few, 5) && print_all(bytes, 5) && print_all(lines, 4);
  return same ? 0 : 1;
}
