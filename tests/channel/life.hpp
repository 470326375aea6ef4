// SPDX-License-Identifier: MIT
// A life of a channel: calls by chance, against the model. And what each follower has received in
// all is what was published from where it began, as far as it wants it, to the byte; or else it was
// told.
#ifndef SSEWIRE_TESTS_CHANNEL_LIFE_HPP
#define SSEWIRE_TESTS_CHANNEL_LIFE_HPP

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "channel/compared.hpp"

namespace channel_model {

// SplitMix64: the same numbers everywhere.
class chance {
 public:
  explicit chance(std::uint64_t seed) : state_(seed) {}
  std::uint64_t number() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }
  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(number() % limit); }
  bool one_in(std::size_t times) { return below(times) == 0; }

 private:
  std::uint64_t state_;
};

inline constexpr wanted_topics wishes[] = {{}, {}, {1}, {2}, {5}, {0}};
inline constexpr std::string_view ids[] = {"a", "b", "a longer one", "", "b\n"};
inline constexpr std::string_view text =
    "0123456789abcdefghijklmnopqrstuvwxyz\nABCDEFGHIJKLMNOPQRSTUVWXYZ\r\n.,;:-_#'+*~?=)(/&%$";

inline settings settings_by(chance& any) {
  settings how;
  how.bytes = any.below(any.one_in(2) ? 80 : compared::most_bytes + 1);
  how.entries = any.below(any.one_in(2) ? 5 : compared::most_entries + 1);
  how.is_numbered = any.one_in(2);
  how.epoch = any.one_in(4) ? any.number() : any.below(20);
  constexpr std::uint64_t half = std::uint64_t{1} << 63;
  const std::uint64_t first[] = {1, 0, any.number(), 0 - any.number() % 200,
                                 half - any.number() % 200};
  how.first = first[any.below(5)];
  return how;
}

class life {
 public:
  static constexpr std::size_t most_calls = 2000;

  explicit life(chance& any) : life(any, settings_by(any), {}) {}
  life(chance& any, const settings& how, const compared::lent& memory)
      : any_(any), it_(how, memory) {
    for (customer& each : customers_) begin(each, it_.newest(wishes[any_.below(6)]));
  }

  void run(std::size_t calls) {
    for (std::size_t i = 0; i < calls; ++i) {
      if (any_.one_in(3)) {
        publish();
      } else {
        follow(customers_[any_.below(customers_.size())]);
      }
    }
    for (const customer& each : customers_) check_received(each);
  }

 private:
  struct customer {
    follower it;
    place began;
    std::string received;
  };

  void begin(customer& who, const follower& there) { who = {there, there.where, {}}; }

  void publish() {
    sse::event e;
    const std::size_t most = any_.one_in(8) ? text.size() : any_.below(24);
    e.data = text.substr(any_.below(text.size()), any_.below(most + 1));
    if (any_.one_in(4)) e.type = any_.one_in(16) ? "a\n" : text.substr(0, 1 + any_.below(8));
    if (any_.one_in(it_.expected().how().is_numbered ? 50 : 3)) e = e.with_id(ids[any_.below(5)]);
    if (any_.one_in(16))
      e = e.with_retry(std::chrono::milliseconds(any_.below(1000)) - std::chrono::milliseconds(10));
    it_.call("publish");
    it_.publish(e, any_.below(3));
  }

  void follow(customer& who) {
    it_.check_last_event_id(who.it);
    switch (any_.below(16)) {
      case 0: return resume(who);
      case 1: return skip(who);
      case 2: return begin_anew(who, any_.one_in(2) ? it_.oldest({}) : it_.newest({}));
      default: return read(who);
    }
  }

  void read(customer& who) {
    it_.call("read");
    const ordinal before = who.it.where.next;
    const std::size_t bytes =
        it_.read(who.it, any_.one_in(3) ? 8 : any_.below(compared::most_pieces + 1));
    if (who.it.is_cut) return begin_anew(who, it_.oldest({}));
    if (before < it_.expected().oldest()) {  // it was told
      follower there = who.it;
      who.it.where.next = before;
      check_received(who);
      return begin(who, there);
    }
    if (bytes == 0 || any_.one_in(8)) return;
    const std::size_t part = any_.one_in(2) ? bytes : any_.below(bytes + 1);
    it_.take(part, who.received);
    it_.sent(who.it, part);
  }

  void skip(customer& who) {
    it_.call("skip");
    const bool is_within = who.it.where.sent != 0;
    if (!is_within) check_received(who);
    it_.skip(who.it);
    if (!is_within) begin(who, who.it);
  }

  void resume(customer& who) {
    it_.call("resume");
    check_received(who);
    const wanted_topics wants = wishes[any_.below(6)];
    // A client comes back with what a heartbeat would have told it; or with anything.
    const std::string own = it_.expected().last_event_id(who.it.where);
    if (any_.one_in(2)) return begin(who, it_.resume(own, wants));
    const std::uint64_t far =
        any_.one_in(4) ? any_.number() : it_.expected().end() - any_.below(50);
    if (any_.one_in(2)) return begin(who, it_.resume(it_.expected().own_id(far), wants));
    begin(who, it_.resume(ids[any_.below(5)], wants));
  }

  void begin_anew(customer& who, follower there) {
    check_received(who);
    there.wants = wishes[any_.below(6)];
    begin(who, there);
  }

  void check_received(const customer& who) const {
    std::string all;
    const place& end = who.it.where;
    for (ordinal i = who.began.next; i <= end.next && i < it_.expected().end(); ++i) {
      const published& each = it_.expected()[i];
      if (i == end.next) {
        all.append(each.bytes, 0, end.sent);
      } else if (who.it.wants(each.topic)) {
        all += each.bytes;
      }
    }
    if (all.compare(0, std::string::npos, who.received) != 0) it_.differ(who.it, "received");
  }

  chance& any_;
  compared it_;
  std::array<customer, 6> customers_;
};

}  // namespace channel_model

#endif
