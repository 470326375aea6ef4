// SPDX-License-Identifier: MIT
#include <algorithm>
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
      complain("line " + std::to_string(number_) + " is left out: " + bad.why);
      result_ = exit_code::bad_input;
    }
  }

  void comment(std::string_view text) { put(writer_.comment(text)); }

  exit_code result() const { return result_; }

 private:
  void write(record r) {
    if (r.comment) static_cast<void>(writer_.comment(*r.comment));
    if (!r.has_data) {
      const status begun = writer_.begin(r);
      return put(begun == status::ok ? writer_.end() : begun);
    }
    const bool numbered = !r.id && next_id_;
    if (numbered) r.id = std::to_string(*next_id_);
    if (!r.type) r.type = options_.type;
    if (!r.retry) r.retry = retry_;
    put(writer_.write(r));
    if (numbered) ++*next_id_;
    retry_.reset();
  }

  // Puts out all that was written of a line, or nothing.
  void put(status written) {
    if (written != status::ok) writer_.clear();
    if (written == status::invalid_id) throw bad_record{"its ID has a CR, LF or NUL"};
    if (written == status::invalid_type) throw bad_record{"its type has a CR or LF"};
    if (written != status::ok) throw std::logic_error("refused by the writer");
    out_.put(writer_.written());
    writer_.clear();
  }

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
  for (;;) {
    if (options.heartbeat) {
      while (!in.ready_before(clock::now() + *options.heartbeat)) {
        encode.comment({});
        out.flush();
      }
    }
    if (!in.read()) break;
    std::string_view rest = in.chunk();
    for (std::size_t size; (size = rest.find(end)) != rest.npos; rest.remove_prefix(size + 1)) {
      unfinished += rest.substr(0, size);
      encode.line(unfinished);
      unfinished.clear();
    }
    unfinished += rest;
    out.flush();
  }
  if (!unfinished.empty()) encode.line(unfinished);
  out.flush();
  return encode.result();
}

}  // namespace tool
