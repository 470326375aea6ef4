// SPDX-License-Identifier: MIT
#include "checker.hpp"

#include <utility>

#include "json.hpp"
#include "judge.hpp"

namespace tool {

namespace {
constexpr std::size_t most = sse::growing_parser::default_limit;
}  // namespace

checker::checker(report& report, const std::vector<std::string>& clients)
    : report_(report), traps_(report), clients_(clients) {
  parser_.report(sse::report::everything);
  if (clients.empty()) return;
  forms_.emplace([this](place at, std::string_view form) { tell_of_form(at, form); });
}

void checker::take(std::string_view chunk) {
  lines_.feed(chunk);
  for (piece p; !is_compressed_ && lines_.next(p);) {
    if (line_.size() <= most) line_ += p.text;
    if (!has_looked_at_start_ && (p.ends_line || line_.size() >= 4)) look_at_start();
    if (is_compressed_) return;
    const status found = run_parser(p);
    if (p.ends_line) {
      look_at_line(p.at, found);
      line_.clear();
    }
    if (p.end) look_at_line_end(p.at, *p.end);
  }
}

void checker::end(bool has_left) {
  if (is_compressed_) {
    return report_.summary("end: not looked at; " + count(report_.warnings(), "warning"));
  }
  if (lines_.after_cr()) look_at_line_end(lines_.at(), line_end::cr);
  if (forms_ && !has_left) {
    if (begins_with(line_, "data:")) forms_->field(lines_.at(), line_, false);  // has no end
    forms_->end(lines_.at());
  }
  if (!line_.empty() && line_.size() <= most) traps_.unfinished_line(lines_.at(), line_);
  if (parser_.pending() && !has_left) look_at_cut();
  std::string text = "end: " + count(events_, "event") + ", " + count(comments_, "comment") +
                     ", last event ID " + shown(parser_.last_event_id());
  if (const auto time = parser_.reconnection_time()) {
    text += ", reconnection time " + std::to_string(time->count()) + " ms";
  }
  report_.summary(text + "; " + count(report_.warnings(), "warning"));
}

// What has come of a line, if it has ended.
checker::status checker::run_parser(const piece& p) {
  status found = status::need_input;
  for (const auto& e : parser_.events(p.bytes)) {
    found = e.kind;
    if (found == status::comment) ++comments_;
    if (found != status::event) continue;
    ++events_;
    report_.event(p.at, shown(e.type) + (e.id ? ", ID " + shown(*e.id) : "") + ", " +
                            count(e.data.size(), "byte") + " of data: " + shown(e.data));
    traps_.event(p.at, e, block_, parser_.last_event_id());
  }
  return found;
}

void checker::look_at_line(place at, status found) {
  if (at.line == 1 && begins_with(line_, byte_order_mark)) {
    report_.note(at, "a byte order mark, which is removed here");
    if (forms_) forms_->byte_order_mark(at);
    line_.erase(0, byte_order_mark.size());
  }
  if (line_.size() > most) {
    report_.warning(at, "a line of more than " + count(most, "byte") + " is not looked at");
  } else if (!line_.empty()) {
    if (found != status::comment) {
      look_at_field(at, found == status::ignored_line);
    } else {
      traps_.known_line(at, line_);
      if (forms_) forms_->comment(at);
    }
  } else {
    if (forms_) forms_->blank_line(at);
    if (found == status::skipped) {
      report_.warning(at, "an event of more than " + count(most, "byte") + " is not looked at");
    } else if (found == status::no_data) {
      look_at_no_data(at);
    }
    traps_.blank_line(at);
    block_ = {};
  }
}

void checker::look_at_field(place at, bool ignored) {
  if (block_.begin.line == 0) block_.begin = at;
  if (forms_) forms_->field(at, line_, ignored);
  if (ignored) {
    if (traps_.ignored_line(at, line_)) return;
    return report_.warning(at, "ignored: " + why_ignored(line_, block_.behind_data));
  }
  const std::string_view name = name_of(line_);
  look_at_value(at, value_of(line_), name);
  block_.behind_data = name == "data";
  if (name == "event") look_at_repetition(at, "type", block_.type);
  if (name == "id") look_at_repetition(at, "ID", block_.id);
}

void checker::look_at_value(place at, std::string_view value, std::string_view name) {
  if (!is_utf8(line_)) {
    report_.warning(at, "changed: what is not UTF-8 becomes U+FFFD: " + shown(value));
  }
  if (!value.empty() && line_[name.size() + 1] != ' ' && !std::exchange(told_of_space_, true)) {
    report_.note(at, "no space behind the colon, which is fine (said once)");
  }
  if (name == "data") return traps_.data_line(at, value, block_.behind_data);
  traps_.known_line(at, line_);
  if (name == "id" && value.empty()) {
    report_.note(at, "an empty ID resets the last event ID: a reconnect sends none");
  } else if (name == "id") {
    traps_.id(at, value);
  } else if (name == "retry") {
    traps_.retry(at, parser_.reconnection_time().value());
    block_.retry = at.line;
  }
}

void checker::look_at_repetition(place at, const std::string& thing, std::uint64_t& line) {
  if (line != 0) {
    report_.warning(at, "replaces the " + thing + " of line " + std::to_string(line));
  }
  line = at.line;
}

void checker::look_at_no_data(place at) {
  if (block_.type != 0) {
    report_.warning(at, "no event, for there are no data; the type of line " +
                            std::to_string(block_.type) + " is forgotten");
  } else if (block_.id != 0) {
    report_.note(at, "no event, for there are no data; but the last event ID is " +
                         shown(parser_.last_event_id()) + " from now on");
  }
  traps_.no_data(at, block_);
}

// The stream ends inside of a block, and maybe of a line.
void checker::look_at_cut() {
  const bool has_id = block_.id != 0 || name_of(line_) == "id";
  report_.warning(block_.begin.line != 0 ? block_.begin : lines_.at(),
                  std::string("discarded") + (has_id ? " with its ID" : "") +
                      ": the stream ends before this event's blank line");
}

// If it is compressed, there is nothing in it to be looked at.
void checker::look_at_start() {
  has_looked_at_start_ = true;
  const std::string_view coding = compression_of(line_);
  if (coding.empty()) return;
  is_compressed_ = true;
  report_.warning(place{1, 0}, "compressed by " + std::string(coding) +
                                   ", and so not looked at: decode it first (curl --compressed)");
}

// What those clients misread that were asked for.
void checker::tell_of_form(place at, std::string_view form) {
  if (!told_of_forms_.emplace(form).second) return;
  const std::string who = who_misreads(clients_, form);
  if (who.empty()) return;
  report_.warning(at, std::string(form_in_words(form)) + " (said once): " + who);
}

void checker::look_at_line_end(place at, line_end end) {
  if (forms_) forms_->line_end(at, end);
  if (!first_end_) {
    first_end_ = end;
    if (end == line_end::cr) {
      report_.note(at, "a CR ends the line, which is fine, but not for every client");
    }
  } else if (end == *first_end_) {
    return;
  } else if (end == line_end::cr) {
    report_.warning(at, "a CR ends the line, unlike the first one: data cannot hold a CR");
  } else if (!std::exchange(told_of_mix_, true)) {
    report_.note(at, "the line ends unlike the first one, which is fine (said once)");
  }
}

}  // namespace tool
