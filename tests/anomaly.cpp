// SPDX-License-Identifier: MIT
// After every byte of a stream, and after every status, the caller does something else than to go
// on: and then goes on. What comes is what the oracle says, as if nothing had been. And each
// allocation of a growing parser fails once.
//
//   anomaly tiny|full
#include <algorithm>
#include <cstdio>
#include <iterator>
#include <new>
#include <sse/growing_parser.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "support/acts.hpp"
#include "support/oracle.hpp"
#include "support/printable.hpp"
#include "support/session.hpp"

namespace {

using namespace std::string_view_literals;

constexpr std::string_view streams[] = {
    "data:a\n\ndata:b\n\n"sv,
    "\xEF\xBB\xBF"
    "data:a\r\n\r\n\xEF\xBB\xBF:\n\n"sv,
    "data:a\r\n\xEF\xBB\xBF"
    "data:b\r\n\r\nid:c\r"sv,
    "id:1\nevent:x\ndata:ab\ndata\ndata:c\n\ndata\n\n"sv,
    "data:long\nid:22\nevent:yy\r\r\nid:333\n\ndata:z\n\n"sv,
    "event:w\rid:4\rid:55\revent\rdata: 6\r\rid\r\rdata:q\r\r"sv,
    "id:7\0\ndata:u\nid:8\nid:9\0\n\nid:a\0b\n\ndata:v\n\n"sv,
    "retry:12\nretry:1x\ndata:r\n\nretry:3\n:c\n\ndata:s\nretry:4"sv,
    "data:4\nretry:6\nid:7\n\nevent:8\nretry:9\n:\n\n"sv,
    ":one\n:two\ndata:k\n: three\nid:5\n:\ndata:l\n\n:f\r\n\r\n"sv,
    "x\ndatax:1\ndat\nid :1\n data:2\n\ndata:m\nevent:t\nevent:\n\nunknown:n"sv,
    "id:abcdef\n\nevent:types\ndata:1\nid:g\n\n"sv,
    "data\ndata\n\nid:b\n\nevent:e\n\ndata:\n\ndata:n\nid:c"sv,
};

struct setting {
  std::size_t capacity;
  unsigned way_on;
  sse::report reports;
  bool by_bytes;
};

std::vector<setting> settings(bool all) {
  using sse::report;
  if (!all) return {{4, 2, report::comments, false}, {4, 3, report::everything, false}};
  std::vector<setting> result;
  for (const std::size_t capacity : {0u, 4u, 9u, 64u}) {
    for (unsigned way_on = 0; way_on < std::size(ways_on); ++way_on) {
      if (capacity == 64 && way_on != 0) continue;  // never full
      for (const report reports : {report::nothing, report::everything}) {
        result.push_back({capacity, way_on, reports, false});
        result.push_back({capacity, way_on, reports, true});
      }
    }
  }
  return result;
}

struct totals {
  unsigned long long sessions = 0;
  unsigned long long differences = 0;

  bool add(const char* difference) {
    ++sessions;
    return difference != nullptr && ++differences <= 10;
  }
};

// An act in one of its ways.
struct deed {
  const act* what;
  unsigned way;
};
std::vector<deed> deeds() {
  std::vector<deed> all;
  for (const act& each : acts) {
    for (unsigned way = 0; way < each.ways; ++way) all.push_back({&each, way});
  }
  return all;
}
std::string described(const std::vector<deed>& all) {
  std::string text;
  for (const deed& each : all) {
    text += (text.empty() ? "" : ", then ") + std::string(each.what->name) + " (" +
            std::to_string(each.way) + ")";
  }
  return text;
}

void feed(session& s, std::size_t size, const setting& how) {
  const std::size_t step = how.by_bytes ? 1 : size;
  for (; size > 0 && s.difference() == nullptr; size -= std::min(size, step)) {
    s.feed(std::min(size, step));
    walk(s, how.way_on);
  }
}

// After `at` bytes.
const char* difference_after_byte(std::string_view stream, const setting& how, std::size_t at,
                                  const std::vector<deed>& all) {
  session s(stream, how.capacity);
  s.report(how.reports);
  feed(s, at, how);
  for (const deed& each : all) each.what->perform(s, each.way);
  feed(s, s.to_come(), how);
  walk(s, how.way_on, [&s] { return s.finish(); });
  return s.difference();
}

// After `at` statuses, if there are as many.
const char* difference_after_status(std::string_view stream, const setting& how, std::size_t at,
                                    const deed& what, bool& reached) {
  session s(stream, how.capacity);
  s.report(how.reports);
  for (unsigned attempts = 0; s.difference() == nullptr && (s.to_come() != 0 || !s.is_idle());) {
    if (s.is_idle()) s.feed(how.by_bytes ? 3 : s.to_come());
    const bool is_full = session::is_full(s.next());
    if (at > 0 && --at == 0) what.what->perform(s, what.way);
    attempts = is_full ? attempts + 1 : 0;
    if (is_full && !s.is_idle()) go_on(s, attempts > 3 ? 3 : how.way_on);
  }
  reached = at == 0;
  return s.difference();
}

void print(std::string_view stream, const setting& how, const char* after, std::size_t at,
           const std::vector<deed>& all, const char* difference) {
  std::printf("  \"%s\", capacity %zu, %s, reports %d, by bytes %d; after %zu %s: %s: %s\n",
              printable(stream).c_str(), how.capacity, ways_on[how.way_on],
              static_cast<int>(how.reports), how.by_bytes, at, after, described(all).c_str(),
              difference);
}

void interrupt(std::string_view stream, const setting& how, bool pairs, totals& sum) {
  const std::vector<deed> all = deeds();
  for (std::size_t at = 0; at <= stream.size(); ++at) {
    const auto run = [&](const std::vector<deed>& some) {
      const char* const difference = difference_after_byte(stream, how, at, some);
      if (sum.add(difference)) print(stream, how, "bytes", at, some, difference);
    };
    for (const deed& first : all) {
      run({first});
      if (!pairs) continue;
      for (const deed& second : all) run({first, second});
    }
  }
  for (const deed& each : all) {
    bool reached = true;
    for (std::size_t at = 1; reached; ++at) {
      const char* const difference = difference_after_status(stream, how, at, each, reached);
      if (sum.add(difference)) print(stream, how, "statuses", at, {each}, difference);
    }
  }
}

bool interrupt(bool full) {
  totals sum;
  for (const std::string_view stream : streams) {
    for (const setting& how : settings(full)) {
      const bool pairs = full && how.capacity == 9 && how.way_on == 2 && !how.by_bytes;
      interrupt(stream, how, pairs, sum);
    }
  }
  std::printf("%llu interruptions, %llu differences\n", sum.sessions, sum.differences);
  return sum.differences == 0;
}

// ---- Allocations that fail

int allocations_left;  // until one fails; none does when it is negative

template <class T>
struct failing_allocator : std::allocator<T> {
  using value_type = T;
  T* allocate(std::size_t size) {
    if (allocations_left >= 0 && allocations_left-- == 0) throw std::bad_alloc();
    return std::allocator<T>().allocate(size);
  }
};
using failing_parser = sse::basic_growing_parser<failing_allocator<char>>;

std::string text_of(const sse::event& e) {
  return std::string(e.type) + "#" + std::string(e.id.value_or("(none)")) + ":" +
         std::string(e.data) + ";";
}

// What the parser makes of a chunk, although an allocation may fail on the way; `in_range` says by
// which of the two ways.
std::string read(failing_parser& parser, std::string_view chunk, bool in_range) {
  std::string seen;
  if (!in_range) parser.feed(chunk);
  for (;;) {
    try {
      if (in_range) {
        for (const sse::event& e : parser.events(chunk)) seen += text_of(e);
        return seen;
      }
      sse::event e;
      while (parser.next(e) == failing_parser::status::event) seen += text_of(e);
      return seen;
    } catch (const std::bad_alloc&) {
      chunk = parser.unread();
    }
  }
}

bool fail_allocations() {
  unsigned long long failed = 0;
  unsigned long long differences = 0;
  const std::string filler(3000, 'f');
  for (const std::string_view each : streams) {
    const std::string stream = std::string(each) + "\ndata:" + filler + "\ndata:" + filler + "\n\n";
    std::string expected;
    for (const oracle::event& e : oracle::interpret(stream, "before").events) {
      expected += e.type + "#" + e.id.value_or("(none)") + ":" + e.data + ";";
    }
    for (const std::size_t size : {std::size_t{1}, std::size_t{7}, stream.size()}) {
      for (const bool in_range : {false, true}) {
        bool is_failing = true;
        for (int which = 0; is_failing; ++which) {
          allocations_left = which;
          failing_parser parser;
          try {
            while (!parser.set_last_event_id("before")) return false;
          } catch (const std::bad_alloc&) {
            if (!parser.last_event_id().empty()) ++differences;
            if (!parser.set_last_event_id("before")) return false;
          }
          std::string seen;
          for (std::size_t at = 0; at < stream.size(); at += size) {
            seen += read(parser, std::string_view(stream).substr(at, size), in_range);
          }
          is_failing = allocations_left < 0;
          failed += is_failing;
          if (seen == expected) continue;
          if (++differences <= 10) {
            std::printf("  \"%s...\" in chunks of %zu, allocation %d fails: \"%s\"\n",
                        printable(each).c_str(), size, which,
                        printable(seen).substr(0, 80).c_str());
          }
        }
      }
    }
  }
  std::printf("%llu failed allocations, %llu differences\n", failed, differences);
  return failed > 0 && differences == 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view size = argc == 2 ? argv[1] : "";
  if (size != "tiny" && size != "full") {
    std::fprintf(stderr, "usage: anomaly tiny|full\n");
    return 2;
  }
  const bool same = interrupt(size == "full");
  return fail_allocations() && same ? 0 : 1;
}
