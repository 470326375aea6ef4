// SPDX-License-Identifier: MIT
// The head of a request and of a response: what is sent, and what comes back means.
#ifndef SSEWIRE_DETAIL_CLIENT_HEAD_HPP
#define SSEWIRE_DETAIL_CLIENT_HEAD_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "../../event.hpp"
#include "../../policy.hpp"

namespace sse::detail {

/// Those that are always sent.
inline constexpr header fixed_headers[] = {{"Accept", media_type}, {"Cache-Control", "no-cache"}};
inline constexpr std::string_view last_event_id_name = "Last-Event-ID";

/// The fields to be sent.
class header_list {
 public:
  constexpr explicit header_list(std::string_view last_event_id) noexcept
      : fields_{fixed_headers[0], fixed_headers[1], {last_event_id_name, last_event_id}},
        size_(last_event_id.empty() || !is_header_safe(last_event_id) ? 2 : 3) {}
  constexpr const header* begin() const noexcept { return fields_; }
  constexpr const header* end() const noexcept { return fields_ + size_; }
  constexpr std::size_t size() const noexcept { return size_; }

 private:
  header fields_[3];
  std::size_t size_;
};

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// What these take off a text if it is not there.
inline constexpr std::int64_t missing = -1;

/// Takes a number of one digit or more off a text. What is more than the seconds of a hundred years
/// stays at that.
constexpr std::int64_t take_number(std::string_view& text) noexcept {
  if (text.empty() || !is_digit(text.front())) return missing;
  std::int64_t number = 0;
  for (; !text.empty() && is_digit(text.front()); text.remove_prefix(1)) {
    constexpr std::int64_t most = 3'153'600'000;
    number = number * 10 + (text.front() - '0');
    if (number > most) number = most;
  }
  return number;
}

constexpr bool skip(std::string_view& text, std::string_view what) noexcept {
  if (first(text, what.size()) != what) return false;
  text.remove_prefix(what.size());
  return true;
}

/// Days from 1970-01-01 to a day of the calendar: months are counted from March, so that the day
/// that some years have more is the last one.
constexpr std::int64_t days_from_epoch(std::int64_t year, std::int64_t month,
                                       std::int64_t day) noexcept {
  const std::int64_t months = (month + 9) % 12;
  const std::int64_t years = year - (month <= 2);
  const std::int64_t days = years * 365 + years / 4 - years / 100 + years / 400;
  return days + (months * 153 + 2) / 5 + day - 1 - 719468;
}

/// Takes the three letters of a month off a text. 1 to 12.
constexpr std::int64_t take_month(std::string_view& text) noexcept {
  constexpr char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  for (std::ptrdiff_t i = 0; i < 12; ++i) {
    if (skip(text, {months + i * 3, 3})) return i + 1;
  }
  return missing;
}

/// In three letters or in full; which day it is, is not asked.
constexpr bool skip_day_of_week(std::string_view& text) noexcept {
  std::size_t size = 0;
  for (; size < text.size(); ++size) {
    const char c = static_cast<char>(text[size] | 0x20);  // in lower case, if it is a letter
    if (c < 'a' || c > 'z') break;
  }
  text.remove_prefix(size);
  return size >= 3;
}

/// A date behind its day of the week, in seconds since 1970. In the pattern d, m, y, h, i and s
/// stand for numbers, _ for a blank that may be there, and all else for itself.
constexpr std::optional<std::int64_t> scan_date(std::string_view text,
                                                std::string_view pattern) noexcept {
  std::int64_t year = 0, month = 0, day = 0, hours = 0, minutes = 0, seconds = 0;
  for (const char what : pattern) {
    std::int64_t found = 0;
    switch (what) {
      case 'd': found = day = take_number(text); break;
      case 'm': found = month = take_month(text); break;
      case 'y': found = year = take_number(text); break;
      case 'h': found = hours = take_number(text); break;
      case 'i': found = minutes = take_number(text); break;
      case 's': found = seconds = take_number(text); break;
      case '_': skip(text, {" ", 1}); break;
      default: found = skip(text, {&what, 1}) ? 0 : missing; break;
    }
    if (found == missing) return std::nullopt;
  }
  if (year < 100) year += year < 70 ? 2000 : 1900;
  if (!text.empty() || year > 9999 || day < 1 || day > 31) return std::nullopt;
  if (hours > 23 || minutes > 59 || seconds > 60) return std::nullopt;  // there are leap seconds
  return days_from_epoch(year, month, day) * 86400 + hours * 3600 + minutes * 60 + seconds;
}

/// An HTTP date in any of its three formats (RFC 9110, 5.6.7), in seconds since 1970. Years of two
/// digits are those from 1970 to 2069.
///
///     Sun, 06 Nov 1994 08:49:37 GMT
///     Sunday, 06-Nov-94 08:49:37 GMT
///     Sun Nov  6 08:49:37 1994
constexpr std::optional<std::int64_t> http_date(std::string_view text) noexcept {
  using namespace std::string_view_literals;
  if (!skip_day_of_week(text)) return std::nullopt;
  if (const auto date = scan_date(text, ", d m y h:i:s GMT"sv)) return date;
  if (const auto date = scan_date(text, ", d-m-y h:i:s GMT"sv)) return date;
  return scan_date(text, " m _d h:i:s y"sv);
}

/// What `Retry-After` asks for. Nothing if it is not valid, or is a date in a response without one.
constexpr std::optional<std::chrono::milliseconds> retry_after(const response& head) noexcept {
  std::string_view text = head.retry_after;
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  if (!text.empty() && is_digit(text.front())) {
    const std::chrono::seconds wait(take_number(text));
    return text.empty() ? std::optional<std::chrono::milliseconds>(wait) : std::nullopt;
  }
  const auto then = http_date(text), now = http_date(head.date);
  if (!then || !now) return std::nullopt;
  return std::chrono::seconds(*then > *now ? *then - *now : 0);
}

constexpr bool is_redirect(int status) noexcept {
  return (status >= 301 && status <= 303) || status == 307 || status == 308;
}

/// What a response means (9.2.3), but for how many redirects there were.
constexpr verdict judge(const response& head, const policy& policy) noexcept {
  using kind = verdict::outcome;
  verdict result;
  if (head.status >= 100 && head.status < 200) {
    result.kind = kind::ignored;
    result.why = reason::none;
  } else if (is_redirect(head.status) && !head.location.empty()) {
    result.kind = kind::redirect;
    result.why = reason::none;
    result.is_lasting =
        head.status == 301 || head.status == 308 || policy.keeps_temporary_redirects;
  } else if (head.status == 200 && is_event_stream(head.content_type)) {
    result.kind = kind::stream;
    result.why = reason::none;
  } else if (head.status == 204) {
    result.why = reason::stop;
  } else {
    const bool passes = head.status == 200 || head.status == 408 || head.status == 425 ||
                        head.status == 429 || (head.status >= 500 && head.status <= 599);
    const auto wait = retry_after(head);
    if (policy.retries_refusals && (passes || wait)) {
      result.kind = kind::retry;
      result.wait = wait.value_or(std::chrono::milliseconds(0));
    }
    result.why = head.status == 200           ? reason::wrong_media_type
                 : result.kind == kind::retry ? reason::come_again
                                              : reason::refused;
  }
  return result;
}

}  // namespace sse::detail

#endif
