// SPDX-License-Identifier: MIT
// Every event and comment with small contents: written, and read back by the oracle and the parser.
//
//   roundtrip tiny|short|full [PART OF_HOW_MANY]
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <limits>
#include <optional>
#include <sse/growing_writer.hpp>
#include <sse/writer.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "exhaustive/read_back.hpp"
#include "support/oracle.hpp"
#include "support/printable.hpp"
#include "support/sizes.hpp"

namespace {

using namespace read_back;
using content = std::optional<std::string_view>;  // of a field that may be absent

constexpr std::string_view letters("\n\r: datx\0\xEF\xBB\xBF", 12);
constexpr std::string_view earlier = ":\n\n";  // stands in a buffer before the event
constexpr std::size_t room = 1024;
constexpr char canary = '\x5A';

// ---- What is seen

// At every capacity up to what it needs: all or nothing, and not a byte behind the end.
template <class Write>
const char* overrun(std::string_view bytes, Write write) {
  char memory[room + 1];
  for (std::size_t capacity = 0; capacity <= bytes.size(); ++capacity) {
    std::memset(memory, canary, bytes.size() + 1);
    sse::writer writer(memory, capacity);
    const bool fits = capacity == bytes.size();
    if (write(writer) != (fits ? status::ok : status::no_space)) return "status at a capacity";
    if (writer.written() != (fits ? bytes : "")) return "neither all nor nothing";
    const auto is_canary = [](char c) { return c == canary; };
    if (!std::all_of(memory + capacity, memory + bytes.size() + 1, is_canary)) return "overrun";
  }
  return nullptr;
}

using pieces = std::vector<std::string_view>;

sse::event with_data(sse::event e, std::string_view data) {
  e.data = data;
  return e;
}

// begin, data for each of the pieces, and end.
template <class Writer>
status call(Writer& writer, const sse::event& e, const pieces& data, std::size_t i) {
  if (i == 0) return writer.begin(e);
  return i <= data.size() ? writer.data(data[i - 1]) : writer.end();
}

// Each call writes all or nothing. What did not fit is written again into a clear buffer, as long
// as it fits that.
const char* other_in_pieces(const sse::event& e, const pieces& data, std::size_t capacity,
                            const std::vector<std::size_t>& sizes, std::string_view bytes) {
  char memory[room + 1];
  memory[capacity] = canary;
  sse::writer writer(memory, capacity);
  std::size_t sent = 0;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    std::size_t before = writer.written().size();
    if (before + sizes[i] > capacity) {
      if (call(writer, with_data(e, {}), data, i) != status::no_space) return "a piece too long";
      if (writer.written().size() != before) return "neither all nor nothing of a piece";
      writer.clear();
      sent += before;
      before = 0;
    }
    const bool fits = sizes[i] <= capacity;
    if (call(writer, with_data(e, {}), data, i) != (fits ? status::ok : status::no_space))
      return "a piece";
    if (writer.written() != bytes.substr(sent, before + (fits ? sizes[i] : 0))) return "its bytes";
    if (!fits) break;
  }
  return memory[capacity] == canary ? nullptr : "overrun by pieces";
}

// The last of the data cut in all ways, with empty pieces between and without.
const char* other_in_pieces(const sse::event& e, std::string_view bytes, bool at_every_capacity) {
  char memory[room];
  pieces data;
  std::vector<std::size_t> sizes;
  const std::size_t gaps = e.data.empty() ? 0 : std::min<std::size_t>(e.data.size() - 1, 5);
  const std::size_t first_gap = e.data.size() - gaps;
  for (std::size_t cuts = 0; cuts < std::size_t{2} << gaps; ++cuts) {
    const bool empties = cuts >> gaps != 0;
    data.assign(empties || e.data.empty() ? 1 : 0, {});
    for (std::size_t begin = 0, i = first_gap; i <= e.data.size() && i > 0; ++i) {
      if (i < e.data.size() && (cuts >> (i - first_gap) & 1) == 0) continue;
      data.push_back(e.data.substr(begin, i - begin));
      if (empties) data.emplace_back();
      begin = i;
    }
    sse::writer writer(memory, sizeof memory);
    sizes.clear();
    for (std::size_t i = 0; i < data.size() + 2; ++i) {
      const std::size_t before = writer.written().size();
      if (call(writer, with_data(e, {}), data, i) != status::ok) return "a piece refused";
      sizes.push_back(writer.written().size() - before);
    }
    if (writer.written() != bytes) return "bytes in pieces";
    for (std::size_t capacity = 0; at_every_capacity && capacity <= bytes.size(); ++capacity) {
      const char* const what = other_in_pieces(e, data, capacity, sizes, bytes);
      if (what != nullptr) return what;
    }
  }
  return nullptr;
}

// The data as far as there is room, into a small buffer that is lent in the middle of the event.
const char* other_as_far_as_it_fits(const sse::event& e, std::string_view bytes) {
  char memory[room + 1];
  for (std::size_t capacity = 7; capacity <= std::max<std::size_t>(bytes.size(), 7); ++capacity) {
    sse::writer writer(memory, sizeof memory);
    if (writer.begin(with_data(e, {})) != status::ok) return "status of begin";
    std::string sent(writer.written());
    writer.clear();
    char small[room + 1];
    small[capacity] = canary;
    if (!writer.use_buffer({small, capacity})) return "a small buffer refused";
    std::string_view rest = e.data;
    for (;;) {
      const bool was_clear = writer.written().empty();
      const std::string_view before = rest;
      const status result = writer.data_some(rest);
      if (before.substr(before.size() - rest.size()) != rest) return "not the rest";
      if (result != (rest.empty() ? status::ok : status::no_space)) return "status of data_some";
      if (rest.empty()) break;
      // In front of a line end there may be room for the beginning of the data only.
      if (was_clear && writer.written().empty()) return "nothing written";
      if (writer.data(rest.substr(0, 1)) != status::no_space) return "less taken than fits";
      sent += writer.written();
      writer.clear();
    }
    if (writer.written().size() + 2 > capacity) {
      if (writer.end() != status::no_space) return "an end too long";
      sent += writer.written();
      writer.clear();
    }
    if (writer.end() != status::ok) return "status of end";
    if (sent.append(writer.written()) != bytes) return "bytes of data_some";
    if (small[capacity] != canary) return "overrun by data_some";
  }
  return nullptr;
}

// In pieces, where the buffer is always as large as what is written, and then by one byte larger.
const char* other_as_it_grows(const sse::event& e, std::string_view bytes) {
  char memory[2][room + 1];
  std::size_t capacity = 0;
  sse::writer writer(memory[0], capacity);
  const std::string_view first = e.data.substr(0, e.data.size() / 2);
  const pieces data = e.data.empty() ? pieces{""} : pieces{e.data.substr(first.size())};
  for (std::size_t i = 0; i < data.size() + 2;) {
    const std::string before(writer.written());
    const status result = call(writer, with_data(e, first), data, i);
    if (result == status::ok) {
      ++i;
      continue;
    }
    if (result != status::no_space) return "status as it grows";
    if (++capacity > bytes.size()) return "more space wanted than it takes";
    char* const larger = memory[capacity % 2];
    larger[capacity] = canary;
    if (!before.empty() && writer.use_buffer({larger, before.size() - 1})) return "cut off";
    if (!writer.use_buffer({larger, capacity})) return "use_buffer";
    if (writer.written() != before || writer.written().data() != larger) return "not moved";
  }
  if (memory[capacity % 2][capacity] != canary) return "overrun as it grows";
  return writer.written() == bytes ? nullptr : "bytes as it grows";
}

// A writer that grows by itself, before, in and behind the event.
const char* other_by_growing_writer(const sse::event& e, const expectation& expected,
                                    std::string_view bytes, bool at_every_place) {
  sse::growing_writer writer;
  if (!expected.fits(writer.write(e))) return "status of growing_writer";
  if (writer.written() != bytes) return "bytes of growing_writer";
  if (expected.refused() || !at_every_place) return nullptr;
  constexpr std::size_t first = 256;  // bytes that it has at first
  const std::string_view front = e.data.substr(0, e.data.size() / 2);
  const pieces data = {e.data.substr(front.size())};
  for (std::size_t left = 0; left <= std::min(bytes.size(), first - 3); ++left) {
    if (writer.take().empty()) return "nothing taken of growing_writer";
    if (writer.comment(std::string(first - 3 - left, 'x')) != status::ok) return "comment";
    for (std::size_t i = 0; i < data.size() + 2; ++i) {
      if (call(writer, with_data(e, front), data, i) != status::ok) return "growing in pieces";
    }
    if (writer.written().substr(first - left) != bytes) return "bytes of growing in pieces";
  }
  return nullptr;
}

const char* other_elsewhere(const sse::event& e, const expectation& expected,
                            std::string_view bytes) {
  if (sse::encoded_size(e) != bytes.size()) return "encoded_size";

  std::string text(earlier);
  if (!expected.fits(sse::append(text, e))) return "status of append";
  if (text.size() != earlier.size() + bytes.size() || text.substr(0, 3) != earlier ||
      text.substr(3) != bytes) {
    return "bytes of append";
  }

  std::string_view parts[64];
  const sse::gathered gathered = sse::gather(e, parts, std::size(parts));
  if (!expected.fits(gathered.status)) return "status of gather";
  std::string joined;
  for (std::size_t i = 0; i < gathered.count; ++i) joined += parts[i];
  return joined == bytes ? nullptr : "bytes of gather";
}

// Begun with its texts, an event has data, be they empty.
const char* other_of_texts(const sse::event& e, std::string_view bytes) {
  if (e.id || e.retry) return nullptr;
  char memory[room];
  sse::writer writer(memory, sizeof memory);
  const status begun = e.has_type() ? writer.begin(e.type, e.data) : writer.begin(e.data);
  if (begun != status::ok || writer.end() != status::ok) return "status of texts begun";
  return writer.written() == bytes ? nullptr : "bytes of texts begun";
}

const char* difference(const sse::event& e, bool at_every_capacity) {
  const expectation expected = expect(e);
  char memory[room];
  sse::writer writer(memory, sizeof memory);
  if (writer.comment() != status::ok) return "no comment";
  if (!expected.fits(writer.write(e))) return "status of write";
  if (writer.written().substr(0, earlier.size()) != earlier) return "what was written before";
  const std::string_view bytes = writer.written().substr(earlier.size());
  if (const char* const what = other_elsewhere(e, expected, bytes)) return what;
  if (const char* const what = other_by_growing_writer(e, expected, bytes, at_every_capacity)) {
    return what;
  }
  if (expected.refused()) {
    if (!bytes.empty()) return "refused, but written";
    if (!expected.fits(writer.begin(e))) return "status of begin";
    if (writer.written() != earlier) return "begin refused, but written";
    return writer.end() == status::out_of_order ? nullptr : "refused, but begun";
  }
  if (const char* const what = misread(e, bytes)) return what;
  if (const char* const what = other_in_pieces(e, bytes, at_every_capacity)) return what;
  if (const char* const what = other_of_texts(e, bytes)) return what;
  if (at_every_capacity) {
    if (const char* const what = other_as_far_as_it_fits(e, bytes)) return what;
    if (const char* const what = other_as_it_grows(e, bytes)) return what;
  }
  return at_every_capacity ? overrun(bytes, [&e](sse::writer& w) { return w.write(e); }) : nullptr;
}

const char* difference_of_comment(std::string_view comment, bool at_every_capacity) {
  char memory[room];
  sse::writer writer(memory, sizeof memory);
  if (writer.comment(comment) != status::ok) return "status of comment";
  const std::string_view bytes = writer.written();
  if (const char* const what = misread_comment(comment, bytes)) return what;
  const auto write = [comment](sse::writer& w) { return w.comment(comment); };
  return at_every_capacity ? overrun(bytes, write) : nullptr;
}

// ---- Enumerations

struct totals {
  unsigned long long cases = 0;
  unsigned long long refused = 0;
  unsigned long long differences = 0;

  void add(const char* difference, const std::string& what) {
    ++cases;
    if (difference != nullptr && ++differences <= 10) {
      std::printf("  %s: %s\n", what.c_str(), difference);
    }
  }
  void add(const sse::event& e, bool at_every_capacity) {
    refused += expect(e).refused();
    const char* const what = difference(e, at_every_capacity);
    if (what == nullptr) {
      ++cases;
      return;
    }
    add(what, (e.id ? "id \"" + printable(*e.id) + "\"" : "no id") + ", type \"" +
                  printable(e.type) + "\", data \"" + printable(e.data) + "\"" +
                  (e.retry ? ", retry " + std::to_string(e.retry->count()) : ""));
  }
  bool report(const std::string& name) const {
    std::printf("%s: %llu written and read, %llu refused, %llu differences\n", name.c_str(),
                cases - refused, refused, differences);
    std::fflush(stdout);
    return differences == 0;
  }
};

// All words of up to `length` letters that are ours.
template <class Use>
void for_each_word(std::size_t length, const share& mine, Use use) {
  std::vector<std::size_t> places;
  std::string word;
  for (std::size_t rank = 0;; ++rank) {
    if (rank % mine.of == mine.number) use(std::string_view(word));
    std::size_t i = 0;
    for (; i < places.size(); ++i) {
      places[i] = (places[i] + 1) % letters.size();
      word[i] = letters[places[i]];
      if (places[i] != 0) break;
    }
    if (i < places.size()) continue;
    if (places.size() == length) return;
    places.push_back(0);
    word.push_back(letters[0]);
  }
}

enum class field { id, type, data };
constexpr const char* names[] = {"id", "type", "data"};

sse::event with(sse::event e, field which, std::string_view text) {
  if (which == field::id) e.id = text;
  if (which == field::type) e.type = text;
  if (which == field::data) e.data = text;
  return e;
}

bool alone(field which, std::string_view beginning, std::size_t length,
           std::size_t length_at_every_capacity, const share& mine) {
  totals sum;
  for_each_word(length, mine, [&](std::string_view word) {
    const std::string text = std::string(beginning) + std::string(word);
    sum.add(with({}, which, text), word.size() <= length_at_every_capacity);
  });
  return sum.report(std::string(names[static_cast<int>(which)]) + ", " +
                    std::to_string(beginning.size()) + " bytes and up to " +
                    std::to_string(length));
}

// All four: with no ID or any, no retry or one, and `length` letters at most in all.
bool together(std::size_t length, const share& mine) {
  totals sum;
  const auto add = [&sum](sse::event e) {
    for (const content id : {content(), e.id}) {
      if (!id && e.id != "") continue;
      e.id = id;
      e.retry = std::nullopt;
      sum.add(e, true);
      e.retry = milliseconds(20);
      sum.add(e, true);
    }
  };
  for_each_word(length, mine, [&](std::string_view data) {
    for_each_word(length - data.size(), {}, [&](std::string_view type) {
      for_each_word(length - data.size() - type.size(), {},
                    [&](std::string_view id) { add(sse::event(type, data).with_id(id)); });
    });
  });
  return sum.report("id, type and data, up to " + std::to_string(length) +
                    " together, with retry and without");
}

std::vector<std::int64_t> edge_times() {
  constexpr auto least = std::numeric_limits<std::int64_t>::min();
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  constexpr auto bound = static_cast<std::int64_t>(oracle::max_retry);
  std::vector<std::int64_t> times = {least, least + 1, -1000, -10, -1, most - 1, most};
  for (std::int64_t power = 1; power <= most / 10; power *= 10) times.push_back(power);
  for (const std::int64_t edge : {std::int64_t{1}, std::int64_t{10}, std::int64_t{1000},
                                  std::int64_t{1} << 31, std::int64_t{1} << 32, bound}) {
    times.insert(times.end(), {edge - 1, edge, edge + 1});
  }
  return times;
}

// Every edge of retry, beside types and at most one letter of data and of an ID, if any.
bool retries(std::size_t type_length, const share& mine) {
  totals sum;
  const auto add_with_data = [&sum](const sse::event& e) {
    for_each_word(
        1, {}, [&](std::string_view data) { sum.add(with(e, field::data, data), e.type.empty()); });
  };
  for (const std::int64_t time : edge_times()) {
    for_each_word(type_length, mine, [&](std::string_view type) {
      const sse::event e = sse::event(type, "").with_retry(milliseconds(time));
      add_with_data(e);
      for_each_word(1, {}, [&](std::string_view id) { add_with_data(with(e, field::id, id)); });
    });
  }
  return sum.report("retry and type up to " + std::to_string(type_length) +
                    ", id and data up to 1");
}

bool comments(std::string_view beginning, std::size_t length, std::size_t length_at_every_capacity,
              const share& mine) {
  totals sum;
  for_each_word(length, mine, [&](std::string_view word) {
    const std::string text = std::string(beginning) + std::string(word);
    const char* const what = difference_of_comment(text, word.size() <= length_at_every_capacity);
    sum.add(what, what == nullptr ? "" : "comment \"" + printable(text) + "\"");
  });
  return sum.report("comment, " + std::to_string(beginning.size()) + " bytes and up to " +
                    std::to_string(length));
}

}  // namespace

int main(int argc, char** argv) {
  const request request(argc, argv);
  // Each letter more is about twelve times the work: a moment, some seconds, a minute.
  const std::size_t length = request.pick({3, 5, 6});
  const std::size_t at_every_capacity = request.pick({2, 3, 4});
  bool same = true;
  for (const field each : {field::id, field::type, field::data}) {
    same &= alone(each, "", length, at_every_capacity, request.mine);
  }
  same &= together(request.pick({1, 2, 4}), request.mine);
  same &= retries(request.pick({0, 1, 2}), request.mine);
  same &= comments("", length, at_every_capacity, request.mine);
  // Long lines are copied by blocks of 64 bytes, and lines end within them and between them.
  for (const std::size_t size : {61U, 125U}) {
    const std::string beginning(size, 'x');
    const std::size_t more = request.pick({1, 3, 4});
    same &= alone(field::data, beginning, more, at_every_capacity / 2, request.mine);
    same &= comments(beginning, more, at_every_capacity, request.mine);
  }
  return same ? 0 : 1;
}
