// SPDX-License-Identifier: MIT
// Steps of sse::parser that are to be functions of their own. Compilers would inline them: then
// chunks of 64 bytes come at 0.9 of the speed, whole events at 0.95, and `next` needs 100 bytes
// more of the stack.
//
// They are no members, for g++ warns of the attribute unless it stands where the function is both
// declared and defined, and that would be in parser.hpp.
#include "../parser.hpp"  // in front of the guard: it ends with headers that use this one

#ifndef SSEWIRE_DETAIL_OUT_OF_LINE_HPP
#define SSEWIRE_DETAIL_OUT_OF_LINE_HPP

#include <cstddef>
#include <string_view>

namespace sse::detail {

struct out_of_line {
  /// Begins a line that the chunk cuts. If it is known to have no line end in the chunk, and fits,
  /// all of its text is taken.
  SSEWIRE_DETAIL_OUT_OF_LINE static constexpr void begin_cut_line(parser& p) noexcept {
    if (!p.take_name()) {
      p.begin_line(*p.cursor_++);
    } else if (p.ahead_ != 0 && p.has_simple_text() && p.unread().size() <= p.room()) {
      p.append_data(p.unread());
      if (p.field_ == field::event) p.count_as_received(p.unread().size());
      p.cursor_ = p.end_;
    }
  }

  /// The next line end in the chunk as far as `limit`, or that.
  SSEWIRE_DETAIL_OUT_OF_LINE static constexpr const char* find_line_end(
      parser& p, const char* limit) noexcept {
    if (limit == p.end_) return p.find_line_end();
    p.ahead_ = 0;
    return detail::find_line_end(p.cursor_, limit);
  }

  /// Takes the text of data or of a type, all of which fits, and the line end.
  SSEWIRE_DETAIL_OUT_OF_LINE static constexpr void take_simple_text(parser& p) noexcept {
    const std::string_view rest = p.unread();
    const char* const line_end = p.find_line_end();
    const std::string_view text(rest.data(), static_cast<std::size_t>(line_end - rest.data()));
    const bool is_type = p.field_ == field::event;
    p.cursor_ = line_end;
    if (line_end != p.end_) {
      p.step_over_line_end();
      p.position_ = parser::position::line_start;
    }
    p.append_data(text, rest.size());
    if (is_type) p.count_as_received(text.size());
    if (is_type && p.position_ == parser::position::line_start) p.received_type();
  }

  /// Keeps what has been said of an event whose data go on in the next line.
  SSEWIRE_DETAIL_OUT_OF_LINE static constexpr void keep_first_data(parser& p,
                                                                   const unfinished_event& e,
                                                                   const char* next_line,
                                                                   block ahead) noexcept {
    p.settle();
    p.ahead_ = 0;
    if (!p.keep(e)) return;
    p.cursor_ = next_line;
    p.look_ahead(ahead);
    p.open_ = true;
    p.position_ = parser::position::line_start;
    p.after_cr_ = false;
  }
};

}  // namespace sse::detail

#endif
