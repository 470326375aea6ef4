// SPDX-License-Identifier: MIT
// Parser and writer allocate nothing: with every allocation counted, whole streams are parsed and
// written in all the ways there are, and the count stays what it was.
#include <cstdio>
#include <cstdlib>
#include <new>
#include <sse/parser.hpp>
#include <sse/writer.hpp>

namespace {
unsigned long allocations = 0;

void* counted(std::size_t size) {
  ++allocations;
  return std::calloc(1, size);
}
}  // namespace

void* operator new(std::size_t size) { return counted(size); }
void* operator new[](std::size_t size) { return counted(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

#if defined(__GLIBC__)
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* malloc(std::size_t size) {
  ++allocations;
  return __libc_malloc(size);
}
void* realloc(void* memory, std::size_t size) {
  ++allocations;
  return __libc_realloc(memory, size);
}
}
#endif

namespace {

constexpr std::string_view stream =
    "\xEF\xBB\xBFretry: 1500\n: a comment\n\nid: 1\nevent: add\ndata: one line\n\n"
    "id: 2\r\ndata: two\r\ndata: lines\r\n\r\nid: x\0y\n\rdata\r\rdata: a long line, longer than "
    "the "
    "storage that some are given, so that it is dropped or drained\nid: 3\nevent: y\n\ndata: cut";

unsigned parse(std::size_t chunk_size, std::size_t capacity, bool drains, bool grows) {
  char storage[512];
  sse::parser parser(storage, capacity);
  parser.report_comments(true);
  unsigned seen = 0;
  sse::event e;
  for (std::size_t at = 0; at < stream.size(); at += chunk_size) {
    parser.feed(stream.substr(at, chunk_size));
    for (;;) {
      const sse::parser::status status = parser.next(e);
      if (status == sse::parser::status::need_input) break;
      if (status != sse::parser::status::storage_full) {
        ++seen;
      } else if (drains) {
        parser.drain();
      } else if (grows) {
        if (!parser.use_storage(storage, sizeof storage)) return 0;
      }
    }
  }
  while (parser.finish(e) != sse::parser::status::need_input) ++seen;
  for (const sse::event& each : parser.events("data: last\n\n")) seen += each.data == "last";
  parser.reset();
  if (!parser.set_last_event_id("9")) return 0;
  sse::parser other(std::move(parser));
  return seen + static_cast<unsigned>(other.last_event_id().size());
}

std::size_t write() {
  char buffer[256];
  sse::writer writer(buffer);
  bool ok = true;
  const sse::event e = {"1", "add", "two\r\nlines", std::chrono::milliseconds(10)};
  ok &= writer.write(e) == sse::writer::status::ok;
  ok &= writer.comment("a\nb") == sse::writer::status::ok;
  ok &= writer.retry(std::chrono::seconds(1)) == sse::writer::status::ok;
  ok &= writer.begin("t", "2") == sse::writer::status::ok;
  ok &= writer.data("x\r") == sse::writer::status::ok;
  ok &= writer.end() == sse::writer::status::ok;
  ok &= writer.write({"\n"}) == sse::writer::status::invalid_id;
  std::string_view pieces[64];
  ok &= sse::gather(e, pieces, 64).status == sse::writer::status::ok;
  return ok ? writer.written().size() + sse::encoded_size(e) : 0;
}

}  // namespace

int main() {
  // The count must count: what escapes cannot be optimised away.
  static void* volatile escaped;
  unsigned long before = allocations;
  escaped = ::operator new(1);
  ::operator delete(escaped);
  escaped = std::malloc(1);
  std::free(escaped);
#if defined(__GLIBC__)
  const unsigned long wanted = 2;
#else
  const unsigned long wanted = 1;
  std::puts("skipped: counting malloc, which is only known how to with glibc");
#endif
  if (allocations - before < wanted) {
    std::puts("allocations are not counted");
    return 1;
  }

  before = allocations;
  unsigned long seen = 0;
  for (std::size_t size = 1; size <= stream.size(); ++size) {
    for (const std::size_t capacity : {std::size_t{0}, std::size_t{16}, std::size_t{512}}) {
      seen += parse(size, capacity, false, false) + parse(size, capacity, true, false) +
              parse(size, capacity, false, true);
    }
  }
  const std::size_t written = write();
  const unsigned long after = allocations;
  std::printf("%lu events and comments, %zu bytes written, %lu allocations\n", seen, written,
              after - before);
  return after == before && seen > 1000 && written > 0 ? 0 : 1;
}
