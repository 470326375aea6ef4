// SPDX-License-Identifier: MIT
// A writer under any calls, with a buffer of any size, against the rules written down anew; and
// what it wrote, read back by the oracle and the parser.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <limits>
#include <memory>
#include <optional>
#include <sse/writer.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fuzz/input.hpp"
#include "support/oracle.hpp"
#include "support/replay.hpp"

namespace {

using std::chrono::milliseconds;
using status = sse::writer::status;

// ---- The rules

// The text with each line behind a prefix. The last line has no line end.
std::string prefixed(std::string_view prefix, std::string_view text) {
  std::string all(prefix);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' && i > 0 && text[i - 1] == '\r') continue;
    if (text[i] == '\n' || text[i] == '\r') {
      all.append("\n").append(prefix);
    } else {
      all += text[i];
    }
  }
  return all;
}

// The type that an event has if it is given none is "message" too, but not to be written.
bool is_given(std::string_view type) {
  return !type.empty() && type.data() != sse::event().type.data();
}

std::string fields(const sse::event& e) {
  std::string all;
  if (is_given(e.type)) all.append("event: ").append(e.type).append("\n");
  if (e.id) all.append("id: ").append(*e.id).append("\n");
  if (e.retry) all.append("retry: ").append(std::to_string(e.retry->count())).append("\n");
  return all;
}

constexpr milliseconds longest{2147483647};

using reasons = std::vector<status>;  // to refuse a call

reasons invalid(const sse::event& e) {
  const auto has_any = [](std::string_view text, std::string_view of) {
    return text.find_first_of(of) != std::string_view::npos;
  };
  reasons all;
  if (e.id && has_any(*e.id, std::string_view("\r\n\0", 3))) all.push_back(status::invalid_id);
  if (has_any(e.type, "\r\n")) all.push_back(status::invalid_type);
  if (e.retry && (*e.retry < milliseconds::zero() || *e.retry > longest))
    all.push_back(status::invalid_retry);
  return all;
}

bool contains(const reasons& all, status one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

// ---- A writer, and what its calls should have written

struct event {
  std::optional<std::string> id;
  std::string type;
  std::optional<std::string> data;
  std::optional<milliseconds> retry;
  bool has_type = false;
};

class scribe {
 public:
  explicit scribe(std::size_t capacity)
      : capacity_(capacity), buffer_(new char[capacity]), writer_(buffer_.get(), capacity) {}

  void write(const sse::event& e, std::size_t pieces) {
    const std::string bytes = fields(e) + prefixed("data: ", e.data) + "\n\n";
    compare_companions(e, bytes, pieces);
    reasons why = invalid(e);
    if (open_) why.push_back(status::out_of_order);
    if (!put(why, bytes, writer_.write(e))) return;
    begin_event(e);
    open_->data = e.data;
    end_event();
  }
  void comment(std::string_view text) {
    const std::string bytes = prefixed(":", text) + "\n\n";
    std::string appended = "before";
    if (sse::append_comment(appended, text) != status::ok || appended != "before" + bytes) {
      fail("append_comment");
    }
    if (!put(between_events(), bytes, writer_.comment(text))) return;
    comments_ += prefixed("", text) + "\n";
  }
  void retry(milliseconds time) {
    const sse::event e = sse::event().with_retry(time);
    reasons why = invalid(e);
    std::string appended = "before";
    const bool is_right = why.empty() ? sse::append_retry(appended, time) == status::ok
                                      : contains(why, sse::append_retry(appended, time));
    if (!is_right || appended != "before" + (why.empty() ? fields(e) + "\n" : "")) {
      fail("append_retry");
    }
    if (open_) why.push_back(status::out_of_order);
    if (!put(why, fields(e) + "\n", writer_.retry(time))) return;
    begin_event(e);
    end_event();
  }
  void begin(const sse::event& e) {
    reasons why = invalid(e);
    if (open_) why.push_back(status::out_of_order);
    const std::string bytes = fields(e) + (e.data.empty() ? "" : prefixed("data: ", e.data));
    if (!put(why, bytes, writer_.begin(e))) return;
    begin_event(e);
    if (!e.data.empty()) open_->data = e.data;
  }
  void data(std::string_view piece) {
    const std::string before = open_ ? open_->data.value_or("") : "";
    const std::string bytes = bytes_of(piece);
    if (put(inside_event(), bytes, writer_.data(piece))) open_->data = before + std::string(piece);
  }
  // As much as there is room for, and not a byte less; if nothing of it, then the `data: ` in front
  // if it is missing still.
  void data_some(std::string_view piece) {
    const std::size_t room = capacity_ - written_.size();
    std::size_t most = 0;
    while (most < piece.size() && bytes_of(piece.substr(0, most + 1)).size() <= room) ++most;
    const bool begun = open_ && bytes_of(piece.substr(0, most)).size() <= room;
    std::string_view rest = piece;
    const status result = writer_.data_some(rest);
    if (piece.size() - rest.size() != (begun ? most : 0)) return fail("how much is taken");
    if ((result == status::ok) != (begun && rest.empty())) return fail("the status of some");
    if (begun) {
      written_ += bytes_of(piece.substr(0, most));
      open_->data = open_->data.value_or("") + std::string(piece.substr(0, most));
    }
    if (writer_.written() != written_) fail("what is written of some");
  }
  void use_buffer(std::size_t capacity) {
    std::unique_ptr<char[]> buffer(new char[capacity]);
    const bool fits = written_.size() <= capacity;
    if (writer_.use_buffer({buffer.get(), capacity}) != fits) fail("use_buffer");
    if (fits) {
      capacity_ = capacity;
      buffer_ = std::move(buffer);
    }
    if (writer_.written() != written_) fail("what is written in another buffer");
  }
  void end() {
    if (put(inside_event(), ending(), writer_.end())) end_event();
  }
  void clear() {
    writer_.clear();
    sent_ += std::exchange(written_, "");
    if (!writer_.written().empty()) fail("not cleared");
  }

  // What is wrong, if anything. To be called when all is written.
  const char* difference(std::size_t cut) {
    clear();
    if (open_) {
      sent_ += ending();
      end_event();
    }
    const oracle::result seen = oracle::interpret(sent_);
    compare_read(seen);
    replay::setting how;
    how.reports = sse::report::everything;
    const std::vector<std::size_t> cuts = {cut % (sent_.size() + 1)};
    const char* const difference = replay::difference(seen, sent_, cuts, how);
    return difference_ != nullptr ? difference_ : difference;
  }

 private:
  // Whether the call was accepted.
  bool put(const reasons& why, const std::string& bytes, status result) {
    const bool fits = written_.size() + bytes.size() <= capacity_;
    const bool is_right =
        !why.empty() ? contains(why, result) : result == (fits ? status::ok : status::no_space);
    if (!is_right) fail("status");
    if (result == status::ok) written_ += bytes;
    if (writer_.written() != written_) fail("what is written");
    return result == status::ok;
  }
  reasons between_events() const { return open_ ? reasons{status::out_of_order} : reasons{}; }
  reasons inside_event() const { return open_ ? reasons{} : reasons{status::out_of_order}; }

  // What the piece takes behind the data that are there.
  std::string bytes_of(std::string_view piece) const {
    const std::string before = open_ ? open_->data.value_or("") : "";
    const std::size_t written = open_ && open_->data ? prefixed("data: ", before).size() : 0;
    return prefixed("data: ", before + std::string(piece)).substr(written);
  }

  void begin_event(const sse::event& e) {
    open_ = event{e.id ? std::optional(std::string(*e.id)) : std::nullopt, std::string(e.type),
                  std::nullopt, e.retry, is_given(e.type)};
    has_fields_ = !fields(e).empty();
  }
  std::string ending() const {
    if (open_ && open_->data) return "\n\n";
    return open_ && has_fields_ ? "\n" : "";
  }
  void end_event() {
    if (open_->id) id_ = *open_->id;
    if (open_->retry) retry_ = open_->retry;
    if (open_->data) events_.push_back(*open_);
    open_.reset();
  }

  void compare_companions(const sse::event& e, const std::string& bytes, std::size_t capacity) {
    const reasons why = invalid(e);
    const auto is_right = [&](status result) {
      return why.empty() ? result == status::ok : contains(why, result);
    };
    const std::string expected = why.empty() ? bytes : "";
    if (sse::encoded_size(e) != expected.size()) fail("encoded_size");
    std::string text = "before";
    if (!is_right(sse::append(text, e)) || text != "before" + expected) fail("append");

    std::vector<std::string_view> pieces(capacity);
    sse::gathered gathered = sse::gather(e, pieces.data(), capacity);
    if (why.empty() && gathered.count > capacity) {
      if (gathered.status != status::no_space) fail("gather into too little");
      pieces.resize(gathered.count);
      gathered = sse::gather(e, pieces.data(), pieces.size());
    }
    const auto lines = std::count(bytes.begin(), bytes.end(), '\n');  // more than those of data
    if (gathered.count > 2 * static_cast<std::size_t>(lines) + 19) fail("pieces of gather");
    std::string all;
    for (std::size_t i = 0; i < gathered.count; ++i) all += pieces[i];
    if (!is_right(gathered.status) || all != expected) fail("gather");
  }

  void compare_read(const oracle::result& seen) {
    std::string comments;
    for (const oracle::comment& each : seen.comments) comments += each.text + "\n";
    if (comments != comments_) fail("comments read");
    if (seen.last_event_id != id_) fail("last event ID read");
    if (!is_same(seen.reconnection_time, retry_)) fail("reconnection time read");
    if (seen.events.size() != events_.size()) return fail("number of events read");
    for (std::size_t i = 0; i < events_.size(); ++i) {
      const event& wanted = events_[i];
      const oracle::event& read = seen.events[i];
      if (read.id != wanted.id || read.type != (wanted.type.empty() ? "message" : wanted.type) ||
          read.has_type != wanted.has_type || read.data != prefixed("", *wanted.data) ||
          !is_same(read.retry, wanted.retry)) {
        fail("event read");
      }
    }
    if (seen.pending) fail("an event too few read");
  }
  static bool is_same(std::optional<std::uint64_t> read, std::optional<milliseconds> written) {
    if (!written) return !read;
    return read == static_cast<std::uint64_t>(written->count());
  }

  void fail(const char* what) {
    if (difference_ == nullptr) difference_ = what;
  }

  std::size_t capacity_;
  std::unique_ptr<char[]> buffer_;  // of exactly that size
  sse::writer writer_;
  std::string written_, sent_;
  std::optional<event> open_;
  bool has_fields_ = false;
  std::vector<event> events_;
  std::string comments_;
  std::string id_;
  std::optional<milliseconds> retry_;
  const char* difference_ = nullptr;
};

// ---- Inputs

constexpr std::int64_t times[] = {0,
                                  9,
                                  10,
                                  3000,
                                  std::int64_t{1} << 32,
                                  longest.count() - 1,
                                  longest.count(),
                                  longest.count() + 1,
                                  std::numeric_limits<std::int64_t>::max(),
                                  -1,
                                  std::numeric_limits<std::int64_t>::min()};

const char* difference(fuzz::input in) {
  std::string_view rest = in.text();
  const auto text = [&] {
    const std::string_view taken = rest.substr(0, in.choose());
    rest.remove_prefix(taken.size());
    return taken;
  };
  const auto time = [&] { return milliseconds(times[in.choose(std::size(times))]); };

  scribe s(in.choose());
  for (std::size_t calls = 1 + in.choose(12); calls > 0; --calls) {
    const unsigned call = in.choose();
    sse::event e;
    if (call % 2 == 1) e.id = text();
    if (call / 2 % 2 == 1) e.type = text();
    if (call / 4 % 8 == 1) e.retry = time();
    switch (call / 32) {
      case 0:
        e.data = text();
        s.write(e, in.choose(64));
        break;
      case 1:
        e.data = rest;
        s.write(e, in.choose(64));
        break;
      case 2: s.comment(text()); break;
      case 3: s.retry(time()); break;
      case 4:
        if (call & 4) e.data = text();
        s.begin(e);
        break;
      case 5:
        if (call & 1) {
          s.data_some(text());
        } else {
          s.data(text());
        }
        break;
      case 6: s.end(); break;
      default:
        if (call & 1) {
          s.use_buffer(in.choose());
        } else {
          s.clear();
        }
    }
  }
  return s.difference(in.choose());
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  fuzz::expect_none(difference(fuzz::input(bytes, size)));
  return 0;
}
