// SPDX-License-Identifier: MIT
// What `check` prints.
#ifndef SSEWIRE_TOOL_REPORT_HPP
#define SSEWIRE_TOOL_REPORT_HPP

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "io.hpp"
#include "lines.hpp"

namespace tool {

class report {
 public:
  report(output& out, bool warnings_only) : out_(out), warnings_only_(warnings_only) {}

  /// What a browser dispatches.
  void event(place at, std::string_view text) {
    if (!warnings_only_) print(at, colours_.strong, "event", text);
  }
  /// What a browser heeds, and the writer of a server may want to know.
  void note(place at, std::string_view text) {
    if (!warnings_only_) print(at, colours_.faint, "note", text);
  }
  /// What a browser ignores, loses or changes.
  void warning(place at, std::string_view text) {
    ++warnings_;
    print(at, colours_.alarm, "warning", text);
  }
  void summary(std::string_view text) {
    if (!warnings_only_) put({text, "\n"});
  }

  std::uint64_t warnings() const { return warnings_; }

 private:
  void put(std::initializer_list<std::string_view> pieces) {
    for (const std::string_view piece : pieces) out_.put(piece);
  }
  void print(place at, std::string_view colour, std::string_view kind, std::string_view text) {
    put({std::to_string(at.line), ":", std::to_string(at.byte), ": "});
    put({colour, kind, colours_.off, ": ", text, "\n"});
  }

  output& out_;
  const bool warnings_only_;
  const palette colours_ = output_palette();
  std::uint64_t warnings_ = 0;
};

}  // namespace tool

#endif
