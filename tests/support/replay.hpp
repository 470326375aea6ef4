// SPDX-License-Identifier: MIT
// Replays a stream through a parser, chunk by chunk and with little storage, and compares all that
// can be seen of it with what the oracle says of the whole stream.
#ifndef SSEWIRE_TESTS_SUPPORT_REPLAY_HPP
#define SSEWIRE_TESTS_SUPPORT_REPLAY_HPP

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <optional>
#include <sse/parser.hpp>
#include <string>
#include <string_view>

#include "support/oracle.hpp"

namespace replay {

// The ways on from storage_full.
enum class policy { grow, drain, skip };

struct setting {
  std::size_t capacity = 4096;  // at most that
  policy when_full = policy::grow;
  bool comments = false;
  bool lenient_end = false;  // ends with finish
  std::string_view initial_last_event_id = {};
};

class player {
 public:
  // `expected` is the oracle's word on `stream`; both are borrowed.
  player(const oracle::result& expected, std::string_view stream, const setting& how)
      : expected_(expected), stream_(stream), how_(how) {
    lend(0, how.capacity);
    parser_.report_comments(how.comments);
    if (!parser_.set_last_event_id(how.initial_last_event_id)) fail("seed refused");
    id_bytes_ = expected.id_bytes + how.initial_last_event_id.size();
  }

  // The next chunk of the stream. False once anything differs.
  bool feed(std::string_view chunk) {
    parser_.feed(chunk);
    return walk([this](sse::event& e) { return parser_.next(e); });
  }

  // What differs, or nullptr. To be called at the stream's end.
  const char* difference() {
    if (difference_ != nullptr) return difference_;
    if (parser_.pending() != expected_.pending) fail("pending");
    if (parser_.offset() != stream_.size()) fail("offset at the end");
    compare_end_state(expected_.last_event_id, expected_.reconnection_time);
    if (how_.lenient_end && difference_ == nullptr) {
      at_end_ = true;
      walk([this](sse::event& e) { return parser_.finish(e); });
      compare_end_state(expected_.last_event_id_if_finished,
                        expected_.reconnection_time_if_finished);
      if (parser_.pending()) fail("pending behind finish");
    }
    if (how_.when_full != policy::skip && parser_.dropped() != 0) fail("dropped without a cause");
    if (seen_ + parser_.dropped() != event_count()) fail("an event is missing");
    if (how_.comments && how_.when_full != policy::skip && comments_ != expected_.comments.size()) {
      fail("a comment is missing");
    }
    if (!is_guarded()) fail("storage overrun");
    return difference_;
  }

 private:
  static constexpr std::size_t most = 4096;
  static constexpr std::size_t slack = 8;
  static constexpr char canary = '\x5A';

  template <class Step>
  bool walk(Step step) {
    sse::event e;
    while (difference_ == nullptr) {
      switch (step(e)) {
        case sse::parser::status::need_input:
          if (!parser_.unread().empty()) fail("need_input before the chunk's end");
          return difference_ == nullptr;
        case sse::parser::status::event: compare_event(e); break;
        case sse::parser::status::comment: compare_comment(e); break;
        case sse::parser::status::storage_full: go_on(); break;
      }
    }
    return false;
  }

  const oracle::event& event_at(std::size_t i) const {
    return i < expected_.events.size() ? expected_.events[i] : *expected_.unfinished;
  }
  std::size_t event_count() const {
    return expected_.events.size() + (at_end_ && expected_.unfinished ? 1 : 0);
  }

  // An event or comment is reported as soon as its line has ended, and a CR ends it already; one LF
  // more may have been taken with it.
  bool ends_here(std::size_t end) const {
    const std::size_t offset = parser_.offset();
    return offset == end || (offset == end + 1 && stream_[end - 1] == '\r' && stream_[end] == '\n');
  }

  void compare_event(const sse::event& e) {
    if (how_.when_full == policy::skip) {
      while (next_ < event_count() && !ends_here(event_at(next_).end)) ++next_;
    }
    if (next_ >= event_count()) return fail("an event too many");
    const oracle::event& expected = event_at(next_++);
    ++seen_;
    if (!ends_here(expected.end)) return fail("event at another place");
    if (e.id != (expected.id ? std::optional<std::string_view>(*expected.id) : std::nullopt)) {
      fail("event.id");
    }
    if (e.type != expected.type) fail("type");
    const std::string_view data = expected.data;
    if (data.substr(0, drained_.size()) != drained_ || data.substr(drained_.size()) != e.data) {
      fail("data");
    }
    if (e.retry.has_value() != expected.retry.has_value() ||
        (e.retry && static_cast<std::uint64_t>(e.retry->count()) != *expected.retry)) {
      fail("event.retry");
    }
    if (ids_fit() && parser_.last_event_id() != expected.last_event_id) fail("ID in force");
    drained_.clear();
  }

  void compare_comment(const sse::event& e) {
    if (!how_.comments) return fail("a comment nobody asked for");
    if (how_.when_full == policy::skip) {
      while (comments_ < expected_.comments.size() &&
             !ends_here(expected_.comments[comments_].end)) {
        ++comments_;
      }
    }
    if (comments_ >= expected_.comments.size()) return fail("a comment too many");
    const oracle::comment& expected = expected_.comments[comments_++];
    if (!ends_here(expected.end) || e.data != expected.text) fail("comment");
    if (how_.when_full != policy::skip && next_ != expected.events_before) fail("comment's place");
    if (e.id || e.type != "message" || e.retry) fail("a comment with fields");
  }

  void compare_end_state(const std::string& id, const std::optional<std::uint64_t>& time) {
    if (ids_fit() && parser_.last_event_id() != id) fail("last event ID at the end");
    const auto actual = parser_.reconnection_time();
    if (actual.has_value() != time.has_value() ||
        (time && static_cast<std::uint64_t>(actual->count()) != *time)) {
      fail("reconnection time");
    }
  }

  // With room for every ID of the stream, skipping must not lose any.
  bool ids_fit() const { return how_.when_full != policy::skip || id_bytes_ <= how_.capacity; }

  void go_on() {
    if (parser_.kept() != capacity_) fail("storage_full with room left");
    if (++suspensions_ > 4 * stream_.size()) fail("no way on");
    if (how_.when_full == policy::skip) return;
    if (how_.when_full == policy::drain) {
      const std::string_view data = parser_.drain();
      drained_ += data;
      if (!data.empty()) return;
    }
    const std::size_t larger = capacity_ + 1;  // the least that can help
    if (larger > most) return fail("more storage wanted than there is");
    if (!lend(1 - current_, larger)) fail("use_storage");
  }

  // Storage of exactly that capacity, with canaries at both ends.
  bool lend(unsigned which, std::size_t capacity) {
    char* const storage = storage_[which] + slack;
    std::memset(storage - slack, canary, slack);
    std::memset(storage + capacity, canary, slack);
    current_ = which;
    capacity_ = capacity;
    return parser_.use_storage(storage, capacity);
  }
  bool is_guarded() const {
    const char* const storage = storage_[current_] + slack;
    const auto is_canary = [](char c) { return c == canary; };
    return std::all_of(storage - slack, storage, is_canary) &&
           std::all_of(storage + capacity_, storage + capacity_ + slack, is_canary);
  }

  void fail(const char* what) {
    if (difference_ == nullptr) difference_ = what;
  }

  const oracle::result& expected_;
  std::string_view stream_;
  setting how_;
  char storage_[2][slack + most + slack];
  unsigned current_ = 0;
  std::size_t capacity_ = 0;
  sse::parser parser_{nullptr, 0};
  std::size_t next_ = 0;      // the oracle's next event
  std::size_t seen_ = 0;      // events that came
  std::size_t comments_ = 0;  // the oracle's next comment
  std::size_t id_bytes_ = 0;
  std::size_t suspensions_ = 0;
  std::string drained_;
  bool at_end_ = false;
  const char* difference_ = nullptr;
};

// The stream in chunks that end at each position of `cuts`, and at its end.
template <class Cuts>
const char* difference(const oracle::result& expected, std::string_view stream, const Cuts& cuts,
                       const setting& how) {
  player player(expected, stream, how);
  std::size_t begin = 0;
  for (const std::size_t cut : cuts) {
    if (!player.feed(stream.substr(begin, cut - begin))) return player.difference();
    begin = cut;
  }
  player.feed(stream.substr(begin));
  return player.difference();
}

}  // namespace replay

#endif
