// SPDX-License-Identifier: MIT
// Where a client is in the streams of a node, and the ID that says so.
//
// A place in a stream is the ID of an entry, and how many were ever added up to it: by that number
// a node knows how many a client has missed, long after Redis has forgotten them. With the stream's
// epoch it is written as EPOCH-MS-SEQ-NUMBER, in base 36. The ID of an event has that of its own
// entry first, and behind dots those of the node's other streams: so one ID resumes all of them,
// on a node that has read them in another order too.
#ifndef SSEWIRE_EXAMPLES_POSITION_HPP
#define SSEWIRE_EXAMPLES_POSITION_HPP

#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace cluster {

using std::string_view;

/// A place in a stream: at an entry, or between two.
struct place {
  std::uint64_t ms = 0, seq = 0;
  std::uint64_t number = 0;  // of entries that were added up to there

  friend bool operator<(const place& a, const place& b) {
    return std::tie(a.ms, a.seq) < std::tie(b.ms, b.seq);
  }
  friend bool operator==(const place& a, const place& b) { return !(a < b) && !(b < a); }
  friend bool operator<=(const place& a, const place& b) { return !(b < a); }
};

/// The place directly in front of an entry.
inline place in_front_of(const place& entry) {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  place result = entry;
  result.number -= result.number == 0 ? 0 : 1;
  if (result.seq-- == 0) {
    result.seq = most;
    --result.ms;
  }
  return result;
}

/// Takes what is in front of a separator, or all; false if that is no number.
inline bool take_number(string_view& text, char separator, int base, std::uint64_t& number) {
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number, base);
  if (error != std::errc() || (rest != end && *rest != separator)) return false;
  text.remove_prefix(static_cast<std::size_t>(rest - text.data()) + (rest != end ? 1 : 0));
  return true;
}

/// An ID as Redis writes it.
inline std::string redis_id(const place& at) {
  return std::to_string(at.ms) + '-' + std::to_string(at.seq);
}
inline place from_redis(string_view id, std::uint64_t number = 0) {
  place at;
  if (!take_number(id, '-', 10, at.ms) || !take_number(id, '-', 10, at.seq)) return {};
  at.number = number;
  return at;
}

/// A place in a life of a stream.
struct position {
  string_view epoch;
  place at;
};

inline std::string write(const position& what) {
  char digits[3 * 14];
  char* end = digits;
  for (const std::uint64_t number : {what.at.ms, what.at.seq, what.at.number}) {
    *end++ = '-';
    end = std::to_chars(end, digits + sizeof digits, number, 36).ptr;
  }
  return std::string(what.epoch).append(digits, end);
}

/// The positions of which an ID is made, the event's own first. Nothing if it is none of ours.
inline std::optional<std::vector<position>> read_id(string_view id) {
  std::vector<position> found;
  for (bool goes_on = true; goes_on;) {
    const std::size_t end = id.find('.');
    goes_on = end != id.npos;
    string_view text = id.substr(0, end);
    id.remove_prefix(goes_on ? end + 1 : id.size());

    position one;
    one.epoch = text.substr(0, text.find('-'));
    if (one.epoch.empty() || one.epoch.size() == text.size()) return std::nullopt;
    text.remove_prefix(one.epoch.size() + 1);
    for (std::uint64_t* number : {&one.at.ms, &one.at.seq, &one.at.number}) {
      if (text.empty() || !take_number(text, '-', 36, *number)) return std::nullopt;
    }
    if (!text.empty()) return std::nullopt;
    found.push_back(one);
  }
  return found;
}

// ---- Epochs

/// What the epochs of a stream begin with, so that an ID of an earlier life of a stream can be told
/// from one of another stream.
inline std::string family(string_view stream) {
  std::uint32_t hash = 2'166'136'261;  // FNV-1a
  for (const char c : stream) hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619;
  std::string text = "000";
  for (char& digit : text) {
    digit = "0123456789abcdefghijklmnopqrstuvwxyz"[hash % 36];
    hash /= 36;
  }
  return text;
}

/// Another one for each life of a stream.
inline std::string make_epoch(string_view stream) {
  static std::mt19937_64 chance(std::random_device{}());
  std::string text = family(stream);
  for (int i = 0; i < 6; ++i) text += "0123456789abcdefghijklmnopqrstuvwxyz"[chance() % 36];
  return text;
}

}  // namespace cluster

#endif
