// SPDX-License-Identifier: MIT
// What the sockets take is what was given to them, together and one by one, and also where the
// kernel refuses to do it together.
#include "../sends.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct pair {
  pair() { REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) == 0); }
  ~pair() {
    close(fds[0]);
    close(fds[1]);
  }
  pair(const pair&) = delete;
  pair& operator=(const pair&) = delete;

  std::string received() const {
    std::string all;
    char part[4096];
    for (ssize_t size; (size = read(fds[1], part, sizeof part)) > 0;)
      all.append(part, size_t(size));
    return all;
  }
  int fds[2];
};

void add(sockets::sends& sends, int fd, std::string_view first, std::string_view second = {}) {
  const auto piece = [](std::string_view text) {
    return iovec{const_cast<char*>(text.data()), text.size()};
  };
  sends.add(fd, {piece(first), piece(second)}, second.empty() ? 1 : 2,
            first.size() + second.size());
}

std::map<int, ssize_t> finish(sockets::sends& sends) {
  std::map<int, ssize_t> results;
  sends.finish(
      [&](int fd, std::size_t, ssize_t taken) { CHECK(results.emplace(fd, taken).second); });
  return results;
}

void send_to_many(sockets::sends& sends) {
  std::vector<std::unique_ptr<pair>> many;
  for (int round = 0; round < 3; ++round) {
    for (unsigned i = 0; i < sockets::sends::most; ++i) {
      CHECK(!sends.is_full());
      many.push_back(std::make_unique<pair>());
      add(sends, many.back()->fds[0], "data: a\n", i % 2 == 0 ? "\n" : "");
    }
    CHECK(sends.is_full());
    CHECK(finish(sends).size() == sockets::sends::most);
    CHECK(finish(sends).empty());
    for (std::size_t i = 0; i < many.size(); ++i) {
      CHECK(many[i]->received() == (i % 2 == 0 ? "data: a\n\n" : "data: a\n"));
    }
    many.clear();
  }
}

void send_to_the_slow_and_the_lost(sockets::sends& sends) {
  const pair slow, full, lost, well;
  const std::string large(1U << 22, 'x');
  close(lost.fds[1]);
  while (write(full.fds[0], large.data(), large.size()) > 0) {
  }
  add(sends, slow.fds[0], large);
  add(sends, full.fds[0], "more");
  add(sends, lost.fds[0], "nobody");
  add(sends, well.fds[0], "here");
  auto taken = finish(sends);
  CHECK(taken[full.fds[0]] == -EAGAIN);
  CHECK(taken[lost.fds[0]] == -EPIPE);
  CHECK(taken[well.fds[0]] == 4);
  CHECK(well.received() == "here");
  const ssize_t part = taken[slow.fds[0]];
  CHECK(part > 0);
  CHECK(part < ssize_t(large.size()));
  CHECK(ssize_t(slow.received().size()) == part);
  CHECK(full.received().find("more") == std::string::npos);
}

void try_all() {
  std::signal(SIGPIPE, SIG_IGN);
  sockets::sends sends;
  send_to_many(sends);
  send_to_the_slow_and_the_lost(sends);
}

/// As containers do that allow few calls.
bool forbid_rings() {
  sock_filter rules[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_io_uring_setup, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{sizeof rules / sizeof *rules, rules};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

}  // namespace

TEST_CASE("What sockets take is what they were given") {
#ifdef SENDS_TOGETHER
  if (!sockets::sends().is_together()) MESSAGE("skipped: the kernel does not send together");
#else
  CHECK(!sockets::sends().is_together());
#endif
  try_all();
}

TEST_CASE("Where the kernel refuses to send together, each is sent alone") {
  if (!forbid_rings()) {
    MESSAGE("skipped: no filter of calls is allowed here");
    return;
  }
  CHECK(!sockets::sends().is_together());
  try_all();
}
