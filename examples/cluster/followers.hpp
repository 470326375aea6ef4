// SPDX-License-Identifier: MIT
// Who follows: each from its place, out of the channel.
#ifndef SSEWIRE_EXAMPLES_FOLLOWERS_HPP
#define SSEWIRE_EXAMPLES_FOLLOWERS_HPP

#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <sse/channel.hpp>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "resuming.hpp"

namespace cluster {

class followers : public resuming {
 protected:
  followers(int listener, std::size_t streams, fan_out& events, redis& commands)
      : resuming(listener, events, commands), all_streams_(~std::uint64_t{0} >> (64 - streams)) {}

  /// Begins a stream, behind a head that has been sent.
  void follow(int fd, std::uint64_t streams, const std::string& id, std::uint32_t until) {
    connection& c = at(fd);
    c.is = state::following;
    c.until = until;
    c.streams = streams;
    c.behind = std::make_unique<catching_up>();
    c.behind->asked = id;
    ++count_;
    go_on(fd);
  }

  void go_on(int fd) override {
    connection& c = at(fd);
    if (c.is == state::ending && finish(fd)) leave(fd);
    if (c.is != state::following || !send(fd) || c.is_ready) return;
    c.is_ready = true;
    ready_.push_back(fd);
  }

  void stops_following(int fd) override {
    at(fd).behind.reset();
    --count_;
  }

  void deliver_to_all() {
    const auto others = std::remove_if(ready_.begin(), ready_.end(), [&](int fd) {
      connection& c = at(fd);
      c.is_ready = c.is == state::following && !c.is_full && send(fd);
      return !c.is_ready;
    });
    ready_.erase(others, ready_.end());
    events_.settle();
    retry_stalled();
  }

  void send_heartbeat(int fd) {
    const connection& c = at(fd);
    if (c.is != state::following || c.is_full || is_within_event(c)) return;
    if (put(fd, ":\n\n")) ++figures_.heartbeats;
  }

  /// A follower who has got half of an event gets the rest.
  void end(int fd) {
    connection& c = at(fd);
    if (c.is != state::following) return static_cast<void>(drop(fd));
    if (!is_within_event(c)) return leave(fd);
    c.is = state::ending;
    c.until = seconds() + patience;
  }

  unsigned follower_count() const { return count_; }

  std::uint64_t all_streams() const { return all_streams_; }

 private:
  /// True if a follower has all that there is, and may be sent more at once.
  bool send(int fd) {
    const connection& c = at(fd);
    for (;;) {
      if (c.behind != nullptr && !catch_up(fd)) return false;
      const bool wants_all = c.streams == all_streams_;
      const bool has_all = wants_all ? deliver(fd, sse::every_topic()) : deliver_some(fd);
      if (has_all || c.behind == nullptr) return has_all;
    }
  }

  /// Most often a follower has all but the latest, and wants all or nothing of that: then one need
  /// not look at each event.
  bool deliver_some(int fd) {
    connection& c = at(fd);
    const fan_out::news& latest = events_.latest();
    if (c.place == latest.from && (latest.streams & c.streams) == 0) {
      c.place = events_.channel().newest();
      return true;
    }
    const bool wants_latest = (latest.streams & ~c.streams) == 0;
    if (c.place == latest.from && wants_latest) return deliver(fd, sse::every_topic());
    return deliver(fd, [set = c.streams](std::uint64_t i) { return (set >> i & 1) != 0; });
  }

  /// False if it does not take all now, is gone, or has been overtaken and is behind.
  template <class Wants>
  bool deliver(int fd, const Wants& wants) {
    connection& c = at(fd);
    iovec pieces[16];
    sse::cursor place = c.place;
    const sse::reading next = events_.channel().read(place, pieces, 16, wants);
    if (next.what == sse::reading::kind::cut) {
      ++figures_.cut;
      return drop(fd);
    }
    if (next.what == sse::reading::kind::overtaken) return overtake(fd, next.missed);
    c.place = place;
    if (next.count == 0) return true;
    const ssize_t size = writev(fd, pieces, static_cast<int>(next.count));
    if (size < 0 && errno != EAGAIN) return drop(fd);
    if (size > 0) {
      events_.channel().sent(c.place, static_cast<std::size_t>(size), wants);
      figures_.bytes += static_cast<std::uint64_t>(size);
    }
    c.is_full = size != static_cast<ssize_t>(next.bytes);
    if (c.is_full) return false;
    if constexpr (!std::is_same_v<Wants, sse::every_topic>) {
      if (c.place != events_.channel().newest() && next.count == 16) return deliver(fd, wants);
    }
    const std::uint64_t published =
        c.streams == all_streams_ ? events_.published() : events_.published(c.streams);
    figures_.deliveries += published - std::exchange(c.published, published);
    return true;
  }

  /// What it has missed Redis has still, or knows that it has not.
  bool overtake(int fd, std::uint64_t missed) {
    ++figures_.overtaken;
    connection& c = at(fd);
    c.behind = std::make_unique<catching_up>();
    c.behind->was_overtaken = true;
    if (!events_.find_overtaken(missed, c.behind->at)) return drop(fd);
    return false;
  }

  /// Sends the rest of what a follower has got in part.
  bool finish(int fd) {
    const connection& c = at(fd);
    if (c.behind != nullptr) return flush(fd);
    return deliver(fd, [](std::uint64_t) { return false; });
  }

  const std::uint64_t all_streams_;
  unsigned count_ = 0;
  std::vector<int> ready_;  // those who follow and can take more, or could
};

}  // namespace cluster

#endif
