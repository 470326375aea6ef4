// SPDX-License-Identifier: MIT
// Sockets, signals and time for a server that has no library for them (Linux).
#ifndef SSEWIRE_EXAMPLES_SOCKETS_HPP
#define SSEWIRE_EXAMPLES_SOCKETS_HPP

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

namespace sockets {

template <class Clock = std::chrono::steady_clock>
std::uint64_t milliseconds() {
  return static_cast<std::uint64_t>(Clock::now().time_since_epoch() / std::chrono::milliseconds(1));
}
inline std::uint32_t seconds() { return static_cast<std::uint32_t>(milliseconds() / 1000); }

/// Lets the process have as many files as it may, and returns how many.
inline unsigned allow_files() {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  return static_cast<unsigned>(files.rlim_cur);
}

/// Returns a file that can be read when the program is asked to end.
inline int catch_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  sigprocmask(SIG_BLOCK, &ends, nullptr);
  return signalfd(-1, &ends, SFD_NONBLOCK | SFD_CLOEXEC);
}

/// Returns a socket that listens on that port of this machine, or on any free one if it is 0; ends
/// the program if there is none. `buffer` bytes may wait in the kernel for each connection.
inline int listen_on(std::uint16_t& port, int buffer, in_addr_t from = INADDR_LOOPBACK) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int yes = 1;  // connections inherit what the socket is told here
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(from);
  socklen_t size = sizeof address;
  auto* const any_address = reinterpret_cast<sockaddr*>(&address);
  if (bind(fd, any_address, size) != 0 || listen(fd, SOMAXCONN) != 0) {
    std::perror("listen");
    std::exit(1);
  }
  getsockname(fd, any_address, &size);
  port = ntohs(address.sin_port);
  return fd;
}

/// Has epoll say once what becomes possible. With EPOLL_CTL_MOD it says again what it said already,
/// if it still holds.
inline void watch(int epoll, int operation, int fd) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.fd = fd;
  epoll_ctl(epoll, operation, fd, &event);
}

/// Takes connections, also where no file is left for them: who was left waiting would wait for
/// ever, and the kernel would tell of it again and again. One file is kept to send them away with.
class acceptor {
 public:
  acceptor(int listener, std::string answer) : listener_(listener), answer_(std::move(answer)) {}

  /// Returns a connection; or -1 if there is none now.
  int next() {
    for (int i = 0; i < 64; ++i) {
      const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd >= 0 || (errno != EMFILE && errno != ENFILE)) return fd;
      if (!send_one_away()) break;
    }
    return -1;
  }

 private:
  bool send_one_away() {
    close(spare_);
    const int fd = accept(listener_, nullptr, nullptr);
    if (fd >= 0) {
      char unread[4096];  // it would destroy the answer
      recv(fd, unread, sizeof unread, MSG_DONTWAIT);
      send(fd, answer_.data(), answer_.size(), MSG_DONTWAIT);
      close(fd);
    }
    spare_ = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return fd >= 0;
  }

  const int listener_;
  const std::string answer_;
  int spare_ = open("/dev/null", O_RDONLY | O_CLOEXEC);
};

}  // namespace sockets

#endif
