// SPDX-License-Identifier: MIT
#include <nlohmann/json.hpp>
#include <sse/writer.hpp>
#include <utility>

#include "commands.hpp"
#include "io.hpp"
#include "json.hpp"

namespace tool {

namespace {

using nlohmann::ordered_json;
using status = sse::writer::status;

struct bad_record {
  std::string why;
};

/// What a line of JSON may say. Without data there is no event: the ID or the reconnection time is
/// set, and that is all.
struct record {
  std::optional<std::string> comment, id, type, data;
  std::optional<std::chrono::milliseconds> retry;
};

std::string text_of(const std::string& name, const ordered_json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (name == "data" || (name == "id" && value.is_number())) return value.dump();
  throw bad_record{json_string(name) + " is no string"};
}

std::chrono::milliseconds time_of(const ordered_json& value) {
  using rep = std::chrono::milliseconds::rep;
  const auto most = static_cast<std::uint64_t>(std::chrono::milliseconds::max().count());
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > most) {
    throw bad_record{"\"retry\" is no number of milliseconds"};
  }
  return std::chrono::milliseconds(value.get<rep>());
}

record parse_record(std::string_view line) {
  const auto limit_depth = [](int depth, auto&&...) {
    if (depth > 1000) throw bad_record{"nested too deeply"};
    return true;
  };
  const ordered_json object = ordered_json::parse(line, limit_depth, false);
  // The library takes a NUL for the end of the text.
  if (!object.is_object() || line.find('\0') != line.npos) {
    throw bad_record{"no JSON object (--data takes lines as they are)"};
  }
  record r;
  for (const auto& [name, value] : object.items()) {
    if (name == "data") {
      r.data = text_of(name, value);
    } else if (value.is_null()) {
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
      : options_(options), out_(out), next_id_(options.first_id) {}

  void line(std::string_view text) {
    ++number_;
    try {
      if (options_.data_only) {
        if (!options_.nul_separated && !text.empty() && text.back() == '\r') text.remove_suffix(1);
        record r;
        r.data = text;
        write(std::move(r));
      } else if (text.find_first_not_of(" \t\r") != text.npos) {
        write(parse_record(text));
      }
    } catch (const bad_record& bad) {
      complain("line " + std::to_string(number_) + " is left out: " + bad.why);
      result_ = exit_code::bad_input;
    }
  }

  void retry(std::chrono::milliseconds time) {
    put([&](sse::writer& writer) { return writer.retry(time); });
  }
  void comment(std::string_view text) {
    put([&](sse::writer& writer) { return writer.comment(text); });
  }

  exit_code result() const { return result_; }

 private:
  void write(record r) {
    if (r.comment) comment(*r.comment);
    const bool numbered = r.data && !r.id && next_id_;
    if (numbered) r.id = std::to_string(*next_id_);
    if (r.data && !r.type) r.type = options_.type;
    put([&](sse::writer& writer) {
      if (r.data) return writer.write({r.id, r.type.value_or(""), *r.data, r.retry});
      const status begun = writer.begin(r.type.value_or(""), r.id, r.retry);
      return begun == status::ok ? writer.end() : begun;
    });
    if (numbered) ++*next_id_;
  }

  // Lends a writer space until it has enough, and puts out what it wrote.
  template <class Write>
  void put(Write write) {
    sse::writer writer(space_.data(), space_.size());
    switch (write(writer)) {
      case status::ok: out_.put(writer.written()); return;
      case status::no_space: space_.resize(2 * space_.size()); return put(write);
      case status::invalid_id: throw bad_record{"its ID has a CR, LF or NUL"};
      case status::invalid_type: throw bad_record{"its type has a CR or LF"};
      case status::invalid_retry:
      case status::out_of_order: throw std::logic_error("refused by the writer");
    }
  }

  const encode_options& options_;
  output& out_;
  std::optional<std::uint64_t> next_id_;
  std::string space_ = std::string(4096, '\0');
  std::uint64_t number_ = 0;
  exit_code result_ = exit_code::ok;
};

}  // namespace

exit_code encode(const encode_options& options) {
  using clock = std::chrono::steady_clock;
  input in;
  output out;
  encoder encode(options, out);
  if (options.retry) encode.retry(*options.retry);
  out.flush();

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
