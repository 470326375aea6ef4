// SPDX-License-Identifier: MIT
#include <sse/growing_writer.hpp>
// First, so that it must include what it needs.
#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <new>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "support/written.hpp"

namespace {

using namespace std::string_view_literals;
using namespace written;

template <class Writer>
using step = status (*)(Writer&);

// One after another, all that a writer and a growing writer have in common.
template <class Writer>
std::vector<step<Writer>> steps() {
  return {[](Writer& w) { return w.data("x"); },
          [](Writer& w) { return w.end(); },
          [](Writer& w) { return w.write("one\ntwo"); },
          [](Writer& w) { return w.write("tick", "data"); },
          [](Writer& w) { return w.write(sample); },
          [](Writer& w) { return w.write(sse::event("x").with_id("\n")); },
          [](Writer& w) { return w.write("a\nb", "x"); },
          [](Writer& w) { return w.comment(); },
          [](Writer& w) { return w.comment(" a\rb"); },
          [](Writer& w) { return w.retry(milliseconds(5)); },
          [](Writer& w) { return w.retry(milliseconds(-5)); },
          [](Writer& w) { return w.begin(); },
          [](Writer& w) { return w.begin("again"); },
          [](Writer& w) { return w.comment("x"); },
          [](Writer& w) { return w.retry(milliseconds(5)); },
          [](Writer& w) { return w.data("a\r"); },
          [](Writer& w) { return w.data(""); },
          [](Writer& w) { return w.data("\nb"); },
          [](Writer& w) { return w.end(); },
          [](Writer& w) { return w.begin("first piece\r"); },
          [](Writer& w) { return w.data("\nsecond"); },
          [](Writer& w) { return w.end(); },
          [](Writer& w) { return w.begin("tick", "first"); },
          [](Writer& w) { return w.end(); },
          [](Writer& w) { return w.begin(sse::event().with_id("1")); },
          [](Writer& w) { return w.end(); },
          [](Writer& w) { return w.begin(sse::event().with_id("\r")); },
          [](Writer& w) { return w.end(); }};
}

TEST_CASE("a growing writer returns and writes the same as a writer with enough room") {
  char buffer[1024];
  sse::writer writer(buffer);
  sse::growing_writer growing;
  const auto expected = steps<sse::writer>();
  const auto actual = steps<sse::growing_writer>();
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CAPTURE(i);
    const status result = expected[i](writer);
    CHECK(result != status::no_space);
    CHECK(actual[i](growing) == result);
    CHECK(growing.written() == writer.written());
  }
}

TEST_CASE("a JSON text of any size goes into an event in pieces of any size") {
  std::string text;
  while (text.size() < 100'000) text += "{\"key\": [1, 2, 3]},\r\n";
  const std::string expected = [&text] {
    std::vector<char> buffer(2 * text.size());
    sse::writer writer(buffer.data(), buffer.size());
    CHECK(writer.write("state", text) == status::ok);
    return std::string(writer.written());
  }();
  for (const std::size_t size : {1U, 7U, 255U, 4096U, 1000000U}) {
    sse::growing_writer writer;
    CHECK(writer.begin("state", "") == status::ok);
    for (std::size_t at = 0; at < text.size(); at += size) {
      CHECK(writer.data(std::string_view(text).substr(at, size)) == status::ok);
    }
    CHECK(writer.end() == status::ok);
    CHECK(writer.written() == expected);
  }
}

TEST_CASE("take hands out what is written, and an open event goes on") {
  sse::growing_writer writer;
  CHECK(writer.take().empty());
  CHECK(writer.write("a") == status::ok);
  CHECK(writer.take() == "data: a\n\n");
  CHECK(writer.written().empty());
  CHECK(writer.take().empty());
  CHECK(writer.begin("tick", "b\r") == status::ok);
  CHECK(writer.take() == "event: tick\ndata: b\ndata: ");
  CHECK(writer.written().empty());
  CHECK(writer.write("x") == status::out_of_order);
  CHECK(writer.data("\nc") == status::ok);
  CHECK(writer.end() == status::ok);
  CHECK(writer.take() == "c\n\n");
}

TEST_CASE("clear makes room again, and an open event goes on") {
  sse::growing_writer writer;
  CHECK(writer.begin("a\r") == status::ok);
  CHECK(writer.written() == "data: a\ndata: ");
  writer.clear();
  CHECK(writer.written().empty());
  CHECK(writer.data("\nb") == status::ok);
  CHECK(writer.end() == status::ok);
  CHECK(writer.written() == "b\n\n");
}

TEST_CASE("an open event moves along with the writer, and the old one is as if newly made") {
  for (const std::size_t size : {1U, 10U, 1000U}) {
    const std::string text(size, 'x');
    sse::growing_writer first;
    CHECK(first.write("before") == status::ok);
    CHECK(first.begin("t", text) == status::ok);
    sse::growing_writer second(std::move(first));
    CHECK(first.written().empty());  // NOLINT(bugprone-use-after-move)
    CHECK(first.end() == status::out_of_order);
    CHECK(first.comment() == status::ok);
    CHECK(first.write("anew") == status::ok);
    CHECK(first.written() == ":\n\ndata: anew\n\n");
    CHECK(second.data("y") == status::ok);
    first = std::move(second);
    CHECK(first.end() == status::ok);
    CHECK(first.written() == "data: before\n\nevent: t\ndata: " + text + "y\n\n");
    CHECK(second.take().empty());  // NOLINT(bugprone-use-after-move)
    CHECK(second.comment() == status::ok);
    const std::string before(first.written());
    sse::growing_writer& same = first;
    first = std::move(same);
    CHECK(first.written() == before);
  }
}

TEST_CASE("temporaries may be written") {
  const auto temporary = [](const char* text) { return std::string(text); };
  sse::growing_writer writer;
  CHECK(writer.write(temporary("data that is longer than what a string keeps in itself")) ==
        status::ok);
  CHECK(writer.take() == "data: data that is longer than what a string keeps in itself\n\n");
  CHECK(writer.write(temporary("tick"), temporary("two\nlines")) == status::ok);
  CHECK(writer.begin(temporary("tick"), temporary("one")) == status::ok);
  CHECK(writer.end() == status::ok);
  CHECK(writer.begin(temporary("one")) == status::ok);
  CHECK(writer.end() == status::ok);
  CHECK(writer.take() ==
        "event: tick\ndata: two\ndata: lines\n\nevent: tick\ndata: one\n\ndata: one\n\n");
}

static_assert(!std::is_copy_constructible_v<sse::growing_writer>);
static_assert(!std::is_copy_assignable_v<sse::growing_writer>);
static_assert(std::is_nothrow_move_constructible_v<sse::growing_writer>);
static_assert(std::is_nothrow_default_constructible_v<sse::growing_writer>);

// Whether a writer takes such arguments: both `write` and `begin`, or neither.
template <class Writer, class Void, class... Arguments>
constexpr bool writes_if = false;
template <class Writer, class... Arguments>
constexpr bool writes_if<
    Writer, std::void_t<decltype(std::declval<Writer&>().write(std::declval<Arguments>()...))>,
    Arguments...> = true;
template <class Writer, class Void, class... Arguments>
constexpr bool begins_if = false;
template <class Writer, class... Arguments>
constexpr bool begins_if<
    Writer, std::void_t<decltype(std::declval<Writer&>().begin(std::declval<Arguments>()...))>,
    Arguments...> = true;
template <class Writer, class... Arguments>
constexpr bool takes =
    writes_if<Writer, void, Arguments...>&& begins_if<Writer, void, Arguments...>;
template <class Writer, class... Arguments>
constexpr bool refuses =
    !writes_if<Writer, void, Arguments...> && !begins_if<Writer, void, Arguments...>;

template <class Writer>
constexpr bool takes_text_alone =
    takes<Writer, std::string>&& takes<Writer, std::string, const char*>&& refuses<Writer, int>&&
        refuses<Writer, int, std::string>&& refuses<Writer, std::string, int>;
static_assert(takes_text_alone<sse::writer>);
static_assert(takes_text_alone<sse::growing_writer>);

// ---- Memory

struct limit {
  std::size_t bytes = 0;  // that may be allocated at once
  unsigned allocations = 0;
};

limit others{std::size_t{1} << 30};

template <class Value>
struct limited {
  using value_type = Value;
  limit* of;

  limited() noexcept : of(&others) {}
  explicit limited(limit& its) noexcept : of(&its) {}
  template <class Other>
  limited(const limited<Other>& other) noexcept : of(other.of) {}

  Value* allocate(std::size_t count) {
    if (count * sizeof(Value) > of->bytes) throw std::bad_alloc();
    ++of->allocations;
    return std::allocator<Value>().allocate(count);
  }
  void deallocate(Value* values, std::size_t count) noexcept {
    std::allocator<Value>().deallocate(values, count);
  }
  friend bool operator==(const limited& a, const limited& b) noexcept { return a.of == b.of; }
  friend bool operator!=(const limited& a, const limited& b) noexcept { return a.of != b.of; }
};
using limited_writer = sse::basic_growing_writer<limited<char>>;

TEST_CASE("nothing is allocated before something is written") {
  limit none;
  limited_writer writer{limited<char>(none)};
  CHECK(writer.begin() == status::ok);
  CHECK(writer.end() == status::ok);
  CHECK(writer.end() == status::out_of_order);
  CHECK(writer.write(of_id("\n")) == status::invalid_id);
  CHECK(writer.take().empty());
  CHECK(none.allocations == 0);
}

TEST_CASE("the allocator moves along with the writer") {
  limit its{std::size_t{1} << 30};
  limited_writer first{limited<char>(its)};
  CHECK(first.begin("before") == status::ok);
  const unsigned before = others.allocations;
  limited_writer second(std::move(first));
  CHECK(second.data(std::string(1000, 'x')) == status::ok);
  CHECK(second.take().get_allocator().of == &its);
  CHECK(its.allocations > 1);
  CHECK(others.allocations == before);
}

TEST_CASE("what is written is copied where the memory of another writer cannot be taken over") {
  limit its{std::size_t{1} << 30};
  limited_writer to{limited<char>(its)};
  limited_writer from;
  CHECK(from.begin("before") == status::ok);
  to = std::move(from);
  CHECK(from.written().empty());  // NOLINT(bugprone-use-after-move)
  CHECK(from.write("anew") == status::ok);
  CHECK(to.data("x") == status::ok);
  CHECK(to.end() == status::ok);
  CHECK(to.written() == "data: beforex\n\n");
  CHECK(to.take().get_allocator().of == &its);
}

TEST_CASE("the buffer is doubled, so that many small pieces cost few allocations") {
  limit all{std::size_t{1} << 30};
  limited_writer writer{limited<char>(all)};
  CHECK(writer.begin() == status::ok);
  for (int i = 0; i < 1'000'000; ++i) {
    if (writer.data("x") != status::ok) FAIL("refused");
  }
  CHECK(writer.written().size() == 1'000'006);
  CHECK(all.allocations <= 14);
}

TEST_CASE("when the allocator throws, nothing is written, and the call can be made again") {
  limit little{300};
  limited_writer writer{limited<char>(little)};
  CHECK(writer.begin("t", "before") == status::ok);
  const std::string before(writer.written());
  const std::string text(1000, 'x');
  CHECK_THROWS_AS(static_cast<void>(writer.data(text)), std::bad_alloc);
  CHECK(writer.written() == before);
  CHECK_THROWS_AS(static_cast<void>(writer.data(text)), std::bad_alloc);
  CHECK(writer.written() == before);
  CHECK(writer.data("still") == status::ok);
  little.bytes = 10'000;
  CHECK(writer.data(text) == status::ok);
  CHECK(writer.end() == status::ok);
  CHECK(writer.written() == before + "still" + text + "\n\n");
}

}  // namespace
