// SPDX-License-Identifier: MIT
// What follows a stream ends when a signal says so, and can say what it has seen.
#ifndef SSEWIRE_TOOL_INTERRUPTION_HPP
#define SSEWIRE_TOOL_INTERRUPTION_HPP

#include <curl/curl.h>

#include <atomic>
#include <csignal>

namespace tool {

/// Heeds SIGINT and SIGTERM from now on; they wake who waits for these transfers.
class interruption {
 public:
  explicit interruption(CURLM* transfers) {
    transfers_ = transfers;
    for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, handle);
  }
  ~interruption() {
    for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, SIG_DFL);
  }
  interruption(const interruption&) = delete;

  bool has_come() const { return has_come_; }

 private:
  static void handle(int) {
    has_come_ = true;
    curl_multi_wakeup(transfers_);
  }

  static inline std::atomic<CURLM*> transfers_{nullptr};
  static inline std::atomic<bool> has_come_{false};
};

}  // namespace tool

#endif
