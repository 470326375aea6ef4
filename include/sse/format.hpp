// SPDX-License-Identifier: MIT
// Events for std::format, where the standard library has it.
#ifndef SSEWIRE_FORMAT_HPP
#define SSEWIRE_FORMAT_HPP

#include "detail/compiler.hpp"
#ifdef SSEWIRE_DETAIL_CXX17

#include "owned_event.hpp"
#if __has_include(<format>)
#include <format>
#endif

#if defined(__cpp_lib_format)
#include <string_view>

/// Prints an event on one line: `{id: "42", type: "tick", data: "two\nlines", retry: 2000}`. What
/// was not sent is left out. Quotes, backslashes and control characters are escaped.
template <>
struct std::formatter<sse::event> {
  constexpr auto parse(std::format_parse_context& context) { return context.begin(); }

  template <class Context>
  auto format(const sse::event& e, Context& context) const {
    auto out = context.out();
    *out++ = '{';
    if (e.id) out = put(put(out, "id: "), *e.id, ", ");
    if (e.has_type()) out = put(put(out, "type: "), e.type, ", ");
    out = put(put(out, "data: "), e.data, "");
    if (e.retry) out = std::format_to(out, ", retry: {}", e.retry->count());
    *out++ = '}';
    return out;
  }

 private:
  template <class Out>
  static Out put(Out out, std::string_view text) {
    for (const char c : text) *out++ = c;
    return out;
  }

  template <class Out>
  static Out put(Out out, std::string_view text, std::string_view behind) {
    *out++ = '"';
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\') {
        *out++ = '\\';
        *out++ = c;
      } else if (c == '\n') {
        out = put(out, "\\n");
      } else if (byte < 0x20 || byte == 0x7F) {
        out = std::format_to(out, "\\x{:02x}", byte);
      } else {
        *out++ = c;
      }
    }
    *out++ = '"';
    return put(out, behind);
  }
};

template <>
struct std::formatter<sse::owned_event> : std::formatter<sse::event> {
  template <class Context>
  auto format(const sse::owned_event& e, Context& context) const {
    return std::formatter<sse::event>::format(e.view(), context);
  }
};
#endif

#endif
#endif
