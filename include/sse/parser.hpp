// SPDX-License-Identifier: MIT
// Bytes to events: sse::parser.
#ifndef SSEWIRE_PARSER_HPP
#define SSEWIRE_PARSER_HPP

#include "detail/compiler.hpp"
#ifdef SSEWIRE_DETAIL_CXX17

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

#include "detail/parser/event_range.hpp"
#include "detail/parser/lines.hpp"
#include "detail/parser/parsing.hpp"
#include "detail/parser/pieces.hpp"
#include "detail/parser/plain.hpp"
#include "detail/parser/reports.hpp"
#include "detail/parser/shared.hpp"
#include "detail/parser/small.hpp"
#include "event.hpp"
#include "memory.hpp"

namespace sse {

/// What a parser reports beside events, if it is asked to; combine them with `|`.
enum class report : unsigned char {
  nothing = 0,
  /// Comments: they tell that the connection is alive.
  comments = static_cast<unsigned char>(detail::buffers::concern::comments),
  /// Lines that the standard ignores: unknown fields, a `retry` that is no number, an ID with NUL.
  ignored_lines = static_cast<unsigned char>(detail::buffers::concern::ignored_lines),
  /// Blocks of lines that dispatch nothing, for they have no data.
  no_data = static_cast<unsigned char>(detail::buffers::concern::no_data),
  everything = comments | ignored_lines | no_data,
};
constexpr report operator|(report a, report b) noexcept {
  return static_cast<report>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}

/// Interprets an event stream (9.2.6) that comes in chunks, cut anywhere, and hands out its events.
///
///     char storage[4096];
///     sse::parser parser(storage);
///     while (receive(chunk))
///       for (const auto& e : parser.events(chunk))
///         if (e.kind == sse::parser::status::event) use(e);
///
/// **Input.** Any bytes are a valid stream. There are no syntax errors: the standard says what to
/// make of every line, and that is what comes out, whatever the chunks. Bytes are passed through
/// undecoded.
///
/// **Memory.** The parser never allocates. An event that lies in one chunk and has one line of data
/// is handed out as views into that chunk. All else is kept in the storage that you lend: the last
/// event ID, and of an event that is cut or has several lines of data, these, its type and its ID.
/// So lend the longest event with its type, and twice the longest ID. Comments, unknown fields and
/// `retry` need none, unless they are reported and cut.
///
/// **Errors.** One thing alone can go wrong: what must be kept does not fit. Then `next` stops in
/// front of the byte that does not fit and returns `storage_full`. Nothing is lost yet, and what
/// you do next is the policy:
///
/// | you                                       | and so                                        |
/// |-------------------------------------------|-----------------------------------------------|
/// | lend more (`use_storage`), call `next`    | nothing is lost; the limit is your own        |
/// | take what is there (`drain`), call `next` | events larger than memory arrive in pieces,   |
/// |                                           | their type and their ID with the last         |
/// | just call `next`                          | the event is skipped: it ends with `skipped`  |
/// | stop                                      | it was a hard limit                           |
///
/// A skipped event still sets the last event ID if the ID fits beside the one in force, so that a
/// reconnect does not ask for the same event for ever. An ID that does not fit leaves the last
/// event ID as it was.
///
/// **Lifetimes.** The chunk must live until `next` has returned `need_input`, or until `reset`, and
/// the storage as long as the parser. What is handed out, `last_event_id()` too, holds until the
/// next call of a member that is not const, and no longer than the chunk.
///
/// **Complexity.** All members take constant time but for the bytes they consume or move, and each
/// byte is looked at a bounded number of times, however the stream is cut.
///
/// **Threads.** One object must not be used by two threads at once; there is no state outside the
/// object and its storage.
class parser : private detail::parsing {
 public:
  /// | status         | means                                                                   |
  /// |----------------|-------------------------------------------------------------------------|
  /// | `need_input`   | the chunk is used up: feed the next one                                 |
  /// | `event`        | an event was dispatched                                                 |
  /// | `storage_full` | what must be kept of the event does not fit: see "Errors"               |
  /// | `skipped`      | the event that did not fit has ended: its ID, if any; all else is empty |
  /// | `comment`      | all behind the colon of a comment is `data`; the rest is empty          |
  /// | `ignored_line` | all of a line that the standard ignores is `data`; the rest is empty    |
  /// | `no_data`      | a block ended that dispatches nothing: its ID, its type, its `retry`    |
  /// | `report_full`  | a comment or an ignored line, asked for, does not fit: lend more, or go |
  /// |                | on without it                                                           |
  using parsing::status;

  /// What a range consists of: an event, and its `kind`, which is a status. All that is neither an
  /// event nor `no_data` has an empty type, as no event has.
  using parsing::item;

  /// Lends the storage. A size of 0 is enough for events that arrive whole, in one chunk each, with
  /// one line of data and without an ID.
  constexpr explicit parser(sse::storage storage) noexcept
      : parsing(storage.data(), storage.size()) {}
  constexpr parser(char* storage, std::size_t capacity) noexcept : parsing(storage, capacity) {}

  /// The stream goes on in the new object; the old one is as if newly made, without storage.
  constexpr parser(parser&& other) noexcept : parsing(other) { other.become_new(); }
  constexpr parser& operator=(parser&& other) noexcept {
    if (this != &other) {
      static_cast<parsing&>(*this) = other;
      other.become_new();
    }
    return *this;
  }
  parser(const parser&) = delete;  // both would write to one storage: move it
  parser& operator=(const parser&) = delete;

  // ---- Events, one chunk at a time

  /// Borrows the next chunk of the stream; it may be empty, and a single byte may be consumed at
  /// once. Call it at the start and after `need_input`. Earlier, what is unread of the chunk before
  /// is given up, as if it had never come; but to feed `unread()` itself is a way to go on.
  SSEWIRE_DETAIL_FORM constexpr void feed(bytes chunk) noexcept { parsing::feed(chunk.text()); }

  /// Goes on in the chunk to the next status. Writes `out` with a status that hands something out.
  [[nodiscard]] SSEWIRE_DETAIL_FORM constexpr status next(event& out) noexcept {
    return parsing::next(out);
  }

  /// Feeds the chunk, and is a range of what comes of it: `next` in a loop. Its elements are
  /// events, and what was asked for by `report`; `kind` tells which. An event that does not fit the
  /// storage is skipped, and shows as an item of the kind `skipped`, without data.
  ///
  /// It is a view in the sense of <ranges>, and lazy: an item is taken when the loop asks for it.
  /// What is handed out holds for one round of the loop. The loop may be left at any time, and the
  /// parser may be reset or destroyed in it; what was not asked for is in `unread()`, to be fed
  /// again. The chunk may go then. (Of any input range, `filter | take(n)` asks for one match more
  /// than it shows: to leave the rest unread, count in the loop, and break.)
  detail::event_range<parser> events(bytes chunk) noexcept {
    feed(chunk);
    return detail::event_range<parser>(*this);
  }

  // ---- What the stream has set

  /// The last event ID string (9.2.2): that of the latest event with an `id`, the one just handed
  /// out included, and events without data too. What a client sends as `Last-Event-ID` when it
  /// reconnects, if it is not empty and `is_header_safe`. (An event's own `id` is what the server
  /// gave to that very event, if anything.) It holds no CR, LF or NUL.
  constexpr std::string_view last_event_id() const noexcept { return buffers::last_event_id(); }

  /// Starts from a saved position. False, and nothing changed, if `id` holds CR, LF or NUL, or does
  /// not fit the storage. It acts at once; an event's own ID comes into force behind it. `id` may
  /// be a view handed out by the parser, but not one of drained data; one of a report in the midst
  /// of an event must fit beside itself.
  [[nodiscard]] constexpr bool set_last_event_id(std::string_view id) noexcept {
    return detail::is_valid_id(id) && replace_last_event_id(id);
  }
  template <class Null, std::enable_if_t<std::is_null_pointer_v<Null>, int> = 0>
  bool set_last_event_id(Null) = delete;  // to forget it, give an empty one

  /// The latest valid `retry`; it acts at once, without waiting for the event's end. Absent until
  /// there was one. What is more than a hundred years (3,153,600,000,000 ms) becomes that, so that
  /// it can be added to the time of any clock. It is the server's word: bound it before you wait.
  using parsing::reconnection_time;

  // ---- Where in the stream

  /// What of the chunk is not consumed yet.
  using parsing::unread;
  /// How many bytes of the stream are consumed; the count starts anew with `reset`.
  using parsing::offset;

  /// Where the unfinished event begins, if one is `pending`, or else the one that was handed out
  /// last: the offset of the first byte of its first field. When it has just been handed out, it
  /// reaches up to `offset()`; where that lies behind a CR, an LF of the same line end may come.
  using parsing::event_offset;
  /// The bytes of that event, as far as they are consumed, if it begins in the chunk; or else
  /// empty. To pass events on as they came.
  using parsing::raw;

  /// Whether any field, even an unknown one or one cut in the middle, came after the last blank
  /// line. At the end of a stream: it was cut off inside an event. Comments do not count.
  using parsing::pending;

  // ---- Storage

  /// Moves what is kept to other storage; the old one is free then. The new one may be the old one
  /// with another size, but not overlap it otherwise. False, and nothing changed, if what is kept
  /// does not fit there. After `storage_full` it must be larger to help: with as little, the next
  /// call returns `storage_full` again.
  [[nodiscard]] constexpr bool use_storage(sse::storage storage) noexcept {
    return move_to(storage.data(), storage.size());
  }
  [[nodiscard]] constexpr bool use_storage(char* storage, std::size_t capacity) noexcept {
    return move_to(storage, capacity);
  }

  /// Bytes of storage in use. When it is 0 after `need_input`, a pool can take the storage back, by
  /// `use_storage(nullptr, 0)`, and lend some again before the next `feed`.
  constexpr std::size_t kept() const noexcept { return buffers::kept(); }

  /// Takes the data of the unfinished event that was gathered so far: any bytes of it, so a
  /// character may be cut in two. What comes later goes on behind it, and the event is dispatched
  /// with the rest. Empty if there is none; then the storage is full of other things, and the event
  /// is skipped if you just go on: what was drained of it before is of no use.
  constexpr std::string_view drain() noexcept { return buffers::drain(); }

  // ---- Beyond the events

  /// Sets what is reported beside events, from the next line on: nothing, at first. Each comment or
  /// ignored line comes when it ends. An event that has one inside is kept in the storage until it
  /// ends, and so is the text of one that is cut: if it does not fit, `next` returns `report_full`.
  constexpr void report(sse::report wanted) noexcept { set_reports(static_cast<unsigned>(wanted)); }

  /// For servers that leave out the last blank line: goes on like `next`, and at the end of the
  /// chunk dispatches the unfinished event as if its line and a blank line had ended there. The
  /// standard discards that event (9.2.6); so do not call it if you follow the standard. Call it
  /// until it returns `need_input`, then `reset`. It can return what `next` can; the line that is
  /// not ended is not reported.
  [[nodiscard]] SSEWIRE_DETAIL_FORM constexpr status finish(event& out) noexcept {
    return parsing::finish(out);
  }

  /// Begins another stream: call it when the connection is gone. Drops the unfinished event and the
  /// rest of the chunk; keeps the last event ID, the reconnection time and the settings.
  using parsing::reset;

 private:
  friend class detail::event_range<parser>;
  template <class Allocator>
  friend class basic_growing_parser;

  constexpr void become_new() noexcept { static_cast<parsing&>(*this) = parsing(nullptr, 0); }

  // The next item for a range. False at the end of the chunk.
  SSEWIRE_DETAIL_FORM bool take(item& out) noexcept {
    do out.kind = next(out);
    while (out.kind == status::storage_full);
    return finish_item(out);
  }
  bool finish_item(item& out) noexcept {
    settle_from_chunk();
    if (out.kind == status::report_full) parsing::report(out, out.kind, {});
    return out.kind != status::need_input;
  }
};

}  // namespace sse

#endif
#endif
