// SPDX-License-Identifier: MIT
// What must not compile, each beside something close to it that must. With VALID all of it does;
// without, each line with an "error" in its comment gives one that holds the words behind it, and
// no other line does: see check.py.
#include <chrono>
#include <memory>
#include <sse/sse.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#ifdef VALID
#define EITHER(valid, invalid) valid
#else
#define EITHER(valid, invalid) invalid
#endif

namespace {

using std::chrono::milliseconds;
using text = std::string;
using range = sse::detail::event_range<sse::parser>;
using parser_ref = sse::parser&;
using growing_ref = sse::growing_parser&;

text receive() { return "data: x\n\n"; }
const text received = receive();
char buffer[64];
const char constant[64] = {};
const std::vector<char> bytes(8);
void use(const sse::event&) {}
void use_range(const range&) {}
template <class... All>
bool is_ok(const All&...) {
  return true;
}

// ---- A chunk that would be gone before its events are looked at

void feed(parser_ref parser, text chunk, const text& other) {
  parser.feed(EITHER(received, receive()));                        // error: deleted
  parser.feed(EITHER(chunk, std::move(chunk)));                    // error: deleted
  parser.feed(EITHER(other, std::move(other)));                    // error: deleted
  parser.feed(EITHER(chunk += "\n", chunk + "\n"));                // error: deleted
  parser.feed(EITHER("data\n\n", text("data\n\n")));               // error: deleted
  parser.feed(EITHER("data\n\n", std::vector<char>(8)));           // error: deleted
  for (auto& e : parser.events(EITHER(chunk, receive()))) use(e);  // error: deleted
  use_range(parser.events(EITHER(received, receive())));           // error: deleted
  use_range(parser.events(EITHER(chunk, std::move(chunk))));       // error: deleted
  use_range(parser.events(EITHER(chunk += "\n", chunk + "\n")));   // error: deleted
}

void feed(growing_ref parser, text chunk, const text& other) {
  parser.feed(EITHER(received, receive()));                         // error: deleted
  parser.feed(EITHER(chunk, std::move(chunk)));                     // error: deleted
  parser.feed(EITHER(other, std::move(other)));                     // error: deleted
  for (auto& e : parser.events(EITHER(chunk, receive()))) use(e);   // error: deleted
  for (auto& e : parser.events(EITHER(chunk, chunk + ""))) use(e);  // error: deleted
}

// ---- An array that would be read as far as its first NUL, and what is no text

void feed_array(parser_ref parser, growing_ref growing) {
  parser.feed(EITHER(std::string_view(buffer, 9), buffer));   // error: deleted
  parser.feed(EITHER("data\n\n", buffer));                    // error: deleted
  use_range(parser.events(EITHER(constant, buffer)));         // error: deleted
  growing.feed(EITHER(constant, buffer));                     // error: deleted
  for (auto& e : growing.events(EITHER("", buffer))) use(e);  // error: deleted
  parser.feed(EITHER({bytes.data()}, bytes));                 // error: no matching
}

// ---- Storage that is not to be written to, or would be given up

void lend(parser_ref parser, std::size_t size) {
  sse::parser no_constant(EITHER(buffer, constant));       // error: no matching
  sse::parser no_literal(EITHER(buffer, "storage"));       // error: no matching
  sse::parser no_conversion EITHER({buffer}, = buffer);    // error: no viable|requested
  sse::parser no_text(EITHER(buffer, received));           // error: no matching
  sse::parser no_bytes(EITHER(buffer, bytes.data()), 1);   // error: no matching
  is_ok(parser.use_storage(EITHER(buffer, constant), 1));  // error: conversion|cannot
  sse::growing_parser no_limit EITHER({size}, = size);     // error: no viable|requested
  sse::basic_growing_parser<std::allocator<EITHER(char, int)>> no_int;  // error: allocator of char
  sse::writer not_here(EITHER(buffer, constant));                       // error: no matching
  sse::writer nor_here(EITHER(buffer, "buffer"));                       // error: no matching
  sse::writer implicitly EITHER({buffer}, = buffer);  // error: no viable|requested
}

// ---- Two parsers with one storage, and what only the owner of a storage may do

void copy(parser_ref parser, growing_ref growing, range& events) {
  sse::parser second(EITHER(std::move(parser), parser));           // error: private
  parser = EITHER(std::move(second), second);                      // error: private
  sse::growing_parser other(EITHER(std::move(growing), growing));  // error: deleted
  growing = EITHER(std::move(other), other);                       // error: deleted
  auto EITHER(&, ) all = events;                                   // error: deleted
  is_ok(EITHER(parser, growing).use_storage(buffer, 1));           // error: private|inaccessible
  sse::parser& base = EITHER(parser, growing);                     // error: private|inaccessible
  struct derived : EITHER(sse::parser, sse::growing_parser) {};    // error: final
}

// ---- A status that is not looked at

void ignore(parser_ref parser, growing_ref growing, sse::event& e) {
  EITHER((void), ) parser.next(e);                 // error: nodiscard
  EITHER((void), ) parser.finish(e);               // error: nodiscard
  EITHER((void), ) parser.set_last_event_id("");   // error: nodiscard
  EITHER((void), ) parser.use_storage(buffer, 1);  // error: nodiscard
  EITHER((void), ) growing.next(e);                // error: nodiscard
  EITHER((void), ) growing.finish(e);              // error: nodiscard
  EITHER((void), ) growing.set_last_event_id("");  // error: nodiscard
}

void ignore(sse::writer& writer, const sse::event& e, text& to, std::string_view* pieces) {
  EITHER((void), ) writer.write(e);                // error: nodiscard
  EITHER((void), ) writer.comment();               // error: nodiscard
  EITHER((void), ) writer.retry(milliseconds(1));  // error: nodiscard
  EITHER((void), ) writer.begin();                 // error: nodiscard
  EITHER((void), ) writer.data("");                // error: nodiscard
  EITHER((void), ) writer.end();                   // error: nodiscard
  EITHER((void), ) sse::append(to, e);             // error: nodiscard
  EITHER((void), ) sse::gather(e, pieces, 1);      // error: nodiscard
}

// ---- What looks right and is not

void mistake(parser_ref parser, sse::writer& writer, sse::event& e) {
  using status = sse::writer::status;
  if (EITHER(status::ok ==, ) writer.write(e)) return;                   // error: convert
  while (EITHER(is_ok, )(parser.next(e))) return;                        // error: convert
  for (EITHER(const, ) sse::event& each : parser.events("")) use(each);  // error: discards|drops
  is_ok(writer.retry(EITHER(milliseconds(3), 3)));                       // error: conver
  is_ok(writer.write({{}, {}, {}, EITHER(milliseconds(3), 3)}));         // error: conver
  std::vector<EITHER(char, int)> container;
  is_ok(sse::append(container, e));  // error: of bytes
}

}  // namespace
