// SPDX-License-Identifier: MIT
// What a stream gives, events and reports in the order of their ends: by the oracle, and by a
// parser that reads it in some chunks.
#ifndef SSEWIRE_TESTS_SUPPORT_REPORTED_HPP
#define SSEWIRE_TESTS_SUPPORT_REPORTED_HPP

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <sse/parser.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "support/oracle.hpp"
#include "support/walk.hpp"

namespace reported {

using status = sse::parser::status;

// One thing that is handed out. As text: what `told` gives, the type "message" told from none, and
// the `retry`.
struct item {
  std::string text;
  std::size_t end = 0;    // offset after the first byte of its line end
  std::size_t begin = 0;  // of an event, and of a block without data: where it begins
  status kind = status::event;
};

inline std::string told_in_full(status kind, const sse::event& e) {
  std::string text = told(kind, e);
  if (kind == status::storage_full || kind == status::report_full) return text;
  if (e.has_type()) text += "typed;";
  if (e.retry) text += "retry " + std::to_string(e.retry->count()) + ";";
  return text;
}
inline std::string told_in_full(status kind, const oracle::event& e) {
  std::string text = (kind == status::no_data ? "no data " : "") + e.type;
  if (e.id) text += "#" + *e.id;
  text += ":" + e.data + ";";
  if (e.has_type) text += "typed;";
  if (e.retry) text += "retry " + std::to_string(*e.retry) + ";";
  return text;
}

inline bool has(sse::report reports, sse::report one) {
  return (static_cast<unsigned>(reports) & static_cast<unsigned>(one)) != 0;
}

// What comes of all of the stream; `finished`: with what is unfinished.
inline std::vector<item> expected(std::string_view stream, sse::report reports,
                                  bool finished = false) {
  const oracle::result all = oracle::interpret(stream);
  std::vector<item> items;
  const auto add = [&items](status kind, const oracle::event& e) {
    items.push_back({told_in_full(kind, e), e.end, e.begin, kind});
  };
  for (const auto& e : all.events) add(status::event, e);
  if (has(reports, sse::report::no_data)) {
    for (const auto& e : all.blocks_without_data) add(status::no_data, e);
  }
  if (has(reports, sse::report::comments)) {
    for (const auto& c : all.comments) {
      items.push_back({"comment:" + c.text + ";", c.end, 0, status::comment});
    }
  }
  if (has(reports, sse::report::ignored_lines)) {
    for (const auto& l : all.ignored_lines) {
      items.push_back({"ignored:" + l.text + ";", l.end, 0, status::ignored_line});
    }
  }
  std::sort(items.begin(), items.end(), [](const item& a, const item& b) { return a.end < b.end; });
  if (finished && all.unfinished) add(status::event, *all.unfinished);
  if (finished && all.unfinished_block && has(reports, sse::report::no_data)) {
    add(status::no_data, *all.unfinished_block);
  }
  return items;
}

// Reads a stream in chunks, each a block of exactly its size. `take` is given each status, and what
// was handed out with it.
template <class Parser, class Take>
void read(Parser& parser, const std::vector<std::string_view>& chunks, Take take) {
  for (const std::string_view text : chunks) {
    const std::vector<char> chunk(text.begin(), text.end());
    parser.feed({chunk.data(), chunk.size()});
    sse::event e;
    for (status s = parser.next(e); s != status::need_input; s = parser.next(e)) take(s, e);
  }
}
template <class Parser, class Take>
void finish(Parser& parser, Take take) {
  sse::event e;
  for (status s = parser.finish(e); s != status::need_input; s = parser.finish(e)) take(s, e);
}

// In one piece, in two at each place, and byte by byte.
inline std::vector<std::vector<std::string_view>> cuts(std::string_view stream) {
  std::vector<std::string_view> bytes;
  for (std::size_t i = 0; i < stream.size(); ++i) bytes.push_back(stream.substr(i, 1));
  std::vector<std::vector<std::string_view>> all = {{stream}, bytes};
  for (std::size_t cut = 1; cut < stream.size(); ++cut) {
    all.push_back({stream.substr(0, cut), stream.substr(cut)});
  }
  return all;
}

// Streams with all that can be reported, short enough to be cut at every place.
inline const std::vector<std::string>& streams() {
  using namespace std::string_literals;
  static const std::vector<std::string> all = {
      ":x\n: x\n:\n::\n\n"s,
      "data:a\n:in it\ndata:b\n\n:d\n"s,
      "event: message\ndata: a\n\ndata: a\n\n"s,
      "error: {\"code\":400}\n\n"s,
      "event: error\nid: 1\n\ndata\n\n"s,
      "retry: 5000\n\nretry:7\ndata\n\n"s,
      "id: 7\n\nid:8\n\nid\n\n"s,
      "id:7\0\ndata:a\n\n"s,
      "id:12\nid:3456\0x\nid:7\ndata\n\n"s,
      "id:\0\n\nid: \0\n\n"s,
      "retry:x\nretry:1x\nretry\nretry:\n\n"s,
      "retry:1\nretry: \nretry:23 \ndata:a\n\n"s,
      "x\ndat\ndat:a\ndatas:1\n\nx\n\n"s,
      "even\ni\nidx:1\nr\nretr:1\ndata\n\n"s,
      "da\nev\nre\nretries\ne\nd:\n\n"s,
      "data\0:x\n\0\n\0data\ndata\n\n"s,
      "\xEF\xBB\xBF"
      "x\n\xEF\xBB\xBFy\ndata:a\n\n"s,
      "\xEF\n\xEF\xBB\ndata:a\n\n"s,
      "\xEF\xBB\n\n:c\n\n"s,
      "\xEF\xBBx\n\n"s,
      "data:a\r\n:c\r\nx:y\r\n\r\n:d\r\n\r\n"s,
      "x\r\r:c\rdata\r\rid:1\0\r\r"s,
      ":a\rx\r\ndata:b\n\r\nid:1\r\n\r"s,
      "event:tick\nx:1\nid:12\n:c\ndata:ab\ny\ndata:c\n\n"s,
      "event:t\nevent\n\nevent:u\nid:1\nretry:2\n:c\n\n"s,
      " \n\t\n data:a\n:\n\n\ndata: b\n \n\n"s,
      "data:a\n\ndata:b\nid:2"s,
      "id:1\nx\ndata:c\n:unfinished"s,
      "event:t\nid:5\nunknown"s,
      "data:abc\nretry:1"s,
      "data:abc\nid:1\0"s,
      "id:1\nretry:x"s,
  };
  return all;
}

inline constexpr sse::report masks[] = {sse::report::nothing,
                                        sse::report::comments,
                                        sse::report::ignored_lines,
                                        sse::report::no_data,
                                        sse::report::comments | sse::report::no_data,
                                        sse::report::everything};

// Reads each of the streams, whatever is asked for, at every cut, with and without `finish`: what
// comes is as many as are expected, and `check` is given each with what it should be.
template <class Check>
void read_in_all_ways(Check check) {
  for (const std::string& stream : streams()) {
    CAPTURE(stream);
    for (const sse::report reports : masks) {
      for (const bool finished : {false, true}) {
        const std::vector<item> wanted = expected(stream, reports, finished);
        for (const auto& chunks : cuts(stream)) {
          char storage[128];  // enough for all of them
          sse::parser parser(storage);
          parser.report(reports);
          std::size_t count = 0;
          const auto take = [&](status s, const sse::event& e) {
            REQUIRE(count < wanted.size());
            check(parser, s, e, wanted[count++]);
          };
          read(parser, chunks, take);
          if (finished) finish(parser, take);
          REQUIRE(count == wanted.size());
        }
      }
    }
  }
}

}  // namespace reported

#endif
