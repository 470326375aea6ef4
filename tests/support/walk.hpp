// SPDX-License-Identifier: MIT
// What a parser says of a chunk, as one text.
#ifndef SSEWIRE_TESTS_SUPPORT_WALK_HPP
#define SSEWIRE_TESTS_SUPPORT_WALK_HPP

#include <cstddef>
#include <sse/parser.hpp>
#include <string>
#include <string_view>
#include <vector>

// What was handed out: an event as "type#ID:data;", anything else with its status for the type.
inline std::string told(sse::parser::status status, const sse::event& e) {
  using kind = sse::parser::status;
  std::string seen;
  switch (status) {
    case kind::need_input: return seen;
    case kind::storage_full: return "full;";
    case kind::report_full: return "report full;";
    case kind::event: break;
    case kind::skipped: seen = "skipped"; break;
    case kind::comment: seen = "comment"; break;
    case kind::ignored_line: seen = "ignored"; break;
    case kind::no_data: seen = "no data "; break;
  }
  seen += e.type;
  if (e.id) seen += "#" + std::string(*e.id);
  return seen + ":" + std::string(e.data) + ";";
}

// What `step` gives until need_input.
template <class Step>
std::string walk(Step step) {
  std::string seen;
  sse::event e;
  for (sse::parser::status s = step(e); s != sse::parser::status::need_input; s = step(e)) {
    seen += told(s, e);
  }
  return seen;
}

// One more chunk: a block of exactly its size, which is gone after.
template <class Parser>
std::string feed(Parser& parser, std::string_view text) {
  const std::vector<char> chunk(text.begin(), text.end());
  parser.feed({chunk.data(), chunk.size()});
  return walk([&parser](sse::event& e) { return parser.next(e); });
}

template <class Parser>
std::string feed_cut(Parser& parser, std::string_view text, std::size_t cut) {
  const std::string seen = feed(parser, text.substr(0, cut));
  return seen + feed(parser, text.substr(cut));
}

#endif
