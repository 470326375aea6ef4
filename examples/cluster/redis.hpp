// SPDX-License-Identifier: MIT
// A connection to Redis on the loop that serves, which is made again whenever it is lost, and looks
// for a server that can be written to: so it follows a failover, be it by Sentinel or by hand.
#ifndef SSEWIRE_EXAMPLES_REDIS_HPP
#define SSEWIRE_EXAMPLES_REDIS_HPP

#include <hiredis/async.h>
#include <hiredis/hiredis.h>
#include <sys/epoll.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../servers/sockets.hpp"
#include "scripts.hpp"

namespace cluster {

struct address {
  std::string host;
  int port = 6379;
};

inline std::string_view text(const redisReply* reply) {
  return reply->str == nullptr ? std::string_view() : std::string_view(reply->str, reply->len);
}
inline bool is_error(const redisReply* reply, std::string_view code = "") {
  return reply->type == REDIS_REPLY_ERROR && text(reply).substr(0, code.size()) == code;
}

class redis {
 public:
  /// Hears the reply, or nullptr if the connection was lost before: then nobody knows whether what
  /// was asked for was done.
  using handler = std::function<void(const redisReply*)>;

  /// `tag` is what the loop gets to know its events by.
  redis(int epoll, std::uint32_t tag, const std::vector<address>& servers)
      : epoll_(epoll), tag_(tag), servers_(servers) {}
  redis(const redis&) = delete;
  redis& operator=(const redis&) = delete;
  ~redis() { drop(); }

  std::function<void()> when_ready = [] {}, when_lost = [] {};

  bool is_ready() const { return is_ready_; }
  /// How often it has become so.
  std::uint64_t times_ready() const { return times_ready_; }
  /// Since when it is not, in milliseconds.
  std::uint64_t lost_since() const { return lost_since_; }

  void ask(const std::vector<std::string>& words, handler then) {
    if (context_ == nullptr) return then(nullptr);
    // As hiredis would write it, at a third of the work.
    std::string command = '*' + std::to_string(words.size()) + "\r\n";
    for (const std::string& word : words) {
      command.append(1, '$').append(std::to_string(word.size())).append("\r\n");
      command.append(word).append("\r\n");
    }
    if (waiting_++ == 0) heard_ = sockets::milliseconds();
    auto* const kept = new request{this, std::move(then)};
    const int status =
        redisAsyncFormattedCommand(context_, on_reply, kept, command.data(), command.size());
    if (status != REDIS_OK) {  // it is about to be closed
      --waiting_;
      const std::unique_ptr<request> unused(kept);
      unused->then(nullptr);
    }
  }

  /// Runs a script. Redis forgets scripts when it starts anew, or is told to: then they are sent.
  void run(const script& what, std::vector<std::string> keys, std::vector<std::string> arguments,
           handler then) {
    const auto kept = std::make_shared<std::vector<std::string>>();
    kept->reserve(3 + keys.size() + arguments.size());
    kept->insert(kept->end(), {"EVALSHA", what.digest, std::to_string(keys.size())});
    std::move(keys.begin(), keys.end(), std::back_inserter(*kept));
    std::move(arguments.begin(), arguments.end(), std::back_inserter(*kept));
    ask(*kept, [this, kept, then = std::move(then), &what](const redisReply* reply) {
      if (reply == nullptr || !is_error(reply, "NOSCRIPT")) return then(reply);
      (*kept)[0] = "EVAL";
      (*kept)[1] = what.text;
      ask(*kept, then);
    });
  }

  /// Gives the connection up and looks for a server again. Says why, once for each reason.
  void give_up(std::string_view why) {
    if (context_ == nullptr || must_drop_) return;
    must_drop_ = true;  // not here: hiredis may be calling
    if (said_ == why) return;
    said_ = why;
    std::fprintf(stderr, "redis %s:%d: %s\n", servers_[server_].host.c_str(),
                 servers_[server_].port, said_.c_str());
  }

  /// What the loop has heard of the socket.
  void handle(std::uint32_t events) {
    if ((events & EPOLLIN) != 0) heard_ = sockets::milliseconds();
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0 && context_ != nullptr) {
      redisAsyncHandleRead(context_);
    }
    if ((events & EPOLLOUT) != 0 && context_ != nullptr) redisAsyncHandleWrite(context_);
    if (must_drop_) drop();
  }

  /// What is due: to be called some times a second.
  void tick() {
    const std::uint64_t now = sockets::milliseconds();
    if (must_drop_) drop();
    if (context_ != nullptr && waiting_ != 0 && now > heard_ + patience) {
      give_up("it does not answer");
      drop();
    }
    if (context_ == nullptr && now >= next_attempt_) connect();
  }

  /// The longest that Redis may keep a blocked reader waiting.
  static constexpr int longest_block = 2'000;

 private:
  static constexpr std::uint64_t patience = longest_block + 4'000, longest_pause = 1'000;
  struct request {
    redis* from;
    handler then;
  };

  static void on_reply(redisAsyncContext*, void* reply, void* kept) {
    const std::unique_ptr<request> done(static_cast<request*>(kept));
    redis& self = *done->from;
    --self.waiting_;
    const auto* const said = static_cast<const redisReply*>(reply);
    // It is a replica now, or not yet what it was: another one may be the master.
    for (const char* code : {"READONLY", "UNBLOCKED", "LOADING", "MASTERDOWN", "NOAUTH"}) {
      if (said != nullptr && is_error(said, code)) {
        self.give_up(text(said));
        return done->then(nullptr);
      }
    }
    done->then(self.must_drop_ ? nullptr : said);
  }

  void connect() {
    server_ = (server_ + 1) % servers_.size();
    context_ = redisAsyncConnect(servers_[server_].host.c_str(), servers_[server_].port);
    if (context_ == nullptr || context_->err != 0) {
      if (context_ != nullptr) redisAsyncFree(std::exchange(context_, nullptr));
      return pause();
    }
    context_->data = context_->ev.data = this;
    context_->ev.addRead = [](void* self) { static_cast<redis*>(self)->watch(EPOLLIN, true); };
    context_->ev.delRead = [](void* self) { static_cast<redis*>(self)->watch(EPOLLIN, false); };
    context_->ev.addWrite = [](void* self) { static_cast<redis*>(self)->watch(EPOLLOUT, true); };
    context_->ev.delWrite = [](void* self) { static_cast<redis*>(self)->watch(EPOLLOUT, false); };
    context_->ev.cleanup = [](void* self) { static_cast<redis*>(self)->forget(); };
    waiting_ = 0;
    watched_ = 0;
    epoll_event event{};
    event.data.u64 = std::uint64_t{tag_} << 32;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, context_->c.fd, &event);
    greet();
  }

  void greet() {
    if (const char* const password = std::getenv("REDIS_PASSWORD")) {
      ask({"AUTH", password}, [this](const redisReply* reply) {
        if (reply != nullptr && is_error(reply)) give_up(text(reply));
      });
    }
    for (script* each : {&state, &next_page, &publish}) {
      ask({"SCRIPT", "LOAD", each->text}, [this, each](const redisReply* reply) {
        if (reply == nullptr) return;
        if (is_error(reply)) return give_up(text(reply));
        each->digest = text(reply);
      });
    }
    ask({"ROLE"}, [this](const redisReply* reply) {
      if (reply == nullptr || must_drop_) return;
      if (reply->type != REDIS_REPLY_ARRAY || text(reply->element[0]) != "master") {
        return give_up("no master");
      }
      is_ready_ = true;
      ready_since_ = sockets::milliseconds();
      ++times_ready_;
      said_.clear();
      when_ready();
    });
  }

  void watch(std::uint32_t what, bool wanted) {
    const std::uint32_t before = watched_;
    watched_ = wanted ? watched_ | what : watched_ & ~what;
    if (watched_ == before) return;
    epoll_event event{};
    event.events = watched_;
    event.data.u64 = std::uint64_t{tag_} << 32;
    epoll_ctl(epoll_, EPOLL_CTL_MOD, context_->c.fd, &event);
  }

  /// All that waits for replies hears that there will be none.
  void drop() {
    must_drop_ = false;
    if (context_ != nullptr) redisAsyncFree(context_);
  }

  /// The connection is gone, and all that waited has been told.
  void forget() {
    epoll_ctl(epoll_, EPOLL_CTL_DEL, context_->c.fd, nullptr);
    context_ = nullptr;
    must_drop_ = false;
    const bool was_ready = std::exchange(is_ready_, false);
    if (was_ready) lost_since_ = sockets::milliseconds();
    if (was_ready && lost_since_ > ready_since_ + longest_pause) pause_ = shortest_pause;
    pause();
    if (was_ready) when_lost();
  }

  /// Before the next server is tried; when all have been, a longer one each time.
  void pause() {
    const bool is_last = server_ + 1 == servers_.size();
    const auto chance = static_cast<std::uint64_t>(std::rand());
    next_attempt_ = sockets::milliseconds() + (is_last ? pause_ + chance % pause_ : 0);
    if (is_last) pause_ = std::min(pause_ * 2, longest_pause);
  }

  static constexpr std::uint64_t shortest_pause = 50;
  const int epoll_;
  const std::uint32_t tag_;
  const std::vector<address>& servers_;
  std::size_t server_ = servers_.size() - 1;
  redisAsyncContext* context_ = nullptr;
  bool is_ready_ = false, must_drop_ = false;
  std::string said_;  // why the connection was given up, since it was ready
  std::uint32_t watched_ = 0;
  unsigned waiting_ = 0;  // requests
  std::uint64_t heard_ = 0, next_attempt_ = 0, pause_ = shortest_pause, times_ready_ = 0,
                ready_since_ = 0, lost_since_ = sockets::milliseconds();
};

}  // namespace cluster

#endif
