// SPDX-License-Identifier: MIT
// What `check` prints.
#ifndef SSEWIRE_TOOL_REPORT_HPP
#define SSEWIRE_TOOL_REPORT_HPP

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

#include "io.hpp"
#include "lines.hpp"

namespace tool {

class report {
 public:
  report(output& out, bool warnings_only) : out_(out), warnings_only_(warnings_only) {}

  /// What a browser dispatches. Where a finding is, is a place in the stream, or a word.
  template <class Where>
  void event(const Where& at, std::string_view text) {
    if (!warnings_only_) print(at, colours_.strong, "event", text);
  }
  /// What a browser heeds, and the writer of a server may want to know.
  template <class Where>
  void note(const Where& at, std::string_view text) {
    if (!warnings_only_) say(at, colours_.faint, "note", text);
  }
  /// What a browser ignores, loses or changes, or clients are known to fail on.
  template <class Where>
  void warning(const Where& at, std::string_view text) {
    ++warnings_;
    say(at, colours_.alarm, "warning", text);
  }
  void summary(std::string_view text) {
    if (!warnings_only_) put({text, "\n"});
  }

  std::uint64_t warnings() const { return warnings_; }

 private:
  // What is said again and again is left out in the end: a server says the same in each event.
  template <class Where>
  void say(const Where& at, std::string_view colour, std::string_view kind, std::string_view text) {
    constexpr unsigned most = 10;
    constexpr std::size_t most_texts = 1000;
    auto told = told_.find(text);
    if (told == told_.end() && told_.size() < most_texts) told = told_.emplace(text, 0).first;
    const unsigned times = told == told_.end() ? 0 : ++told->second;
    if (times > most) return;
    print(at, colour, kind, std::string(text) + (times == most ? " (not said again)" : ""));
  }
  void put(std::initializer_list<std::string_view> pieces) {
    for (const std::string_view piece : pieces) out_.put(piece);
  }
  void print(place at, std::string_view colour, std::string_view kind, std::string_view text) {
    print(std::to_string(at.line) + ":" + std::to_string(at.byte), colour, kind, text);
  }
  void print(std::string_view at, std::string_view colour, std::string_view kind,
             std::string_view text) {
    put({at, ": ", colour, kind, colours_.off, ": ", text, "\n"});
  }

  output& out_;
  const bool warnings_only_;
  const palette colours_ = palette_for();
  std::uint64_t warnings_ = 0;
  std::map<std::string, unsigned, std::less<>> told_;
};

}  // namespace tool

#endif
