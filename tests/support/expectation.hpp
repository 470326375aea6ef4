// SPDX-License-Identifier: MIT
// What the oracle makes of a stream as far as it has come, for a caller who skips, drains and asks
// for reports as he likes.
#ifndef SSEWIRE_TESTS_SUPPORT_EXPECTATION_HPP
#define SSEWIRE_TESTS_SUPPORT_EXPECTATION_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <sse/parser.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/oracle.hpp"

class expectation {
 public:
  // What has to be handed out before the parser goes further.
  struct report {
    sse::parser::status what;
    oracle::event event;    // or else
    std::string_view text;  // of a comment or an ignored line
    std::string drained;
  };

  // All of the stream, also what will come later, or not at all.
  explicit expectation(std::string_view stream)
      : stream_(stream), lines_(oracle::split_into_lines(stream)) {}

  // Of another stream; what survives a reconnect does.
  void begin_stream(std::string_view stream) {
    expectation next(stream);
    next.source_.reconnection_time = source_.reconnection_time;
    next.wanted_ = wanted_;
    next.capacity_ = next.least_capacity_ = capacity_;
    next.possible_ids_ = std::move(possible_ids_);
    next.largest_id_ = next.possible_ids_.front().size();
    *this = std::move(next);
  }

  // That many bytes of the stream have been consumed.
  void advance(std::size_t offset) {
    offset_ = offset;
    while (line_ < lines_.lines.size() && lines_.lines[line_].end <= offset_) {
      const oracle::line line = lines_.lines[line_++];
      take_line(line.text, line.end, line.begin);
    }
    note_what_is_not_reported();
  }

  // The stream is at its end, and what is unfinished counts.
  void finish() {
    if (finished_) return;
    const std::string_view rest = tail();
    not_reported_ = true;  // what is not ended never is
    if (!rest.empty()) take_line(rest, offset_, offset_ - rest.size());
    finished_ = true;
    take_line({}, offset_, offset_);
  }

  // ---- What the caller does

  // Goes on without having made room: gives up what is reported, or else the event.
  void give_up(bool reported) { (reported ? not_reported_ : skipping_) = true; }

  void drain(std::string_view data) { drained_ += data; }
  void lend(std::size_t capacity) {
    capacity_ = capacity;
    least_capacity_ = std::min(least_capacity_, capacity);
  }
  void set_last_event_id(const std::string& id) {
    possible_ids_ = {id};
    largest_id_ = std::max(largest_id_, id.size());
  }
  void set_reports(sse::report wanted) {
    wanted_ = wanted;
    note_what_is_not_reported();
  }
  // Whether the line that has begun, or begins next, may be reported.
  bool wants_line() const {
    return wants(tail().substr(0, 1) == ":" ? sse::report::comments : sse::report::ignored_lines);
  }

  // ---- What there is to see

  std::vector<report> take_due() { return std::exchange(due_, {}); }
  bool is_anything_due() const { return !due_.empty(); }

  bool is_in_force(std::string_view id) {
    const auto found = std::find(possible_ids_.begin(), possible_ids_.end(), id);
    if (found == possible_ids_.end()) return false;
    possible_ids_ = {std::string(*found)};
    return true;
  }
  std::optional<std::uint64_t> reconnection_time() const { return source_.reconnection_time; }
  // Where the unfinished event begins, if there is one.
  std::optional<std::size_t> event_offset() const {
    if (source_.block_has_field) return source_.begin_of_block;
    if (tail().empty() || tail().front() == ':') return std::nullopt;
    return offset_ - tail().size();
  }
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
    if (skipping_) return std::nullopt;
    // Of lines that may be reported, more is received.
    if (wanted_ != sse::report::nothing && !tail().empty()) return std::nullopt;
    std::size_t size = unfinished_data().size() - drained_.size();
    size += source_.event_type_buffer.size();
    if (source_.id_of_block) size += source_.id_of_block->size();
    const std::size_t colon = tail().find(':');
    if (colon == std::string_view::npos) return size;
    const std::string_view name = tail().substr(0, colon);
    const std::string_view value = oracle::remove_one_leading_space(tail().substr(colon + 1));
    const bool is_kept =
        name == "event" || (name == "id" && value.find('\0') == std::string_view::npos);
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
  bool wants(sse::report what) const { return (wanted_ | what) == wanted_; }

  // Of a line that is not to be reported nothing is received, but as long as it may be a name, it
  // is known what it is.
  void note_what_is_not_reported() {
    constexpr std::string_view known[] = {"data", "event", "id", "retry", "\xEF\xBB"};
    const auto goes_on = [this](std::string_view name) {
      return name.substr(0, tail().size()) == tail();
    };
    const bool is_first = tail().size() == offset_;  // where a byte order mark may come
    const bool may_be_name =
        std::any_of(std::begin(known), std::end(known) - (is_first ? 0 : 1), goes_on);
    if (!may_be_name && !wants_line()) not_reported_ = true;
  }

  std::string unfinished_data() const {
    std::string data = source_.data_buffer;
    if (!data.empty()) data.pop_back();
    if (tail().substr(0, 5) != "data:") return data;
    if (!source_.data_buffer.empty()) data += '\n';
    return data.append(oracle::remove_one_leading_space(tail().substr(5)));
  }

  void take_line(std::string_view text, std::size_t end, std::size_t begin) {
    const bool is_reported = !std::exchange(not_reported_, false);
    if (text.substr(0, 1) == ":") {
      if (is_reported && wants(sse::report::comments)) {
        due_.push_back({sse::parser::status::comment, {}, text.substr(1), ""});
      }
      return;
    }
    if (text.substr(0, 3) == "id:") {
      id_bytes_ += oracle::remove_one_leading_space(text.substr(3)).size();
    }
    const std::optional<std::string> id = source_.id_of_block;
    const std::optional<oracle::event> fired = source_.process_line(text, end, begin);
    if (source_.is_ignored && is_reported && wants(sse::report::ignored_lines)) {
      due_.push_back({sse::parser::status::ignored_line, {}, text, ""});
    }
    if (!text.empty()) return;
    if (id) {
      // That of a skipped event comes into force if there was room for it.
      if (!skipping_ || largest_id_ + id_bytes_ <= least_capacity_) possible_ids_.clear();
      possible_ids_.push_back(*id);
      largest_id_ = id->size();
    }
    const bool is_block = source_.block_without_data && wants(sse::report::no_data);
    if (fired || is_block) {
      const auto what = skipping_ ? sse::parser::status::skipped
                        : fired   ? sse::parser::status::event
                                  : sse::parser::status::no_data;
      due_.push_back({what, fired ? *fired : *source_.block_without_data, {}, drained_});
    }
    skipping_ = false;
    drained_.clear();
    id_bytes_ = 0;
    least_capacity_ = capacity_;
    for (const std::string& each : possible_ids_) largest_id_ = std::max(largest_id_, each.size());
  }

  std::string_view stream_;
  oracle::split_stream lines_;
  std::size_t line_ = 0;  // the next one
  std::size_t offset_ = 0;
  oracle::event_source source_;
  bool finished_ = false;
  std::vector<report> due_;
  sse::report wanted_ = sse::report::nothing;
  std::size_t capacity_ = 0;

  std::vector<std::string> possible_ids_ = {""};  // of which one is in force

  // Of the unfinished event.
  bool skipping_ = false;
  std::string drained_;
  std::size_t id_bytes_ = 0;
  std::size_t least_capacity_ = 0;
  std::size_t largest_id_ = 0;  // that was in force meanwhile

  // The unfinished line, even if it should be one of those that are reported.
  bool not_reported_ = false;
};

#endif
