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
#include <cstdint>
#include <string_view>

#include "../bytes.hpp"
#include "../scan.hpp"
#include "place.hpp"

namespace sse::detail {

/// What of the state is small: in front of all else, for the instructions of small processors do
/// not reach far. What each is for is said where it is used.
class small_state {
 protected:
  constexpr small_state() noexcept : lowest_is_type_(false), has_data_(false), has_id_(false) {}

  bool lowest_is_type_ : 1;
  bool has_data_ : 1;
  bool has_id_ : 1;
  unsigned char concerns_ = 0;
  place place_ = place::stream_start;
  bool has_retry_ = false;
  std::uint32_t ahead_ = 0;  // see block_ahead
};

class buffers : protected small_state {
 public:
  constexpr buffers(char* storage, std::size_t capacity) noexcept
      : storage_(storage), capacity_(storage != nullptr ? capacity : 0) {
    assert(storage != nullptr || capacity == 0);
  }

  constexpr std::string_view data() const noexcept { return {storage_, front_ - received_}; }
  constexpr std::string_view received() const noexcept {
    return {storage_ + (front_ - received_), received_};
  }
  constexpr std::string_view id() const noexcept { return text_at_back(false); }
  constexpr std::string_view type() const noexcept { return text_at_back(true); }
  constexpr bool has_data() const noexcept { return has_data_; }
  constexpr bool has_id() const noexcept { return has_id_; }

  constexpr std::size_t capacity() const noexcept { return capacity_; }
  constexpr std::size_t room() const noexcept { return capacity_ - front_ - back_; }
  constexpr std::size_t kept() const noexcept {
    return front_ + back_ - (has(concern::drained) ? data().size() : 0);
  }

  // ---- what is to be seen to before the next byte is taken

  enum class concern : unsigned char {
    unsettled = 1,  // the last event ID is not in its place: see `settle`
    drained = 2,    // the data have been handed out: see `release_drained`
    suspended = 4,  // what comes next does not fit, until there is more room or it is given up
    skipping = 8,   // the event is skipped
    // No matters of storage, but asked with the rest:
    in_chunk = 16,  // the chunk may not be used up
    // What is reported:
    comments = 32,
    ignored_lines = 64,
    no_data = 128,
  };
  constexpr bool has(concern c) const noexcept {
    return (concerns_ & static_cast<unsigned char>(c)) != 0;
  }
  constexpr bool has_either(concern a, concern b) const noexcept {
    return (concerns_ & (static_cast<unsigned>(a) | static_cast<unsigned>(b))) != 0;
  }
  constexpr void raise(concern c) noexcept {
    concerns_ = static_cast<unsigned char>(concerns_ | static_cast<unsigned char>(c));
  }
  constexpr void drop(concern c) noexcept {
    concerns_ = static_cast<unsigned char>(concerns_ & ~static_cast<unsigned char>(c));
  }
  /// Whether there is any; it costs no more than to ask for one.
  constexpr bool concerned() const noexcept { return concerns_ != 0; }

  // ---- the last event ID

  constexpr std::string_view last_event_id() const noexcept { return last_event_id_; }

  /// Makes `id` the last event ID where it lies: in the chunk, or in the storage as the ID of the
  /// event just over. `settle` brings it to its place. It must not be larger than the capacity.
  constexpr void commit(std::string_view id) noexcept {
    last_event_id_ = id;
    back_ = upper_end_ = id.size();
    raise(concern::unsettled);
  }

  /// Brings the last event ID to its place, before the storage is written to or the chunk goes.
  /// It is out of its place only while nothing of an event is kept, so it always fits.
  constexpr void settle() noexcept {
    if (!has(concern::unsettled)) return;
    char* const place = storage_ + (capacity_ - back_);
    move_bytes_up(place, last_event_id_.data(), back_);
    last_event_id_ = {place, back_};
    drop(concern::unsettled);
  }

  /// The same as soon as that is the last place where a chunk is needed: all else that has been
  /// handed out with that ID lies in the chunk, too.
  void settle_from_chunk() noexcept {
    if (has(concern::unsettled) && !holds(last_event_id_.data())) settle();
  }

  /// False, and nothing changed, if it does not fit beside what is kept; or if it is a view of the
  /// free room that it would need itself.
  constexpr bool replace_last_event_id(std::string_view id) noexcept {
    const std::size_t before = last_event_id_.size();
    if (id.size() > capacity_ - kept() + before) return false;
    release_drained();
    const std::size_t placed = back_ - before;
    char* const end = storage_ + capacity_;
    char* const to = end - id.size();
    if (placed != 0 && id.size() > before && overlaps(id, to - placed, end - back_)) return false;
    if (id.size() > before) {
      move_bytes_down(to - placed, end - back_, placed);
      move_bytes_up(to, id.data(), id.size());
    } else {  // it may be a part of the one in force
      move_bytes_up(to, id.data(), id.size());
      move_bytes_up(to - placed, end - back_, placed);
    }
    upper_end_ = upper_end_ - before + id.size();
    back_ = placed + id.size();
    last_event_id_ = {to, id.size()};
    drop(concern::suspended);  // a shorter one makes room
    return true;
  }

  // ---- the unfinished event

  /// Begins a line of data. False if there is no room for the LF that joins it to the one before.
  constexpr bool begin_data() noexcept {
    if (has_data_ && !append_data('\n')) return false;
    has_data_ = true;
    return true;
  }

  /// The same of the first, or of an event that is skipped: of that only counts whether it has any.
  constexpr void note_data() noexcept { has_data_ = true; }

  /// Takes a byte of data. False if there is no room.
  constexpr bool append_data(char c) noexcept {
    if (front_ == capacity_ - back_) return false;
    storage_[front_++] = c;
    return true;
  }

  /// The same for more bytes, for which there must be room. A short text is copied faster if it is
  /// said how many bytes can be read where it begins, for all of which there must be room then.
  SSEWIRE_DETAIL_FORM constexpr void append_data(
      std::string_view text, [[maybe_unused]] std::size_t readable = 0) noexcept {
    char* const to = storage_ + front_;
#ifdef SSEWIRE_DETAIL_SMALL
    front_ += text.size();
    move_bytes_up(to, text.data(), text.size());
#else
    const std::size_t left = room();
    front_ += text.size();  // not behind the copy, or all members would be loaded again
    prefetch_to_write(to, left);
    copy_text(to, readable, text, readable);
#endif
  }
  /// So many bytes, appended last, were no data, but received.
  constexpr void count_as_received(std::size_t size) noexcept { received_ += size; }

  constexpr void forget_received() noexcept {
    front_ -= received_;
    received_ = 0;
  }
  constexpr void forget_first_received(std::size_t size) noexcept {
    char* const first = storage_ + (front_ - received_);
    front_ -= size;
    received_ -= size;
    move_bytes_down(first, first + size, received_);
  }
  constexpr void forget_id() noexcept {
    place_text(false, {});
    has_id_ = false;
  }
  constexpr void forget_type() noexcept { place_text(true, {}); }
  /// An ID or type takes the place of an earlier one; there must be room for it beside that.
  constexpr void place_type(std::string_view type) noexcept { place_text(true, type); }
  constexpr void place_id(std::string_view id) noexcept {
    has_id_ = true;
    place_text(false, id);
  }
  constexpr void received_type() noexcept { place_received(true); }
  SSEWIRE_DETAIL_FORM constexpr void received_id() noexcept {
    has_id_ = true;
#ifdef SSEWIRE_DETAIL_SMALL
    place_received(false);
#else
    // Not by a call, and what was received is looked at behind `remove`, so that no register has to
    // hold it over a call: or single bytes of IDs would take three instructions more each.
    remove(false);
    const std::string_view value = received();
    forget_received();
    place_lowest(value);
#endif
  }

  /// Hands out the data gathered so far and forgets it; its bytes hold until `release_drained`.
  constexpr std::string_view drain() noexcept {
    if (has(concern::drained)) return first(data(), 0);
    if (front_ != received_) {
      drop(concern::suspended);
      raise(concern::drained);
    }
    return data();
  }
  constexpr void release_drained() noexcept {
    if (has(concern::drained)) forget_data();
    drop(concern::drained);
  }

  /// Gives up data and type, but neither the ID nor the line being received.
  constexpr void forget_data_and_type() noexcept {
    forget_data();
    forget_type();
  }

  /// The event is over. What was handed out of it holds until the storage is written to again.
  constexpr void clear() noexcept {
    front_ = received_ = 0;
    back_ = upper_end_ = last_event_id_.size();
    has_data_ = has_id_ = false;
  }

  /// Takes a whole line of data more. False, and nothing changed, if there is no room. A short
  /// one is copied faster if it is said how many bytes can be read where it begins.
  constexpr bool append_line(std::string_view line, std::size_t readable) noexcept {
    const std::size_t left = room();
    if (line.size() >= left) return false;
    char* const to = storage_ + front_;
    *to = '\n';
    copy_text(to + 1, left - 1, line, readable);
    front_ += line.size() + 1;
    return true;
  }

  /// Where data is appended by other means, and how much was.
  constexpr char* place_for_data() noexcept { return storage_ + front_; }
  constexpr void appended_data(std::size_t size) noexcept { front_ += size; }

  /// Moves all to other memory, which may begin where this does but not overlap it otherwise.
  /// False, and nothing changed, if it does not fit there.
  constexpr bool move_to(char* storage, std::size_t capacity) noexcept {
    const buffers target(storage, capacity);
    if (target.capacity_ < kept()) return false;
    settle();
    release_drained();
    const char* const from = storage_ + (capacity_ - back_);
    char* const to = target.storage_ + (target.capacity_ - back_);
    if (storage != nullptr && storage != storage_) copy_bytes(storage, storage_, front_);
    if (target.capacity_ < capacity_) {
      move_bytes_down(to, from, back_);
    } else {
      move_bytes_up(to, from, back_);
    }
    last_event_id_ = {to + (back_ - last_event_id_.size()), last_event_id_.size()};
    storage_ = storage;
    capacity_ = target.capacity_;
    drop(concern::suspended);
    return true;
  }

 private:
  static constexpr void copy_text(char* to, std::size_t room, std::string_view text,
                                  std::size_t readable) noexcept {
    if (!copy_enough<64>(to, room, text.data(), readable, text.size())) {
      move_bytes_up(to, text.data(), text.size());
    }
  }

  bool holds(const char* place) const noexcept {
    const auto begin = reinterpret_cast<std::uintptr_t>(storage_);
    const auto at = reinterpret_cast<std::uintptr_t>(place);
    return at >= begin && at - begin < capacity_;
  }
  /// Whether a text has bytes between two places.
  static constexpr bool overlaps(std::string_view text, const char* begin,
                                 const char* end) noexcept {
    for (const char* at = begin; at != end; ++at) {
      if (at == text.data()) return true;
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text.data() + i == begin) return true;
    }
    return false;
  }

  /// The type, or else the ID.
  constexpr std::string_view text_at_back(bool type) const noexcept {
    const bool is_lowest = lowest_is_type_ == type;
    const std::size_t end = is_lowest ? back_ : upper_end_;
    return {storage_ + (capacity_ - end), end - (is_lowest ? upper_end_ : last_event_id_.size())};
  }

  constexpr void forget_data() noexcept {
    move_bytes_down(storage_, storage_ + (front_ - received_), received_);
    front_ = received_;
  }

  constexpr void place_received(bool type) noexcept {
    const std::string_view value = received();
    forget_received();
    place_text(type, value);
  }

  /// Makes the type, or else the ID, the lowest, with a value that lies elsewhere: in a function of
  /// its own, or inlined.
  SSEWIRE_DETAIL_ONE_COPY SSEWIRE_DETAIL_OUT_OF_LINE constexpr void place_text(
      bool type, std::string_view value) noexcept {
    remove(type);
    place_lowest(value);
  }
  SSEWIRE_DETAIL_INLINE constexpr void remove(bool type) noexcept {
    if (lowest_is_type_ != type) {
      const std::string_view stays = text_at_back(!type);
      upper_end_ = last_event_id_.size() + stays.size();
      move_bytes_up(storage_ + (capacity_ - upper_end_), stays.data(), stays.size());
      lowest_is_type_ = type;
    }
    back_ = upper_end_;
  }
  SSEWIRE_DETAIL_INLINE constexpr void place_lowest(std::string_view value) noexcept {
    back_ += value.size();
    move_bytes_up(storage_ + (capacity_ - back_), value.data(), value.size());
  }

  // `front_` bytes lie at the front, the last `received_` of them received; `back_` bytes at the
  // back, `upper_end_` of them being the last event ID and what of ID and type came first.
  char* storage_;
  std::size_t capacity_;
  std::size_t front_ = 0;
  std::size_t received_ = 0;
  std::size_t back_ = 0;
  std::size_t upper_end_ = 0;
  std::string_view last_event_id_{};
};

}  // namespace sse::detail

#endif
