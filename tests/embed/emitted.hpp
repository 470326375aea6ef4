// SPDX-License-Identifier: MIT
// What the files share that have each public call in a function of its own.
#ifndef SSEWIRE_TESTS_EMBED_EMITTED_HPP
#define SSEWIRE_TESTS_EMBED_EMITTED_HPP

#include <cstddef>
#include <string_view>

#define EMITTED [[gnu::used]] inline

namespace calls {

using text = std::string_view;

struct piece {
  void* base;
  std::size_t size;
};

}  // namespace calls

#endif
