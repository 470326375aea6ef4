// SPDX-License-Identifier: MIT
// Memory and texts whose sizes the compiler knows, and which are small: it must not warn of what
// is never done with them, such as copies of a fixed size.
#include <chrono>
#include <sse/sse.hpp>
#include <string>

template <std::size_t Size>
int use_small_buffers() {
  using status = sse::writer::status;
  char buffer[Size];
  sse::writer writer(buffer);
  int ok = writer.comment("still here") == status::ok;
  ok += writer.comment() == status::ok;
  writer.clear();
  ok += writer.write(sse::event("tick", "two\nlines").with_id("1")) == status::ok;
  writer.clear();
  ok += writer.begin(sse::event("tick", "").with_id("2")) == status::ok;
  ok += writer.data("a\r") == status::ok;
  ok += writer.data("\nb") == status::ok;
  ok += writer.end() == status::ok;
  writer.clear();
  ok += writer.retry(std::chrono::seconds(2)) == status::ok;
  writer.clear();
  ok += writer.begin("tick", "a") == status::ok;
  std::string_view piece = "short";
  ok += writer.data_some(piece) == status::ok;
  char larger[Size + 1];
  ok += writer.use_buffer(larger);
  ok += writer.end() == status::ok;
  std::string text;
  ok += sse::append(text, sse::event("tick", "short").with_id("3")) == status::ok;

  char storage[Size];
  sse::parser parser(storage);
  ok += parser.set_last_event_id("4");
  for (const sse::event& e : parser.events("id: 5\ndata: one\ndata: two\n\n")) {
    ok += e.data == "one\ntwo";
  }
  sse::growing_parser growing;
  for (const sse::event& e : growing.events("data: x\n\n")) ok += e.data == "x";
  sse::growing_writer growing_writer;
  ok += growing_writer.write("tick", "x") == status::ok;
  return ok;
}

template <std::size_t Size>
bool is_too_small(std::string_view data) {
  using status = sse::writer::status;
  char buffer[Size];
  sse::writer writer(buffer);
  return writer.write(sse::event("tick", data).with_id("1")) == status::no_space &&
         writer.write("message", data) == status::no_space && writer.written().empty();
}

sse::writer::status begin(sse::writer& writer, std::optional<std::string_view> id) {
  sse::event e("tick", "");
  e.id = id;
  return writer.begin(e);
}

int main() {
  const std::string data(90, 'x');
  const bool too_small = is_too_small<7>(data) && is_too_small<20>(data) && is_too_small<64>(data);
  const int ok = use_small_buffers<48>() + use_small_buffers<64>() + use_small_buffers<127>();
  return ok == 51 && too_small ? 0 : 1;
}
