// SPDX-License-Identifier: MIT
// What people write by hand to make an event of a text: right for LF, CR and CRLF.
#ifndef SSEWIRE_BENCH_BY_HAND_WRITER_HPP
#define SSEWIRE_BENCH_BY_HAND_WRITER_HPP

#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>
#ifdef SSEWIRE_BENCH_FMT
#include <fmt/format.h>

#include <iterator>
#endif

namespace bench {

/// Calls `use` with each line. A CR is searched once for as long as none is met: most texts have
/// none, and to look for either byte at once, as find_first_of does, is far slower.
template <class Use>
void for_each_line(std::string_view text, Use use) {
  constexpr std::size_t none = std::string_view::npos;
  std::size_t begin = 0;
  std::size_t cr = text.find('\r');
  for (;;) {
    const std::size_t lf = text.find('\n', begin);
    if (cr != none && cr < begin) cr = text.find('\r', begin);
    const std::size_t end = lf < cr ? lf : cr;
    use(text.substr(begin, end == none ? none : end - begin));
    if (end == none) return;
    begin = end + (end == cr && lf == cr + 1 ? 2 : 1);
  }
}

inline void concatenate(std::string& out, std::string_view data) {
  for_each_line(data, [&](std::string_view line) {
    out += "data: ";
    out += line;
    out += '\n';
  });
  out += '\n';
}

inline void stream(std::ostream& out, std::string_view data) {
  for_each_line(data, [&](std::string_view line) { out << "data: " << line << '\n'; });
  out << '\n';
}

#ifdef SSEWIRE_BENCH_FMT
/// With the library that std::format was made of, which standard libraries of 2022 do not have.
inline void format(std::string& out, std::string_view data) {
  for_each_line(data, [&](std::string_view line) {
    fmt::format_to(std::back_inserter(out), "data: {}\n", line);
  });
  out += '\n';
}
#endif

}  // namespace bench

#endif
