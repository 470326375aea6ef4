// SPDX-License-Identifier: MIT
// In a build without curses there is no screen, and `watch` prints lines.
#include "view.hpp"

namespace tool {

std::unique_ptr<view> open_screen() { return nullptr; }

}  // namespace tool
