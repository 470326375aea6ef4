// SPDX-License-Identifier: MIT
// The newest events of all streams of a node, encoded once, and which places of the streams they
// are at: so a client that comes with an ID of any node finds its place here.
#ifndef SSEWIRE_EXAMPLES_FAN_OUT_HPP
#define SSEWIRE_EXAMPLES_FAN_OUT_HPP

#include <sys/uio.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <sse/channel.hpp>
#include <sse/growing_parser.hpp>
#include <sse/owned_event.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "position.hpp"

namespace cluster {

/// Why a client has not got what it asked for.
enum class reason { none, trimmed, deleted, epoch, unknown, too_large };
inline constexpr const char* reason_names[] = {"none",  "trimmed", "deleted",
                                               "epoch", "unknown", "too_large"};

/// Where a client is in a stream.
struct whereabouts {
  place at;
  reason lost = reason::none;  // it has yet to be told that, and is at no place
  std::string asked;           // the ID that it came with, if it is lost
  std::size_t life = 0;        // of the stream, that the place is in
  bool is_checked = false;     // Redis knows the place, though this node may not yet
};

class fan_out {
 public:
  fan_out(const std::vector<std::string>& names, std::size_t bytes)
      : names_(names),
        streams_(names.size()),
        bytes_(bytes),
        entries_(bytes / 128),
        channel_(bytes_, entries_) {}

  const sse::channel& channel() const { return channel_; }
  const std::vector<std::string>& names() const { return names_; }
  std::size_t size() const { return bytes_.size(); }
  /// The largest event: so one cannot drive out all that came before it.
  std::size_t largest() const { return bytes_.size() / 4; }

  // ---- What is known of a stream

  /// Which life of the stream it is, as far as this node knows: 0 if it has not been seen.
  std::size_t life(std::size_t stream) const { return streams_[stream].epochs.size(); }
  bool has_begun(std::size_t stream) const { return life(stream) != 0; }
  std::string epoch(std::size_t stream) const {
    return has_begun(stream) ? streams_[stream].epochs.back() : std::string();
  }
  const place& newest(std::size_t stream) const { return streams_[stream].newest; }
  /// From which place on all events are here.
  place oldest(std::size_t stream) const {
    const its& one = streams_[stream];
    const auto first = first_in_ring(one);
    return first == one.there.begin() ? one.base : std::prev(first)->at;
  }
  /// The first event behind a place, if it is here.
  const place* behind(std::size_t stream, const place& at) const {
    const auto found = first_behind(streams_[stream], at);
    return found == streams_[stream].there.end() ? nullptr : &found->at;
  }
  std::string text(std::size_t stream, const place& at) const {
    return text(stream, at, life(stream));
  }
  std::string text(std::size_t stream, const place& at, std::size_t life) const {
    return write({streams_[stream].epochs[life - 1], at});
  }
  /// How many events were published: of all streams, of those of a set, in front of a number.
  std::uint64_t published() const { return end_; }
  std::uint64_t published(std::uint64_t set) const {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; set >> i != 0; ++i) sum += (set >> i & 1) * streams_[i].published;
    return sum;
  }
  std::uint64_t published_before(std::uint64_t number, std::uint64_t set) const {
    std::uint64_t sum = published(set);
    for (std::size_t i = 0; set >> i != 0; ++i) {
      const its& one = streams_[i];
      const auto behind = one.there.end() - first_from(one, number);
      sum -= (set >> i & 1) * static_cast<std::uint64_t>(behind);
    }
    return sum;
  }

  /// The ID of an event of a stream, for a client that is at these places in the streams of its
  /// set; in the others it goes on from where the node is.
  std::string id(std::size_t stream, const std::vector<whereabouts>& at, std::uint64_t set) const {
    const auto part = [&](std::size_t i) {
      return (set >> i & 1) != 0 ? text(i, at[i].at) : streams_[i].text;
    };
    return joined(stream, part);
  }

  // ---- Who publishes

  /// A stream begins another life, with that epoch, and has been read up to there.
  void begin(std::size_t stream, std::string epoch, const place& at) {
    its& one = streams_[stream];
    one.there.clear();
    one.epochs.push_back(std::move(epoch));
    one.base = one.newest = at;
    one.text = text(stream, at);
    one.began = end_;
  }

  /// Publishes an event of the stream; the place is that of its entry, or behind a gap.
  sse::channel::status publish(std::size_t stream, const sse::event& e, const place& at) {
    its& one = streams_[stream];
    one.text = text(stream, at);
    const std::string id = joined(stream, [&](std::size_t i) { return streams_[i].text; });
    const sse::cursor before = channel_.newest();
    const auto status = channel_.publish(e.with_id(id), stream);
    if (status == sse::channel::status::ok) {
      one.newest = at;
      ++one.published;
      news_.streams |= std::uint64_t{1} << stream;
      one.there.push_back({at, end_++});
      cursors_.push_back(before);
      forget();
    } else {
      one.text = text(stream, one.newest);
    }
    return status;
  }

  // ---- Who follows

  /// Events that not all have been given yet: from where on, and of which streams.
  struct news {
    sse::cursor from;
    std::uint64_t streams = 0;
  };
  const news& latest() const { return news_; }
  void settle() { news_ = {channel_.newest(), 0}; }

  /// How a client gets on from places in the streams of its set.
  struct way {
    enum kind {
      live,     // all that it lacks is in the channel, from `where` on
      mixed,    // this node has read the streams in another order: of what comes before what it has
                // in one stream, it lacks some in another. `number` of `stream` is the next
      away,     // it lacks entries of `stream` that are not here any more
      further,  // in `stream` it is further than this node
    } what = live;
    std::size_t stream = 0;
    sse::cursor where;
    std::uint64_t number = 0;  // of the event at `where`
  };
  way find(const std::vector<whereabouts>& at, std::uint64_t set) const {
    way result;
    std::uint64_t from = first(), to = end_;
    std::size_t of_next = 0;
    for (std::size_t i = 0; i < streams_.size(); ++i) {
      if ((set >> i & 1) == 0) continue;
      const its& one = streams_[i];
      result.stream = i;
      result.what = way::away;
      if (at[i].lost != reason::none || at[i].at < one.base) return result;
      result.what = way::further;
      if (one.newest < at[i].at) return result;
      const auto next = first_behind(one, at[i].at);
      result.what = way::away;
      if (next != one.there.end() && next->number < first()) return result;
      // Behind what it has, and in front of what it lacks.
      if (next != one.there.begin()) from = std::max(from, std::prev(next)->number + 1);
      if (next != one.there.end() && next->number < to) {
        to = next->number;
        of_next = i;
      }
    }
    result.what = from <= to ? way::live : way::mixed;
    result.number = from <= to ? from : to;
    result.stream = of_next;
    result.where = cursor(result.number);
    return result;
  }

  /// The event in front of which that is.
  sse::owned_event event(sse::cursor where) const {
    iovec pieces[2];
    const auto found = channel_.read(where, pieces, 2);
    sse::growing_parser parser;
    for (std::size_t i = 0; i < found.count; ++i) {
      const string_view bytes(static_cast<const char*>(pieces[i].iov_base), pieces[i].iov_len);
      for (const auto& e : parser.events(bytes)) return sse::owned_event(e);
    }
    return {};
  }

  /// Where a client was that has been overtaken, and has missed so many; false if that is not known
  /// any more.
  bool find_overtaken(std::uint64_t missed, std::vector<whereabouts>& at) const {
    const std::uint64_t number = first() - missed;
    if (number < end_ - cursors_.size()) return false;
    at.assign(streams_.size(), {});
    for (std::size_t i = 0; i < streams_.size(); ++i) {
      const its& one = streams_[i];
      const auto next = std::partition_point(one.there.begin(), one.there.end(),
                                             [&](const entry& e) { return e.number < number; });
      // Between two lives of a stream nobody can tell.
      if (next == one.there.begin() && one.began > number) return false;
      at[i].at = next == one.there.begin() ? one.base : std::prev(next)->at;
      at[i].life = life(i);
    }
    return true;
  }

 private:
  struct entry {
    place at;
    std::uint64_t number;  // among all events of the node
  };
  struct its {
    std::vector<std::string> epochs;
    std::string text;                        // the newest place as text
    place base, newest;                      // `there` has all that came behind the base
    std::uint64_t began = 0, published = 0;  // the number of the first event of this life
    std::deque<entry> there;
  };
  using entries = std::deque<entry>;

  std::uint64_t first() const { return end_ - channel_.count(); }
  sse::cursor cursor(std::uint64_t number) const {
    return number == end_ ? channel_.newest()
                          : cursors_[static_cast<std::size_t>(number - (end_ - cursors_.size()))];
  }
  static entries::const_iterator first_from(const its& one, std::uint64_t number) {
    return std::partition_point(one.there.begin(), one.there.end(),
                                [&](const entry& e) { return e.number < number; });
  }
  entries::const_iterator first_in_ring(const its& one) const { return first_from(one, first()); }
  static entries::const_iterator first_behind(const its& one, const place& at) {
    return std::upper_bound(one.there.begin(), one.there.end(), at,
                            [](const place& a, const entry& e) { return a < e.at; });
  }

  /// The parts of an ID, that of the stream in front.
  template <class Part>
  std::string joined(std::size_t stream, const Part& part) const {
    std::string id = part(stream);
    for (std::size_t i = 0; i < streams_.size(); ++i) {
      if (i != stream && has_begun(i)) id.append(1, '.').append(part(i));
    }
    return id;
  }

  /// Places are kept for longer than events: who is overtaken goes on from one.
  void forget() {
    while (cursors_.size() > entries_.size()) cursors_.pop_front();
    for (its& one : streams_) {
      while (!one.there.empty() && one.there.front().number < end_ - cursors_.size()) {
        one.base = one.there.front().at;
        one.there.pop_front();
      }
    }
  }

  const std::vector<std::string> names_;
  std::vector<its> streams_;
  std::vector<char> bytes_;
  std::vector<sse::channel::entry> entries_;
  sse::channel channel_;
  news news_{channel_.newest(), 0};
  std::uint64_t end_ = 0;            // the number of the next event
  std::deque<sse::cursor> cursors_;  // in front of the newest events
};

}  // namespace cluster

#endif
