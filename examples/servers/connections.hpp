// SPDX-License-Identifier: MIT
// Very many connections of HTTP in one thread (Linux): who asks, who waits for an answer, and who
// follows a stream. What they ask for, and what else is known of each, is said by who derives from
// this.
#ifndef SSEWIRE_EXAMPLES_CONNECTIONS_HPP
#define SSEWIRE_EXAMPLES_CONNECTIONS_HPP

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <sse/channel.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "http.hpp"
#include "sockets.hpp"

namespace http {

using sockets::seconds;
using sockets::watch;

/// `Its` are the members that a connection has beside those that are here.
template <class Its>
class connections {
 public:
  explicit connections(int listener)
      : listener_(listener),
        acceptor_(listener, head("503 Service Unavailable", {}, "Retry-After: 10\r\n")) {
    watch(epoll_, EPOLL_CTL_ADD, listener_);
  }
  virtual ~connections() = default;
  connections(const connections&) = delete;
  connections& operator=(const connections&) = delete;

 protected:
  static constexpr unsigned patience = 10;                          // seconds
  static constexpr std::size_t most_unread = std::size_t{1} << 26;  // bytes, of all connections

  enum class state : unsigned char { closed, asking, answering, following, ending, leaving };
  struct connection : Its {
    sse::cursor place;
    std::unique_ptr<std::string> unread;  // of requests that are not there as a whole
    std::uint32_t until = 0;              // when it is ended, or given up
    std::uint32_t turn = 0;               // whose the file is now, of all that had its number
    state is = state::closed;
    bool is_ready = false;                // it is in the list of these
    bool is_full = false;                 // the kernel takes no more, and will say when it does
    bool is_told = false;                 // to go on with its body
    bool keeps = false, is_head = false;  // what it asked for
  };
  /// A connection that something is done for meanwhile: it may be gone by then, and its number
  /// another's.
  struct ticket {
    int fd;
    std::uint32_t turn;
  };

  virtual void answer(int fd, const request& asked) = 0;
  virtual void go_on(int fd) = 0;  // the kernel takes more again
  virtual void stops_following(int fd) = 0;

  connection& at(int fd) { return connections_[static_cast<std::size_t>(fd)]; }
  int count() const { return static_cast<int>(connections_.size()); }
  ticket ticket_of(int fd) { return {fd, at(fd).turn}; }
  bool is_there(const ticket& whose) {
    return at(whose.fd).turn == whose.turn && at(whose.fd).is != state::closed;
  }

  void accept() {
    for (int i = 0; i < 256; ++i) {
      const int fd = acceptor_.next();
      if (fd < 0) return;  // if it was an error, the next tick tries again
      connections_.resize(std::max(connections_.size(), static_cast<std::size_t>(fd) + 1));
      connection& c = at(fd);
      c.is = state::asking;
      c.until = seconds() + patience;
      c.is_full = c.is_told = false;
      ++c.turn;
      ++open_;
      watch(epoll_, EPOLL_CTL_ADD, fd);
    }
    watch(epoll_, EPOLL_CTL_MOD, listener_);
  }

  /// Of epoll; they may be those of a connection that had the number when they were told of.
  void handle(int fd, std::uint32_t events) {
    const bool is_lost = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
    if ((events & EPOLLOUT) != 0 && at(fd).is_full) {
      at(fd).is_full = false;
      go_on(fd);
    }
    if ((events & EPOLLIN) != 0 || is_lost) receive(fd, is_lost);
  }

  /// Answers, and goes on with what was asked meanwhile.
  void reply(int fd, const char* status, const std::string& fields = {}, string_view body = {}) {
    connection& c = at(fd);
    request asked;
    asked.keeps = c.keeps;
    std::string text = head(status, asked, fields, body);
    if (c.is_head) text.resize(text.size() - body.size());
    const bool was_waiting = c.is == state::answering;
    if (was_waiting) c.is = state::asking;
    if (!put(fd, text)) return;
    if (!c.keeps) return leave(fd);
    if (!was_waiting) return;
    c.until = seconds() + patience;
    take(fd, {});
    if (at(fd).is != state::closed) watch(epoll_, EPOLL_CTL_MOD, fd);
  }

  /// What is short: who takes but a part of it is given up.
  bool put(int fd, string_view text) {
    connection& c = at(fd);
    const ssize_t size = send(fd, text.data(), text.size(), 0);
    if (size == static_cast<ssize_t>(text.size())) return true;
    c.is_full = size < 0 && errno == EAGAIN && c.is == state::following;
    if (!c.is_full) drop(fd);
    return false;
  }

  /// The peer has to close first: what it still sends would destroy what is on its way to it.
  void leave(int fd) {
    connection& c = at(fd);
    if (c.is == state::following || c.is == state::ending) stops_following(fd);
    c.is = state::leaving;
    c.until = seconds() + patience;
    shutdown(fd, SHUT_WR);
  }

  bool drop(int fd) {
    connection& c = at(fd);
    if (c.is == state::closed) return false;
    if (c.is == state::following || c.is == state::ending) stops_following(fd);
    c.is = state::closed;
    forget_unread(c);
    close(fd);
    --open_;
    return false;
  }

  const int epoll_ = epoll_create1(EPOLL_CLOEXEC), listener_;
  unsigned open_ = 0;

 private:
  void receive(int fd, bool is_lost) {
    const connection& c = at(fd);
    if (c.is == state::closed || c.is == state::answering) return;  // it is read when that is done
    const ssize_t size = recv(fd, input_, sizeof input_, 0);
    if (size == 0 || (size < 0 && errno != EAGAIN)) return static_cast<void>(drop(fd));
    if (size > 0 && c.is == state::asking) take(fd, {input_, static_cast<std::size_t>(size)});
    if (c.is == state::answering || c.is == state::closed) return;
    if (is_lost || size == sizeof input_) watch(epoll_, EPOLL_CTL_MOD, fd);  // others first
  }

  void take(int fd, string_view text) {
    connection& c = at(fd);
    const std::unique_ptr<std::string> before = forget_unread(c);
    if (before != nullptr) text = before->append(text);
    while (!text.empty() && c.is == state::asking) {
      request asked;
      const reading found = read(text, asked);
      c.keeps = asked.keeps && found.refusal == nullptr;
      c.is_head = asked.method == "HEAD";
      if (found.refusal != nullptr) return reply(fd, found.refusal);
      if (found.size == 0) {
        if (!can_keep(text)) {
          c.keeps = false;
          return reply(fd, "503 Service Unavailable", "Retry-After: 10\r\n");
        }
        if (asked.waits && !c.is_told) c.is_told = put(fd, "HTTP/1.1 100 Continue\r\n\r\n");
        if (c.is == state::asking) keep_unread(c, text);
        return;
      }
      c.until = seconds() + patience;
      c.is_told = false;
      answer(fd, asked);
      text.remove_prefix(found.size);
    }
    if (c.is != state::answering || text.empty()) return;
    can_keep(text) ? keep_unread(c, text) : void(c.keeps = false);  // it has to ask again
  }

  bool can_keep(string_view text) const { return text.size() <= most_unread - unread_; }
  void keep_unread(connection& c, string_view text) {
    c.unread = std::make_unique<std::string>(text);
    unread_ += text.size();
  }
  std::unique_ptr<std::string> forget_unread(connection& c) {
    if (c.unread != nullptr) unread_ -= c.unread->size();
    return std::move(c.unread);
  }

  sockets::acceptor acceptor_;
  std::vector<connection> connections_;  // by file
  std::size_t unread_ = 0;               // bytes, of all
  char input_[65'536];
};

}  // namespace http

#endif
