// SPDX-License-Identifier: MIT
// One stream of events for very many followers, in one thread (Linux). What is posted is kept once,
// for all; a follower is a socket, its place in the channel, and nothing else.
//     g++ -std=c++17 -O2 broadcast.cpp -o broadcast $(pkg-config --cflags ssewire)
//     ./broadcast [PORT [--most FOLLOWERS] [--heartbeat S] [--life S] [--ring BYTES]]
//     curl -N http://127.0.0.1:8080/events          # to resume: /events?lastEventId=ID
//     curl -id 'It rains.' 'http://127.0.0.1:8080/publish?type=weather'
// Who is too slow gets the event `gap`, with the number of events missed. Let only your own
// programs POST; pages of other origins may follow if they are named: --origin ORIGIN, for each.
// With -DBROADCAST_COMPRESSES -lzstd -lbrotlienc -lz, --compress zstd,br,gzip sends what a client
// accepts of that: see compressed.hpp.
#include <sys/uio.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <sse/channel.hpp>
#include <sse/writer.hpp>
#include <string>
#include <utility>
#include <vector>

#include "compressed.hpp"
#include "http.hpp"
#include "options.hpp"
#include "sockets.hpp"
#ifdef BROADCAST_COMPRESSES
#include "codings.hpp"
#endif

namespace {

using sockets::seconds;
using sockets::watch;
using std::string_view;

constexpr std::size_t at_once = 65'536;  // bytes that are posted before all get them, or pressed
constexpr unsigned patience = 10, grace = 3, never = ~0U;  // seconds; at the end there is grace
constexpr string_view beat = ":\n\n";
constexpr int kernel_buffer = 65'536;  // what may wait for a follower there

class server {
 public:
  server(const limits& its, std::size_t ring, int listener, compressed::presses presses)
      : limits_(its),
        bytes_(ring),
        entries_(ring / 128),
        channel_(bytes_, entries_, sockets::milliseconds<std::chrono::system_clock>()),
        presses_(std::move(presses)),
        listener_(listener),
        acceptor_(listener, http::head("503 Service Unavailable", {}, "Retry-After: 10\r\n")) {
    watch(epoll_, EPOLL_CTL_ADD, listener_);
    watch(epoll_, EPOLL_CTL_ADD, signals_);
  }

  void run() {  // until a signal comes
    while (end_ == never || (open_ != 0 && seconds() < end_)) {
      // All that was posted by now is joined: a follower gets it in one write.
      int timeout = static_cast<int>(1000 - sockets::milliseconds() % 1000);
      for (int round = 0; round < 16 && posted_ < at_once; ++round, timeout = 0) {
        epoll_event events[1024];
        const int count = epoll_wait(epoll_, events, 1024, timeout);
        for (int i = 0; i < count; ++i) handle(events[i].data.fd, events[i].events);
        if (count <= 0) break;
      }
      if (posted_ != 0) deliver_to_all();
      for (; tick_ < seconds(); ++tick_) tick();
    }
  }

 private:
  enum class state : unsigned char { closed, asking, following, ending, leaving };
  struct connection {
    sse::cursor place;
    std::unique_ptr<std::string> unread;  // of a request that is not there as a whole
    std::unique_ptr<compressed::follower> pressed;
    std::uint32_t until = 0;  // when it is ended, or given up
    state is = state::closed;
    bool is_ready = false;  // it is in the list of these
    bool is_full = false;   // the kernel takes no more, and will say when it does
    bool is_told = false;   // to go on with its body
  };
  connection& at(int fd) { return connections_[static_cast<std::size_t>(fd)]; }

  void handle(int fd, std::uint32_t events) {
    const bool is_lost = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
    if (fd == signals_) return stop();
    if (fd == listener_) return accept();
    if ((events & EPOLLOUT) != 0 && at(fd).is_full) go_on(fd);
    if ((events & EPOLLIN) != 0 || is_lost) receive(fd, is_lost);
  }

  void accept() {
    for (int i = 0; i < 256; ++i) {
      const int fd = acceptor_.next();
      if (fd < 0) return;  // if it was an error, the next tick tries again
      connections_.resize(std::max(connections_.size(), static_cast<std::size_t>(fd) + 1));
      connection& c = at(fd);
      c.is = state::asking;
      c.until = seconds() + patience;
      c.is_full = c.is_told = false;
      ++open_;
      watch(epoll_, EPOLL_CTL_ADD, fd);
    }
    watch(epoll_, EPOLL_CTL_MOD, listener_);
  }

  void receive(int fd, bool is_lost) {
    const connection& c = at(fd);
    if (c.is == state::closed) return;
    const ssize_t size = recv(fd, input_, sizeof input_, 0);
    if (size > 0 && c.is == state::asking) take(fd, {input_, static_cast<std::size_t>(size)});
    if (size == sizeof input_) return watch(epoll_, EPOLL_CTL_MOD, fd);  // others first
    if (size == 0 || is_lost) drop(fd);
  }

  void take(int fd, string_view text) {
    connection& c = at(fd);
    const std::unique_ptr<std::string> before = std::move(c.unread);
    if (before != nullptr) text = before->append(text);
    while (!text.empty() && c.is == state::asking) {
      http::request asked;
      const http::reading found = http::read(text, asked);
      if (found.refusal != nullptr) return reply(fd, {}, found.refusal);
      if (found.size == 0) {
        if (asked.waits && !c.is_told) c.is_told = put(fd, "HTTP/1.1 100 Continue\r\n\r\n");
        if (c.is == state::asking) c.unread = std::make_unique<std::string>(text);
        return;
      }
      c.until = seconds() + patience;
      c.is_told = false;
      answer(fd, asked);
      text.remove_prefix(found.size);
    }
  }

  void answer(int fd, const http::request& asked) {
    if (asked.path == "/events") return follow(fd, asked);
    const std::string may = "Allow: POST, OPTIONS\r\n";
    if (asked.path != "/publish") return reply(fd, asked, "404 Not Found");
    if (asked.method == "OPTIONS") return reply(fd, asked, "204 No Content", may + http::may_send);
    if (asked.method == "POST") return publish(fd, asked);
    reply(fd, asked, "405 Method Not Allowed", may);
  }

  void publish(int fd, const http::request& asked) {
    const std::string type = http::parameter(asked.query, "type", asked.event_type);
    const bool is_valid = channel_.publish({type, asked.body}) == sse::channel::status::ok;
    if (!is_valid) return reply(fd, asked, "400 Bad Request");
    posted_ += asked.body_size + 1;
    if (posted_ > bytes_.size() / 4) deliver_to_all();  // before it overtakes those who read
    reply(fd, asked, "204 No Content", "Last-Event-ID: " + id_at(channel_.newest()) + "\r\n");
  }

  void follow(int fd, const http::request& asked) {
    const bool has_room = followers_ < limits_.most;
    auto pressed = presses_.begin(asked.accept_encoding);
    auto answer =
        http::stream_answer(asked, limits_.origins, has_room, presses_.fields(pressed.get()));
    const auto id = http::last_event_id(asked);
    const sse::resumed from = channel_.resume(id);
    using kind = sse::resumed::kind;
    const bool has_all = from.what == kind::live || from.what == kind::replay;
    const std::string missed = has_all ? "" : gap(from.missed, from.where);
    if (answer.begins) answer.head += pressed ? presses_.of(*pressed).head() : missed;
    if (!put(fd, answer.head)) return;
    if (answer.closes) leave(fd);
    if (!answer.begins) return;
    connection& c = at(fd);
    c.is = state::following;
    c.place = from.where;
    c.until = seconds() + limits_.some_life();
    ++followers_;
    c.pressed = std::move(pressed);
    if (c.pressed != nullptr && !missed.empty() && !put_own(fd, missed)) return;
    go_on(fd);
  }

  void reply(int fd, const http::request& asked, const char* status, std::string fields = {}) {
    fields += http::shared_with(limits_.origins, asked);
    if (put(fd, http::head(status, asked, fields)) && !asked.keeps) leave(fd);
  }

  /// What is not of the channel. It is short: who takes but a part of it is given up.
  bool put(int fd, string_view text) {
    connection& c = at(fd);
    const ssize_t size = send(fd, text.data(), text.size(), 0);
    if (size == static_cast<ssize_t>(text.size())) return true;
    c.is_full = size < 0 && errno == EAGAIN && c.is == state::following;
    if (!c.is_full) drop(fd);
    return false;
  }

  /// False if the kernel does not take all now; then it is kept, and nothing else may be sent.
  bool put(int fd, const compressed::press::portion& given) {
    connection& c = at(fd);
    const iovec pieces[2] = {{const_cast<char*>(given.seam.data()), given.seam.size()},
                             {const_cast<char*>(given.bytes.data()), given.bytes.size()}};
    const ssize_t size = writev(fd, pieces, 2);
    if (size < 0 && errno != EAGAIN) return drop(fd);
    const std::size_t taken = size < 0 ? 0 : static_cast<std::size_t>(size);
    c.is_full = taken != given.seam.size() + given.bytes.size();
    if (c.is_full) c.pressed->unsent = std::string(given.seam).append(given.bytes).substr(taken);
    return !c.is_full;
  }

  /// What is for this follower alone.
  bool put_own(int fd, string_view text) {
    compressed::follower& its = *at(fd).pressed;
    return put(fd, presses_.of(its).give_own(its, text));
  }

  /// As `deliver`. Who has what all have gets the rest with them.
  template <class Wants>
  bool deliver_compressed(int fd, const Wants& wants) {
    connection& c = at(fd);
    compressed::follower& its = *c.pressed;
    if (!its.unsent.empty() && !put(fd, {{}, std::exchange(its.unsent, {})})) return false;
    for (;;) {
      string_view pieces[2];
      sse::reading next = channel_.read(c.place, pieces, 2, wants);
      if (next.what == sse::reading::kind::cut) return drop(fd);
      if (next.what == sse::reading::kind::overtaken) {
        if (!put_own(fd, gap(next.missed, c.place))) return false;
        next = channel_.read(c.place, pieces, 2, wants);
      }
      const bool is_with_all = c.place == all_have_ && c.is == state::following;
      if (next.count == 0 || (is_with_all && !is_for_all_)) return true;
      if (is_with_all) {
        channel_.sent(c.place, next.bytes);
        return put(fd, presses_.of(its).give(its, pieces, next.count));
      }
      const string_view part = pieces[0].substr(0, at_once);
      channel_.sent(c.place, part.size(), wants);
      if (!put_own(fd, part)) return false;
    }
  }

  void beat_compressed() {
    deliver_to_all();
    presses_.next();
    for (const int fd : ready_) {
      const auto& its = at(fd).pressed;
      const bool has_room = at(fd).is == state::following && !at(fd).is_full;
      if (its && has_room) put(fd, presses_.of(*its).give(*its, &beat, 1));
    }
  }

  std::string id_at(const sse::cursor& place) const {
    char memory[40];
    return std::string(channel_.last_event_id(place, memory));
  }

  /// It has an ID, so that who resumes there is not told again.
  std::string gap(std::uint64_t missed, const sse::cursor& behind) const {
    const std::string data = missed != 0 ? std::to_string(missed) : "unknown", id = id_at(behind);
    std::string text;
    const auto status = sse::append(text, sse::event("gap", data).with_id(id));
    return status == sse::writer::status::ok ? text : "";
  }

  void deliver_to_all() {
    posted_ = 0;
    is_for_all_ = true;
    presses_.next();
    const auto others = std::remove_if(ready_.begin(), ready_.end(), [&](int fd) {
      connection& c = at(fd);
      c.is_ready = c.is == state::following && !c.is_full && deliver(fd);
      return !c.is_ready;
    });
    ready_.erase(others, ready_.end());
    is_for_all_ = false;
    all_have_ = channel_.newest();
  }

  /// False if it does not take all now, or is gone.
  template <class Wants = sse::every_topic>
  bool deliver(int fd, const Wants& wants = {}) {
    connection& c = at(fd);
    if (c.pressed != nullptr) return deliver_compressed(fd, wants);
    iovec pieces[2];
    sse::cursor place = c.place;
    sse::reading next = channel_.read(place, pieces, 2, wants);
    if (next.what == sse::reading::kind::cut) return drop(fd);
    if (next.what == sse::reading::kind::overtaken) {
      if (!put(fd, gap(next.missed, place))) return false;
      next = channel_.read(place, pieces, 2, wants);
    }
    c.place = place;
    if (next.count == 0) return true;
    const ssize_t size = writev(fd, pieces, static_cast<int>(next.count));
    if (size < 0 && errno != EAGAIN) return drop(fd);
    if (size > 0) channel_.sent(c.place, static_cast<std::size_t>(size), wants);
    c.is_full = size != static_cast<ssize_t>(next.bytes);
    return !c.is_full;
  }

  void go_on(int fd) {
    connection& c = at(fd);
    c.is_full = false;
    if (c.is == state::ending && deliver(fd, [](std::uint64_t) { return false; })) leave(fd);
    if (c.is != state::following || !deliver(fd) || c.is_ready) return;
    c.is_ready = true;
    ready_.push_back(fd);
  }

  /// What is due in this second. Heartbeats are spread, so that they do not all go out at once.
  void tick() {
    watch(epoll_, EPOLL_CTL_MOD, listener_);
    if (tick_ % limits_.heartbeat == 0) beat_compressed();
    for (int fd = 0; fd < static_cast<int>(connections_.size()); ++fd) {
      const connection& c = at(fd);
      if (c.is != state::closed && c.until <= tick_) end(fd);
      const bool is_due = (tick_ + static_cast<unsigned>(fd)) % limits_.heartbeat == 0;
      if (is_due && c.is == state::following && !c.is_full && !c.pressed) put(fd, beat);
    }
  }

  void stop() {
    end_ = seconds() + grace;
    close(listener_);
    deliver_to_all();
    for (int fd = 0; fd < static_cast<int>(connections_.size()); ++fd) {
      if (at(fd).is < state::ending) end(fd);
    }
  }

  /// A follower who has got half of an event gets the rest.
  void end(int fd) {
    connection& c = at(fd);
    if (c.is != state::following) return static_cast<void>(drop(fd));
    const bool has_unsent = c.pressed != nullptr && !c.pressed->unsent.empty();
    if (!c.place.is_within_event() && !has_unsent) return leave(fd);
    c.is = state::ending;
    c.until = seconds() + patience;
  }

  /// The peer has to close first: what it still sends would destroy what is on its way to it.
  void leave(int fd) {
    connection& c = at(fd);
    if (c.is == state::following || c.is == state::ending) --followers_;
    c.is = state::leaving;
    c.until = seconds() + patience;
    if (c.pressed != nullptr) {
      const std::string tail = presses_.of(*c.pressed).tail(*c.pressed);
      send(fd, tail.data(), tail.size(), 0);
      c.pressed.reset();
    }
    shutdown(fd, SHUT_WR);
  }

  bool drop(int fd) {
    connection& c = at(fd);
    if (c.is == state::closed) return false;
    if (c.is == state::following || c.is == state::ending) --followers_;
    c.is = state::closed;
    c.unread.reset();
    c.pressed.reset();
    close(fd);
    --open_;
    return false;
  }

  const limits limits_;
  std::vector<char> bytes_;
  std::vector<sse::channel::entry> entries_;
  sse::channel channel_;
  sse::cursor all_have_ = channel_.newest();  // but those who are slow, or just came
  compressed::presses presses_;
  std::vector<connection> connections_;  // by file
  std::vector<int> ready_;               // those who follow and can take more, or could
  unsigned followers_ = 0, open_ = 0;
  std::size_t posted_ = 0;   // bytes, since all were given what there was
  bool is_for_all_ = false;  // what is delivered now
  std::uint32_t tick_ = seconds(), end_ = never;
  const int epoll_ = epoll_create1(EPOLL_CLOEXEC), signals_ = sockets::catch_signals(), listener_;
  sockets::acceptor acceptor_;
  char input_[65'536];
};

}  // namespace

int main(int argc, char** argv) {
  const options given(argc, argv);
  std::uint16_t port = given.port();
  // Room is left for those who publish, and to tell others that there is none.
  const unsigned files = sockets::allow_files();
  limits its(given);
  its.most = std::min(given.number("--most", never), files - std::min(files / 4, 256U));
  const std::size_t ring = given.number("--ring", 1U << 24, 1U << 20);
  compressed::presses presses;
#ifdef BROADCAST_COMPRESSES
  presses = compressed::named(given.text("--compress"));
#endif
  server server(its, ring, sockets::listen_on(port, kernel_buffer), std::move(presses));
  std::printf("listening on http://127.0.0.1:%d\n", port);
  std::fflush(stdout);
  server.run();
}
