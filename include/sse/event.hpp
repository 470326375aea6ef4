// SPDX-License-Identifier: MIT
// The vocabulary that parser and writer share. Section numbers in these headers are those of the
// WHATWG HTML standard, https://html.spec.whatwg.org/multipage/server-sent-events.html.
#ifndef SSEWIRE_EVENT_HPP
#define SSEWIRE_EVENT_HPP

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

namespace sse {

/// One event of an event stream (9.2.6): what lies between two blank lines. The views do not own
/// their bytes: those that a parser hands out hold until its next step, so copy what you keep. Text
/// is UTF-8 by the standard, but a parser hands bytes through as they came. In C++17, which has no
/// designated initialisers, `{std::nullopt, "tick", text}` is an event without an ID.
struct event {
  /// The `id` field of this very event; empty means "forget the last event ID". Absent when the
  /// event had no `id`, and then the ID in force stays: see `parser::last_event_id`.
  std::optional<std::string_view> id = std::nullopt;

  /// What a browser dispatches the event as. Empty means "message" to the writer, which leaves the
  /// `event` field out for both.
  std::string_view type = {"message", 7};

  /// The `data` fields of the event, joined by LF. May be empty, and may hold NUL.
  std::string_view data = {};

  /// The `retry` field of this very event, in milliseconds.
  std::optional<std::chrono::milliseconds> retry = std::nullopt;
};

/// The media type of an event stream (9.2.5). Send it bare: a charset parameter is ignored by
/// clients, and some servers start to compress, and so to buffer, when they see one.
inline constexpr std::string_view media_type = "text/event-stream";

namespace detail {
constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }
}  // namespace detail

/// Whether a response with this `Content-Type` is an event stream, whatever the case and the
/// parameters. If not, or if the status is not 200, a client gives up for good (9.2.3).
constexpr bool is_event_stream(std::string_view content_type) noexcept {
  std::size_t size = 0;
  while (size < content_type.size() && content_type[size] != ';') ++size;
  content_type.remove_suffix(content_type.size() - size);
  while (!content_type.empty() && detail::is_blank(content_type.front())) {
    content_type.remove_prefix(1);
  }
  while (!content_type.empty() && detail::is_blank(content_type.back())) {
    content_type.remove_suffix(1);
  }
  if (content_type.size() != media_type.size()) return false;
  for (std::size_t i = 0; i < media_type.size(); ++i) {
    const char c = content_type[i];
    const bool is_upper = c >= 'A' && c <= 'Z';
    if ((is_upper ? c - 'A' + 'a' : c) != media_type[i]) return false;
  }
  return true;
}

/// Whether an ID may travel as the value of an HTTP header, `Last-Event-ID`: no control character
/// but TAB, and no space or TAB at either end. A client that sends back whatever the server chose
/// can be kept from ever reconnecting; leave the header out when this is false.
constexpr bool is_header_safe(std::string_view id) noexcept {
  for (const char c : id) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\t') || byte == 0x7F) return false;
  }
  return id.empty() || (!detail::is_blank(id.front()) && !detail::is_blank(id.back()));
}

}  // namespace sse

#endif
