// SPDX-License-Identifier: MIT
// No byte in front of a chunk, a storage, a buffer or a ring is touched, nor one behind, nor one of
// a chunk that is used up: each lies beside a page that no one may touch.
//
//   guard tiny|full
//   guard overrun   touches such a page
#include <cstdio>
#include <string_view>

#if __has_include(<sys/mman.h>)
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <new>
#include <optional>
#include <sse/parser.hpp>
#include <sse/writer.hpp>
#include <string>

#include "channel/life.hpp"
#include "support/kernels.hpp"
#include "support/vectors.hpp"

namespace {

unsigned long long runs = 0;
unsigned long long differences = 0;

void expect(bool same, const char* what, std::size_t a, std::size_t b) {
  ++runs;
  if (!same && ++differences <= 10) std::printf("  %s: %zu, %zu\n", what, a, b);
}

// Which of its ends lies at the edge of a page.
enum class edge { front, back };
constexpr edge edges[] = {edge::front, edge::back};

// Memory between two pages that cannot be touched.
class pages {
 public:
  explicit pages(std::size_t least) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    size_ = (least + page - 1) / page * page;
    void* const all =
        mmap(nullptr, size_ + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (all == MAP_FAILED) std::abort();
    begin_ = static_cast<char*>(all) + page;
    open();
  }
  pages(const pages&) = delete;
  pages& operator=(const pages&) = delete;

  void open() { protect(PROT_READ | PROT_WRITE); }
  void close() { protect(PROT_NONE); }

  char* begin() const { return begin_; }
  char* end() const { return begin_ + size_; }
  char* at(edge side, std::size_t size) const {
    return side == edge::front ? begin_ : end() - size;
  }
  std::string_view copy(edge side, std::string_view text) {
    open();
    text.copy(at(side, text.size()), text.size());
    return {at(side, text.size()), text.size()};
  }

 private:
  void protect(int how) {
    if (mprotect(begin_, size_, how) != 0) std::abort();
  }

  char* begin_;
  std::size_t size_;
};

constexpr std::size_t longest = 1 << 17;

// A parser whose chunks cannot be touched once they are used up, and whose storage grows by a byte
// whenever it is full.
class guarded_parser {
 public:
  guarded_parser(edge chunk, edge storage) : chunk_edge_(chunk), storage_edge_(storage) {}

  bool set_last_event_id(std::string_view id) {
    lend(id.size());
    return parser_.set_last_event_id(id);
  }
  void feed(std::string_view piece) { parser_.feed(chunk().copy(chunk_edge_, piece)); }
  sse::parser::status next(sse::event& e) {
    const sse::parser::status status = lend_while_full([&] { return parser_.next(e); });
    if (status == sse::parser::status::need_input) chunk().close();
    return status;
  }
  sse::parser::status finish(sse::event& e) {
    return lend_while_full([&] { return parser_.finish(e); });
  }
  std::string_view unread() const { return parser_.unread(); }
  std::string_view last_event_id() const { return parser_.last_event_id(); }
  auto reconnection_time() const { return parser_.reconnection_time(); }

 private:
  template <class Step>
  sse::parser::status lend_while_full(Step step) {
    sse::parser::status status = step();
    for (; status == sse::parser::status::storage_full; status = step()) {
      lend(capacity_ + 1 + capacity_ / 256);
    }
    return status;
  }
  void lend(std::size_t capacity) {
    current_ = 1 - current_;
    char* const other = storage(current_).at(storage_edge_, capacity);
    if (!parser_.use_storage(other, capacity)) std::abort();
    capacity_ = capacity;
  }

  static pages& chunk() {
    static pages all(longest);
    return all;
  }
  static pages& storage(unsigned which) {
    static pages all[2] = {pages(longest), pages(longest)};
    return all[which];
  }

  edge chunk_edge_, storage_edge_;
  unsigned current_ = 0;
  std::size_t capacity_ = 0;
  sse::parser parser_{nullptr, 0};
};

// ---- Kernels

template <class Kernel>
bool finds_only(const char* place, const char* begin, const char* end) {
  sse::detail::line_ends<Kernel> found(begin, end);
  return (place == end || found.next() == place) && found.next() == end;
}

// Texts up to four blocks long, so many bytes from the edge, with one line end at each
// place, or none; between the text and the edge there is nothing else.
template <class Kernel>
void check_kernel(bool full) {
  pages memory(1);
  for (std::size_t size = 0; size <= 260; ++size) {
    for (std::size_t offset = 0; offset < (full ? 64 : 2); ++offset) {
      for (const edge side : edges) {
        char* const begin =
            side == edge::front ? memory.begin() + offset : memory.end() - offset - size;
        char* const end = begin + size;
        for (const char wanted : {'\n', '\r'}) {
          std::memset(side == edge::front ? memory.begin() : begin, wanted, size + offset);
          std::memset(begin, 'x', size);
          for (char* place = begin;; ++place) {
            if (place != end) *place = wanted;
            expect(finds_only<Kernel>(place, begin, end), "a kernel: size and place", size,
                   static_cast<std::size_t>(place - begin));
            if (place == end) break;
            *place = 'x';
          }
        }
      }
    }
  }
}

// ---- Parsers

void check_parser_vectors() {
  const auto itself = [](std::string_view piece) { return piece; };
  for (const auto& vector : vectors::parser_vectors) {
    const std::size_t size = vector.stream.size();
    for (std::size_t cut = 1; cut <= size; ++cut) {
      // Of the few long streams, the cuts around the ends are as good as all.
      if (size > 1000 && cut > 260 && cut + 260 < size) continue;
      for (const edge chunk : edges) {
        guarded_parser parser(chunk, edges[cut % 2]);
        const bool same = vectors::holds_in_pieces(vector, parser, cut, size, itself);
        expect(same, std::string(vector.name).c_str(), cut, size);
      }
    }
    guarded_parser by_bytes(edge::back, edge::back);
    const bool same = vectors::holds_in_pieces(vector, by_bytes, 1, 1, itself);
    expect(same, std::string(vector.name).c_str(), 1, size);
  }
}

// Events of each length in chunks cut at each place.
void check_lengths() {
  for (std::size_t size = 0; size <= 260; ++size) {
    const std::string stream =
        "id:" + std::string(size / 2, 'i') + "\ndata:" + std::string(size, 'x') + "\r\n\r\n";
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
      guarded_parser parser(edges[cut % 2], edges[size % 2]);
      sse::event e;
      parser.feed(stream.substr(0, cut));
      bool same = true;
      std::size_t seen = 0;
      const auto read = [&] {
        while (parser.next(e) == sse::parser::status::event) {
          same &= e.data == std::string_view(stream).substr(stream.size() - 4 - size, size);
          ++seen;
        }
      };
      read();
      parser.feed(stream.substr(cut));
      read();
      expect(same && seen == 1, "an event: size and cut", size, cut);
    }
  }
}

// Chunks of each length, of events and lines that are taken in a hurry where there is enough of the
// chunk, and with room for more than they need.
void check_hurry() {
  pages chunk(4096), storage(4096);
  for (const std::string_view event :
       {"data:a\n\n", "id:1\r\nevent: tick\r\ndata: 123456\r\n\r\n", ":\n\n\ndata\n:\ndata:\n\n",
        "data:12345678901234567890\ndata: 1234\ndata:\ndata: 123456789012\n\n"}) {
    std::string stream;
    while (stream.size() < 700) stream += event;
    for (std::size_t size = 0; size <= 700; ++size) {
      for (const edge side : edges) {
        sse::parser parser(storage.at(side, 700), 700);
        parser.feed(chunk.copy(side, stream.substr(0, size)));
        sse::event e;
        std::size_t seen = 0;
        while (parser.next(e) == sse::parser::status::event) ++seen;
        // The CR ends the blank line, whatever comes behind it.
        const std::size_t ended = size + (event.back() == '\n' && event[event.size() - 2] == '\r');
        expect(seen == ended / event.size(), "a chunk of events: its size", size, event.size());
      }
    }
  }
}

// ---- Writers

// Data of each length, with a line end at each place, in a buffer of exactly the size, or one less;
// ID and type of each length.
void check_writer() {
  pages memory(4096), buffer(4096), type(4096);
  for (std::size_t size = 0; size <= 260; ++size) {
    for (std::size_t place = 0; place <= size; ++place) {
      std::string text(size, 'x');
      if (place < size) text[place] = place % 2 == 0 ? '\n' : '\r';
      for (const edge side : edges) {
        sse::event e = sse::event(type.copy(side, "t"), memory.copy(side, text)).with_id("i");
        if (place == size) e.id = e.type = type.copy(side, text);
        const std::size_t needed = sse::encoded_size(e);
        sse::writer writer(buffer.at(side, needed), needed);
        const bool fits = writer.write(e) == sse::writer::status::ok;
        expect(fits && writer.written().size() == needed, "a buffer: size and place", size, place);
        sse::writer small(buffer.at(side, needed - 1), needed - 1);
        const bool refused = small.write(e) == sse::writer::status::no_space;
        expect(refused && small.written().empty(), "too small a buffer: size and place", size,
               place);
      }
    }
  }
}

void check_writer_vectors() {
  pages buffer(longest), storage(longest);
  for (const auto& vector : vectors::writer_vectors) {
    const std::size_t size = vector.bytes ? vector.bytes->size() : longest;
    for (const edge side : edges) {
      const bool same = vectors::holds(vector, buffer.at(side, size), storage.at(side, size), size);
      expect(same, std::string(vector.name).c_str(), size, 0);
    }
  }
}

// ---- Channels

// Lives of channels by chance, beside their model. What differs ends the program.
void check_channels(unsigned lives) {
  using channel_model::compared;
  using entry = sse::channel::entry;
  pages bytes(compared::most_bytes), entries(compared::most_entries * sizeof(entry));
  channel_model::chance any(1);
  for (unsigned i = 0; i < lives; ++i) {
    const channel_model::settings how = channel_model::settings_by(any);
    char* const at = entries.at(edges[i / 2 % 2], how.entries * sizeof(entry));
    compared::lent memory{bytes.at(edges[i % 2], how.bytes), nullptr};
    memory.entries = new (at) entry[how.entries];
    channel_model::life(any, how, memory).run(500);
    ++runs;
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc == 2 ? argv[1] : "";
  if (what == "overrun") {
    pages memory(1);
    return *const_cast<volatile const char*>(memory.end());
  }
  if (what != "tiny" && what != "full") {
    std::fprintf(stderr, "usage: guard tiny|full|overrun\n");
    return 2;
  }
  for_each_kernel(
      [&](auto kernel, const char*) { check_kernel<decltype(kernel)>(what == "full"); });
  check_parser_vectors();
  check_lengths();
  check_hurry();
  check_writer();
  check_writer_vectors();
  check_channels(what == "full" ? 4000 : 200);
  std::printf("%zu vectors, %.2f million runs, %llu differences\n",
              std::size(vectors::parser_vectors) + std::size(vectors::writer_vectors),
              static_cast<double>(runs) / 1e6, differences);
  return differences == 0 ? 0 : 1;
}

#else

int main() {
  std::puts("skipped: no sys/mman.h");
  return 77;
}

#endif
