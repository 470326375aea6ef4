// SPDX-License-Identifier: MIT
// Bytes of a ring, as pieces of memory.
#ifndef SSEWIRE_DETAIL_STRETCH_HPP
#define SSEWIRE_DETAIL_STRETCH_HPP

#include <cstddef>
#include <string_view>

#include "../bytes.hpp"

namespace sse::detail {

/// Bytes that follow each other: in two parts where they go beyond the end of a ring.
struct stretch {
  std::string_view first;
  std::string_view second;
};

constexpr std::string_view last(std::string_view text, std::size_t size) noexcept {
  text.remove_prefix(text.size() - size);
  return text;
}

/// A copy of it; nothing if it does not fit.
constexpr std::string_view copied(const stretch& bytes, char* to, std::size_t capacity) noexcept {
  const std::size_t size = bytes.first.size() + bytes.second.size();
  if (size > capacity) return {};
  copy_bytes(to, bytes.first.data(), bytes.first.size());
  copy_bytes(to + bytes.first.size(), bytes.second.data(), bytes.second.size());
  return {to, size};
}

/// A list of pieces that grows up to a capacity; what follows the last one in memory becomes a part
/// of it.
template <class Piece>
class piece_list {
 public:
  constexpr piece_list(Piece* pieces, std::size_t capacity, std::size_t& count,
                       std::size_t& bytes) noexcept
      : pieces_(pieces), capacity_(capacity), count_(count), bytes_(bytes) {}

  /// False if there is no room for more.
  constexpr bool put(const stretch& bytes) noexcept {
    return put(bytes.first) && put(bytes.second);
  }

  /// Notes the last one.
  constexpr void end() noexcept {
    if (open_.empty()) return;
    // Types made for reading and writing alike, as iovec, have no const in them.
    pieces_[count_++] = Piece{const_cast<char*>(open_.data()), open_.size()};
    open_ = {};
  }

 private:
  constexpr bool put(std::string_view text) noexcept {
    if (text.empty()) return true;
    if (open_.empty() || open_.data() + open_.size() != text.data()) {
      end();
      if (count_ == capacity_) return false;
      open_ = {text.data(), 0};
    }
    open_ = {open_.data(), open_.size() + text.size()};
    bytes_ += text.size();
    return true;
  }

  Piece* pieces_;
  std::size_t capacity_;
  std::size_t& count_;
  std::size_t& bytes_;
  std::string_view open_;
};

}  // namespace sse::detail

#endif
