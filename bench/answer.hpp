// SPDX-License-Identifier: MIT
// What a parser made of a stream, in a form that can be compared: between parsers, and with what
// the generator of the stream had in mind.
#ifndef SSEWIRE_BENCH_ANSWER_HPP
#define SSEWIRE_BENCH_ANSWER_HPP

#include <cstdint>
#include <string_view>

namespace bench {

/// A sink that looks at every byte. Data may come in pieces; `end` dispatches, with the ID in
/// force.
struct answer {
  static constexpr bool wants_id_in_force = true;

  std::uint64_t events = 0;
  std::uint64_t bytes = 0;           // of data
  std::uint32_t hash = 2166136261U;  // FNV-1a over data, type and ID of each event

  void data(std::string_view piece) {
    bytes += piece.size();
    mix(piece);
  }
  void end(std::string_view id, std::string_view type) {
    ++events;
    for (const std::string_view text :
         {std::string_view("\xFF", 1), type, std::string_view("\xFF", 1), id,
          std::string_view("\xFF", 1)}) {
      mix(text);
    }
  }

  friend bool operator==(const answer& a, const answer& b) {
    return a.events == b.events && a.bytes == b.bytes && a.hash == b.hash;
  }

 private:
  void mix(std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  }
};

/// A sink that does next to nothing: what is timed is the parser.
struct tally {
  static constexpr bool wants_id_in_force = false;

  std::uint64_t events = 0;
  std::uint64_t bytes = 0;

  void data(std::string_view piece) { bytes += piece.size(); }
  void end(std::string_view id, std::string_view type) {
    ++events;
    bytes += id.size() + type.size();
  }
};

}  // namespace bench

#endif
