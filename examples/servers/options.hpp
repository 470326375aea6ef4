// SPDX-License-Identifier: MIT
// What a server is told on its command line: [PORT [--NAME VALUE]...]
#ifndef SSEWIRE_EXAMPLES_OPTIONS_HPP
#define SSEWIRE_EXAMPLES_OPTIONS_HPP

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

class options {
 public:
  options(int argc, char** argv) : words_(argv + 1, argv + argc) {}

  std::uint16_t port() const {  // 0 is any free one
    return words_.empty() ? 8080 : static_cast<std::uint16_t>(std::atoi(words_[0]));
  }
  /// All values that are given for a name.
  std::vector<std::string_view> all(std::string_view name) const {
    std::vector<std::string_view> values;
    for (std::size_t i = 1; i + 1 < words_.size(); i += 2) {
      if (words_[i] == name) values.push_back(words_[i + 1]);
    }
    return values;
  }
  std::string_view text(std::string_view name, std::string_view otherwise = "") const {
    const auto values = all(name);
    return values.empty() ? otherwise : values.back();
  }
  /// What is beyond the bounds is taken for the nearer one.
  unsigned number(std::string_view name, unsigned otherwise, unsigned least = 1,
                  unsigned most = ~0U) const {
    const std::string_view value = text(name);
    if (value.empty()) return otherwise;
    const unsigned long long given = std::strtoull(value.data(), nullptr, 10);
    return static_cast<unsigned>(std::clamp<unsigned long long>(given, least, most));
  }

 private:
  const std::vector<const char*> words_;
};

/// What is common to servers of streams. Times are in seconds.
struct limits {
  explicit limits(const options& given)
      : most(given.number("--most", 10'000)),
        heartbeat(given.number("--heartbeat", 15)),
        life(given.number("--life", 3'600, 1, 1U << 30)),  // so that no sum of times wraps
        origins(given.all("--origin")) {}

  /// After which a stream is ended, for a proxy need not tell that its client is gone: clients that
  /// are there come again. They do not do so all at once.
  unsigned some_life() const { return life - static_cast<unsigned>(std::rand()) % (life / 4 + 1); }

  unsigned most, heartbeat, life;         // `most` streams
  std::vector<std::string_view> origins;  // whose pages may follow
};

#endif
