// SPDX-License-Identifier: MIT
// Parses and writes in all the ways there are, with nothing but the library: for programs that show
// that no memory is allocated.
#ifndef SSEWIRE_TESTS_ALLOC_WORKLOAD_HPP
#define SSEWIRE_TESTS_ALLOC_WORKLOAD_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <sse/channel.hpp>
#include <sse/event_source.hpp>
#include <sse/parser.hpp>
#include <sse/writer.hpp>
#include <string_view>

namespace workload {

using namespace std::string_view_literals;

inline constexpr std::string_view stream =
    "\xEF\xBB\xBFretry: 1500\n: a comment\n\nid: 1\nevent: add\ndata: one line\n\n"
    "id: 2\r\ndata: two\r\ndata: lines\r\n\r\nid: x\0y\n\rdata\r\rdata: a long line, longer than "
    "the storage that some are given, so that it is dropped or drained\nid: 3\nevent: y\n\n"
    "data: cut"sv;

enum class policy { skip, drain, grow };

// How many events and reports came out, or 0 if something went wrong.
inline unsigned parse(std::size_t chunk_size, std::size_t capacity, policy when_full) {
  char storage[512];
  sse::parser parser(storage, capacity);
  parser.report(sse::report::everything);
  unsigned seen = 0;
  sse::event e;
  for (std::size_t at = 0; at < stream.size(); at += chunk_size) {
    parser.feed(stream.substr(at, chunk_size));
    for (;;) {
      const sse::parser::status status = parser.next(e);
      if (status == sse::parser::status::need_input) break;
      const bool full =
          status == sse::parser::status::storage_full || status == sse::parser::status::report_full;
      if (!full) {
        ++seen;
        if (parser.event_offset() + parser.raw().size() > parser.offset()) return 0;
      } else if (when_full == policy::drain) {
        static_cast<void>(parser.drain());
      } else if (when_full == policy::grow) {
        if (!parser.use_storage(storage, sizeof storage)) return 0;
      }
    }
  }
  while (parser.finish(e) != sse::parser::status::need_input) ++seen;
  for (const auto& each : parser.events("data: last\n\n")) seen += each.data == "last";
  parser.reset();
  if (!parser.set_last_event_id("9")) parser.feed({});
  sse::parser other(static_cast<sse::parser&&>(parser));
  return seen + static_cast<unsigned>(other.last_event_id().size());
}

// A client that lives through a failure, a stream and its end. How many events it saw, or 0 if
// something went wrong.
inline unsigned follow() {
  using source_type = sse::basic_event_source<sse::parser>;
  using std::chrono::seconds;
  char storage[512];
  source_type source(sse::parser(storage), sse::policy::daemon(), 7);
  source_type::time_point now{};
  sse::response head;
  head.status = 503;
  head.retry_after = "Sun, 06 Nov 1994 08:49:38 GMT";
  head.date = "Sun, 06 Nov 1994 08:49:37 GMT";
  unsigned seen = 0;
  for (int life = 0; life < 3; ++life) {
    if (source.next(now).kind != source_type::step::connect) return 0;
    source.responded(head, now);
    if (life > 0) {
      for (const auto& e : source.events(stream, now)) {
        seen += e.kind == sse::parser::status::event;
      }
      source.ended(now);
    }
    const auto step = source.next(now);
    if (step.kind != source_type::step::wait || step.timeout(now) <= 0) return 0;
    now = step.deadline;
    head.status = 200;
    head.content_type = sse::media_type;
  }
  return source.headers().size() == 3 ? seen : 0;
}

// How many bytes were written, or 0 if something went wrong.
inline std::size_t write() {
  char buffer[256];
  sse::writer writer(buffer);
  bool ok = true;
  const sse::event e =
      sse::event{"add", "two\r\nlines"}.with_id("1").with_retry(std::chrono::milliseconds(10));
  ok &= writer.write(e) == sse::writer::status::ok;
  ok &= writer.comment("a\nb") == sse::writer::status::ok;
  ok &= writer.retry(std::chrono::seconds(1)) == sse::writer::status::ok;
  ok &= writer.write("add", "more") == sse::writer::status::ok;
  ok &= writer.begin(sse::event{"t", "first\n"}.with_id("2")) == sse::writer::status::ok;
  ok &= writer.data("x\r") == sse::writer::status::ok;
  std::string_view piece = "\ny";
  ok &= writer.data_some(piece) == sse::writer::status::ok;
  char larger[300];
  ok &= writer.use_buffer(larger);
  sse::data_inserter inserter(writer);
  *inserter++ = 'z';
  ok &= !inserter.failed() && writer.end() == sse::writer::status::ok;
  ok &= writer.write(sse::event{}.with_id("\n")) == sse::writer::status::invalid_id;
  std::string_view pieces[64];
  ok &= sse::gather(e, pieces, 64).status == sse::writer::status::ok;
  return ok ? writer.written().size() + sse::encoded_size(e) : 0;
}

// A channel with a fast follower, and a slow one of one topic. How many pieces they got, or 0 if
// something went wrong.
inline std::size_t fan_out() {
  constexpr auto is_odd = [](std::uint64_t topic) { return topic % 2 != 0; };
  char bytes[256];
  sse::channel::entry entries[8];
  sse::channel channel(bytes, entries, 0x65f1a2b3);
  sse::cursor fast = channel.newest(), slow = fast;
  std::size_t seen = 0;
  for (std::size_t i = 0; i < 100; ++i) {
    std::string_view pieces[8];
    if (channel.publish({"add", std::string_view(stream.data() + i, i)}, i) !=
        sse::channel::status::ok)
      return 0;
    const sse::reading next = channel.read(fast, pieces, 8);
    channel.sent(fast, next.bytes);
    seen += next.count;
    if (i % 4 != 0) continue;
    seen += channel.read(slow, pieces, 8, is_odd).count;
    channel.skip(slow, is_odd);
    channel.sent(slow, channel.read(slow, pieces, 1, is_odd).bytes / 2, is_odd);
    if (channel.read(slow, pieces, 1, is_odd).kind == sse::reading::cut) slow = fast;
  }
  char memory[37];
  const std::string_view id = channel.last_event_id(fast, memory);
  const bool ok = channel.resume(id).kind == sse::resumed::live &&
                  channel.resume("65f1a2b3-1").kind == sse::resumed::evicted;
  return ok && channel.count() != 0 ? seen : 0;
}

// All of it; how many events and reports came out.
inline unsigned run() {
  unsigned seen = 0;
  for (std::size_t size = 1; size <= stream.size(); ++size) {
    for (const std::size_t capacity : {0U, 16U, 512U}) {
      for (const policy when_full : {policy::skip, policy::drain, policy::grow}) {
        const unsigned more = parse(size, capacity, when_full);
        if (more == 0) return 0;
        seen += more;
      }
    }
  }
  const unsigned more = follow();
  return write() != 0 && fan_out() != 0 && more != 0 ? seen + more : 0;
}

}  // namespace workload

#endif
