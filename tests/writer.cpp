// SPDX-License-Identifier: MIT
#include <sse/writer.hpp>
// First, so that it must include what it needs.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <ostream>
#include <sse/growing_writer.hpp>
#include <sse/parser.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "support/written.hpp"

namespace {

using namespace std::string_view_literals;
using namespace written;

constexpr std::size_t largest_size = std::numeric_limits<std::size_t>::max();
constexpr milliseconds longest = sse::longest_retry;

const sse::event full =
    sse::event("tick", "two\nlines\r\n").with_id("42").with_retry(milliseconds(3000));

// All that can be written, whole and in pieces.
const std::vector<call> everything = {
    // whole
    writes(full), comments("a\rb"), comments(), retries(milliseconds(12)),
    // in pieces
    begins(sse::event("tick", "").with_id("43").with_retry(milliseconds(4))), adds("a"),
    adds("bc\r"), adds(""), adds("\nd\re\r"), adds("f"), adds("\n\r"), adds("\n"), ends(),
    // in pieces, the first of which comes with the beginning
    begins({"tick", "a\r"}), adds("\nb"), ends(),
    // in pieces that are line ends, without data, without anything
    begins(), adds("\r"), adds("\n\n"), ends(), begins_id(""), ends(), begins(), ends()};

// ---- Bytes

TEST_CASE("an event is its fields, a line each, its lines of data, and a blank line") {
  CHECK(output(full) == "event: tick\nid: 42\nretry: 3000\ndata: two\ndata: lines\ndata: \n\n");
  CHECK(output(everything) ==
        "event: tick\nid: 42\nretry: 3000\ndata: two\ndata: lines\ndata: \n\n"
        ":a\n:b\n\n"
        ":\n\n"
        "retry: 12\n\n"
        "event: tick\nid: 43\nretry: 4\ndata: abc\ndata: d\ndata: e\ndata: f\ndata: \ndata: \n\n"
        "event: tick\ndata: a\ndata: b\n\n"
        "data: \ndata: \ndata: \n\n"
        "id: \n\n");
}

TEST_CASE("data is split at LF, CR and CRLF") {
  for (const char* const line_end : {"\n", "\r", "\r\n"}) {
    for (std::string text; text.size() < 140; text += 'x') {
      CAPTURE(text.size());
      CHECK(output(of_data(text + line_end + "y")) == "data: " + text + "\ndata: y\n\n");
    }
  }
  CHECK(output(of_data("a\n\rb")) == "data: a\ndata: \ndata: b\n\n");
  CHECK(output(of_data("a\r\r\nb")) == "data: a\ndata: \ndata: b\n\n");
  CHECK(output(of_data("a\r\n\nb")) == "data: a\ndata: \ndata: b\n\n");
}

TEST_CASE("a trailing line end gives a last empty data line") {
  CHECK(output(of_data("a\n")) == "data: a\ndata: \n\n");
  CHECK(output(of_data("a\r")) == "data: a\ndata: \n\n");
  CHECK(output(of_data("a\r\n")) == "data: a\ndata: \n\n");
  CHECK(output(of_data("\n")) == "data: \ndata: \n\n");
}

TEST_CASE("empty data is an empty data line, for without one no event is fired") {
  CHECK(output(of_data("")) == "data: \n\n");
  CHECK(output(of_data({})) == "data: \n\n");
  CHECK(output(sse::event{}) == "data: \n\n");
}

TEST_CASE("a forged event behind LF LF, CR CR or CRLF CRLF stays data") {
  CHECK(output(of_data("hi\n\nevent: admin\ndata: x\n\n")) ==
        "data: hi\ndata: \ndata: event: admin\ndata: data: x\ndata: \ndata: \n\n");
  CHECK(output(of_data("hi\r\revent: admin")) == "data: hi\ndata: \ndata: event: admin\n\n");
  CHECK(output(of_data("hi\r\n\r\nid: 1")) == "data: hi\ndata: \ndata: id: 1\n\n");
}

TEST_CASE("a leading space survives behind the writer's own") {
  CHECK(output(sse::event(" t", " a\n b").with_id(" 1")) ==
        "event:  t\nid:  1\ndata:  a\ndata:  b\n\n");
}

TEST_CASE("a comment's text comes directly behind the colon, with a space or without") {
  CHECK(output({comments("x")}) == ":x\n\n");
  CHECK(output({comments(" x")}) == ": x\n\n");
  CHECK(output({comments(" a\n b\nc")}) == ": a\n: b\n:c\n\n");
}

TEST_CASE("every byte that is no line end is left as it is") {
  for (unsigned byte = 0; byte < 256; ++byte) {
    CAPTURE(byte);
    const char c = static_cast<char>(byte);
    if (c == '\n' || c == '\r') continue;
    const std::string text = {c, 'a', c, c};
    CHECK(output(of_data(text)) == "data: " + text + "\n\n");
    CHECK(output({comments(text)}) == ":" + text + "\n\n");
    CHECK(output(of_type(text)) == "event: " + text + "\ndata: x\n\n");
    if (c != '\0') CHECK(output(of_id(text)) == "id: " + text + "\ndata: x\n\n");
  }
  const std::string others = "\xEF\xBB\xBF U+2028 \xE2\x80\xA8 U+0085 \xC2\x85 \v \f \xFF";
  CHECK(output(of_data(others)) == "data: " + others + "\n\n");
}

TEST_CASE("a type that was given is written, also message; an absent or empty one is not") {
  CHECK(output(of_data("x")) == "data: x\n\n");
  CHECK(output(of_type("")) == "data: x\n\n");
  CHECK(output(of_type({})) == "data: x\n\n");
  CHECK(output({begins_type(""), adds("x"), ends()}) == "data: x\n\n");
  for (const char* const type :
       {"message", "Message", "messag", "messagE", "messages", " message", "message "}) {
    const std::string expected = "event: " + std::string(type) + "\ndata: x\n\n";
    CHECK(output(of_type(type)) == expected);
    CHECK(output({begins_type(type), adds("x"), ends()}) == expected);
  }
}

TEST_CASE("an empty id is the reset and is written; an absent one is not") {
  CHECK(output(of_id("")) == "id: \ndata: x\n\n");
  CHECK(output(of_id({})) == "id: \ndata: x\n\n");
  CHECK(output(sse::event("x")) == "data: x\n\n");
}

TEST_CASE("retry is digits only, and 0 is legal") {
  std::vector<std::int64_t> times = {0, 9, 3000, 1234567890, longest.count() - 1, longest.count()};
  for (std::int64_t power = 10; power <= longest.count() / 10; power *= 10) {
    times.insert(times.end(), {power - 1, power, power + 1});
  }
  for (const std::int64_t time : times) {
    const std::string line = "retry: " + std::to_string(time) + "\n";
    CHECK(output({retries(milliseconds(time))}) == line + "\n");
    CHECK(output(of_retry(milliseconds(time))) == line + "data: x\n\n");
    CHECK(output({begins_retry(milliseconds(time)), ends()}) == line + "\n");
  }
}

TEST_CASE("every line of a comment gets its own colon, and a blank line ends it") {
  CHECK(output({comments()}) == ":\n\n");
  CHECK(output({comments("\n")}) == ":\n:\n\n");
  CHECK(output({comments("a\nb\rc\r\nd\n")}) == ":a\n:b\n:c\n:d\n:\n\n");
  CHECK(output({comments("a\n\ndata: x\rid\r\n\r:")}) == ":a\n:\n:data: x\n:id\n:\n::\n\n");
}

// ---- What an event is made of

TEST_CASE("one text is data, two are type and data, and an ID is given by its name") {
  char buffer[256];
  sse::writer writer(buffer);
  CHECK(writer.write("hello") == status::ok);
  CHECK(writer.write({"hello"}) == status::ok);
  CHECK(writer.write("tick", "hello") == status::ok);
  CHECK(writer.write({"tick", "hello"}) == status::ok);
  CHECK(writer.write("", "hello") == status::ok);
  CHECK(writer.write(sse::event{"tick", "hello"}.with_id("42")) == status::ok);
  CHECK(writer.written() ==
        "data: hello\n\ndata: hello\n\nevent: tick\ndata: hello\n\nevent: tick\ndata: hello\n\n"
        "data: hello\n\nevent: tick\nid: 42\ndata: hello\n\n");
}

TEST_CASE("temporaries may be written as data, and as type and data") {
  const auto temporary = [](const char* text) { return std::string(text); };
  char buffer[256];
  sse::writer writer(buffer);
  CHECK(writer.write(temporary("longer than what a string keeps in itself")) == status::ok);
  CHECK(writer.write(temporary("tick"), temporary("hello")) == status::ok);
  CHECK(writer.begin(temporary("one")) == status::ok);
  CHECK(writer.end() == status::ok);
  CHECK(writer.begin(temporary("tick"), temporary("two")) == status::ok);
  CHECK(writer.end() == status::ok);
  CHECK(writer.written() ==
        "data: longer than what a string keeps in itself\n\nevent: tick\ndata: hello\n\n"
        "data: one\n\nevent: tick\ndata: two\n\n");
}

TEST_CASE("an event begun with a text has data, be it empty, and arrives though no piece follows") {
  char buffer[256];
  sse::writer writer(buffer);
  CHECK(writer.begin("tick", "") == status::ok);
  CHECK(writer.written() == "event: tick\ndata: ");
  CHECK(writer.end() == status::ok);
  CHECK(writer.begin("") == status::ok);
  CHECK(writer.data("piece") == status::ok);
  CHECK(writer.end() == status::ok);
  CHECK(writer.begin("") == status::ok);
  CHECK(writer.end() == status::ok);
  CHECK(writer.written() == "event: tick\ndata: \n\ndata: piece\n\ndata: \n\n");

  sse::growing_writer growing;
  CHECK(growing.begin("tick", "") == status::ok);
  CHECK(growing.end() == status::ok);
  CHECK(growing.begin("") == status::ok);
  CHECK(growing.end() == status::ok);
  CHECK(growing.written() == "event: tick\ndata: \n\ndata: \n\n");
}

TEST_CASE("an event without data is begun as one: its fields are written alone") {
  char buffer[256];
  sse::writer writer(buffer);
  CHECK(writer.begin(sse::event("tick", "")) == status::ok);
  CHECK(writer.end() == status::ok);
  CHECK(writer.written() == "event: tick\n\n");
}

TEST_CASE(
    "comments and types are written back as they came: with a space or without, message or none") {
  for (const std::string_view stream :
       {":x\n\n"sv, ": x\n\n"sv, ":  x\n\n"sv, ":\n\n"sv, ": \n\n"sv,
        "event: message\ndata: a\n\n"sv, "data: a\n\n"sv,
        "event: t\nid: 1\nretry: 5\ndata: a\ndata:  b\n\n"sv}) {
    CAPTURE(stream);
    char storage[64];
    sse::parser parser(storage);
    parser.report(sse::report::comments);
    parser.feed(stream);
    char buffer[64];
    sse::writer writer(buffer);
    sse::event e;
    const sse::parser::status found = parser.next(e);
    if (found == sse::parser::status::comment) {
      CHECK(writer.comment(e.data) == status::ok);
    } else {
      CHECK(found == sse::parser::status::event);
      CHECK(writer.write(e) == status::ok);
    }
    CHECK(writer.written() == stream);
    CHECK(parser.next(e) == sse::parser::status::need_input);
  }
}

TEST_CASE("a retry given to the first event makes no block without data, on its own it does") {
  using std::chrono::seconds;
  const auto blocks_without_data = [](std::string_view stream) {
    char storage[64];
    sse::parser parser(storage);
    parser.report(sse::report::no_data);
    int count = 0;
    for (const auto& item : parser.events(stream)) {
      count += item.kind == sse::parser::status::no_data;
    }
    CHECK(parser.reconnection_time() == seconds(2));
    return count;
  };
  const std::string within = output(sse::event{"x"}.with_retry(seconds(2)));
  CHECK(within == "retry: 2000\ndata: x\n\n");
  CHECK(blocks_without_data(within) == 0);
  const std::string alone = output({retries(seconds(2)), writes({"x"})});
  CHECK(alone == "retry: 2000\n\ndata: x\n\n");
  CHECK(blocks_without_data(alone) == 1);
}

namespace other {
[[maybe_unused]] constexpr int sse = 1;
}

TEST_CASE("the library has a second name where another has an sse of its own") {
  using namespace other;
  char buffer[64];
  ssewire::writer writer(buffer);  // NOLINT: sse::writer would be ambiguous
  CHECK(writer.write(ssewire::event("x")) == ssewire::writer::status::ok);
  CHECK(writer.written() == "data: x\n\n");
}

// ---- Refusals

// Refused by everything that takes an event; all is left as it was.
void check_refused(const sse::event& e, status expected) {
  char buffer[64];
  sse::writer writer(buffer);
  CHECK(writer.comment("before") == status::ok);
  CHECK(writer.write(e) == expected);
  CHECK(writer.begin(e) == expected);
  CHECK(writer.written() == ":before\n\n");
  CHECK(writer.end() == status::out_of_order);
  CHECK(writer.write(of_data("a")) == status::ok);
  CHECK(writer.written() == ":before\n\ndata: a\n\n");

  // Where there is no space either, more of it would not help.
  CHECK(sse::writer(buffer, 0).write(e) == expected);
  CHECK(sse::writer(buffer, 0).begin(e) == expected);

  CHECK(sse::encoded_size(e) == 0);
  std::string text = "before";
  CHECK(sse::append(text, e) == expected);
  CHECK(text == "before");
  std::string_view piece = "before";
  const sse::gathered gathered = sse::gather(e, &piece, 1);
  CHECK(gathered.status == expected);
  CHECK(gathered.count == 0);
  CHECK(piece == "before");
}

TEST_CASE("an id with LF, CR or NUL is refused, and so is a type with LF or CR") {
  for (const std::string_view bad : {"\n"sv, "\r"sv, "\r\n"sv, "\0"sv}) {
    const std::string text(bad);
    for (const std::string& value : {text, text + "a", "a" + text, "a" + text + "data: x"}) {
      CAPTURE(value);
      check_refused(of_id(value), status::invalid_id);
      if (bad != "\0"sv) check_refused(of_type(value), status::invalid_type);
    }
  }
}

TEST_CASE(
    "a retry is refused when it is negative, or above 2^31 - 1 ms: clients do not wait then") {
  CHECK(sse::longest_retry == milliseconds(2147483647));
  for (const milliseconds time :
       {milliseconds(-1), milliseconds(-3000), milliseconds::min(), milliseconds(2147483648),
        milliseconds(4294967296), milliseconds(4294967297), milliseconds::max()}) {
    check_refused(of_retry(time), status::invalid_retry);
    char buffer[64];
    sse::writer writer(buffer);
    CHECK(writer.retry(time) == status::invalid_retry);
    CHECK(writer.written().empty());
    CHECK(sse::writer(buffer, 0).retry(time) == status::invalid_retry);
    std::string text = "before";
    CHECK(sse::append_retry(text, time) == status::invalid_retry);
    CHECK(text == "before");
  }
}

TEST_CASE("between begin and end only data may come, and only there") {
  const auto check_out_of_order = [](sse::writer& writer, const std::vector<call>& calls) {
    const std::string before(writer.written());
    for (const call& each : calls) {
      CHECK(each(writer) == status::out_of_order);
      CHECK(writer.written() == before);
    }
  };
  const std::vector<call> beginnings[] = {
      {begins()},           {begins_type("t")},    {begins_id("1"), adds("a\r")},
      {begins(), adds("")}, {begins(), adds("a")}, {begins_retry(milliseconds(1))},
      {begins({"a"})},      {begins({"t", "\r"})}};
  for (std::vector<call> calls : beginnings) {
    char buffer[64];
    sse::writer writer(buffer);
    check_out_of_order(writer, {adds("x"), adds(""), ends()});
    for (const call& each : calls) CHECK(each(writer) == status::ok);
    check_out_of_order(writer, {writes(of_data("x")), comments(), comments("x"), begins(),
                                begins({"x", "y"}), retries(milliseconds(2))});
    CHECK(writer.data("\nb") == status::ok);
    CHECK(writer.end() == status::ok);
    check_out_of_order(writer, {adds("x"), ends()});
    CHECK(writer.write(of_data("c")) == status::ok);
    check_out_of_order(writer, {adds("x"), ends()});
    calls.insert(calls.end(), {adds("\nb"), ends(), writes(of_data("c"))});
    CHECK(writer.written() == output(calls));
  }
}

// ---- Space

TEST_CASE("at every capacity a call writes all or nothing, and can be made again after clear") {
  constexpr std::size_t slack = 8;
  const std::string canaries(slack, '\x5A');
  const std::vector<std::string> expected = outputs(everything);
  for (std::size_t capacity = 0; capacity <= output(everything).size() + 1; ++capacity) {
    CAPTURE(capacity);
    std::vector<char> memory(capacity + slack, canaries[0]);
    sse::writer writer(memory.data(), capacity);
    for (std::size_t i = 0; i < everything.size(); ++i) {
      CAPTURE(i);
      std::string before(writer.written());
      if (before.size() + expected[i].size() > capacity) {
        CHECK(everything[i](writer) == status::no_space);
        CHECK(writer.written() == before);
        writer.clear();
        before.clear();
      }
      if (expected[i].size() > capacity) {
        CHECK(everything[i](writer) == status::no_space);
        CHECK(writer.written().empty());
        break;
      }
      CHECK(everything[i](writer) == status::ok);
      CHECK(writer.written() == before + expected[i]);
    }
    CHECK(std::string_view(memory.data() + capacity, slack) == canaries);
  }
}

TEST_CASE("short lines of a long text are written within the buffer") {
  const std::string text = "a\nbc\n" + std::string(300, 'x') + "\nd";
  const std::string expected = output(of_data(text));
  for (std::size_t capacity = 0; capacity <= expected.size(); ++capacity) {
    std::vector<char> memory(capacity + 200, '#');
    sse::writer writer(memory.data(), capacity);
    const bool fits = capacity == expected.size();
    CHECK(writer.write(of_data(text)) == (fits ? status::ok : status::no_space));
    CHECK(writer.written() == (fits ? expected : ""));
    CHECK(std::count(memory.begin() + static_cast<std::ptrdiff_t>(capacity), memory.end(), '#') ==
          200);
  }
}

TEST_CASE("an ID or a type that does not fit is neither left out nor written behind the end") {
  const std::string longer_than_the_rest(50, 'x');
  for (const sse::event& e : {of_id(longer_than_the_rest), of_type(longer_than_the_rest)}) {
    std::vector<char> memory(60 + 200, '#');
    sse::writer writer(memory.data(), 60);
    CHECK(writer.comment("some thirty bytes in front") == status::ok);
    const std::string before(writer.written());
    CHECK(writer.write(e) == status::no_space);
    CHECK(writer.written() == before);
    CHECK(std::count(memory.begin() + 60, memory.end(), '#') == 200);
  }
}

TEST_CASE("encoded_size is exactly what write needs") {
  for (const sse::event& e :
       {sse::event{}, of_data("a\r\nb\rc\n"), of_id(""), of_type("message"),
        sse::event("t", "\n").with_id("1").with_retry(longest), of_retry(milliseconds(10))}) {
    std::vector<char> memory(sse::encoded_size(e));
    CHECK(output(e).size() == memory.size());
    CHECK(sse::writer(memory.data(), memory.size()).write(e) == status::ok);
    CHECK(sse::writer(memory.data(), memory.size() - 1).write(e) == status::no_space);
  }
}

TEST_CASE("a null buffer has no space") {
#ifdef NDEBUG  // else it is taken for the mistake that it is
  constexpr std::size_t capacity = 100;
#else
  constexpr std::size_t capacity = 0;
#endif
  sse::writer writer(nullptr, capacity);
  for (const call& each : {writes({}), comments(), retries(milliseconds(0)), begins_type("t")}) {
    CHECK(each(writer) == status::no_space);
  }
  CHECK(writer.begin() == status::ok);
  CHECK(writer.data("") == status::no_space);
  CHECK(writer.end() == status::ok);
  CHECK(writer.written().empty());
}

TEST_CASE("huge sizes do not wrap") {
  char byte = 'x';
  const volatile std::size_t largest = largest_size;  // no compiler is to see what it is
  sse::detail::size_sink sum;
  CHECK(sum.put({&byte, largest - 1}));
  CHECK(sum.put("x"));
  CHECK(sum.size == largest);
  CHECK(sum.put("x"));
  CHECK(sum.size == largest);
  sse::detail::size_sink half{largest / 2 + 1};
  CHECK(half.put({&byte, largest / 2 + 1}));
  CHECK(half.size == largest);
  sse::detail::buffer_sink sink{&byte, 1, 1};
  CHECK_FALSE(sink.put({&byte, largest}));
  CHECK_FALSE(sink.put("x"));
  CHECK(sink.put(""));
  CHECK(sink.size == 1);
}

// As in the header.
bool send_all(sse::writer& writer, const sse::event& e, std::string& sent) {
  while (writer.write(e) == status::no_space) {
    if (writer.written().empty()) return false;
    sent += writer.written();
    writer.clear();
  }
  return true;
}

TEST_CASE("the loop for a full buffer ends, also where the event is larger than the buffer") {
  char buffer[16];
  sse::writer writer(buffer);
  std::string sent;
  CHECK(send_all(writer, {"one"}, sent));
  CHECK(send_all(writer, {"two"}, sent));
  CHECK(sent == "data: one\n\n");
  CHECK_FALSE(send_all(writer, {"larger than the buffer"}, sent));
  CHECK(sent == "data: one\n\ndata: two\n\n");
  CHECK(writer.written().empty());
  CHECK(send_all(writer, {"three"}, sent));
  CHECK(writer.written() == "data: three\n\n");
}

TEST_CASE("a larger buffer can be lent in the middle of an event, and nothing is lost") {
  char small[16];
  sse::writer writer(small);
  CHECK(writer.begin("t", "a\r") == status::no_space);
  CHECK(writer.begin({"a\r"}) == status::ok);
  CHECK(writer.data("\nbcd") == status::no_space);
  std::vector<char> larger(40);
  CHECK(writer.use_buffer(larger));
  std::fill(std::begin(small), std::end(small), '#');
  CHECK(writer.written() == "data: a\ndata: ");
  CHECK(writer.written().data() == larger.data());
  CHECK(writer.data("\nbcd") == status::ok);
  CHECK(writer.end() == status::ok);
  CHECK(writer.written() == "data: a\ndata: bcd\n\n");
}

TEST_CASE("a buffer in which what is written does not fit is refused, and nothing is changed") {
  char buffer[32];
  sse::writer writer(buffer);
  CHECK(writer.begin({"abc"}) == status::ok);
  char small[9];
  CHECK_FALSE(writer.use_buffer({small, 8}));
  CHECK_FALSE(writer.use_buffer({nullptr, 0}));
  CHECK(writer.written() == "data: abc");
  CHECK(writer.written().data() == buffer);
  CHECK(writer.use_buffer({buffer, 9}));  // the same one, smaller
  CHECK(writer.data("d") == status::no_space);
  CHECK(writer.use_buffer({buffer, 10}));
  CHECK(writer.data("de") == status::no_space);
  CHECK(writer.data("d") == status::ok);
  CHECK(writer.use_buffer(buffer));
  CHECK(writer.end() == status::ok);
  CHECK(writer.written() == "data: abcd\n\n");
  writer.clear();
  CHECK(writer.use_buffer({nullptr, 0}));
  CHECK(writer.comment() == status::no_space);
}

// ---- Pieces

TEST_CASE("data_some sends data of any size and kind through a buffer of seven bytes") {
  for (const std::string& text : words("a\r\n", 6)) {
    CAPTURE(text);
    char first[16];
    sse::writer writer(first);
    CHECK(writer.begin("t", "") == status::ok);
    std::string sent(writer.written());
    writer.clear();
    char buffer[7];
    CHECK(writer.use_buffer(buffer));
    const auto send = [&] {
      sent += writer.written();
      writer.clear();
    };
    std::string_view rest = text;
    while (writer.data_some(rest) == status::no_space) {
      if (writer.written().empty()) FAIL("no progress");
      send();
    }
    CHECK(rest.empty());
    if (writer.end() == status::no_space) {
      send();
      CHECK(writer.end() == status::ok);
    }
    send();
    CHECK(sent == output(sse::event("t", text)));
  }
}

TEST_CASE("data_some takes as much as there is room for, and leaves the rest") {
  char buffer[16];
  sse::writer writer(buffer);
  const auto takes = [&writer](std::string_view piece, status expected, std::string_view rest) {
    CHECK(writer.data_some(piece) == expected);
    CHECK(piece == rest);
  };
  takes("x", status::out_of_order, "x");  // no event is open
  CHECK(writer.written().empty());
  CHECK(writer.begin() == status::ok);
  takes("0123456789x", status::no_space, "x");
  CHECK(writer.written() == "data: 0123456789");
  takes("x", status::no_space, "x");
  CHECK(writer.written() == "data: 0123456789");
  writer.clear();
  takes("x\r\n01\n2", status::no_space, "\n2");
  CHECK(writer.written() == "x\ndata: 01");
  writer.clear();
  takes("\r", status::ok, "");
  takes("\n", status::ok, "");  // the same line end
  CHECK(writer.end() == status::ok);
  CHECK(writer.written() == "\ndata: \n\n");
}

TEST_CASE("an open event can be taken back, until part of it was sent") {
  char buffer[64];
  sse::writer writer(buffer);
  CHECK_FALSE(writer.cancel());  // none is open
  CHECK(writer.write("a") == status::ok);
  const std::string before(writer.written());
  for (const bool has_data : {false, true}) {
    CHECK(writer.begin(sse::event("tick", "").with_id("1")) == status::ok);
    if (has_data) CHECK(writer.data("half\r") == status::ok);
    CHECK(writer.cancel());
    CHECK(writer.written() == before);
    CHECK_FALSE(writer.cancel());
    CHECK(writer.comment() == status::ok);
    CHECK(writer.written() == before + ":\n\n");
    writer.clear();
    CHECK(writer.write("a") == status::ok);
  }
  CHECK(writer.begin("half") == status::ok);
  CHECK(writer.begin("other") == status::out_of_order);
  CHECK(writer.cancel());
  CHECK(writer.written() == before);
  CHECK(writer.begin("half") == status::ok);
  writer.clear();
  CHECK_FALSE(writer.cancel());
  CHECK(writer.data("b") == status::ok);
  CHECK_FALSE(writer.cancel());
  CHECK(writer.end() == status::ok);
  CHECK(writer.written() == "b\n\n");
  CHECK(writer.begin("half") == status::ok);
  CHECK(writer.cancel());
  CHECK(writer.written() == "b\n\n");
}

TEST_CASE("behind a character that is lost no other one is written") {
  char buffer[8];
  sse::writer writer(buffer);
  CHECK(writer.begin() == status::ok);
  sse::data_inserter out(writer);
  for (const char c : {'a', '\n', 'b'}) *out++ = c;
  CHECK(out.failed());
  CHECK(writer.written() == "data: a");
}

TEST_CASE("data may be put in character by character, and what does not fit is told of") {
  char buffer[32];
  sse::writer writer(buffer);
  sse::data_inserter early(writer);
  *early++ = 'x';
  CHECK(early.failed());
  CHECK(writer.written().empty());

  CHECK(writer.begin() == status::ok);
  const std::string_view text = "a\r\nbc\r";
  CHECK_FALSE(std::copy(text.begin(), text.end(), sse::data_inserter(writer)).failed());
  CHECK(writer.written() == "data: a\ndata: bc\ndata: ");
  const std::string_view more = "0123456789";
  CHECK(std::copy(more.begin(), more.end(), sse::data_inserter(writer)).failed());
  CHECK(writer.written() == "data: a\ndata: bc\ndata: 012345678");
}

// The text as data in pieces; the bits of `cuts` say where it is cut.
std::string in_pieces(std::string_view text, std::size_t cuts, bool empty_between, bool clears) {
  char buffer[128];
  sse::writer writer(buffer);
  std::string sent;
  const auto send = [&](status result) {
    CHECK(result == status::ok);
    if (!clears) return;
    sent += writer.written();
    writer.clear();
  };
  send(writer.begin(sse::event("t", "").with_id("1")));
  for (std::size_t begin = 0, i = 1; i <= text.size(); ++i) {
    if (i < text.size() && (cuts >> (i - 1) & 1) == 0) continue;
    if (empty_between) send(writer.data(""));
    send(writer.data(text.substr(begin, i - begin)));
    begin = i;
  }
  if (empty_between || text.empty()) send(writer.data(std::string_view()));
  send(writer.end());
  return sent += writer.written();
}

TEST_CASE("data may be cut anywhere, also between CR and LF: the bytes are those of write") {
  for (const std::string& text : words("a\r\n", 5)) {
    const std::string expected = output(sse::event("t", text).with_id("1"));
    for (std::size_t cuts = 0; cuts < std::size_t{1} << text.size(); ++cuts) {
      CAPTURE(text);
      CAPTURE(cuts);
      for (const bool empty_between : {false, true}) {
        CHECK(in_pieces(text, cuts, empty_between, false) == expected);
        CHECK(in_pieces(text, cuts, empty_between, true) == expected);
      }
    }
  }
}

TEST_CASE("a CRLF pair cut in two is one line end, but not in two events") {
  CHECK(output({begins(), adds("\r"), ends(), begins(), adds("\n"), ends()}) ==
        "data: \ndata: \n\ndata: \ndata: \n\n");
  CHECK(output({writes(of_data("\r")), begins(), adds("\n"), ends()}) ==
        "data: \ndata: \n\ndata: \ndata: \n\n");
}

TEST_CASE("without data there is no data line, and without a field nothing") {
  CHECK(output({begins(), ends()}) == "");
  CHECK(output({begins_type(""), ends()}) == "");
  CHECK(output({begins(), adds(""), ends()}) == "data: \n\n");
  CHECK(output({begins_id("5"), ends()}) == "id: 5\n\n");
  CHECK(output({begins_id(""), ends()}) == "id: \n\n");
  CHECK(output({begins_type("t"), ends()}) == "event: t\n\n");
  CHECK(output({begins_type("message"), ends()}) == "event: message\n\n");
}

// ---- Constant expressions

constexpr bool writes_whole_and_in_pieces() {
  const sse::event begun = sse::event("t", "").with_id("1").with_retry(milliseconds(20));
  char buffer[64] = {};
  sse::writer writer(buffer);
  bool same = writer.write(sample) == status::ok && writer.written() == sample_bytes;
  same = same && writer.begin(begun) == status::no_space;
  writer.clear();
  same = same && writer.comment("a") == status::ok && writer.retry(milliseconds(1)) == status::ok;
  writer.clear();
  return same && writer.begin(begun) == status::ok && writer.data("a\r") == status::ok &&
         writer.data("\nb") == status::ok && writer.end() == status::ok &&
         writer.written() == sample_bytes;
}
static_assert(writes_whole_and_in_pieces());

// Where there is room for more, and more to read, a short line is copied in another way.
constexpr bool writes_short_lines_of_a_long_text() {
  char text[300] = {'a', '\n'};
  for (std::size_t i = 2; i < sizeof text; ++i) text[i] = 'x';
  char buffer[400] = {};
  sse::writer writer(buffer);
  return writer.write(std::string_view(text, sizeof text)) == status::ok &&
         writer.written().substr(0, 16) == "data: a\ndata: xx";
}
static_assert(writes_short_lines_of_a_long_text());

}  // namespace
