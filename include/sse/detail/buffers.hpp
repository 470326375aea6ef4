// SPDX-License-Identifier: MIT
// What must outlive a chunk, in the memory that the caller lent.
//
//   | data | received |          free          | ID and type | last event ID |
//   ^ storage                                                                ^ storage + capacity
//
// `data`, ID and type are those of the unfinished event. `received` is the value of an unfinished
// line that may not count in the end: an ID may still turn out to hold NUL. Data only grows, so it
// starts at the front and never moves. Of ID and type, the one that came last lies lowest: it can
// be replaced without moving the other, so each byte is moved a bounded number of times, in
// whatever order the fields come and however often they are repeated.
#ifndef SSEWIRE_DETAIL_BUFFERS_HPP
#define SSEWIRE_DETAIL_BUFFERS_HPP

#include <cassert>
#include <cstddef>
#include <string_view>

#include "bytes.hpp"

namespace sse::detail {

class buffers {
 public:
  constexpr buffers(char* storage, std::size_t capacity) noexcept
      : storage_(storage), capacity_(storage != nullptr ? capacity : 0) {
    assert(storage != nullptr || capacity == 0);
  }

  constexpr std::string_view data() const noexcept { return {storage_, data_}; }
  constexpr std::string_view received() const noexcept { return {storage_ + data_, received_}; }
  constexpr std::string_view id() const noexcept { return placed(id_slot); }
  constexpr std::string_view type() const noexcept { return placed(type_slot); }
  constexpr bool has_data() const noexcept { return has_data_; }
  constexpr bool has_id() const noexcept { return has_id_; }

  constexpr std::size_t capacity() const noexcept { return capacity_; }
  constexpr std::size_t room() const noexcept { return capacity_ - front() - back(); }
  constexpr std::size_t kept() const noexcept { return front() + back() - (drained_ ? data_ : 0); }

  // ---- the last event ID

  constexpr std::string_view last_event_id() const noexcept { return last_event_id_; }

  /// Makes `id` the last event ID where it lies: in the chunk, or in the storage as the ID of the
  /// event just over. `settle` brings it to its place. It must not be larger than the capacity.
  constexpr void commit(std::string_view id) noexcept {
    last_event_id_ = id;
    settled_ = false;
  }

  /// Brings the last event ID to its place, before the storage is written to or the chunk goes.
  /// It is out of its place only while nothing of an event is kept, so it always fits.
  constexpr void settle() noexcept {
    if (settled_) return;
    char* const place = storage_ + (capacity_ - last_event_id_.size());
    move_bytes_up(place, last_event_id_.data(), last_event_id_.size());
    last_event_id_ = {place, last_event_id_.size()};
    settled_ = true;
  }

  /// False, and nothing changed, if it does not fit beside what is kept.
  constexpr bool replace_last_event_id(std::string_view id) noexcept {
    if (id.size() > capacity_ - kept() + last_event_id_.size()) return false;
    release_drained();
    char* const end = storage_ + capacity_;
    char* const to = end - id.size();
    const char* const above = end - back();
    if (id.size() > last_event_id_.size()) {
      move_bytes_down(to - placed_size(), above, placed_size());
      move_bytes_up(to, id.data(), id.size());
    } else {  // it may be a part of the one in force
      move_bytes_up(to, id.data(), id.size());
      move_bytes_up(to - placed_size(), above, placed_size());
    }
    last_event_id_ = {to, id.size()};
    settled_ = true;
    return true;
  }

  // ---- the unfinished event

  /// Begins a line of data. False if there is no room for the LF that joins it to the one before.
  constexpr bool begin_data() noexcept {
    if (has_data_ && append({"\n", 1}) == 0) return false;
    data_ += has_data_;
    has_data_ = true;
    return true;
  }

  /// Of a skipped event only whether there was data counts.
  constexpr void skip_data() noexcept { has_data_ = true; }

  /// Takes as much of `text` as there is room for, and returns how much.
  constexpr std::size_t append_data(std::string_view text) noexcept {
    const std::size_t size = append(text);
    data_ += size;
    return size;
  }
  constexpr std::size_t receive(std::string_view text) noexcept {
    const std::size_t size = append(text);
    received_ += size;
    return size;
  }

  constexpr void forget_received() noexcept { received_ = 0; }
  constexpr void forget_id() noexcept {
    remove(id_slot);
    has_id_ = false;
  }
  constexpr void received_type() noexcept { place(type_slot); }
  constexpr void received_id() noexcept {
    place(id_slot);
    has_id_ = true;
  }

  /// Hands out the data gathered so far and forgets it; its bytes hold until `release_drained`.
  constexpr std::string_view drain() noexcept {
    if (drained_) return {storage_, 0};
    drained_ = data_ != 0;
    return data();
  }
  constexpr void release_drained() noexcept {
    if (!drained_) return;
    move_bytes_down(storage_, storage_ + data_, received_);
    data_ = 0;
    drained_ = false;
  }

  /// Gives up data and type, but neither the ID nor the line being received.
  constexpr void forget_data_and_type() noexcept {
    move_bytes_down(storage_, storage_ + data_, received_);
    data_ = 0;
    remove(type_slot);
  }

  /// The event is over. What was handed out of it holds until the storage is written to again.
  constexpr void clear() noexcept {
    data_ = received_ = placed_sizes_[id_slot] = placed_sizes_[type_slot] = 0;
    drained_ = has_data_ = has_id_ = false;
  }

  /// Joins two lines of data by LF in storage where nothing of an event is kept; `joined` says that
  /// `data` lies there already. Empty, and nothing changed, if there is no room.
  constexpr std::string_view join(std::string_view data, bool joined,
                                  std::string_view more) noexcept {
    settle();
    if (more.size() >= room() || data.size() >= room() - more.size()) return {};
    if (!joined) copy_bytes(storage_, data.data(), data.size());
    storage_[data.size()] = '\n';
    copy_bytes(storage_ + data.size() + 1, more.data(), more.size());
    return {storage_, data.size() + 1 + more.size()};
  }

  /// Moves all to other memory, which may begin where this does but not overlap it otherwise.
  /// False, and nothing changed, if it does not fit there.
  constexpr bool move_to(char* storage, std::size_t capacity) noexcept {
    const buffers target(storage, capacity);
    if (target.capacity_ < kept()) return false;
    settle();
    release_drained();
    const char* const from = storage_ + (capacity_ - back());
    char* const to = storage + (target.capacity_ - back());
    if (storage != storage_) copy_bytes(storage, storage_, front());
    if (target.capacity_ < capacity_) {
      move_bytes_down(to, from, back());
    } else {
      move_bytes_up(to, from, back());
    }
    last_event_id_ = {to + placed_size(), last_event_id_.size()};
    storage_ = storage;
    capacity_ = target.capacity_;
    return true;
  }

 private:
  enum slot : unsigned char { id_slot, type_slot };

  constexpr std::size_t front() const noexcept { return data_ + received_; }
  constexpr std::size_t placed_size() const noexcept {
    return placed_sizes_[id_slot] + placed_sizes_[type_slot];
  }
  constexpr std::size_t back() const noexcept { return placed_size() + last_event_id_.size(); }

  constexpr std::size_t append(std::string_view text) noexcept {
    const std::size_t size = text.size() < room() ? text.size() : room();
    copy_bytes(storage_ + front(), text.data(), size);
    return size;
  }

  constexpr std::string_view placed(slot which) const noexcept {
    const std::size_t size = placed_sizes_[which];
    const std::size_t depth = which == lowest_ ? placed_size() : size;
    return {storage_ + (capacity_ - last_event_id_.size() - depth), size};
  }

  /// Empties a slot and makes it the lowest.
  constexpr void remove(slot which) noexcept {
    const slot other = which == id_slot ? type_slot : id_slot;
    if (lowest_ == other) {
      const std::string_view stays = placed(other);
      move_bytes_up(storage_ + (capacity_ - last_event_id_.size() - stays.size()), stays.data(),
                    stays.size());
    }
    lowest_ = which;
    placed_sizes_[which] = 0;
  }

  /// What was received becomes the event's ID or type, in place of an earlier one.
  constexpr void place(slot which) noexcept {
    remove(which);
    move_bytes_up(storage_ + (capacity_ - back() - received_), storage_ + data_, received_);
    placed_sizes_[which] = received_;
    received_ = 0;
  }

  char* storage_;
  std::size_t capacity_;
  std::size_t data_ = 0;
  std::size_t received_ = 0;
  std::size_t placed_sizes_[2] = {0, 0};
  std::string_view last_event_id_;
  slot lowest_ = id_slot;
  bool settled_ = true;   // the last event ID is in its place
  bool drained_ = false;  // data_ bytes have been handed out by drain
  bool has_data_ = false;
  bool has_id_ = false;
};

}  // namespace sse::detail

#endif
