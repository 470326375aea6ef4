// SPDX-License-Identifier: MIT
// A channel in blocks of exactly the size that is lent, and what a follower reads there.
#ifndef SSEWIRE_TESTS_SUPPORT_FOLLOWED_HPP
#define SSEWIRE_TESTS_SUPPORT_FOLLOWED_HPP

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <sse/channel.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace following {

using status = sse::channel::status;

// Who wants one topic.
struct only {
  std::uint64_t topic;
  constexpr bool operator()(std::uint64_t other) const noexcept { return topic == other; }
};

struct lent {
  lent(std::size_t byte_count, std::size_t entry_count)
      : bytes(byte_count), entries(entry_count), channel(bytes, entries) {}
  lent(std::size_t byte_count, std::size_t entry_count, std::uint64_t epoch)
      : bytes(byte_count), entries(entry_count), channel(bytes, entries, epoch) {}
  lent(std::size_t byte_count, std::size_t entry_count, std::uint64_t epoch, std::uint64_t first)
      : bytes(byte_count), entries(entry_count), channel(bytes, entries, epoch, first) {}

  void publish(const sse::event& e) { REQUIRE(channel.publish(e) == status::ok); }
  void publish(const sse::event& e, std::uint64_t topic) {
    REQUIRE(channel.publish(e, topic) == status::ok);
  }

  std::vector<char> bytes;
  std::vector<sse::channel::entry> entries;
  sse::channel channel;
};

// The pieces, with a bar between them; or what else there is to be said.
template <class... Wants>
std::string read(const sse::channel& channel, sse::cursor& at, std::size_t capacity = 8,
                 const Wants&... wants) {
  std::vector<std::string_view> pieces(capacity);
  const sse::reading next = channel.read(at, pieces.data(), capacity, wants...);
  std::string told;
  std::size_t bytes = 0;
  REQUIRE(next.count <= capacity);
  for (std::size_t i = 0; i < next.count; ++i) {
    told += (i != 0 ? "|" : "") + std::string(pieces[i]);
    bytes += pieces[i].size();
  }
  CHECK(next.bytes == bytes);
  if (next.kind == sse::reading::ok) {
    CHECK(next.missed == 0);
    return told;
  }
  CHECK(next.count == 0);
  if (next.kind == sse::reading::cut) {
    CHECK(next.missed == 0);
    return "cut";
  }
  return "overtaken, " + std::to_string(next.missed) + " missed";
}

// The same without the bars, and all of it is sent.
template <class... Wants>
std::string take(const sse::channel& channel, sse::cursor& at, const Wants&... wants) {
  std::string pieces = read(channel, at, 100, wants...);
  std::string whole;
  for (const char c : pieces) {
    if (c != '|') whole += c;
  }
  if (pieces != "cut" && pieces.find("overtaken") == pieces.npos) {
    channel.sent(at, whole.size(), wants...);
  }
  return whole;
}

inline std::string id_at(const sse::channel& channel, const sse::cursor& at,
                         std::size_t capacity = 37) {
  std::vector<char> memory(capacity);
  return std::string(channel.last_event_id(at, memory));
}

// What a client is told that comes back with an ID.
inline std::string resume(const sse::channel& channel, std::string_view id) {
  const sse::resumed found = channel.resume(id);
  const std::string count = std::to_string(found.count);
  if (found.kind != sse::resumed::evicted) CHECK(found.missed == 0);
  switch (found.kind) {
    case sse::resumed::live:
      CHECK(found.where == channel.newest());
      CHECK(found.count == 0);
      return "live";
    case sse::resumed::replay: return "replay " + count;
    case sse::resumed::evicted:
      CHECK(found.where == channel.oldest());
      return "evicted " + std::to_string(found.missed) + ", replay " + count;
    case sse::resumed::unknown: CHECK(found.where == channel.oldest()); break;
  }
  return "unknown, replay " + count;
}

}  // namespace following

#endif
