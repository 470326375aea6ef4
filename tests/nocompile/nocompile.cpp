// SPDX-License-Identifier: MIT
// What must not compile, each beside something close to it that must. With VALID all of it does;
// without, each line with an "error" in its comment gives one that holds the words behind it, and
// no other line does; and what stands behind "says" is shown beside the error: see check.py.
#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <sse/data_stream.hpp>
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

#define COMMA ,

namespace {

using std::chrono::milliseconds;
using text = std::string;
using range = sse::detail::event_range<sse::parser>;
using parser_ref = sse::parser&;
using growing_ref = sse::growing_parser&;
using writer_ref = sse::writer&;
using growing_writer_ref = sse::growing_writer&;

text receive() { return "data: x\n\n"; }
const text received = receive();
char buffer[64];
char* const pointer = buffer;
unsigned char octets[64];
std::array<unsigned char, 8> array;
const char constant[64] = {};
std::vector<char> bytes(8);
std::vector<int> numbers(8);
std::vector<char> receive_bytes() { return std::vector<char>(8); }
std::array<char, 8> receive_array() { return {}; }
void use(const sse::event&) {}
void use_range(const range&) {}
template <class... All>
bool is_ok(const All&...) {
  return true;
}

// ---- A chunk that would be gone before its events are looked at

void feed(parser_ref parser, text chunk, const text& other) {
  parser.feed(EITHER(received, receive()));                        // error: deleted; says: variable
  parser.feed(EITHER(chunk, std::move(chunk)));                    // error: deleted
  parser.feed(EITHER(other, std::move(other)));                    // error: deleted
  parser.feed(EITHER(chunk += "\n", chunk + "\n"));                // error: deleted
  parser.feed(EITHER("data\n\n", text("data\n\n")));               // error: deleted
  parser.feed(EITHER(bytes, receive_bytes()));                     // error: deleted; says: variable
  parser.feed(EITHER(std::string_view(), receive_array()));        // error: deleted; says: variable
  for (auto& e : parser.events(EITHER(chunk, receive()))) use(e);  // error: deleted; says: variable
  use_range(parser.events(EITHER(received, receive())));           // error: deleted
  use_range(parser.events(EITHER(chunk, std::move(chunk))));       // error: deleted
  use_range(parser.events(EITHER(chunk += "\n", chunk + "\n")));   // error: deleted
}

void feed(growing_ref parser, text chunk, const text& other) {
  parser.feed(EITHER(received, receive()));                        // error: deleted; says: variable
  parser.feed(EITHER(chunk, std::move(chunk)));                    // error: deleted
  parser.feed(EITHER(other, std::move(other)));                    // error: deleted
  parser.feed(EITHER(bytes, receive_bytes()));                     // error: deleted
  for (auto& e : parser.events(EITHER(chunk, receive()))) use(e);  // error: deleted; says: variable
  for (auto& e : parser.events(EITHER(chunk, chunk + ""))) use(e);  // error: deleted
}

// ---- An array that would be read as far as its first NUL, and what are no bytes

void feed_array(parser_ref parser, growing_ref growing) {
  parser.feed(EITHER(std::string_view(buffer, 9), buffer));   // error: deleted; says: array, size
  parser.feed(EITHER("data\n\n", buffer));                    // error: deleted; says: array, size
  use_range(parser.events(EITHER(constant, buffer)));         // error: deleted; says: array, size
  growing.feed(EITHER(constant, buffer));                     // error: deleted; says: array, size
  for (auto& e : growing.events(EITHER("", buffer))) use(e);  // error: deleted; says: array, size
  parser.feed(EITHER(constant, pointer));                     // error: deleted; says: pointer, size
  parser.feed(EITHER({array.data() COMMA 3}, array));         // error: deleted; says: data(), size
  parser.feed(EITHER(received, octets));                      // error: deleted; says: array, size
  parser.feed(EITHER(bytes, numbers));                        // error: conver
}

// ---- Storage that is not to be written to, or would be given up

void lend(parser_ref parser, writer_ref writer, std::size_t size) {
  sse::parser no_constant(EITHER(buffer, constant));        // error: no matching
  sse::parser no_literal(EITHER(buffer, "storage"));        // error: no matching
  sse::parser no_conversion EITHER({buffer}, = buffer);     // error: no viable|requested
  sse::parser no_text(EITHER(buffer, received));            // error: no matching
  sse::parser no_temporary(EITHER(bytes, text(8, ' ')));    // error: no matching
  sse::parser no_array(EITHER(bytes, receive_array()));     // error: no matching
  sse::parser no_bytes(EITHER(buffer, numbers.data()), 1);  // error: no matching
  is_ok(parser.use_storage(EITHER(buffer, constant), 1));   // error: no matching|conversion
  is_ok(parser.use_storage(EITHER(buffer, constant)));      // error: no matching
  sse::growing_parser no_limit EITHER({size}, = size);      // error: no viable|requested
  sse::basic_growing_parser<std::allocator<EITHER(char, int)>> no_int;  // error: allocator of char
  sse::writer not_here(EITHER(buffer, constant));                       // error: no matching
  sse::writer nor_here(EITHER(buffer, "buffer"));                       // error: no matching
  sse::writer no_string(EITHER(bytes, text(8, ' ')));                   // error: no matching
  sse::writer implicitly EITHER({buffer}, = buffer);         // error: no viable|requested
  is_ok(writer.use_buffer(EITHER(buffer, constant)));        // error: conver
  is_ok(writer.use_buffer(EITHER(bytes, receive_bytes())));  // error: conver
}

// ---- Two parsers with one storage, and what only the owner of a storage may do

void copy(parser_ref parser, growing_ref growing, growing_writer_ref writer) {
  sse::parser second(EITHER(std::move(parser), parser));           // error: deleted; says: move it
  parser = EITHER(std::move(second), second);                      // error: deleted
  sse::growing_parser other(EITHER(std::move(growing), growing));  // error: deleted; says: move it
  growing = EITHER(std::move(other), other);                       // error: deleted
  sse::growing_writer third(EITHER(std::move(writer), writer));    // error: deleted; says: written
  writer = EITHER(std::move(third), third);                        // error: deleted
  is_ok(EITHER(parser, growing).use_storage(buffer, 1));           // error: private|inaccessible
  is_ok(EITHER(parser, growing).drain());                          // error: private|inaccessible
  sse::parser& base = EITHER(parser, growing);                     // error: private|inaccessible
  struct derived : EITHER(sse::parser, sse::growing_parser) {};    // error: final
}

// ---- An event of something else than data, or type and data

void make(text name, const sse::owned_event& kept) {
  const auto none = std::nullopt;
  sse::event three EITHER(("tick", "x"), ("42", "tick", "x"));    // error: deleted; says: with_id
  sse::event fourth EITHER({}, {"" COMMA "" COMMA "" COMMA 3});   // error: deleted; says: with_id
  sse::event no_id EITHER({"x"}, {none COMMA "tick" COMMA "x"});  // error: deleted; says: with_id
  sse::event no_data(EITHER("", nullptr));                        // error: deleted; says: no text
  sse::event no_type(EITHER("", nullptr), "x");                   // error: deleted; says: {data}
  sse::event absent(EITHER("", none), "x");                       // error: deleted; says: {data}
  sse::event temporary(EITHER(name, receive()));                  // error: write\(data
  sse::event type(EITHER(name, receive()), "x");                  // error: write\(type, data
  sse::event data("tick", EITHER(name, std::move(name)));         // error: write\(type, data
  sse::event number = {EITHER(name, std::to_string(1)), "data"};  // error: write\(type, data
  is_ok(data.with_id(EITHER(name, std::to_string(1))));           // error: in a variable
  is_ok(kept, EITHER(kept, sse::owned_event()).view());           // error: deleted; says: variable
}

void write(writer_ref writer, growing_writer_ref growing, text& to) {
  is_ok(writer.write(EITHER(, "42" COMMA) "tick", "x"));       // error: deleted; says: with_id
  is_ok(writer.begin(EITHER(, "42" COMMA) "tick", "x"));       // error: deleted; says: with_id
  is_ok(growing.write(EITHER(, "42" COMMA) "tick", "x"));      // error: deleted; says: with_id
  is_ok(growing.begin(EITHER(, "42" COMMA) "tick", "x"));      // error: deleted; says: with_id
  is_ok(writer.write({EITHER(, "42" COMMA) "tick", "x"}));     // error: deleted; says: with_id
  is_ok(sse::append(to, {EITHER(, "42" COMMA) "tick", "x"}));  // error: deleted; says: with_id
  is_ok(sse::append(to, {EITHER("tick", nullptr), "x"}));      // error: deleted; says: {data}
  is_ok(writer.write(EITHER("x", nullptr)));                   // error: deleted; says: no text
  is_ok(writer.write(EITHER("tick", nullptr), "x"));           // error: no matching
  is_ok(writer.write("tick", EITHER("x", nullptr)));           // error: no matching
}

// ---- No text at all

void give_nothing(parser_ref parser, growing_ref growing, writer_ref writer) {
  parser.feed(EITHER("", nullptr));                       // error: deleted; says: no text
  growing.feed(EITHER("", nullptr));                      // error: deleted; says: no text
  is_ok(parser.set_last_event_id(EITHER("", nullptr)));   // error: deleted; says: empty
  is_ok(growing.set_last_event_id(EITHER("", nullptr)));  // error: deleted; says: empty
  is_ok(writer.comment(EITHER("", nullptr)));             // error: deleted
  is_ok(writer.data(EITHER("", nullptr)));                // error: deleted
  is_ok(sse::is_event_stream(EITHER("", nullptr)));       // error: deleted
  is_ok(sse::is_header_safe(EITHER("", nullptr)));        // error: deleted
}

// ---- A status that is not looked at

void ignore(parser_ref parser, growing_ref growing, sse::event& e) {
  EITHER((void), ) parser.next(e);                 // error: nodiscard
  EITHER((void), ) parser.finish(e);               // error: nodiscard
  EITHER((void), ) parser.set_last_event_id("");   // error: nodiscard
  EITHER((void), ) parser.use_storage(buffer, 1);  // error: nodiscard
  EITHER((void), ) parser.use_storage(buffer);     // error: nodiscard
  EITHER((void), ) growing.next(e);                // error: nodiscard
  EITHER((void), ) growing.finish(e);              // error: nodiscard
  EITHER((void), ) growing.set_last_event_id("");  // error: nodiscard
}

void ignore(sse::event_source& source, const sse::response& head, sse::event& e) {
  const sse::event_source::time_point now;
  EITHER((void), ) source.next(now);    // error: nodiscard
  EITHER((void), ) source.judge(head);  // error: nodiscard
  EITHER((void), ) source.take(e);      // error: nodiscard
}

// ---- A policy with jitter, and nothing by chance

void draw(const sse::policy& policy) {
  sse::event_source source(policy EITHER(COMMA 1, ));  // error: deleted; says: by chance
}

void ignore(writer_ref writer, const sse::event& e, text& to, std::string_view* pieces) {
  EITHER((void), ) writer.write(e);                         // error: nodiscard
  EITHER((void), ) writer.write("x");                       // error: nodiscard
  EITHER((void), ) writer.write("tick", "x");               // error: nodiscard
  EITHER((void), ) writer.comment();                        // error: nodiscard
  EITHER((void), ) writer.retry(milliseconds(1));           // error: nodiscard
  EITHER((void), ) writer.begin();                          // error: nodiscard
  EITHER((void), ) writer.begin("x");                       // error: nodiscard
  EITHER((void), ) writer.begin("tick", "x");               // error: nodiscard
  EITHER((void), ) writer.data("");                         // error: nodiscard
  EITHER((void), ) writer.data_some(*pieces);               // error: nodiscard
  EITHER((void), ) writer.end();                            // error: nodiscard
  EITHER((void), ) writer.cancel();                         // error: nodiscard
  EITHER((void), ) writer.use_buffer(buffer);               // error: nodiscard
  EITHER((void), ) sse::append(to, e);                      // error: nodiscard
  EITHER((void), ) sse::append_comment(to);                 // error: nodiscard
  EITHER((void), ) sse::append_retry(to, milliseconds(1));  // error: nodiscard
  EITHER((void), ) sse::gather(e, pieces, 1);               // error: nodiscard
}

// Where there is always space, a comment, a piece or an end can only be out of order.
void ignore(growing_writer_ref writer, const sse::event& e) {
  EITHER((void), ) writer.write(e);                // error: nodiscard
  EITHER((void), ) writer.write("x");              // error: nodiscard
  EITHER((void), ) writer.write("tick", "x");      // error: nodiscard
  EITHER((void), ) writer.retry(milliseconds(1));  // error: nodiscard
  EITHER((void), ) writer.begin();                 // error: nodiscard
  EITHER((void), ) writer.begin("x");              // error: nodiscard
  EITHER((void), ) writer.begin("tick", "x");      // error: nodiscard
  writer.comment();
  writer.data("x");
  writer.end();
}

// ---- What looks right and is not

void mistake(parser_ref parser, writer_ref writer, sse::channel& channel, sse::event& e) {
  using status = sse::writer::status;
  if (EITHER(status::ok ==, ) writer.write(e)) return;                   // error: convert
  while (EITHER(is_ok, )(parser.next(e))) return;                        // error: convert
  for (EITHER(const, ) sse::event& each : parser.events("")) use(each);  // error: discards|drops
  is_ok(writer.retry(EITHER(milliseconds(3), 3)));                       // error: conver
  is_ok(writer.write(e.with_retry(EITHER(milliseconds(3), 3))));         // error: conver
  parser.report(EITHER(sse::report::comments, true));                    // error: conver|initialize
  is_ok(channel.publish(EITHER({"42"}, "42"), 7));  // error: deleted; says: {data}, topic
  std::vector<EITHER(char, int)> container;
  is_ok(sse::append(container, e));           // error: of bytes
  is_ok(sse::append_comment(container, ""));  // error: of bytes
}

}  // namespace
