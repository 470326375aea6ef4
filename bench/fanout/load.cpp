// SPDX-License-Identifier: MIT
// A load for servers of event streams: follows a stream thousands of times, publishes to it, and
// says what was delivered, and what that took of the server.
//     load PORT PID FOLLOW_PATH PUBLISH_PATH FOLLOWERS PUBLISHERS RATE SECONDS SIZE [DEAF]
// With redis:PORT:KEY in place of PUBLISH_PATH it adds entries to that stream of Redis instead.
// RATE events are published a second; with 0, each of the PUBLISHERS sends its next one when the
// last is answered. The data of an event are SIZE bytes: the time, and filling. DEAF more followers
// never read. Prints JSON.
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "loopback.hpp"

namespace {

constexpr char mark = '~';  // one in each event, in front of its time
constexpr int digits = 19;
constexpr int of_one_address = 20'000;   // connections, before there are no ports left
constexpr int least_receive_buffer = 1;  // bytes; the kernel makes of it the least that there is
constexpr std::string_view of_redis = "redis:";

using loopback::fail;
using loopback::now;
using loopback::usage;

struct connection {
  bool publishes = false;
  bool answered = true;
  std::string head = {};  // of a response, until it is complete
  bool streams = false;
};

class load {
 public:
  load(int port, std::string follow, std::string publish, std::size_t size)
      : port_(port), follow_(std::move(follow)), publish_(std::move(publish)), size_(size) {
    if (publish_.rfind(of_redis, 0) != 0) return;
    const std::size_t colon = publish_.find(':', of_redis.size());
    redis_port_ = std::atoi(publish_.c_str() + of_redis.size());
    publish_.erase(0, std::min(colon, publish_.size() - 1) + 1);
  }

  /// They ask for the stream, and nobody will read it.
  void connect_deaf(int count) {
    for (int i = 0; i < count; ++i) ask(loopback::connect(port_, 1, least_receive_buffer));
  }

  void connect_followers(int count) {
    for (int i = 0; i < count; ++i) {
      ask(connect(1 + i / of_one_address, port_));
      if (i % 256 == 255) wait(0);
    }
    const std::uint64_t deadline = now() + 600'000'000'000;
    while (streaming_ != count) {
      if (now() > deadline) fail("not all followers were answered");
      wait(100);
    }
  }

  void connect_publishers(int count) {
    for (int i = 0; i < count; ++i) {
      const int fd = redis_port_ != 0
                         ? connect(0, redis_port_)  // who is not 127.0.0.1 is a stranger
                         : connect(1, port_);
      connections_[static_cast<std::size_t>(fd)].publishes = true;
      publishers_.push_back(fd);
    }
  }

  /// Publishes for so long, and forgets what was counted before.
  void run(double seconds, double rate) {
    deliveries = published = refused = 0;
    latencies.clear();
    is_closed_loop_ = rate <= 0;
    if (is_closed_loop_) {
      for (const int fd : publishers_) publish(fd);
    }
    const std::uint64_t begin = now();
    const auto end = begin + static_cast<std::uint64_t>(seconds * 1e9);
    std::uint64_t sent = 0;
    while (now() < end) {
      const double due = static_cast<double>(now() - begin) / 1e9 * rate;
      while (!is_closed_loop_ && static_cast<double>(sent) <= due) {
        const int fd = publishers_[sent % publishers_.size()];
        if (!connections_[static_cast<std::size_t>(fd)].answered) break;
        publish(fd);
        ++sent;
      }
      wait(is_closed_loop_ ? 100 : 1);
    }
    is_closed_loop_ = false;
  }

  /// Reads what is on its way, until nothing came for a while.
  void drain() {
    std::uint64_t before = ~std::uint64_t{0};
    while (before != deliveries) {
      before = deliveries;
      const std::uint64_t end = now() + 300'000'000;
      while (now() < end) wait(50);
    }
  }

  std::uint64_t deliveries = 0, published = 0, refused = 0, lost = 0, lost_publishers = 0;
  std::uint64_t received = 0;  // events, also while it warmed up
  std::vector<std::uint64_t> latencies = {};

 private:
  void ask(int fd) {
    const std::string request =
        "GET " + follow_ + " HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n";
    if (send(fd, request.data(), request.size(), 0) < 0) fail("follow");
  }

  int connect(int address, int port) {
    const int fd = loopback::connect(port, address);
    if (static_cast<std::size_t>(fd) >= connections_.size()) {
      connections_.resize(static_cast<std::size_t>(fd) + 1);
    }
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) fail("epoll");
    return fd;
  }

  void publish(int fd) {
    char time[32];
    std::snprintf(time, sizeof time, "%c%0*llu ", mark, digits,
                  static_cast<unsigned long long>(now()));
    std::string body = time;
    body.resize(std::max(body.size(), size_), 'x');
    const std::string request = redis_port_ != 0 ? addition_of(body) : post_of(body);
    connections_[static_cast<std::size_t>(fd)].answered = false;
    if (send(fd, request.data(), request.size(), MSG_NOSIGNAL) > 0) ++published;
  }

  std::string post_of(const std::string& body) const {
    return "POST " + publish_ +
           " HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
  }

  std::string addition_of(const std::string& body) const {
    std::string command = "*5\r\n";
    for (const std::string& word :
         {std::string("XADD"), publish_, std::string("*"), std::string("data"), body}) {
      command += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
    }
    return command;
  }

  void lose_publisher(int fd) {
    publishers_.erase(std::remove(publishers_.begin(), publishers_.end(), fd), publishers_.end());
    close(fd);
    ++lost_publishers;
    if (publishers_.empty()) fail("no publisher is left");
  }

  void wait(int milliseconds) {
    epoll_event events[512];
    const int count = epoll_wait(epoll_, events, 512, milliseconds);
    for (int i = 0; i < count; ++i) read(events[i].data.fd);
  }

  void read(int fd) {
    connection& c = connections_[static_cast<std::size_t>(fd)];
    const ssize_t size = recv(fd, buffer_, sizeof buffer_ - 1, MSG_DONTWAIT);
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0) {
      if (c.publishes) return lose_publisher(fd);
      ++lost;
      close(fd);
      return;
    }
    std::string_view text(buffer_, static_cast<std::size_t>(size));
    if (c.publishes) return answered(fd, c, text);
    if (c.streams) return count(text);
    c.head += text;
    const std::size_t end = c.head.find("\r\n\r\n");
    if (end == c.head.npos) return;
    if (c.head.rfind("HTTP/1.1 200", 0) != 0) fail(c.head.c_str());
    c.streams = true;
    ++streaming_;
    count(std::string_view(c.head).substr(end + 4));
    c.head = {};
  }

  // A status line begins each answer; they are short, and there is one at a time.
  void answered(int fd, connection& c, std::string_view text) {
    const bool is_of_redis = redis_port_ != 0;  // which answers with an ID, or an error
    if (is_of_redis || text.rfind("HTTP/1.1 ", 0) == 0) {
      if (is_of_redis ? text[0] != '$' : text[9] != '2') ++refused;
      c.answered = true;
      if (is_closed_loop_) publish(fd);
    }
  }

  void count(std::string_view text) {
    const auto events = static_cast<std::uint64_t>(std::count(text.begin(), text.end(), mark));
    deliveries += events;
    received += events;
    const std::uint64_t time = now();
    for (std::size_t at = text.find(mark); at != text.npos; at = text.find(mark, at + 1)) {
      if (text.size() - at <= digits) break;  // it is cut: one sample less
      latencies.push_back(time - std::strtoull(text.data() + at + 1, nullptr, 10));
      if (is_closed_loop_) break;  // the one that waited longest; all would take too long
    }
  }

  const int port_;
  const std::string follow_;
  std::string publish_;
  int redis_port_ = 0;  // 0 if it is the server that is published to
  const std::size_t size_;
  const int epoll_ = epoll_create1(0);
  std::vector<connection> connections_ = {};  // by file
  std::vector<int> publishers_ = {};
  int streaming_ = 0;
  bool is_closed_loop_ = false;
  char buffer_[(1 << 18) + 1] = {};  // ends with NUL
};

double percentile(std::vector<std::uint64_t>& values, double part) {
  if (values.empty()) return 0;
  const auto place = static_cast<std::size_t>(part * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(place),
                   values.end());
  return static_cast<double>(values[place]) / 1e6;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 10 && argc != 11) {
    std::fprintf(stderr,
                 "usage: load PORT PID FOLLOW_PATH PUBLISH_PATH FOLLOWERS PUBLISHERS RATE SECONDS "
                 "SIZE [DEAF]\n");
    return 2;
  }
  loopback::allow_files();
  const std::string pid = argv[2];
  const int followers = std::atoi(argv[5]), deaf = argc == 11 ? std::atoi(argv[10]) : 0;
  const double rate = std::atof(argv[7]), seconds = std::atof(argv[8]);

  load l(std::atoi(argv[1]), argv[3], argv[4], static_cast<std::size_t>(std::atoi(argv[9])));
  l.connect_deaf(deaf);
  const usage empty(pid);
  l.connect_followers(followers);
  const usage full(pid);
  l.connect_publishers(std::atoi(argv[6]));
  if (deaf != 0) {
    l.run(0.5, 0);  // until the kernel takes no more for them
    l.drain();
  }
  l.run(seconds / 4, rate);  // to warm up
  const usage begin(pid);
  const std::uint64_t time = now();
  l.run(seconds, rate);
  const auto taken = static_cast<double>(now() - time) / 1e9;
  const auto at_once = static_cast<double>(l.deliveries);
  l.drain();
  const usage end(pid);
  const auto all = static_cast<double>(l.deliveries);
  std::printf(
      "{\"followers\": %d, \"published\": %.0f, \"refused\": %.0f, \"lost\": %.0f, "
      "\"lost_publishers\": %.0f, \"deliveries\": %.0f, \"received\": %.0f, \"per_second\": %.0f, "
      "\"user_ns\": %.1f, \"system_ns\": %.1f, \"processor_ns\": %.1f, \"p50_ms\": %.3f, "
      "\"p99_ms\": %.3f, \"memory\": %.1f, \"memory_after\": %.1f}\n",
      followers, static_cast<double>(l.published), static_cast<double>(l.refused),
      static_cast<double>(l.lost), static_cast<double>(l.lost_publishers), all,
      static_cast<double>(l.received), at_once / taken, (end.user - begin.user) / all,
      (end.system - begin.system) / all, (end.processor - begin.processor) / all,
      percentile(l.latencies, 0.5), percentile(l.latencies, 0.99),
      (full.memory - empty.memory) / followers, (end.memory - empty.memory) / followers);
}
