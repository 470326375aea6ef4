// SPDX-License-Identifier: MIT
// What a client machine must do, from the words of its contract alone: slow, plain, and sharing
// only the vocabulary with the library. Where the words leave a choice, "taken:" says which one is
// made here.
//
// Times are whole ticks of a clock, and so wide that no sum of them overflows.
#ifndef SSEWIRE_TESTS_CLIENT_ORACLE_HPP
#define SSEWIRE_TESTS_CLIENT_ORACLE_HPP

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <sse/event_source.hpp>
#include <sse/policy.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "client/chunks.hpp"

namespace client {

__extension__ typedef __int128 wide;

constexpr wide end_of_time = std::numeric_limits<std::int64_t>::max();
constexpr wide begin_of_time = std::numeric_limits<std::int64_t>::min();

enum class action : unsigned char { connect, receive, wait, closed };

struct step {
  action what = action::closed;
  sse::reason why = sse::reason::none;
  bool is_redirected = false;
  wide deadline = end_of_time;
};

// The head of a response, as one who has read all of it understands it.
struct head {
  sse::response text;
  bool is_event_stream = false;
  std::optional<std::int64_t> retry_after = std::nullopt;  // in milliseconds, if valid
};

class oracle {
 public:
  oracle(const sse::policy& policy, wide ticks_per_millisecond)
      : policy_(policy), per_millisecond_(ticks_per_millisecond) {}

  // ---- What is done. Each of these is what the member of that name does.

  // Chance decides within bounds how long a wait is. What the machine made of it is known by its
  // step, which is therefore handed in.
  step next(wide now, const step& actual) {
    for (;;) {
      if (over_) return {action::closed, why_, false, end_of_time};
      if (link_) {
        const sse::reason overdue = passed(now);
        if (overdue == sse::reason::none) {
          return {action::receive, sse::reason::none, false, deadline()};
        }
        lose(overdue, now);
        decide_end(actual.what == action::closed);
        continue;
      }
      decide_wait(now, actual);
      if (rest_ && !is_reached(rest_->until, now)) {
        return {action::wait, why_, false, rest_->until};
      }
      return connect(now);
    }
  }

  sse::verdict judge(const head& h) const {
    using kind = sse::verdict::outcome;
    using sse::reason;
    const int status = h.text.status;
    if (status >= 100 && status < 200) return {kind::ignored, reason::none, false, {}};
    if (status == 200 && h.is_event_stream) return {kind::stream, reason::none, false, {}};
    if (status == 204) return {kind::stop, reason::stop, false, {}};
    const bool is_permanent = status == 301 || status == 308;
    const bool is_temporary = status == 302 || status == 303 || status == 307;
    // taken: a redirect to nowhere is none.
    if ((is_permanent || is_temporary) && !h.text.location.empty()) {
      const bool is_lasting = is_permanent || policy_.keeps_temporary_redirects;
      return {kind::redirect, reason::none, is_lasting, {}};
    }
    const bool is_passing = status == 408 || status == 425 || status == 429 ||
                            (status >= 500 && status < 600) || status == 200 || h.retry_after;
    const bool comes_again = policy_.retries_refusals && is_passing;
    reason why = comes_again ? reason::come_again : reason::refused;
    if (status == 200) why = reason::wrong_media_type;
    const std::int64_t wait = comes_again ? h.retry_after.value_or(0) : 0;
    return {comes_again ? kind::retry : kind::stop, why, false, std::chrono::milliseconds(wait)};
  }

  sse::verdict responded(const sse::verdict& what, wide now) {
    using kind = sse::verdict::outcome;
    if (!link_ || link_->head) return {kind::ignored, sse::reason::none, false, {}};
    switch (what.kind) {
      case kind::ignored: break;
      case kind::stream: link_->head = link_->last_byte = link_->last_event = now; break;
      case kind::stop: end(what.why); break;
      case kind::retry: lose(what.why, now, what.wait.count()); break;
      case kind::redirect: {
        if (redirects_ == policy_.most_redirects) {
          lose(sse::reason::too_many_redirects, now);
          return {kind::retry, sse::reason::too_many_redirects, false, {}};
        }
        if (redirects_ == 0) is_row_lasting_ = true;
        is_row_lasting_ &= what.is_lasting;
        ++redirects_;
        is_redirected_ = true;
        link_.reset();
        return {kind::redirect, what.why, is_row_lasting_, {}};
      }
    }
    return what;
  }

  // What is handed out, told as text.
  std::string bytes(const chunk& c, wide now) {
    std::string told;
    if (!link_ || !link_->head) return told;
    if (!c.text.empty()) link_->last_byte = now;
    if (c.retry) retry_ = c.retry;
    unfinished& event = link_->event;
    if (c.id) event.id = c.id;
    if (c.data) event.data += (event.has_data ? "\n" : "") + std::string(*c.data);
    event.has_data |= c.data.has_value();
    event.is_too_large |= c.is_too_large;
    if (!c.is_ended) return told;
    if (event.id) last_event_id_ = *event.id;
    if (event.has_data) {
      told = event.is_too_large ? "skipped;" : event.data + ";";
      link_->last_event = now;  // taken: one that is skipped is one
      link_->has_delivered = true;
    }
    event = {};
    return told;
  }

  // taken: as it counts as the end of a connection also when there was no head.
  void ended(wide now) {
    if (link_) lose(sse::reason::stream_ended, now);
  }
  void failed(wide now) {
    if (link_) lose(sse::reason::connection_failed, now);
  }
  void close() { end(sse::reason::closed); }
  void hurry() { rest_.reset(); }

  // ---- What can be seen

  sse::ready_state state() const {
    if (over_) return sse::ready_state::closed;
    return link_ && link_->head ? sse::ready_state::open : sse::ready_state::connecting;
  }
  sse::reason why() const { return why_; }
  std::uint32_t failures() const { return failures_; }
  std::string_view last_event_id() const { return last_event_id_; }
  std::optional<std::int64_t> retry() const { return retry_; }

  // ---- What one who plays with it wants to know

  // The time that is awaited, at the earliest; the end of time if there is none.
  wide deadline() const {
    if (rest_) return rest_->until;
    if (!link_) return end_of_time;
    return link_->head ? std::min(quiet_until(), eventless_until()) : response_until();
  }
  std::optional<wide> head_time() const { return link_ ? link_->head : std::nullopt; }

  // Chance decides also whether a wait is longer than what is left of `longest_failing`.
  void decide_end(bool is_over) {
    if (over_ || !rest_ || rest_->until_at_most <= rest_->give_up_at) return;
    if (is_over) return end(why_);
    rest_->until_at_most = rest_->give_up_at;
  }

 private:
  struct unfinished {
    std::optional<std::string_view> id;
    std::string data;
    bool has_data = false;
    bool is_too_large = false;
  };
  struct link {
    wide begin;
    std::optional<wide> head;
    wide last_byte = 0;
    wide last_event = 0;
    bool has_delivered = false;
    unfinished event;
  };
  struct rest {
    wide until;
    wide until_at_most;
    wide give_up_at;
  };

  static constexpr std::int64_t never = sse::policy::never.count();
  static constexpr std::int64_t hundred_years = 3153600000000;

  // Sums lie within the range of the clock; what would lie beyond it does not come. taken: a time
  // below nothing is none, and one as long as the clock can count does not come either.
  wide later(wide time, wide milliseconds) const {
    return later_by_ticks(time, std::max<wide>(milliseconds, 0) * per_millisecond_);
  }
  wide later_by_ticks(wide time, wide ticks) const {
    return is_endless(ticks) ? end_of_time : std::min(time + ticks, end_of_time);
  }
  bool is_endless(wide ticks) const { return ticks >= never / per_millisecond_ * per_millisecond_; }
  static bool is_reached(wide time, wide now) { return time != end_of_time && now >= time; }

  wide response_until() const { return later(link_->begin, policy_.response_timeout.count()); }
  wide quiet_until() const { return later(link_->last_byte, policy_.quiet_timeout.count()); }
  wide eventless_until() const { return later(link_->last_event, policy_.event_timeout.count()); }

  // taken: of two that have passed, the one that passed first counts; of two that passed at once,
  // that there was no byte says more.
  sse::reason passed(wide now) const {
    if (!is_reached(deadline(), now)) return sse::reason::none;
    if (!link_->head) return sse::reason::no_response;
    return quiet_until() <= eventless_until() ? sse::reason::no_bytes : sse::reason::no_events;
  }

  step connect(wide now) {
    rest_.reset();
    if (!is_redirected_) redirects_ = 0;
    link_ = link{now, std::nullopt, 0, 0, false, {}};
    return {action::connect, sse::reason::none, std::exchange(is_redirected_, false),
            response_until()};
  }

  // taken: without a byte, the head is what came last.
  bool is_settled() const {
    if (!link_ || !link_->head) return false;
    if (link_->has_delivered) return true;
    const wide needed = policy_.settled_after.count() * per_millisecond_;
    return !is_endless(needed) && link_->last_byte - *link_->head >= needed;
  }
  void end(sse::reason why) {
    if (over_) return;
    link_.reset();
    rest_.reset();
    over_ = true;
    why_ = why;
  }

  // The connection is gone. taken: when a deadline has passed, at the time at which that is seen;
  // and that the caller closes a settled stream is no reason to forget the failures before it.
  void lose(sse::reason why, wide now, std::int64_t retry_after = 0) {
    const bool was_settled = is_settled();
    if (was_settled) failures_ = 0;
    link_.reset();
    const bool is_failure = !was_settled || why != sse::reason::stream_ended;
    why_ = why;
    if (!is_failure) {
      if (!policy_.reconnects) return end(why);
      const wide until = later(now, usual_wait());
      rest_ = rest{until, until, end_of_time};
      return;
    }
    if (++failures_ == 1) first_failure_ = now;
    const bool is_last =
        policy_.most_failures != sse::policy::unbounded && failures_ >= policy_.most_failures;
    if (!policy_.reconnects || is_last) return end(why);

    const wide usual = wait_after_failures();
    const wide asked = std::min<wide>(retry_after, policy_.longest_asked.count());
    const wide least = std::max(usual, std::min<wide>(asked, hundred_years));
    const wide most = least * per_millisecond_ + usual * per_millisecond_ * policy_.jitter / 100;
    const wide until = later(now, least);
    const wide give_up_at = later(first_failure_, policy_.longest_failing.count());
    rest_ = rest{until, later_by_ticks(now, most), give_up_at};
    if (until > give_up_at) end(why);
  }

  // taken: the least wait wins where it is more than the most that may be asked for, which bounds
  // `default_wait`, too; a wait below nothing is none, and no wait is longer than a hundred years.
  wide usual_wait() const {
    const wide asked = retry_.value_or(policy_.default_wait.count());
    const wide bounded = std::min<wide>(asked, policy_.longest_asked.count());
    const wide wait = std::max<wide>({bounded, policy_.shortest_wait.count(), 0});
    return std::min<wide>(wait, hundred_years);
  }
  // taken: where doubling would lead beyond the longest, the wait is the longest.
  wide wait_after_failures() const {
    const wide longest = std::min(policy_.longest_backoff.count(), hundred_years);
    wide wait = usual_wait();
    for (std::uint32_t i = 1; i < failures_ && wait > 0 && wait < longest; ++i) {
      wait = std::min(2 * wait, longest);
    }
    return wait;
  }

  void decide_wait(wide now, const step& actual) {
    if (!rest_ || rest_->until == rest_->until_at_most) return;
    const wide chosen = actual.what == action::wait ? actual.deadline : now;
    rest_->until = std::clamp(chosen, rest_->until, rest_->until_at_most);
    rest_->until_at_most = rest_->until;
  }

  sse::policy policy_;
  wide per_millisecond_;

  std::optional<link> link_;  // a request was sent, and nothing has ended it yet
  std::optional<rest> rest_;  // no request is to be sent before
  bool over_ = false;
  bool is_redirected_ = false;
  bool is_row_lasting_ = true;  // of the redirects in a row
  unsigned redirects_ = 0;
  sse::reason why_ = sse::reason::none;
  std::uint32_t failures_ = 0;
  wide first_failure_ = 0;
  std::string_view last_event_id_;
  std::optional<std::int64_t> retry_;
};

}  // namespace client

#endif
