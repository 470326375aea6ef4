// SPDX-License-Identifier: MIT
// Fan-out and resuming: sse::channel, which keeps the newest events once for all who follow.
#ifndef SSEWIRE_CHANNEL_HPP
#define SSEWIRE_CHANNEL_HPP

#include "detail/compiler.hpp"
#ifdef SSEWIRE_DETAIL_CXX17

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

#include "detail/channel/own_id.hpp"
#include "detail/channel/ring.hpp"
#include "detail/channel/stretch.hpp"
#include "detail/writer/writing.hpp"
#include "event.hpp"
#include "memory.hpp"

namespace sse {

class channel;

/// A follower's place in a channel: all that a server needs to keep for a client. Copy it freely.
class cursor {
 public:
  /// Of no channel yet: see `channel::resume`.
  constexpr cursor() noexcept = default;

  /// Whether a part of an event was sent, and not the rest: nothing else may be sent then.
  constexpr bool is_within_event() const noexcept { return sent_ != 0; }

  friend constexpr bool operator==(const cursor& a, const cursor& b) noexcept {
    return a.next_ == b.next_ && a.sent_ == b.sent_;
  }
  friend constexpr bool operator!=(const cursor& a, const cursor& b) noexcept { return !(a == b); }

 private:
  friend class channel;
  constexpr explicit cursor(std::uint64_t next) noexcept : next_(next) {}

  std::uint64_t next_ = 0;  // the number of the event that is to be sent
  std::size_t sent_ = 0;    // bytes of it that are sent
};

/// Where a client goes on, and what it has missed.
struct resumed {
  enum outcome : unsigned char {
    live,     ///< it has all: what comes next is the next event that is published
    replay,   ///< `count` events are there for it
    evicted,  ///< the event behind its ID is gone, and so are `missed` events: it goes on with the
              ///< oldest. Known where IDs are the channel's
    unknown,  ///< its ID is none that the channel has or knows: it goes on with the oldest
  };
  outcome kind = outcome::live;
  cursor where{};
  std::uint64_t count = 0;   // of events that are there for it
  std::uint64_t missed = 0;  // if `evicted`
};

/// What is to be sent to a follower next.
struct reading {
  enum outcome : unsigned char {
    ok,         ///< `count` pieces, none if it has all
    overtaken,  ///< `missed` events, of all topics, were evicted: it goes on with the oldest
    cut,        ///< the event that it has got half of was evicted: close the connection
  };
  outcome kind = outcome::ok;
  std::size_t count = 0;  // of pieces
  std::size_t bytes = 0;  // of all pieces
  std::uint64_t missed = 0;
};

/// Of all topics: what a follower is interested in who says nothing else.
struct every_topic {
  constexpr bool operator()(std::uint64_t) const noexcept { return true; }
};

/// The newest events of a stream, encoded once, in memory that you lend, for any number of
/// followers. A follower is a cursor: to publish costs the same for none and for a million.
///
///     static char bytes[1 << 20];
///     static sse::channel::entry entries[4096];  // one for an event, at most
///     sse::channel channel(bytes, entries, epoch);
///
///     channel.publish("price", "42");
///
///     iovec pieces[8];  // and for each client that can be written to:
///     const auto next = channel.read(client.cursor, pieces, 8);
///     const auto sent = writev(client.fd, pieces, next.count);
///     if (sent > 0) channel.sent(client.cursor, sent);
///
/// **Slow followers.** When there is no room, the oldest events go, whoever has not read them. A
/// follower that is overtaken learns it from `read`: between two events it goes on with the oldest
/// that is there, and is told how many it missed; within an event it has to be closed, for half an
/// event cannot be taken back. Nobody waits for it, and it costs the others nothing.
///
/// **Every event, or the latest.** A follower of a log gets all that is published. One of a price
/// wants the latest alone: call `skip` in front of `read`, and what came in between is left out.
///
/// **IDs.** Made with an epoch, a channel numbers its events: the ID is the epoch and a counter, as
/// `65f1a2b3-17`, so an ID of another life of the process is known as such, and to find an event
/// takes constant time. Any number will do that is another one in each life: the time of the start,
/// say, or a random one. Without an epoch, IDs are the publisher's, and are looked for from the
/// newest event back: keep them short and ASCII, and give one to each event or to none.
///
/// **Topics** are numbers of yours. There is one order and one last event ID for all of them; each
/// follower says by a function of a topic which it wants, and gets these. It has to say the same
/// each time.
///
/// **Memory.** Nothing is allocated. **Lifetimes.** Pieces hold until the next `publish`; the
/// memory lent must live as long as the channel. **Errors.** Nothing throws. **Complexity.**
/// Constant, but for the bytes of an event that is published, the events that a follower of some
/// topics passes over, and where it is said. **Threads.** As for any object: one at a time, or
/// under a lock of yours; there is no state outside of it.
class channel {
 public:
  /// What a channel keeps beside the bytes of an event: lend one for each event that may be there.
  using entry = detail::entry;
  using status = detail::write_status;

  /// A view of entries: of an array, a vector, or {pointer, count}.
  class entries {
   public:
    constexpr entries(entry* first, std::size_t count) noexcept : first_(first), count_(count) {}
    template <std::size_t Count>
    constexpr entries(entry (&array)[Count]) noexcept : entries(array, Count) {}
    template <
        class Container,
        std::enable_if_t<std::is_convertible_v<decltype(std::declval<Container&>().data()), entry*>,
                         int> = 0>
    constexpr entries(Container& container) noexcept
        : entries(container.data(), container.size()) {}

   private:
    friend class channel;
    entry* first_;
    std::size_t count_;
  };

  /// Lends the memory. IDs are the publisher's.
  constexpr channel(storage bytes, entries events) noexcept
      : ring_(bytes.data(), bytes.size(), events.first_, events.count_, 1) {}

  /// IDs are the channel's, from `epoch`-1 on; or from another number, to go on where an earlier
  /// life ended.
  constexpr channel(storage bytes, entries events, std::uint64_t epoch,
                    std::uint64_t first = 1) noexcept
      : ring_(bytes.data(), bytes.size(), events.first_, events.count_, first),
        epoch_(epoch),
        is_numbered_(true) {}

  channel(const channel&) = delete;  // both would write to one memory
  channel& operator=(const channel&) = delete;

  // ---- Who publishes

  /// Appends an event, and evicts the oldest ones that have to make room for it. What a writer
  /// refuses is refused, and then nothing is evicted: `no_space` if it would not fit even alone;
  /// `invalid_id` also for an event with an ID where IDs are the channel's.
  [[nodiscard]] constexpr status publish(const event& e, std::uint64_t topic = 0) noexcept;
  /// The same of an event that has but data, or type and data; they may be temporaries.
  template <class Data, std::enable_if_t<detail::is_text<Data>, int> = 0>
  [[nodiscard]] constexpr status publish(const Data& data) noexcept {
    return publish(event(data));
  }
  template <class Type, class Data,
            std::enable_if_t<detail::is_text<Type> && detail::is_text<Data>, int> = 0>
  [[nodiscard]] constexpr status publish(const Type& type, const Data& data,
                                         std::uint64_t topic = 0) noexcept {
    return publish(event(type, data), topic);
  }
  template <class Data, class Number,
            std::enable_if_t<detail::is_text<Data> && std::is_arithmetic_v<Number>, int> = 0>
  status publish(const Data&, Number) = delete;  // data, or a topic? publish({data}, topic)

  // ---- Who follows

  /// Where a client begins. `last_event_id` is what it sent as `Last-Event-ID`, or nothing if it
  /// sent none: then it begins with the next event. Where IDs are the publisher's, this takes time
  /// linear in the number of events.
  constexpr resumed resume(std::string_view last_event_id) const noexcept;

  /// In front of the oldest event that is there, and behind the newest.
  constexpr cursor oldest() const noexcept { return cursor(ring_.first()); }
  constexpr cursor newest() const noexcept { return cursor(ring_.end()); }

  /// What is to be sent next: pieces of the ring, for `writev` and its like, up to so many. Topics
  /// that are not wanted are passed over. `Piece` is whatever can be made as `Piece{char*, size}`,
  /// as for `gather`. Of all topics, two pieces are always enough.
  template <class Piece, class Wants = every_topic>
  constexpr reading read(cursor& at, Piece* pieces, std::size_t capacity,
                         const Wants& wants = {}) const noexcept;

  /// So many bytes of what `read` gave have been sent, and no event was published in between. Say
  /// the same `wants` as to `read`: with others it would count bytes of other events.
  template <class Wants = every_topic>
  constexpr void sent(cursor& at, std::size_t bytes, const Wants& wants = {}) const noexcept;

  /// Leaves out all events but the newest of those that are wanted; within an event nothing, for
  /// that has to be sent to its end. What is left out is not told as missed, nor is what was
  /// evicted before.
  template <class Wants = every_topic>
  constexpr void skip(cursor& at, const Wants& wants = {}) const noexcept;

  /// The ID to resume by from there, written into memory of yours: for heartbeats, so that who
  /// follows a quiet topic is not sent back to where that spoke last. Empty if there is none, it
  /// does not fit, or the cursor is within an event: then send none, for an empty one makes the
  /// client forget its own. 37 bytes are enough for the channel's. Send it with data, and a type
  /// that nobody listens to: Firefox forgets an ID that comes alone, and other clients take it for
  /// a message.
  ///
  ///     if (const auto id = channel.last_event_id(at, memory); !id.empty())
  ///       status = writer.write(sse::event{"heartbeat", "{}"}.with_id(id));
  constexpr std::string_view last_event_id(const cursor& at, storage memory) const noexcept;

  /// How many events are there.
  constexpr std::uint64_t count() const noexcept { return ring_.count(); }

 private:
  constexpr status append(const event& e, std::uint64_t topic) noexcept;

  SSEWIRE_DETAIL_WRAPS constexpr bool is_overtaken(const cursor& at) const noexcept {
    return ring_.end() - at.next_ > ring_.count();
  }
  // What was begun is wanted to its end.
  template <class Wants>
  constexpr bool is_wanted(const cursor& at, const Wants& wants) const noexcept {
    return at.is_within_event() || wants(ring_.entry_of(at.next_).topic);
  }
  SSEWIRE_DETAIL_WRAPS constexpr resumed behind(std::uint64_t number) const noexcept {
    resumed result;
    result.where = cursor(number + 1);
    result.count = ring_.end() - result.where.next_;
    result.kind = result.count == 0 ? resumed::live : resumed::replay;
    return result;
  }
  constexpr resumed from_oldest(resumed::outcome why, std::uint64_t missed) const noexcept {
    resumed result;
    result.kind = why;
    result.where = oldest();
    result.count = ring_.count();
    result.missed = missed;
    return result;
  }

  detail::ring ring_;
  std::uint64_t epoch_ = 0;
  bool is_numbered_ = false;
};

// ---- How

constexpr channel::status channel::publish(const event& e, std::uint64_t topic) noexcept {
  if (is_numbered_ && e.id) return status::invalid_id;
  if (const status invalid = detail::validate(e); invalid != status::ok) return invalid;
  if (!is_numbered_) return append(e, topic);
  const detail::own_id id(epoch_, ring_.end());
  return append(e.with_id(id.text()), topic);
}

constexpr channel::status channel::append(const event& e, std::uint64_t topic) noexcept {
  const std::size_t size = detail::size_of(e);
  if (!ring_.can_hold(size)) return status::no_space;
  ring_.push(e, size, topic);
  return status::ok;
}

SSEWIRE_DETAIL_WRAPS constexpr resumed channel::resume(std::string_view id) const noexcept {
  using kind = resumed::outcome;
  if (id.empty()) return behind(ring_.end() - 1);
  if (!is_numbered_) {
    for (std::uint64_t number = ring_.end(); number != ring_.first(); --number) {
      if (ring_.has_id(number - 1, id)) return behind(number - 1);
    }
    return from_oldest(kind::unknown, 0);
  }
  const auto own = detail::parse_own_id(id);
  if (!own || own->epoch != epoch_) return from_oldest(kind::unknown, 0);
  const std::uint64_t next = own->number + 1;
  if (ring_.end() - next <= ring_.count()) return behind(own->number);
  // Numbers go round, so what is nearer decides whether it is gone, or has not been yet.
  const std::uint64_t missed = ring_.first() - next;
  constexpr std::uint64_t half = std::uint64_t{1} << 63;
  return missed < half ? from_oldest(kind::evicted, missed) : from_oldest(kind::unknown, 0);
}

template <class Piece, class Wants>
SSEWIRE_DETAIL_WRAPS constexpr reading channel::read(cursor& at, Piece* pieces,
                                                     std::size_t capacity,
                                                     const Wants& wants) const noexcept {
  reading result;
  if (is_overtaken(at)) {
    if (at.is_within_event()) {
      result.kind = reading::cut;
    } else {
      result.kind = reading::overtaken;
      result.missed = ring_.first() - at.next_;
      at = oldest();
    }
    return result;
  }
  detail::piece_list<Piece> list{pieces, capacity, result.count, result.bytes};
  if constexpr (std::is_same_v<Wants, every_topic>) {
    if (at.next_ != ring_.end()) {
      list.put(ring_.bytes_from(at.next_, at.sent_, ring_.left_from(at.next_, at.sent_)));
    }
  } else {
    while (at.next_ != ring_.end() && !is_wanted(at, wants)) ++at.next_;
    for (cursor next = at; next.next_ != ring_.end(); next = cursor(next.next_ + 1)) {
      if (!is_wanted(next, wants)) continue;
      const std::size_t size = ring_.entry_of(next.next_).size - next.sent_;
      if (!list.put(ring_.bytes_from(next.next_, next.sent_, size))) break;
    }
  }
  list.end();
  return result;
}

template <class Wants>
SSEWIRE_DETAIL_WRAPS constexpr void channel::sent(cursor& at, std::size_t bytes,
                                                  const Wants& wants) const noexcept {
  if (bytes == 0) return;
  assert(!is_overtaken(at));
  if constexpr (std::is_same_v<Wants, every_topic>) {
    assert(at.next_ != ring_.end() && bytes <= ring_.left_from(at.next_, at.sent_));
    if (bytes == ring_.left_from(at.next_, at.sent_)) {
      at = newest();
      return;
    }
    const std::size_t behind_first = ring_.distance(ring_.entry_of(at.next_).at) + at.sent_ + bytes;
    at.next_ = ring_.find(behind_first);
    at.sent_ = behind_first - ring_.distance(ring_.entry_of(at.next_).at);
  } else {
    while (bytes != 0) {
      assert(at.next_ != ring_.end());
      const bool wanted = is_wanted(at, wants);
      const std::size_t left = ring_.entry_of(at.next_).size - at.sent_;
      if (wanted && bytes < left) {
        at.sent_ += bytes;
        return;
      }
      if (wanted) bytes -= left;
      at = cursor(at.next_ + 1);
    }
  }
}

template <class Wants>
SSEWIRE_DETAIL_WRAPS constexpr void channel::skip(cursor& at, const Wants& wants) const noexcept {
  if (at.is_within_event()) return;
  if (is_overtaken(at)) at = oldest();
  for (cursor last = newest(); last != at;) {
    --last.next_;
    if (wants(ring_.entry_of(last.next_).topic)) {
      at = last;
      return;
    }
  }
  at = newest();
}

SSEWIRE_DETAIL_WRAPS constexpr std::string_view channel::last_event_id(
    const cursor& at, storage memory) const noexcept {
  if (at.is_within_event()) return {};
  if (is_numbered_) {
    const detail::own_id id(epoch_, at.next_ - 1);
    return detail::copied({id.text(), {}}, memory.data(), memory.size());
  }
  if (is_overtaken(at)) return {};
  for (std::uint64_t number = at.next_; number != ring_.first(); --number) {
    const entry& place = ring_.entry_of(number - 1);
    if (!place.has_id) continue;
    return detail::copied(ring_.bytes_from(number - 1, place.id_at, place.id_size), memory.data(),
                          memory.size());
  }
  return {};
}

}  // namespace sse

#endif
#endif
