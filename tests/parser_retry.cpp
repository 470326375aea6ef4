// SPDX-License-Identifier: MIT
// sse::parser and the `retry` field: of what the standard leaves open, what the library promises.
#include <sse/parser.hpp>
// It comes first, for it needs nothing in front of it.

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

using status = sse::parser::status;

constexpr std::int64_t none = -1;
constexpr std::int64_t most = 3153600000000;  // a hundred years

std::int64_t count(std::optional<std::chrono::milliseconds> time) {
  return time ? time->count() : none;
}

// The `retry` of each event of the stream, and at last the reconnection time.
std::vector<std::int64_t> times_of(const std::vector<std::string_view>& chunks) {
  sse::parser parser(nullptr, 0);
  std::vector<std::int64_t> all;
  for (const std::string_view text : chunks) {
    const std::vector<char> chunk(text.begin(), text.end());  // exactly its size
    parser.feed({chunk.data(), chunk.size()});
    sse::event e;
    while (parser.next(e) == status::event) all.push_back(count(e.retry));
    REQUIRE(parser.unread().empty());
  }
  all.push_back(count(parser.reconnection_time()));
  return all;
}

// The same, having made sure that it does not depend on how the stream is cut.
std::vector<std::int64_t> times(const std::string& stream) {
  const std::string_view text = stream;
  const auto whole = times_of({text});
  std::vector<std::string_view> bytes;
  for (std::size_t cut = 0; cut < text.size(); ++cut) {
    CAPTURE(cut);
    CHECK((times_of({text.substr(0, cut), text.substr(cut)}) == whole));
    bytes.push_back(text.substr(cut, 1));
  }
  CHECK((times_of(bytes) == whole));
  return whole;
}

void check(const std::string& value, std::int64_t time) {
  CAPTURE(value);
  CHECK((times("retry:" + value + "\n") == std::vector{time}));
  CHECK((times("retry: " + value + "\r\ndata\n\ndata\n\n") == std::vector{time, none, time}));
}

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> items;
  std::istringstream in(list);
  for (std::string item; std::getline(in, item, '|');) items.push_back(item);
  return items;
}

const std::string nul(1, '\0');
const std::string zeros(40, '0');

}  // namespace

TEST_CASE("retry: digits are an integer in base ten") {
  constexpr std::int64_t one = 1;
  for (const std::int64_t time :
       {0 * one, one, 7 * one, 9 * one, 10 * one, 3000 * one, (one << 32) - 2, (one << 32) - 1,
        one << 32, (one << 32) + 1, (one << 32) + 2, most - 1, most}) {
    check(std::to_string(time), time);
    check(zeros + std::to_string(time), time);
  }
  check("03000", 3000);
  check(zeros, 0);
}

TEST_CASE("retry: more than a hundred years becomes a hundred years, and nothing wraps") {
  for (const std::string& value :
       split("3153600000001|9223372036854775806|9223372036854775807|9223372036854775808|"
             "9223372036854775809|18446744073709551614|18446744073709551615|18446744073709551616|"
             "18446744073709551617|18446744073709551618|30000000000000000000|"
             "79228162514264337593543950336|340282366920938463463374607431768211456")) {
    check(value, most);
    check(zeros + value, most);
  }
  std::int64_t power = 1;
  for (std::size_t digits = 0; digits < 45; ++digits) {
    check("1" + std::string(digits, '0'), power);
    power = std::min(most, power * 10);
  }
  check(std::string(400, '9'), most);
}

TEST_CASE("retry: a value that is empty, or has anything but digits, is ignored") {
  auto values = split(
      "|  |   | 1|1 |1  |1 "
      "2|1000x|x1|0x10|1e3|1.5|1,000|1_000|'1'|\t1|1\t|1\b|a0|xi|2a|09a|1:|:1|1/|/1|"
      "-1|+1|/|:|-|\xEF\xBC\x91|\xD9\xA3|1\xFF|99999999999999999999x|99999999999999999999 1|"
      "x99999999999999999999|-99999999999999999999");
  for (const std::string& value : {nul, nul + "1", "1" + nul}) values.push_back(value);
  for (const std::string& value : values) {
    CAPTURE(value);
    for (const std::string& line : {"retry:" + std::string(value.substr(0, 1) == " ", ' ') + value,
                                    "retry: " + value, std::string("retry")}) {
      CHECK((times(line + "\ndata\n\n") == std::vector{none, none}));
      CHECK((times("retry:42\n" + line + "\ndata\n\n" + line + "\n") ==
             std::vector<std::int64_t>{42, 42}));
    }
  }
}

TEST_CASE("retry: a million zeros are as good as none") {
  const std::string million(1000000, '0');
  CHECK((times_of({"retry:" + million, million + "5\n"}) == std::vector<std::int64_t>{5}));
  CHECK((times_of({"retry:" + million + "5\n\n"}) == std::vector<std::int64_t>{5}));
}

TEST_CASE("retry: the latest valid one holds, of the stream and of the event") {
  CHECK((times("retry:1\nretry:2\ndata\n\nretry:3\n\ndata\n\nretry:4\n") ==
         std::vector<std::int64_t>{2, none, 4}));
  CHECK((times("data\nretry:2\n\nretry:\ndata\n\n") == std::vector<std::int64_t>{2, none, 2}));
}

TEST_CASE("retry: it acts at once, at its line's end and not before") {
  sse::parser parser(nullptr, 0);
  const auto after = [&parser](std::string_view chunk) {
    parser.feed(chunk);
    sse::event e;
    CHECK(parser.next(e) == status::need_input);
    return count(parser.reconnection_time());
  };
  CHECK(after("retry:5") == none);
  CHECK(after("00") == none);
  CHECK(after("\n") == 500);
  CHECK(after("retry:6") == 500);
  CHECK(after("\r") == 6);
  CHECK(after("\nretry:7\r") == 7);
  CHECK(after("\n\nretry:8\nx") == 8);
  CHECK(after("\n\nretry:9\n\n") == 9);
  CHECK(after("retry:10") == 9);
}

TEST_CASE("retry: with an event in one chunk, it holds when the event is handed out") {
  sse::parser parser(nullptr, 0);
  sse::event e;
  parser.feed("data\n\nretry:5\n\ndata\nretry:6\n\nretry:7\n");
  CHECK(parser.next(e) == status::event);
  CHECK(count(parser.reconnection_time()) == none);
  CHECK(parser.next(e) == status::event);
  CHECK(count(parser.reconnection_time()) == 6);
  CHECK(parser.next(e) == status::need_input);
  CHECK(count(parser.reconnection_time()) == 7);
}

TEST_CASE("retry: behind what does not fit the storage, it waits until its line is reached") {
  sse::parser parser(nullptr, 0);
  sse::event e;
  parser.feed("data:4\nretry:6\n");
  REQUIRE(parser.next(e) == status::storage_full);
  CHECK(count(parser.reconnection_time()) == none);
  char storage[1];
  REQUIRE(parser.use_storage(storage, 1));
  CHECK(parser.next(e) == status::need_input);
  CHECK(count(parser.reconnection_time()) == 6);
}

TEST_CASE("retry: the longest time can be added to the time of any clock") {
  sse::parser parser(nullptr, 0);
  parser.feed("retry:99999999999999999999\n\n");
  sse::event e;
  REQUIRE(parser.next(e) == status::need_input);
  const std::chrono::milliseconds time = parser.reconnection_time().value();
  const auto system_now = std::chrono::system_clock::now();
  const auto steady_now = std::chrono::steady_clock::now();
  const auto high_resolution_now = std::chrono::high_resolution_clock::now();
  CHECK((system_now + time) - system_now == time);
  CHECK((steady_now + time) - steady_now == time);
  CHECK((high_resolution_now + time) - high_resolution_now == time);
}
