// SPDX-License-Identifier: MIT
#include <algorithm>
#include <limits>
#include <set>
#include <sse/growing_writer.hpp>
#include <sse/owned_event.hpp>
#include <stdexcept>
#include <utility>

#include "commands.hpp"
#include "io.hpp"
#include "json.hpp"

namespace tool {

namespace {

using status = sse::writer::status;

struct bad_record {
  std::string why;
  exit_code code = exit_code::bad_input;
};

/// What a line of JSON may say. Without data there is no event: the ID or the reconnection time is
/// set, and that is all.
struct record : sse::owned_event {
  std::optional<std::string> comment;
  bool has_data = false;
};

// A string without its quotes and escapes; of data, and of IDs that are numbers, what is written.
std::string text_of(const std::string& name, std::string_view value) {
  const bool is_number = value.find_first_not_of("+-.0123456789Ee") == value.npos;
  if (value.front() == '"') return string_of(value);
  if (name == "data" || (name == "id" && is_number)) return std::string(value);
  throw bad_record{json_string(name) + " is no string"};
}

std::chrono::milliseconds time_of(std::string_view value) {
  if (value.find_first_not_of("0123456789") != value.npos) {
    throw bad_record{"\"retry\" is no number of milliseconds"};
  }
  // JSON has no zeros in front, so what is longer is larger.
  const std::string most = std::to_string(sse::longest_retry.count());
  if (value.size() > most.size()) return sse::longest_retry;
  return std::min(std::chrono::milliseconds(std::stoll(std::string(value))), sse::longest_retry);
}

record parse_record(std::string_view line) {
  if (!is_json_object(line)) throw bad_record{"no JSON object (--data takes lines as they are)"};
  record r;
  std::set<std::string> names;
  for (const auto& [name, value] : members_of(line)) {
    if (!names.insert(name).second) throw bad_record{json_string(name) + " is there twice"};
    if (name == "data") {
      r.data = text_of(name, value);
      r.has_data = true;
    } else if (value == "null") {
      continue;
    } else if (name == "id") {
      r.id = text_of(name, value);
    } else if (name == "event") {
      r.type = text_of(name, value);
    } else if (name == "retry") {
      r.retry = time_of(value);
    } else if (name == "comment") {
      r.comment = text_of(name, value);
    } else {
      throw bad_record{"unknown member " + json_string(name)};
    }
  }
  return r;
}

class encoder {
 public:
  encoder(const encode_options& options, output& out)
      : options_(options), out_(out), next_id_(options.first_id), retry_(options.retry) {}

  void line(std::string_view text) {
    ++number_;
    try {
      check_size("it", text.size());
      if (options_.data_only) {
        if (!options_.nul_separated && !text.empty() && text.back() == '\r') text.remove_suffix(1);
        record r;
        r.data = text;
        r.has_data = true;
        write(std::move(r));
      } else if (text.find_first_not_of(" \t\r") != text.npos) {
        write(parse_record(text));
      }
    } catch (const bad_record& bad) {
      writer_.clear();
      complain("line " + std::to_string(number_) + " is left out: " + bad.why);
      result_ = std::max(result_, bad.code);
    }
  }

  void heartbeat() {
    static_cast<void>(writer_.comment({}));
    put_written();
  }

  exit_code result() const { return result_; }

 private:
  void write(record r) {
    if (r.comment) static_cast<void>(writer_.comment(*r.comment));
    if (!r.has_data) {
      const status begun = writer_.begin(r);
      return put(begun == status::ok ? writer_.end() : begun);
    }
    const bool numbered = !r.id && options_.first_id;
    if (numbered && !next_id_) {
      throw bad_record{"there is no ID behind " + std::to_string(largest_id)};
    }
    if (numbered) r.id = std::to_string(*next_id_);
    if (!r.type) r.type = options_.type;
    if (!r.retry) r.retry = retry_;
    put(writer_.write(r));
    if (numbered) next_id_ = *next_id_ == largest_id ? std::nullopt : std::optional(*next_id_ + 1);
    retry_.reset();
  }

  void check_size(const std::string& thing, std::size_t size) const {
    if (size <= options_.max_event) return;
    throw bad_record{thing + " is larger than " + std::to_string(options_.max_event) + " bytes",
                     exit_code::too_large};
  }

  void put(status written) {
    if (written == status::invalid_id) throw bad_record{"its ID has a CR, LF or NUL"};
    if (written == status::invalid_type) throw bad_record{"its type has a CR or LF"};
    if (written != status::ok) throw std::logic_error("refused by the writer");
    check_size("its event", writer_.written().size());
    put_written();
  }

  void put_written() {
    out_.put(writer_.written());
    writer_.clear();
  }

  static constexpr std::uint64_t largest_id = std::numeric_limits<std::uint64_t>::max();
  const encode_options& options_;
  output& out_;
  std::optional<std::uint64_t> next_id_;
  std::optional<std::chrono::milliseconds> retry_;
  sse::growing_writer writer_;
  std::uint64_t number_ = 0;
  exit_code result_ = exit_code::ok;
};

}  // namespace

exit_code encode(const encode_options& options) {
  using clock = std::chrono::steady_clock;
  input in;
  output out;
  encoder encode(options, out);

  const char end = options.nul_separated ? '\0' : '\n';
  std::string unfinished;
  // Of a line that is too large, enough is kept to see that it is.
  const auto keep = [&](std::string_view part) {
    if (unfinished.size() <= options.max_event) unfinished += part;
  };
  for (;;) {
    if (options.heartbeat) {
      while (!in.ready_before(clock::now() + *options.heartbeat)) {
        encode.heartbeat();
        out.flush();
      }
    }
    if (!in.read()) break;
    std::string_view rest = in.chunk();
    for (std::size_t size; (size = rest.find(end)) != rest.npos; rest.remove_prefix(size + 1)) {
      keep(rest.substr(0, size));
      encode.line(unfinished);
      unfinished.clear();
    }
    keep(rest);
    out.flush();
  }
  if (!unfinished.empty()) encode.line(unfinished);
  out.flush();
  return encode.result();
}

}  // namespace tool
