// SPDX-License-Identifier: MIT
// Uses all that is promised to need neither a C++ runtime nor an allocator; check_symbols.cmake
// looks at what this file, compiled, asks for.
#include <sse/parser.hpp>
#include <sse/writer.hpp>

extern "C" {
struct piece {
  void* base;
  std::size_t size;
};
std::size_t use_parser(sse::parser& parser, char* storage, std::size_t capacity, sse::event& e,
                       const char* text, std::size_t size);
std::size_t use_events(sse::parser& parser, const char* text, std::size_t size);
std::size_t use_writer(sse::writer& writer, const sse::event& e, const char* text,
                       std::size_t size);
std::size_t use_outputs(const sse::event& e, piece* pieces, char* bytes, std::size_t size);
}

namespace {
/// The least that `append` asks of a container.
class view {
 public:
  view(char* bytes, std::size_t size) : bytes_(bytes), size_(size) {}
  char* data() const { return bytes_; }
  std::size_t size() const { return size_; }
  void resize(std::size_t size) { size_ = size; }

 private:
  char* bytes_;
  std::size_t size_;
};
}  // namespace

std::size_t use_parser(sse::parser& parser, char* storage, std::size_t capacity, sse::event& e,
                       const char* text, std::size_t size) {
  sse::parser other(storage, capacity);
  sse::parser moved(static_cast<sse::parser&&>(other));
  parser = static_cast<sse::parser&&>(moved);
  parser.report_comments(true);
  parser.feed({text, size});
  std::size_t sum = static_cast<std::size_t>(parser.next(e)) + parser.drain().size();
  sum += static_cast<std::size_t>(parser.finish(e)) + parser.use_storage(storage, capacity / 2);
  sum += parser.set_last_event_id({text, size / 2}) + parser.last_event_id().size();
  sum += parser.unread().size() + static_cast<std::size_t>(parser.offset() + parser.dropped());
  sum += parser.kept() + parser.pending() + parser.reconnection_time().has_value();
  parser.reset();
  return sum;
}

std::size_t use_events(sse::parser& parser, const char* text, std::size_t size) {
  std::size_t sum = 0;
  const std::string_view chunk(text, size);
  for (const sse::event& e : parser.events(chunk)) {
    sum += e.data.size() + sse::is_header_safe(e.id.value_or(sse::media_type));
  }
  return sum;
}

std::size_t use_writer(sse::writer& writer, const sse::event& e, const char* text,
                       std::size_t size) {
  const std::string_view piece(text, size);
  unsigned sum = static_cast<unsigned>(writer.write(e));
  sum += static_cast<unsigned>(writer.comment()) + static_cast<unsigned>(writer.comment(piece));
  sum += static_cast<unsigned>(writer.retry(e.retry.value_or(std::chrono::milliseconds(1))));
  sum += static_cast<unsigned>(writer.begin(e.type, e.id, e.retry));
  sum += static_cast<unsigned>(writer.data(piece)) + static_cast<unsigned>(writer.end());
  const std::size_t written = writer.written().size();
  writer.clear();
  return sum + written;
}

std::size_t use_outputs(const sse::event& e, piece* pieces, char* bytes, std::size_t size) {
  view container(bytes, size);
  const auto status = sse::append(container, e);
  const sse::gathered found = sse::gather(e, pieces, size);
  return sse::encoded_size(e) + found.count + static_cast<std::size_t>(found.status) +
         static_cast<std::size_t>(status) + container.size();
}
