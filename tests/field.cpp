// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <sse/detail/parser/field.hpp>  // the header is self-contained
#include <string>

namespace {

using namespace sse::detail;

struct name_and_value {
  field name;
  std::string_view value;
};

name_and_value split(const std::string& text) {
  const char* const end = text.data() + text.size();
  const line split = split_line(text.data(), end);
  return {split.name, {split.value, static_cast<std::size_t>(end - split.value)}};
}

TEST_CASE("the name is what stands before the first colon, compared literally") {
  CHECK(split("data:x").name == field::data);
  CHECK(split("event:x").name == field::event);
  CHECK(split("id:x").name == field::id);
  CHECK(split("retry:x").name == field::retry);
  for (const char* other :
       {"Data:x", "DATA:x", " data:x", "data :x", "dat:x", "datas:x", "da:ta", "eventt", "even",
        "i", "idx", "ID:1", "retr:1", "retry2:1", "x", "\t"}) {
    CAPTURE(other);
    CHECK(split(other).name == field::ignored);
  }
}

TEST_CASE("a line that starts with a colon is a comment") {
  CHECK(split(":").name == field::comment);
  CHECK(split(":data:x").name == field::comment);
  CHECK(split(": hi").value == "hi");
}

TEST_CASE("one space behind the colon is removed, and only a space, and only one") {
  for (const std::string name : {"data", "event", "id", "retry", ""}) {
    CAPTURE(name);
    CHECK(split(name + ":v").value == "v");
    CHECK(split(name + ": v").value == "v");
    CHECK(split(name + ":  v").value == " v");
    CHECK(split(name + ":\tv").value == "\tv");
    CHECK(split(name + ":").value == "");
    CHECK(split(name + ": ").value == "");
    CHECK(split(name + "::v").value == ":v");
  }
}

TEST_CASE("a line without a colon is a field name with an empty value") {
  for (const std::string name : {"data", "event", "id", "retry"}) {
    CAPTURE(name);
    CHECK(split(name).name != field::ignored);
    CHECK(split(name).value.empty());
  }
}

TEST_CASE("no field but the four has a first letter of theirs") {
  for (const auto& [letter, name] : {std::pair{'d', field::data},
                                     {'e', field::event},
                                     {'i', field::id},
                                     {'r', field::retry},
                                     {'x', field::ignored}}) {
    CHECK(field_starting_with(letter) == name);
  }
}

std::optional<std::chrono::milliseconds> digits(std::string_view whole) {
  retry_digits value;
  value.add(whole);
  for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
    retry_digits in_two;
    in_two.add(whole.substr(0, cut));
    in_two.add(whole.substr(cut));
    CHECK(in_two.value() == value.value());
  }
  CHECK(value.valid() == value.value().has_value());
  return value.value();
}

TEST_CASE("a retry value counts if it consists of ASCII digits only") {
  using std::chrono::milliseconds;
  CHECK(digits("0") == milliseconds(0));
  CHECK(digits("03000") == milliseconds(3000));
  CHECK(digits(std::string(1000, '0') + "5") == milliseconds(5));
  for (const char* bad : {"", " ", "+1", "-1", "1.5", "1e3", "0x10", "1 ", " 1", "1_000", "1000x",
                          "\xD9\xA1", "/", ":", "99999999999999999999x"}) {
    CAPTURE(bad);
    CHECK_FALSE(digits(bad));
  }
}

TEST_CASE("a retry value too large saturates and never wraps") {
  const std::chrono::milliseconds most(3'153'600'000'000);
  CHECK(digits("3153599999999") == most - std::chrono::milliseconds(1));
  for (const char* large : {"3153600000000", "3153600000001", "9223372036854775807",
                            "9223372036854775808", "18446744073709551615", "18446744073709551616",
                            "30000000000000000000", "99999999999999999999999999999999999999"}) {
    CAPTURE(large);
    CHECK(digits(large) == most);
  }
}

TEST_CASE("an ID is valid without CR, LF and NUL") {
  CHECK(is_valid_id(""));
  CHECK(is_valid_id("a b\tc\x01\xFF"));
  CHECK_FALSE(is_valid_id("a\n"));
  CHECK_FALSE(is_valid_id("\ra"));
  CHECK_FALSE(is_valid_id(std::string_view("a\0b", 3)));
}

}  // namespace

TEST_CASE("a line is ignored for its name, for what is no number, and for NUL in an ID") {
  using namespace std::string_view_literals;
  const auto is_ignored = [](std::string_view line) {
    return sse::detail::is_ignored(line.data(), line.data() + line.size());
  };
  for (const auto line : {"foo: x"sv, "retry: 5x"sv, "retry: "sv, "retry"sv, "id: a\0b"sv}) {
    CAPTURE(line);
    CHECK(is_ignored(line));
  }
  for (const auto line : {"data: x"sv, "event: x"sv, "retry: 5"sv, "id: a"sv, "id"sv}) {
    CAPTURE(line);
    CHECK(!is_ignored(line));
  }
}
