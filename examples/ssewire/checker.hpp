// SPDX-License-Identifier: MIT
// What a browser makes of a stream, and what of it hurts others.
#ifndef SSEWIRE_TOOL_CHECKER_HPP
#define SSEWIRE_TOOL_CHECKER_HPP

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <sse/growing_parser.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "lines.hpp"
#include "misreadings.hpp"
#include "report.hpp"
#include "traps.hpp"

namespace tool {

/// The judge is sse::growing_parser. Lines are walked only to say where, and why it judged so.
class checker {
 public:
  /// What these clients misread is told as well: see --for.
  explicit checker(report& report, const std::vector<std::string>& clients = {});

  /// The next bytes of the stream.
  void take(std::string_view chunk);

  /// Its end: what is left, unless it is we who left; and a line that sums up.
  void end(bool has_left = false);

 private:
  using status = sse::parser::status;

  status run_parser(const piece& p);
  void look_at_start();
  void look_at_line(place at, status found);
  void look_at_field(place at, bool ignored);
  void look_at_value(place at, std::string_view value, std::string_view name);
  void look_at_repetition(place at, const std::string& thing, std::uint64_t& line);
  void look_at_no_data(place at);
  void look_at_line_end(place at, line_end end);
  void look_at_cut();
  void tell_of_form(place at, std::string_view form);

  report& report_;
  traps traps_;
  const std::vector<std::string> clients_;
  std::optional<misreading_finder> forms_;  // where clients are asked for
  std::set<std::string, std::less<>> told_of_forms_;
  sse::growing_parser parser_;
  line_cutter lines_;
  std::string line_;

  std::uint64_t events_ = 0;
  std::uint64_t comments_ = 0;
  std::optional<line_end> first_end_;
  bool has_looked_at_start_ = false;
  bool is_compressed_ = false;
  bool told_of_space_ = false;
  bool told_of_mix_ = false;
  block block_;
};

}  // namespace tool

#endif
