// SPDX-License-Identifier: MIT
// What a fuzzer makes up: a text, and choices about it. The text comes first, so that the streams
// of a corpus look like streams; the last byte is the number of the choices in front of it.
#ifndef SSEWIRE_TESTS_FUZZ_INPUT_HPP
#define SSEWIRE_TESTS_FUZZ_INPUT_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace fuzz {

class input {
 public:
  input(const std::uint8_t* bytes, std::size_t size)
      : text_(static_cast<const char*>(static_cast<const void*>(bytes)), size) {
    if (size == 0) return;
    const std::size_t count = std::min<std::size_t>(bytes[size - 1], size - 1);
    choices_ = text_.substr(size - 1 - count, count);
    text_.remove_suffix(count + 1);
  }

  std::string_view text() const { return text_; }

  // One choice after another, and then from the start again; 0 if there is none.
  unsigned choose() {
    if (choices_.empty()) return 0;
    return static_cast<unsigned char>(choices_[next_++ % choices_.size()]);
  }
  unsigned choose(std::size_t below) { return choose() % static_cast<unsigned>(below); }

 private:
  std::string_view text_;
  std::string_view choices_;
  std::size_t next_ = 0;
};

// Ends the program if there is a difference.
inline void expect_none(const char* difference) {
  if (difference == nullptr) return;
  std::fprintf(stderr, "difference: %s\n", difference);
  std::abort();
}

}  // namespace fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

#endif
