// SPDX-License-Identifier: MIT
// Publishes the events of the soak, and reads what the server says to each.
#ifndef SSEWIRE_BENCH_PUBLISHER_HPP
#define SSEWIRE_BENCH_PUBLISHER_HPP

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

#include "loopback.hpp"
#include "published.hpp"

class publisher {
 public:
  /// Publishes the first event: that tells what the IDs begin with.
  publisher(int port, published& all) : port_(port), all_(all) {
    post(request(1));
    while (all_.prefix.empty()) take_answers(0);
  }

  bool is_answered() const { return fd_ < 0; }

  /// The next events, at once.
  void publish(unsigned count) {
    std::string requests;
    for (unsigned i = 0; i < count; ++i) {
      all_.send();
      requests += request(all_.at_most());
    }
    post(requests);
  }

  void take_answers(int flags = MSG_DONTWAIT) {
    if (fd_ < 0) return;
    char bytes[16'384];
    const ssize_t size = recv(fd_, bytes, sizeof bytes, flags);
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0) throw std::runtime_error("the publisher was sent away");
    answers_.append(bytes, static_cast<std::size_t>(size));
    for (std::size_t end; (end = answers_.find("\r\n\r\n")) != answers_.npos;) {
      take(answers_.substr(0, end + 2));
      answers_.erase(0, end + 4);
    }
    if (all_.at_least() == all_.at_most()) close(std::exchange(fd_, -1));
  }

 private:
  std::string request(std::uint64_t number) const {
    const std::string data = all_.data(number);
    return "POST /publish?type=" + std::string(all_.type(number)) +
           " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(data.size()) +
           "\r\n\r\n" + data;
  }

  /// On a connection of its own, for the server gives up who is idle.
  void post(const std::string& requests) {
    fd_ = loopback::connect(port_, 1);
    const ssize_t size = send(fd_, requests.data(), requests.size(), MSG_NOSIGNAL);
    if (size != static_cast<ssize_t>(requests.size())) loopback::fail("publish");
  }

  void take(const std::string& answer) {
    const std::string field = "Last-Event-ID: ";
    const std::size_t at = answer.find(field);
    if (answer.rfind("HTTP/1.1 204", 0) != 0 || at == answer.npos) {
      throw std::runtime_error("an event was refused: " + answer);
    }
    const std::size_t value = at + field.size();
    const std::string id = answer.substr(value, answer.find('\r', value) - value);
    if (all_.prefix.empty()) {
      all_.prefix = id.substr(0, id.find('-') + 1);
      all_.send();
    }
    all_.answered();
    if (id != all_.id(all_.at_least())) throw std::runtime_error("an event got the ID " + id);
  }

  const int port_;
  published& all_;
  int fd_ = -1;
  std::string answers_ = {};
};

#endif
