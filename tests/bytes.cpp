// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <sse/detail/bytes.hpp>  // the header is self-contained
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace sse::detail;

// Also where it is const, so that its bytes are handed out as const, too.
static_assert(is_owner<std::string> && is_owner<const std::string> && is_owner<std::vector<char>>);
static_assert(!is_owner<std::string_view> && !is_owner<const std::string_view>);

constexpr std::size_t longest = 70;  // and 64 are moved in another way than more

// No byte is as those near it.
std::vector<char> alphabet(std::size_t size) {
  std::vector<char> bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i % 101);
  return bytes;
}

TEST_CASE("texts of any length are moved within a buffer, and no byte beside them changes") {
  for (std::size_t size = 0; size <= longest; ++size) {
    for (std::size_t distance = 0; distance <= longest; ++distance) {
      CAPTURE(size);
      CAPTURE(distance);
      const std::vector<char> before = alphabet(size + distance);
      const auto far = static_cast<std::ptrdiff_t>(distance);

      std::vector<char> up = before;
      std::copy_backward(before.begin(), before.end() - far, up.end());
      std::vector<char> moved = before;
      move_bytes_up(moved.data() + distance, moved.data(), size);
      REQUIRE(moved == up);

      std::vector<char> down = before;
      std::copy(before.begin() + far, before.end(), down.begin());
      moved = before;
      move_bytes_down(moved.data(), moved.data() + distance, size);
      REQUIRE(moved == down);
    }
  }
}

TEST_CASE("texts of any length are copied to where there is room for no more, from no more") {
  for (std::size_t size = 0; size <= 2 * longest; ++size) {
    CAPTURE(size);
    const std::vector<char> text = alphabet(size);
    std::vector<char> copy(size);
    copy_bytes(copy.data(), text.data(), size);
    REQUIRE(copy == text);
    std::vector<char> moved(size);
    move_bytes_up(moved.data(), text.data(), size);
    REQUIRE(moved == text);
  }
}

TEST_CASE("nothing is copied from nowhere") {
  char byte = 'a';
  copy_bytes(&byte, nullptr, 0);
  move_bytes_up(&byte, nullptr, 0);
  move_bytes_down(nullptr, &byte, 0);
  CHECK(byte == 'a');
}

}  // namespace
