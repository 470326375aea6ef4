// SPDX-License-Identifier: MIT
// The time for a byte does not depend on how large the event is: an event of 64 MiB, in chunks of
// 64 bytes, takes at most 1.5 times as long for each byte as one of 64 KiB. It is measured for
// growing_parser, and for a parser whose 4 KiB of storage are drained.
#include <algorithm>
#include <chrono>
#include <cstdio>
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

// Nanoseconds a byte, the best of several runs over the same number of bytes.
template <class Receive>
double cost(Receive receive, std::size_t event_size) {
  double best = 1e9;
  for (int run = 0; run < 5; ++run) {
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t done = 0; done < large_event; done += event_size) {
      if (receive(event_size) != event_size) return -1;
    }
    const std::chrono::duration<double, std::nano> time = std::chrono::steady_clock::now() - start;
    best = std::min(best, time.count() / static_cast<double>(large_event));
  }
  return best;
}

template <class Receive>
bool is_linear(const char* name, Receive receive) {
  const double small = cost(receive, small_event);
  const double large = cost(receive, large_event);
  std::printf("%s: %.3f ns a byte at 64 KiB, %.3f at 64 MiB, ratio %.2f\n", name, small, large,
              large / small);
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
  const bool grows = is_linear("growing_parser", grow);
  const bool drains = is_linear("drain", drain);
  return grows && drains ? 0 : 1;
}
