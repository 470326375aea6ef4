// SPDX-License-Identifier: MIT
// Each public call in a function of its own, but for those of what owns its memory: all that is
// promised to need neither a C++ runtime nor an allocator. What this file, compiled, asks for is
// looked at by check_symbols.cmake, and what its functions take of the stack by ../gates/stack.
// (Those of sse::channel are in every_channel_call.cpp: the more a file has, the less GCC inlines.)
#include <sse/event_source.hpp>
#include <sse/parser.hpp>
#include <sse/writer.hpp>

#include "emitted.hpp"

namespace calls {

// The least that `append` asks of a container.
struct container {
  char* bytes;
  std::size_t count;
  char* data() const { return bytes; }
  std::size_t size() const { return count; }
  void resize(std::size_t to) { count = to; }
};

// ---- sse::event and views of memory

EMITTED sse::event of_data(text data) { return data; }
EMITTED sse::event of_type(text type, text data) { return {type, data}; }
EMITTED sse::event with_id(const sse::event& e, text id) { return e.with_id(id); }
EMITTED sse::event with_retry(const sse::event& e, std::chrono::milliseconds time) {
  return e.with_retry(time);
}
EMITTED bool has_type(const sse::event& e) { return e.has_type(); }
EMITTED bool equal(const sse::event& a, const sse::event& b) { return a == b; }
EMITTED bool unequal(const sse::event& a, const sse::event& b) { return a != b; }
EMITTED text bytes(const std::byte* first, std::size_t size) {
  return sse::bytes(first, size).text();
}
EMITTED text bytes(const unsigned char (&array)[4]) { return sse::bytes(array).text(); }
EMITTED text bytes(const char (&array)[4]) { return sse::bytes(array).text(); }
EMITTED char* storage(std::byte* first, std::size_t size) {
  return sse::storage(first, size).data();
}
EMITTED std::size_t storage(signed char (&array)[4]) { return sse::storage(array).size(); }

EMITTED bool is_header_safe(text id) { return sse::is_header_safe(id); }
EMITTED bool is_event_stream(text type) { return sse::is_event_stream(type); }
EMITTED text media_type() { return sse::media_type; }

// ---- sse::parser

EMITTED sse::parser make_parser(char* storage, std::size_t size) {
  return sse::parser(storage, size);
}
EMITTED sse::parser make_parser(sse::storage storage) { return sse::parser(storage); }
EMITTED sse::parser move(sse::parser& p) { return static_cast<sse::parser&&>(p); }
EMITTED void assign(sse::parser& p, sse::parser& q) { p = static_cast<sse::parser&&>(q); }
EMITTED void feed(sse::parser& p, text chunk) { p.feed(chunk); }
EMITTED sse::parser::status next(sse::parser& p, sse::event& e) { return p.next(e); }
using range = sse::detail::event_range<sse::parser>;
EMITTED range events(sse::parser& p, text chunk) { return p.events(chunk); }
EMITTED range::iterator begin(range& events) { return events.begin(); }
EMITTED void increment(range::iterator& it) { ++it; }
EMITTED bool at_end(const range::iterator& it, const range& events) { return it == events.end(); }
EMITTED const sse::parser::item& dereference(const range::iterator& it) { return *it; }
EMITTED auto kind(const range::iterator& it) { return it->kind; }
EMITTED text last_event_id(const sse::parser& p) { return p.last_event_id(); }
EMITTED bool set_last_event_id(sse::parser& p, text id) { return p.set_last_event_id(id); }
EMITTED auto reconnection_time(const sse::parser& p) { return p.reconnection_time(); }
EMITTED text unread(const sse::parser& p) { return p.unread(); }
EMITTED std::uint64_t offset(const sse::parser& p) { return p.offset(); }
EMITTED std::uint64_t event_offset(const sse::parser& p) { return p.event_offset(); }
EMITTED text raw(const sse::parser& p) { return p.raw(); }
EMITTED bool pending(const sse::parser& p) { return p.pending(); }
EMITTED bool use_storage(sse::parser& p, char* storage, std::size_t size) {
  return p.use_storage(storage, size);
}
EMITTED bool use_storage(sse::parser& p, sse::storage storage) { return p.use_storage(storage); }
EMITTED std::size_t kept(const sse::parser& p) { return p.kept(); }
EMITTED text drain(sse::parser& p) { return p.drain(); }
EMITTED void report(sse::parser& p, sse::report wanted) {
  p.report(wanted | sse::report::comments);
}
EMITTED sse::parser::status finish(sse::parser& p, sse::event& e) { return p.finish(e); }
EMITTED void reset(sse::parser& p) { p.reset(); }

// ---- sse::basic_event_source, in lent memory

using source = sse::basic_event_source<sse::parser>;
using time_point = source::time_point;
EMITTED source make_source(sse::storage storage) { return source(sse::parser(storage)); }
EMITTED source make_source(sse::storage storage, const sse::policy& policy, std::uint64_t random) {
  return source(sse::parser(storage), policy, random);
}
EMITTED sse::policy standard() { return sse::policy::standard(); }
EMITTED sse::policy daemon() { return sse::policy::daemon(); }
EMITTED source::step next(source& s, time_point now) { return s.next(now); }
EMITTED int timeout(const source::step& step, time_point now) { return step.timeout(now); }
EMITTED auto headers(const source& s) { return s.headers(); }
EMITTED auto judge(const source& s, const sse::response& head) { return s.judge(head); }
EMITTED auto responded(source& s, const sse::response& head, time_point now) {
  return s.responded(head, now);
}
EMITTED auto responded(source& s, sse::verdict what, time_point now) {
  return s.responded(what, now);
}
EMITTED auto events(source& s, text chunk, time_point now) { return s.events(chunk, now); }
EMITTED void feed(source& s, text chunk, time_point now) { s.feed(chunk, now); }
EMITTED auto take(source& s, sse::event& e) { return s.take(e); }
EMITTED auto finish(source& s, sse::event& e) { return s.finish(e); }
EMITTED void ended(source& s, time_point now) { s.ended(now); }
EMITTED void failed(source& s, time_point now) { s.failed(now); }
EMITTED void close(source& s) { s.close(); }
EMITTED void hurry(source& s) { s.hurry(); }
EMITTED auto state(const source& s) { return s.state(); }
EMITTED auto why(const source& s) { return s.why(); }
EMITTED auto failures(const source& s) { return s.failures(); }
EMITTED text last_event_id(const source& s) { return s.last_event_id(); }
EMITTED sse::parser& parser(source& s) { return s.parser(); }
EMITTED text describe(sse::reason why) { return sse::describe(why); }

// ---- sse::writer

using status = sse::writer::status;

EMITTED sse::writer make_writer(char* buffer, std::size_t size) {
  return sse::writer(buffer, size);
}
EMITTED sse::writer make_writer(sse::storage buffer) { return sse::writer(buffer); }
EMITTED status write(sse::writer& w, const sse::event& e) { return w.write(e); }
EMITTED status write(sse::writer& w, text data) { return w.write(data); }
EMITTED status write(sse::writer& w, text type, text data) { return w.write(type, data); }
EMITTED status comment(sse::writer& w, text line) { return w.comment(line); }
EMITTED status retry(sse::writer& w, std::chrono::milliseconds time) { return w.retry(time); }
EMITTED status begin(sse::writer& w, const sse::event& e) { return w.begin(e); }
EMITTED status begin(sse::writer& w, text data) { return w.begin(data); }
EMITTED status begin(sse::writer& w, text type, text data) { return w.begin(type, data); }
EMITTED status data(sse::writer& w, text piece) { return w.data(piece); }
EMITTED status data_some(sse::writer& w, text& piece) { return w.data_some(piece); }
EMITTED bool cancel(sse::writer& w) { return w.cancel(); }
EMITTED status end(sse::writer& w) { return w.end(); }
EMITTED text written(const sse::writer& w) { return w.written(); }
EMITTED void clear(sse::writer& w) { w.clear(); }
EMITTED bool use_buffer(sse::writer& w, sse::storage buffer) { return w.use_buffer(buffer); }

using inserter = sse::data_inserter<sse::writer>;
EMITTED inserter make_inserter(sse::writer& w) { return inserter(w); }
EMITTED void insert(inserter& it, char c) { *it++ = c; }
EMITTED bool failed(const inserter& it) { return it.failed(); }

EMITTED std::size_t encoded_size(const sse::event& e) { return sse::encoded_size(e); }
EMITTED status append(container& to, const sse::event& e) { return sse::append(to, e); }
EMITTED status append(container& to, text data) { return sse::append(to, data); }
EMITTED status append(container& to, text type, text data) { return sse::append(to, type, data); }
EMITTED status append_comment(container& to, text line) { return sse::append_comment(to, line); }
EMITTED status append_retry(container& to, std::chrono::milliseconds time) {
  return sse::append_retry(to, time);
}
EMITTED sse::gathered gather(const sse::event& e, piece* pieces, std::size_t size) {
  return sse::gather(e, pieces, size);
}

}  // namespace calls
