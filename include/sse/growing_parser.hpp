// SPDX-License-Identifier: MIT
// The parser for those who would rather not think about storage: sse::growing_parser.
#ifndef SSEWIRE_GROWING_PARSER_HPP
#define SSEWIRE_GROWING_PARSER_HPP

#include "detail/compiler.hpp"
#ifdef SSEWIRE_DETAIL_CXX17

#include <cstddef>
#include <cstdint>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>  // with what allocates: <memory> and <string> take longer

#include "parser.hpp"

namespace sse {

/// A parser with storage of its own, which grows as events need it, up to a limit. All members that
/// are not explained here are those of `sse::parser`.
///
///     sse::growing_parser parser;
///     while (receive(chunk))
///       for (const auto& e : parser.events(chunk))
///         if (e.kind == sse::parser::status::event) use(e);
///
/// **Limit.** It is the size of an event in the stream, from its first byte to its blank line; and
/// that of a comment or an ignored line that is reported. What is larger is skipped and ends with
/// `skipped`, or with `report_full`, the same however the stream is cut. (Of an ID or a `retry`
/// that is larger, and would be reported as an ignored line, nothing is said.) Of an event that is
/// cut, `storage_full` says early that it has passed the limit: to stop there, or to call `next`
/// again, is the choice. The ID of a skipped event counts, if it is not longer than
/// `longest_header_id`; choose a limit above the size of any ID.
///
/// **Memory.** Nothing is allocated before something has to be kept. The storage comes to the limit
/// for an event, as much for a report in it, and the last event ID; while it grows, the old and the
/// new exist side by side.
///
/// **Errors.** `next`, `finish`, a step in the range of `events`, and `set_last_event_id` may throw
/// what the allocator throws. Nothing is lost then: call them again, or feed `unread()` to go on in
/// a range.
template <class Allocator = std::allocator<char>>
class basic_growing_parser final : private parser {
  using memory = std::allocator_traits<Allocator>;
  static_assert(std::is_same_v<typename memory::pointer, char*>, "it takes an allocator of char");

 public:
  static constexpr std::size_t default_limit = std::size_t{16} << 20;

  basic_growing_parser() noexcept(noexcept(Allocator())) : basic_growing_parser(default_limit) {}
  explicit basic_growing_parser(std::size_t limit,
                                const Allocator& allocator = Allocator()) noexcept
      : parser(nullptr, 0), allocator_(allocator), limit_(limit) {}

  /// The storage comes along, and so does its allocator.
  basic_growing_parser(basic_growing_parser&& other) noexcept
      : parser(static_cast<parser&&>(other)),  // of `other`, no more
        allocator_(other.allocator_),
        storage_(std::exchange(other.storage_, nullptr)),
        capacity_(std::exchange(other.capacity_, 0)),
        limit_(other.limit_),
        chunk_(std::exchange(other.chunk_, nullptr)) {}
  basic_growing_parser& operator=(basic_growing_parser&& other) noexcept {
    if (this != &other) {
      this->~basic_growing_parser();
      ::new (static_cast<void*>(this)) basic_growing_parser(std::move(other));
    }
    return *this;
  }
  basic_growing_parser(const basic_growing_parser&) = delete;  // a stream has one reader: move it
  basic_growing_parser& operator=(const basic_growing_parser&) = delete;

  ~basic_growing_parser() { deallocate(); }

  using parser::item;
  using parser::status;

  void feed(bytes chunk) noexcept {
    parser::feed(chunk);
    chunk_ = chunk.text().data();
  }

  [[nodiscard]] status next(event& out) {
    return within_limit(out, true, [&] { return parser::next(out); });
  }
  [[nodiscard]] status finish(event& out) {
    const status result = next(out);
    if (result != status::need_input) return result;
    return within_limit(out, false, [&] { return parser::finish(out); });
  }

  detail::event_range<basic_growing_parser> events(bytes chunk) noexcept {
    feed(chunk);
    return detail::event_range<basic_growing_parser>(*this);
  }

  [[nodiscard]] bool set_last_event_id(std::string_view id) {
    if (!detail::is_valid_id(id) || id.size() > limit_) return false;
    const std::size_t needed = kept() - last_event_id().size() + id.size();
    if (needed <= capacity_ && parser::set_last_event_id(id)) return true;
    // The ID may be a view of the storage, so a copy of it comes to lie behind the new one.
    char* const larger = memory::allocate(allocator_, needed + id.size());
    detail::copy_bytes(larger + needed, id.data(), id.size());
    move_to_storage(larger, needed);
    static_cast<void>(parser::set_last_event_id({larger + needed, id.size()}));  // it fits
    capacity_ = needed + id.size();
    return parser::use_storage(larger, capacity_);
  }

  template <class Null, std::enable_if_t<std::is_null_pointer_v<Null>, int> = 0>
  bool set_last_event_id(Null) = delete;  // to forget it, give an empty one

  using parser::event_offset;
  using parser::kept;
  using parser::last_event_id;
  using parser::offset;
  using parser::pending;
  using parser::raw;
  using parser::reconnection_time;
  using parser::report;
  using parser::reset;
  using parser::unread;

  /// The size of the storage, in bytes, and the limit.
  std::size_t capacity() const noexcept { return capacity_; }
  std::size_t limit() const noexcept { return limit_; }

  /// Gives back what is not in use, after a large event say. May throw; then nothing is changed.
  void shrink_to_fit() {
    if (kept() < capacity_) reallocate(kept());
  }

 private:
  friend class detail::event_range<basic_growing_parser>;

  // Takes steps, and grows, until there is something to be said. A line that is too large to be
  // reported, and would have counted but for its last byte, is passed over: wherever it is cut, it
  // is not known yet that it will be ignored.
  template <class Step>
  status within_limit(event& out, bool ended, Step step) {
    for (;;) {
      const status result = step();
      switch (result) {
        case status::storage_full:
          if (offset() - event_offset() >= limit_) {
            skip();
            return result;
          }
          grow();
          break;
        case status::report_full:
          // Of an event within the limit there is always room for more.
          if (parser::received().size() < limit_ && (grow() || skip())) break;
          if (!is_field(parser::received())) return result;
          break;
        case status::event:
        case status::no_data:
          if (event_size(ended) <= limit_) return result;
          out.type = out.data = {};
          out.retry = std::nullopt;
          return status::skipped;
        case status::comment: return out.data.size() <= limit_ ? result : status::report_full;
        case status::ignored_line:
          if (out.data.size() <= limit_) return result;
          if (!is_field(out.data)) return status::report_full;
          break;
        default: return result;
      }
    }
  }

  static bool is_field(std::string_view line) noexcept {
    return line.substr(0, 3) == "id:" || line.substr(0, 6) == "retry:";
  }

  // Gives up the event, but leaves room for its ID: for one that was kept, and one that comes.
  // False if that is done already.
  bool skip() {
    if (parser::is_skipping()) return false;
    parser::skip_event();
    const std::size_t most = limit_ < longest_header_id ? limit_ : longest_header_id;
    const std::size_t needed = last_event_id().size() + 2 * most;
    if (capacity_ < needed) reallocate(needed);
    return true;
  }

  // Of the event that was just handed out, as if no LF belonged to a CR at its end, for that may be
  // in another chunk. If it has `ended`, there is a blank line.
  std::uint64_t event_size(bool ended) const noexcept {
    const char* const at = unread().data();
    const bool has_pair = ended && at - chunk_ >= 2 && at[-1] == '\n' && at[-2] == '\r';
    return offset() - event_offset() - has_pair;
  }

  // The next item for a range. False at the end of the chunk.
  bool take(item& out) {
    do out.kind = next(out);
    while (out.kind == status::storage_full);
    return parser::finish_item(out);
  }

  bool grow() {
    const std::size_t last_id = last_event_id().size();
    const std::size_t most = limit_ < (unlimited - last_id) / 2 ? 2 * limit_ + last_id : unlimited;
    if (capacity_ >= most) return false;
    // Should the allocator throw, the next call is to try again, not to skip the event.
    static_cast<void>(parser::use_storage(storage_, capacity_));
    constexpr std::size_t first = 256;
    // To move what no longer lies in a cache costs as much as to receive it.
    constexpr std::size_t large = std::size_t{1} << 20;
    const std::size_t factor = capacity_ < large ? 2 : 4;
    const std::size_t wanted = capacity_ < first / 2 ? first : factor * capacity_;
    reallocate(capacity_ > most / factor || wanted > most ? most : wanted);
    return true;
  }

  void reallocate(std::size_t capacity) {
    move_to_storage(capacity != 0 ? memory::allocate(allocator_, capacity) : nullptr, capacity);
  }

  // Storage that is large enough: see the callers.
  void move_to_storage(char* storage, std::size_t capacity) noexcept {
    static_cast<void>(parser::use_storage(storage, capacity));
    deallocate();
    storage_ = storage;
    capacity_ = capacity;
  }

  void deallocate() noexcept {
    if (storage_ != nullptr) memory::deallocate(allocator_, storage_, capacity_);
  }

  static constexpr std::size_t unlimited = static_cast<std::size_t>(-1);

  Allocator allocator_;
  char* storage_ = nullptr;
  std::size_t capacity_ = 0;
  std::size_t limit_;
  const char* chunk_ = nullptr;
};

using growing_parser = basic_growing_parser<>;

}  // namespace sse

#endif
#endif
