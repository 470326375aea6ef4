// SPDX-License-Identifier: MIT
// The client machine: what an EventSource does (9.2.3), without the socket, the clock and the loop.
#ifndef SSEWIRE_EVENT_SOURCE_HPP
#define SSEWIRE_EVENT_SOURCE_HPP

#include "detail/compiler.hpp"
#ifdef SSEWIRE_DETAIL_CXX17

#include <chrono>
#include <cstdint>
#include <ratio>
#include <string_view>
#include <type_traits>

#include "detail/client/head.hpp"
#include "detail/client/transitions.hpp"
#include "detail/client/waits.hpp"
#include "detail/parser/event_range.hpp"
#include "event.hpp"
#include "growing_parser.hpp"
#include "memory.hpp"
#include "policy.hpp"

namespace sse {

/// The standard's three (9.2.2), with its numbers.
enum class ready_state : unsigned char { connecting = 0, open = 1, closed = 2 };

/// A client that is told what happened, and says what comes next. You bring the HTTP library:
///
///     sse::event_source source(sse::policy::daemon(), std::random_device{}());
///     for (;;) {
///       const auto step = source.next(clock::now());
///       switch (step.kind) {
///         case step.connect: connection.open(url, source.headers()); break;  // a new one
///         case step.receive: connection.run_until(step.deadline); break;  // it tells, see below
///         case step.wait: connection.close(); sleep_until(step.deadline); break;
///         case step.closed: connection.close(); return sse::describe(step.why);
///       }
///     }
///
/// **What it is to be told**, by whatever order the connection has for it:
///
///     source.responded({status, content_type}, now);                      // the head is there
///     for (const auto& e : source.events(chunk, now))                     // bytes of the body
///       if (e.kind == sse::parser::status::event) use(e);
///     source.ended(now);                                                  // the body ended
///     source.failed(now);                                                 // anything else did
///
/// **What it says.** Ask `next` again whenever something was told or a deadline has passed; it
/// alone sees that one has passed, so what was told before still counts. What is told at a time
/// when it cannot matter changes nothing: bytes before the head, say, the error by which a library
/// reports that a connection was dropped, and all that comes after the end.
///
/// **Time** is that of any clock that does not go back: an argument, never asked for. `Clock` need
/// not have a `now`, and a test may give any times. All that comes of one look at the sockets, and
/// the `next` behind it, get the time when the look began: or else a slow user of events makes the
/// server seem quiet. **Randomness** is one number at the beginning: take it from a real source,
/// such as std::random_device, for devices that boot together must not come back together.
///
/// **Requests.** `headers` are to be sent with each; add your own. Whether credentials may go along
/// to the target of a redirect is for you to decide: not to another origin. If your HTTP library
/// follows redirects itself, show the last response alone.
///
/// **Memory** is the parser's, and at most 128 bytes more; lent memory with
/// `sse::basic_event_source<sse::parser>`. **Errors**: nothing throws but what the parser may.
/// **Lifetimes** are the parser's: what is handed out holds until the next call of a member that is
/// not const. **Complexity**: constant, but for the bytes. **Threads**: one at a time.
///
/// A clock counts milliseconds or less, in whole numbers; what would lie beyond its end does not
/// come. Of two deadlines that have passed, the earlier one is the reason.
template <class Parser, class Clock = std::chrono::steady_clock>
class basic_event_source {
 public:
  using clock = Clock;
  using time_point = typename Clock::time_point;
  using item = typename Parser::item;
  using status = typename Parser::status;

  /// What to do next, and why.
  struct step {
    /// | kind      | means                                                                      |
    /// |-----------|----------------------------------------------------------------------------|
    /// | `connect` | drop the connection, if there is one, and send a request: to the target of |
    /// |           | the last redirect if `is_redirected`. It is said once; `receive` follows   |
    /// | `receive` | wait until the deadline for what the connection has to tell                |
    /// | `wait`    | drop the connection, if there is one, and ask again at the deadline        |
    /// | `closed`  | drop the connection: this is the end, and does not change any more         |
    enum action : unsigned char { connect, receive, wait, closed };

    action kind = closed;
    /// Of `wait` and `closed`. Where it gave up, the reason is that of the last failure.
    reason why = reason::none;
    /// Of `connect`: this follows a redirect.
    bool is_redirected = false;
    /// Of `connect` (until when there should be a response), `receive` and `wait`. The greatest
    /// time of the clock if there is none.
    time_point deadline = detail::end_of_time<time_point>;

    /// How long it is until then, as `poll` and `epoll_wait` take it: in milliseconds, rounded up,
    /// so that nobody wakes too early; -1 if there is no deadline.
    constexpr int timeout(time_point now) const noexcept {
      if (deadline == detail::end_of_time<time_point>) return -1;
      return detail::milliseconds_until(deadline, now);
    }
  };

  /// With `policy::standard()`, in which there is no chance.
  constexpr basic_event_source() = default;
  constexpr explicit basic_event_source(Parser parser) : parser_(std::move(parser)) {}

  /// With a policy of your own. `random` is any random number, for `policy::jitter`.
  constexpr basic_event_source(const policy& policy, std::uint64_t random)
      : policy_(policy), random_(random) {}
  constexpr basic_event_source(Parser parser, const policy& policy, std::uint64_t random)
      : parser_(std::move(parser)), policy_(policy), random_(random) {}
  basic_event_source(const policy&) = delete;  // with a random number: see policy::jitter

  // ---- What comes next

  /// The step to be taken at this time. A deadline counts as passed when it is reached.
  [[nodiscard]] constexpr step next(time_point now) noexcept;

  /// What to send with the request: `Accept`, `Cache-Control`, and `Last-Event-ID` if there is an
  /// ID and it `is_header_safe`; one that is not safe is left out, and the stream begins where the
  /// server likes. Its bytes are sent as they came, in UTF-8, as browsers do, also beyond ASCII.
  /// A range of `sse::header`.
  constexpr detail::header_list headers() const noexcept {
    return detail::header_list(parser_.last_event_id());
  }

  // ---- What happened

  /// The head of a response. Obeys what `judge` says of it, and returns that: of a `stream` show
  /// the bytes. One redirect too many is a `retry`, for `too_many_redirects`. Who follows redirects
  /// has two URLs, that of the next request and that of reconnections:
  ///
  ///     case step.connect: connect(step.is_redirected ? target : url, source.headers());
  ///     ...
  ///     const sse::verdict v = source.responded(head, now);
  ///     if (v.kind == sse::verdict::redirect) {
  ///       target = resolve(head.location, the_url_of_this_response);
  ///       if (v.is_lasting) url = target;
  ///     }
  ///
  /// If the location resolves to no HTTP URL, `judge`, and make the verdict a `retry`. When it has
  /// `failures`, it is wise to begin at the first URL again: a lasting target may be dead.
  constexpr verdict responded(const response& head, time_point now) noexcept {
    return responded(judge(head), now);
  }

  /// What the policy makes of a response. It changes nothing; alter it and hand it to `responded`
  /// to overrule the policy: after a 401, with a new token, say. (A response that is good and no
  /// stream, as JSON that answers a POST, is no concern of the source: `close` it instead.)
  ///
  ///     sse::verdict v = source.judge(head);
  ///     if (head.status == 401 && renew(token)) v.kind = sse::verdict::retry;
  ///     source.responded(v, now);  // and `hurry`, if it is not to wait
  [[nodiscard]] constexpr verdict judge(const response& head) const noexcept {
    return detail::judge(head, policy_);
  }
  constexpr verdict responded(verdict what, time_point now) noexcept;

  /// The bytes that came, as a range of events: see `parser::events`. There are none unless the
  /// source is open. If the loop closes the source, that was the last of them.
  detail::event_range<basic_event_source> events(bytes chunk, time_point now) noexcept {
    feed(chunk, now);
    return detail::event_range<basic_event_source>(*this);
  }

  /// The same by hand, `feed` and then `take` until it returns `need_input`: see `parser::next`.
  constexpr void feed(bytes chunk, time_point now) noexcept;
  [[nodiscard]] constexpr status take(event& out) noexcept(noexcept(parser_.next(out))) {
    return phase_ == detail::phase::open ? seen(parser_.next(out)) : status::need_input;
  }

  /// Of servers that leave out the blank line at their end: the event that the body ended within,
  /// which no browser would hand out. Call it in front of `ended`: see `parser::finish`.
  [[nodiscard]] constexpr status finish(event& out) noexcept(noexcept(parser_.finish(out))) {
    return phase_ == detail::phase::open ? seen(parser_.finish(out)) : status::need_input;
  }

  /// The body came to its end, as the protocol has it. Without a head before, it is a failure.
  constexpr void ended(time_point now) noexcept { set_back(reason::stream_ended, now); }

  /// There is no connection: none came about, it broke, or its bytes cannot be decoded.
  constexpr void failed(time_point now) noexcept { set_back(reason::connection_failed, now); }

  // ---- What you want

  /// Ends it, at any moment, for good: nothing is handed out any more. Say why, if you know better.
  constexpr void close(reason why = reason::closed) noexcept {
    if (move(detail::happening::close)) why_ = why;
  }

  /// Comes back at once from a wait: when the network is there again, say.
  constexpr void hurry() noexcept { move(detail::happening::time_up); }

  // ---- How it is

  constexpr ready_state state() const noexcept;

  /// Why it waits or has ended, or did last. `none` until the first connection is over.
  constexpr reason why() const noexcept { return why_; }

  /// How many failures there were in a row. The greatest number stands for more, too.
  constexpr std::uint16_t failures() const noexcept { return failures_; }

  /// See `parser::last_event_id`. To start from a saved one: `parser().set_last_event_id(id)`.
  constexpr std::string_view last_event_id() const noexcept { return parser_.last_event_id(); }

  /// To ask it, and to set what it reports, its last event ID, its storage. What it is fed, it is
  /// fed by the source.
  constexpr Parser& parser() noexcept { return parser_; }
  constexpr const Parser& parser() const noexcept { return parser_; }

 private:
  friend class detail::event_range<basic_event_source>;
  static_assert(std::is_integral_v<typename time_point::rep> &&
                    std::ratio_less_equal_v<typename time_point::period, std::milli>,
                "a clock counts milliseconds or less, in whole numbers");

  constexpr bool move(detail::happening what) noexcept {
    const detail::phase before = phase_;
    phase_ = detail::after(before, what);
    return phase_ != before;
  }

  // Until when something has to come.
  constexpr time_point bytes_due() const noexcept {
    return detail::later(last_byte_, policy_.quiet_timeout);
  }
  constexpr time_point event_due() const noexcept {
    return detail::later(last_event_, policy_.event_timeout);
  }
  constexpr time_point response_due() const noexcept {
    return detail::later(mark_, policy_.response_timeout);
  }

  // A failure, or the end of a stream.
  constexpr void set_back(reason why, time_point now,
                          std::chrono::milliseconds retry_after = {}) noexcept {
    using detail::happening;
    if (detail::after(phase_, happening::setback) == phase_) return;
    const bool is_settled =
        phase_ == detail::phase::open &&
        (has_delivered_ || last_byte_ >= detail::later(mark_, policy_.settled_after));
    if (is_settled) failures_ = 0;
    if (!is_settled || why != reason::stream_ended) {
      if (failures_ == 0) failing_since_ = now;
      if (failures_ != policy::unbounded) ++failures_;
    }
    mark_ = detail::later(now, detail::wait_after(failures_, policy_, parser_.reconnection_time(),
                                                  retry_after, random_));
    why_ = why;
    redirects_ = 0;
    move(gives_up() ? happening::close : happening::setback);
  }

  constexpr bool gives_up() const noexcept {
    if (!policy_.reconnects) return true;
    if (failures_ == 0) return false;
    return (failures_ >= policy_.most_failures && policy_.most_failures != policy::unbounded) ||
           mark_ > detail::later(failing_since_, policy_.longest_failing);
  }

  constexpr status seen(status what) noexcept {
    if (what != status::event && what != status::skipped) return what;
    has_delivered_ = true;
    last_event_ = last_byte_;
    return what;
  }

  // The next item for a range. False at the end of the chunk.
  bool take(item& out) {
    if (phase_ != detail::phase::open) return false;
    const bool is_taken = detail::event_range<Parser>::take(parser_, out);
    seen(out.kind);
    return is_taken;
  }

  Parser parser_;
  policy policy_ = policy::standard();
  std::uint64_t random_ = 0;
  // When the request or the stream began; while it waits, when it comes back.
  time_point mark_{};
  time_point last_byte_{};
  time_point last_event_{};
  time_point failing_since_{};  // if it fails
  std::uint16_t failures_ = 0;
  detail::phase phase_ = detail::phase::due;
  reason why_ = reason::none;
  std::uint8_t redirects_ = 0;  // in a row
  bool has_detoured_ = false;   // by a redirect that is not lasting
  bool has_delivered_ = false;
};

/// With a growing parser, whose memory is bounded by its limit.
using event_source = basic_event_source<growing_parser>;

// ---- How

template <class Parser, class Clock>
constexpr auto basic_event_source<Parser, Clock>::next(time_point now) noexcept -> step {
  using detail::happening;
  using detail::phase;
  if (phase_ == phase::requesting && now >= response_due()) set_back(reason::no_response, now);
  if (phase_ == phase::open && (now >= bytes_due() || now >= event_due())) {
    set_back(bytes_due() <= event_due() ? reason::no_bytes : reason::no_events, now);
  }
  if (phase_ == phase::waiting && now >= mark_) move(happening::time_up);
  step result;
  switch (phase_) {
    case phase::due:
      move(happening::connect);
      mark_ = now;
      if (redirects_ == 0) has_detoured_ = false;
      parser_.reset();  // half an event at the end of the last stream is none
      result.kind = step::connect;
      result.is_redirected = redirects_ != 0;
      result.deadline = response_due();
      break;
    case phase::requesting:
      result.kind = step::receive;
      result.deadline = response_due();
      break;
    case phase::open:
      result.kind = step::receive;
      result.deadline = bytes_due() < event_due() ? bytes_due() : event_due();
      break;
    case phase::waiting:
      result.kind = step::wait;
      result.why = why_;
      result.deadline = mark_;
      break;
    default:
      result.kind = step::closed;
      result.why = why_;
      break;
  }
  return result;
}

template <class Parser, class Clock>
constexpr verdict basic_event_source<Parser, Clock>::responded(verdict what,
                                                               time_point now) noexcept {
  using kind = verdict::outcome;
  if (phase_ != detail::phase::requesting) {
    what.kind = kind::ignored;
    what.why = reason::none;
  }
  if (what.kind == kind::redirect && redirects_ >= policy_.most_redirects) {
    what.kind = kind::retry;
    what.why = reason::too_many_redirects;
  }
  switch (what.kind) {
    case kind::ignored: break;
    case kind::stream:
      move(detail::happening::stream);
      mark_ = last_byte_ = last_event_ = now;
      has_delivered_ = false;
      break;
    case kind::redirect:
      move(detail::happening::redirect);
      ++redirects_;
      has_detoured_ = has_detoured_ || !what.is_lasting;
      what.is_lasting = !has_detoured_;
      break;
    case kind::retry: set_back(what.why, now, what.wait); break;
    default: close(what.why); break;
  }
  return what;
}

template <class Parser, class Clock>
constexpr void basic_event_source<Parser, Clock>::feed(bytes chunk, time_point now) noexcept {
  if (phase_ != detail::phase::open) return;
  parser_.feed(chunk);
  if (!chunk.text().empty()) last_byte_ = now;
}

template <class Parser, class Clock>
constexpr ready_state basic_event_source<Parser, Clock>::state() const noexcept {
  switch (phase_) {
    case detail::phase::open: return ready_state::open;
    case detail::phase::closed: return ready_state::closed;
    default: return ready_state::connecting;
  }
}

}  // namespace sse

#endif
#endif
