// SPDX-License-Identifier: MIT
// Replays a stream through a parser, chunk by chunk and with little storage, and compares all that
// can be seen of it with what the oracle says of the whole stream.
#ifndef SSEWIRE_TESTS_SUPPORT_REPLAY_HPP
#define SSEWIRE_TESTS_SUPPORT_REPLAY_HPP

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <sse/parser.hpp>
#include <string>
#include <string_view>

#include "support/oracle.hpp"

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"
#endif

namespace replay {

// A parser is not to be copied, but to go on from one state in many ways a player must.
inline void copy(sse::parser& to, const sse::parser& from) {
  // This cast alone reaches a private base.
  (sse::detail::parsing&)to = (const sse::detail::parsing&)from;  // NOLINT
}

#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

// The ways on from storage_full.
enum class policy : unsigned char { grow, drain, skip };

struct setting {
  std::size_t capacity = 4096;  // at most that
  policy when_full = policy::grow;
  sse::report reports = sse::report::nothing;
  bool lenient_end = false;  // ends with finish
  std::string_view initial_last_event_id = {};
};

class player {
 public:
  explicit player(const setting& how) : how_(how) {
    lend(0, how.capacity);
    parser_.report(how.reports);
    if (!parser_.set_last_event_id(how.initial_last_event_id)) fail("seed refused");
  }

  // The stream as far as it is known, and the oracle's word on it; both are borrowed. What was fed
  // already is the beginning of it.
  void expect(const oracle::result& expected, std::string_view stream) {
    expected_ = &expected;
    stream_ = stream;
  }

  // The next chunk of the stream; it is copied over the one before. False once anything differs.
  bool feed(std::string_view chunk) {
    if (chunk.size() <= sizeof chunk_) {
      std::memcpy(chunk_, chunk.data(), chunk.size());
      chunk = {chunk_, chunk.size()};
    }
    chunk_begin_ = parser_.offset();
    parser_.feed(chunk);
    return walk([this](sse::event& e) { return parser_.next(e); });
  }

  // What differs, or nullptr. To be called at the stream's end.
  const char* difference() {
    if (difference_ != nullptr) return difference_;
    if (parser_.pending() != expected_->pending) fail("pending");
    if (parser_.offset() != stream_.size()) fail("offset at the end");
    if (expected_->pending && parser_.event_offset() != unfinished().begin) {
      fail("where the unfinished event begins");
    }
    compare_end_state(expected_->last_event_id, expected_->reconnection_time);
    compare_counts(expected_->events.size(), expected_->blocks_without_data.size());
    return difference_;
  }

  // The same of the lenient ending, and of a stream after it.
  const char* difference_when_finished() {
    if (difference_ != nullptr) return difference_;
    finishing_ = true;
    walk([this](sse::event& e) { return parser_.finish(e); });
    finishing_ = false;
    if (parser_.pending()) fail("pending behind finish");
    compare_end_state(expected_->last_event_id_if_finished,
                      expected_->reconnection_time_if_finished);
    compare_counts(event_count(), block_count());
    if (difference_ == nullptr) compare_new_stream();
    return difference_;
  }

  // How often the storage was full.
  unsigned suspensions() const { return at_.suspensions; }

  // What differed already, or nullptr.
  const char* so_far() const { return difference_; }

  void set_way_on(policy when_full) { how_.when_full = when_full; }

  // A state that the player can be brought back to.
  class state;
  void save(state& to);
  void restore(const state& from);

 private:
  static constexpr std::size_t most = 4096;
  static constexpr std::size_t slack = 8;
  static constexpr char canary = '\x5A';

  // How far it has come.
  struct place {
    unsigned capacity = 0;
    unsigned next = 0;  // the oracle's next event
    unsigned seen = 0;  // events that came
    unsigned skipped = 0;
    unsigned blocks = 0;    // the oracle's next block without data
    unsigned comments = 0;  // the oracle's next comment
    unsigned ignored = 0;   // the oracle's next ignored line
    unsigned given_up = 0;  // reports that did not fit
    unsigned missing = 0;   // reports that did not come
    unsigned drained = 0;   // bytes of the next event's data
    unsigned suspensions = 0;
    unsigned storage = 0;
  };

  template <class Step>
  bool walk(Step step) {
    sse::event e;
    while (difference_ == nullptr) {
      switch (step(e)) {
        case sse::parser::status::need_input:
          if (!parser_.unread().empty()) fail("need_input before the chunk's end");
          return difference_ == nullptr;
        case sse::parser::status::event: compare_event(e); break;
        case sse::parser::status::skipped: compare_skipped(e); break;
        case sse::parser::status::no_data: compare_block(e); break;
        case sse::parser::status::comment:
          compare_report(e, sse::report::comments, expected_->comments, at_.comments);
          break;
        case sse::parser::status::ignored_line:
          compare_report(e, sse::report::ignored_lines, expected_->ignored_lines, at_.ignored);
          break;
        case sse::parser::status::storage_full: go_on(parser_.kept() != at_.capacity); break;
        case sse::parser::status::report_full:
          // A name that has come is received with the byte behind it.
          go_on(parser_.kept() + 6 < at_.capacity);
          at_.given_up += how_.when_full == policy::skip;
          break;
      }
    }
    return false;
  }

  // With the unfinished one, should there be one.
  std::size_t event_count() const {
    return expected_->events.size() + (expected_->unfinished ? 1 : 0);
  }
  const oracle::event& event_at(std::size_t i) const {
    return i < expected_->events.size() ? expected_->events[i] : *expected_->unfinished;
  }
  std::size_t block_count() const {
    return expected_->blocks_without_data.size() + (expected_->unfinished_block ? 1 : 0);
  }
  const oracle::event& block_at(std::size_t i) const {
    return i < expected_->blocks_without_data.size() ? expected_->blocks_without_data[i]
                                                     : *expected_->unfinished_block;
  }
  const oracle::event& unfinished() const {
    return expected_->unfinished ? *expected_->unfinished : *expected_->unfinished_block;
  }
  bool wants(sse::report what) const { return (how_.reports | what) == how_.reports; }

  // An event or comment is reported as soon as its line has ended, and a CR ends it already; one LF
  // more may have been taken with it.
  bool ends_here(std::size_t end) const {
    const std::uint64_t offset = parser_.offset();
    return offset == end || (offset == end + 1 && stream_[end - 1] == '\r' && stream_[end] == '\n');
  }

  void compare_event(const sse::event& e) {
    if (at_.next >= event_count()) return fail("an event too many");
    const oracle::event& expected = event_at(at_.next++);
    ++at_.seen;
    compare_block(e, expected);
    if (e.data != rest_of_data(expected)) fail("data");
    at_.drained = 0;
  }

  void compare_block(const sse::event& e) {
    if (!wants(sse::report::no_data)) return fail("a block without data nobody asked for");
    if (at_.blocks >= block_count()) return fail("a block without data too many");
    compare_block(e, block_at(at_.blocks++));
    if (!e.data.empty()) fail("data of a block without data");
  }

  void compare_block(const sse::event& e, const oracle::event& expected) {
    compare_place(expected);
    if (e.id != (expected.id ? std::optional<std::string_view>(*expected.id) : std::nullopt)) {
      fail("event.id");
    }
    if (e.type != expected.type || e.has_type() != expected.has_type) fail("type");
    if (!is_time(e.retry, expected.retry)) fail("event.retry");
    if (ids_fit() && parser_.last_event_id() != expected.last_event_id) fail("ID in force");
  }

  // A skipped event, or a skipped block that would have been reported.
  void compare_skipped(const sse::event& e) {
    if (how_.when_full != policy::skip) return fail("skipped without a cause");
    if (at_.next < event_count() && ends_here(event_at(at_.next).end)) {
      ++at_.skipped;
      compare_place(event_at(at_.next++));
    } else if (wants(sse::report::no_data) && at_.blocks < block_count()) {
      compare_place(block_at(at_.blocks++));
    } else {
      fail("nothing was skipped");
    }
    if (!e.type.empty() || !e.data.empty() || e.retry) fail("skipped, but not empty");
  }

  void compare_place(const oracle::event& expected) {
    if (!ends_here(expected.end)) return fail("event at another place");
    if (parser_.event_offset() != expected.begin) fail("where the event begins");
    const auto size = static_cast<std::size_t>(parser_.offset()) - expected.begin;
    // When the chunk has been used up, it is gone.
    const bool in_chunk = expected.begin >= chunk_begin_ && !finishing_;
    if (parser_.raw() != (in_chunk ? stream_.substr(expected.begin, size) : std::string_view())) {
      fail("the event's bytes");
    }
  }

  // What is not drained of it.
  std::string_view rest_of_data(const oracle::event& e) const {
    const std::string_view data = e.data;
    return data.substr(at_.drained < data.size() ? at_.drained : data.size());
  }

  template <class Reports>
  void compare_report(const sse::event& e, sse::report what, const Reports& all, unsigned& next) {
    if (!wants(what)) return fail("a report nobody asked for");
    for (; next < all.size() && !ends_here(all[next].end); ++next) ++at_.missing;
    if (next >= all.size()) return fail("a report too many");
    if (e.data != all[next++].text) fail("what is reported");
    if (e.id || !e.type.empty() || e.retry) fail("a report with fields");
  }

  void compare_end_state(const std::string& id, const std::optional<std::uint64_t>& time) {
    if (ids_fit() && parser_.last_event_id() != id) fail("last event ID at the end");
    if (!is_time(parser_.reconnection_time(), time)) fail("reconnection time");
  }

  void compare_counts(std::size_t events, std::size_t blocks) {
    if (at_.seen + at_.skipped != events) fail("an event is missing");
    if (wants(sse::report::no_data) && at_.blocks != blocks) fail("a block is missing");
    unsigned missing = at_.missing;
    if (wants(sse::report::comments)) {
      missing += static_cast<unsigned>(expected_->comments.size()) - at_.comments;
    }
    if (wants(sse::report::ignored_lines)) {
      missing += static_cast<unsigned>(expected_->ignored_lines.size()) - at_.ignored;
    }
    if (missing > at_.given_up) fail("a report is missing");
    if (!is_guarded()) fail("storage overrun");
  }

  // Nothing of the stream before is left, but for the last event ID and the reconnection time.
  void compare_new_stream() {
    char id[most];
    const std::size_t id_size = parser_.last_event_id().copy(id, sizeof id);
    const auto time = parser_.reconnection_time();
    parser_.reset();
    if (parser_.pending() || parser_.offset() != 0 || !parser_.unread().empty()) fail("reset");
    if (parser_.kept() != id_size) fail("kept behind reset");
    parser_.feed(
        "\xEF\xBB\xBF"
        "data:new\n\n");
    sse::event e;
    if (parser_.next(e) != sse::parser::status::event) return fail("no event behind reset");
    if (e.data != "new" || e.type != "message" || e.id || e.retry) fail("event behind reset");
    if (parser_.event_offset() != 3) fail("where an event begins, behind reset");
    if (parser_.next(e) != sse::parser::status::need_input) fail("behind reset and an event");
    if (parser_.last_event_id() != std::string_view(id, id_size)) fail("last event ID, reset");
    if (parser_.reconnection_time() != time) fail("reconnection time, reset");
  }

  // With room for every ID of the stream, skipping must not lose any.
  bool ids_fit() const {
    return how_.when_full != policy::skip ||
           expected_->id_bytes + how_.initial_last_event_id.size() <= how_.capacity;
  }

  static bool is_time(const std::optional<std::chrono::milliseconds>& actual,
                      const std::optional<std::uint64_t>& expected) {
    if (!actual || !expected) return actual.has_value() == expected.has_value();
    return static_cast<std::uint64_t>(actual->count()) == *expected;
  }

  void go_on(bool has_room) {
    if (has_room) fail("storage_full with room left");
    if (++at_.suspensions > 4 * stream_.size()) fail("no way on");
    if (how_.when_full == policy::skip) return;
    if (how_.when_full == policy::drain) {
      const std::string_view data = parser_.drain();
      if (!data.empty()) return compare_drained(data);
    }
    const std::size_t larger = at_.capacity + 1;  // the least that can help
    if (larger > most) return fail("more storage wanted than there is");
    if (!lend(1 - at_.storage, larger)) fail("use_storage");
  }

  void compare_drained(std::string_view data) {
    if (at_.next >= event_count()) return fail("data of no event");
    if (rest_of_data(event_at(at_.next)).substr(0, data.size()) != data) fail("drained data");
    at_.drained += static_cast<unsigned>(data.size());
  }

  // Storage of exactly that capacity, with canaries at both ends.
  bool lend(unsigned which, std::size_t capacity) {
    guard(which, capacity);
    at_.storage = which;
    at_.capacity = static_cast<unsigned>(capacity);
    return parser_.use_storage(storage_[which] + slack, capacity);
  }
  void guard(unsigned which, std::size_t capacity) {
    std::memset(storage_[which], canary, slack);
    std::memset(storage_[which] + slack + capacity, canary, slack);
  }
  bool is_guarded() const {
    char canaries[slack];
    std::memset(canaries, canary, slack);
    const char* const storage = storage_[at_.storage];
    return std::memcmp(storage, canaries, slack) == 0 &&
           std::memcmp(storage + slack + at_.capacity, canaries, slack) == 0;
  }

  void fail(const char* what) {
    if (difference_ == nullptr) difference_ = what;
  }

  const oracle::result* expected_ = nullptr;
  std::string_view stream_;
  setting how_;
  sse::parser parser_{nullptr, 0};
  place at_;
  const char* difference_ = nullptr;
  std::uint64_t chunk_begin_ = 0;
  bool finishing_ = false;
  char chunk_[256];
  char storage_[2][slack + most + slack];
};

// To be restored by the player that saved it.
class player::state {
 public:
  unsigned suspensions() const { return at_.suspensions; }

 private:
  friend player;
  sse::parser parser_{nullptr, 0};
  place at_;
  char kept_[192];
};

inline void player::save(state& to) {
  if (at_.capacity > sizeof to.kept_) return fail("more storage than a state holds");
  replay::copy(to.parser_, parser_);
  to.at_ = at_;
  std::memcpy(to.kept_, storage_[at_.storage] + slack, at_.capacity);
}

inline void player::restore(const state& from) {
  replay::copy(parser_, from.parser_);
  at_ = from.at_;
  std::memcpy(storage_[at_.storage] + slack, from.kept_, at_.capacity);
  guard(at_.storage, at_.capacity);
  difference_ = nullptr;
}

// The stream in chunks that end at each position of `cuts`, and at its end.
template <class Cuts>
const char* difference(const oracle::result& expected, std::string_view stream, const Cuts& cuts,
                       const setting& how) {
  player player(how);
  player.expect(expected, stream);
  std::size_t begin = 0;
  for (const std::size_t cut : cuts) {
    player.feed(stream.substr(begin, cut - begin));
    begin = cut;
  }
  player.feed(stream.substr(begin));
  const char* const difference = player.difference();
  return how.lenient_end && difference == nullptr ? player.difference_when_finished() : difference;
}

}  // namespace replay

#endif
