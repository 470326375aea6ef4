// SPDX-License-Identifier: MIT
// A parser in the hands of a caller who may do whatever the contract allows, at any time. After
// each call all that can be seen of the parser is compared with what is expected. Every chunk and
// every storage is a block of its own, of exactly its size; it is overwritten and freed as soon as
// the contract allows.
#ifndef SSEWIRE_TESTS_SUPPORT_SESSION_HPP
#define SSEWIRE_TESTS_SUPPORT_SESSION_HPP

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <sse/parser.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/expectation.hpp"

class session {
 public:
  using status = sse::parser::status;

  session(std::string_view stream, std::size_t capacity)
      : stream_(stream), expected_(stream), most_(2 * stream.size() + 64) {
    lend(capacity);
  }

  static bool is_full(status result) {
    return result == status::storage_full || result == status::report_full;
  }

  // The first thing that differs, or nullptr.
  const char* difference() const { return difference_; }

  // ---- The stream

  // Whether the chunk is used up, so that the next one may come.
  bool is_idle() const { return idle_; }
  std::size_t to_come() const { return stream_.size() - fed_; }

  void feed(std::size_t size) {
    chunk_ = block(std::min(size, to_come()));
    stream_.substr(fed_).copy(chunk_.bytes.get(), chunk_.size);
    fed_ += chunk_.size;
    idle_ = false;
    parser_->feed({chunk_.bytes.get(), chunk_.size});
    expected_.advance(offset());  // a single byte may be consumed
    compare_state();
  }
  void feed_unread() {
    parser_->feed(parser_->unread());
    compare_state();
  }

  status next() {
    before_step();
    sse::event e;
    const status result = parser_->next(e);
    expected_.advance(offset());
    compare(result, e);
    return result;
  }

  // To be called until it returns need_input; then reset.
  status finish() {
    before_step();
    sse::event e;
    const status result = parser_->finish(e);
    expected_.advance(offset());
    const bool at_end = parser_->unread().empty() && !expected_.is_anything_due();
    if (at_end && !is_full(result)) expected_.finish();
    compare(result, e);
    return result;
  }

  // At most that many items by way of a range, with room for all that may come.
  void range(std::size_t most) {
    lend(std::max(capacity_, most_));
    before_step();
    bool left_early = false;
    for (const sse::parser::item& item : parser_->events(parser_->unread())) {
      expected_.advance(offset());
      compare(item.kind, item);
      left_early = most-- <= 1 || difference_ != nullptr;
      if (left_early) break;
    }
    expected_.advance(offset());
    if (!left_early) compare(status::need_input, {});
    if (left_early) feed_unread();
  }

  // What was not consumed is the beginning of the next stream.
  void reset() {
    stream_ = stream_.substr(offset());
    parser_->reset();
    chunk_ = {};
    fed_ = 0;
    idle_ = true;
    suspended_ = full::no;
    expected_.begin_stream(stream_);
    compare_state();
  }

  // ---- Storage

  std::size_t capacity() const { return capacity_; }
  std::size_t kept() const { return parser_->kept(); }

  // Other storage, of exactly that size; null if that is 0.
  void lend(std::size_t capacity) {
    block other(capacity);
    if (use(capacity != 0 ? other.bytes.get() : nullptr, capacity)) storage_ = std::move(other);
    compare_state();
  }
  // So much of the same storage, or all of it.
  void lend_part(std::size_t capacity) {
    if (use(storage_.bytes.get(), std::min(capacity, storage_.size))) {
      std::fill(storage_.bytes.get() + capacity_, storage_.end(), canary);
    }
    compare_state();
  }
  bool drain() {
    const std::string data(parser_->drain());
    if (data != expected_.drainable()) fail("what is drained");
    expected_.drain(data);
    if (!data.empty()) suspended_ = full::no;
    compare_state();
    return !data.empty();
  }

  // ---- All else

  void report(sse::report wanted) {
    parser_->report(wanted);
    expected_.set_reports(wanted);
    if (suspended_ == full::of_report && !expected_.wants_line()) suspended_ = full::no;
    compare_state();
  }

  std::string_view last_event_id() const { return parser_->last_event_id(); }
  void set_last_event_id(std::string_view id) {
    const std::string copy(id);  // it may be a view of what the parser holds
    const bool is_valid = copy.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos;
    const std::size_t needed = kept() - last_event_id().size() + copy.size();
    const bool is_taken = is_valid && needed <= capacity_;
    if (parser_->set_last_event_id(id) != is_taken) fail("whether the ID is taken");
    if (is_taken) {
      expected_.set_last_event_id(copy);
      suspended_ = full::no;
    }
    compare_state();
  }

  void move_construct() {
    auto other = std::make_unique<sse::parser>(std::move(*parser_));
    compare_with_new(*parser_);
    parser_ = std::move(other);
    compare_state();
  }
  void move_assign() {
    char storage[8];
    auto other = std::make_unique<sse::parser>(storage);
    other->feed("id:1\n\ndata:2\ndata");
    sse::event e;
    if (other->next(e) != status::need_input) fail("another parser");
    *other = std::move(*parser_);
    compare_with_new(*parser_);
    parser_ = std::move(other);
    compare_state();
  }

 private:
  static constexpr char canary = '\x5A';

  // What the storage was full of, if it was.
  enum class full : unsigned char { no, of_event, of_report };

  struct block {
    block() = default;
    explicit block(std::size_t wanted) : bytes(new char[wanted]), size(wanted) {}
    block(block&&) = default;
    block& operator=(block&& other) noexcept {
      std::fill(bytes.get(), end(), canary);  // whoever still looks there sees another text
      bytes = std::move(other.bytes);
      size = std::exchange(other.size, 0);
      return *this;
    }
    char* end() const { return bytes.get() + size; }

    std::unique_ptr<char[]> bytes;
    std::size_t size = 0;
  };

  std::size_t offset() const { return static_cast<std::size_t>(parser_->offset()); }

  void before_step() {
    const full was = std::exchange(suspended_, full::no);
    if (was != full::no) expected_.give_up(was == full::of_report);
  }

  bool use(char* storage, std::size_t capacity) {
    const bool is_taken = capacity >= kept();
    if (parser_->use_storage(storage, capacity) != is_taken) fail("whether the storage is taken");
    if (!is_taken) return false;
    capacity_ = capacity;
    expected_.lend(capacity);
    suspended_ = full::no;
    return true;
  }

  void compare(status result, const sse::event& e) {
    if (result == status::need_input) {
      if (!parser_->unread().empty()) fail("need_input before the chunk's end");
      chunk_ = {};
      idle_ = true;
    } else if (is_full(result)) {
      // A name that has come is received with the byte behind it.
      const std::size_t needed = result == status::report_full ? 6 : 1;
      if (kept() + needed <= capacity_) fail("storage_full with room left");
      if (capacity_ > most_) fail("more storage wanted than anything needs");
      suspended_ = result == status::report_full ? full::of_report : full::of_event;
    }
    auto due = expected_.take_due();
    if (result != status::need_input && !is_full(result)) {
      if (due.empty()) return fail("a report too many");
      compare(result, e, due.back());
      due.pop_back();
    }
    if (!due.empty()) fail("a report is missing");
    compare_state();
  }

  void compare(status result, const sse::event& e, const expectation::report& due) {
    if (result != due.what) return fail("another kind of report");
    if (result == status::comment || result == status::ignored_line) {
      if (e.data != due.text) fail("what is reported");
      if (e.id || !e.type.empty() || e.retry) fail("a report with fields");
      return;
    }
    const oracle::event& event = due.event;
    compare_place(event);
    if (result == status::skipped) {
      if (!e.type.empty() || !e.data.empty() || e.retry) fail("skipped, but not empty");
      return;
    }
    if (e.id != (event.id ? std::optional<std::string_view>(*event.id) : std::nullopt)) fail("ID");
    if (e.type != event.type || e.has_type() != event.has_type) fail("type");
    if (due.drained + std::string(e.data) != event.data) fail("data");
    if (!is_same(e.retry, event.retry)) fail("retry");
  }

  void compare_place(const oracle::event& event) {
    if (parser_->event_offset() != event.begin) fail("where the event begins");
    const std::string_view raw = parser_->raw();
    if (!raw.empty() && raw != stream_.substr(event.begin, offset() - event.begin)) {
      fail("the event's bytes");
    }
  }

  void compare_state() {
    if (!expected_.is_in_force(last_event_id())) return fail("last event ID");
    if (!is_same(parser_->reconnection_time(), expected_.reconnection_time())) {
      fail("reconnection time");
    }
    if (offset() > fed_ || parser_->unread() != stream_.substr(offset(), fed_ - offset())) {
      return fail("offset or unread");
    }
    if (parser_->pending() != expected_.pending()) fail("pending");
    if (const auto begin = expected_.event_offset(); begin && parser_->event_offset() != *begin) {
      fail("where the unfinished event begins");
    }
    if (kept() < last_event_id().size() || kept() > capacity_) fail("kept");
    const std::size_t kept_of_event = kept() - last_event_id().size();
    if (kept_of_event != expected_.kept().value_or(kept_of_event)) fail("kept exactly");
    if (std::any_of(storage_.bytes.get() + capacity_, storage_.end(),
                    [](char c) { return c != canary; })) {
      fail("storage overrun");
    }
  }
  void compare_with_new(sse::parser& moved_from) {
    if (moved_from.kept() != 0 || moved_from.offset() != 0 || moved_from.pending() ||
        moved_from.reconnection_time() || !moved_from.unread().empty() ||
        !moved_from.last_event_id().empty()) {
      fail("moved from, but not as if new");
    }
    sse::event e;
    moved_from.feed("\xEF\xBB\xBF:\ndata:new\n\n");
    if (moved_from.next(e) != status::event || e.data != "new") fail("moved from, but of no use");
  }
  static bool is_same(std::optional<std::chrono::milliseconds> time,
                      std::optional<std::uint64_t> expected) {
    return time.has_value() == expected.has_value() &&
           (!time || static_cast<std::uint64_t>(time->count()) == *expected);
  }

  void fail(const char* what) {
    if (difference_ == nullptr) difference_ = what;
  }

  std::string_view stream_;  // from its beginning, and also what is not fed yet
  std::size_t fed_ = 0;
  expectation expected_;
  const std::size_t most_;
  block chunk_;
  block storage_;
  std::size_t capacity_ = 0;
  std::unique_ptr<sse::parser> parser_ = std::make_unique<sse::parser>(nullptr, 0);
  bool idle_ = true;
  full suspended_ = full::no;
  const char* difference_ = nullptr;
};

#endif
