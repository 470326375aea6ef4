// SPDX-License-Identifier: MIT
// What a parser says of a chunk, as one text.
#ifndef SSEWIRE_TESTS_SUPPORT_WALK_HPP
#define SSEWIRE_TESTS_SUPPORT_WALK_HPP

#include <cstddef>
#include <sse/parser.hpp>
#include <string>
#include <string_view>
#include <vector>

// What `step` gives until need_input: each event as "type#ID:data;", storage_full as "full;".
template <class Step>
std::string walk(Step step) {
  std::string seen;
  sse::event e;
  for (sse::parser::status s = step(e); s != sse::parser::status::need_input; s = step(e)) {
    if (s == sse::parser::status::storage_full) {
      seen += "full;";
      continue;
    }
    seen += s == sse::parser::status::comment ? std::string("comment") : std::string(e.type);
    if (e.id) seen += "#" + std::string(*e.id);
    seen += ":" + std::string(e.data) + ";";
  }
  return seen;
}

// One more chunk: a block of exactly its size, which is gone after.
inline std::string feed(sse::parser& parser, std::string_view text) {
  const std::vector<char> chunk(text.begin(), text.end());
  parser.feed({chunk.data(), chunk.size()});
  return walk([&parser](sse::event& e) { return parser.next(e); });
}

inline std::string feed_cut(sse::parser& parser, std::string_view text, std::size_t cut) {
  const std::string seen = feed(parser, text.substr(0, cut));
  return seen + feed(parser, text.substr(cut));
}

#endif
