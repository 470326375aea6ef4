// SPDX-License-Identifier: MIT
#include <sse/writer.hpp>
// First, so that it must include what it needs.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "support/written.hpp"
#if __has_include(<sys/uio.h>)
#include <sys/uio.h>
#include <unistd.h>
#endif

namespace {

using namespace std::string_view_literals;
using namespace written;

constexpr std::size_t largest_size = std::numeric_limits<std::size_t>::max();
constexpr milliseconds longest = sse::longest_retry;

// ---- append

TEST_CASE_TEMPLATE("append puts the bytes of write behind what is there", Container, std::string,
                   std::vector<char>, std::vector<unsigned char>, std::vector<std::byte>) {
  Container container;
  std::string expected;
  for (const sse::event& e :
       {sse::event("t", "a\r\nb").with_id("1"), sse::event{}, of_data("\n")}) {
    CHECK(sse::append(container, e) == status::ok);
    expected += output(e);
    for (const sse::event& bad : {of_id("\n"), of_type("\n")}) {
      CHECK(sse::append(container, bad) != status::ok);
    }
    const auto same = [](auto byte, char c) { return static_cast<char>(byte) == c; };
    CHECK(std::equal(container.begin(), container.end(), expected.begin(), expected.end(), same));
  }
}

// A container that cannot grow beyond its bytes.
struct bounded {
  char bytes[64] = {};
  std::size_t used = 0;
  std::size_t wanted = 0;

  constexpr char* data() { return bytes; }
  constexpr std::size_t size() const { return used; }
  constexpr void resize(std::size_t size) {
    wanted = size;
    if (size > sizeof bytes) throw std::length_error("full");
    used = size;
  }
};

TEST_CASE("a container that cannot grow is left as it was") {
  bounded container;
  CHECK(sse::append(container, of_data("before")) == status::ok);
  const bounded before = container;
  const std::string text(64, 'x');
  CHECK_THROWS_AS(static_cast<void>(sse::append(container, of_data(text))), std::length_error);
  CHECK(container.used == before.used);
  CHECK(std::equal(before.bytes, before.bytes + sizeof before.bytes, container.bytes));

  container.used = largest_size - 8;  // and nine bytes more do not wrap
  CHECK_THROWS_AS(static_cast<void>(sse::append(container, of_data("x"))), std::length_error);
  CHECK(container.wanted == largest_size);
}

TEST_CASE_TEMPLATE("comments and retry go into a growing container, too", Container, std::string,
                   std::vector<char>, std::vector<unsigned char>, std::vector<std::byte>) {
  Container container;
  CHECK(sse::append_comment(container) == status::ok);
  CHECK(sse::append_comment(container, " a\r\nb") == status::ok);
  CHECK(sse::append_retry(container, milliseconds(2000)) == status::ok);
  CHECK(sse::append_retry(container, milliseconds(-1)) == status::invalid_retry);
  CHECK(sse::append(container, {"hello"}) == status::ok);
  const std::string_view expected = ":\n\n: a\n:b\n\nretry: 2000\n\ndata: hello\n\n";
  const auto same = [](auto byte, char c) { return static_cast<char>(byte) == c; };
  CHECK(std::equal(container.begin(), container.end(), expected.begin(), expected.end(), same));
}

TEST_CASE("one appended text is data, two are type and data") {
  std::string text;
  CHECK(sse::append(text, {"hello"}) == status::ok);
  CHECK(sse::append(text, {"tick", "hello"}) == status::ok);
  CHECK(sse::append(text, sse::event{"tick", "hello"}.with_id("42")) == status::ok);
  CHECK(sse::append(text, std::to_string(1)) == status::ok);
  CHECK(sse::append(text, std::string("tick"), std::to_string(2)) == status::ok);
  CHECK(sse::append(text, "a\nb", "hello") == status::invalid_type);
  CHECK(text ==
        "data: hello\n\nevent: tick\ndata: hello\n\nevent: tick\nid: 42\ndata: hello\n\n"
        "data: 1\n\nevent: tick\ndata: 2\n\n");
}

// ---- gather

struct piece {  // like iovec
  char* data;
  std::size_t size;
};

std::vector<piece> gather(const sse::event& e) {
  std::vector<piece> pieces(sse::gather<piece>(e, nullptr, 0).count);
  CHECK(sse::gather(e, pieces.data(), pieces.size()).status == status::ok);
  return pieces;
}

TEST_CASE("the gathered pieces are the bytes of write, and no payload is copied") {
  for (const std::string& text : words("a\r\n", 4)) {
    const sse::event e = sse::event("tick", text).with_id("11").with_retry(longest);
    std::string all, id, type, data;
    for (const piece& each : gather(e)) {
      const std::string_view bytes(each.data, each.size);
      const auto lies_in = [bytes](std::string_view whole) {
        const std::less_equal<const char*> le;
        return le(whole.data(), bytes.data()) &&
               le(bytes.data() + bytes.size(), whole.data() + whole.size());
      };
      CHECK_FALSE(bytes.empty());
      all += bytes;
      if (lies_in(*e.id)) id += bytes;
      if (lies_in(e.type)) type += bytes;
      if (lies_in(e.data)) data += bytes;
    }
    CHECK(all == output(e));
    CHECK(id == "11");
    CHECK(type == "tick");
    CHECK(std::count(data.begin(), data.end(), 'a') == std::count(text.begin(), text.end(), 'a'));
  }
}

TEST_CASE("two pieces for each line of data and 19 more are always enough") {
  const sse::event most = sse::event("t", "").with_id("1").with_retry(longest);
  std::string text = "x";
  for (std::size_t lines = 1; lines < 100; ++lines, text += "\nx") {
    sse::event e = most;
    e.data = text;
    CHECK(gather(e).size() == 2 * lines + 19);
  }
}

TEST_CASE("too few pieces are no_space, with the count needed") {
  const sse::event e = sse::event("t", "a\nb").with_id("1").with_retry(milliseconds(20));
  const std::size_t count = gather(e).size();
  for (std::size_t capacity = 0; capacity <= count + 1; ++capacity) {
    std::vector<std::string_view> pieces(count + 2, "untouched");
    const sse::gathered gathered = sse::gather(e, pieces.data(), capacity);
    CHECK(gathered.status == (capacity < count ? status::no_space : status::ok));
    CHECK(gathered.count == count);
    for (std::size_t i = capacity; i < pieces.size(); ++i) CHECK(pieces[i] == "untouched");
  }
}

#if __has_include(<sys/uio.h>)
TEST_CASE("gathered pieces can be given to writev") {
  const sse::event e =
      sse::event("tick", "two\r\nlines\n").with_id("42").with_retry(milliseconds(3000));
  iovec pieces[64];
  const sse::gathered gathered = sse::gather(e, pieces, 64);
  REQUIRE(gathered.status == status::ok);
  int pipe_ends[2];
  REQUIRE(::pipe(pipe_ends) == 0);
  const auto sent = ::writev(pipe_ends[1], pieces, static_cast<int>(gathered.count));
  ::close(pipe_ends[1]);  // else there would be a wait for more if nothing had been sent
  char received[256];
  const auto size = ::read(pipe_ends[0], received, sizeof received);
  ::close(pipe_ends[0]);
  REQUIRE(size > 0);
  CHECK(sent == size);
  CHECK(std::string(received, static_cast<std::size_t>(size)) == output(e));
}
#endif

// ---- Constant expressions

static_assert(sse::encoded_size(sample) == sample_bytes.size());
static_assert(sse::encoded_size(sse::event().with_id("\n")) == 0);

constexpr bool appends() {
  bounded container;
  return sse::append(container, sample) == status::ok &&
         std::string_view(container.bytes, container.used) == sample_bytes;
}
static_assert(appends());

constexpr auto gather_sample() {
  std::array<std::string_view, 32> pieces;
  const sse::gathered gathered = sse::gather(sample, pieces.data(), pieces.size());
  return gathered.status == status::ok ? pieces : decltype(pieces){};
}

TEST_CASE("what gather puts between the fields has static storage duration") {
  constexpr auto pieces = gather_sample();  // a constant can point to nothing else
  std::string all;
  for (const std::string_view each : pieces) all += each;
  CHECK(all == sample_bytes);
}

}  // namespace
