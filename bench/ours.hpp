// SPDX-License-Identifier: MIT
// The ways to use the parser, with one interface for all: run(text, sizes of the chunks, sink).
//
// They are compiled in a unit of their own, as the rivals are: g++ stops inlining when it has made
// a unit larger by a share. In one with all the benchmarks it does that within the parser's loop,
// and `next` is at 0.95 of the speed that it has where a program uses it in a few places.
#ifndef SSEWIRE_BENCH_OURS_HPP
#define SSEWIRE_BENCH_OURS_HPP

#include <cstddef>
#include <sse/growing_parser.hpp>
#include <sse/parser.hpp>
#include <string_view>
#include <vector>

#include "corpora.hpp"

namespace bench {

/// sse::parser, with as much storage as the largest event needs.
class ours_next {
 public:
  template <class Sizes, class Sink>
  void run(std::string_view text, Sizes sizes, Sink& sink);

 private:
  std::vector<char> storage_ = std::vector<char>(2 * in_cache);
  sse::parser parser_{storage_.data(), storage_.size()};
};

/// The same, and the range that `events` returns.
class ours_events {
 public:
  template <class Sizes, class Sink>
  void run(std::string_view text, Sizes sizes, Sink& sink);

 private:
  std::vector<char> storage_ = std::vector<char>(2 * in_cache);
  sse::parser parser_{storage_.data(), storage_.size()};
};

class ours_growing {
 public:
  template <class Sizes, class Sink>
  void run(std::string_view text, Sizes sizes, Sink& sink);

 private:
  sse::growing_parser parser_;
};

/// 4 KiB of storage, drained whenever they are full.
class ours_drain {
 public:
  template <class Sizes, class Sink>
  void run(std::string_view text, Sizes sizes, Sink& sink);

 private:
  char storage_[4096];
  sse::parser parser_{storage_};
};

}  // namespace bench

#endif
