// SPDX-License-Identifier: MIT
// The one reader of a stream in a node, with a connection of its own that is blocked until there is
// something: what it reads goes to all followers by the fan-out.
#ifndef SSEWIRE_EXAMPLES_LOG_HPP
#define SSEWIRE_EXAMPLES_LOG_HPP

#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "fan_out.hpp"
#include "history.hpp"
#include "redis.hpp"

namespace cluster {

/// Names of the keys of a stream. They lie in one slot, should Redis be a cluster.
inline std::string epoch_key(const std::string& stream) { return '{' + stream + "}:epoch"; }
inline std::string publishers_key(const std::string& stream, std::string_view key) {
  return '{' + stream + "}:key:" + std::string(key);
}

/// What the nodes of a cluster ask Redis for a page.
inline void ask_page(redis& from, const fan_out& to, std::size_t stream, const place& at,
                     std::size_t bytes, redis::handler then) {
  constexpr int most_entries = 256;
  const std::string& name = to.names()[stream];
  from.run(next_page, {name, epoch_key(name)},
           {redis_id(at), std::to_string(most_entries), std::to_string(bytes),
            std::to_string(to.largest())},
           std::move(then));
}

class log {
 public:
  struct figures {
    std::uint64_t entries = 0, gaps = 0;
    std::uint64_t added = 0;  // by what Redis said last
  };

  /// `when_read` is called when something has been published.
  log(redis& from, fan_out& to, std::size_t stream, std::function<void()> when_read)
      : from_(from), to_(to), stream_(stream), when_read_(std::move(when_read)) {
    from_.when_ready = [this] { find_out(from_, [this](auto... known) { begin(known...); }); };
  }

  const figures& counted() const { return figures_; }
  /// How many entries there are in the stream that have not been read.
  std::uint64_t lag() const {
    const std::uint64_t read = reader_.at.number;
    return figures_.added > read ? figures_.added - read : 0;
  }

  /// Looks, on a connection that is not blocked, whether the stream is still the one that is read.
  /// Now and then, for that costs more, also how far it is.
  void look(redis& by, bool thoroughly) {
    if (!to_.has_begun(stream_) || !from_.is_ready() || !by.is_ready()) return;
    const std::size_t life = to_.life(stream_);
    const auto compare = [this, life](std::string_view epoch) {
      if (life != to_.life(stream_)) return;  // it was looked at before that
      if (epoch != to_.epoch(stream_)) from_.give_up("the stream has been lost");
    };
    if (thoroughly) {
      find_out(by, [this, compare](const std::string& epoch, const place& last) {
        figures_.added = last.number;
        compare(epoch);
      });
    } else {
      by.ask({"GET", epoch_key(to_.names()[stream_])}, [compare](const redisReply* reply) {
        if (reply != nullptr && !is_error(reply)) compare(text(reply));
      });
    }
  }

 private:
  template <class Then>
  void find_out(redis& by, Then then) {
    const std::string& name = to_.names()[stream_];
    const place& at = reader_.at;
    by.run(state, {name, epoch_key(name)},
           {to_.epoch(stream_), redis_id(at), std::to_string(at.number), make_epoch(name)},
           [this, &by, then](const redisReply* reply) {
             if (reply == nullptr) return;
             if (is_error(reply)) return &by == &from_ ? fail(reply) : void();
             const auto added = static_cast<std::uint64_t>(reply->element[2]->integer);
             then(std::string(text(reply->element[0])), from_redis(text(reply->element[1]), added));
           });
  }

  void begin(const std::string& epoch, const place& last) {
    figures_.added = last.number;
    if (!to_.has_begun(stream_)) {
      to_.begin(stream_, epoch, last);  // here, once, at the tail
      reader_.at = last;
    } else if (epoch != to_.epoch(stream_)) {
      reader_.asked = to_.text(stream_, reader_.at);
      reader_.lost = reason::epoch;
      to_.begin(stream_, epoch, {});
      reader_.at = {};
    }
    when_read_();
    read(false);
  }

  /// Waits until there is something behind what was read, if that is not known, and reads a page.
  /// The two go out together: so the page comes at once, and it alone counts, for it says what it
  /// lacks. From `$` on is never read, for nobody would know what came between two calls.
  void read(bool is_behind) {
    if (!is_behind && reader_.lost == reason::none) {
      from_.ask({"XREAD", "COUNT", "1", "BLOCK", std::to_string(redis::longest_block), "STREAMS",
                 to_.names()[stream_], redis_id(reader_.at)},
                [this](const redisReply* reply) {
                  if (reply != nullptr && is_error(reply)) fail(reply);
                });
    }
    ask_page(from_, to_, stream_, reader_.at, page_bytes(), [this](const redisReply* reply) {
      if (reply == nullptr) return;
      if (is_error(reply)) return fail(reply);
      take(page(*reply));
    });
  }

  void take(const page& found) {
    const bool is_back = found.last.number < reader_.at.number;
    if (found.epoch() != to_.epoch(stream_) || is_back) {
      return find_out(from_, [this](auto... known) { begin(known...); });
    }
    walk(
        found, reader_, {to_.names()[stream_], to_.largest()},
        [this](const gap& what) {
          ++figures_.gaps;
          const std::string data = describe(what, to_, stream_, reader_.asked);
          reader_.asked.clear();
          publish(sse::event("gap", data));
        },
        [this](const sse::event& e) {
          ++figures_.entries;
          publish(e);
        });
    figures_.added = found.last.number;
    when_read_();
    read(!found.is_all);
  }

  void publish(const sse::event& e) {
    // What can be refused has been looked for before.
    static_cast<void>(to_.publish(stream_, e, reader_.at));
  }

  void fail(const redisReply* reply) { from_.give_up(text(reply)); }

  std::size_t page_bytes() const { return std::min<std::size_t>(to_.size() / 16, 1U << 18); }

  redis& from_;
  fan_out& to_;
  const std::size_t stream_;
  const std::function<void()> when_read_;
  whereabouts reader_;
  figures figures_;
};

}  // namespace cluster

#endif
