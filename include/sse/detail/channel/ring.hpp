// SPDX-License-Identifier: MIT
// What a channel keeps: encoded events, one behind another in a ring of bytes, and where they lie.
#ifndef SSEWIRE_DETAIL_RING_HPP
#define SSEWIRE_DETAIL_RING_HPP

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../../event.hpp"
#include "../bytes.hpp"
#include "../compiler.hpp"
#include "../writer/encode.hpp"
#include "stretch.hpp"

namespace sse::detail {

/// Where an event lies in the ring, and what a channel must know of it.
struct entry {
  std::size_t at = 0;
  std::size_t size = 0;
  std::uint64_t topic = 0;
  std::size_t id_at = 0;  // from the event's begin
  std::size_t id_size = 0;
  bool has_id = false;
};

/// How many bytes an event takes. (A function of its own, so that what it needs of the stack is
/// free again when the event is encoded.)
SSEWIRE_DETAIL_OUT_OF_LINE constexpr std::size_t size_of(const event& e) noexcept {
  size_sink sizes;
  encode_event(sizes, e);
  return sizes.size;
}

/// Events are numbered; `first` is the number of the oldest that is kept. Numbers go on behind the
/// greatest with 0, so only distances are compared.
class ring {
 public:
  constexpr ring(char* bytes, std::size_t capacity, entry* entries, std::size_t entry_count,
                 std::uint64_t first) noexcept
      : bytes_(bytes),
        capacity_(capacity),
        entries_(entries),
        entry_count_(entry_count),
        first_(first) {}

  constexpr std::uint64_t first() const noexcept { return first_; }
  constexpr std::uint64_t count() const noexcept { return count_; }
  /// The number of the next event.
  SSEWIRE_DETAIL_WRAPS constexpr std::uint64_t end() const noexcept { return first_ + count_; }
  constexpr bool can_hold(std::size_t size) const noexcept {
    return size <= capacity_ && entry_count_ != 0;
  }

  /// Encodes an event that it can hold, and evicts what has to make room for it.
  constexpr void push(const event& e, std::size_t size, std::uint64_t topic) noexcept {
    while (size > capacity_ - size_ || count_ == entry_count_) evict();
    entry& place = entries_[wrapped(first_entry_ + count_, entry_count_)];
    place.at = wrapped(begin_ + size_, capacity_);
    place.size = size;
    place.topic = topic;
    place.has_id = e.id.has_value();
    place.id_at = (e.has_type() ? sizeof "event: \n" - 1 + e.type.size() : 0) + sizeof "id: " - 1;
    place.id_size = e.id ? e.id->size() : 0;
    sink to{*this, place.at};
    encode_event(to, e);
    size_ += size;
    ++count_;
  }

  /// Of an event that it holds.
  SSEWIRE_DETAIL_WRAPS constexpr const entry& entry_of(std::uint64_t number) const noexcept {
    const std::uint64_t place = first_entry_ + (number - first_);
    return entries_[place < entry_count_ ? place : place - entry_count_];
  }

  /// How many bytes there are from a byte of an event that it holds to the end of the newest.
  constexpr std::size_t left_from(std::uint64_t number, std::size_t offset) const noexcept {
    return size_ - distance(entry_of(number).at) - offset;
  }

  /// Bytes from a place in an event that it holds, into the next ones if they are so many.
  constexpr stretch bytes_from(std::uint64_t number, std::size_t offset,
                               std::size_t size) const noexcept {
    const std::size_t at = wrapped(entry_of(number).at + offset, capacity_);
    const std::size_t before_end = capacity_ - at;
    if (size <= before_end) return {{bytes_ + at, size}, {}};
    return {{bytes_ + at, before_end}, {bytes_, size - before_end}};
  }

  /// Whether that is the ID of an event that it holds.
  constexpr bool has_id(std::uint64_t number, std::string_view id) const noexcept {
    const entry& place = entry_of(number);
    if (!place.has_id || place.id_size != id.size()) return false;
    const stretch found = bytes_from(number, place.id_at, place.id_size);
    return detail::first(id, found.first.size()) == found.first &&
           last(id, found.second.size()) == found.second;
  }

  /// The number of the event that holds the byte so far behind the oldest one's first.
  SSEWIRE_DETAIL_WRAPS constexpr std::uint64_t find(std::size_t bytes_behind_first) const noexcept {
    std::uint64_t low = 0, high = count_;
    while (high - low > 1) {
      const std::uint64_t middle = low + (high - low) / 2;
      if (distance(entry_of(first_ + middle).at) <= bytes_behind_first) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return first_ + low;
  }

  /// How far a place of the ring is behind the oldest event's first byte.
  constexpr std::size_t distance(std::size_t at) const noexcept {
    return at >= begin_ ? at - begin_ : capacity_ - begin_ + at;
  }

 private:
  /// Where encoded events go.
  struct sink {
    ring& to;
    std::size_t at;

    constexpr bool put(std::string_view text) noexcept {
      const std::string_view before_end = detail::first(text, to.capacity_ - at);
      copy_bytes(to.bytes_ + at, before_end.data(), before_end.size());
      at += before_end.size();
      text.remove_prefix(before_end.size());
      if (text.empty()) return true;
      copy_bytes(to.bytes_, text.data(), text.size());
      at = text.size();
      return true;
    }
    constexpr bool put_line(std::string_view line, const char*) noexcept { return put(line); }
  };

  /// Of a sum of two that are each not beyond the capacity.
  static constexpr std::size_t wrapped(std::size_t sum, std::size_t capacity) noexcept {
    return sum < capacity ? sum : sum - capacity;
  }

  SSEWIRE_DETAIL_WRAPS constexpr void evict() noexcept {
    const entry& oldest = entries_[first_entry_];
    begin_ = wrapped(begin_ + oldest.size, capacity_);
    size_ -= oldest.size;
    first_entry_ = wrapped(first_entry_ + 1, entry_count_);
    ++first_;
    --count_;
  }

  char* bytes_;
  std::size_t capacity_;
  entry* entries_;
  std::size_t entry_count_;
  std::uint64_t first_;
  std::size_t count_ = 0;
  std::size_t first_entry_ = 0;
  std::size_t begin_ = 0;  // of the oldest event
  std::size_t size_ = 0;   // of all events
};

}  // namespace sse::detail

#endif
