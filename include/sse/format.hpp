// SPDX-License-Identifier: MIT
// Events as text for people, in logs and in what a test says: to_string, <<, and std::format where
// the standard library has it.
#ifndef SSEWIRE_FORMAT_HPP
#define SSEWIRE_FORMAT_HPP

#include "detail/compiler.hpp"
#ifdef SSEWIRE_DETAIL_CXX17

#include <iterator>
#include <string>
#include <string_view>
#include <type_traits>

#include "owned_event.hpp"
#if __has_include(<format>)
#include <format>
#endif

namespace sse {

namespace detail {

template <class Out>
Out print(Out out, std::string_view text) {
  for (const char c : text) *out++ = c;
  return out;
}

template <class Out>
Out print_quoted(Out out, std::string_view text) {
  *out++ = '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      *out++ = '\\';
      *out++ = c;
    } else if (c == '\n') {
      out = print(out, "\\n");
    } else if (byte < 0x20 || byte == 0x7F) {
      out = print(out, "\\x");
      for (const int digit : {byte / 16, byte % 16}) *out++ = "0123456789abcdef"[digit];
    } else {
      *out++ = c;
    }
  }
  *out++ = '"';
  return out;
}

template <class Out>
Out print_event(Out out, const event& e) {
  *out++ = '{';
  if (e.id) out = print(print_quoted(print(out, "id: "), *e.id), ", ");
  if (e.has_type()) out = print(print_quoted(print(out, "type: "), e.type), ", ");
  out = print_quoted(print(out, "data: "), e.data);
  if (e.retry) out = print(print(out, ", retry: "), std::to_string(e.retry->count()));
  *out++ = '}';
  return out;
}

template <class Event>
inline constexpr bool is_event = std::is_same_v<Event, event> || std::is_same_v<Event, owned_event>;

}  // namespace detail

/// An event on one line: `{id: "42", type: "tick", data: "two\nlines", retry: 2000}`. What was not
/// sent is left out. Quotes, backslashes and control characters are escaped.
inline std::string to_string(const event& e) {
  std::string text;
  detail::print_event(std::back_inserter(text), e);
  return text;
}

/// The same into a std::ostream, for test frameworks and logs.
template <class Stream, class Event, std::enable_if_t<detail::is_event<Event>, int> = 0>
auto operator<<(Stream& out, const Event& e) -> decltype(out << std::string()) {
  return out << to_string(e);
}

}  // namespace sse

#if defined(__cpp_lib_format)
/// As to_string.
template <>
struct std::formatter<sse::event> {
  constexpr auto parse(std::format_parse_context& context) { return context.begin(); }

  template <class Context>
  auto format(const sse::event& e, Context& context) const {
    return sse::detail::print_event(context.out(), e);
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
