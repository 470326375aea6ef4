// SPDX-License-Identifier: MIT
// The judge is sse::growing_parser. Lines are walked only to say where, and why it judged so.
#include <sse/growing_parser.hpp>
#include <string>
#include <utility>

#include "commands.hpp"
#include "io.hpp"
#include "json.hpp"
#include "judge.hpp"
#include "lines.hpp"
#include "report.hpp"

namespace tool {

namespace {

using status = sse::parser::status;
constexpr std::size_t most = sse::growing_parser::default_limit;

std::string count(std::uint64_t number, const std::string& thing) {
  return std::to_string(number) + " " + thing + (number == 1 ? "" : "s");
}

class checker {
 public:
  explicit checker(report& report) : report_(report) { parser_.report(sse::report::everything); }

  void take(std::string_view chunk) {
    lines_.feed(chunk);
    for (piece p; lines_.next(p);) {
      if (line_.size() <= most) line_ += p.text;
      const status found = run_parser(p);
      if (p.ends_line) {
        look_at_line(p.at, found);
        line_.clear();
      }
      if (p.end) look_at_line_end(p.at, *p.end);
    }
  }

  void end() {
    if (lines_.after_cr()) look_at_line_end(lines_.at(), line_end::cr);
    if (parser_.pending()) {
      report_.warning(event_.begin.line != 0 ? event_.begin : lines_.at(),
                      "discarded with its ID: the stream ends before this event's blank line");
    }
    std::string text = "end: " + count(events_, "event") + ", " + count(comments_, "comment") +
                       ", last event ID " + shown(parser_.last_event_id());
    if (const auto time = parser_.reconnection_time()) {
      text += ", reconnection time " + count_of_ms(*time);
    }
    report_.summary(text + "; " + count(report_.warnings(), "warning"));
  }

 private:
  static std::string count_of_ms(std::chrono::milliseconds time) {
    return std::to_string(time.count()) + " ms";
  }

  // What has come of a line, if it has ended.
  status run_parser(const piece& p) {
    status found = status::need_input;
    for (const auto& e : parser_.events(p.bytes)) {
      found = e.kind;
      if (found == status::comment) ++comments_;
      if (found != status::event) continue;
      ++events_;
      report_.event(p.at, shown(e.type) + (e.id ? ", ID " + shown(*e.id) : "") + ", " +
                              count(e.data.size(), "byte") + " of data: " + shown(e.data));
    }
    return found;
  }

  void look_at_line(place at, status found) {
    if (at.line == 1 && begins_with(line_, byte_order_mark)) {
      report_.note(at, "a byte order mark, which is removed here");
      line_.erase(0, byte_order_mark.size());
    }
    if (line_.size() > most) {
      report_.warning(at, "a line of more than " + count(most, "byte") + " is not looked at");
    } else if (!line_.empty()) {
      if (found != status::comment) look_at_field(at, found == status::ignored_line);
    } else {
      if (found == status::skipped) {
        report_.warning(at, "an event of more than " + count(most, "byte") + " is not looked at");
      } else if (found == status::no_data) {
        look_at_no_data(at);
      }
      event_ = {};
    }
  }

  void look_at_field(place at, bool ignored) {
    if (event_.begin.line == 0) event_.begin = at;
    if (ignored) {
      return report_.warning(at, "ignored: " + why_ignored(line_, event_.behind_data));
    }
    const std::string_view name = name_of(line_);
    event_.behind_data = name == "data";
    look_at_value(at, value_of(line_), name);
    if (name == "event") look_at_repetition(at, "type", event_.type);
    if (name == "id") look_at_repetition(at, "ID", event_.id);
  }

  void look_at_value(place at, std::string_view value, std::string_view name) {
    if (!is_utf8(line_)) {
      report_.warning(at, "changed: what is not UTF-8 becomes U+FFFD: " + shown(value));
    }
    if (!value.empty() && line_[name.size() + 1] != ' ' && !std::exchange(told_of_space_, true)) {
      report_.note(at, "no space behind the colon, which is fine (said once)");
    }
    if (name == "id" && value.empty()) {
      report_.note(at, "an empty ID resets the last event ID: a reconnect sends none");
    } else if (name == "id" && !sse::is_header_safe(value)) {
      report_.warning(
          at, "the ID " + shown(value) + " is not fit for a header: no reconnect can send it");
    } else if (name == "retry") {
      report_.note(at, "the reconnection time is " +
                           count_of_ms(parser_.reconnection_time().value()) + " from now on");
    }
  }

  void look_at_repetition(place at, const std::string& thing, std::uint64_t& line) {
    if (line != 0) {
      report_.warning(at, "replaces the " + thing + " of line " + std::to_string(line));
    }
    line = at.line;
  }

  void look_at_no_data(place at) {
    if (event_.type != 0) {
      report_.warning(at, "no event, for there are no data; the type of line " +
                              std::to_string(event_.type) + " is forgotten");
    } else if (event_.id != 0) {
      report_.note(at, "no event, for there are no data; but the last event ID is " +
                           shown(parser_.last_event_id()) + " from now on");
    }
  }

  void look_at_line_end(place at, line_end end) {
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

  report& report_;
  sse::growing_parser parser_;
  line_cutter lines_;
  std::string line_;

  std::uint64_t events_ = 0;
  std::uint64_t comments_ = 0;
  std::optional<line_end> first_end_;
  bool told_of_space_ = false;
  bool told_of_mix_ = false;
  struct {
    place begin;             // of the first field
    std::uint64_t type = 0;  // the lines of these fields
    std::uint64_t id = 0;
    bool behind_data = false;
  } event_;
};

}  // namespace

exit_code check(const check_options& options) {
  input in;
  output out;
  report report(out, options.quiet);
  checker checker(report);
  while (in.read()) {
    checker.take(in.chunk());
    out.flush();
  }
  checker.end();
  out.flush();
  return report.warnings() == 0 ? exit_code::ok : exit_code::bad_input;
}

}  // namespace tool
