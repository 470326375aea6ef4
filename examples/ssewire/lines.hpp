// SPDX-License-Identifier: MIT
// A stream cut into lines (9.2.6), for those who want to see them.
#ifndef SSEWIRE_TOOL_LINES_HPP
#define SSEWIRE_TOOL_LINES_HPP

#include <cstdint>
#include <optional>
#include <string_view>

namespace tool {

/// The number of a line, and the offset of its first byte.
struct place {
  std::uint64_t line = 0;
  std::uint64_t byte = 0;
};

enum class line_end { lf, cr, crlf };

/// A line or a part of one; or else the LF of a CRLF, or nothing at all, and `end` is what counts.
struct piece {
  place at;                     // where its line begins
  std::string_view bytes;       // as they came
  std::string_view text;        // without CR and LF
  bool ends_line = false;       // a CR does so at once, ...
  std::optional<line_end> end;  // ... but the next byte tells whether it was a CRLF
};

class line_cutter {
 public:
  void feed(std::string_view chunk) { rest_ = chunk; }

  /// False when the chunk is used up.
  bool next(piece& out) {
    if (rest_.empty()) return false;
    out = {};
    if (after_cr_) {
      out.end = rest_.front() == '\n' ? line_end::crlf : line_end::cr;
      out.bytes = take(out.end == line_end::crlf ? 1 : 0);
      after_cr_ = false;
    } else {
      if (at_start_) at_ = {at_.line + 1, offset_};
      const std::size_t size = rest_.find_first_of("\r\n");
      at_start_ = out.ends_line = size != rest_.npos;
      out.text = rest_.substr(0, size);
      out.bytes = take(out.text.size() + (out.ends_line ? 1 : 0));
      after_cr_ = out.ends_line && out.bytes.back() == '\r';
      if (out.ends_line && !after_cr_) out.end = line_end::lf;
    }
    out.at = at_;
    return true;
  }

  /// Whether a CR was the last byte.
  bool after_cr() const { return after_cr_; }

  /// Where the latest line begins.
  place at() const { return at_; }

 private:
  std::string_view take(std::size_t size) {
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    offset_ += size;
    return taken;
  }

  std::string_view rest_;
  std::uint64_t offset_ = 0;
  place at_;
  bool at_start_ = true;
  bool after_cr_ = false;
};

}  // namespace tool

#endif
