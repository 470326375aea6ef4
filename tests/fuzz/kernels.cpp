// SPDX-License-Identifier: MIT
// What the kernels find in a text, beside a loop over its bytes.
#include "support/kernels.hpp"

#include <cstdint>
#include <cstring>
#include <memory>
#include <sse/detail/line_end.hpp>
#include <sse/detail/scan.hpp>
#include <string_view>

#include "fuzz/input.hpp"

namespace {

template <class Kernel>
bool finds_each_line_end(const char* begin, const char* end) {
  sse::detail::line_ends<Kernel> found(begin, end);
  for (const char* each = begin; each != end; ++each) {
    if ((*each == '\n' || *each == '\r') && found.next() != each) return false;
  }
  return found.next() == end && found.next() == end;
}

const char* difference(const char* begin, const char* end) {
  const char* wrong = nullptr;
  for_each_kernel([&](auto kernel, const char* name) {
    if (!finds_each_line_end<decltype(kernel)>(begin, end)) wrong = name;
  });
  if (wrong != nullptr) return wrong;
  const char* first = begin;
  while (first != end && *first != '\n' && *first != '\r') ++first;
  if (sse::detail::find_line_end(begin, end) != first) return "the first line end";
  return nullptr;
}

}  // namespace

// The choices say at which places the text begins, and where it ends, within a block of its size.
int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  fuzz::input in(bytes, size);
  const std::string_view text = in.text();
  const std::unique_ptr<char[]> block(new char[text.size()]);
  text.copy(block.get(), text.size());
  const char* const end = block.get() + text.size();
  fuzz::expect_none(difference(block.get(), end));
  for (int i = 0; i < 8; ++i) {
    const std::size_t from = in.choose(text.size() + 1);
    const std::size_t most = in.choose();
    const char* const begin = block.get() + from;
    fuzz::expect_none(
        difference(begin, most == 0 || most > text.size() - from ? end : begin + most));
  }
  return 0;
}
