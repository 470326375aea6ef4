// SPDX-License-Identifier: MIT
// Standard input and output for a filter that has to be prompt: by read(2) and write(2).
#ifndef SSEWIRE_TOOL_IO_HPP
#define SSEWIRE_TOOL_IO_HPP

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace tool {

/// Thrown when the reader of our output has gone, as `head` does that has seen enough.
struct output_closed {};

/// Standard input. Failures are thrown as std::system_error.
class input {
 public:
  /// Waits until there is something, and takes all of it that fits. False at the end.
  bool read();

  /// What was read; it holds until the next `read`.
  std::string_view chunk() const { return chunk_; }

  /// Waits for what `read` would wait for; false if there is nothing at the deadline.
  bool ready_before(std::chrono::steady_clock::time_point deadline);

 private:
  // More than a pipe holds, and little enough to stay in the cache.
  static constexpr std::size_t capacity = 256 * 1024;
  std::unique_ptr<char[]> buffer_{new char[capacity]};
  std::string_view chunk_;
};

/// Standard output, or standard error, gathered. Whoever has worked off a chunk calls `flush`
/// before reading on: then nothing waits here while we wait, and there is one write for all that
/// came with one read. Failures are thrown as std::system_error, or as output_closed; of what is
/// but told beside the output itself they are noted, and then it is told no more.
class output {
 public:
  output() = default;
  /// Of what is told beside.
  explicit output(int file) : file_(file), is_beside_(true) {}

  void put(std::string_view text) {
    if (text.size() > capacity - size_) return write_with(text);
    std::copy(text.begin(), text.end(), buffer_.get() + size_);
    size_ += text.size();
  }
  void put(char byte) {
    if (size_ == capacity) write_with({});
    buffer_[size_++] = byte;
  }
  void flush() { write_with({}); }
  bool has_failed() const { return has_failed_; }

 private:
  void write_with(std::string_view text);  // writes what is gathered, and then the text

  static constexpr std::size_t capacity = 256 * 1024;
  const int file_ = STDOUT_FILENO;
  const bool is_beside_ = false;
  bool has_failed_ = false;
  std::unique_ptr<char[]> buffer_{new char[capacity]};
  std::size_t size_ = 0;
};

/// Keeps the numbers of standard files that are closed from being given to others, such as sockets,
/// which would be written to and read from then. To use them still fails. Call it first of all.
void reserve_standard_files();

/// Writes a diagnostic to standard error.
void complain(const std::string& what);

/// Escape sequences; all of them empty where colours are not wanted.
struct palette {
  std::string_view strong, faint, alarm, off;
};

/// What suits a file: colours on a terminal only, and not if NO_COLOR is set.
palette palette_for(int file = STDOUT_FILENO);

}  // namespace tool

#endif
