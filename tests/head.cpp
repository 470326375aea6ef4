// SPDX-License-Identifier: MIT
// What the head of a response says about time: Retry-After, as seconds and as HTTP dates.
#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <sse/event_source.hpp>
#include <string_view>

#include "support/client.hpp"

using sse::detail::http_date;

namespace {

constexpr std::int64_t moment = 784111777;  // RFC 9110, 5.6.7, has it in three formats

std::optional<std::chrono::milliseconds> retry_after(std::string_view text,
                                                     std::string_view date = {}) {
  return sse::detail::retry_after(with_retry_after(503, text, date));
}

}  // namespace

TEST_CASE("an HTTP date has three formats") {
  CHECK(http_date("Sun, 06 Nov 1994 08:49:37 GMT") == moment);
  CHECK(http_date("Sunday, 06-Nov-94 08:49:37 GMT") == moment);
  CHECK(http_date("Sun Nov  6 08:49:37 1994") == moment);
  CHECK(http_date("Wed Nov 16 08:49:37 1994") == moment + 10 * 86400);
  CHECK(http_date("Zaz, 06 Nov 1994 08:49:37 GMT") == moment);  // which day, is not asked
  CHECK(http_date("Sat, 06-Nov-99 08:49:37 GMT") == 941878177);
  CHECK(http_date("Wed, 06-Nov-69 08:49:37 GMT") == 3150953377);
  CHECK(http_date("Sat, 06 Nov 0100 08:49:37 GMT") == -58984729823);
  CHECK(http_date("ZAZ, 06 Nov 1994 08:49:37 GMT") == moment);
}

TEST_CASE("dates are those of the calendar") {
  CHECK(http_date("Thu, 01 Jan 1970 00:00:00 GMT") == 0);
  CHECK(http_date("Wed, 31 Dec 1969 23:59:59 GMT") == -1);
  CHECK(http_date("Tue, 29 Feb 2000 12:00:00 GMT") == 951825600);
  CHECK(http_date("Thu, 29 Feb 2024 00:00:00 GMT") == 1709164800);
  CHECK(http_date("Fri, 01 Mar 2024 00:00:00 GMT") == 1709164800 + 86400);
  CHECK(http_date("Mon, 30 Nov 2026 07:53:16 GMT") == 1796025196);
  CHECK(http_date("Fri, 31 Dec 9999 23:59:60 GMT") == 253402300800);
  CHECK(http_date("Mon, 01 Mar 2100 00:00:00 GMT") == 4107542400);
  CHECK(http_date("Thursday, 01-Jan-70 00:00:00 GMT") == 0);
  CHECK(http_date("Tuesday, 31-Dec-69 00:00:00 GMT") == 3155673600);
  // Each day of 400 years follows the one before.
  constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::int64_t expected = 0;
  for (int year = 1970; year < 2370; ++year) {
    const bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    for (int month = 0; month < 12; ++month) {
      const int days = month == 1 ? 28 + is_leap : 30 + (month % 2 == (month > 6));
      for (int day = 1; day <= days; ++day, expected += 86400) {
        const std::string text = "Mon, " + std::to_string(day) + " " + months[month] + " " +
                                 std::to_string(year) + " 00:00:00 GMT";
        if (http_date(text) != expected) FAIL(text);
      }
    }
  }
}

TEST_CASE("what is no HTTP date is none") {
  for (const char* const text : {"",
                                 "Su",
                                 "Su, 06 Nov 1994 08:49:37 GMT",
                                 "06 Nov 1994 08:49:37 GMT",
                                 "Sun,06 Nov 1994 08:49:37 GMT",
                                 "Sun, 6 Now 1994 08:49:37 GMT",
                                 "Sun, 00 Nov 1994 08:49:37 GMT",
                                 "Sun, 32 Nov 1994 08:49:37 GMT",
                                 "Sun, xx Nov 1994 08:49:37 GMT",
                                 "Sun, 06 Nov xx 08:49:37 GMT",
                                 "Sun, 06 Nov 19940 08:49:37 GMT",
                                 "Sun, 06 Nov 1994 24:49:37 GMT",
                                 "Sun, 06 Nov 1994 08:60:37 GMT",
                                 "Sun, 06 Nov 1994 08:49:61 GMT",
                                 "Sun, 06 Nov 1994 08-49:37 GMT",
                                 "Sun, 06 Nov 1994 08:49-37 GMT",
                                 "Sun, 06 Nov 1994 08:49: GMT",
                                 "Sun, 06 Nov 1994 08:49:37",
                                 "Sun, 06 Nov 1994 08:49:37 UTC",
                                 "Sun, 06 Nov 1994 08:49:37 GMT ",
                                 "Sun, 06-Nov 94 08:49:37 GMT",
                                 "Sun, 06 Nov-94 08:49:37 GMT",
                                 "Sun, 06 Nov 1994-08:49:37 GMT",
                                 "Sun, 06/Nov/94 08:49:37 GMT",
                                 "Sun Nov",
                                 "1un, 06 Nov 1994 08:49:37 GMT",
                                 "Sun, 06Nov 1994 08:49:37 GMT",
                                 "Sun, 06 Nov1994 08:49:37 GMT",
                                 "Sun, 06 Nov 10000 08:49:37 GMT",
                                 "Sun Nov6 08:49:37 1994",
                                 "Sun Nov   6 08:49:37 1994",
                                 "Sun, ",
                                 "Sun, 06",
                                 "Sun{, 06 Nov 1994 08:49:37 GMT",
                                 "Sun,  Nov 1994 08:49:37 GMT",
                                 "Sun, 06  1994 08:49:37 GMT",
                                 "Sun, 06 Nov  08:49:37 GMT",
                                 "Sun, 06 Nov 1994  GMT",
                                 "Sun Nov 6",
                                 "Sun  Nov  6 08:49:37 1994",
                                 "Sun Now  6 08:49:37 1994",
                                 "Sun Nov-06 08:49:37 1994",
                                 "Sun Nov  x 08:49:37 1994",
                                 "Sun Nov  6-08:49:37 1994",
                                 "Sun Nov  6 08:49 1994",
                                 "Sun Nov  6 08:49:37-1994",
                                 "Sun Nov  6 08:49:37 x",
                                 "Sun Nov  6 08:49:37 1994 ",
                                 "Sun Nov  0 08:49:37 1994"}) {
    CAPTURE(text);
    CHECK(!http_date(text));
  }
}

TEST_CASE("Retry-After is seconds, whatever blanks are around") {
  CHECK(retry_after("0") == 0ms);
  CHECK(retry_after("120") == 120s);
  CHECK(retry_after(" \t7\t ") == 7s);
  CHECK(retry_after(" 7 ") == 7s);
  CHECK(retry_after("007") == 7s);
  CHECK(retry_after("3153600000") == 3153600000s);
  CHECK(retry_after("3153600001") == 3153600000s);
  CHECK(retry_after("99999999999999999999999999999") == 3153600000s);
  CHECK(retry_after("18446744073709551617") == 3153600000s);  // 1 in 64 bits
  for (const char* const text : {"", " ", "-1", "+1", "1.5", "1s", "0x10", "soon"}) {
    CAPTURE(text);
    CHECK(!retry_after(text));
  }
}

TEST_CASE("Retry-After as a date counts from the Date of the same response") {
  constexpr const char* date = "Sun, 06 Nov 1994 08:49:37 GMT";
  CHECK(retry_after("Sun, 06 Nov 1994 08:50:00 GMT", date) == 23s);
  CHECK(retry_after("Sun Nov  6 08:49:38 1994", date) == 1s);
  CHECK(retry_after(date, date) == 0ms);
  CHECK(retry_after("Sun, 06 Nov 1994 08:49:36 GMT", date) == 0ms);
  CHECK(retry_after("Sun, 06 Nov 1995 08:49:36 GMT", date) == 365 * 24h - 1s);
  CHECK(!retry_after(date));
  CHECK(!retry_after(date, "yesterday"));
  CHECK(!retry_after("tomorrow", date));
}
