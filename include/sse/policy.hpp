// SPDX-License-Identifier: MIT
// What a client makes of what happens to it: sse::policy, and the words that it is spoken in.
#ifndef SSEWIRE_POLICY_HPP
#define SSEWIRE_POLICY_HPP

#include "detail/compiler.hpp"
#ifdef SSEWIRE_DETAIL_CXX17

#include <chrono>
#include <cstdint>
#include <string_view>

namespace sse {

/// How a client comes back, how long it is patient, and what it takes for an end. Two are ready,
/// `standard()` and `daemon()`; every number in them may be changed:
///
///     sse::policy policy = sse::policy::daemon();
///     policy.quiet_timeout = std::chrono::minutes(2);
///
/// **Failures.** A connection that could not be made, broke, timed out, or was told to come again
/// is a failure. So is a stream that ended before it was settled: before it delivered an event (be
/// it a skipped one), or went on for `settled_after`. That a server answers 200 proves nothing.
/// When a settled stream has ended, broken or timed out, the failures before it are forgotten.
///
/// **Waits.** Behind the end of a settled stream it waits exactly what `retry` asked for, or else
/// `default_wait`, within `shortest_wait` and `longest_asked`. Behind the first failure it waits as
/// long, and behind each further one in a row twice as long as before, up to `longest_backoff`. It
/// waits at least what `Retry-After` asks for, up to `longest_asked`. To each wait behind a failure
/// `jitter` is added. No wait without it is longer than a hundred years. A wait begins when its
/// cause is told or seen, also where a deadline is seen late.
///
/// A negative time counts as 0. If `shortest_wait` is above `longest_asked`, it holds.
struct policy {
  using milliseconds = std::chrono::milliseconds;
  /// A time that does not come.
  static constexpr milliseconds never = (milliseconds::max)();
  /// A number that is not reached.
  static constexpr std::uint16_t unbounded = 0xFFFF;

  // ---- Waits

  /// The reconnection time until a server has sent one: "a few seconds" (9.2.3). Chromium takes
  /// three, Firefox five.
  milliseconds default_wait = std::chrono::seconds(3);
  /// The least wait: `retry: 0` would be a flood. Firefox takes 500 ms; Chromium takes 0 as it is.
  milliseconds shortest_wait = milliseconds(500);
  /// The most that a server may ask for. This is 2^31 - 1 ms, 25 days, as timers of browsers bear.
  milliseconds longest_asked = milliseconds(2147483647);
  /// Waits are doubled up to this; one that is longer as it is stays so. With 0 none is doubled:
  /// browsers do not do it.
  milliseconds longest_backoff = milliseconds(0);

  // ---- Clocks. Browsers leave all three to the system.

  /// From a connection's begin to the head of its response.
  milliseconds response_timeout = never;
  /// Without a byte; a comment counts, so that heartbeats do.
  milliseconds quiet_timeout = never;
  /// Without an event, be it a skipped one: for streams that should have one every so often.
  milliseconds event_timeout = never;

  // ---- Failures

  /// A stream that went on for so long, its last byte so long behind its head, is settled.
  milliseconds settled_after = std::chrono::seconds(60);
  /// It gives up when the next attempt would begin later than this behind the first failure in a
  /// row.
  milliseconds longest_failing = never;
  /// It gives up at this failure in a row.
  std::uint16_t most_failures = unbounded;
  /// What is added to a wait after a failure, lest all who failed together come back together: a
  /// random part of up to so many percent of what the wait is without `Retry-After`. Browsers add
  /// nothing.
  std::uint8_t jitter = 0;

  // ---- Decisions

  /// Whether it comes back at all. If not, the end of a stream and a failure (a response that says
  /// to come again, too) are the end.
  bool reconnects = true;
  /// Whether it comes again after 408, 425, 429, 5xx, any refusal that bears a valid `Retry-After`,
  /// and 200 with another media type: as behind a proxy whose server restarts. By the standard all
  /// of these are the end (9.2.3). 204 is the end in any case.
  bool retries_refusals = false;
  /// Whether it comes back to where a temporary redirect (302, 303, 307) led, as Chromium does, and
  /// the letter of the standard has it, or to where that came from, as Firefox does. Of a permanent
  /// one (301, 308) all keep the target.
  bool keeps_temporary_redirects = false;
  /// Redirects in a row that it follows; one more is a failure. Browsers follow 20 (Fetch).
  std::uint8_t most_redirects = 20;

  /// What browsers do (9.2.3), with a `retry` bounded on both sides.
  static constexpr policy standard() noexcept { return {}; }

  /// For programs that nobody watches: what passes is waited for, and what hangs is given up.
  static constexpr policy daemon() noexcept {
    policy result;
    result.shortest_wait = milliseconds(200);      // five times a second is not yet a flood
    result.longest_asked = std::chrono::hours(1);  // longer is a mistake, or hostile
    result.longest_backoff =
        std::chrono::seconds(60);  // a server is found again in a minute or two
    result.jitter = 100;           // so the load of a wait is spread over it
    result.response_timeout = std::chrono::seconds(30);
    result.quiet_timeout = std::chrono::seconds(45);  // three heartbeats, as 9.2.7 advises them
    result.retries_refusals = true;
    return result;
  }
};

/// Why a client waits, or has ended.
enum class reason : unsigned char {
  none,               ///< it does neither
  stream_ended,       ///< the server ended the stream
  connection_failed,  ///< no connection came about, or it broke
  no_response,        ///< none within `response_timeout`
  no_bytes,           ///< none within `quiet_timeout`
  no_events,          ///< none within `event_timeout`
  come_again,         ///< the response says so: see `policy::retries_refusals`
  too_many_redirects,
  wrong_media_type,  ///< 200, and no event stream
  stop,              ///< 204: the server wants no client to come back
  refused,           ///< any other status
  closed,            ///< the caller closed it
};

/// The same for people, "the server ended the stream" say. Never empty.
constexpr std::string_view describe(reason why) noexcept;

/// One field of a request.
struct header {
  std::string_view name;
  std::string_view value;
};

/// What of the head of a response matters; what did not come is left empty. Informational ones
/// (1xx) need not be shown.
struct response {
  int status = 0;
  std::string_view content_type = {};
  std::string_view location = {};
  /// `Retry-After`: seconds, or an HTTP date (RFC 9110, 10.2.3).
  std::string_view retry_after = {};
  /// `Date`: with it a date in `retry_after` becomes a time to wait, without asking any clock here.
  std::string_view date = {};
};

/// What a response means. It is a value, so it can be altered before it is obeyed:
/// see `basic_event_source::judge`.
struct verdict {
  enum outcome : unsigned char {
    ignored,   ///< nothing: an informational one (1xx), or none was awaited
    stream,    ///< an event stream: its bytes are to be shown
    redirect,  ///< connect to `location` next, resolved against the URL of this response
    retry,     ///< a failure: come back after a wait
    stop,      ///< the end
  };
  outcome kind = outcome::stop;
  reason why = reason::refused;
  /// Of a redirect: whether later reconnections go to its target, too, in place of the URL that the
  /// row of redirects began at.
  bool is_lasting = false;
  /// Of `retry`: what `Retry-After` asks for; 0 if nothing.
  std::chrono::milliseconds wait{0};
};

// ---- How

constexpr std::string_view describe(reason why) noexcept {
  using namespace std::string_view_literals;  // whose lengths nobody counts at run time
  switch (why) {
    case reason::stream_ended: return "the server ended the stream"sv;
    case reason::connection_failed: return "the connection failed"sv;
    case reason::no_response: return "the server does not respond"sv;
    case reason::no_bytes: return "the server is quiet"sv;
    case reason::no_events: return "the server sends no events"sv;
    case reason::come_again: return "the server says to come again"sv;
    case reason::too_many_redirects: return "too many redirects"sv;
    case reason::wrong_media_type: return "the response is no event stream"sv;
    case reason::stop: return "the server says to stop"sv;
    case reason::refused: return "the server refused"sv;
    case reason::closed: return "the client closed it"sv;
    default: return "nothing happened"sv;
  }
}

}  // namespace sse

#endif
#endif
