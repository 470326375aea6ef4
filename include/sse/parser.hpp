// SPDX-License-Identifier: MIT
// Bytes to events: sse::parser.
#ifndef SSEWIRE_PARSER_HPP
#define SSEWIRE_PARSER_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include "detail/buffers.hpp"
#include "detail/event_range.hpp"
#include "detail/field.hpp"
#include "detail/place.hpp"
#include "detail/scan.hpp"
#include "detail/unfinished_event.hpp"
#include "event.hpp"

namespace sse {

namespace detail {
struct out_of_line;

template <class Chunk, class = void>
inline constexpr bool owns_its_bytes = false;
template <class Chunk>
inline constexpr bool
    owns_its_bytes<Chunk, std::void_t<decltype(std::declval<Chunk>().capacity())>> = true;

/// What a forwarding reference Chunk&& must not be bound to, for views into it: a container about
/// to be destroyed, or an array that is more likely a buffer than a C string.
template <class Chunk>
inline constexpr bool is_unsafe_chunk =
    std::is_lvalue_reference_v<Chunk> ? std::is_array_v<std::remove_reference_t<Chunk>> &&
                                            !std::is_const_v<std::remove_reference_t<Chunk>>
                                      : owns_its_bytes<Chunk>;
}  // namespace detail

/// Interprets an event stream (9.2.6) that comes in chunks, cut anywhere, and hands out its events.
///
///     char storage[4096];
///     sse::parser parser(storage);
///     while (receive(chunk))
///       for (const sse::event& e : parser.events(chunk)) use(e);
///
/// **Any bytes are a valid stream.** There are no syntax errors: the standard says what to make of
/// every line, and that is what comes out, whatever the chunks. Bytes are passed through undecoded.
///
/// **Memory.** The parser never allocates. An event that lies in one chunk and has one line of data
/// is handed out as views into that chunk. All else is kept in the storage that you lend: the last
/// event ID, and of an event that is cut or has several lines of data, these, its type and its ID.
/// Comments, unknown fields and `retry` need none. One thing alone can go wrong: what must be kept
/// does not fit. Then `next` stops in front of the byte that does not fit and returns
/// `storage_full`. Nothing is lost yet, and what you do next is the policy:
///
/// | you                                       | and so                                          |
/// |-------------------------------------------|-------------------------------------------------|
/// | lend more (`use_storage`), call `next`    | nothing is lost; the limit is your own          |
/// | take what is there (`drain`), call `next` | events larger than memory arrive in pieces      |
/// | just call `next`                          | the event is skipped, and counted by `dropped`; |
/// |                                           | of a comment, just the comment is skipped       |
/// | stop                                      | it was a hard limit                             |
///
/// A skipped event still sets the last event ID if the ID fits beside the one in force, so that a
/// reconnect does not ask for the same event for ever. An ID that does not fit leaves the last
/// event ID as it was. So lend the longest event, and twice the longest ID.
///
/// **Lifetimes.** The chunk must live until `next` has returned `need_input`, or until `reset`, and
/// the storage as long as the parser. What is handed out, `last_event_id()` too, holds until the
/// next call of a member that is not const, and no longer than the chunk.
///
/// All members take constant time but for the bytes they consume or move, and each byte is looked
/// at a bounded number of times, however the stream is cut. One object must not be used by two
/// threads at once; there is no state outside the object and its storage.
class parser : private detail::buffers {
 public:
  enum class status : unsigned char {
    need_input,    ///< The chunk is used up: feed the next one.
    event,         ///< An event was dispatched.
    storage_full,  ///< What must be kept does not fit; see above for the ways on.
    comment,       ///< A comment, if asked for: its text is `data`; the rest of the event is empty.
  };

  /// Lends the storage. A capacity of 0 is enough for events that arrive whole, in one chunk each,
  /// with one line of data and without an ID. A null `storage` goes with a capacity of 0; with
  /// another (asserted in debug builds) it counts as 0.
  constexpr parser(char* storage, std::size_t capacity) noexcept : buffers(storage, capacity) {}
  template <std::size_t Size>
  constexpr explicit parser(char (&storage)[Size]) noexcept : parser(storage, Size) {}

  /// The stream goes on in the new object; the old one is as if newly made, without
  /// storage.
  constexpr parser(parser&& other) noexcept : parser(static_cast<const parser&>(other)) {
    other.become_new();
  }
  constexpr parser& operator=(parser&& other) noexcept;

  // ---- Events, one chunk at a time

  /// Borrows the next chunk of the stream; it may be empty, and a single byte may be consumed at
  /// once. Call it at the start and after `need_input`. Earlier, what is unread of the chunk before
  /// is given up, which debug builds take for a mistake; but to feed `unread()` itself is a way to
  /// go on.
  constexpr void feed(std::string_view chunk) noexcept;

  /// Goes on in the chunk to the next status. Writes `out` with `event` and `comment` only.
  [[nodiscard]] constexpr status next(event& out) noexcept;

  /// Feeds the chunk, and is a range of the events dispatched from it: `next` in a loop, with
  /// comments passed over and events that do not fit the storage skipped, so look at `dropped` now
  /// and then. An event's views hold for one round of the loop. When the loop is left early, feed
  /// `unread()` to go on; or `reset`, and then the chunk may be gone already.
  detail::event_range<parser> events(std::string_view chunk) noexcept;

  // A temporary would be gone before its events are looked at: keep the chunk in a variable. And an
  // array would be read as far as its first NUL: pass {array, size}.
  template <class Chunk, std::enable_if_t<detail::is_unsafe_chunk<Chunk>, int> = 0>
  void feed(Chunk&& chunk) = delete;
  template <class Chunk, std::enable_if_t<detail::is_unsafe_chunk<Chunk>, int> = 0>
  detail::event_range<parser> events(Chunk&& chunk) = delete;

  // ---- What the stream has set

  /// The last event ID string (9.2.2): that of the latest event with an `id`, the one just handed
  /// out included, and events without data too. What a client sends as `Last-Event-ID` when it
  /// reconnects, if it is not empty and `is_header_safe`. It holds no CR, LF or NUL.
  constexpr std::string_view last_event_id() const noexcept { return buffers::last_event_id(); }

  /// Starts from a saved position. False, and nothing changed, if `id` holds CR, LF or NUL, or does
  /// not fit the storage. It acts at once; an event's own ID comes into force behind it. `id` may
  /// be a view handed out with an event or by `last_event_id`, but not one of drained data.
  [[nodiscard]] constexpr bool set_last_event_id(std::string_view id) noexcept;

  /// The latest valid `retry`; it acts at once, without waiting for the event's end. Absent until
  /// there was one. What is more than a hundred years (3,153,600,000,000 ms) becomes that, so that
  /// it can be added to the time of any clock. It is the server's word: bound it before you wait.
  constexpr std::optional<std::chrono::milliseconds> reconnection_time() const noexcept {
    return reconnection_time_.value();
  }

  // ---- Where in the stream

  /// What of the chunk is not consumed yet.
  constexpr std::string_view unread() const noexcept {
    return {cursor_, static_cast<std::size_t>(end_ - cursor_)};
  }
  /// How many bytes of the stream are consumed; the count starts anew with `reset`.
  constexpr std::uint64_t offset() const noexcept { return end_offset_ - unread().size(); }

  /// Whether any field, even an unknown one or one cut in the middle, came after the last blank
  /// line. At the end of a stream: it was cut off inside an event. Comments do not count.
  constexpr bool pending() const noexcept { return detail::is_in_event(place_); }

  // ---- Storage

  /// Moves what is kept to another buffer; the old one is free then. The new one may be the old one
  /// with another capacity, but not overlap it otherwise. False, and nothing changed, if what is
  /// kept does not fit there. After `storage_full` it must be larger to help: with as little, the
  /// next call returns `storage_full` again.
  [[nodiscard]] constexpr bool use_storage(char* storage, std::size_t capacity) noexcept;

  /// Bytes of storage in use. When it is 0 after `need_input`, a pool can take the storage back, by
  /// `use_storage(nullptr, 0)`, and lend some again before the next `feed`.
  constexpr std::size_t kept() const noexcept { return buffers::kept(); }

  /// Takes the data of the unfinished event that was gathered so far; what comes later goes on
  /// behind it, and the event is dispatched with the rest. Empty if there is none, and then the
  /// storage is full of other things, and the next call of `next` skips the event: `dropped` has
  /// grown by the next event, and what was drained before is of no use.
  constexpr std::string_view drain() noexcept;

  /// Events skipped for want of storage, each counted when its blank line comes; `reset` does not
  /// clear it.
  constexpr std::uint64_t dropped() const noexcept { return dropped_; }

  // ---- Beyond the events

  /// Whether comments are reported, each when its line ends: they tell that the connection is
  /// alive. Off at first. The colon, and one space behind it, are not part of the text. An event
  /// that has a reported comment inside is kept in the storage until it ends.
  constexpr void report_comments(bool on) noexcept {
    on ? raise(concern::reporting) : drop(concern::reporting);
  }

  /// For servers that leave out the last blank line: goes on like `next`, and at the end of the
  /// chunk dispatches the unfinished event as if its line and a blank line had ended there. The
  /// standard discards that event (9.2.6); so do not call it if you follow the standard. Call it
  /// until it returns `need_input`, then `reset`. It can return what `next` can.
  [[nodiscard]] constexpr status finish(event& out) noexcept;

  /// Begins another stream: call it when the connection is gone. Drops the unfinished event and the
  /// rest of the chunk; keeps the last event ID, the reconnection time and the settings.
  constexpr void reset() noexcept;

 private:
  template <class Parser>
  friend class detail::event_range;
  friend struct detail::out_of_line;

  constexpr parser(const parser&) noexcept = default;
  constexpr parser& operator=(const parser&) noexcept = default;
  constexpr void become_new() noexcept {
    const parser fresh(nullptr, 0);
    *this = fresh;
  }

  // What most streams consist of.
  constexpr bool take_plain_event(event& out) noexcept;
  constexpr bool take_further_data(event& out) noexcept;

  // Whole lines, mostly as views of the chunk.
  constexpr status take_lines(event& out) noexcept;
  constexpr void recall(detail::unfinished_event& e) const noexcept;
  SSEWIRE_DETAIL_INLINE constexpr bool keep(const detail::unfinished_event& e) noexcept;
  constexpr detail::block block_ahead() const noexcept;
  constexpr void look_ahead(detail::block rest) noexcept;

  // Parts of lines, gathered in the storage.
  SSEWIRE_DETAIL_INLINE constexpr bool take_name() noexcept;
  SSEWIRE_DETAIL_INLINE constexpr const char* find_line_end() noexcept;
  constexpr status take_text(event& out) noexcept;
  constexpr void skip_space() noexcept;
  constexpr void step_over_line_end() noexcept;
  constexpr bool has_simple_text() const noexcept;
  constexpr status take_other_text(event& out) noexcept;
  constexpr bool take_simple_byte(char c) noexcept;
  constexpr bool take_step(detail::step::kind what, char c) noexcept;
  constexpr status take_special_byte(event& out) noexcept;
  constexpr bool go_on_in_mark(char c) noexcept;
  constexpr status take_line_end(event& out, std::string_view comment) noexcept;
  constexpr void begin_line(char first) noexcept;
  constexpr bool begin_value() noexcept;
  constexpr status end_line(event& out, detail::place at, std::string_view comment) noexcept;
  constexpr void end_retry() noexcept;
  constexpr status report(event& out, std::string_view comment) noexcept;
  constexpr status end_event(event& out) noexcept;
  constexpr void clear_event() noexcept;

  constexpr void prepare() noexcept;
  constexpr status suspend() noexcept;
  constexpr void go_on() noexcept;

  // The small ones first: behind the members of the base there is room for them.
  detail::place place_ = detail::place::stream_start;
  bool has_retry_ = false;
  std::uint32_t ahead_ = 0;  // see block_ahead
  const char* cursor_ = nullptr;
  const char* end_ = nullptr;
  std::uint64_t end_offset_ = 0;  // of the chunk's end
  std::uint64_t dropped_ = 0;
  std::uint64_t candidates_ = 0;  // see block_ahead
  detail::retry_digits reconnection_time_;
  detail::retry_digits digits_;
};

}  // namespace sse

#include "detail/parse.hpp"  // the definitions

#endif
