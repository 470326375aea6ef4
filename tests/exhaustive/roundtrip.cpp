// SPDX-License-Identifier: MIT
// Every event and comment with small contents: written, and read back by the oracle and the parser.
//
//   roundtrip tiny|short|full
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <limits>
#include <optional>
#include <sse/writer.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "support/oracle.hpp"
#include "support/printable.hpp"
#include "support/replay.hpp"

namespace {

using std::chrono::milliseconds;
using status = sse::writer::status;
using content = std::optional<std::string_view>;  // of a field that may be absent

constexpr std::string_view letters("\n\r: datx\0\xEF\xBB\xBF", 12);
constexpr std::string_view next_event = "data: next\n\n";
constexpr std::string_view earlier = ":\n\n";     // stands in a buffer before the event
constexpr std::string_view id_before = "before";  // what an event without an ID leaves in force
constexpr std::size_t room = 1024;

// ---- What the rules say, worked out anew

struct expectation {
  bool bad_id, bad_type, bad_retry;

  bool refused() const { return bad_id || bad_type || bad_retry; }
  // One reason is enough, whichever.
  bool fits(status result) const {
    return (result == status::ok && !refused()) || (result == status::invalid_id && bad_id) ||
           (result == status::invalid_type && bad_type) ||
           (result == status::invalid_retry && bad_retry);
  }
};

expectation expect(const sse::event& e) {
  const auto has_any = [](std::string_view text, std::string_view of) {
    return text.find_first_of(of) != std::string_view::npos;
  };
  return {e.id && has_any(*e.id, std::string_view("\r\n\0", 3)), has_any(e.type, "\r\n"),
          e.retry && *e.retry < milliseconds::zero()};
}

// CRLF, CR and LF each become LF.
std::string normalised(std::string_view text) {
  std::string lines;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' && i > 0 && text[i - 1] == '\r') continue;
    lines += text[i] == '\r' ? '\n' : text[i];
  }
  return lines;
}

// ---- What is seen

// The first thing that is wrong, or nullptr.
const char* misread(const sse::event& e, std::string_view bytes) {
  if (bytes.substr(0, 3) == "\xEF\xBB\xBF") return "a byte order mark";
  const std::string stream = std::string(bytes) + std::string(next_event);
  const oracle::result seen = oracle::interpret(stream, id_before);
  if (seen.events.size() != 2 || seen.comments.size() != 0) return "not one event, and the next";
  const oracle::event& first = seen.events[0];
  const oracle::event& second = seen.events[1];
  if (first.end != bytes.size()) return "the event ends elsewhere than its bytes";
  if (first.data != normalised(e.data)) return "data";
  if (first.type != (e.type.empty() ? "message" : e.type)) return "type";
  if (first.id.has_value() != e.id.has_value() || (e.id && *first.id != *e.id)) return "ID";
  if (first.last_event_id != e.id.value_or(id_before)) return "ID in force";
  if (first.retry.has_value() != e.retry.has_value()) return "retry";
  if (e.retry &&
      *first.retry != std::min(static_cast<std::uint64_t>(e.retry->count()), oracle::max_retry)) {
    return "time of retry";
  }
  if (second.data != "next" || second.type != "message" || second.id || second.retry ||
      second.last_event_id != first.last_event_id) {
    return "the next event";
  }
  replay::setting how;
  how.initial_last_event_id = id_before;
  return replay::difference(seen, stream, std::vector<std::size_t>{bytes.size()}, how);
}

const char* misread_comment(std::string_view text, std::string_view bytes) {
  const std::string stream = std::string(bytes) + std::string(next_event);
  const oracle::result seen = oracle::interpret(stream, id_before);
  std::string lines;
  for (const oracle::comment& each : seen.comments) {
    if (each.events_before != 0) return "a comment too late";
    lines += each.text;
    lines += '\n';
  }
  if (lines != normalised(text) + "\n") return "lines of the comment";
  if (seen.events.size() != 1 || seen.events[0].data != "next") return "an event from a comment";
  if (seen.events[0].id || seen.events[0].retry || seen.events[0].type != "message") {
    return "a field from a comment";
  }
  if (seen.last_event_id != id_before || seen.reconnection_time) return "a comment with effect";
  if (bytes.substr(bytes.size() - 2) != "\n\n") return "no blank line behind the comment";
  replay::setting how;
  how.initial_last_event_id = id_before;
  how.comments = true;
  return replay::difference(seen, stream, std::vector<std::size_t>{bytes.size()}, how);
}

// At every capacity up to what it needs: all or nothing, and not a byte behind the end.
template <class Write>
const char* overrun(std::string_view bytes, Write write) {
  constexpr char canary = '\x5A';
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

// In two pieces cut at each place, and in pieces of one byte.
const char* other_in_pieces(const sse::event& e, std::string_view bytes) {
  char memory[room];
  for (std::size_t cut = 0; cut <= e.data.size() + 1; ++cut) {
    sse::writer writer(memory, sizeof memory);
    bool ok = writer.begin(e.type, e.id, e.retry) == status::ok;
    if (cut <= e.data.size()) {
      ok = ok && writer.data(e.data.substr(0, cut)) == status::ok;
      ok = ok && writer.data(e.data.substr(cut)) == status::ok;
    } else {
      ok = ok && writer.data("") == status::ok;
      for (const char& c : e.data) ok = ok && writer.data({&c, 1}) == status::ok;
    }
    if (!ok || writer.end() != status::ok || writer.written() != bytes) return "bytes in pieces";
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

  std::string_view pieces[64];
  const sse::gathered gathered = sse::gather(e, pieces, std::size(pieces));
  if (!expected.fits(gathered.status)) return "status of gather";
  std::string joined;
  for (std::size_t i = 0; i < gathered.count; ++i) joined += pieces[i];
  return joined == bytes ? nullptr : "bytes of gather";
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
  if (expected.refused()) {
    if (!bytes.empty()) return "refused, but written";
    if (!expected.fits(writer.begin(e.type, e.id, e.retry))) return "status of begin";
    if (writer.written() != earlier) return "begin refused, but written";
    return writer.end() == status::out_of_order ? nullptr : "refused, but begun";
  }
  if (const char* const what = misread(e, bytes)) return what;
  if (const char* const what = other_in_pieces(e, bytes)) return what;
  return at_every_capacity ? overrun(bytes, [&e](sse::writer& w) { return w.write(e); }) : nullptr;
}

const char* difference(std::string_view comment, bool at_every_capacity) {
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

// All words of up to `length` letters.
template <class Use>
void for_each_word(std::size_t length, Use use) {
  std::vector<std::size_t> places;
  std::string word;
  for (;;) {
    use(std::string_view(word));
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

bool alone(field which, std::size_t length, std::size_t length_at_every_capacity) {
  totals sum;
  for_each_word(length, [&](std::string_view text) {
    sum.add(with({}, which, text), text.size() <= length_at_every_capacity);
  });
  return sum.report(std::string(names[static_cast<int>(which)]) + ", up to " +
                    std::to_string(length));
}

bool pair(field first, field second, std::size_t length) {
  totals sum;
  for_each_word(length, [&](std::string_view text) {
    const sse::event e = with({}, first, text);
    for_each_word(length, [&](std::string_view other) {
      sum.add(with(e, second, other), text.size() + other.size() <= 2);
    });
  });
  return sum.report(std::string(names[static_cast<int>(first)]) + " and " +
                    names[static_cast<int>(second)] + ", up to " + std::to_string(length) +
                    " each");
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
bool retries(std::size_t type_length) {
  totals sum;
  const auto add_with_data = [&sum](const sse::event& e) {
    for_each_word(
        1, [&](std::string_view data) { sum.add(with(e, field::data, data), e.type.empty()); });
  };
  for (const std::int64_t time : edge_times()) {
    for_each_word(type_length, [&](std::string_view type) {
      const sse::event e{std::nullopt, type, {}, milliseconds(time)};
      add_with_data(e);
      for_each_word(1, [&](std::string_view id) { add_with_data(with(e, field::id, id)); });
    });
  }
  return sum.report("retry and type up to " + std::to_string(type_length) +
                    ", id and data up to 1");
}

bool comments(std::size_t length, std::size_t length_at_every_capacity) {
  totals sum;
  for_each_word(length, [&](std::string_view text) {
    const char* const what = difference(text, text.size() <= length_at_every_capacity);
    sum.add(what, what == nullptr ? "" : "comment \"" + printable(text) + "\"");
  });
  return sum.report("comment, up to " + std::to_string(length));
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view size = argc == 2 ? argv[1] : "";
  const std::vector<std::string_view> sizes = {"tiny", "short", "full"};
  const auto found = std::find(sizes.begin(), sizes.end(), size);
  if (found == sizes.end()) {
    std::fprintf(stderr, "usage: roundtrip tiny|short|full\n");
    return 2;
  }
  // Each letter more is about twelve times the work: a moment, some seconds, some minutes.
  const auto step = static_cast<std::size_t>(found - sizes.begin());
  const std::size_t length = 3 + 2 * step;
  bool same = true;
  same &= alone(field::id, length, 2 + step);
  same &= alone(field::type, length, 2 + step);
  same &= alone(field::data, step == 1 ? 6 : length, 2 + step);
  same &= pair(field::id, field::type, 1 + step);
  same &= pair(field::id, field::data, 1 + step);
  same &= pair(field::type, field::data, 1 + step);
  same &= retries(step);
  same &= comments(length, 2 + step);
  return same ? 0 : 1;
}
