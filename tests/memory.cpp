// SPDX-License-Identifier: MIT
#include <sse/memory.hpp>
// First, so that it must include what it needs.
#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <sse/growing_parser.hpp>
#include <sse/parser.hpp>
#include <sse/writer.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>
#if __cplusplus >= 202002L && __has_include(<span>)
#include <span>
#endif

#include "support/walk.hpp"

namespace {

using namespace std::string_view_literals;

constexpr std::string_view stream = "data: a\n\n";

template <class Container>
Container filled_with(std::string_view text) {
  Container all;
  all.resize(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    all[i] = static_cast<typename Container::value_type>(text[i]);
  }
  return all;
}

// What comes of a chunk through `feed` and through `events`, of either parser.
template <class Chunk>
void check_chunk(Chunk&& chunk) {
  char memory[8];
  sse::parser parser(memory);
  parser.feed(chunk);
  CHECK(walk([&parser](sse::event& e) { return parser.next(e); }) == "message:a;");
  sse::growing_parser growing;
  std::string seen;
  for (const auto& e : growing.events(chunk)) seen += told(e.kind, e);
  CHECK(seen == "message:a;");
}

// Lent to a parser and to a writer, by the constructor and later.
template <class Memory>
void check_storage(Memory&& memory) {
  sse::parser parser(memory);
  CHECK(parser.set_last_event_id("1234567"));
  CHECK_FALSE(parser.set_last_event_id(std::string(65, 'i')));
  CHECK(parser.use_storage(nullptr, 0) == false);
  CHECK(feed(parser, "data:a\ndata:b") == "");
  CHECK(feed(parser, "\n\n") == "message:a\nb;");
  char other[7];
  CHECK(parser.use_storage(other));
  CHECK(parser.use_storage(memory));
  CHECK(parser.last_event_id() == "1234567");

  sse::writer writer(memory);
  CHECK(writer.write("x") == sse::writer::status::ok);
  CHECK(writer.written() == "data: x\n\n");
}

template <class Source>
constexpr bool takes = std::is_convertible_v<Source, sse::bytes>;
template <class Target>
constexpr bool lends = std::is_convertible_v<Target, sse::storage>;

}  // namespace

TEST_CASE("a chunk is whatever lies in one piece and has elements of one byte") {
  const auto text = filled_with<std::string>(stream);
  check_chunk(text);
  check_chunk(std::string_view(text));
  check_chunk(text.c_str());
  check_chunk(filled_with<std::vector<char>>(stream));
  check_chunk(filled_with<std::vector<unsigned char>>(stream));
  check_chunk(filled_with<std::vector<signed char>>(stream));
  check_chunk(filled_with<std::vector<std::uint8_t>>(stream));
  check_chunk(filled_with<std::vector<std::byte>>(stream));
  check_chunk(filled_with<std::pmr::vector<std::byte>>(stream));
  check_chunk("data: a\n\n");
  check_chunk(u8"data: a\n\n");
  const std::array<char, 9> array = {'d', 'a', 't', 'a', ':', ' ', 'a', '\n', '\n'};
  check_chunk(array);
  const unsigned char bytes[] = {'d', 'a', 't', 'a', ':', ' ', 'a', '\n', '\n'};
  check_chunk(bytes);
  std::byte writable[9] = {};
  for (std::size_t i = 0; i < stream.size(); ++i) writable[i] = std::byte(bytes[i]);
  check_chunk(std::as_const(writable));
#if defined(__cpp_lib_span)
  check_chunk(std::span<const std::byte>(writable));
  check_chunk(std::span<std::byte>(writable));
  check_chunk(std::span<const char>(text));
  check_chunk(std::span<std::byte, 9>(writable));
#endif
#if defined(__cpp_char8_t)
  check_chunk(std::u8string_view(u8"data: a\n\n"));
  check_chunk(filled_with<std::u8string>(stream));
#endif
}

TEST_CASE("a chunk can be a pointer and a size, or a braced pair of them") {
  const auto check = [](const auto* first) {
    CHECK(sse::bytes(first, 9).text() == stream);
    char memory[8];
    sse::parser parser(memory);
    parser.feed({first, 9});
    CHECK(walk([&parser](sse::event& e) { return parser.next(e); }) == "message:a;");
  };
  const auto text = filled_with<std::string>(stream);
  check(text.data());
  const auto numbers = filled_with<std::vector<unsigned char>>(stream);
  check(numbers.data());
  const auto bytes = filled_with<std::vector<std::byte>>(stream);
  check(bytes.data());
}

TEST_CASE("of a literal the text counts, and of an array of numbers all, NUL too") {
  CHECK(sse::bytes("ab").text() == "ab");
  CHECK(sse::bytes("").text().empty());
  CHECK(sse::bytes("a\0b").text() == "a");
  const unsigned char numbers[] = {'a', 0, 'b'};
  CHECK(sse::bytes(numbers).text() == "a\0b"sv);
  const std::byte bytes[] = {std::byte{'a'}, std::byte{0}};
  CHECK(sse::bytes(bytes).text() == "a\0"sv);
  CHECK(sse::bytes("a\0b"sv).text() == "a\0b"sv);
  CHECK(sse::bytes().text().empty());
}

TEST_CASE("of a constant array of characters without a NUL all is taken, and no byte behind it") {
  constexpr char full[] = {'a', 'b'};
  CHECK(sse::bytes(full).text() == "ab");
}

TEST_CASE("a chunk is a view: no byte is copied") {
  const auto numbers = filled_with<std::vector<unsigned char>>(stream);
  CHECK(static_cast<const void*>(sse::bytes(numbers).text().data()) == numbers.data());
  char memory[8];
  sse::parser parser(memory);
  parser.feed(numbers);
  sse::event e;
  REQUIRE(parser.next(e) == sse::parser::status::event);
  CHECK(static_cast<const void*>(e.data.data()) == numbers.data() + 6);
}

TEST_CASE("storage and buffers are whatever can be written to and has elements of one byte") {
  char chars[64];
  check_storage(chars);
  unsigned char numbers[64];
  check_storage(numbers);
  signed char signs[64];
  check_storage(signs);
  std::byte bytes[64];
  check_storage(bytes);
  std::array<char, 64> array;
  check_storage(array);
  std::array<std::byte, 64> array_of_bytes;
  check_storage(array_of_bytes);
  std::vector<char> vector(64);
  check_storage(vector);
  std::vector<std::uint8_t> vector_of_numbers(64);
  check_storage(vector_of_numbers);
  std::string text(64, ' ');
  check_storage(text);
#if defined(__cpp_lib_span)
  check_storage(std::span(chars));
  check_storage(std::span(bytes));
  check_storage(std::span<std::byte>(array_of_bytes));
#endif
#if defined(__cpp_char8_t)
  char8_t code_units[64];
  check_storage(code_units);
#endif
  CHECK(static_cast<void*>(sse::storage(vector).data()) == vector.data());
  CHECK(sse::storage(vector).size() == 64);
  CHECK(sse::storage(numbers, 3).size() == 3);
  CHECK(sse::storage().size() == 0);
  CHECK(sse::storage(nullptr, 0).data() == nullptr);
}

TEST_CASE("what would dangle, or is of larger elements, or cannot be written to, is refused") {
  static_assert(takes<const std::string&>);
  static_assert(takes<std::vector<std::byte>&>);
  static_assert(takes<std::string_view>);
  static_assert(!takes<std::string>);
  static_assert(!takes<const std::string>);
  static_assert(!takes<std::vector<unsigned char>>);
  static_assert(!takes<std::array<char, 4>>);
  static_assert(!takes<char(&)[4]>);
  static_assert(!takes<unsigned char(&)[4]>);
  static_assert(!takes<std::byte(&)[4]>);
  static_assert(!takes<std::array<char, 4>&>);
  static_assert(!takes<std::array<std::byte, 4>&>);
  static_assert(takes<const std::array<std::byte, 4>&>);
  static_assert(!takes<std::array<int, 4>&>);
  static_assert(takes<const char*>);
  static_assert(!takes<char*>);
  static_assert(!takes<std::vector<int>&>);
  static_assert(!takes<std::vector<bool>&>);
  static_assert(!takes<std::wstring&>);
  static_assert(!takes<int>);
  static_assert(!takes<std::nullptr_t>);

  static_assert(lends<std::string&>);
  static_assert(lends<std::vector<std::byte>&>);
  static_assert(lends<char(&)[4]>);
  static_assert(!lends<const char(&)[4]>);
  static_assert(!lends<std::string>);
  static_assert(!lends<const std::string&>);
  static_assert(!lends<std::string_view>);
  static_assert(!lends<std::vector<char>>);
  static_assert(!lends<std::array<char, 4>>);
  static_assert(!lends<const std::array<char, 4>&>);
  static_assert(!lends<int(&)[4]>);
  static_assert(!lends<std::vector<int>&>);
#if defined(__cpp_lib_span)
  static_assert(takes<std::span<const std::byte>>);
  static_assert(lends<std::span<std::byte>>);
  static_assert(!lends<std::span<const std::byte>>);
  static_assert(!takes<std::span<const int>>);
#endif
}

namespace {

constexpr bool parses_at_compile_time() {
  char memory[16] = {};
  sse::parser parser{sse::storage(memory)};
  constexpr char chunk[] = "data: a\ndata: b\n\n";
  parser.feed(chunk);
  sse::event e;
  return parser.next(e) == sse::parser::status::event && e.data == "a\nb";
}
static_assert(parses_at_compile_time());
static_assert(sse::bytes("ab").text().size() == 2);

}  // namespace
