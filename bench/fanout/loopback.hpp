// SPDX-License-Identifier: MIT
// What programs share that put a load on a server of this machine (Linux).
#ifndef SSEWIRE_BENCH_LOOPBACK_HPP
#define SSEWIRE_BENCH_LOOPBACK_HPP

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>

namespace loopback {

/// Nanoseconds.
inline std::uint64_t now() {
  const auto time = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::nanoseconds(time).count());
}

[[noreturn]] inline void fail(const char* what) {
  std::fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, std::strerror(errno));
  std::exit(1);
}

/// Lets the process have as many files as it may, and returns how many.
inline int allow_files() {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  return static_cast<int>(files.rlim_cur);
}

/// Returns a connection to a port, from an address of this machine: from each there are ports for
/// some 28,000. `receive_buffer` bytes may wait for us in the kernel, or as many as it thinks best.
inline int connect(int port, int address, int receive_buffer = 0) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) fail("socket");
  const int yes = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
  if (receive_buffer != 0) {
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  }
  sockaddr_in own{}, other{};
  own.sin_family = other.sin_family = AF_INET;
  own.sin_addr.s_addr = htonl(INADDR_LOOPBACK + static_cast<unsigned>(address));
  other.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  other.sin_port = htons(static_cast<std::uint16_t>(port));
  if (bind(fd, reinterpret_cast<sockaddr*>(&own), sizeof own) != 0) fail("bind");
  if (::connect(fd, reinterpret_cast<sockaddr*>(&other), sizeof other) != 0) fail("connect");
  return fd;
}

/// What a server has used so far.
struct usage {
  explicit usage(const std::string& pid) {
    std::ifstream file("/proc/" + pid + "/stat");
    std::string line;
    std::getline(file, line);
    std::istringstream fields(line.substr(std::min(line.size(), line.rfind(')') + 2)));
    std::string skipped;
    for (int i = 3; i < 14; ++i) fields >> skipped;
    fields >> user >> system;
    const double tick = 1e9 / static_cast<double>(sysconf(_SC_CLK_TCK));
    user *= tick;
    system *= tick;
    std::ifstream("/proc/" + pid + "/schedstat") >> processor;
    std::ifstream status("/proc/" + pid + "/status");
    while (std::getline(status, line)) {
      if (line.rfind("VmRSS:", 0) == 0) memory = std::atof(line.c_str() + 6) * 1024;
    }
  }
  double user = 0, system = 0;  // nanoseconds, counted in ticks
  double processor = 0;         // nanoseconds of both, exact
  double memory = 0;            // resident bytes
};

}  // namespace loopback

#endif
