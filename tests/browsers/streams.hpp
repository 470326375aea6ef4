// SPDX-License-Identifier: MIT
// The event streams that the browsers read, and what they must make of each.
#ifndef SSEWIRE_TESTS_BROWSERS_STREAMS_HPP
#define SSEWIRE_TESTS_BROWSERS_STREAMS_HPP

#include <chrono>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <sse/parser.hpp>
#include <sse/writer.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/vectors.hpp"

using nlohmann::json;
using std::chrono::milliseconds;

// As a browser decodes: each maximal part of what is not UTF-8 becomes U+FFFD.
inline std::string decoded(std::string_view bytes) {
  return json::parse(json(bytes).dump(-1, ' ', false, json::error_handler_t::replace));
}

// An event as the page reports it.
inline json report(std::string_view type, std::string_view data, std::string_view id) {
  return {{"type", decoded(type)}, {"data", decoded(data)}, {"id", decoded(id)}};
}

struct stream {
  std::string name;
  std::string bytes;
  json events = json::array();
  std::string last_event_id = {};  // at the end
  std::string earlier_id = {};     // the last event ID at the beginning
  // The reconnection time is not too long to wait and see which last event ID the browser sends.
  bool reconnects = true;
};

inline stream read_by_parser(std::string_view name, std::string_view bytes,
                             std::string_view earlier_id = {}) {
  stream s{std::string(name), std::string(bytes)};
  s.earlier_id = earlier_id;
  std::vector<char> storage(1 << 20);
  sse::parser parser(storage.data(), storage.size());
  if (!parser.set_last_event_id(earlier_id)) throw std::logic_error("an ID is refused");
  for (const auto& e : parser.events(bytes)) {
    if (e.kind != sse::parser::status::event) throw std::logic_error("an event is skipped");
    s.events.push_back(report(e.type, e.data, parser.last_event_id()));
  }
  s.last_event_id = decoded(parser.last_event_id());
  s.reconnects = parser.reconnection_time().value_or(milliseconds(0)) <= milliseconds(5000);
  return s;
}

inline sse::event made_of(std::optional<std::string_view> id, std::string_view type,
                          std::string_view data = {}, std::optional<milliseconds> retry = {}) {
  sse::event e(type, data);
  e.id = id;
  e.retry = retry;
  return e;
}

// Writes a stream through a small buffer. What must come of it follows from what is given here: no
// parser is asked.
class written {
 public:
  using maybe_text = std::optional<std::string_view>;

  explicit written(std::string name) { stream_.name = std::move(name); }

  void write(const sse::event& e) {
    put([&] { return writer_.write(e); });
    dispatch(e.id, e.type, e.data);
  }
  // In two pieces, cut there; or with no data.
  void write_cut(maybe_text id, std::string_view type, std::string_view data, std::size_t cut) {
    put([&] { return writer_.begin(made_of(id, type)); });
    put([&] { return writer_.data(data.substr(0, cut)); });
    put([&] { return writer_.data(data.substr(cut)); });
    put([&] { return writer_.end(); });
    dispatch(id, type, data);
  }
  void write_without_data(maybe_text id, std::string_view type,
                          std::optional<milliseconds> retry = {}) {
    put([&] { return writer_.begin(made_of(id, type, {}, retry)); });
    put([&] { return writer_.end(); });
    stream_.last_event_id = decoded(id.value_or(stream_.last_event_id));
  }
  void comment(std::string_view text) {
    put([&] { return writer_.comment(text); });
  }
  void retry(milliseconds time) {
    put([&] { return writer_.retry(time); });
  }

  stream end() {
    flush();
    return std::move(stream_);
  }

 private:
  template <class Call>
  void put(Call call) {
    sse::writer::status status = call();
    if (status == sse::writer::status::no_space) {
      flush();
      status = call();
    }
    if (status != sse::writer::status::ok) throw std::logic_error("the writer refuses");
  }
  void flush() {
    stream_.bytes += writer_.written();
    writer_.clear();
  }

  void dispatch(maybe_text id, std::string_view type, std::string_view data) {
    stream_.last_event_id = decoded(id.value_or(stream_.last_event_id));
    std::string lines;  // joined by LF
    for (std::size_t i = 0; i < data.size(); ++i) {
      if (data[i] == '\n' && i > 0 && data[i - 1] == '\r') continue;
      lines += data[i] == '\r' ? '\n' : data[i];
    }
    stream_.events.push_back(report(type.empty() ? "message" : type, lines, stream_.last_event_id));
  }

  char buffer_[1 << 17];
  sse::writer writer_{buffer_};
  stream stream_;
};

inline std::vector<stream> streams_of_writer() {
  using namespace std::string_view_literals;
  constexpr std::optional<std::string_view> ids[] = {"7", std::nullopt, "", "a: b", "\u2026\u00E9"};
  constexpr std::string_view types[] = {"", "message", "tick", " a: b ", "\u00FC\u2603"};
  constexpr std::string_view data[] = {""sv,
                                       "one line"sv,
                                       " one space"sv,
                                       "  two"sv,
                                       " "sv,
                                       "at the end "sv,
                                       "\ttab"sv,
                                       ":"sv,
                                       "a:b"sv,
                                       ": a"sv,
                                       "{\"a\": [1]}"sv,
                                       "\uFEFFa"sv,
                                       "a\u0085b\u2028c\vd\fe"sv,
                                       "\u00E9\u2026\U0001F600"sv,
                                       "a\nb"sv,
                                       "a\rb"sv,
                                       "a\r\nb"sv,
                                       "a\n\nb"sv,
                                       "a\r\rb"sv,
                                       "a\n\rb"sv,
                                       "a\r\n\r\nb"sv,
                                       "a\r\n\nb"sv,
                                       "\n"sv,
                                       "\r"sv,
                                       "\r\n"sv,
                                       "\n\n"sv,
                                       "\r\r"sv,
                                       "\na"sv,
                                       "\ra"sv,
                                       "a\n"sv,
                                       "a\r"sv,
                                       "a\r\n"sv,
                                       "a\n\n"sv,
                                       "a\n b\n: c\n\n"sv,
                                       "a\n\nevent: forged\ndata: b\n\n"sv,
                                       "a\r\revent: forged\rid: forged\rdata: b\r\r"sv};

  written fields("writer-fields");
  unsigned n = 0;
  for (const auto& id : ids) {
    for (const auto& type : types) {
      for (const auto& each : data) {
        if (++n % 8 == 0) fields.comment(each);
        if (n % 10 == 0) fields.retry(milliseconds(n));
        fields.write(
            made_of(id, type, each, n % 4 == 0 ? std::optional(milliseconds(n)) : std::nullopt));
      }
    }
  }

  written cut("writer-cut");
  for (const auto& each : data) {
    for (std::size_t i = 0; i <= each.size(); ++i) cut.write_cut(std::to_string(i), "t", each, i);
  }

  written many("writer-10000");
  for (int i = 1; i <= 10'000; ++i) {
    const std::string id = std::to_string(i);
    const std::string text = "event " + id + "\nof 10000";
    many.write(sse::event(i % 3 == 0 ? "tick" : "", text).with_id(id));
  }

  written ids_alone("writer-id-alone");
  ids_alone.write(sse::event("a").with_id("1"));
  ids_alone.write_without_data("2", {});
  ids_alone.write({"b"});

  written no_data("writer-no-data");
  no_data.write_without_data(std::nullopt, "t");
  no_data.write_without_data(std::nullopt, {}, milliseconds(600));
  no_data.write({"a"});

  written own_types("writer-types-of-eventsource");
  for (const auto type : {"open", "error", "message", "close"}) {
    own_types.write(sse::event(type, "a").with_id("1"));
  }

  written invalid("writer-invalid-utf8");
  invalid.write(sse::event("t\xC3", "\xF0\x9F\n\xE2\x82\xACok\x80").with_id("i\xFF"));

  std::vector<stream> all;
  for (auto* each : {&fields, &cut, &many, &ids_alone, &no_data, &own_types, &invalid}) {
    all.push_back(each->end());
  }
  for (const auto& vector : vectors::writer_vectors) {
    if (!vector.accepted) continue;
    written w{std::string(vector.name)};
    const auto type = vector.type.value_or("");
    const auto time = vector.retry ? std::optional(milliseconds(*vector.retry)) : std::nullopt;
    if (vector.comment) w.comment(*vector.comment);
    if (vector.data) {
      w.write(made_of(vector.id, type, *vector.data, time));
    } else if (!vector.comment) {
      w.write_without_data(vector.id, type, time);
    }
    all.push_back(w.end());
  }
  return all;
}

inline std::vector<stream> conformance_streams() {
  std::vector<stream> all;
  for (const auto& vector : vectors::parser_vectors) {
    all.push_back(read_by_parser(vector.name, vector.stream, vector.initial_last_event_id));
  }
  return all;
}

#endif
