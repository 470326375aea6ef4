// SPDX-License-Identifier: MIT
// Each public call of sse::channel in a function of its own: see every_call.cpp.
#include <sse/channel.hpp>

#include "emitted.hpp"

namespace calls {

using channel = sse::channel;
using cursor = sse::cursor;
// Of a channel that cannot be moved, what it is made with is made, in place.
struct lent_channel {
  channel it;
};
EMITTED lent_channel make_channel(sse::storage bytes, channel::entries entries) {
  return {{bytes, entries}};
}
EMITTED lent_channel make_channel(sse::storage bytes, channel::entries entries, std::uint64_t epoch,
                                  std::uint64_t first) {
  return {{bytes, entries, epoch, first}};
}
EMITTED auto publish(channel& c, const sse::event& e, std::uint64_t topic) {
  return c.publish(e, topic);
}
EMITTED auto publish(channel& c, text data) { return c.publish(data); }
EMITTED auto publish(channel& c, text type, text data) { return c.publish(type, data); }
EMITTED auto resume(const channel& c, text id) { return c.resume(id); }
EMITTED cursor oldest(const channel& c) { return c.oldest(); }
EMITTED cursor newest(const channel& c) { return c.newest(); }
EMITTED auto read(const channel& c, cursor& at, piece* pieces, std::size_t size) {
  return c.read(at, pieces, size);
}
EMITTED void sent(const channel& c, cursor& at, std::size_t bytes) { c.sent(at, bytes); }
EMITTED void skip(const channel& c, cursor& at) { c.skip(at); }
EMITTED text last_event_id(const channel& c, const cursor& at, sse::storage memory) {
  return c.last_event_id(at, memory);
}
EMITTED std::uint64_t count(const channel& c) { return c.count(); }
EMITTED bool is_within_event(const cursor& at) { return at.is_within_event(); }
EMITTED bool equal(const cursor& a, const cursor& b) { return a == b; }
EMITTED bool unequal(const cursor& a, const cursor& b) { return a != b; }

// The same of a follower of one topic.
struct topic {
  std::uint64_t number;
  constexpr bool operator()(std::uint64_t other) const noexcept { return number == other; }
};
EMITTED auto read(const channel& c, cursor& at, piece* pieces, std::size_t size, topic wanted) {
  return c.read(at, pieces, size, wanted);
}
EMITTED void sent(const channel& c, cursor& at, std::size_t bytes, topic wanted) {
  c.sent(at, bytes, wanted);
}
EMITTED void skip(const channel& c, cursor& at, topic wanted) { c.skip(at, wanted); }

}  // namespace calls
