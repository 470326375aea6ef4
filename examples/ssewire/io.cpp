// SPDX-License-Identifier: MIT
#include "io.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>

namespace tool {

namespace {

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

// Whether there is something before the timeout, which is negative for none.
bool wait_for(int file, short events, int timeout_ms) {
  pollfd waiting{file, events, 0};
  const int ready = ::poll(&waiting, 1, timeout_ms);
  if (ready < 0 && errno != EINTR) fail("cannot wait");
  return ready > 0;
}

// After a call that failed: false if it is to be made again. What another process has set to be
// non-blocking is so for us too.
bool is_failure(int file, short events) {
  if (errno == EINTR) return false;
  if (errno != EAGAIN && errno != EWOULDBLOCK) return true;
  wait_for(file, events, -1);
  return false;
}

}  // namespace

bool input::read() {
  for (;;) {
    const ssize_t size = ::read(STDIN_FILENO, buffer_.get(), capacity);
    if (size >= 0) {
      chunk_ = {buffer_.get(), static_cast<std::size_t>(size)};
      return size > 0;
    }
    if (is_failure(STDIN_FILENO, POLLIN)) fail("cannot read");
  }
}

bool input::ready_before(std::chrono::steady_clock::time_point deadline) {
  using namespace std::chrono;
  for (;;) {
    const auto left = ceil<milliseconds>(deadline - steady_clock::now());
    if (wait_for(STDIN_FILENO, POLLIN, static_cast<int>(std::max(left, 0ms).count()))) return true;
    if (steady_clock::now() >= deadline) return false;
  }
}

void output::write_with(std::string_view text) {
  std::string_view gathered(buffer_.get(), size_);
  while (!has_failed_ && (!gathered.empty() || !text.empty())) {
    const iovec pieces[] = {{const_cast<char*>(gathered.data()), gathered.size()},
                            {const_cast<char*>(text.data()), text.size()}};
    const ssize_t written = ::writev(file_, pieces, 2);
    if (written >= 0) {
      const auto size = static_cast<std::size_t>(written);
      const std::size_t of_gathered = std::min(size, gathered.size());
      gathered.remove_prefix(of_gathered);
      text.remove_prefix(size - of_gathered);
    } else if (errno == EPIPE || is_failure(file_, POLLOUT)) {
      has_failed_ = true;
      if (is_beside_) break;
      if (errno == EPIPE) throw output_closed();
      fail("cannot write");
    }
  }
  size_ = 0;
}

void reserve_standard_files() {
  for (const int file : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(file, F_GETFD) >= 0) continue;
    // The lowest number that is free is this one. It is opened for what nobody does with it.
    if (::open("/dev/null", file == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0) {
      fail("cannot open /dev/null in place of a standard file that is closed");
    }
  }
}

void complain(const std::string& what) { std::fprintf(stderr, "ssewire: %s\n", what.c_str()); }

palette palette_for(int file) {
  const char* const no_colour = std::getenv("NO_COLOR");
  const char* const terminal = std::getenv("TERM");
  const bool wanted = ::isatty(file) != 0 && (no_colour == nullptr || *no_colour == '\0') &&
                      terminal != nullptr && std::string_view(terminal) != "dumb";
  if (!wanted) return {};
  return {"\033[1m", "\033[2m", "\033[1;31m", "\033[0m"};
}

}  // namespace tool
