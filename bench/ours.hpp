// SPDX-License-Identifier: MIT
// The ways to use the parser, with one interface for all: run(text, chunk size, sink).
#ifndef SSEWIRE_BENCH_OURS_HPP
#define SSEWIRE_BENCH_OURS_HPP

#include <cstddef>
#include <sse/growing_parser.hpp>
#include <sse/parser.hpp>
#include <string_view>
#include <vector>

#include "corpora.hpp"

namespace bench {

template <class Parser, class Sink>
void take(const Parser& parser, const sse::event& e, Sink& sink) {
  sink.data(e.data);
  sink.end(Sink::wants_id_in_force ? parser.last_event_id() : e.id.value_or(std::string_view()),
           e.type);
}

template <class Parser, class Sink>
void run_next(Parser& parser, std::string_view text, std::size_t chunk, Sink& sink) {
  sse::event e;
  for_each_chunk(text, chunk, [&](std::string_view piece) {
    parser.feed(piece);
    while (parser.next(e) == Parser::status::event) take(parser, e, sink);
  });
}

/// sse::parser, with as much storage as the largest event needs.
class ours_next {
 public:
  template <class Sink>
  void run(std::string_view text, std::size_t chunk, Sink& sink) {
    run_next(parser_, text, chunk, sink);
  }

 private:
  std::vector<char> storage_ = std::vector<char>(2 * in_cache);
  sse::parser parser_{storage_.data(), storage_.size()};
};

/// The same, and the range that `events` returns.
class ours_events {
 public:
  template <class Sink>
  void run(std::string_view text, std::size_t chunk, Sink& sink) {
    for_each_chunk(text, chunk, [&](std::string_view piece) {
      for (const sse::event& e : parser_.events(piece)) take(parser_, e, sink);
    });
  }

 private:
  std::vector<char> storage_ = std::vector<char>(2 * in_cache);
  sse::parser parser_{storage_.data(), storage_.size()};
};

class ours_growing {
 public:
  template <class Sink>
  void run(std::string_view text, std::size_t chunk, Sink& sink) {
    run_next(parser_, text, chunk, sink);
  }

 private:
  sse::growing_parser parser_;
};

/// 4 KiB of storage, drained whenever they are full.
class ours_drain {
 public:
  template <class Sink>
  void run(std::string_view text, std::size_t chunk, Sink& sink) {
    using status = sse::parser::status;
    for_each_chunk(text, chunk, [&](std::string_view piece) {
      parser_.feed(piece);
      sse::event e;
      for (status s; (s = parser_.next(e)) != status::need_input;) {
        if (s == status::event) {
          take(parser_, e, sink);
        } else {
          sink.data(parser_.drain());
        }
      }
    });
  }

 private:
  char storage_[4096];
  sse::parser parser_{storage_};
};

}  // namespace bench

#endif
