// SPDX-License-Identifier: MIT
// What one follower of the soak may receive: exactly the events behind the one that it named, or
// it is told of its gap, and each gap is as long as is said and is none that need not be.
#ifndef SSEWIRE_BENCH_RECEIVED_HPP
#define SSEWIRE_BENCH_RECEIVED_HPP

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "published.hpp"

/// What was seen of all followers.
struct tally {
  std::uint64_t bytes = 0, events = 0, heartbeats = 0;
  std::uint64_t evicted = 0, unknown = 0, overtaken = 0, missed = 0;  // gaps, and events in them
};

class received {
 public:
  /// What the follower said of the past, and what that must lead to.
  enum class claim : unsigned char { nothing, own, unknown };

  received() = default;
  received(claim what, std::uint64_t last, const published& all)
      : claim_(what),
        next_(what == claim::own ? last + 1 : 0),
        least_(what == claim::nothing ? all.at_least() + 1 : all.first_if_none_came()) {}

  /// The stream's head has come: what is published from now on is not left out.
  void answered(const published& all) { most_ = all.at_most() + 1; }

  /// Bytes of the stream's body. Returns what is wrong with them, or null.
  const char* take(std::string_view bytes, published& all, tally& seen) {
    seen.bytes += bytes.size();
    while (!bytes.empty()) {
      if (at_ == 0) {
        block_ += bytes.front();
        bytes.remove_prefix(1);
        if (const char* const wrong = begin(all, seen)) return wrong;
        continue;
      }
      const std::string_view due = all.wire(next_).substr(at_);
      const std::size_t size = std::min(due.size(), bytes.size());
      if (bytes.substr(0, size) != due.substr(0, size)) return "a byte of an event is another one";
      bytes.remove_prefix(size);
      pass(size, all, seen);
    }
    return nullptr;
  }

  /// The last event that came, as a client remembers it; 0 if there was none.
  std::uint64_t last() const { return next_ == 0 ? 0 : next_ - 1; }
  bool is_within_event() const { return at_ != 0; }
  bool is_within_block() const { return at_ != 0 || !block_.empty(); }

  /// Half of an event came, and the rest has gone. Then the server has to close the stream.
  bool is_cut(const published& all) const { return at_ != 0 && next_ < all.first_if_all_came(); }

  /// Nothing is left to come.
  bool has_all(const published& all) const {
    return !is_within_block() && next_ == all.at_most() + 1;
  }

 private:
  using text = std::string_view;
  static constexpr text gap = "event: gap\n";

  static bool begins(text a, text b) { return a.substr(0, b.size()) == b; }

  /// Reads a number up to `end`; 0 if there is something else.
  static std::uint64_t number(text from, text end) {
    std::uint64_t value = 0;
    const auto [rest, error] = std::from_chars(from.data(), from.data() + from.size(), value);
    const auto size = static_cast<std::size_t>(rest - from.data());
    return error == std::errc() && begins(from.substr(size), end) ? value : 0;
  }

  /// Behind an event stands another one, a heartbeat or a gap: which, its first bytes tell.
  const char* begin(published& all, tally& seen) {
    if (block_[0] == ':') {
      if (block_ != text(":\n\n").substr(0, block_.size())) return "this is no heartbeat";
      if (block_.size() != 3) return nullptr;
      ++seen.heartbeats;
      block_.clear();
      return nullptr;
    }
    if (begins(gap, block_)) return nullptr;  // not told yet
    if (begins(block_, gap)) return block_.back() == '\n' ? jump(all, seen) : nullptr;
    if (next_ == 0) {
      if (claim_ == claim::unknown) return "it was not told that its ID is unknown";
      if (block_.back() != '\n') return nullptr;
      const std::size_t id = block_.find("id: " + all.prefix);
      if (id == block_.npos) return begins(block_, "event: ") ? nullptr : "an event has no ID";
      next_ = number(text(block_).substr(id + 4 + all.prefix.size()), "\n");
      if (next_ < least_ || next_ > most_) return "it begins with another event";
    }
    if (next_ > all.at_most()) return "an event was never published";
    if (!begins(all.wire(next_), block_)) return "the next event is another one";
    const std::size_t size = block_.size();
    block_.clear();
    pass(size, all, seen);
    return nullptr;
  }

  void pass(std::size_t size, published& all, tally& seen) {
    at_ += size;
    if (at_ != all.wire(next_).size()) return;
    ++seen.events;
    ++next_;
    at_ = 0;
    has_begun_ = true;
  }

  /// A line of a gap has come.
  const char* jump(const published& all, tally& seen) {
    if (block_.size() < gap.size() + 2 || block_[block_.size() - 2] != '\n') return nullptr;
    const std::string id = "id: " + all.prefix;
    text rest = text(block_).substr(gap.size());
    if (!begins(rest, id)) return "a gap has no ID";
    rest.remove_prefix(id.size());
    const std::uint64_t behind = number(rest, "\ndata: ") + 1;
    rest.remove_prefix(rest.find("data: ") + 6);
    if (behind > all.first_if_all_came()) return "what is there was left out";
    if (claim_ == claim::unknown) {
      if (rest != "unknown\n\n") return "it is said how much is missed of what is not known";
      if (behind < least_) return "it begins with what is gone";
      ++seen.unknown;
    } else {
      const std::uint64_t missed = number(rest, "\n\n");
      if (missed == 0 || next_ == 0 || next_ + missed != behind) return "a gap is another one";
      seen.missed += missed;
      ++(has_begun_ ? seen.overtaken : seen.evicted);
    }
    next_ = behind;
    claim_ = claim::own;
    block_.clear();
    return nullptr;
  }

  claim claim_ = claim::nothing;
  std::uint64_t next_ = 0;  // the number of the event that is due; 0 if that is not known
  std::uint64_t least_ = 0, most_ = 0;  // with what it may begin, if that is not known
  std::size_t at_ = 0;                  // bytes of it that came
  bool has_begun_ = false;              // an event came
  std::string block_ = {};  // what came between two events, until it is known what it is
};

#endif
