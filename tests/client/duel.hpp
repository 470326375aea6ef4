// SPDX-License-Identifier: MIT
// The machine beside the oracle: both are told the same, and all that can be seen is compared.
#ifndef SSEWIRE_TESTS_CLIENT_DUEL_HPP
#define SSEWIRE_TESTS_CLIENT_DUEL_HPP

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <sse/event_source.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "client/clocks.hpp"
#include "client/inputs.hpp"
#include "client/oracle.hpp"

namespace client {

template <class Clock>
constexpr wide ticks_per_millisecond =
    std::chrono::duration_cast<typename Clock::duration>(std::chrono::milliseconds(1)).count();

template <class Clock>
typename Clock::time_point as_time(wide ticks) {
  using duration = typename Clock::duration;
  return typename Clock::time_point(duration(static_cast<typename duration::rep>(ticks)));
}

// A machine in lent memory, and one that grows. Both take events of the same size.
template <class Clock>
class lent {
 public:
  using source = sse::basic_event_source<sse::parser, Clock>;
  lent(const sse::policy& policy, std::uint64_t random)
      : machine_(sse::parser(storage_, sizeof storage_), policy, random) {}
  source& operator*() { return machine_; }

 private:
  char storage_[room];
  source machine_;
};

template <class Clock>
class growing {
 public:
  using source = sse::basic_event_source<sse::growing_parser, Clock>;
  growing(const sse::policy& policy, std::uint64_t random)
      : machine_(sse::growing_parser(room), policy, random) {}
  source& operator*() { return machine_; }

 private:
  source machine_;
};

// What an input brought to light.
struct answer {
  std::optional<client::step> step;
  int timeout = 0;
  std::optional<sse::verdict> verdict;
  std::string items;
};

// The machine's side.
template <class Holder>
class player {
 public:
  using source = typename Holder::source;
  using clock = typename source::clock;
  using status = typename source::status;

  player(const sse::policy& policy, std::uint64_t random) : holder_(policy, random) {}

  answer perform(const input& in, wide now) {
    using kind = input::kind;
    const auto time = as_time<clock>(now);
    answer seen;
    switch (in.what) {
      case kind::pass_time: break;
      case kind::next: seen.step = next(now, seen.timeout); break;
      case kind::respond: seen.verdict = (*holder_).responded(in.head.text, time); break;
      case kind::overrule: seen.verdict = (*holder_).responded(in.verdict, time); break;
      case kind::bytes: seen.items = read(in, now); break;
      case kind::ended: (*holder_).ended(time); break;
      case kind::failed: (*holder_).failed(time); break;
      case kind::close: (*holder_).close(); break;
      case kind::hurry: (*holder_).hurry(); break;
      case kind::move: {
        source elsewhere(std::move(*holder_));
        *holder_ = std::move(elsewhere);
      }
    }
    return seen;
  }
  source& machine() { return *holder_; }

 private:
  client::step next(wide now, int& timeout) {
    const auto said = (*holder_).next(as_time<clock>(now));
    timeout = said.timeout(as_time<clock>(now));
    client::step step;
    switch (said.kind) {
      case said.connect: step.what = action::connect; break;
      case said.receive: step.what = action::receive; break;
      case said.wait: step.what = action::wait; break;
      case said.closed: step.what = action::closed; break;
    }
    step.why = said.why;
    step.is_redirected = said.is_redirected;
    step.deadline = said.deadline.time_since_epoch().count();
    return step;
  }

  std::string read(const input& in, wide now) {
    std::string told;
    if (in.in_loop == in_loop::by_hand) {
      (*holder_).feed(in.bytes, as_time<clock>(now));
      sse::event e;
      for (status s = (*holder_).take(e); s != status::need_input; s = (*holder_).take(e)) {
        if (s != status::storage_full) told += text_of(s, e);
      }
      return told;
    }
    for (const auto& item : (*holder_).events(in.bytes, as_time<clock>(now))) {
      told += text_of(item.kind, item);
      if (in.in_loop == in_loop::closes) (*holder_).close();
      if (in.in_loop == in_loop::fails) (*holder_).failed(as_time<clock>(now));
    }
    return told;
  }
  static std::string text_of(status s, const sse::event& e) {
    return (s == status::skipped ? "skipped" : std::string(e.data)) + ";";
  }

  Holder holder_;
};

// The oracle's side.
inline answer perform(oracle& model, const input& in, wide now, const answer& seen) {
  using kind = input::kind;
  answer expected;
  switch (in.what) {
    case kind::pass_time:
    case kind::move: break;
    case kind::next: expected.step = model.next(now, *seen.step); break;
    case kind::respond: expected.verdict = model.responded(model.judge(in.head), now); break;
    case kind::overrule: expected.verdict = model.responded(in.verdict, now); break;
    case kind::bytes:
      for (const chunk* c : in.chunks) {
        const std::string items = model.bytes(*c, now);
        expected.items += items;
        if (items.empty()) continue;
        if (in.in_loop == in_loop::closes) model.close();
        if (in.in_loop == in_loop::fails) model.failed(now);
      }
      break;
    case kind::ended: model.ended(now); break;
    case kind::failed: model.failed(now); break;
    case kind::close: model.close(); break;
    case kind::hurry: model.hurry(); break;
  }
  return expected;
}

// When an input comes. None if there is no such moment, or it is over.
inline std::optional<wide> time_of(const oracle& model, moment when, wide now,
                                   const sse::policy& policy, wide per_millisecond) {
  const wide deadline = model.deadline();
  const bool has_deadline = deadline < end_of_time - 1;
  const auto head = model.head_time();
  const wide settled = head.value_or(0) + policy.settled_after.count() * per_millisecond;
  const auto if_it_comes = [now](wide time) {
    return time < now || time >= end_of_time ? std::nullopt : std::optional<wide>(time);
  };
  switch (when) {
    case moment::now: return now;
    case moment::before_if_any: return has_deadline ? std::max(deadline - 1, now) : now;
    case moment::deadline: return has_deadline ? if_it_comes(deadline) : std::nullopt;
    case moment::behind_deadline: return has_deadline ? if_it_comes(deadline + 1) : std::nullopt;
    case moment::unsettled: return head ? if_it_comes(settled - 1) : std::nullopt;
    case moment::settled: return head ? if_it_comes(settled) : std::nullopt;
  }
  return std::nullopt;
}

inline std::string difference(const step& seen, const step& expected) {
  const auto both = [&](const char* what, wide a, wide b) {
    return std::string(what) + " (" + std::to_string(static_cast<long long>(a)) + ", not " +
           std::to_string(static_cast<long long>(b)) + ")";
  };
  if (seen.what != expected.what) {
    return both("another step", static_cast<int>(seen.what), static_cast<int>(expected.what));
  }
  if (seen.deadline != expected.deadline) {
    return both("another deadline", seen.deadline, expected.deadline);
  }
  if (seen.why != expected.why) return "another reason in the step";
  if (seen.is_redirected != expected.is_redirected) return "another is_redirected";
  return {};
}

inline std::string difference(const sse::verdict& seen, const sse::verdict& expected) {
  using kind = sse::verdict::outcome;
  if (seen.kind != expected.kind) return "another verdict";
  const bool has_reason = seen.kind == kind::retry || seen.kind == kind::stop;
  if (has_reason && seen.why != expected.why) return "another reason in the verdict";
  if (seen.kind == kind::redirect && seen.is_lasting != expected.is_lasting) {
    return "another is_lasting";
  }
  if (seen.kind == kind::retry && seen.wait != expected.wait) return "another wait in the verdict";
  return {};
}

// As `poll` takes it.
inline int timeout_of(wide deadline, wide now, wide per_millisecond) {
  if (deadline == end_of_time) return -1;
  const wide left = std::max<wide>(deadline - now, 0);
  const wide milliseconds = (left + per_millisecond - 1) / per_millisecond;
  return static_cast<int>(std::min<wide>(milliseconds, std::numeric_limits<int>::max()));
}

template <class Source>
std::string difference_of_headers(const Source& machine, std::string_view id) {
  const bool is_sent = !id.empty() && id != chunks::event_with_unsafe_id.id;
  std::size_t count = 0;
  for (const sse::header h : machine.headers()) {
    const bool is_id = is_sent && h.name == "Last-Event-ID" && h.value == id;
    const bool is_right = (h.name == "Accept" && h.value == "text/event-stream") ||
                          (h.name == "Cache-Control" && h.value == "no-cache") || is_id;
    if (!is_right) return "another header";
    ++count;
  }
  return count == (is_sent ? 3 : 2) ? "" : "too many headers, or too few";
}

// All that can be seen at any time.
template <class Source>
std::string difference(const Source& machine, const oracle& model) {
  if (machine.state() != model.state()) return "another state";
  if (machine.why() != model.why()) return "another reason";
  if (machine.failures() != model.failures()) return "another number of failures";
  if (machine.last_event_id() != model.last_event_id()) return "another last event ID";
  const auto retry = machine.parser().reconnection_time();
  const bool is_same_retry = retry ? model.retry() == retry->count() : !model.retry();
  if (!is_same_retry) return "another reconnection time";
  return difference_of_headers(machine, model.last_event_id());
}

// What must hold by itself, whatever the oracle says.
class invariants {
 public:
  explicit invariants(const sse::policy& p)
      : waits_end_(std::max({p.default_wait, p.shortest_wait, p.longest_asked, p.longest_backoff}) <
                   std::chrono::hours(24 * 365)),
        is_patient_(p.response_timeout.count() > 0) {}

  std::string violated_by(const input& in, const answer& seen, wide now) {
    if (was_closed_ && !seen.items.empty()) return "an item after the end";
    if (!seen.step) {
      if (in.what != input::kind::pass_time) connected_at_.reset();
      return {};
    }
    const step& s = *seen.step;
    if (was_closed_ && s.what != action::closed) return "a step after the end";
    was_closed_ = s.what == action::closed;
    if (s.what == action::connect) {
      if (is_patient_ && connected_at_ == now) return "the same request is sent twice";
      connected_at_ = now;
    }
    if (s.what == action::wait) {
      if (s.deadline <= now) return "a wait that is over";
      const bool is_late = now > end_of_time / 2;
      if (s.deadline == end_of_time && waits_end_ && !is_late) return "a wait for ever";
    }
    return {};
  }

 private:
  bool waits_end_;
  bool is_patient_;
  bool was_closed_ = false;
  std::optional<wide> connected_at_;
};

// Tells both the same, and returns the first thing that differs; nothing if none does.
template <class Player>
std::string perform_and_compare(Player& player, oracle& model, invariants& rules, const input& in,
                                wide now) {
  using clock = typename Player::clock;
  if (in.what == input::kind::respond) {
    const sse::verdict judged = player.machine().judge(in.head.text);
    if (std::string d = difference(judged, model.judge(in.head)); !d.empty()) return d;
  }
  const answer seen = player.perform(in, now);
  const answer expected = perform(model, in, now, seen);
  model.decide_end(player.machine().state() == sse::ready_state::closed);
  if (seen.step) {
    if (std::string differs = difference(*seen.step, *expected.step); !differs.empty())
      return differs;
    const int timeout = timeout_of(expected.step->deadline, now, ticks_per_millisecond<clock>);
    if (seen.timeout != timeout) return "another timeout";
  }
  if (seen.verdict) {
    if (std::string differs = difference(*seen.verdict, *expected.verdict); !differs.empty())
      return differs;
  }
  if (seen.items != expected.items) return "other items";
  if (std::string violated = rules.violated_by(in, seen, now); !violated.empty()) return violated;
  return difference(player.machine(), model);
}

}  // namespace client

#endif
