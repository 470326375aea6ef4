// SPDX-License-Identifier: MIT
// Followers of all kinds come to a server and go, for a long time, and each byte that it sends them
// is checked: see received.hpp. Fails where a byte is wrong, where a stream ends without a reason,
// where the server's memory grows, and where nothing came of what is to be looked at.
//     soak BROADCAST [FOLLOWERS [SECONDS]]
#include <sys/epoll.h>

#include <cmath>
#include <functional>
#include <memory>
#include <queue>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "loopback.hpp"
#include "published.hpp"
#include "publisher.hpp"
#include "received.hpp"
#include "served.hpp"

namespace {

using loopback::fail;

constexpr std::size_t ring = 1 << 20;  // the smallest: so followers are overtaken soon
constexpr int addresses = 8;           // to come from: a port is not free at once when it is left
constexpr unsigned burst = 8;          // events that are posted at once
constexpr double writes = 40'000;      // a second, to all followers together
constexpr double patience = 240;       // seconds, for what never comes

std::string whole(double number) { return std::to_string(static_cast<int>(number)); }

double seconds() { return static_cast<double>(loopback::now()) / 1e9; }

[[noreturn]] void give_up(const std::string& what) { throw std::runtime_error(what); }

struct follower {
  enum kind : unsigned char { fast, slow, asleep };
  int fd = -1;
  kind is = fast;
  bool is_answered = false;
  bool leaves = false;     // with the next bytes, and within an event if it can be
  double due = 0;          // when it wakes
  double since = 0;        // when it came
  double until = 0;        // when it leaves
  std::size_t pace = 0;    // bytes that a slow one reads at once
  std::uint64_t last = 0;  // event that it has got, on any connection
  std::string head = {};
  received got = {};
};

class soak {
 public:
  soak(const char* program, int followers, double length)
      : length_(length),
        life_(std::max(3.0, length / 3)),
        server_({program, "0", "--ring", std::to_string(ring), "--most",
                 std::to_string(followers + 100), "--life", whole(life_), "--heartbeat",
                 whole(std::max(1.0, length / 60))}),
        all_(ring),
        publisher_(server_.port(), all_),
        followers_(static_cast<std::size_t>(followers)) {}

  void run() {
    const double begin = seconds();
    for (std::size_t i = 0; i < followers_.size(); ++i) {
      connect(followers_[i]);
      if (i % 64 == 63) wait(0);
    }
    wait_until([&] { return came_ >= followers_.size(); }, "all followers have come");
    std::printf("%zu followers came within %.1f s\n", open_, seconds() - begin);
    std::fflush(stdout);
    start_ = seconds();
    const double interval = static_cast<double>(followers_.size()) / writes;
    double next = start_;
    // It takes as long as it is asked for, and until all has been seen that is to be looked at.
    for (double now = start_; now < start_ + length_ || !has_seen_all(); now = seconds()) {
      if (now > start_ + length_ + patience) give_up("not all was seen that is to be looked at");
      if (publisher_.is_answered() && now >= next) {
        // A machine that is too slow to overtake anybody publishes more at once in the end.
        publisher_.publish(now < start_ + length_ ? burst : 8 * burst);
        next = std::max(next + interval, now);
      }
      wake(now);
      wait(5);
      constexpr double parts[] = {0.1, 0.5};
      if (memory_.size() < 2 && now > start_ + length_ * parts[memory_.size()]) {
        memory_.push_back(server_.memory());
      }
    }
    catch_up();
    do memory_.push_back(server_.memory());
    while (memory_.size() < 3);
    const bool is_sanitized = server_.is_sanitized();
    end();
    if (is_sanitized) {
      std::printf("skipped: whether memory grows, for a sanitizer keeps what is freed\n");
    } else if (std::max(memory_[1], memory_[2]) > memory_[0] + growth) {
      give_up("the server's memory grows");
    }
  }

  void report() const {
    std::printf("in %.0f s:\n", seconds() - start_);
    for (const auto& [count, what] : std::initializer_list<std::pair<std::uint64_t, const char*>>{
             {all_.at_least(), "events published"},
             {connections_, "connections"},
             {resumptions_, "of them resumed by an ID"},
             {left_, "left by the follower"},
             {left_within_, "of them within an event"},
             {sent_away_, "sent away for lack of room"},
             {cut_, "closed within an event, overtaken"},
             {given_up_, "closed within a gap or heartbeat"},
             {ended_ - at_the_end_, "ended with their life"},
             {at_the_end_, "have the last event, and were ended with the server"},
             {seen_.evicted, "gaps told, for the ID was too old"},
             {seen_.unknown, "gaps told, for the ID was unknown"},
             {seen_.overtaken, "gaps told to who was overtaken"},
             {seen_.missed, "events missed in the gaps that can be counted"},
             {seen_.heartbeats, "heartbeats"},
             {seen_.events, "events received whole"},
             {seen_.bytes, "bytes checked"}}) {
      std::printf("%14llu %s\n", static_cast<unsigned long long>(count), what);
    }
    std::printf("resident memory of the server, at the start, in the middle, at the end:");
    for (const double bytes : memory_) std::printf(" %.0f KiB", bytes / 1024);
    std::printf("\n");
  }

 private:
  // ---- Who comes

  unsigned chance(unsigned of) { return static_cast<unsigned>(random_() % of); }
  double some(double mean) {
    return -mean * std::log(1 - static_cast<double>(random_()) / 4294967296.0);
  }

  void connect(follower& f) {
    const unsigned kind = chance(100);
    f.is = kind < 90 ? follower::fast : kind < 96 ? follower::slow : follower::asleep;
    f.fd = loopback::connect(server_.port(), 1 + next_address_++ % addresses,
                             f.is == follower::fast ? 0 : 4096);
    f.is_answered = f.leaves = false;
    f.since = seconds();
    f.until = f.since + some(f.is == follower::fast ? length_ / 5 : length_);
    f.pace = std::size_t{16} << chance(9);
    f.head.clear();
    std::string path = "/events", field;
    f.got = received(received::claim::nothing, 0, all_);
    const unsigned past = chance(100);
    if (past < 5) {
      f.got = received(received::claim::unknown, 0, all_);  // of another life, to come, or foreign
      const std::string ids[] = {'1' + all_.id(1), all_.id(1'000'000'000'000),
                                 "the-one-of-a-stranger"};
      field = "Last-Event-ID: " + ids[chance(3)] + "\r\n";
    } else if (f.last != 0 && past < 90) {
      const std::uint64_t last = past < 15 ? 1 : f.last;  // 1 will be too old
      f.got = received(received::claim::own, last, all_);
      ++resumptions_;
      if (past < 30)
        path += "?lastEventId=" + all_.id(last);
      else
        field = "Last-Event-ID: " + all_.id(last) + "\r\n";
    }
    const std::string request = "GET " + path +
                                " HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n" +
                                field + "\r\n";
    if (send(f.fd, request.data(), request.size(), MSG_NOSIGNAL) < 0) fail("follow");
    watch(f.fd, EPOLLIN, index(f));
    schedule(f, f.until);
    ++connections_;
  }

  void come_again(follower& f, double after) {
    if (f.got.last() != 0) f.last = f.got.last();
    close(f.fd);
    f.fd = -1;
    if (f.is_answered) --open_;
    schedule(f, is_ending_ ? 1e300 : seconds() + after);
  }

  // ---- What they do

  void schedule(follower& f, double when) {
    f.due = when;
    due_.emplace(when, index(f));
  }

  void wake(double now) {
    while (!due_.empty() && due_.top().first <= now) {
      const auto [when, place] = due_.top();
      due_.pop();
      follower& f = followers_[place];
      if (f.due != when) continue;  // something else came in between
      if (f.fd < 0)
        connect(f);
      else if (f.is == follower::asleep && now < f.until)
        hurry(f), schedule(f, f.until);
      else if (f.is == follower::slow && now < f.until)
        read(f, f.pace), doze(f);
      else
        leave(f);
    }
  }

  /// It does not read until it wakes.
  void doze(follower& f) {
    if (f.fd < 0) return;
    watch(f.fd, 0, index(f));
    schedule(
        f, std::min(f.until, seconds() + (f.is == follower::slow ? some(0.1) : some(length_ / 5))));
  }
  void hurry(follower& f) {
    f.is = follower::fast;
    watch(f.fd, EPOLLIN, index(f));
  }

  void leave(follower& f) {
    if (f.leaves) return;  // nothing came
    f.leaves = true;
    hurry(f);
    if (f.got.is_within_block()) go(f);
  }
  void go(follower& f) {
    left_within_ += f.got.is_within_event();
    ++left_;
    if (chance(2) == 0) {  // as who is lost
      const linger at_once{1, 0};
      setsockopt(f.fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
    come_again(f, some(std::min(1.0, length_ / 20)));
  }

  void read(follower& f, std::size_t most) {
    const ssize_t size = recv(f.fd, input_, most, MSG_DONTWAIT);
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0) return closed(f);
    std::string_view text(input_, static_cast<std::size_t>(size));
    if (!f.is_answered) {
      f.head += text;
      const std::size_t end = f.head.find("\r\n\r\n");
      if (end == f.head.npos) return;
      if (f.head.rfind("HTTP/1.1 503", 0) == 0) {
        ++sent_away_;
        return come_again(f, some(1));
      }
      if (f.head.rfind("HTTP/1.1 200", 0) != 0) give_up("said: " + f.head);
      f.is_answered = true;
      ++open_;
      ++came_;
      f.got.answered(all_);
      check(f, std::string_view(f.head).substr(end + 4));
      f.head = {};
      if (f.is != follower::fast) doze(f);
    } else {
      check(f, text);
    }
    if (f.leaves) go(f);
  }

  void check(follower& f, std::string_view text) {
    const char* const wrong = f.got.take(text, all_, seen_);
    if (wrong != nullptr) {
      give_up(std::string(wrong) + ", behind event " + std::to_string(f.got.last()) + " of " +
              std::to_string(all_.at_most()));
    }
  }

  void closed(follower& f) {
    const bool is_old = seconds() - f.since > life_ * 0.7 || is_ending_;
    if (!f.is_answered) give_up("a request was not answered");
    if (f.got.is_cut(all_))
      ++cut_;
    else if (is_old)
      ++ended_;
    else if (f.got.is_within_block() && !f.got.is_within_event())
      ++given_up_;
    else
      give_up("a stream was closed without a reason");
    come_again(f, some(0.1));
  }

  // ---- The loop

  std::size_t index(const follower& f) const {
    return static_cast<std::size_t>(&f - followers_.data());
  }

  void watch(int fd, std::uint32_t events, std::size_t place) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = place;
    if (epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &event) != 0 &&
        epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) {
      fail("epoll");
    }
  }

  void wait(int milliseconds) {
    epoll_event events[512];
    const int count = epoll_wait(epoll_, events, 512, milliseconds);
    publisher_.take_answers();
    for (int i = 0; i < count; ++i) {
      follower& f = followers_[events[i].data.u64];
      if (f.fd >= 0) read(f, f.leaves ? 1 + chance(300) : sizeof input_);
    }
  }

  template <class Condition>
  void wait_until(Condition condition, const char* what) {
    for (const double end = seconds() + patience; !condition(); wait(100)) {
      if (seconds() > end) give_up(std::string("waited in vain until ") + what);
    }
  }

  bool has_seen_all() const {
    return resumptions_ != 0 && left_within_ != 0 && cut_ != 0 && ended_ != 0 &&
           seen_.heartbeats != 0 && seen_.evicted != 0 && seen_.unknown != 0;
  }

  /// All read, and get all, to the last event.
  void catch_up() {
    is_ending_ = true;
    for (follower& f : followers_) {
      if (f.fd < 0) continue;
      f.leaves = false;
      hurry(f);
    }
    wait_until([&] { return publisher_.is_answered(); }, "all events are published");
    const auto are_all = [&](auto&& holds) {
      return std::all_of(followers_.begin(), followers_.end(),
                         [&](const follower& f) { return f.fd < 0 || holds(f); });
    };
    wait_until([&] { return are_all([](const follower& f) { return f.is_answered; }); },
               "all are answered");
    publisher_.publish(1);
    wait_until([&] { return are_all([&](const follower& f) { return f.got.has_all(all_); }); },
               "all have the last event");
    at_the_end_ = open_;
  }

  void end() {
    server_.ask_to_end();
    wait_until([&] { return open_ == 0; }, "all streams have ended");
    if (server_.end() != 0) give_up("the server did not end as it should");
  }

  static constexpr double growth = 256 * 1024;

  const double length_, life_;
  double start_ = seconds();
  std::vector<double> memory_ = {};
  served server_;
  published all_;
  publisher publisher_;
  std::vector<follower> followers_;
  std::priority_queue<std::pair<double, std::size_t>, std::vector<std::pair<double, std::size_t>>,
                      std::greater<>>
      due_ = {};
  std::mt19937 random_{1};
  const int epoll_ = epoll_create1(EPOLL_CLOEXEC);
  int next_address_ = 0;
  std::size_t open_ = 0, came_ = 0, at_the_end_ = 0;
  bool is_ending_ = false;
  tally seen_ = {};
  std::uint64_t connections_ = 0, resumptions_ = 0, left_ = 0, left_within_ = 0, sent_away_ = 0,
                cut_ = 0, given_up_ = 0, ended_ = 0;
  char input_[1 << 18];
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || argc > 4) {
    std::fprintf(stderr, "usage: soak BROADCAST [FOLLOWERS [SECONDS]]\n");
    return 2;
  }
  const int asked = argc > 2 ? std::atoi(argv[2]) : 20'000;
  const int most = loopback::allow_files() - 400;  // the server keeps 256 of as many
  if (asked > most) std::printf("%d followers: more than that the files do not allow\n", most);
  const auto its =
      std::make_unique<soak>(argv[1], std::min(asked, most), argc > 3 ? std::atof(argv[3]) : 600);
  try {
    its->run();
    its->report();
    std::printf("each byte is as it has to be\n");
  } catch (const std::exception& wrong) {
    its->report();
    std::printf("FAILED: %s\n", wrong.what());
    return 1;
  }
}
