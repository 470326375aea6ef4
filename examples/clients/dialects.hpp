// SPDX-License-Identifier: MIT
// What model servers say in their streams, whichever API it is: chat completions (of OpenAI and of
// the many that do the same), Responses (OpenAI) or Messages (Anthropic). With nlohmann_json.
#ifndef SSEWIRE_EXAMPLES_DIALECTS_HPP
#define SSEWIRE_EXAMPLES_DIALECTS_HPP

#include <algorithm>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <sse/parser.hpp>
#include <string>
#include <string_view>

namespace dialects {

using json = nlohmann::ordered_json;  // what is written anew keeps its order

// What one item of a stream says.
struct said {
  std::string text;            // the next piece of the answer
  std::string error;           // it failed, and why
  std::string note;            // it is complete, but not as one would wish
  bool is_complete = false;    // all text has come
  bool is_last = false;        // and all else
  bool is_no_message = false;  // which is an error, too
};

inline bool is_any_of(std::initializer_list<std::string_view> list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

// Discarded if it is no JSON, or has more values than any honest message: one of two bytes takes a
// hundred in memory. To throw is how a callback ends it at once.
inline json parse(std::string_view text) {
  struct too_many {};
  int count = 0;
  const auto check = [&](int, json::parse_event_t, const json&) {
    if (++count > 10000) throw too_many();
    return true;
  };
  try {
    return json::parse(text, check, false);
  } catch (const too_many&) {
    return json(json::value_t::discarded);
  }
}

// The first text of these that is there and not empty.
inline std::string text_at(std::initializer_list<const char*> places, const json& message) {
  for (const char* const place : places) {
    const json::json_pointer pointer(place);
    if (!message.contains(pointer) || !message.at(pointer).is_string()) continue;
    if (message.at(pointer) != "") return message.at(pointer).get<std::string>();
  }
  return "";
}

inline bool has_error(const json& message) {
  const auto error = message.find("error");
  return error != message.end() && !error->is_null() && *error != false && *error != "";
}

// Servers agree that there is an error, but not on what is in it.
inline std::string error_in(const json& message, std::string_view data) {
  const std::string told = text_at(
      {"/error/message", "/response/error/message", "/error", "/message", "/detail"}, message);
  return !told.empty() ? told : std::string(data);
}

// The parser is to report ignored lines, and blocks without data: errors come as these, too.
inline said said_in(const sse::parser::item& e) {
  using kind = sse::parser::status;
  said result;
  if (e.kind == kind::skipped) {
    result.error = "an event is too large";
    return result;
  }
  const bool is_line = e.kind == kind::ignored_line;
  const bool is_error_line = is_line && e.data.substr(0, 6) == "error:";
  std::string_view data = e.data;
  if (is_error_line) data.remove_prefix(std::min(data.find_first_not_of(' ', 6), data.size()));
  const json message = parse(data);
  std::string type = text_at({"/type", "/object"}, message);
  if (type.empty()) type = e.type;
  if (is_error_line || e.type == "error" || type == "error" || type == "response.failed" ||
      has_error(message)) {
    result.error = error_in(message, data.empty() ? "the server tells an error" : data);
  } else if (is_line || data.empty() || e.type == "ping") {
    return result;
  } else if (data == "[DONE]") {
    result.is_complete = result.is_last = true;
    return result;
  } else if (message.is_discarded()) {
    result.is_no_message = true;
    result.error = "not a message: " + std::string(data);
    return result;
  }

  if (is_any_of({"response.output_text.delta", "response.refusal.delta"}, type)) {
    result.text = text_at({"/delta"}, message);
  } else if (type == "content_block_delta") {
    result.text = text_at({"/delta/text"}, message);
  } else {
    result.text = text_at({"/choices/0/delta/content", "/choices/0/delta/refusal"}, message);
  }
  result.is_last = is_any_of({"message_stop", "response.completed", "response.incomplete"}, type);

  // At a limit the server did as it was asked, and the text so far is good: that is worth a note.
  // If the server withholds the rest, or cannot go on, that is an error.
  std::string reason = text_at(
      {"/choices/0/finish_reason", "/delta/stop_reason", "/response/incomplete_details/reason"},
      message);
  if (reason.empty() && type == "response.incomplete") reason = "incomplete";
  const std::string ended = "the answer ended with \"" + reason + '"';
  if (is_any_of({"content_filter", "error", "refusal", "abort"}, reason)) {
    if (result.error.empty()) result.error = ended;
  } else if (!is_any_of({"", "stop", "end_turn", "stop_sequence", "eos_token"}, reason)) {
    result.note = ended;
  }
  result.is_complete = result.is_last || !reason.empty();
  return result;
}

}  // namespace dialects

#endif
