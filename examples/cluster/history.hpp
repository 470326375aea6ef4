// SPDX-License-Identifier: MIT
// What Redis has of a stream, in pages; and what it has no longer, which it does not say by itself.
#ifndef SSEWIRE_EXAMPLES_HISTORY_HPP
#define SSEWIRE_EXAMPLES_HISTORY_HPP

#include <hiredis/hiredis.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <sse/event.hpp>
#include <sse/writer.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "fan_out.hpp"
#include "position.hpp"
#include "redis.hpp"

namespace cluster {

/// An entry of a stream. The data of one of another program, which has no field `data`, are the
/// JSON of its fields.
struct entry {
  place at;
  std::string type, data;
  bool is_too_large = false;

  sse::event event(const std::string& stream) const {
    return sse::event(type.empty() ? stream : type, data);
  }
};

inline std::string to_text(const nlohmann::json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// Whether an event may have that type: that of a gap is the node's own.
inline bool is_valid_type(std::string_view type) {
  return type != "gap" && type.find_first_of("\r\n") == type.npos;
}

/// A page as the script gives it. The reply has to outlive it.
class page {
 public:
  explicit page(const redisReply& reply) : reply_(reply) {
    if (number(5) != 0) first = from_redis(part(1), number(4) - number(5) + 1);
    is_all = number(6) != 0;
    last = from_redis(part(2), number(4));
    deleted = from_redis(part(3));
  }

  std::string_view epoch() const { return part(0); }
  std::size_t size() const { return reply_.element[7]->elements; }
  entry operator[](std::size_t i) const {
    const redisReply& pair = *reply_.element[7]->element[i];
    entry result;
    result.at = from_redis(text(pair.element[0]));
    const redisReply& fields = *pair.element[1];
    result.is_too_large = fields.type == REDIS_REPLY_INTEGER;
    bool has_data = false;
    for (std::size_t field = 0; field + 1 < fields.elements; field += 2) {
      const auto name = text(fields.element[field]), value = text(fields.element[field + 1]);
      if (name == "data") result.data = value, has_data = true;
      if (name == "type" && is_valid_type(value)) result.type = value;
    }
    if (!has_data && !result.is_too_large) result.data = to_json(fields);
    return result;
  }

  std::optional<place>
      first;            // entry that is there; its number holds if none was deleted behind it
  place last, deleted;  // the newest ID that was given, and the greatest that was deleted
  bool is_all = false;  // the page ends where the stream does

 private:
  static std::string to_json(const redisReply& fields) {
    auto json = nlohmann::json::object();
    for (std::size_t i = 0; i + 1 < fields.elements; i += 2) {
      json[std::string(text(fields.element[i]))] = text(fields.element[i + 1]);
    }
    return to_text(json);
  }
  std::string_view part(std::size_t i) const { return text(reply_.element[i]); }
  std::uint64_t number(std::size_t i) const {
    return static_cast<std::uint64_t>(reply_.element[i]->integer);
  }

  const redisReply& reply_;
};

/// Entries that somebody who reads a stream does not get.
struct gap {
  reason why;
  place after;                          // where the reader was
  std::optional<place> before;          // the first entry behind it
  std::optional<std::uint64_t> missed;  // if it is known how many
};

/// What somebody has to do with a page.
struct errand {
  const std::string& stream;
  std::size_t largest;          // event
  const place* kept = nullptr;  // from there on events are had without Redis: who falls behind
  const place* kept_first = nullptr;  // what Redis has goes on there. The first one of these
};

/// Goes on through a page from a place: `tell(gap)` hears of what is missing, and `give(event)`
/// gets what is there, each when the place is at it.
template <class Tell, class Give>
void walk(const page& found, whereabouts& reader, const errand& its, const Tell& tell,
          const Give& give) {
  place& at = reader.at;
  const place *const kept = its.kept, *const kept_first = its.kept_first;
  const place end = found.first ? in_front_of(*found.first) : found.last;
  const bool is_counted = !found.first || found.deleted < *found.first;
  const auto lose = [&](reason why, const place& behind, const std::optional<place>& before,
                        std::optional<std::uint64_t> missed) {
    const gap what{why, at, before, missed};
    at = behind;
    tell(what);
  };

  if (reader.lost == reason::none && found.last < at) {
    // Of the future: so the page has nothing for it.
    return lose(reason::unknown, end, found.first, std::nullopt);
  }
  if (reader.lost != reason::none) {
    lose(reader.lost, end, found.first, std::nullopt);
    reader.lost = reason::none;
  } else if (at < end && !(is_counted && end.number <= at.number)) {
    const bool is_kept = kept != nullptr && *kept < end && at < *kept;
    const place behind = is_kept ? *kept : end;
    std::optional<std::uint64_t> missed;
    if ((is_kept || is_counted) && behind.number > at.number) missed = behind.number - at.number;
    const auto before = is_kept && kept_first != nullptr ? std::optional(*kept_first) : found.first;
    lose(at < found.deleted && found.deleted <= end ? reason::deleted : reason::trimmed, behind,
         before, missed);
    if (is_kept) return;
  }

  for (std::size_t i = 0; i < found.size(); ++i) {
    entry next = found[i];
    const sse::event e = next.event(its.stream);
    if (next.at <= at) continue;
    // Counted from the end, which is exact; or on from where it was, as long as none was deleted.
    next.at.number = found.is_all && found.deleted < next.at
                         ? found.last.number - (found.size() - 1 - i)
                         : at.number + 1;
    if (at < found.deleted && found.deleted < next.at) {
      place behind = found.deleted;
      behind.number = next.at.number - 1;
      std::optional<std::uint64_t> missed;
      if (found.is_all && behind.number > at.number) missed = behind.number - at.number;
      lose(reason::deleted, behind, next.at, missed);
    }
    if (next.is_too_large || sse::encoded_size(e) > its.largest) {
      lose(reason::too_large, next.at, std::nullopt, 1);
    } else {
      at = next.at;
      give(e);
    }
  }
  if (!found.is_all) return;
  if (at < found.deleted) {
    const bool is_known = found.last.number > at.number;
    lose(reason::deleted, found.last, std::nullopt,
         is_known ? std::optional(found.last.number - at.number) : std::nullopt);
  }
  at = found.last;
}

/// The data of the event `gap`. `asked` is the ID that somebody came with who is lost.
inline std::string describe(const gap& what, const fan_out& from, std::size_t stream,
                            const std::string& asked) {
  nlohmann::json json = {{"stream", from.names()[stream]},
                         {"after", asked.empty() ? from.text(stream, what.after) : asked},
                         {"before", nullptr},
                         {"missed", nullptr},
                         {"reason", reason_names[static_cast<std::size_t>(what.why)]}};
  if (what.before) json["before"] = from.text(stream, *what.before);
  if (what.missed) json["missed"] = *what.missed;
  return to_text(json);
}

}  // namespace cluster

#endif
