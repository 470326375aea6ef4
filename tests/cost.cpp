// SPDX-License-Identifier: MIT
// The time for a byte does not depend on how large the event is: an event of 64 MiB, in chunks of
// 64 bytes, takes at most 1.5 times as long for each byte as one of 64 KiB. It is measured for
// growing_parser, and for a parser whose 4 KiB of storage are drained. Nor does it depend on how
// large a chunk is, whatever lines fill it.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <sse/growing_parser.hpp>
#include <string>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace {

constexpr std::size_t small_event = std::size_t{64} << 10;
constexpr std::size_t large_event = std::size_t{64} << 20;
constexpr std::size_t chunk_size = 64;

template <class OnStatus, class Parser>
void feed(Parser& parser, std::string_view chunk, OnStatus on_status) {
  parser.feed(chunk);
  sse::event e;
  for (;;) {
    const auto status = parser.next(e);
    if (status == sse::parser::status::need_input) return;
    on_status(status, e);
  }
}

template <class Parser, class OnStatus>
void feed_event(Parser& parser, std::size_t size, OnStatus on_status) {
  static const std::string chunk(chunk_size, 'x');
  feed(parser, "data: ", on_status);
  for (std::size_t fed = 0; fed < size; fed += chunk_size) feed(parser, chunk, on_status);
  feed(parser, "\n\n", on_status);
}

// The bytes of data received.
std::size_t grow(std::size_t size) {
  sse::growing_parser parser(std::size_t{256} << 20);
  std::size_t received = 0;
  feed_event(parser, size,
             [&](sse::parser::status, const sse::event& e) { received += e.data.size(); });
  return received;
}

std::size_t drain(std::size_t size) {
  char storage[4096];
  sse::parser parser(storage);
  std::size_t received = 0;
  feed_event(parser, size, [&](sse::parser::status status, const sse::event& e) {
    const bool full = status == sse::parser::status::storage_full;
    received += full ? parser.drain().size() : e.data.size();
  });
  return received;
}

// A flood of one kind of line, all in one chunk.
struct flood {
  const char* name;
  const char* line;
  bool comments;

  std::size_t operator()(std::size_t size) const {
    std::string chunk;
    while (chunk.size() < size) chunk += line;
    chunk.resize(size);
    char storage[4096];
    sse::parser parser(storage);
    parser.report(comments ? sse::report::comments : sse::report::nothing);
    feed(parser, chunk, [](sse::parser::status, const sse::event&) {});
    return static_cast<std::size_t>(parser.offset());
  }
};

// Nanoseconds a byte, the best of several runs over the same number of bytes. It is the processor's
// time, in which others do not run.
template <class Receive>
double cost(Receive receive, std::size_t event_size, std::size_t total) {
  double best = 1e9;
  for (int run = 0; run < 5; ++run) {
    const std::clock_t start = std::clock();
    for (std::size_t done = 0; done < total; done += event_size) {
      if (receive(event_size) != event_size) return -1;
    }
    const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    best = std::min(best, 1e9 * seconds / static_cast<double>(total));
  }
  return best;
}

template <class Receive>
bool is_linear(const char* name, Receive receive, std::size_t small_size, std::size_t large_size) {
  double small = cost(receive, small_size, large_size);
  double large = cost(receive, large_size, large_size);
  // Whatever else the machine does can only add to a time: where it may have, look again.
  for (int again = 0; again < 20 && large > 1.5 * small; ++again) {
    small = std::min(small, cost(receive, small_size, large_size));
    large = std::min(large, cost(receive, large_size, large_size));
  }
  std::printf("%s: %.3f ns a byte at %zu KiB, %.3f at %zu, ratio %.2f\n", name, small,
              small_size >> 10, large, large_size >> 10, large / small);
  return small > 0 && large > 0 && large <= 1.5 * small;
}

}  // namespace

int main() {
#if defined(__GLIBC__)
  // Freed memory stays with the process. Else each large event would come into fresh pages, and
  // what is measured would be the time the kernel takes to provide them.
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_TOP_PAD, 1 << 29);
#endif
  bool linear = is_linear("growing_parser", grow, small_event, large_event);
  linear &= is_linear("drain", drain, small_event, large_event);
  // Both are more than fits the storage, so that as much of both is skipped.
  constexpr std::size_t small_chunk = std::size_t{256} << 10;
  constexpr std::size_t large_chunk = std::size_t{2} << 20;
  for (const bool comments : {false, true}) {
    for (const flood& each : {flood{"comments", ":\n", comments},
                              {"comments with text", ": comment\r\n", comments},
                              {"blank lines", "\n", comments},
                              {"unknown fields", "x\n", comments},
                              {"lines of data", "data\n", comments},
                              {"events", "data:x\n\n", comments},
                              {"types", "event:x\n", comments},
                              {"IDs", "id:1\n", comments},
                              {"IDs and types", "id:22\nevent:x\nid:1\n", comments},
                              {"retry", "retry:1\n", comments},
                              {"data and comments", "data:x\n:\n", comments}}) {
      linear &= is_linear(each.name, each, small_chunk, large_chunk);
    }
  }
  return linear ? 0 : 1;
}
