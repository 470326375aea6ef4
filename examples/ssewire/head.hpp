// SPDX-License-Identifier: MIT
// What the head of a response means to those who follow a stream. What is said of browsers and
// proxies was measured: see tests/client/grid/table.md and tests/browsers.
#ifndef SSEWIRE_TOOL_HEAD_HPP
#define SSEWIRE_TOOL_HEAD_HPP

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "report.hpp"

namespace tool {

struct head {
  int status = 0;
  int version = 11;  // of HTTP, ten times
  std::vector<std::pair<std::string, std::string>> fields;

  /// All values of a field; empty if there is none.
  std::string value(std::string_view lower_name) const;
  bool has(std::string_view lower_name) const { return !value(lower_name).empty(); }
};

/// Says what is good to know of the head, and what is wrong with it. `origin` is that of the page
/// that asks, empty if none does.
void judge(const head& head, const std::string& origin, report& report);

}  // namespace tool

#endif
