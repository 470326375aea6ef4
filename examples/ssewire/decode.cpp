// SPDX-License-Identifier: MIT
#include <algorithm>
#include <sse/growing_parser.hpp>

#include "commands.hpp"
#include "io.hpp"
#include "json.hpp"

namespace tool {

namespace {

using status = sse::parser::status;

class printer {
 public:
  printer(const decode_options& options, output& out)
      : options_(options),
        out_(out),
        end_(options.nul_separated ? '\0' : '\n'),
        colours_(palette_for(options.raw ? STDERR_FILENO : STDOUT_FILENO)) {}

  void event(const sse::event& e, bool has_data = true) {
    if (!options_.data_only) return object(e, has_data);
    out_.put(e.data);
    out_.put(end_);
  }

  void comment(std::string_view text) {
    member("comment", colours_.faint, json_string(text));
    end_line();
  }

 private:
  void object(const sse::event& e, bool has_data) {
    if (e.id) member("id", json_string(*e.id));
    if (e.has_type()) member("event", colours_.strong, json_string(e.type));
    if (has_data) {
      member("data",
             options_.embed_json && is_json(e.data) ? on_one_line(e.data) : json_string(e.data));
    }
    if (e.retry) member("retry", std::to_string(e.retry->count()));
    end_line();
  }

  void member(std::string_view name, const std::string& value) { member(name, {}, value); }
  void member(std::string_view name, std::string_view colour, const std::string& value) {
    line_ += line_.empty() ? '{' : ',';
    line_.append(colours_.faint).append("\"").append(name).append("\":").append(colours_.off);
    line_.append(colour).append(value).append(colour.empty() ? colour : colours_.off);
  }

  void end_line() {
    line_ += '}';
    out_.put(line_);
    out_.put(end_);
    line_.clear();
  }

  // Between the words of JSON an LF is a space, and within them there is none.
  static std::string on_one_line(std::string_view json) {
    std::string line(json);
    std::replace(line.begin(), line.end(), '\n', ' ');
    return line;
  }

  const decode_options& options_;
  output& out_;
  const char end_;
  const palette colours_;
  std::string line_;
};

sse::report wanted_reports(const decode_options& options) {
  using sse::report;
  const bool whole_stream = !options.data_only && options.types.empty();
  return (options.comments ? report::comments : report::nothing) |
         (whole_stream ? report::no_data : report::nothing);
}

}  // namespace

exit_code decode(const decode_options& options) {
  input in;
  output out;
  output beside(STDERR_FILENO);
  printer print(options, options.raw ? beside : out);
  sse::growing_parser parser(options.max_event);
  parser.report(wanted_reports(options));

  exit_code result = exit_code::ok;
  const auto tell_of_skipped = [&](const std::string& what) {
    complain("skipped " + what + " of more than " + std::to_string(options.max_event) +
             " bytes, near byte " + std::to_string(parser.offset()) + " of the stream");
    result = exit_code::too_large;
  };
  const auto is_wanted = [&types = options.types](const sse::event& e) {
    return types.empty() || std::find(types.begin(), types.end(), e.type) != types.end();
  };

  std::uint64_t printed = 0;
  while (printed != options.limit && in.read()) {
    parser.feed(in.chunk());
    sse::event e;
    for (status s; printed != options.limit && (s = parser.next(e)) != status::need_input;) {
      if (s == status::event) {
        if (!is_wanted(e)) continue;
        print.event(e);
        ++printed;
      } else if (s == status::no_data) {
        if (e.id || e.retry) print.event(e, false);
      } else if (s == status::comment) {
        print.comment(e.data);
      } else if (s == status::report_full) {
        tell_of_skipped("a comment");
      } else if (s == status::skipped) {
        tell_of_skipped("an event");
      }  // and behind `storage_full` the event is skipped by going on
    }
    if (options.raw) {
      const std::string_view chunk = in.chunk();
      out.put(chunk.substr(0, chunk.size() - parser.unread().size()));
    }
    out.flush();
    beside.flush();
  }

  if (beside.has_failed()) result = std::max(result, exit_code::failed);
  if (parser.pending()) {
    complain("the stream was cut off inside an event, which is discarded");
    result = std::max(result, exit_code::cut_off);
  }
  return result;
}

}  // namespace tool
