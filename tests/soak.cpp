// SPDX-License-Identifier: MIT
// Lines that do not end, through small storage: the status is the right one, the memory of the
// process stays what it was, and the next event is intact.
//
//   soak MEBIBYTES [hoard]   of each; with "hoard" the chunks are kept, which must be noticed
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <sse/parser.hpp>
#include <string>
#include <string_view>
#include <vector>

#if __has_include(<sys/resource.h>)
#include <sys/resource.h>
#define SOAK_HAS_RESOURCE
#endif

namespace {

using status = sse::parser::status;

// What the process has had of memory at most, in KiB; 0 if the system does not tell.
long peak_memory() {
#if defined(SOAK_HAS_RESOURCE)
  rusage usage = {};
  if (getrusage(RUSAGE_SELF, &usage) != 0) return 0;
  return usage.ru_maxrss;
#else
  return 0;
#endif
}

struct line {
  const char* name;
  std::string_view begin;
  char filler;
  bool comments;
  bool drains;
  std::uint64_t full;  // how often the storage is, if it is not drained
  std::uint64_t skipped;
  std::int64_t reconnection_time;  // -1: none
};

constexpr line lines[] = {
    {"data, drained", "data:", 'x', false, true, 0, 0, -1},
    {"data, skipped", "data:", 'x', false, false, 1, 1, -1},
    {"comment", ":", 'x', false, false, 0, 0, -1},
    {"comment, reported", ":", 'x', true, false, 1, 0, -1},
    {"id", "data\nid:", 'x', false, false, 1, 1, -1},
    {"event", "data\nevent:", 'x', false, false, 1, 1, -1},
    {"unknown field", "unknown:", 'x', false, false, 0, 0, -1},
    {"field without a colon", "data", 'a', false, false, 0, 0, -1},
    {"retry digits", "retry:", '9', false, false, 0, 0, 3'153'600'000'000},
    {"retry zeros", "retry:", '0', false, false, 0, 0, 0},
};
constexpr std::size_t chunk_size = 1 << 16;
constexpr std::size_t capacity = 4096;

class soak {
 public:
  explicit soak(const line& line) : line_(line) {
    parser_.report(line.comments ? sse::report::comments : sse::report::nothing);
  }

  // What is wrong, or nullptr.
  const char* run(std::uint64_t chunks, bool hoards) {
    const std::string chunk(chunk_size, line_.filler);
    std::vector<std::string> hoard;
    feed("id:before\n\n");
    feed(line_.begin);
    for (std::uint64_t i = 0; i < chunks; ++i) {
      feed(chunk);
      if (hoards) hoard.push_back(chunk);
      if (parser_.kept() > capacity) return "more kept than lent";
      if (!line_.drains && full_ != line_.full) return "storage_full at another place";
    }
    if (parser_.offset() != 11 + line_.begin.size() + chunks * chunk_size) return "offset";
    if (!parser_.pending() && !(line_.begin == ":")) return "pending";
    feed("\n\n");
    if (line_.drains && data_ != chunks * chunk_size) return "not all data drained";
    if (events_ != line_.drains) return "events";
    if (skipped_ != line_.skipped) return "skipped";
    if (parser_.last_event_id() != "before") return "last event ID";
    const auto time = parser_.reconnection_time();
    if ((time ? time->count() : -1) != line_.reconnection_time) return "reconnection time";
    data_ = 0;
    feed("id:9\ndata:next\n\n");
    if (data_ != 4 || parser_.last_event_id() != "9") return "the next event";
    return parser_.kept() == 1 ? nullptr : "kept";
  }

 private:
  void feed(std::string_view chunk) {
    parser_.feed(chunk);
    sse::event e;
    for (status result = parser_.next(e); result != status::need_input; result = parser_.next(e)) {
      if (result == status::event) {
        ++events_;
        data_ += e.data.size();
      } else if (result == status::storage_full) {
        ++full_;
        if (line_.drains) data_ += parser_.drain().size();
      } else if (result == status::skipped) {
        ++skipped_;
      } else if (result == status::report_full && line_.comments) {
        ++full_;
      } else {
        std::puts("a comment that was given up");
        std::exit(1);
      }
    }
  }

  const line& line_;
  char storage_[capacity];
  sse::parser parser_{storage_};
  std::uint64_t full_ = 0;
  std::uint64_t skipped_ = 0;
  std::uint64_t data_ = 0;
  std::uint64_t events_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  const bool hoards = argc == 3 && argv[2] == std::string_view("hoard");
  const unsigned long size = argc >= 2 ? std::strtoul(argv[1], nullptr, 10) : 0;
  if (size == 0 || (argc == 3 && !hoards) || argc > 3) {
    std::fprintf(stderr, "usage: soak MEBIBYTES [hoard]\n");
    return 2;
  }
  const std::uint64_t chunks = (std::uint64_t{size} << 20) / chunk_size;
  long growth = 0;
  int count = 0;
  for (const line& each : lines) {
    soak(each).run(16, false);  // whatever is needed once
    const long before = peak_memory();
    const char* const wrong = soak(each).run(chunks, hoards);
    growth += peak_memory() - before;
    std::printf("%s: %s\n", each.name, wrong == nullptr ? "as it should be" : wrong);
    std::fflush(stdout);
    if (wrong != nullptr) return 1;
    ++count;
  }
  std::printf("%d endless lines, %lu MiB of each, ", count, size);
  if (peak_memory() == 0) {
    std::puts("skipped: memory, of which the system does not tell");
    return 0;
  }
  std::printf("%ld KiB more memory\n", growth);
  return growth < 1024 ? 0 : 1;
}
