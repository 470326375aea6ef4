// SPDX-License-Identifier: MIT
// Follows hundreds of streams in one thread, with an event loop of its own: epoll, which libcurl
// tells what to watch. Prints a line for each line of data: the stream's number, a tab, the line.
// Exit code 0 if all servers said stop (204) or SIGINT or SIGTERM came, 1 if not, 2 for wrong
// usage.
//
//   g++ -std=c++17 -I ../../include multi.cpp -o multi $(pkg-config --libs libcurl)
//   ./multi http://127.0.0.1:8080/events 300
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <deque>
#include <iostream>
#include <sse/event_source.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "curl.hpp"
#include "print.hpp"

namespace {

struct epoll_loop : curl_loop {
  epoll_loop() {
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, watch);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, set_timer);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this);
  }
  ~epoll_loop() { close(epoll_); }

  void wait(sse::event_source::step next) {
    next.deadline = std::min(next.deadline, timer_);
    epoll_event ready[64];
    const int count = epoll_wait(epoll_, ready, 64, next.timeout(clock::now()));
    now = clock::now();
    int running = 0;
    for (int i = 0; i < count; ++i) {
      const auto events = ready[i].events;
      const int what = ((events & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0) |
                       ((events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0) |
                       ((events & (EPOLLERR | EPOLLHUP)) != 0 ? CURL_CSELECT_ERR : 0);
      curl_multi_socket_action(multi, ready[i].data.fd, what, &running);
    }
    if (now >= timer_) {
      timer_ = clock::time_point::max();
      curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    finish();
  }

 private:
  static int watch(CURL*, curl_socket_t socket, int what, void* user, void*) {
    const int epoll = static_cast<epoll_loop*>(user)->epoll_;
    epoll_event event = {};
    event.data.fd = socket;
    if ((what & CURL_POLL_IN) != 0) event.events |= EPOLLIN;
    if ((what & CURL_POLL_OUT) != 0) event.events |= EPOLLOUT;
    if (what == CURL_POLL_REMOVE) {
      epoll_ctl(epoll, EPOLL_CTL_DEL, socket, &event);
    } else if (epoll_ctl(epoll, EPOLL_CTL_MOD, socket, &event) != 0) {
      epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event);
    }
    return 0;
  }

  static int set_timer(CURLM*, long milliseconds, void* user) {
    static_cast<epoll_loop*>(user)->timer_ =
        milliseconds < 0 ? clock::time_point::max()
                         : clock::now() + std::chrono::milliseconds(milliseconds);
    return 0;
  }

  const int epoll_ = epoll_create1(EPOLL_CLOEXEC);
  clock::time_point timer_ = clock::time_point::max();  // when libcurl wants to be called
};

class numbered_stream : public curl_stream {
 public:
  numbered_stream(curl_loop& loop, const std::string& url, std::size_t number)
      : curl_stream(loop, url, sse::policy::daemon()), number_(number) {}

 private:
  void on_item(const sse::event_source::item& e) override {
    if (e.kind == sse::parser::status::skipped) {
      std::cerr << "multi: " << number_ << ": skipped an event that is too large\n";
      return;
    }
    std::string_view rest = e.data;
    for (std::size_t end = 0; end != rest.npos;
         rest.remove_prefix(end == rest.npos ? 0 : end + 1)) {
      end = rest.find('\n');
      std::cout << number_ << '\t' << rest.substr(0, end) << '\n';
    }
  }

  void on_setback(const step& next) override {
    std::cerr << "multi: " << number_ << ": " << describe(next) << '\n';
  }

  const std::size_t number_;
};

// Whether all ended as they should.
bool follow(std::deque<numbered_stream>& streams, epoll_loop& loop) {
  for (;;) {
    // For thousands of streams, keep the deadlines in a heap instead.
    sse::event_source::step first;
    bool is_over = true, is_well = true;
    for (numbered_stream& stream : streams) {
      const auto next = stream.advance();
      is_over &= next.kind == next.closed;
      is_well &= next.why == sse::reason::stop;
      first.deadline = std::min(first.deadline, next.deadline);
    }
    if (!std::cout.flush()) {
      std::cerr << "multi: cannot write\n";
      return false;
    }
    if (is_over) return is_well;
    loop.wait(first);
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> urls(argv + 1, argv + argc);
  const int count = argc == 3 ? std::atoi(argv[2]) : 0;
  if (count > 0) urls.assign(static_cast<std::size_t>(count), argv[1]);
  if (urls.empty()) {
    std::cerr << "usage: multi URL [COUNT], multi URL...\n";
    return 2;
  }
  exit_at_signals();

  epoll_loop loop;
  std::deque<numbered_stream> streams;
  for (const std::string& url : urls) streams.emplace_back(loop, url, streams.size());
  return follow(streams, loop) ? 0 : 1;
}
