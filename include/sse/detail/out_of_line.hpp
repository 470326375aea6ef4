// SPDX-License-Identifier: MIT
// Steps of sse::parser that are to be functions of their own. Compilers would inline them: then
// chunks of 64 bytes come at 0.9 of the speed, whole events at 0.95, and `next` needs 100 bytes
// more of the stack. They are aligned, too: wherever else clang 14 leaves them, chunks of 64 bytes
// come at 0.9 to 1 of the speed.
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
  /// Goes on in any chunk.
  SSEWIRE_DETAIL_OUT_OF_LINE static constexpr parser::status take_pieces(parser& p,
                                                                         event& out) noexcept {
    using status = parser::status;
    if (p.has_either(buffers::concern::suspended, buffers::concern::drained)) p.prepare();
    status result = status::need_input;
    while (result == status::need_input && p.cursor_ != p.end_) {
      if (p.place_ == place::idle ||
          (p.place_ == place::stream_start && *p.cursor_ != byte_order_mark[0])) {
        p.place_ = place::event_start;
      }
      const bool at_line = p.place_ == place::event_start ||
                           (p.place_ == place::line_start && !p.has(buffers::concern::skipping));
      if (is_behind_name(p.place_)) {
        result = p.take_text(out);
      } else if (!at_line || p.unread().size() == 1) {
        result = take_byte(p, out);
      } else if (p.has_data() && p.take_further_data(out)) {
        result = status::event;
      } else {
        result = p.take_lines(out);
      }
    }
    if (result == status::need_input) {
      p.settle();
      p.drop(buffers::concern::in_chunk);
    }
    return result;
  }

  /// Takes a byte, whatever is to be seen to.
  SSEWIRE_DETAIL_OUT_OF_LINE static constexpr parser::status take_byte(parser& p,
                                                                       event& out) noexcept {
    const bool simple = !p.has(buffers::concern::skipping) && !p.has(buffers::concern::reporting);
    if (!simple || !p.take_simple_byte(*p.cursor_)) return p.take_special_byte(out);
    ++p.cursor_;
    return parser::status::need_input;
  }

  /// The line of an ID ends. (With this inlined, g++ 12 would not inline `feed` where it is called
  /// twice: a byte takes 19 instructions more then.)
  SSEWIRE_DETAIL_OUT_OF_LINE static constexpr void end_id(parser& p) noexcept { p.received_id(); }

  /// The steps that `parser::take_step` does not know.
  SSEWIRE_DETAIL_OUT_OF_LINE static constexpr void take_rare_step(parser& p, step::kind what,
                                                                  char c) noexcept {
    switch (what) {
      case step::kind::end_type: p.received_type(); break;
      case step::kind::begin_retry: p.digits_ = {}; break;
      case step::kind::add_digit: p.digits_.add({&c, 1}); break;
      default: p.end_retry();
    }
  }

  /// Before another chunk comes.
  SSEWIRE_DETAIL_OUT_OF_LINE static constexpr void give_up_chunk(parser& p) noexcept {
    p.settle();
    p.end_offset_ = p.offset();
  }

  /// Begins a line that the chunk cuts. If it is known to have no line end in the chunk, and fits,
  /// all of its text is taken.
  SSEWIRE_DETAIL_OUT_OF_LINE static constexpr void begin_cut_line(parser& p) noexcept {
    if (!p.take_name()) {
      p.begin_line(*p.cursor_++);
    } else if (p.ahead_ != 0 && p.has_simple_text() && p.unread().size() <= p.room()) {
      const std::string_view text = p.unread();
      p.cursor_ = p.end_;
      if (is_type(p.place_)) p.count_as_received(text.size());
      p.append_data(text);
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
    const bool is_type = detail::is_type(p.place_);
    p.cursor_ = line_end;
    if (line_end != p.end_) p.step_over_line_end();
    p.append_data(text, rest.size());
    if (is_type) p.count_as_received(text.size());
    if (is_type && !detail::is_type(p.place_)) p.received_type();
  }

  /// Keeps what has been said of an event whose data go on in the next line, if it fits.
  SSEWIRE_DETAIL_OUT_OF_LINE static constexpr void keep_first_data(parser& p,
                                                                   const unfinished_event& e,
                                                                   const char* next_line) noexcept {
    p.settle();
    if (p.keep(e)) {
      p.cursor_ = next_line;
      p.place_ = place::line_start;
    } else {
      p.ahead_ = 0;  // the lines come again
    }
  }
};

}  // namespace sse::detail

#endif
