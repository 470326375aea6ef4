// SPDX-License-Identifier: MIT
// A node of a cluster, of which any number run behind a load balancer, with Redis Streams as the
// log (Linux, Redis 7): any node serves any client, and one that comes back to another node misses
// nothing. See README.md here, which says how to run it.
//     ./sse-node --stream news --redis 127.0.0.1:6379 [--port 8080] [--name A]...
//     curl -N 'http://127.0.0.1:8080/events?stream=news'
//     curl -id 'It rains.' 'http://127.0.0.1:8080/publish/news?type=weather'
// Let only your own programs POST; pages of other origins may follow if they are named: --origin.
#include <arpa/inet.h>
#include <sys/signalfd.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "fan_out.hpp"
#include "followers.hpp"
#include "log.hpp"
#include "page.hpp"
#include "publisher.hpp"
#include "redis.hpp"
#include "report.hpp"
#include "settings.hpp"

namespace {

using namespace cluster;

class node : public followers {
 public:
  node(const settings& its, int listener)
      : followers(listener, its.streams.size(), events_, commands_),
        its_(its),
        events_(its.streams, its.ring),
        commands_(epoll_, 1, its_.servers) {
    watch(epoll_, EPOLL_CTL_ADD, signals_);
    for (std::size_t i = 0; i < its_.streams.size(); ++i) {
      readers_.emplace_back(epoll_, static_cast<std::uint32_t>(i + 2), its_.servers);
      logs_.emplace_back(readers_.back(), events_, i, [this] {
        if (++news_ >= 2) deliver();  // before it overtakes those who read
      });
    }
    commands_.when_ready = [this] { retry_stalled(); };
    std::string options;
    for (const std::string& name : its_.streams) options += "<option>" + name;
    page_.replace(page_.find("STREAMS"), sizeof "STREAMS" - 1, options);
  }

  void run() {  // until a signal comes
    while (end_ == never || (open_ != 0 && seconds() < end_)) {
      // All that has been read by now is joined: a follower gets it in one write.
      int timeout = static_cast<int>(beat - sockets::milliseconds() % beat);
      for (int round = 0; round < 16 && (round == 0 || news_ < 2); ++round, timeout = 0) {
        epoll_event events[1024];
        const int count = epoll_wait(epoll_, events, 1024, timeout);
        for (int i = 0; i < count; ++i) hear(events[i]);
        if (count < 0 && errno == EINTR) continue;  // it was stopped, and has been asleep
        if (count <= 0) break;
      }
      if (news_ != 0) deliver();
      if (beat_ != sockets::milliseconds() / beat) each_beat();
    }
  }

 private:
  static constexpr unsigned never = ~0U, grace = 3;  // seconds
  static constexpr std::uint64_t beat = 100;         // milliseconds

  void hear(const epoll_event& event) {
    const auto tag = static_cast<std::uint32_t>(event.data.u64 >> 32);
    if (tag == 1) return commands_.handle(event.events);
    if (tag > 1) return readers_[tag - 2].handle(event.events);
    if (event.data.fd == signals_) return stop();
    if (event.data.fd == listener_) return accept();
    handle(event.data.fd, event.events);
  }

  void deliver() {
    news_ = 0;
    deliver_to_all();
  }

  // ---- What is asked for

  void answer(int fd, const http::request& asked) override {
    const std::string_view path = asked.path;
    if (path == "/events") return answer_follower(fd, asked);
    if (path.substr(0, 9) == "/publish/") return answer_publisher(fd, asked, path.substr(9));
    const std::string may = "Allow: GET, HEAD\r\n";
    const bool is_known =
        path == "/" || path == "/health" || path == "/ready" || path == "/metrics";
    if (!is_known) return reply(fd, "404 Not Found", no_store);
    if (asked.method != "GET" && asked.method != "HEAD") {
      return reply(fd, "405 Method Not Allowed", may);
    }
    if (path == "/health") return reply(fd, "200 OK", text_type, "alive\n");
    if (path == "/metrics") return reply(fd, "200 OK", metrics_type, measure());
    if (path == "/") return reply(fd, "200 OK", html_type + node_field(), page_);
    const std::string why = why_not_ready();
    if (why.empty()) return reply(fd, "200 OK", text_type, "ready\n");
    reply(fd, "503 Service Unavailable", text_type + later(), why + '\n');
  }

  void answer_follower(int fd, const http::request& asked) {
    std::uint64_t set = 0;
    for (const std::string& name : http::parameters(asked.query, "stream")) {
      const std::size_t i = stream_named(name);
      if (i == its_.streams.size()) return reply(fd, "404 Not Found", shared(asked), "no stream\n");
      set |= std::uint64_t{1} << i;
    }
    if (set == 0) set = all_streams();
    const bool has_room = follower_count() < its_.most;
    auto answer = http::stream_answer(asked, its_.origins, has_room);
    const std::size_t head_end = answer.head.find("\r\n") + 2;
    answer.head.insert(head_end, node_field());
    // For pages, which cannot see the head.
    if (answer.begins && !http::parameters(asked.query, "node").empty()) {
      static_cast<void>(sse::append(answer.head, sse::event("node", its_.name)));
    }
    if (!put(fd, answer.head)) return;
    if (answer.closes) leave(fd);
    if (!answer.begins) return;
    const std::string id = http::last_event_id(asked);
    follow(fd, set, id, seconds() + its_.some_life());
  }

  void answer_publisher(int fd, const http::request& asked, std::string_view name) {
    const std::string may = "Allow: POST, OPTIONS\r\n" + shared(asked);
    if (asked.method == "OPTIONS") return reply(fd, "204 No Content", may + http::may_send);
    if (asked.method != "POST") return reply(fd, "405 Method Not Allowed", may);
    const std::size_t i = stream_named(name);
    if (i == its_.streams.size()) return reply(fd, "404 Not Found", shared(asked), "no stream\n");
    const auto answer = [this, whose = ticket_of(fd), fields = shared(asked)](const outcome& its) {
      if (is_there(whose)) reply(whose.fd, its.status, its.fields + fields, its.body);
    };
    if (is_draining()) return answer(publisher_.refuse("draining"));
    at(fd).is = state::answering;
    publisher_.publish(asked, its_.streams[i], answer);
  }

  std::size_t stream_named(std::string_view name) const {
    const auto found = std::find(its_.streams.begin(), its_.streams.end(), name);
    return static_cast<std::size_t>(found - its_.streams.begin());
  }
  std::string shared(const http::request& asked) const {
    return http::shared_with(its_.origins, asked);
  }
  std::string node_field() const { return "X-Node: " + its_.name + "\r\n"; }

  // ---- How it is

  std::string why_not_ready() const {
    if (is_draining()) return "draining";
    const std::uint64_t now = sockets::milliseconds();
    const auto is_away = [&](const redis& one) {
      return !one.is_ready() && now - one.lost_since() > std::uint64_t{1000} * its_.away;
    };
    for (std::size_t i = 0; i < its_.streams.size(); ++i) {
      if (!events_.has_begun(i)) return "Redis has not been seen";
      if (is_away(readers_[i])) return "Redis is away";
    }
    return is_away(commands_) ? "Redis is away" : "";
  }

  std::string measure() const {
    report its;
    its.add(figures_, follower_count(), is_draining());
    its.add(publisher_.counted());
    its.add(commands_, readers_, logs_, its_.streams);
    return its.text();
  }

  // ---- Time

  void each_beat() {
    beat_ = sockets::milliseconds() / beat;
    commands_.tick();
    for (redis& one : readers_) one.tick();
    if (is_draining() && end_ == never) send_some_away();
    for (; tick_ < seconds(); ++tick_) each_second();
  }

  /// Heartbeats are spread, so that they do not all go out at once.
  void each_second() {
    if (end_ == never) watch(epoll_, EPOLL_CTL_MOD, listener_);
    for (cluster::log& one : logs_) one.look(commands_, tick_ % 5 == 0);
    for (int fd = 0; fd < count(); ++fd) {
      const connection& c = at(fd);
      if (c.is != state::closed && c.until <= tick_) end(fd);
      if ((tick_ + static_cast<unsigned>(fd)) % its_.heartbeat == 0) send_heartbeat(fd);
    }
    retry_stalled();
  }

  bool is_draining() const { return drain_end_ != 0; }

  /// SIGTERM: its followers go over some time, and others take them. SIGINT, or a second signal:
  /// now.
  void stop() {
    signalfd_siginfo signal{};
    if (read(signals_, &signal, sizeof signal) != sizeof signal) return;
    const bool is_now = signal.ssi_signo == SIGINT || is_draining() || its_.drain == 0;
    drain_end_ = sockets::milliseconds() + std::uint64_t{1000} * its_.drain;
    if (is_now) finish_all();
  }

  /// So many at a time that the last goes just before the time is over.
  void send_some_away() {
    const std::uint64_t now = sockets::milliseconds();
    if (follower_count() == 0 || now >= drain_end_) return finish_all();
    const std::uint64_t left = std::max(drain_end_ - now, 2 * beat) - beat;
    for (owed_ += double(follower_count() * beat) / double(left); owed_ >= 1; --owed_) {
      int passed = 0;
      const auto next = [&] { leaving_ = (leaving_ + 1) % count(); };
      for (next(); at(leaving_).is != state::following && passed < count(); ++passed) next();
      if (passed == count()) return;
      send_away(leaving_);
    }
  }

  /// Each comes again after another while, so that they come no more at once than they go.
  void send_away(int fd) {
    std::string text;
    const auto pause = std::chrono::milliseconds(200 + std::rand() % 1'800);
    static_cast<void>(sse::append_retry(text, pause));
    if (is_within_event(at(fd)) || put(fd, text)) end(fd);
  }

  void finish_all() {
    end_ = seconds() + grace;
    close(listener_);
    deliver();
    for (int fd = 0; fd < count(); ++fd) {
      const state is = at(fd).is;
      if (is == state::following) send_away(fd);
      if (is == state::asking) end(fd);
    }
  }

  static inline const std::string no_store = "Cache-Control: no-store\r\n",
                                  text_type = "Content-Type: text/plain\r\n" + no_store,
                                  html_type = "Content-Type: text/html; charset=utf-8\r\n",
                                  metrics_type =
                                      "Content-Type: text/plain; version=0.0.4\r\n" + no_store;

  const settings its_;
  std::string page_ = page_html;
  fan_out events_;
  unsigned news_ = 0;  // pages that were read, since all were given what there was
  std::uint64_t beat_ = 0, drain_end_ = 0;  // in milliseconds; 0 is none
  std::uint32_t tick_ = seconds(), end_ = never;
  int leaving_ = 0;  // the last that was sent away
  double owed_ = 0;  // followers that should be away by now
  const int signals_ = sockets::catch_signals();
  // What they ask for is answered with what is above.
  std::deque<cluster::log> logs_;
  publisher publisher_{commands_, its_};
  redis commands_;
  std::deque<redis> readers_;
};

}  // namespace

int main(int argc, char** argv) {
  settings its = parse_settings(argc, argv);
  in_addr host{};
  if (inet_pton(AF_INET, its.host.c_str(), &host) != 1) {
    std::fprintf(stderr, "--host: not an IPv4 address: %s\n", its.host.c_str());
    return 1;
  }
  // Room is left for Redis and for those who publish, and to tell others that there is none.
  const unsigned files = sockets::allow_files();
  const unsigned room = files - std::min(files / 4, 256U);
  its.most = its.most == 0 ? room : std::min(its.most, room);
  std::srand(static_cast<unsigned>(std::time(nullptr)) ^ static_cast<unsigned>(getpid()));
  constexpr int kernel_buffer = 65'536;  // for each follower
  std::uint16_t port = its.port;
  const int listener = sockets::listen_on(port, kernel_buffer, ntohl(host.s_addr));
  if (its.name.empty()) its.name = its.host + ':' + std::to_string(port);
  node serves(its, listener);
  std::printf("listening on http://%s:%d\n", its.host.c_str(), port);
  std::fflush(stdout);
  serves.run();
}
