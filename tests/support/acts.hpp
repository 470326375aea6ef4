// SPDX-License-Identifier: MIT
// What a caller may do between two steps of a parser.
#ifndef SSEWIRE_TESTS_SUPPORT_ACTS_HPP
#define SSEWIRE_TESTS_SUPPORT_ACTS_HPP

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "support/session.hpp"

// The ways on from storage_full.
inline constexpr const char* ways_on[] = {"lend a byte more", "lend much more", "drain", "skip",
                                          "forget the last event ID"};
inline void go_on(session& s, unsigned way) {
  switch (way) {
    case 0: return s.lend(s.capacity() + 1);
    case 1: return s.lend(2 * s.capacity() + 16);
    case 2: s.drain(); return;
    case 3: return;
    default: return s.set_last_event_id({});
  }
}

// Goes on to the chunk's end; after three attempts to make room in vain the event is skipped.
template <class Step>
void walk(session& s, unsigned way, Step step) {
  unsigned attempts = 0;
  session::status result = step();
  while (s.difference() == nullptr && result != session::status::need_input) {
    const bool is_full = session::is_full(result);
    attempts = is_full ? attempts + 1 : 0;
    if (is_full) go_on(s, attempts > 3 ? 3 : way);
    result = step();
  }
}
inline void walk(session& s, unsigned way) {
  walk(s, way, [&s] { return s.next(); });
}

// What is done, in one of some ways each.
struct act {
  const char* name;
  unsigned ways;
  void (*perform)(session& s, unsigned way);
};
inline constexpr act acts[] = {
    {"nothing", 1, [](session&, unsigned) {}},
    {"report", 4,
     [](session& s, unsigned way) {
       using sse::report;
       constexpr report all[] = {report::nothing, report::everything, report::comments,
                                 report::ignored_lines | report::no_data};
       s.report(all[way]);
     }},
    {"move", 1, [](session& s, unsigned) { s.move_construct(); }},
    {"move into another", 1, [](session& s, unsigned) { s.move_assign(); }},
    {"lend more", 2, [](session& s, unsigned way) { s.lend(s.capacity() + 1 + 30 * way); }},
    {"lend as much", 1, [](session& s, unsigned) { s.lend(s.capacity()); }},
    {"lend what is kept, or less", 3,
     [](session& s, unsigned way) { s.lend(s.kept() - std::min<std::size_t>(s.kept(), way)); }},
    {"lend none", 1, [](session& s, unsigned) { s.lend(0); }},
    {"lend a part", 3,
     [](session& s, unsigned way) {
       s.lend_part(s.kept() + 1 - std::min(s.kept() + 1, way + 0ul));
     }},
    {"lend all of it", 1, [](session& s, unsigned) { s.lend_part(static_cast<std::size_t>(-1)); }},
    {"drain", 2,
     [](session& s, unsigned way) {
       for (unsigned i = 0; i <= way; ++i) s.drain();
     }},
    {"set the last event ID", 6,
     [](session& s, unsigned way) {
       using namespace std::string_view_literals;
       constexpr std::string_view ids[] = {"", "i", "a longer ID", "\r", "a\nb", "a\0"sv};
       s.set_last_event_id(ids[way]);
     }},
    {"set a part of the last event ID", 4,
     [](session& s, unsigned way) {
       const std::string_view id = s.last_event_id();
       s.set_last_event_id(id.substr(way % 2 == 0 ? 0 : id.size() / 2, way < 2 ? id.size() : 1));
     }},
    {"reset", 1, [](session& s, unsigned) { s.reset(); }},
    {"feed the unread", 1, [](session& s, unsigned) { s.feed_unread(); }},
    {"take events from a range", 2, [](session& s, unsigned way) { s.range(1 + way); }},
    {"finish", 5,
     [](session& s, unsigned way) {
       walk(s, way, [&s] { return s.finish(); });
       s.reset();
     }},
};

#endif
