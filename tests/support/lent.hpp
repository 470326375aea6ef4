// SPDX-License-Identifier: MIT
// A parser with storage of exactly the size that is lent, and what chunks give through it.
#ifndef SSEWIRE_TESTS_SUPPORT_LENT_HPP
#define SSEWIRE_TESTS_SUPPORT_LENT_HPP

#include <doctest/doctest.h>

#include <cstddef>
#include <optional>
#include <ostream>
#include <sse/parser.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lending {

using status = sse::parser::status;
using chunks = std::vector<std::string_view>;

struct event {
  std::string data;
  std::string type = "message";
  std::optional<std::string> id = std::nullopt;
};
using events = std::vector<event>;

inline bool operator==(const event& a, const event& b) {
  return a.data == b.data && a.type == b.type && a.id == b.id;
}
inline std::ostream& operator<<(std::ostream& out, const events& all) {
  for (const event& e : all) {
    out << "{" << e.type << ": " << e.data << (e.id ? " (ID " + *e.id + ")" : "") << "} ";
  }
  return out;
}

// A parser and its storage, which is a block of exactly its size.
struct lent {
  explicit lent(std::size_t capacity) : storage(capacity) {}

  bool lend(std::size_t capacity) {
    std::vector<char> other(capacity);
    if (!parser.use_storage(other.data(), capacity)) return false;
    storage = std::move(other);  // what was lent before is gone
    return true;
  }

  std::vector<char> storage;
  sse::parser parser{storage.data(), storage.size()};
};

// The type of an event, or else what it is.
inline std::string kind_of(status s, const sse::event& e) {
  switch (s) {
    case status::skipped: return "(skipped)" + std::string(e.type);
    case status::comment: return "(comment)" + std::string(e.type);
    case status::ignored_line: return "(ignored)" + std::string(e.type);
    case status::no_data: return "(no data)" + std::string(e.type);
    default: return std::string(e.type);
  }
}

// What the chunks give if `go_on` is called whenever the storage is full, and then `next`. What is
// no event is told by its type. Each chunk is a block of exactly its size, and gone when it is
// read.
template <class GoOn>
events read(lent& to, const chunks& all, GoOn go_on) {
  events seen;
  int suspensions = 0;
  for (const std::string_view text : all) {
    const std::vector<char> chunk(text.begin(), text.end());
    to.parser.feed({chunk.data(), chunk.size()});
    sse::event e;
    for (status s = to.parser.next(e); s != status::need_input; s = to.parser.next(e)) {
      if (s == status::storage_full || s == status::report_full) {
        if (s == status::storage_full) CHECK(to.parser.kept() == to.storage.size());
        REQUIRE(++suspensions < 10000);
        go_on();
      } else {
        seen.push_back({std::string(e.data), kind_of(s, e),
                        e.id ? std::optional(std::string(*e.id)) : std::nullopt});
      }
    }
    REQUIRE(to.parser.unread().empty());
  }
  return seen;
}

constexpr auto skip = [] {};

// Whether the storage does not fill.
inline bool fits(lent& to, const chunks& all) {
  bool full = false;
  read(to, all, [&full] { full = true; });
  return !full;
}
inline bool fits(std::size_t capacity, const chunks& all) {
  lent to(capacity);
  return fits(to, all);
}

inline chunks bytes(std::string_view stream) {
  chunks all;
  for (std::size_t i = 0; i < stream.size(); ++i) all.push_back(stream.substr(i, 1));
  return all;
}

// All the ways to cut that the tests go through: none, in two at each place, and byte by byte.
inline std::vector<chunks> cuts(std::string_view stream) {
  std::vector<chunks> all = {{stream}, bytes(stream)};
  for (std::size_t cut = 1; cut < stream.size(); ++cut) {
    all.push_back({stream.substr(0, cut), stream.substr(cut)});
  }
  return all;
}

}  // namespace lending

#endif
