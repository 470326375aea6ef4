// SPDX-License-Identifier: MIT
// Serves a file that grows as an event stream, a line an event, as `tail -F` prints it:
//     g++ -std=c++17 -O2 log_tail.cpp -o log_tail $(pkg-config --cflags --libs ssewire cpp-httplib)
//     ./log_tail FILE [PORT] [--life S]...      # --help tells the rest
//     curl -N http://127.0.0.1:8080/events
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <sse/writer.hpp>
#include <string>
#include <string_view>

#include "httplib_stream.hpp"

namespace {

using namespace std::chrono_literals;

constexpr std::size_t longest = 1 << 20;  // a longer line comes in pieces of that, cut anywhere
constexpr off_t backlog = 8192;           // bytes that a client without a last event ID gets first

/// A place in the file, and the lines from there on. Its ID, "OFFSET@INODE", has the number of the
/// file, for after a rotation the same offset is that of another line. Whoever was away for two
/// rotations has lost what was rotated twice, and more if the number was given again.
class lines {
 public:
  explicit lines(const std::string& path) : path_(path) {}
  lines(const lines&) = delete;
  lines& operator=(const lines&) = delete;
  ~lines() { ::close(file_); }  // -1 does no harm

  std::string id() const { return std::to_string(offset_) + "@" + std::to_string(inode_); }

  /// Goes on behind an ID; where there is none, with the last lines. False, with `errno`, if these
  /// are not there, or files have run out: then nobody knows whether the place is there.
  bool resume(const std::string& id) {
    char* end = nullptr;
    const long long offset = std::strtoll(id.c_str(), &end, 10);
    if (*end != '@' || offset < 0) {
      if (!open(path_)) return false;
      offset_ = std::max<off_t>(0, status(file_).st_size - backlog);
      if (offset_ > 0 && read()) take(rest_.find('\n') + 1);  // nothing, if there is none
      return true;
    }
    // Its file may have been renamed since, as logrotate does.
    const unsigned long long inode = std::strtoull(end + 1, nullptr, 10);
    for (const std::string& name : {path_, path_ + ".1"}) {
      if (!open(name) && (errno == EMFILE || errno == ENFILE)) return false;
      if (inode_ == inode) break;
    }
    if (inode_ == inode) offset_ = offset;
    return true;
  }

  /// What comes next; nothing if there is nothing yet. It is good until the next call.
  std::optional<std::string_view> next() {
    while (file_ >= 0 || open(path_)) {
      const std::size_t end = rest_.find('\n');
      if (end == rest_.npos && rest_.size() <= longest) {
        const bool is_last = is_over();  // asked first, for until then it may be written to
        if (read()) continue;
        if (!is_last || (rest_.empty() && !open(path_))) break;
        if (rest_.empty()) continue;
      }
      const bool ends = end <= longest;
      std::string_view line = rest_.substr(0, std::min(end, longest));
      take(line.size() + (ends ? 1 : 0));
      if (ends && !line.empty() && line.back() == '\r') line.remove_suffix(1);
      return line;
    }
    return std::nullopt;
  }

 private:
  bool open(const std::string& name) {
    const int file = ::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // for a FIFO
    if (file < 0) return false;
    const struct stat is = status(file);
    if (!S_ISREG(is.st_mode)) {
      ::close(file);
      errno = S_ISDIR(is.st_mode) ? EISDIR : ESPIPE;
      return false;
    }
    ::close(file_);
    file_ = file;
    inode_ = is.st_ino;
    offset_ = 0;
    rest_ = {};
    return true;
  }

  void take(std::size_t size) {
    rest_.remove_prefix(size);
    offset_ += static_cast<off_t>(size);
  }

  bool read() {
    const std::size_t old = rest_.size();
    buffer_.erase(0, buffer_.size() - old);
    buffer_.resize(old + streams::at_once);
    const ssize_t size =
        ::pread(file_, &buffer_[old], streams::at_once, offset_ + static_cast<off_t>(old));
    buffer_.resize(old + static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    rest_ = buffer_;
    return size > 0;
  }

  /// Whether the file was truncated, or another has its name. Who writes may go on in the old one
  /// until there is something in the new one.
  bool is_over() const {
    const struct stat is = status(file_);
    struct stat named {};
    return is.st_size < offset_ + static_cast<off_t>(rest_.size()) ||
           (::stat(path_.c_str(), &named) == 0 && named.st_size > 0 &&
            (named.st_ino != is.st_ino || named.st_dev != is.st_dev));
  }

  static struct stat status(int file) {
    struct stat result {};
    ::fstat(file, &result);
    return result;
  }

  const std::string path_;
  int file_ = -1;
  ino_t inode_ = 0;
  off_t offset_ = 0;  // of `rest_`
  std::string buffer_;
  std::string_view rest_;  // its end, which is not taken
};

/// The newest lines, for all. Who wants older ones reads the file, until these are reached.
class log_file {
 public:
  log_file(streams::server& server, const std::string& path)
      : server_(server), path_(path), tail_(path) {}

  bool open() { return tail_.resume({}); }

  /// Publishes what was written. Returns when it is to be looked again.
  streams::milliseconds look() {
    int count = 0;
    for (; count < 1000; ++count) {
      const std::optional<std::string_view> line = tail_.next();
      if (!line) break;
      newest_.publish(event(*line, tail_.id()));
    }
    if (count > 0) server_.wake();
    return count < 1000 ? 100ms : 0ms;
  }

  streams::source from(const std::string& last_event_id) {
    const std::shared_ptr<follower> its(new follower{last_event_id, {}, {}});
    return [this, its](std::string& text) { return read(*its, text); };
  }

 private:
  struct follower {
    std::string id;                    // of the last line that it got
    std::optional<sse::cursor> place;  // among the newest
    std::unique_ptr<lines> file;       // if not there
  };

  static sse::event event(std::string_view line, std::string_view id) {
    return sse::event{line}.with_id(id).with_retry(2s);
  }

  bool read(follower& its, std::string& text) {
    if (!its.place) {
      const sse::resumed found = newest_.resume(its.id);
      if (found.kind != sse::resumed::unknown) its.place = found.where;
    }
    if (its.place && newest_.read(*its.place, text, &its.id)) {
      its.file.reset();
      return true;
    }
    its.place.reset();
    if (!its.file) {
      its.file = std::make_unique<lines>(path_);
      if (!its.file->resume(its.id)) return false;  // and not from the begin
    }
    while (text.size() < streams::at_once) {
      const std::optional<std::string_view> line = its.file->next();
      its.id = its.file->id();
      if (!line || sse::append(text, event(*line, its.id)) != sse::writer::status::ok) break;
    }
    return true;
  }

  streams::server& server_;
  const std::string path_;
  lines tail_;
  streams::feed newest_{8 << 20, 65'536};  // bytes; a line of CRs becomes 7 times as long
};

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Tells the lines of a file that grows as event streams."};
  std::string file;
  app.add_option("file", file, "to follow, as `tail -F` does")->required();
  streams::settings its(app);
  CLI11_PARSE(app, argc, argv);
  streams::server server("log_tail", its);
  log_file log(server, file);
  if (!log.open()) {
    std::fprintf(stderr, "log_tail: %s: %s\n", file.c_str(), std::strerror(errno));
    return 1;
  }
  server.stream("/events", [&](const std::string& id) { return log.from(id); });
  return server.run([&] { return log.look(); });
}
