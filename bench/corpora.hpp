// SPDX-License-Identifier: MIT
// The streams that are measured, each named after the branch of a parser that it exercises. They
// are the same bytes on every machine: no distribution of the standard library has a part in them.
#ifndef SSEWIRE_BENCH_CORPORA_HPP
#define SSEWIRE_BENCH_CORPORA_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "answer.hpp"

namespace bench {

inline constexpr std::size_t in_cache = std::size_t{256} << 10;
inline constexpr std::size_t out_of_cache = std::size_t{16} << 20;

/// The corpora that count for the score, at every chunk size.
inline constexpr std::array<std::string_view, 7> corpora = {"tokens", "named", "ticks", "multi",
                                                            "large",  "heart", "crlf"};

/// Those that have a point at one chunk size only.
struct special {
  std::string_view name;
  std::size_t chunk;
  std::size_t size;
};
inline constexpr std::array<special, 3> specials = {{
    {"drip", 1, in_cache},                                  // an idle stream
    {"huge", 4, in_cache},                                  // one line, in crumbs
    {"burst", std::size_t{1} << 20, std::size_t{1} << 20},  // tiny events in one chunk
}};

struct corpus {
  std::string text;
  answer expected;
};

namespace detail {

/// splitmix64.
class random {
 public:
  explicit random(std::uint64_t seed) : state_(seed) {}
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(next() % n); }
  std::size_t between(std::size_t low, std::size_t high) { return low + below(high - low + 1); }

  std::string text(std::size_t size, std::string_view letters) {
    std::string result(size, ' ');
    for (char& c : result) c = letters[below(letters.size())];
    return result;
  }
  std::string word() { return text(between(1, 9), "etaoinshrdlucmfwypvbgk"); }
  std::string prose(std::size_t size) {
    std::string result;
    while (result.size() < size) result += word() + ' ';
    result.resize(size);
    result.back() = '.';  // no blank at the end
    return result;
  }

 private:
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }

  std::uint64_t state_;
};

/// Writes a stream, and keeps the book of what a parser should make of it.
class generator {
 public:
  generator(std::string_view name, std::size_t size)
      : name_(name), size_(size), line_end_(name == "crlf" ? "\r\n" : "\n") {
    while (result_.text.size() < size) next_event();
  }
  corpus take() { return std::move(result_); }

 private:
  static constexpr std::string_view alphanumeric =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

  void next_event() {
    // One draw for each statement: compilers differ in what they evaluate first.
    if (name_ == "tokens") {
      const std::string content = random_.word();
      const std::string fingerprint = random_.text(10, "0123456789abcdef");
      data(R"({"id":"chatcmpl-)" + completion_ + R"(","object":"chat.completion.chunk",)" +
           R"("created":1754300000,"model":"gpt-4o-2024-08-06","service_tier":"default",)" +
           R"("system_fingerprint":"fp_)" + fingerprint +
           R"(","choices":[{"index":0,"delta":{"content":" )" + content +
           R"("},"logprobs":null,"finish_reason":null}]})");
    } else if (name_ == "named" || name_ == "crlf") {
      named();
    } else if (name_ == "ticks") {
      tick();
    } else if (name_ == "multi") {
      for (std::size_t lines = random_.between(10, 40); lines != 0; --lines) {
        data(random_.prose(random_.between(40, 80)));
      }
    } else if (name_ == "large") {
      data(random_.text(std::size_t{64} << 10, alphanumeric));
    } else if (name_ == "huge") {
      data(random_.text(size_ - 8, alphanumeric));
    } else if (name_ == "heart") {
      for (std::size_t beats = random_.between(100, 300); beats != 0; --beats) heartbeat("");
      named();
    } else if (name_ == "drip") {
      for (int beat = 0; beat < 10; ++beat) heartbeat(" keep-alive");
      tick();
    } else {  // burst
      data(random_.text(1, alphanumeric));
    }
    end();
  }

  void named() {
    field("event", type_ = "content_block_delta");
    const std::string second = random_.word();
    const std::string first = random_.word();
    data(R"({"type":"content_block_delta","index":0,"delta":{"text":" )" + first + ' ' + second +
         R"("}})");
  }
  void tick() {
    field("id", id_ = std::to_string(++count_));
    const std::size_t cents = random_.between(10, 99);
    const std::size_t whole = random_.between(100, 999);
    data(std::to_string(whole) + '.' + std::to_string(cents));
  }

  void heartbeat(std::string_view text) {
    result_.text.append(":").append(text).append(line_end_).append(line_end_);
  }
  void field(std::string_view name, std::string_view value) {
    result_.text.append(name).append(": ").append(value).append(line_end_);
  }
  void data(const std::string& value) {
    if (has_data_) result_.expected.data("\n");
    has_data_ = true;
    result_.expected.data(value);
    field("data", value);
  }
  void end() {
    result_.text.append(line_end_);
    result_.expected.end(id_, type_);
    type_ = "message";
    has_data_ = false;
  }

  std::string_view name_;
  std::size_t size_;
  std::string_view line_end_;
  random random_{2024};
  const std::string completion_ = random_.text(29, alphanumeric);
  corpus result_;
  std::string id_;
  std::string_view type_ = "message";
  bool has_data_ = false;
  std::size_t count_ = 1'700'000;
};

}  // namespace detail

/// A stream of at least `size` bytes that ends behind an event.
inline corpus make_corpus(std::string_view name, std::size_t size) {
  return detail::generator(name, size).take();
}

}  // namespace bench

#endif
