// SPDX-License-Identifier: MIT
// The few chunks of which the bodies consist that a client is shown, and what each of them says.
#ifndef SSEWIRE_TESTS_CLIENT_CHUNKS_HPP
#define SSEWIRE_TESTS_CLIENT_CHUNKS_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace client {

// At most one field of each name, and then maybe a blank line.
struct chunk {
  std::string_view text;
  std::optional<std::string_view> id = std::nullopt;
  std::optional<std::string_view> data = std::nullopt;
  std::optional<std::int64_t> retry = std::nullopt;
  bool is_ended = false;
  bool is_too_large = false;
};

// What is too large does not fit; all else that comes in one event together does.
constexpr std::size_t room = 1024;
inline const std::string too_large_text =
    "id: big\ndata: " + std::string(room, 'b') + "\ndata: " + std::string(room, 'b') + "\n\n";

namespace chunks {
using namespace std::string_view_literals;

inline const chunk event = {"data: e\n\n"sv, {}, "e"sv, {}, true};
inline const chunk event_with_id = {"id: 7\ndata: i\n\n"sv, "7"sv, "i"sv, {}, true};
inline const chunk event_with_unsafe_id = {"id: \1\ndata: u\n\n"sv, "\1"sv, "u"sv, {}, true};
inline const chunk too_large = {too_large_text, "big"sv, "", {}, true, true};
inline const chunk comment = {":\n"sv};
inline const chunk id_alone = {"id: alone\n\n"sv, "alone"sv, {}, {}, true};
inline const chunk half = {"id: half\ndata: h\n"sv, "half"sv, "h"sv};
inline const chunk blank = {"\n"sv, {}, {}, {}, true};
inline const chunk nothing = {""sv};
inline const chunk no_retry = {"retry: 0\n"sv, {}, {}, 0};
inline const chunk short_retry = {"retry: 40\n"sv, {}, {}, 40};
inline const chunk long_retry = {"retry: 7000\n"sv, {}, {}, 7000};
// The parser takes more than a hundred years for these.
inline const chunk endless_retry = {"retry: 9223372036854775808\n"sv, {}, {}, 3153600000000};
}  // namespace chunks

}  // namespace client

#endif
