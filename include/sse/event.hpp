// SPDX-License-Identifier: MIT
// The vocabulary that all parts speak. Section numbers in these headers are those of the WHATWG
// HTML standard, https://html.spec.whatwg.org/multipage/server-sent-events.html.
#ifndef SSEWIRE_EVENT_HPP
#define SSEWIRE_EVENT_HPP

#include "detail/compiler.hpp"
#ifdef SSEWIRE_DETAIL_CXX17

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>

#include "detail/bytes.hpp"

namespace sse {

namespace detail {
/// The type of an event that has none. Told from the same word sent as a type by where it lies: in
/// one place for all parts of a program, also where they hide their symbols.
SSEWIRE_DETAIL_VISIBLE inline constexpr char message[] = "message";
inline constexpr std::string_view default_type = {message, sizeof message - 1};
}  // namespace detail

/// One event of an event stream (9.2.6): what lies between two blank lines.
///
///     sse::event{"hello"}                          data, as most events have nothing else
///     sse::event{"tick", "hello"}                  type and data
///     sse::event{"tick", "hello"}.with_id("42")    and an ID
///
/// **Lifetimes.** The views do not own their bytes. Those that a parser hands out hold until its
/// next step: keep an sse::owned_event. A temporary std::string is refused where an event is made
/// with it; `writer::write(type, data)`, `append` and `channel::publish` take one. Assigned to a
/// member it would dangle unseen.
///
/// **Bytes.** Text is UTF-8 by the standard, but a parser hands bytes through as they came.
struct event {
  /// The `id` field of this very event; empty means "forget the last event ID". Absent when the
  /// event had no `id`, and then the ID in force stays: see `parser::last_event_id`. Keep the IDs
  /// that you give short and ASCII: some clients send others back as other bytes, and two do not
  /// come back at all.
  std::optional<std::string_view> id = std::nullopt;

  /// What a browser dispatches the event as: "message" if none was sent. See `has_type`.
  std::string_view type = detail::default_type;

  /// The `data` fields of the event, joined by LF. May be empty, and may hold NUL.
  std::string_view data = {};

  /// The `retry` field of this very event, in milliseconds.
  std::optional<std::chrono::milliseconds> retry = std::nullopt;

  constexpr event() noexcept = default;

  template <class Data, std::enable_if_t<detail::is_text<Data>, int> = 0>
  constexpr event(Data&& its_data) noexcept : data(its_data) {
    static_assert(!detail::is_temporary<Data>,
                  "a temporary: keep it in a variable, or write(data)");
  }
  template <class Type, class Data,
            std::enable_if_t<detail::is_text<Type> && detail::is_text<Data>, int> = 0>
  constexpr event(Type&& its_type, Data&& its_data) noexcept : type(its_type), data(its_data) {
    static_assert(!detail::is_temporary<Type> && !detail::is_temporary<Data>,
                  "a temporary: keep it in a variable, or write(type, data)");
  }

  constexpr event(std::nullptr_t) = delete;  // there is no text there
  template <class Data>
  event(std::nullptr_t, Data&&) = delete;  // no type is {data}
  template <class Data>
  event(std::nullopt_t, Data&&) = delete;  // no type is {data}
  template <class First, class Second, class Third, class... More,
            std::enable_if_t<detail::is_text<First> || std::is_null_pointer_v<First> ||
                                 std::is_same_v<std::decay_t<First>, std::nullopt_t>,
                             int> = 0>
  event(First&&, Second&&, Third&&,
        More&&...) = delete;  // name the ID: sse::event{type, data}.with_id(id)

  /// The same event with another ID, or another `retry`; this one stays as it is.
  template <class Id, std::enable_if_t<detail::is_text<Id>, int> = 0>
  [[nodiscard]] constexpr event with_id(Id&& its_id) const noexcept {
    static_assert(!detail::is_temporary<Id>, "a temporary: keep it in a variable");
    event other = *this;
    other.id = std::optional<std::string_view>(its_id);
    return other;
  }
  [[nodiscard]] constexpr event with_retry(std::chrono::milliseconds time) const noexcept {
    event other = *this;
    other.retry = std::optional(time);
    return other;
  }

  /// Whether a type was sent, be it "message", or is to be sent. An empty one is none (9.2.6).
  constexpr bool has_type() const noexcept {
    return !type.empty() && !detail::is_same_place(type.data(), detail::message);
  }

  /// Whether they would be written alike.
  friend constexpr bool operator==(const event& a, const event& b) noexcept {
    return a.id == b.id && a.has_type() == b.has_type() && (!a.has_type() || a.type == b.type) &&
           a.data == b.data && a.retry == b.retry;
  }
  friend constexpr bool operator!=(const event& a, const event& b) noexcept { return !(a == b); }
};

/// The media type of an event stream (9.2.5). Send it bare: Chromium gives up for good on the
/// charsets "utf8", "us-ascii" and "iso-8859-1", and some servers compress, and so hold back, what
/// has a charset.
inline constexpr std::string_view media_type = "text/event-stream";

/// Whether a response with this `Content-Type` is an event stream, as browsers decide it: whatever
/// the case and the parameters, and of several values the last one counts. If not, or if the status
/// is not 200, a browser gives up for good (9.2.3).
constexpr bool is_event_stream(std::string_view content_type) noexcept;
template <class Null, std::enable_if_t<std::is_null_pointer_v<Null>, int> = 0>
bool is_event_stream(Null) = delete;

/// The longest ID that is_header_safe takes. Common servers refuse a request with a header of 8 to
/// 16 KiB, and so each attempt to reconnect with such an ID.
inline constexpr std::size_t longest_header_id = 4096;

/// Whether an ID may travel as the value of an HTTP header, `Last-Event-ID`: no control character
/// but TAB, no space or TAB at either end, and not too long. A client that sends back whatever the
/// server chose can be kept from ever reconnecting; leave the header out when this is false.
constexpr bool is_header_safe(std::string_view id) noexcept;
template <class Null, std::enable_if_t<std::is_null_pointer_v<Null>, int> = 0>
bool is_header_safe(Null) = delete;

// ---- How

namespace detail {

constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

constexpr bool equals_ignoring_case(std::string_view text, std::string_view lower) noexcept {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool is_upper = c >= 'A' && c <= 'Z';
    if ((is_upper ? c - 'A' + 'a' : c) != lower[i]) return false;
  }
  return true;
}

/// Takes the first of the values off a list with commas. One in quotes separates nothing.
constexpr std::string_view take_value(std::string_view& list) noexcept {
  bool quoted = false;
  std::size_t size = 0;
  for (; size < list.size() && (quoted || list[size] != ','); ++size) {
    if (list[size] == '"') quoted = !quoted;
    if (list[size] == '\\' && quoted && size + 1 < list.size()) ++size;
  }
  const std::string_view value = first(list, size);
  list.remove_prefix(size < list.size() ? size + 1 : size);
  return value;
}

/// What a value names, without its parameters.
constexpr std::string_view essence(std::string_view value) noexcept {
  while (!value.empty() && is_blank(value.front())) value.remove_prefix(1);
  std::size_t size = 0;
  while (size < value.size() && value[size] != ';' && !is_blank(value[size])) ++size;
  return first(value, size);
}

}  // namespace detail

constexpr bool is_event_stream(std::string_view content_type) noexcept {
  bool is_stream = false;
  while (!content_type.empty()) {
    const std::string_view type = detail::essence(detail::take_value(content_type));
    if (type.find('/') != std::string_view::npos && type != std::string_view("*/*", 3)) {
      is_stream = detail::equals_ignoring_case(type, media_type);
    }
  }
  return is_stream;
}

constexpr bool is_header_safe(std::string_view id) noexcept {
  for (const char c : id) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\t') || byte == 0x7F) return false;
  }
  return id.size() <= longest_header_id &&
         (id.empty() || (!detail::is_blank(id.front()) && !detail::is_blank(id.back())));
}

}  // namespace sse

/// For those whose other library has an `sse` of its own.
namespace ssewire = sse;

#endif
#endif
