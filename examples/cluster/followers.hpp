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
#include <utility>
#include <vector>

#include "../servers/sends.hpp"
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
    for (const int fd : ready_) {
      const connection& c = at(fd);
      if (c.is != state::following || c.is_full) continue;
      if (!send_with_others(fd)) send(fd);
      if (sends_.is_full()) finish_sends();
    }
    finish_sends();
    const auto others = std::remove_if(ready_.begin(), ready_.end(), [&](int fd) {
      connection& c = at(fd);
      c.is_ready = c.is == state::following && !c.is_full && c.behind == nullptr;
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
      const bool has_all = deliver(fd);
      if (has_all || c.behind == nullptr) return has_all;
    }
  }

  /// True if what it lacks is on its way, or nothing; false if it is not the latest that others
  /// lack, too.
  bool send_with_others(int fd) {
    connection& c = at(fd);
    if (c.behind != nullptr) return false;
    const part wanted = part_wanted(c);
    if (wanted == part::none) c.place = events_.channel().newest();
    if (wanted != part::all) return wanted == part::none;
    iovec pieces[sockets::sends::most_pieces];
    const sse::reading next = next_of(fd, pieces, sse::every_topic());
    if (next.count != 0) sends_.add(fd, pieces, next.count, next.bytes);
    return c.behind == nullptr;
  }

  void finish_sends() {
    sends_.finish([&](int fd, std::size_t bytes, ssize_t taken) {
      took(fd, bytes, taken, sse::every_topic());
    });
  }

  /// Most often a follower has all but the latest, and wants all or nothing of that: then one need
  /// not look at each event.
  enum class part { all, none, some };
  part part_wanted(const connection& c) const {
    if (c.streams == all_streams_) return part::all;
    const fan_out::news& latest = events_.latest();
    if (c.place != latest.from) return part::some;
    if ((latest.streams & c.streams) == 0) return part::none;
    return (latest.streams & ~c.streams) == 0 ? part::all : part::some;
  }

  /// False if it does not take all now, is gone, or has been overtaken and is behind.
  bool deliver(int fd) {
    connection& c = at(fd);
    switch (part_wanted(c)) {
      case part::none: c.place = events_.channel().newest(); return true;
      case part::all: return deliver(fd, sse::every_topic());
      case part::some: break;
    }
    return deliver(fd, [set = c.streams](std::uint64_t i) { return (set >> i & 1) != 0; });
  }

  template <class Wants>
  bool deliver(int fd, const Wants& wants) {
    const connection& c = at(fd);
    for (;;) {
      iovec pieces[16];
      const sse::reading next = next_of(fd, pieces, wants);
      if (next.count == 0) return c.is != state::closed && c.behind == nullptr;
      const ssize_t size = writev(fd, pieces, static_cast<int>(next.count));
      if (!took(fd, next.bytes, size < 0 ? -errno : size, wants)) return false;
      const bool is_last = next.count < std::size(pieces);
      if (is_last || c.place == events_.channel().newest()) return true;
    }
  }

  /// What it is to be sent now: no pieces if it has all, is gone, or has been overtaken.
  template <std::size_t Most, class Wants>
  sse::reading next_of(int fd, iovec (&pieces)[Most], const Wants& wants) {
    connection& c = at(fd);
    sse::cursor place = c.place;
    const sse::reading next = events_.channel().read(place, pieces, Most, wants);
    if (next.kind == sse::reading::cut) {
      ++figures_.cut;
      drop(fd);
    } else if (next.kind == sse::reading::overtaken) {
      overtake(fd, next.missed);
    } else {
      c.place = place;
    }
    return next;
  }

  template <class Wants>
  bool took(int fd, std::size_t bytes, ssize_t taken, const Wants& wants) {
    connection& c = at(fd);
    if (taken < 0 && taken != -EAGAIN) return drop(fd);
    if (taken > 0) {
      events_.channel().sent(c.place, static_cast<std::size_t>(taken), wants);
      figures_.bytes += static_cast<std::uint64_t>(taken);
    }
    c.is_full = taken != static_cast<ssize_t>(bytes);
    if (c.is_full) return false;
    const std::uint64_t published =
        c.streams == all_streams_ ? events_.published() : events_.published(c.streams);
    figures_.deliveries += published - std::exchange(c.published, published);
    return true;
  }

  /// What it has missed Redis has still, or knows that it has not.
  void overtake(int fd, std::uint64_t missed) {
    ++figures_.overtaken;
    connection& c = at(fd);
    c.behind = std::make_unique<catching_up>();
    c.behind->was_overtaken = true;
    if (!events_.find_overtaken(missed, c.behind->at)) drop(fd);
  }

  /// Sends the rest of what a follower has got in part.
  bool finish(int fd) {
    const connection& c = at(fd);
    if (c.behind != nullptr) return flush(fd);
    return deliver(fd, [](std::uint64_t) { return false; });
  }

  const std::uint64_t all_streams_;
  unsigned count_ = 0;
  sockets::sends sends_;
  std::vector<int> ready_;  // those who follow and can take more, or could
};

}  // namespace cluster

#endif
