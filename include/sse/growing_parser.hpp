// SPDX-License-Identifier: MIT
// The parser for those who would rather not think about storage: sse::growing_parser.
#ifndef SSEWIRE_GROWING_PARSER_HPP
#define SSEWIRE_GROWING_PARSER_HPP

#include <cstddef>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>

#include "parser.hpp"

namespace sse {

/// A parser with storage of its own, which grows as events need it, up to a limit. Nothing is
/// allocated before something has to be kept. Where `sse::parser` returns `storage_full`, this one
/// allocates and goes on; at the limit it returns `storage_full` like the other, and to drain, to
/// skip or to stop are the ways on. All members that are not explained here are those of
/// `sse::parser`.
///
///     sse::growing_parser parser;
///     while (receive(chunk))
///       for (const sse::event& e : parser.events(chunk)) use(e);
///
/// `next`, `finish`, a step in the range of `events`, and `set_last_event_id` may throw what the
/// allocator throws. Nothing is lost then: call them again, or feed `unread()` to go on in a range.
template <class Allocator = std::allocator<char>>
class basic_growing_parser final : private parser {
  using memory = std::allocator_traits<Allocator>;
  static_assert(std::is_same_v<typename memory::pointer, char*>, "it takes an allocator of char");

 public:
  static constexpr std::size_t default_limit = std::size_t{16} << 20;

  /// `limit` is the most that the storage may come to, in bytes, the last event ID included; while
  /// it grows, the old and the new exist side by side.
  explicit basic_growing_parser(std::size_t limit = default_limit,
                                const Allocator& allocator = Allocator()) noexcept
      : parser(nullptr, 0), allocator_(allocator), limit_(limit) {}

  basic_growing_parser(basic_growing_parser&& other) noexcept
      : parser(std::move(other)),
        allocator_(other.allocator_),
        storage_(std::exchange(other.storage_, nullptr)),
        capacity_(std::exchange(other.capacity_, 0)),
        limit_(other.limit_) {}

  /// The storage comes along, and so does its allocator.
  basic_growing_parser& operator=(basic_growing_parser&& other) noexcept {
    if (this != &other) {
      this->~basic_growing_parser();
      ::new (static_cast<void*>(this)) basic_growing_parser(std::move(other));
    }
    return *this;
  }

  ~basic_growing_parser() { deallocate(); }

  using status = parser::status;
  using parser::feed;

  [[nodiscard]] status next(event& out) {
    return grow_while_full([&] { return parser::next(out); });
  }
  [[nodiscard]] status finish(event& out) {
    return grow_while_full([&] { return parser::finish(out); });
  }

  detail::event_range<basic_growing_parser> events(std::string_view chunk) noexcept {
    feed(chunk);
    return detail::event_range<basic_growing_parser>(*this);
  }
  template <class Chunk, std::enable_if_t<detail::is_unsafe_chunk<Chunk>, int> = 0>
  detail::event_range<basic_growing_parser> events(Chunk&& chunk) = delete;

  [[nodiscard]] bool set_last_event_id(std::string_view id) {
    const std::size_t needed = kept() - last_event_id().size() + id.size();
    if (!detail::is_valid_id(id) || needed > limit_) return false;
    while (!parser::set_last_event_id(id)) grow();
    return true;
  }

  using parser::drain;
  using parser::dropped;
  using parser::kept;
  using parser::last_event_id;
  using parser::offset;
  using parser::pending;
  using parser::reconnection_time;
  using parser::report_comments;
  using parser::reset;
  using parser::unread;

  /// The size of the storage, in bytes, and the most that it may come to.
  std::size_t capacity() const noexcept { return capacity_; }
  std::size_t limit() const noexcept { return limit_; }

  /// Gives back what is not in use, after a large event say. May throw; then nothing is changed.
  void shrink_to_fit() {
    if (kept() < capacity_) reallocate(kept());
  }

 private:
  friend class detail::event_range<basic_growing_parser>;

  template <class Step>
  status grow_while_full(Step step) {
    status result = step();
    while (result == status::storage_full && grow()) result = step();
    return result;
  }

  bool grow() {
    if (capacity_ >= limit_) return false;
    // Should the allocator throw, the next call is to try again, not to skip the event.
    static_cast<void>(parser::use_storage(storage_, capacity_));
    constexpr std::size_t first = 256;
    // To move what no longer lies in a cache costs as much as to receive it.
    constexpr std::size_t large = std::size_t{1} << 20;
    const std::size_t factor = capacity_ < large ? 2 : 4;
    const std::size_t wanted = capacity_ < first / 2 ? first : factor * capacity_;
    reallocate(capacity_ > limit_ / factor || wanted > limit_ ? limit_ : wanted);
    return true;
  }

  void reallocate(std::size_t capacity) {
    char* const storage = capacity != 0 ? memory::allocate(allocator_, capacity) : nullptr;
    static_cast<void>(parser::use_storage(storage, capacity));  // large enough: see the callers
    deallocate();
    storage_ = storage;
    capacity_ = capacity;
  }

  void deallocate() noexcept {
    if (storage_ != nullptr) memory::deallocate(allocator_, storage_, capacity_);
  }

  Allocator allocator_;
  char* storage_ = nullptr;
  std::size_t capacity_ = 0;
  std::size_t limit_;
};

using growing_parser = basic_growing_parser<>;

}  // namespace sse

#endif
