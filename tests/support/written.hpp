// SPDX-License-Identifier: MIT
// What a writer makes of an event, or of one call after another.
#ifndef SSEWIRE_TESTS_SUPPORT_WRITTEN_HPP
#define SSEWIRE_TESTS_SUPPORT_WRITTEN_HPP

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <initializer_list>
#include <sse/writer.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace written {

using std::chrono::milliseconds;
using status = sse::writer::status;

constexpr sse::event sample = sse::event("t", "a\r\nb").with_id("1").with_retry(milliseconds(20));
constexpr std::string_view sample_bytes = "event: t\nid: 1\nretry: 20\ndata: a\ndata: b\n\n";

inline sse::event of_data(std::string_view data) { return {data}; }
inline sse::event of_type(std::string_view type) { return {type, "x"}; }
inline sse::event of_id(std::string_view id) { return sse::event("x").with_id(id); }
inline sse::event of_retry(milliseconds time) { return sse::event("x").with_retry(time); }

using call = std::function<status(sse::writer&)>;
inline call writes(const sse::event& e) {
  return [e](auto& w) { return w.write(e); };
}
inline call comments(std::string_view text = {}) {
  return [text](auto& w) { return w.comment(text); };
}
inline call retries(milliseconds time) {
  return [time](auto& w) { return w.retry(time); };
}
inline call begins(const sse::event& e = {}) {
  return [e](auto& w) { return w.begin(e); };
}
inline call begins_type(std::string_view type) { return begins({type, ""}); }
inline call begins_id(std::string_view id) { return begins(sse::event().with_id(id)); }
inline call begins_retry(milliseconds time) { return begins(sse::event().with_retry(time)); }
inline call adds(std::string_view piece) {
  return [piece](auto& w) { return w.data(piece); };
}
inline call ends() {
  return [](auto& w) { return w.end(); };
}

// What each of the calls writes where there is room.
inline std::vector<std::string> outputs(const std::vector<call>& calls) {
  char buffer[4096];
  sse::writer writer(buffer);
  std::vector<std::string> all;
  for (const call& each : calls) {
    const std::size_t before = writer.written().size();
    CHECK(each(writer) == status::ok);
    all.emplace_back(writer.written().substr(before));
  }
  return all;
}
inline std::string output(const std::vector<call>& calls) {
  std::string all;
  for (const std::string& each : outputs(calls)) all += each;
  return all;
}
inline std::string output(std::initializer_list<call> calls) {
  return output(std::vector<call>(calls));
}
inline std::string output(const sse::event& e) { return output(std::vector<call>{writes(e)}); }

inline std::vector<std::string> words(std::string_view letters, std::size_t most) {
  std::vector<std::string> all = {""};
  for (std::size_t i = 0; all[i].size() < most; ++i) {
    for (const char letter : letters) all.push_back(all[i] + letter);
  }
  return all;
}

}  // namespace written

#endif
