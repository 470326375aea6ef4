// SPDX-License-Identifier: MIT
// What sse::channel promises, told by a list of all that was ever published: made from the public
// contract, and of nothing that the channel is made of.
#ifndef SSEWIRE_TESTS_CHANNEL_MODEL_HPP
#define SSEWIRE_TESTS_CHANNEL_MODEL_HPP

#include <cinttypes>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <sse/channel.hpp>
#include <sse/writer.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace channel_model {

using status = sse::channel::status;
using ordinal = std::uint64_t;  // of an event: how many were published before it

struct settings {
  std::size_t bytes = 0;
  std::size_t entries = 0;
  bool is_numbered = false;
  std::uint64_t epoch = 0;
  std::uint64_t first = 1;  // the number of the event 0
};

// The topics that a follower wants, a bit for each.
struct wanted_topics {
  constexpr bool operator()(std::uint64_t topic) const noexcept { return (mask >> topic & 1) != 0; }
  std::uint64_t mask = ~std::uint64_t{};
};

struct place {
  ordinal next = 0;
  std::size_t sent = 0;
};
inline bool operator==(const place& a, const place& b) {
  return a.next == b.next && a.sent == b.sent;
}

struct published {
  std::string bytes;
  std::optional<std::string> id;
  std::uint64_t topic = 0;
};

class model {
 public:
  explicit model(const settings& how) : how_(how) {}

  const settings& how() const { return how_; }
  ordinal oldest() const { return oldest_; }
  ordinal end() const { return all_.size(); }
  const published& operator[](ordinal i) const { return all_[static_cast<std::size_t>(i)]; }

  std::string own_id(ordinal i) const { return spelled(how_.epoch, how_.first + i); }

  status publish(const sse::event& e, std::uint64_t topic) {
    if (how_.is_numbered && e.id) return status::invalid_id;
    std::optional<std::string> id;
    if (e.id) id = *e.id;
    if (how_.is_numbered) id = own_id(end());
    const sse::event whole = id ? e.with_id(*id) : e;
    const std::size_t size = sse::encoded_size(whole);
    std::string bytes;
    if (size == 0) return sse::append(bytes, whole);
    if (size > how_.bytes || how_.entries == 0) return status::no_space;
    while (used_ + size > how_.bytes || end() - oldest_ == how_.entries) {
      used_ -= (*this)[oldest_++].bytes.size();
    }
    used_ += size;
    static_cast<void>(sse::append(bytes, whole));
    all_.push_back({bytes, id, topic});
    return status::ok;
  }

  // Takes the last one back: `before` is the oldest of then.
  void unpublish(ordinal before) {
    used_ -= all_.back().bytes.size();
    all_.pop_back();
    while (oldest_ != before) used_ += (*this)[--oldest_].bytes.size();
  }

  // ---- Followers

  sse::reading::outcome read(place& at, const wanted_topics& wants, std::string& bytes,
                          std::uint64_t& missed) const {
    bytes.clear();
    missed = 0;
    if (at.next < oldest_) {
      if (at.sent != 0) return sse::reading::cut;
      missed = oldest_ - at.next;
      at.next = oldest_;
      return sse::reading::overtaken;
    }
    pass_over(at, wants);
    std::size_t from = at.sent;
    for (ordinal i = at.next; i < end(); ++i) {
      if (!wants((*this)[i].topic)) continue;
      bytes.append((*this)[i].bytes, from, std::string::npos);
      from = 0;
    }
    return sse::reading::ok;
  }

  void sent(place& at, std::size_t bytes, const wanted_topics& wants) const {
    while (bytes != 0) {
      pass_over(at, wants);
      const std::size_t rest = (*this)[at.next].bytes.size() - at.sent;
      if (bytes < rest) {
        at.sent += bytes;
        return;
      }
      bytes -= rest;
      at = {at.next + 1, 0};
    }
  }

  void skip(place& at, const wanted_topics& wants) const {
    if (at.sent != 0) return;
    for (ordinal i = end(); i > at.next && i > oldest_; --i) {
      if (wants((*this)[i - 1].topic)) {
        at.next = i - 1;
        return;
      }
    }
    at.next = end();
  }

  // ---- IDs

  sse::resumed::outcome resume(std::string_view id, place& where, std::uint64_t& missed) const {
    using kind = sse::resumed::outcome;
    where = {end(), 0};
    missed = 0;
    if (id.empty()) return kind::live;
    if (const auto behind = how_.is_numbered ? behind_number(id, missed) : behind_id(id)) {
      where.next = *behind;
      return *behind == end() ? kind::live : kind::replay;
    }
    where.next = oldest_;
    const bool is_evicted = how_.is_numbered && missed != 0;
    return is_evicted ? kind::evicted : kind::unknown;
  }

  std::string last_event_id(const place& at) const {
    if (at.sent != 0) return {};
    if (how_.is_numbered) return own_id(at.next - 1);
    for (ordinal i = at.next; i > oldest_; --i) {
      if ((*this)[i - 1].id) return *(*this)[i - 1].id;
    }
    return {};
  }

 private:
  static std::string spelled(std::uint64_t epoch, std::uint64_t number) {
    char text[64];
    std::snprintf(text, sizeof text, "%" PRIx64 "-%" PRIu64, epoch, number);
    return text;
  }

  void pass_over(place& at, const wanted_topics& wants) const {
    while (at.next < end() && !wants((*this)[at.next].topic)) ++at.next;
  }

  std::optional<ordinal> behind_number(std::string_view id, std::uint64_t& missed) const {
    const std::size_t dash = id.find('-');
    if (dash == id.npos) return std::nullopt;
    const std::string digits(id.substr(dash + 1));
    const std::uint64_t number = std::strtoull(digits.c_str(), nullptr, 10);
    if (spelled(how_.epoch, number) != id) return std::nullopt;
    const ordinal behind = number + 1 - how_.first;
    if (behind >= oldest_ && behind <= end()) return behind;
    // Numbers go round, so half of them are before, and half are still to come.
    const std::uint64_t before = oldest_ - behind;
    if (before >> 63 == 0) missed = before;
    return std::nullopt;
  }

  std::optional<ordinal> behind_id(std::string_view id) const {
    for (ordinal i = end(); i > oldest_; --i) {
      if ((*this)[i - 1].id == id) return i;
    }
    return std::nullopt;
  }

  settings how_;
  std::vector<published> all_;
  ordinal oldest_ = 0;
  std::size_t used_ = 0;
};

}  // namespace channel_model

#endif
