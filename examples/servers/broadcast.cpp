// SPDX-License-Identifier: MIT
// One stream of events for very many followers, in one thread (Linux). What is posted is kept once,
// for all; a follower is a socket, its place in the channel, and nothing else.
//     g++ -std=c++17 -O2 broadcast.cpp -o broadcast $(pkg-config --cflags ssewire)
//     ./broadcast [PORT] [--life S]...              # --help tells the rest
//     curl -N http://127.0.0.1:8080/events          # to resume: /events?lastEventId=ID
//     curl -id 'It rains.' 'http://127.0.0.1:8080/publish?type=weather'
// Who is too slow gets the event `gap`, with the number of events missed. Let only your own
// programs POST; pages of other origins may follow if they are named: --origin ORIGIN, for each.
// With -DSENDS_TOGETHER -luring all followers are written to by few calls of the kernel: see
// sends.hpp. With -DBROADCAST_COMPRESSES -lzstd -lbrotlienc -lz, --compress zstd,br,gzip sends what
// a client accepts of that: see compressed.hpp.
#include <sys/uio.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <memory>
#include <sse/channel.hpp>
#include <sse/writer.hpp>
#include <string>
#include <utility>
#include <vector>

#include "compressed.hpp"
#include "connections.hpp"
#include "http.hpp"
#include "options.hpp"
#include "sends.hpp"
#include "sockets.hpp"
#ifdef BROADCAST_COMPRESSES
#include "codings.hpp"
#endif

namespace {

using sockets::seconds;
using sockets::watch;
using std::string_view;

constexpr std::size_t at_once = 65'536;     // bytes that are posted before all get them, or pressed
constexpr std::size_t least_share = 128;    // of the ring's bytes, for one event: it has an entry
constexpr unsigned grace = 3, never = ~0U;  // seconds; at the end there is grace
constexpr string_view beat = ":\n\n";
constexpr int kernel_buffer = 65'536;  // what may wait for a follower there

struct follower {
  std::unique_ptr<compressed::follower> pressed;  // if it is sent a coding
};

class server : public http::connections<follower> {
 public:
  server(const options& its, std::size_t ring, int listener, compressed::presses presses)
      : connections(listener),
        its_(its),
        bytes_(ring),
        entries_(ring / least_share),
        channel_(bytes_, entries_, sockets::milliseconds<std::chrono::system_clock>()),
        presses_(std::move(presses)) {
    watch(epoll_, EPOLL_CTL_ADD, signals_);
  }

  void run() {  // until a signal comes
    while (end_ == never || (open_ != 0 && seconds() < end_)) {
      // All that was posted by now is joined: a follower gets it in one write.
      int timeout = static_cast<int>(1000 - sockets::milliseconds() % 1000);
      for (int round = 0; round < 16 && posted_ < at_once; ++round, timeout = 0) {
        epoll_event events[1024];
        const int count = epoll_wait(epoll_, events, 1024, timeout);
        for (int i = 0; i < count; ++i) hear(events[i].data.fd, events[i].events);
        if (count <= 0) break;
      }
      if (posted_ != 0) deliver_to_all();
      for (; tick_ < seconds(); ++tick_) tick();
    }
  }

 private:
  void hear(int fd, std::uint32_t events) {
    if (fd == signals_) return stop();
    if (fd == listener_) return accept();
    handle(fd, events);
  }

  void answer(int fd, const http::request& asked) override {
    if (asked.path == "/events") return follow(fd, asked);
    const std::string shared = http::shared_with(its_.origins, asked);
    const std::string may = "Allow: POST, OPTIONS\r\n" + shared;
    if (asked.path != "/publish") return reply(fd, "404 Not Found", shared);
    if (asked.method == "OPTIONS") return reply(fd, "204 No Content", may + http::may_send);
    if (asked.method == "POST") return publish(fd, asked, shared);
    reply(fd, "405 Method Not Allowed", may);
  }

  void publish(int fd, const http::request& asked, const std::string& fields) {
    const std::string type = http::parameter(asked.query, "type", asked.event_type);
    sse::cursor place = channel_.newest();
    const bool is_valid = channel_.publish({type, asked.body}) == sse::channel::status::ok;
    if (!is_valid) return reply(fd, "400 Bad Request", fields);
    iovec pieces[2];  // of the event as it is sent, which may be seven times its body
    posted_ += std::max(least_share, channel_.read(place, pieces, 2).bytes);
    if (posted_ > bytes_.size() / 4) deliver_to_all();  // before it overtakes those who read
    reply(fd, "204 No Content", fields + "Last-Event-ID: " + id_at(channel_.newest()) + "\r\n");
  }

  void follow(int fd, const http::request& asked) {
    const bool has_room = followers_ < its_.most;
    auto pressed = presses_.begin(asked.accept_encoding);
    auto answer =
        http::stream_answer(asked, its_.origins, has_room, presses_.fields(pressed.get()));
    const auto id = http::last_event_id(asked);
    const sse::resumed from = channel_.resume(id);
    using kind = sse::resumed::outcome;
    const bool has_all = from.kind == kind::live || from.kind == kind::replay;
    const std::string missed = has_all ? "" : gap(from.missed, from.where);
    if (answer.begins) answer.head += pressed ? presses_.of(*pressed).head() : missed;
    if (!put(fd, answer.head)) return;
    if (answer.closes) leave(fd);
    if (!answer.begins) return;
    connection& c = at(fd);
    c.is = state::following;
    c.place = from.where;
    c.until = seconds() + its_.some_life();
    ++followers_;
    c.pressed = std::move(pressed);
    if (c.pressed != nullptr && !missed.empty() && !put_own(fd, missed)) return;
    go_on(fd);
  }

  /// False if the kernel does not take all now; then it is kept, and nothing else may be sent.
  bool put_pressed(int fd, const compressed::press::portion& given) {
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
    return put_pressed(fd, presses_.of(its).give_own(its, text));
  }

  /// As `deliver`. Who has what all have gets the rest with them.
  template <class Wants = sse::every_topic>
  bool deliver_compressed(int fd, const Wants& wants = {}) {
    connection& c = at(fd);
    compressed::follower& its = *c.pressed;
    if (!its.unsent.empty() && !put_pressed(fd, {{}, std::exchange(its.unsent, {})})) return false;
    for (;;) {
      string_view pieces[2];
      sse::reading next = channel_.read(c.place, pieces, 2, wants);
      if (next.kind == sse::reading::cut) return drop(fd);
      if (next.kind == sse::reading::overtaken) {
        if (!put_own(fd, gap(next.missed, c.place))) return false;
        next = channel_.read(c.place, pieces, 2, wants);
      }
      const bool is_with_all = c.place == all_have_ && c.is == state::following;
      if (next.count == 0 || (is_with_all && !is_for_all_)) return true;
      if (is_with_all) {
        channel_.sent(c.place, next.bytes);
        return put_pressed(fd, presses_.of(its).give(its, pieces, next.count));
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
      if (its && has_room) put_pressed(fd, presses_.of(*its).give(*its, &beat, 1));
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
    for (const int fd : ready_) {
      const connection& c = at(fd);
      if (c.is != state::following || c.is_full) continue;
      if (c.pressed != nullptr) {
        deliver_compressed(fd);
        continue;
      }
      iovec pieces[2];
      const sse::reading next = next_of(fd, pieces);
      if (next.count != 0) sends_.add(fd, pieces, next.count, next.bytes);
      if (sends_.is_full()) finish_sends();
    }
    finish_sends();
    const auto others = std::remove_if(ready_.begin(), ready_.end(), [&](int fd) {
      connection& c = at(fd);
      c.is_ready = c.is == state::following && !c.is_full;
      return !c.is_ready;
    });
    ready_.erase(others, ready_.end());
    is_for_all_ = false;
    all_have_ = channel_.newest();
  }

  void finish_sends() {
    sends_.finish([&](int fd, std::size_t bytes, ssize_t taken) { took(fd, bytes, taken); });
  }

  /// False if it does not take all now, or is gone.
  template <class Wants = sse::every_topic>
  bool deliver(int fd, const Wants& wants = {}) {
    const connection& c = at(fd);
    if (c.pressed != nullptr) return deliver_compressed(fd, wants);
    iovec pieces[2];
    const sse::reading next = next_of(fd, pieces, wants);
    if (next.count == 0) return c.is != state::closed && !c.is_full;
    const ssize_t size = writev(fd, pieces, static_cast<int>(next.count));
    return took(fd, next.bytes, size < 0 ? -errno : size, wants);
  }

  /// What is to be sent to it now: no pieces if it has all, takes no more, or is gone.
  template <class Wants = sse::every_topic>
  sse::reading next_of(int fd, iovec (&pieces)[2], const Wants& wants = {}) {
    connection& c = at(fd);
    sse::cursor place = c.place;
    sse::reading next = channel_.read(place, pieces, 2, wants);
    if (next.kind == sse::reading::cut) drop(fd);
    if (next.kind == sse::reading::overtaken) {
      if (!put(fd, gap(next.missed, place))) return {};
      next = channel_.read(place, pieces, 2, wants);
    }
    c.place = place;
    return next;
  }

  template <class Wants = sse::every_topic>
  bool took(int fd, std::size_t bytes, ssize_t taken, const Wants& wants = {}) {
    connection& c = at(fd);
    if (taken < 0 && taken != -EAGAIN) return drop(fd);
    if (taken > 0) channel_.sent(c.place, static_cast<std::size_t>(taken), wants);
    c.is_full = taken != static_cast<ssize_t>(bytes);
    return !c.is_full;
  }

  void go_on(int fd) override {
    connection& c = at(fd);
    if (c.is == state::ending && deliver(fd, [](std::uint64_t) { return false; })) finish(fd);
    if (c.is != state::following || !deliver(fd) || c.is_ready) return;
    c.is_ready = true;
    ready_.push_back(fd);
  }

  /// What is due in this second. Heartbeats are spread, so that they do not all go out at once.
  void tick() {
    watch(epoll_, EPOLL_CTL_MOD, listener_);
    if (tick_ % its_.heartbeat == 0) beat_compressed();
    for (int fd = 0; fd < count(); ++fd) {
      const connection& c = at(fd);
      if (c.is != state::closed && c.until <= tick_) end(fd);
      const bool is_due = (tick_ + static_cast<unsigned>(fd)) % its_.heartbeat == 0;
      if (is_due && c.is == state::following && !c.is_full && !c.pressed) put(fd, beat);
    }
  }

  void stop() {
    end_ = seconds() + grace;
    close(listener_);
    deliver_to_all();
    for (int fd = 0; fd < count(); ++fd) {
      if (at(fd).is < state::ending) end(fd);
    }
  }

  /// A follower who has got half of an event gets the rest.
  void end(int fd) {
    connection& c = at(fd);
    if (c.is != state::following) return static_cast<void>(drop(fd));
    const bool has_unsent = c.pressed != nullptr && !c.pressed->unsent.empty();
    if (!c.place.is_within_event() && !has_unsent) return finish(fd);
    c.is = state::ending;
    c.until = seconds() + patience;
  }

  /// Ends a stream between two events.
  void finish(int fd) {
    if (const auto its = std::move(at(fd).pressed)) {
      const std::string tail = presses_.of(*its).tail(*its);
      send(fd, tail.data(), tail.size(), 0);
    }
    leave(fd);
  }

  void stops_following(int fd) override {
    at(fd).pressed.reset();
    --followers_;
  }

  const options its_;
  std::vector<char> bytes_;
  std::vector<sse::channel::entry> entries_;
  sse::channel channel_;
  sse::cursor all_have_ = channel_.newest();  // but those who are slow, or just came
  compressed::presses presses_;
  sockets::sends sends_;
  std::vector<int> ready_;  // those who follow and can take more, or could
  unsigned followers_ = 0;
  std::size_t posted_ = 0;   // bytes of the ring, since all were given what there was
  bool is_for_all_ = false;  // what is delivered now
  std::uint32_t tick_ = seconds(), end_ = never;
  const int signals_ = sockets::catch_signals();
};

}  // namespace

int main(int argc, char** argv) {
  // Room is left for those who publish, and to tell others that there is none.
  const unsigned files = sockets::allow_files(), room = files - std::min(files / 4, 256U);
  CLI::App app{"Tells followers what is posted, as event streams."};
  options its(app, room);
  std::size_t ring = 1U << 24;
  app.add_option("--ring", ring, "bytes of events to keep")->check(options::range(1 << 20));
  compressed::presses presses;
#ifdef BROADCAST_COMPRESSES
  const std::function take = [&](const std::vector<std::string>& names) {
    presses = compressed::named(names);
  };
  app.add_option_function("--compress", take, "of zstd,br,gzip; the first is preferred")
      ->delimiter(',')
      ->check(CLI::IsMember({"zstd", "br", "gzip"}));
#endif
  CLI11_PARSE(app, argc, argv);
  its.most = std::min(its.most, room);
  server server(its, ring, sockets::listen_on(its.port, kernel_buffer), std::move(presses));
  std::printf("listening on http://127.0.0.1:%d\n", its.port);
  std::fflush(stdout);
  server.run();
}
