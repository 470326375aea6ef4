// SPDX-License-Identifier: MIT
#ifndef SSEWIRE_TESTS_SUPPORT_PRINTABLE_HPP
#define SSEWIRE_TESTS_SUPPORT_PRINTABLE_HPP

#include <cstdio>
#include <string>
#include <string_view>

// The text with every byte that is not printable ASCII as \xHH.
inline std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    char escaped[8];
    std::snprintf(escaped, sizeof escaped, c >= 0x20 && c < 0x7F ? "%c" : "\\x%02X",
                  static_cast<unsigned char>(c));
    out += escaped;
  }
  return out;
}

#endif
