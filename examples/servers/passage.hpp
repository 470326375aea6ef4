// SPDX-License-Identifier: MIT
// The answer of a model on its way through a gateway, without I/O: what of it may be sent, and what
// is read in passing. Bytes are passed on as they came; or, to name another model, events are
// written anew. With nlohmann_json.
#ifndef SSEWIRE_EXAMPLES_PASSAGE_HPP
#define SSEWIRE_EXAMPLES_PASSAGE_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <sse/growing_parser.hpp>
#include <sse/growing_writer.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "../clients/dialects.hpp"

namespace passing {

using dialects::json;

// As OpenAI and Anthropic tell it, so that the clients of both understand.
inline std::string error_json(std::string_view message) {
  const json error = {{"type", "gateway_error"}, {"message", message}};
  return json{{"type", "error"}, {"error", error}}.dump(-1, ' ', false,
                                                        json::error_handler_t::replace);
}

class passage {
 public:
  static constexpr std::size_t event_limit = 4 << 20;

  /// What is read goes to the log. The model is empty, or what the answer is to name.
  passage(const std::string& model, json& log) : model_(model), log_(log) {
    if (is_rewriting()) parser_.report(sse::report::everything);
  }

  /// What may be sent, now that this has come: nothing of an event that has not ended.
  std::string take(std::string_view chunk) {
    std::string passed;
    for (const auto& e : parser_.events(chunk)) {
      json message;
      if (e.kind == kind::event) read(message = dialects::parse(e.data), e.data);
      if (is_rewriting()) passed += rewritten(e, message);
    }
    if (!is_rewriting()) {
      held_ += chunk;
      const auto end = parser_.pending() ? parser_.event_offset() : parser_.offset();
      passed = held_.substr(0, static_cast<std::size_t>(end - sent_));
      held_.erase(0, passed.size());
      sent_ = end;
      is_too_large_ = held_.size() > event_limit;
    }
    if (!passed.empty()) is_in_line_ = passed.back() != '\n' && passed.back() != '\r';
    return passed;
  }

  /// What is left by a server that forgets the last blank line, and else has ended in good order.
  std::string rest() { return is_rewriting() ? take("\n\n") : std::exchange(held_, {}); }

  /// The last event of a stream that is broken off, perhaps in a comment.
  std::string error(std::string_view message) const {
    std::string written = is_in_line_ ? "\n" : "";
    const std::string data = error_json(message);
    static_cast<void>(sse::append(written, {"error", data}));
    return written;
  }

  bool is_pending() const { return parser_.pending(); }
  bool is_complete() const { return is_complete_; }    // the model has said so
  bool is_too_large() const { return is_too_large_; }  // an event, to be held or to be written anew

 private:
  using kind = sse::parser::status;

  bool is_rewriting() const { return !model_.empty(); }

  void read(const json& message, std::string_view data) {
    using dialects::text_at;
    static constexpr std::pair<const char*, const char*> counts[] = {
        {"prompt_tokens", "input_tokens"},
        {"completion_tokens", "output_tokens"},
        {"input_tokens", "input_tokens"},
        {"output_tokens", "output_tokens"}};
    const bool is_last = dialects::is_any_of(
        {"message_stop", "response.completed", "response.incomplete", "response.failed"},
        text_at({"/type"}, message));
    is_complete_ = is_complete_ || is_last || data == "[DONE]";
    const std::string reason = text_at({"/choices/0/finish_reason", "/delta/stop_reason",
                                        "/response/incomplete_details/reason", "/response/status"},
                                       message);
    if (!reason.empty()) log_["finish"] = reason;
    if (dialects::has_error(message)) log_["error"] = dialects::error_in(message, data);
    for (const std::string usage : {"/usage/", "/message/usage/", "/response/usage/"}) {
      for (const auto& [theirs, ours] : counts) {
        const json::json_pointer place(usage + theirs);
        if (message.contains(place) && message.at(place).is_number()) {
          log_[ours] = message.at(place);
        }
      }
    }
  }

  std::string rewritten(sse::parser::item e, json& message) {
    if (e.kind == kind::ignored_line) return std::string(e.data) + '\n';  // some tell errors so
    std::string data;
    for (const char* const name : {"/model", "/message/model", "/response/model"}) {
      const json::json_pointer place(name);
      if (!message.contains(place) || !message.at(place).is_string()) continue;
      message.at(place) = model_;
      e.data = data = message.dump();
    }
    if (e.retry) e.retry = std::min(*e.retry, sse::longest_retry);
    sse::growing_writer writer;
    // Nothing is refused of what a parser has read.
    if (e.kind == kind::event) static_cast<void>(writer.write(e));
    if (e.kind == kind::comment) writer.comment(e.data);
    if (e.kind == kind::no_data && writer.begin(e) == sse::writer::status::ok) writer.end();
    is_too_large_ = is_too_large_ || e.kind == kind::skipped;
    return writer.take();
  }

  sse::growing_parser parser_{event_limit};
  const std::string& model_;
  json& log_;
  std::string held_;         // what came of an event that has not ended
  std::uint64_t sent_ = 0;   // all before this offset in the stream
  bool is_in_line_ = false;  // so what was sent ends
  bool is_complete_ = false, is_too_large_ = false;
};

}  // namespace passing

#endif
