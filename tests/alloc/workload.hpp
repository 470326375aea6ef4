// SPDX-License-Identifier: MIT
// Parses and writes in all the ways there are, with nothing but the library: for programs that show
// that no memory is allocated.
#ifndef SSEWIRE_TESTS_ALLOC_WORKLOAD_HPP
#define SSEWIRE_TESTS_ALLOC_WORKLOAD_HPP

#include <chrono>
#include <cstddef>
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
  ok &= writer.data_some("\ny") == 2;
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
  return write() != 0 ? seen : 0;
}

}  // namespace workload

#endif
