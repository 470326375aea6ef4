// SPDX-License-Identifier: MIT
// Who is behind the channel: gets what it lacks out of Redis, in pages, until it is where the
// channel begins; or waits until that is known.
#ifndef SSEWIRE_EXAMPLES_RESUMING_HPP
#define SSEWIRE_EXAMPLES_RESUMING_HPP

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <sse/growing_writer.hpp>
#include <sse/owned_event.hpp>
#include <sse/writer.hpp>
#include <string>
#include <utility>
#include <vector>

#include "../servers/connections.hpp"
#include "../servers/sockets.hpp"
#include "catching_up.hpp"
#include "fan_out.hpp"
#include "history.hpp"
#include "log.hpp"
#include "redis.hpp"

namespace cluster {

using sockets::seconds;
using sockets::watch;
using std::string_view;

struct following {
  std::uint64_t streams = 0;            // a bit for each
  std::uint64_t published = 0;          // events of these, when it had got all
  std::unique_ptr<catching_up> behind;  // if it is not at its place yet
};

class resuming : public http::connections<following> {
 public:
  struct figures {
    std::uint64_t deliveries = 0, bytes = 0, heartbeats = 0, pages = 0, overtaken = 0, cut = 0;
    std::uint64_t began = 0, resumed_from_ring = 0, resumed_from_stream = 0;
    std::array<std::uint64_t, 6> gaps{};  // by reason; those that one client was told alone
  };

 protected:
  /// The two are used only when something has been asked for, or has come.
  resuming(int listener, fan_out& events, redis& commands)
      : connections(listener), events_(events), commands_(commands) {}

  bool flush(int fd) {
    connection& c = at(fd);
    catching_up& b = *c.behind;
    if (b.sent == b.text.size()) return true;
    const ssize_t size = ::send(fd, b.text.data() + b.sent, b.text.size() - b.sent, 0);
    if (size < 0 && errno != EAGAIN) return drop(fd);
    b.sent += static_cast<std::size_t>(std::max(size, ssize_t{0}));
    figures_.bytes += static_cast<std::uint64_t>(std::max(size, ssize_t{0}));
    c.is_full = b.sent != b.text.size();
    if (c.is_full) return false;
    b.text.clear();
    b.sent = 0;
    return true;
  }

  /// True if it is not behind any more.
  bool catch_up(int fd) {
    for (connection& c = at(fd);;) {
      if (!flush(fd)) return false;
      catching_up& b = *c.behind;
      if (b.is_asking) return false;
      if (!find_place(c)) return stall(fd);
      if (!b.text.empty()) continue;
      const fan_out::way found = events_.find(b.at, c.streams);
      switch (found.what) {
        case fan_out::way::live: go_live(c, found); return true;
        case fan_out::way::mixed: copy(c, found); break;
        case fan_out::way::further:
          if (b.at[found.stream].is_checked) return stall(fd);
          [[fallthrough]];
        case fan_out::way::away: return ask(fd, found.stream);
      }
    }
  }

  /// What somebody waited for may have happened.
  void retry_stalled() {
    for (const ticket& whose : std::exchange(stalled_, {})) {
      if (!is_there(whose) || at(whose.fd).behind == nullptr) continue;
      at(whose.fd).behind->is_stalled = false;
      if (!at(whose.fd).is_full) go_on(whose.fd);
    }
  }

  static bool is_within_event(const connection& c) {
    return c.behind != nullptr ? c.behind->sent != 0 : c.place.is_within_event();
  }

  fan_out& events_;
  figures figures_;

 private:
  static constexpr unsigned most_pages = 64;           // that are on their way at once
  static constexpr std::size_t page_bytes = 1U << 16;  // after which a page ends

  /// False if a stream has not been seen yet, because Redis is away.
  bool find_place(connection& c) {
    catching_up& b = *c.behind;
    if (!b.at.empty()) {
      notice_new_lives(events_, b.at, c.streams);
      return true;
    }
    std::size_t first = 0;
    for (std::size_t i = events_.names().size(); i-- != 0;) {
      if ((c.streams >> i & 1) == 0) continue;
      if (!events_.has_begun(i)) return false;
      first = i;
    }
    b.at = locate(events_, b.asked, c.streams);
    if (b.asked.empty()) {
      // It learns at once where it is: so it misses nothing if it is gone before the first event.
      const std::string id = events_.id(first, b.at, c.streams);
      sse::growing_writer writer;
      static_cast<void>(writer.begin(sse::event().with_id(id)));
      static_cast<void>(writer.end());
      b.text = writer.take();
    }
    return true;
  }

  void go_live(connection& c, const fan_out::way& found) {
    const catching_up& b = *c.behind;
    if (!b.was_overtaken) {
      ++(b.asked.empty() ? figures_.began
         : b.had_pages   ? figures_.resumed_from_stream
                         : figures_.resumed_from_ring);
    }
    c.place = found.where;
    c.published = events_.published_before(found.number, c.streams);
    c.behind.reset();
  }

  /// An event of the channel, with another ID: for one who is further in another stream.
  void copy(connection& c, const fan_out::way& found) {
    whereabouts& one = c.behind->at[found.stream];
    one.at = *events_.behind(found.stream, one.at);
    const sse::owned_event e = events_.event(found.where);
    add(c, found.stream, e.view());
  }

  void add(connection& c, std::size_t stream, const sse::event& e) {
    const std::string id = events_.id(stream, c.behind->at, c.streams);
    static_cast<void>(sse::append(c.behind->text, e.with_id(id)));
    ++figures_.deliveries;
  }

  bool stall(int fd) {
    if (!std::exchange(at(fd).behind->is_stalled, true)) stalled_.push_back(ticket_of(fd));
    return false;
  }

  bool ask(int fd, std::size_t stream) {
    if (!commands_.is_ready()) return stall(fd);
    at(fd).behind->is_asking = true;
    asking_.push_back({ticket_of(fd), stream});
    ask_next();
    return false;
  }

  /// So many at once that Redis has something to do, and so few that their replies fit in memory.
  /// While the connection is being lost, each answer comes before `ask_page` returns. Then the loop
  /// that asked goes on: calls within calls, one for each who waits, would overflow the stack.
  void ask_next() {
    if (std::exchange(is_asking_next_, true)) return;
    while (asked_ < most_pages && !asking_.empty()) {
      const auto [whose, stream] = asking_.front();
      asking_.pop_front();
      if (!is_there(whose) || at(whose.fd).behind == nullptr) continue;
      const whereabouts& from = at(whose.fd).behind->at[stream];
      const place start = from.lost == reason::none ? from.at : place{};
      ++asked_;
      ++figures_.pages;
      ask_page(commands_, events_, stream, start, page_bytes,
               [this, whose = whose, stream = stream,
                life = events_.life(stream)](const redisReply* reply) {
                 --asked_;
                 take_page(whose, stream, life, reply);
                 ask_next();
               });
    }
    is_asking_next_ = false;
  }

  void take_page(const ticket& whose, std::size_t stream, std::size_t life,
                 const redisReply* reply) {
    if (!is_there(whose) || at(whose.fd).behind == nullptr) return;
    connection& c = at(whose.fd);
    catching_up& b = *c.behind;
    b.is_asking = false;
    if (c.is != state::following) return;
    // Without an answer, or of a life that is over, or that this node has not seen yet: later.
    const bool is_of_now = reply != nullptr && !is_error(reply) && life == events_.life(stream);
    if (!is_of_now || page(*reply).epoch() != events_.epoch(stream)) {
      return static_cast<void>(stall(whose.fd));
    }
    const page found(*reply);
    b.had_pages = b.at[stream].is_checked = true;
    const place kept = events_.oldest(stream);
    walk(
        found, b.at[stream],
        {events_.names()[stream], events_.largest(), &kept, events_.behind(stream, kept)},
        [&](const gap& what) {
          ++figures_.gaps[static_cast<std::size_t>(what.why)];
          const std::string data = describe(what, events_, stream, b.at[stream].asked);
          b.at[stream].asked.clear();
          add(c, stream, sse::event("gap", data));
        },
        [&](const sse::event& e) { add(c, stream, e); });
    go_on(whose.fd);
  }

  redis& commands_;
  std::vector<ticket> stalled_;  // those who wait for Redis, or for this node to read on
  std::deque<std::pair<ticket, std::size_t>> asking_;  // for a page of a stream
  unsigned asked_ = 0;                                 // pages that are on their way
  bool is_asking_next_ = false;
};

}  // namespace cluster

#endif
