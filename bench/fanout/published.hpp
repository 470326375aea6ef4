// SPDX-License-Identifier: MIT
// The events of the soak: each is made from its number, so that each byte of it can be checked
// whenever it comes, and none has to be kept.
#ifndef SSEWIRE_BENCH_PUBLISHED_HPP
#define SSEWIRE_BENCH_PUBLISHED_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

class published {
 public:
  /// `capacity` is that of the server's ring: so it is known which events it must have.
  explicit published(std::size_t capacity) : capacity_(capacity), filling_(1 << 18, ' ') {
    std::mt19937 random(1);
    for (char& byte : filling_) {
      byte = static_cast<char>(random());
      if (byte == '\r') byte = 'r';  // it would arrive as LF
    }
  }

  /// What IDs begin with; known when the first event was published.
  std::string prefix = {};

  std::string id(std::uint64_t number) const { return prefix + std::to_string(number); }

  static std::string_view type(std::uint64_t number) { return number % 3 == 0 ? "note" : ""; }

  /// Most are short, some as long as the server takes; those end lines at any place.
  std::string data(std::uint64_t number) const {
    const std::uint64_t mixed = (number + 1) * 0x9e3779b97f4a7c15U >> 20U;
    const std::size_t most = number % 500 == 499 ? 60'000 : number % 50 == 49 ? 8'000 : 400;
    return std::to_string(number) + filling_.substr(mixed % 131'072, mixed / 131'072 % most);
  }

  /// Its bytes on the wire, as the standard has it. They hold until the next call.
  std::string_view wire(std::uint64_t number) {
    auto& [of, bytes] = made_[number % made_.size()];
    if (of == number) return bytes;
    of = number;
    bytes = type(number).empty() ? "" : "event: " + std::string(type(number)) + '\n';
    bytes += "id: " + id(number) + "\ndata: ";
    for (const char byte : data(number)) {
      bytes += byte;
      if (byte == '\n') bytes += "data: ";
    }
    bytes += "\n\n";
    return bytes;
  }

  /// The next event is on its way to the server. It evicts others there when it has come, at the
  /// latest when it is answered.
  void send() {
    const std::size_t size = wire(++sent_).size();
    kept_.push_back(size);
    bytes_ += size;
    while (bytes_ > capacity_) {
      bytes_ -= kept_.front();
      kept_.pop_front();
    }
    under_way_.push_back(first_if_all_came());
  }
  void answered() {
    ++answered_;
    first_ = under_way_.front();
    under_way_.pop_front();
  }

  /// So many are there for sure, and perhaps.
  std::uint64_t at_least() const { return answered_; }
  std::uint64_t at_most() const { return sent_; }

  /// The oldest that the server has, if what is under way has not come, or has.
  std::uint64_t first_if_none_came() const { return first_; }
  std::uint64_t first_if_all_came() const { return sent_ + 1 - kept_.size(); }

 private:
  const std::size_t capacity_;
  std::string filling_;
  std::vector<std::pair<std::uint64_t, std::string>> made_{8192, {~std::uint64_t{0}, {}}};
  std::uint64_t sent_ = 0, answered_ = 0, first_ = 1;
  std::deque<std::size_t> kept_ = {};  // their sizes
  std::size_t bytes_ = 0;
  std::deque<std::uint64_t> under_way_ = {};
};

#endif
