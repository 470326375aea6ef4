// SPDX-License-Identifier: MIT
// What the oracle makes of a stream as far as it has come, for a caller who skips, drains and asks
// for comments as he likes.
#ifndef SSEWIRE_TESTS_SUPPORT_EXPECTATION_HPP
#define SSEWIRE_TESTS_SUPPORT_EXPECTATION_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/oracle.hpp"

class expectation {
 public:
  // What has to be reported before the parser goes further.
  struct report {
    std::optional<oracle::event> event;  // or else a comment
    std::string_view comment;
    std::string drained;
    bool is_optional;
  };

  // All of the stream, also what will come later, or not at all.
  explicit expectation(std::string_view stream)
      : stream_(stream), lines_(oracle::split_into_lines(stream)) {}

  // Of another stream; what survives a reconnect does.
  void begin_stream(std::string_view stream) {
    expectation next(stream);
    next.source_.reconnection_time = source_.reconnection_time;
    next.wants_comments_ = wants_comments_;
    next.capacity_ = next.least_capacity_ = capacity_;
    next.possible_ids_ = std::move(possible_ids_);
    next.largest_id_ = next.possible_ids_.front().size();
    next.dropped_ = dropped_;
    *this = std::move(next);
  }

  // That many bytes of the stream have been consumed.
  void advance(std::size_t offset) {
    offset_ = offset;
    while (line_ < lines_.lines.size() && lines_.lines[line_].end <= offset_) {
      const oracle::line line = lines_.lines[line_++];
      take_line(line.text, line.end);
    }
    if (is_in_comment() && !comment_.begun) comment_ = {true, wants_comments_, false, false};
  }

  // The stream is at its end, and what is unfinished counts.
  void finish() {
    if (finished_) return;
    const std::string_view rest = tail();
    if (!rest.empty() && rest.front() != ':') take_line(rest, offset_);
    finished_ = true;
    comment_ = {};
    take_line({}, offset_);
  }

  // ---- What the caller does

  // Goes on without having made room: gives up the comment, or else the event.
  void give_up() { (is_in_comment() ? comment_.given_up : skipping_) = true; }

  void drain(std::string_view data) { drained_ += data; }
  void lend(std::size_t capacity) {
    capacity_ = capacity;
    least_capacity_ = std::min(least_capacity_, capacity);
  }
  void set_last_event_id(const std::string& id) {
    possible_ids_ = {id};
    largest_id_ = std::max(largest_id_, id.size());
  }
  void report_comments(bool on) {
    if (comment_.begun && on != wants_comments_) comment_.unsure = true;
    wants_comments_ = on;
  }
  // In a range comments are passed over.
  void pass_over_comments(bool on) { passes_over_comments_ = on; }

  // ---- What there is to see

  std::vector<report> take_due() { return std::exchange(due_, {}); }
  bool is_anything_due() const {
    return std::any_of(due_.begin(), due_.end(), [](const report& r) { return !r.is_optional; });
  }

  bool is_in_force(std::string_view id) {
    const auto found = std::find(possible_ids_.begin(), possible_ids_.end(), id);
    if (found == possible_ids_.end()) return false;
    possible_ids_ = {std::string(*found)};
    return true;
  }
  std::optional<std::uint64_t> reconnection_time() const { return source_.reconnection_time; }
  std::uint64_t dropped() const { return dropped_; }
  bool pending() const {
    return source_.block_has_field || !(tail().empty() || tail().front() == ':');
  }

  // What `drain` must hand out.
  std::string drainable() const {
    const std::string data = unfinished_data();
    return skipping_ || data.size() < drained_.size() ? std::string()
                                                      : data.substr(drained_.size());
  }

  // How much must be kept beside the ID in force, where that is certain.
  std::optional<std::size_t> kept() const {
    if (skipping_ || comment_.unsure) return std::nullopt;
    std::size_t size = unfinished_data().size() - drained_.size();
    size += source_.event_type_buffer.size();
    if (source_.id_of_block) size += source_.id_of_block->size();
    const std::size_t colon = tail().find(':');
    if (colon == std::string_view::npos) return size;
    const std::string_view name = tail().substr(0, colon);
    const std::string_view value = oracle::remove_one_leading_space(tail().substr(colon + 1));
    const bool is_kept = name == "event" ||
                         (name == "id" && value.find('\0') == std::string_view::npos) ||
                         (name.empty() && comment_.wanted && !comment_.given_up);
    return is_kept ? size + value.size() : size;
  }

 private:
  // What has come of a line that has not ended.
  std::string_view tail() const {
    if (finished_) return {};
    const bool is_last = line_ == lines_.lines.size();
    const std::string_view text = is_last ? lines_.tail : lines_.lines[line_].text;
    auto begin = static_cast<std::size_t>(text.data() - stream_.data());
    if (line_ == 0 && offset_ < begin) begin = 0;  // not all of a byte order mark
    return begin < offset_ ? stream_.substr(begin, offset_ - begin) : std::string_view();
  }
  bool is_in_comment() const { return tail().substr(0, 1) == ":"; }

  std::string unfinished_data() const {
    std::string data = source_.data_buffer;
    if (!data.empty()) data.pop_back();
    if (tail().substr(0, 5) != "data:") return data;
    if (!source_.data_buffer.empty()) data += '\n';
    return data.append(oracle::remove_one_leading_space(tail().substr(5)));
  }

  void take_line(std::string_view text, std::size_t end) {
    if (text.substr(0, 1) == ":") return take_comment(text.substr(1));
    if (text.substr(0, 3) == "id:") {
      id_bytes_ += oracle::remove_one_leading_space(text.substr(3)).size();
    }
    const std::optional<std::string> id = source_.id_of_block;
    const std::optional<oracle::event> fired = source_.process_line(text, end);
    if (!text.empty()) return;
    if (id) {
      // That of a skipped event comes into force if there was room for it.
      if (!skipping_ || largest_id_ + id_bytes_ <= least_capacity_) possible_ids_.clear();
      possible_ids_.push_back(*id);
      largest_id_ = id->size();
    }
    if (fired && skipping_) ++dropped_;
    if (fired && !skipping_) due_.push_back({fired, {}, drained_, false});
    skipping_ = false;
    drained_.clear();
    id_bytes_ = 0;
    least_capacity_ = capacity_;
    for (const std::string& each : possible_ids_) largest_id_ = std::max(largest_id_, each.size());
  }

  void take_comment(std::string_view text) {
    const comment_state comment = std::exchange(comment_, {});
    const bool is_wanted = comment.begun ? comment.wanted : wants_comments_;
    if (!is_wanted || comment.given_up) return;
    due_.push_back({std::nullopt, oracle::remove_one_leading_space(text), "",
                    comment.unsure || passes_over_comments_});
  }

  std::string_view stream_;
  oracle::split_stream lines_;
  std::size_t line_ = 0;  // the next one
  std::size_t offset_ = 0;
  oracle::event_source source_;
  bool finished_ = false;
  std::vector<report> due_;
  std::uint64_t dropped_ = 0;
  bool wants_comments_ = false;
  bool passes_over_comments_ = false;
  std::size_t capacity_ = 0;

  std::vector<std::string> possible_ids_ = {""};  // of which one is in force

  // Of the unfinished event.
  bool skipping_ = false;
  std::string drained_;
  std::size_t id_bytes_ = 0;
  std::size_t least_capacity_ = 0;
  std::size_t largest_id_ = 0;  // that was in force meanwhile

  // Of an unfinished comment.
  struct comment_state {
    bool begun = false;
    bool wanted = false;  // when it began
    bool unsure = false;  // it was asked for otherwise later
    bool given_up = false;
  } comment_;
};

#endif
