// SPDX-License-Identifier: MIT
// What can happen to a client, and when.
#ifndef SSEWIRE_TESTS_CLIENT_INPUTS_HPP
#define SSEWIRE_TESTS_CLIENT_INPUTS_HPP

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/chunks.hpp"
#include "client/oracle.hpp"

namespace client {

// A deadline is the one in force. A stream settles so long behind its head, if it is still there.
enum class moment : unsigned char {
  now,
  before_if_any,  // just before the deadline; now if there is none
  deadline,
  behind_deadline,
  unsettled,  // just before it settles
  settled
};

// What the loop over the events does when it has got the first; or that there is no such loop, but
// they are taken by hand.
enum class in_loop : unsigned char { goes_on, closes, fails, by_hand };

struct input {
  enum class kind : unsigned char {
    pass_time,
    next,
    respond,
    overrule,
    bytes,
    ended,
    failed,
    close,
    hurry,
    move
  };
  const char* name;
  kind what;
  moment when = moment::now;
  client::head head = {};
  sse::verdict verdict = {};
  std::vector<const chunk*> chunks = {};
  std::string bytes = {};  // of the chunks, as one
  client::in_loop in_loop = in_loop::goes_on;
};

namespace inputs {
using kind = input::kind;

inline input answer(const char* name, int status, std::string_view retry_after = {},
                    std::optional<std::int64_t> means = std::nullopt, std::string_view date = {}) {
  return {name, kind::respond, moment::now, {{status, {}, {}, retry_after, date}, false, means}};
}
inline input redirect(const char* name, int status) {
  return {name, kind::respond, moment::now, {{status, {}, "/elsewhere"}}};
}
inline input stream_with(const char* name, std::string_view content_type, bool is_stream,
                         int status = 200) {
  return {name, kind::respond, moment::now, {{status, content_type}, is_stream}};
}
inline input body(const char* name, const chunk& c, moment when = moment::now) {
  return {name, kind::bytes, when, {}, {}, {&c}, std::string(c.text)};
}
inline input two_events(const char* name, client::in_loop in_loop) {
  input result = body(name, chunks::event_with_id);
  result.chunks.push_back(&chunks::event);
  result.bytes += chunks::event.text;
  result.in_loop = in_loop;
  return result;
}
inline input by_hand(const char* name, const chunk& c) {
  input result = body(name, c);
  result.in_loop = in_loop::by_hand;
  return result;
}
inline input overruled(const char* name, const sse::verdict& verdict) {
  return {name, kind::overrule, moment::now, {}, verdict};
}

inline const input pass_time = {"(the deadline passes)", kind::pass_time, moment::behind_deadline};
inline const input next = {"next", kind::next};
inline const input next_soon = {"next before the deadline", kind::next, moment::before_if_any};
inline const input next_at = {"next at the deadline", kind::next, moment::deadline};
inline const input next_behind = {"next behind the deadline", kind::next, moment::behind_deadline};

inline const input stream = stream_with("a stream", "text/event-stream", true);
inline const input page = stream_with("a page", "text/html", false);
inline const input untyped = stream_with("200", "", false);
inline const input other_success = stream_with("201, a stream", "text/event-stream", true, 201);
inline const input informational = answer("103", 103);
inline const input lasting_redirect = redirect("301", 301);
inline const input lasting_redirect_2 = redirect("308", 308);
inline const input temporary_redirect = redirect("302", 302);
inline const input temporary_redirect_2 = redirect("303", 303);
inline const input temporary_redirect_3 = redirect("307", 307);
inline const input redirect_to_nowhere = answer("302 to nowhere", 302);
inline const input multiple_choices = redirect("300", 300);
inline const input unavailable = answer("503", 503);
inline const input unavailable_for_7s = answer("503 for 7 s", 503, "7", 7000);
inline const input unavailable_for_a_year = answer("503 for a year", 503, "31536000", 31536000000);
inline const input unavailable_until = answer("503 until", 503, "Sun, 06 Nov 1994 08:50:37 GMT",
                                              60000, "Sun, 06 Nov 1994 08:49:37 GMT");
inline const input unavailable_soon = answer("503 until soon", 503, "soon");
inline const input too_many = answer("429", 429);
inline const input timeout = answer("408", 408);
inline const input too_early = answer("425", 425);
inline const input not_found = answer("404", 404);
inline const input not_found_for_0s = answer("404 for 0 s", 404, "0", 0);
inline const input not_found_for_7s = answer("404 for 7 s", 404, "7", 7000);
inline const input no_content = answer("204", 204);
inline const input no_content_for_7s = answer("204 for 7 s", 204, "7", 7000);
inline const input no_status = answer("0", 0);
inline const input odd_status = answer("600", 600);

inline const input event = body("an event", chunks::event);
inline const input event_with_id = body("an event with ID", chunks::event_with_id);
inline const input event_with_unsafe_id = body("an event, ID unsafe", chunks::event_with_unsafe_id);
inline const input too_large = body("a large event", chunks::too_large);
inline const input comment = body("a comment", chunks::comment);
inline const input comment_unsettled =
    body("a comment, not settling", chunks::comment, moment::unsettled);
inline const input comment_settled = body("a comment, settling", chunks::comment, moment::settled);
inline const input id_alone = body("an ID alone", chunks::id_alone);
inline const input half = body("half an event", chunks::half);
inline const input blank = body("a blank line", chunks::blank);
inline const input nothing = body("no bytes", chunks::nothing);
inline const input nothing_settled = body("no bytes, late", chunks::nothing, moment::settled);
inline const input no_retry = body("retry: 0", chunks::no_retry);
inline const input short_retry = body("retry: 40", chunks::short_retry);
inline const input long_retry = body("retry: 7000", chunks::long_retry);
inline const input endless_retry = body("retry: 2^63", chunks::endless_retry);
inline const input events = two_events("two events", in_loop::goes_on);
inline const input events_closing = two_events("two events, closed in the loop", in_loop::closes);
inline const input events_failing = two_events("two events, failed in the loop", in_loop::fails);

inline const input events_by_hand = two_events("two events, by hand", in_loop::by_hand);
inline const input too_large_by_hand = by_hand("a large event, by hand", chunks::too_large);

inline const input ended = {"ended", kind::ended};
inline const input ended_settled = {"ended, late", kind::ended, moment::settled};
inline const input failed = {"failed", kind::failed};
inline const input close = {"close", kind::close};
inline const input hurry = {"hurry", kind::hurry};
inline const input move = {"(it is moved)", kind::move};
inline const input renewed =
    overruled("401, overruled", {sse::verdict::retry, sse::reason::refused, false, {}});
}  // namespace inputs

}  // namespace client

#endif
