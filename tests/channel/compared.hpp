// SPDX-License-Identifier: MIT
// A channel beside its model, in memory whose surroundings are watched, and a follower of both.
// What differs ends the program, and says where.
#ifndef SSEWIRE_TESTS_CHANNEL_COMPARED_HPP
#define SSEWIRE_TESTS_CHANNEL_COMPARED_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <sse/channel.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "channel/model.hpp"
#include "support/printable.hpp"

namespace channel_model {

struct piece {
  const char* begin;
  std::size_t size;
};

struct follower {
  place where;
  sse::cursor at;
  wanted_topics wants;
  bool is_cut = false;
};

// A follower with the same place is another one if the channel tells its cursor from that one's.
inline bool operator==(const follower& a, const follower& b) {
  return a.where == b.where && a.at == b.at && a.wants.mask == b.wants.mask && a.is_cut == b.is_cut;
}

class compared {
 public:
  static constexpr std::size_t most_bytes = 512;
  static constexpr std::size_t most_entries = 32;
  static constexpr std::size_t most_pieces = 8;

  // What a channel consists of: it cannot be copied, since both would write to one memory, but here
  // the memory is put back with it.
  struct state {
    alignas(sse::channel) unsigned char channel[sizeof(sse::channel)];
    std::vector<char> bytes;
    std::vector<sse::channel::entry> entries;
  };

  // Memory for a channel in place of what is here, which is watched: for whom there must be room.
  struct lent {
    char* bytes = nullptr;
    sse::channel::entry* entries = nullptr;
  };

  explicit compared(const settings& how) : compared(how, {}) {}
  compared(const settings& how, const lent& memory) : model_(how) {
    std::memset(memory_, canary, sizeof memory_);
    if (memory.bytes != nullptr) bytes_ = memory.bytes;
    if (memory.entries != nullptr) entries_ = memory.entries;
    const sse::storage bytes(bytes_, how.bytes);
    const sse::channel::entries entries(entries_, how.entries);
    if (how.is_numbered) {
      channel_ = new (object_) sse::channel(bytes, entries, how.epoch, how.first);
    } else {
      channel_ = new (object_) sse::channel(bytes, entries);
    }
  }
  compared(const compared&) = delete;
  compared& operator=(const compared&) = delete;

  const model& expected() const { return model_; }
  void call(const char* what) { calls_.push_back(what); }
  void take_call_back() { calls_.pop_back(); }

  void save(state& to) const {
    std::memcpy(to.channel, object_, sizeof object_);
    to.bytes.assign(bytes_, bytes_ + model_.how().bytes);
    to.entries.assign(entries_, entries_ + model_.how().entries);
  }
  void restore(const state& from) {
    std::memcpy(object_, from.channel, sizeof object_);
    std::copy(from.bytes.begin(), from.bytes.end(), bytes_);
    std::copy(from.entries.begin(), from.entries.end(), entries_);
  }
  void unpublish(ordinal oldest) { model_.unpublish(oldest); }

  // ---- Who publishes

  bool publish(const sse::event& e, std::uint64_t topic) {
    const status expected = model_.publish(e, topic);
    if (channel_->publish(e, topic) != expected) differ("status of publish");
    if (channel_->count() != model_.end() - model_.oldest()) differ("count");
    const auto is_canary = [](char c) { return c == canary; };
    const std::size_t used = bytes_ == memory_ + margin ? model_.how().bytes : 0;
    if (!std::all_of(memory_, memory_ + margin, is_canary) ||
        !std::all_of(memory_ + margin + used, memory_ + margin + used + margin, is_canary)) {
      differ("a byte outside of the memory is touched");
    }
    return expected == status::ok;
  }

  // ---- Who follows

  follower oldest(const wanted_topics& wants) const {
    return {{model_.oldest(), 0}, channel_->oldest(), wants};
  }
  follower newest(const wanted_topics& wants) const {
    return {{model_.end(), 0}, channel_->newest(), wants};
  }

  follower resume(std::string_view id, const wanted_topics& wants) const {
    const sse::resumed seen = channel_->resume(id);
    follower it = {{}, seen.where, wants};
    std::uint64_t missed = 0;
    const auto differs = [&](const char* what) {
      differ(what + (" of resume(\"" + printable(id) + "\")"));
    };
    if (seen.kind != model_.resume(id, it.where, missed)) differs("kind");
    if (seen.count != model_.end() - it.where.next) differs("count");
    if (seen.missed != missed) differs("missed");
    if (seen.where != (it.where.next == model_.end() ? channel_->newest() : seen.where)) {
      differs("place");
    }
    if (it.where.next == model_.oldest() && seen.where != channel_->oldest()) differs("place");
    return it;
  }

  // How many bytes there are to send.
  std::size_t read(follower& it, std::size_t capacity) {
    std::uint64_t missed = 0;
    const auto expected = model_.read(it.where, it.wants, expected_, missed);
    const sse::cursor same = it.at;
    const sse::reading seen = read_channel(it.at, pieces_, capacity, it.wants);
    if (seen.kind != expected) differ(it, "kind of reading");
    if (seen.missed != missed) differ(it, "missed");
    it.is_cut = expected == sse::reading::cut;
    if (it.is_cut && it.at != same) differ(it, "a cursor that is cut moves");
    if (seen.count > capacity) differ(it, "more pieces than there is room for");
    check_pieces(it, seen, capacity);
    if (it.at.is_within_event() != (it.where.sent != 0)) differ(it, "is_within_event");
    if (!it.is_cut) check_repeatable(it, seen, capacity);
    check_sent_nothing(it);
    return seen.bytes;
  }

  // Appends the first bytes of what was read last.
  void take(std::size_t bytes, std::string& to) const {
    for (const piece* each = pieces_; bytes != 0; ++each) {
      const std::size_t size = std::min(bytes, each->size);
      to.append(each->begin, size);
      bytes -= size;
    }
  }

  void sent(follower& it, std::size_t bytes) const {
    model_.sent(it.where, bytes, it.wants);
    if (wants_all(it)) {
      channel_->sent(it.at, bytes);
    } else {
      channel_->sent(it.at, bytes, it.wants);
    }
    if (it.at.is_within_event() != (it.where.sent != 0)) differ(it, "is_within_event");
  }

  void skip(follower& it) const {
    model_.skip(it.where, it.wants);
    if (wants_all(it)) {
      channel_->skip(it.at);
    } else {
      channel_->skip(it.at, it.wants);
    }
    if (it.at.is_within_event() != (it.where.sent != 0)) differ(it, "is_within_event");
  }

  void check_last_event_id(const follower& it) const {
    const std::string expected = model_.last_event_id(it.where);
    for (std::size_t size : {std::size_t{64}, expected.size(), expected.size() - 1}) {
      if (size == std::size_t(-1)) continue;
      char memory[64 + 1];
      std::memset(memory, canary, sizeof memory);
      const std::string_view seen = channel_->last_event_id(it.at, {memory, size});
      if (seen != (size < expected.size() ? "" : expected)) {
        differ(it, "last_event_id \"" + printable(seen) + "\"");
      }
      if (memory[size] != canary) differ(it, "last_event_id writes too far");
      if (!seen.empty() && seen.data() != memory) differ(it, "last_event_id is elsewhere");
    }
  }

  [[noreturn]] void differ(const std::string& what) const {
    const settings& how = model_.how();
    std::printf("%s differs\n  %zu bytes, %zu entries, ", what.c_str(), how.bytes, how.entries);
    if (how.is_numbered) {
      std::printf("from %s on\n", model_.own_id(0).c_str());
    } else {
      std::printf("the publisher's IDs\n");
    }
    const std::size_t shown = std::min<std::size_t>(calls_.size(), 40);
    for (std::size_t i = calls_.size() - shown; i < calls_.size(); ++i) {
      std::printf("  %s\n", calls_[i]);
    }
    std::printf("  of %llu events %llu are gone\n", static_cast<unsigned long long>(model_.end()),
                static_cast<unsigned long long>(model_.oldest()));
    std::exit(1);
  }
  [[noreturn]] void differ(const follower& it, const std::string& what) const {
    char where[120];
    std::snprintf(where, sizeof where, " (at event %llu, byte %zu, topics %llx)",
                  static_cast<unsigned long long>(it.where.next), it.where.sent,
                  static_cast<unsigned long long>(it.wants.mask));
    differ(what + where);
  }

 private:
  static constexpr char canary = '\x5A';
  static constexpr std::size_t margin = 16;

  static bool wants_all(const follower& it) { return ~it.wants.mask == 0; }

  sse::reading read_channel(sse::cursor& at, piece* pieces, std::size_t capacity,
                            const wanted_topics& wants) const {
    return ~wants.mask == 0 ? channel_->read(at, pieces, capacity)
                            : channel_->read(at, pieces, capacity, wants);
  }

  // Together they are what is expected, or its beginning if there is no room for all. None is
  // empty, and two that touch would be one.
  void check_pieces(const follower& it, const sse::reading& seen, std::size_t capacity) const {
    const char* const begin = bytes_;
    const char* const end = begin + model_.how().bytes;
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < seen.count; ++i) {
      const piece& each = pieces_[i];
      if (each.size == 0) differ(it, "a piece is empty");
      if (each.begin < begin || each.begin + each.size > end) differ(it, "a piece is elsewhere");
      if (i != 0 && each.begin == pieces_[i - 1].begin + pieces_[i - 1].size) {
        differ(it, "two pieces touch");
      }
      if (bytes + each.size > expected_.size() ||
          std::memcmp(each.begin, expected_.data() + bytes, each.size) != 0) {
        differ(it, "what is read");
      }
      bytes += each.size;
    }
    if (seen.bytes != bytes) differ(it, "bytes");
    const bool is_all = bytes == expected_.size();
    if (!is_all && seen.count < capacity) differ(it, "too little is read");
    if (wants_all(it) && capacity >= 2 && !is_all) differ(it, "two pieces are not enough");
  }

  void check_sent_nothing(const follower& it) const {
    follower same = it;
    sent(same, 0);
    if (!(same == it)) differ(it, "to send nothing moves the cursor");
  }

  // To read again gives the same, and with less room the first of the same pieces.
  void check_repeatable(const follower& it, const sse::reading& seen, std::size_t capacity) const {
    if (seen.kind != sse::reading::ok) return;
    const std::size_t less = capacity > 1 ? capacity / 2 : capacity;
    piece again[most_pieces] = {};
    sse::cursor at = it.at;
    const sse::reading other = read_channel(at, again, less, it.wants);
    if (at != it.at) differ(it, "to read again moves the cursor");
    if (other.kind != seen.kind || other.missed != 0 || other.count != std::min(less, seen.count)) {
      differ(it, "a second reading");
    }
    for (std::size_t i = 0; i < other.count; ++i) {
      if (again[i].begin != pieces_[i].begin || again[i].size != pieces_[i].size) {
        differ(it, "a piece of a second reading");
      }
    }
  }

  model model_;
  sse::channel* channel_;
  alignas(sse::channel) unsigned char object_[sizeof(sse::channel)];
  char memory_[margin + most_bytes + margin];
  sse::channel::entry places_[most_entries];
  char* bytes_ = memory_ + margin;
  sse::channel::entry* entries_ = places_;
  std::string expected_;
  piece pieces_[most_pieces] = {};
  std::vector<const char*> calls_;
};

}  // namespace channel_model

#endif
