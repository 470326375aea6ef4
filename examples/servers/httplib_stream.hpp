// SPDX-License-Identifier: MIT
// Event streams with cpp-httplib, each in a thread: what they need of HTTP, heartbeats, and an end.
#ifndef SSEWIRE_EXAMPLES_HTTPLIB_STREAM_HPP
#define SSEWIRE_EXAMPLES_HTTPLIB_STREAM_HPP

#include <httplib.h>
#include <signal.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <mutex>
#include <sse/channel.hpp>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "options.hpp"

namespace streams {

using clock = std::chrono::steady_clock;
using std::chrono::milliseconds, std::chrono::seconds;

constexpr unsigned spare = 16;           // threads, beside one for each stream there may be
constexpr std::size_t at_once = 65'536;  // bytes that are copied for a client

/// Appends whole events that are next for a client to an empty text; none, if they are yet to come.
/// False at the end of the stream.
using source = std::function<bool(std::string& text)>;

/// A channel with its memory and a lock, for who publishes and for the threads of all clients.
class feed {
 public:
  template <class... Epoch>  // if the channel is to number its events
  feed(std::size_t bytes, std::size_t events, Epoch... epoch)
      : bytes_(bytes), entries_(events), channel_(bytes_, entries_, epoch...) {}

  /// Behind the last event all streams end. Clients are woken by the server.
  void publish(const sse::event& e, bool is_last = false) {
    const std::lock_guard<std::mutex> held(mutex_);
    is_over_ = is_last;
    if (channel_.publish(e) != sse::channel::status::ok) std::fputs("event refused\n", stderr);
  }

  /// Who has no ID, or one that is not known, begins with the oldest event.
  sse::resumed resume(const std::string& id) {
    const std::lock_guard<std::mutex> held(mutex_);
    if (id.empty()) return {sse::resumed::unknown, channel_.oldest()};
    return channel_.resume(id);
  }

  /// Copies what is next, so that no lock is held while a client takes it. A blank line is the end
  /// of an event: nobody is left within one, and has to be cut off when it is evicted. Returns
  /// false to who was overtaken, and goes on with the oldest event; else tells the last ID.
  bool read(sse::cursor& place, std::string& text, std::string* id = nullptr) {
    const std::lock_guard<std::mutex> held(mutex_);
    iovec pieces[2];
    const sse::reading next = channel_.read(place, pieces, 2);
    for (std::size_t i = 0; i < next.count; ++i) {
      const std::string_view piece(static_cast<const char*>(pieces[i].iov_base), pieces[i].iov_len);
      const std::size_t end = piece.find("\n\n", at_once - std::min(at_once, text.size()));
      text.append(piece.substr(0, end == piece.npos ? end : end + 2));
      if (end != piece.npos) break;
    }
    channel_.sent(place, text.size());
    char memory[64];
    if (!text.empty() && id != nullptr) *id = channel_.last_event_id(place, memory);
    return next.kind == sse::reading::ok;
  }

  /// What there is for who has this ID. The feed has to live as long.
  source from(const std::string& id) {
    return [this, place = resume(id).where](std::string& text) mutable {
      const bool may_be_over = is_over_;
      while (!read(place, text)) continue;
      return !text.empty() || !may_be_over;
    };
  }

 private:
  std::mutex mutex_;
  std::atomic<bool> is_over_{false};
  std::vector<char> bytes_;
  std::vector<sse::channel::entry> entries_;
  sse::channel channel_;
};

/// A browser sends the header when it reconnects, but cannot at first; then there is the parameter.
inline std::string last_event_id(const httplib::Request& asked) {
  return asked.has_header("Last-Event-ID") ? asked.get_header_value("Last-Event-ID")
                                           : asked.get_param_value("lastEventId");
}

/// Threads are all there from the begin: so there may not be any number of streams.
struct settings : options {
  explicit settings(CLI::App& app) : options(app, 200, 10'000) {}
};

class server : public httplib::Server {
 public:
  server(const char* name, const options& its) : name_(name), its_(its) {
    sigemptyset(&signals_);  // blocked in all threads, so that sigtimedwait gets them
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    new_task_queue = [this] { return new httplib::ThreadPool(its_.most + spare); };
    set_keep_alive_timeout(1);  // that keeps a thread, too
    set_tcp_nodelay(true);      // or an event may wait until the one before is acknowledged
    set_post_routing_handler([this](const auto& asked, auto& answer) { share(asked, answer); });
    Options(".*", [](const httplib::Request&, httplib::Response& answer) {
      answer.status = 204;
      answer.set_header("Access-Control-Allow-Methods", "GET, HEAD, POST");
      answer.set_header("Access-Control-Allow-Headers",
                        "last-event-id, authorization, cache-control, content-type");
      answer.set_header("Access-Control-Max-Age", "86400");
    });
  }

  /// For what the threads of clients share.
  [[nodiscard]] std::unique_lock<std::mutex> lock() { return std::unique_lock<std::mutex>(mutex_); }

  /// Lets all streams ask their sources; without the lock.
  void wake() {
    const auto held = lock();
    ++published_;
    changed_.notify_all();
  }

  /// Shows a page, which has to live as long.
  void page(const char* text) {
    Get("/", [text](const httplib::Request&, httplib::Response& answer) {
      answer.set_content(text, "text/html; charset=utf-8");
    });
  }

  /// Has a stream there for everybody, from what is given for the last event ID.
  void stream(const char* path, const std::function<source(const std::string& id)>& from) {
    Get(path, [this, from](const httplib::Request& asked, httplib::Response& answer) {
      follow(asked, answer, from(last_event_id(asked)));
    });
  }

  /// Answers with a stream; with 503 if there are too many, or the source cannot even begin.
  void follow(const httplib::Request& asked, httplib::Response& answer, source from) {
    const auto its = std::make_shared<client>(clients_, std::move(from));
    if (clients_ > its_.most || !its->from(its->text)) return refuse(answer);
    its->until = clock::now() + seconds(its_.some_life());
    its->has_chunks = asked.version != "HTTP/1.0";
    answer.set_header("Cache-Control", "no-store, no-transform");
    answer.set_header("X-Accel-Buffering", "no");  // nginx passes events on at once
    // Bare, for with a charset httplib compresses the stream, and so holds events back.
    const std::string type(sse::media_type);
    const auto provide = [this, its](std::size_t, httplib::DataSink& sink) {
      return send(*its, sink);
    };
    if (its->has_chunks) return answer.set_chunked_content_provider(type, provide);
    answer.set_content_provider(type, provide);
  }

  /// It is not for good, and not all are to come again at once.
  static void refuse(httplib::Response& answer) {
    answer.status = 503;
    answer.set_header("Retry-After", std::to_string(5 + std::rand() % 16));
  }

  /// Serves until a signal comes. `work` is called whenever the time has passed that it returned.
  /// Returns the program's exit code.
  int run(const std::function<milliseconds()>& work) {
    const char* const host = "127.0.0.1";
    int port = its_.port;
    const bool is_bound =
        port != 0 ? bind_to_port(host, port) : (port = bind_to_any_port(host)) > 0;
    if (!is_bound) {
      std::fprintf(stderr, "%s: cannot listen on that port\n", name_);
      return 1;
    }
    milliseconds pause = work();
    bool has_listened = false;
    std::thread listener([&] {
      has_listened = listen_after_bind();
      kill(getpid(), SIGTERM);  // if it cannot go on
    });
    while (!is_running()) std::this_thread::sleep_for(milliseconds(1));  // or stop does nothing
    std::printf("listening on http://%s:%d\n", host, port);
    std::fflush(stdout);

    const auto signal_came = [&] {
      const timespec time{pause.count() / 1000, pause.count() % 1000 * 1'000'000};
      return sigtimedwait(&signals_, nullptr, &time) >= 0;
    };
    while (!signal_came()) pause = work();
    is_ending_ = true;
    wake();
    stop();
    listener.join();
    return has_listened ? 0 : 1;
  }

 private:
  struct client {
    client(std::atomic<std::size_t>& number, source its) : from(std::move(its)), count(number) {
      ++count;
    }
    client(const client&) = delete;
    client& operator=(const client&) = delete;
    ~client() { --count; }

    source from;
    std::string text = {};  // that it is sent next
    clock::time_point until = {};
    bool has_chunks = true;
    std::atomic<std::size_t>& count;
  };

  /// Runs in the client's thread until the client is gone, or the stream is over. A proxy may not
  /// tell that its client is gone: so no stream is for ever; who is there resumes.
  bool send(client& its, httplib::DataSink& sink) {
    clock::time_point beat = clock::now();  // at once, if there is nothing else
    for (;;) {
      const std::uint64_t seen = published_;
      const bool goes_on = !its.text.empty() || its.from(its.text);
      if (its.text.empty()) {
        if (!goes_on || is_at_end(its)) break;
        if (clock::now() < beat) {
          auto held = lock();
          changed_.wait_until(held, std::min(beat, its.until), [&] { return published_ != seen; });
          continue;
        }
        its.text = ":\n\n";  // or proxies close it, and clients that are gone go unnoticed
      }
      if (!sink.write(its.text.data(), its.text.size())) return false;
      its.text.clear();
      beat = clock::now() + seconds(its_.heartbeat);
      if (is_at_end(its)) break;
    }
    sink.done();
    return its.has_chunks;  // without, its end is that of the connection
  }

  bool is_at_end(const client& its) const { return is_ending_ || clock::now() >= its.until; }

  /// With the pages of the origins that were named; else browsers keep it from those of others.
  void share(const httplib::Request& asked, httplib::Response& answer) const {
    const auto& shared = its_.origins;
    if (shared.empty()) return;
    answer.set_header("Vary", "Origin");
    const std::string origin = asked.get_header_value("Origin");
    if (std::find(shared.begin(), shared.end(), origin) == shared.end()) return;
    answer.set_header("Access-Control-Allow-Origin", origin);
    answer.set_header("Access-Control-Allow-Credentials", "true");
  }

  const char* const name_;
  const options its_;
  sigset_t signals_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<std::uint64_t> published_{0};
  std::atomic<std::size_t> clients_{0};
  std::atomic<bool> is_ending_{false};
};

}  // namespace streams

#endif
