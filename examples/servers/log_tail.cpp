// SPDX-License-Identifier: MIT
// Serves a file that grows as an event stream, a line an event, as `tail -F` prints it:
//     g++ -std=c++17 -O2 log_tail.cpp -o log_tail $(pkg-config --cflags --libs ssewire cpp-httplib)
//     ./log_tail FILE [PORT [HEARTBEAT_MS]]
//     curl -N http://127.0.0.1:8080/events
#include <fcntl.h>
#include <httplib.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <sse/growing_writer.hpp>
#include <string>
#include <string_view>
#include <thread>

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr std::size_t max_clients = 200;  // each is a thread
constexpr off_t backlog = 8192;           // bytes that a client without a last event ID gets first

/// A client's place in the file. The ID of a line is where it begins, and the inode number of the
/// file, "OFFSET@INODE": for after a rotation the same place is that of another line. Whoever was
/// away for two rotations has lost what was rotated twice, and more if the number was given again.
class follower {
 public:
  /// A line, or a piece of one that is longer than the buffer.
  struct piece {
    std::string_view text;
    std::string id;
    bool begins, ends;
  };

  follower(const std::string& path, const std::string& last_event_id) : path_(path) {
    char* end = nullptr;
    const long long offset = std::strtoll(last_event_id.c_str(), &end, 10);
    if (*end != '@' || offset < 0) {
      if (open(path_) && status().st_size > backlog) skip_line_at(status().st_size - backlog);
      return;
    }
    // The client has that line. Its file may have been renamed since, as logrotate does.
    const unsigned long long inode = std::strtoull(end + 1, nullptr, 10);
    for (const std::string& name : {path_, path_ + ".1"}) {
      if (open(name) && status().st_ino == inode) {
        skip_line_at(offset);
        return;
      }
    }
    open(path_);
  }
  follower(const follower&) = delete;
  follower& operator=(const follower&) = delete;
  ~follower() {
    if (file_ >= 0) ::close(file_);
  }

  bool is_inside_line() const { return inside_line_; }

  /// What comes next; nothing if there is nothing yet. The text is good until the next call.
  std::optional<piece> next() {
    for (;;) {
      if (file_ < 0 && !open(path_)) return std::nullopt;
      if (text_.find('\n') == text_.npos && text_.size() < sizeof buffer_) read();
      const std::size_t line_end = text_.find('\n');
      bool ends = line_end != text_.npos;
      const std::size_t size = ends ? line_end : text_.size();
      if (!ends && size < sizeof buffer_) {  // the end of the file: an unfinished line can wait
        if (!is_over()) return std::nullopt;
        if (size == 0 && !inside_line_) {
          if (!open(path_)) return std::nullopt;
          continue;
        }
        ends = true;
      }
      const piece found{text_.substr(0, size), std::to_string(offset_) + id_end_, !inside_line_,
                        ends};
      const std::size_t taken = size + (line_end != text_.npos ? 1 : 0);
      offset_ += static_cast<off_t>(taken);
      text_.remove_prefix(taken);
      if (!skip_) {
        inside_line_ = !ends;
        return found;
      }
      skip_ = !ends;
    }
  }

 private:
  bool open(const std::string& name) {
    const int file = ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return false;
    if (file_ >= 0) ::close(file_);
    file_ = file;
    id_end_ = "@" + std::to_string(status().st_ino);
    offset_ = 0;
    text_ = {};
    skip_ = replaced_ = false;
    return true;
  }

  void skip_line_at(off_t offset) {
    offset_ = offset;
    skip_ = true;
  }

  void read() {
    const ssize_t size = ::pread(file_, buffer_, sizeof buffer_, offset_);
    text_ = {buffer_, size > 0 ? static_cast<std::size_t>(size) : 0};
  }

  /// Whether the file was truncated, or another has its name and nothing more comes in this one.
  bool is_over() {
    if (status().st_size < offset_ || replaced_) return true;
    struct stat named {};
    // Who writes may go on in the old file until there is something in the new one; so then, but
    // not before, one more look at the old one gives all of it.
    replaced_ = ::stat(path_.c_str(), &named) == 0 && named.st_size > 0 &&
                (named.st_ino != status().st_ino || named.st_dev != status().st_dev);
    if (!replaced_) return false;
    const std::size_t before = text_.size();
    read();
    return text_.size() == before;
  }

  struct stat status() const {
    struct stat result {};
    ::fstat(file_, &result);
    return result;
  }

  std::string path_;
  std::string id_end_;
  int file_ = -1;
  off_t offset_ = 0;  // of `text_`
  std::string_view text_;
  bool inside_line_ = false;
  bool skip_ = false;
  bool replaced_ = false;
  char buffer_[8192];
};

/// Runs in the client's thread until the client is gone, or the server stops.
bool stream(follower& lines, const std::atomic<bool>& running, milliseconds heartbeat,
            httplib::DataSink& sink) {
  using clock = std::chrono::steady_clock;
  sse::growing_writer writer;
  sse::event fields = sse::event().with_retry(2s);    // of the next event, and so of the first
  clock::time_point sent = clock::now() - heartbeat;  // so one comes at once
  bool ok = true;
  while (ok && running) {
    const std::optional<follower::piece> piece = lines.next();
    if (piece) {
      if (piece->begins) ok = writer.begin(fields.with_id(piece->id)) == sse::writer::status::ok;
      fields = {};
      writer.data(piece->text);
      if (piece->ends) writer.end();
      if (writer.written().size() < 32'768) continue;
    } else if (writer.written().empty()) {
      // A comment cannot come inside an event: then the rest of the line has to come first.
      if (clock::now() - sent < heartbeat || lines.is_inside_line()) {
        std::this_thread::sleep_for(100ms);
        continue;
      }
      writer.comment();
    }
    const std::string_view text = writer.written();
    ok = ok && sink.write(text.data(), text.size());
    writer.clear();
    sent = clock::now();
  }
  if (ok) sink.done();
  return ok;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: log_tail FILE [PORT [HEARTBEAT_MS]]\n", stderr);
    return 2;
  }
  const std::string path = argv[1];
  int port = argc > 2 ? std::atoi(argv[2]) : 8080;
  const milliseconds heartbeat(argc > 3 ? std::atoi(argv[3]) : 15000);

  sigset_t signals;  // blocked in all threads, so that sigwait gets them
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  std::atomic<bool> running{true};
  std::atomic<std::size_t> clients{0};
  httplib::Server server;
  // When all threads have a client, nobody else is answered, not even with 503: so keep some free.
  server.new_task_queue = [] { return new httplib::ThreadPool(max_clients + 16); };
  server.set_keep_alive_timeout(1);  // that keeps a thread, too
  server.set_tcp_nodelay(true);      // or an event may wait until the one before is acknowledged

  server.Get("/events", [&](const httplib::Request& request, httplib::Response& response) {
    if (++clients > max_clients) {
      --clients;
      response.status = 503;
      return;
    }
    // A browser sends the header when it reconnects; to begin somewhere, there is the parameter.
    const std::string id = request.has_header("Last-Event-ID")
                               ? request.get_header_value("Last-Event-ID")
                               : request.get_param_value("lastEventId");
    response.set_header("Cache-Control", "no-store");
    response.set_header("X-Accel-Buffering", "no");  // nginx passes events on at once
    // Bare, for with a charset httplib compresses the stream, and so holds events back.
    response.set_chunked_content_provider(
        std::string(sse::media_type),
        [&, id](std::size_t, httplib::DataSink& sink) {
          follower lines(path, id);
          return stream(lines, running, heartbeat, sink);
        },
        [&](bool) { --clients; });
  });

  const char* const host = "127.0.0.1";
  const bool bound =
      port != 0 ? server.bind_to_port(host, port) : (port = server.bind_to_any_port(host)) > 0;
  if (!bound) {
    std::fputs("log_tail: cannot listen on that port\n", stderr);
    return 1;
  }
  std::thread listener([&] { server.listen_after_bind(); });
  while (!server.is_running()) std::this_thread::sleep_for(1ms);  // before that, stop does nothing
  std::printf("listening on http://%s:%d\n", host, port);
  std::fflush(stdout);

  int signal = 0;
  sigwait(&signals, &signal);
  running = false;
  server.stop();
  listener.join();
}
