// SPDX-License-Identifier: MIT
// A server as a process of its own, which ends with ours at the latest (Linux).
#ifndef SSEWIRE_BENCH_SERVED_HPP
#define SSEWIRE_BENCH_SERVED_HPP

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "loopback.hpp"

class served {
 public:
  /// The first word is the program; it prints its address when it listens.
  explicit served(std::vector<std::string> words) {
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) loopback::fail("pipe");
    pid_ = fork();
    if (pid_ < 0) loopback::fail("fork");
    if (pid_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      dup2(ends[1], 1);
      execv(arguments[0], arguments.data());
      _exit(127);
    }
    close(ends[1]);
    std::string line;
    for (char byte = 0; read(ends[0], &byte, 1) == 1 && byte != '\n';) line += byte;
    port_ = std::atoi(line.c_str() + line.rfind(':') + 1);
    if (port_ == 0) loopback::fail(arguments[0]);
  }
  ~served() {
    if (pid_ != 0) kill(pid_, SIGKILL);
  }
  served(const served&) = delete;
  served& operator=(const served&) = delete;

  int port() const { return port_; }
  double memory() const { return loopback::usage(std::to_string(pid_)).memory; }

  /// A sanitizer keeps what is freed.
  bool is_sanitized() const {
    std::ifstream maps("/proc/" + std::to_string(pid_) + "/maps");
    const std::string text{std::istreambuf_iterator<char>(maps), {}};
    return text.find("libasan") != text.npos;
  }

  void ask_to_end() const { kill(pid_, SIGTERM); }
  /// Waits for its end, and returns its status.
  int end() {
    int status = 0;
    waitpid(std::exchange(pid_, 0), &status, 0);
    return status;
  }

 private:
  pid_t pid_ = 0;
  int port_ = 0;
};

#endif
