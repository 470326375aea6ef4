// SPDX-License-Identifier: MIT
// Prints JSON: for each corpus the speed in bytes per second at which the client for event streams
// of cpp-httplib (0.29 or newer) parses it, or "wrong". It takes no bytes but from a connection, so
// it gets them over loopback, from a server of the same library; and what it takes to read them
// without parsing, in the same run, is subtracted. The time is that of the client's thread.
#include <httplib.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "../answer.hpp"
#include "../corpora.hpp"

namespace {

constexpr int repetitions = 11;
constexpr std::size_t copies = 32;  // of a corpus, in a stream

double thread_seconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

template <class Run>
double seconds(Run run) {
  const double begin = thread_seconds();
  run();
  return thread_seconds() - begin;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

class measurement {
 public:
  explicit measurement(std::string_view name) : made_(bench::make_corpus(name, bench::in_cache)) {
    for (std::size_t i = 0; i < copies; ++i) stream_ += made_.text;
    serve("/once", made_.text);
    serve("/stream", stream_);
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    server_.wait_until_ready();
  }
  measurement(const measurement&) = delete;
  ~measurement() {
    server_.stop();
    thread_.join();
  }

  bool is_right() {
    bench::answer answer;
    std::string id;  // in force, which the client does not tell
    follow("/once", made_.expected.events, [&](const httplib::sse::SSEMessage& message) {
      if (!message.id.empty()) id = message.id;
      answer.data(message.data);
      answer.end(id, message.event);
    });
    return answer == made_.expected;
  }

  /// Bytes per second; 0 if events were lost.
  double speed() {
    std::vector<double> parsing;
    for (int i = 0; i < repetitions; ++i) {
      bench::tally tally;
      const double both = seconds([&] {
        follow("/stream", made_.expected.events * copies,
               [&](const httplib::sse::SSEMessage& message) {
                 tally.data(message.data);
                 tally.end(message.id, message.event);
               });
      });
      std::size_t size = 0;
      const double reading = seconds([&] {
        served_ = false;
        httplib::Client client("127.0.0.1", port_);
        auto result = httplib::stream::Get(client, "/stream");
        while (result.next()) size += result.size();
      });
      if (tally.events != made_.expected.events * copies || size != stream_.size()) return 0;
      parsing.push_back(both - reading);
    }
    return static_cast<double>(stream_.size()) / median(parsing);
  }

 private:
  void serve(const char* path, const std::string& text) {
    server_.Get(path, [&](const httplib::Request&, httplib::Response& response) {
      if (served_.exchange(true)) {  // a client that has lost events comes again
        response.status = httplib::StatusCode::NoContent_204;
      } else {
        response.set_content(text, "text/event-stream");
      }
    });
  }

  template <class Take>
  void follow(const char* path, std::size_t events, Take take) {
    served_ = false;
    httplib::Client connection("127.0.0.1", port_);
    httplib::sse::SSEClient client(connection, path);
    client.set_reconnect_interval(1);
    client.on_message([&](const httplib::sse::SSEMessage& message) {
      take(message);
      if (--events == 0) client.stop();
    });
    client.start();
  }

  bench::corpus made_;
  std::string stream_;
  httplib::Server server_;
  int port_;
  std::thread thread_;
  std::atomic<bool> served_{false};
};

}  // namespace

int main() {
  std::printf(R"({"version": "%s", "results": )", CPPHTTPLIB_VERSION);
  const char* separator = "[";
  for (const std::string_view name : bench::corpora) {
    measurement m(name);
    const double speed = m.is_right() ? m.speed() : 0;
    std::printf(R"(%s{"program": "cpp-httplib", "corpus": "%.*s", "speed": )", separator,
                static_cast<int>(name.size()), name.data());
    if (speed > 0) {
      std::printf("%.1f}", speed);
    } else {
      std::printf("\"wrong\"}");
    }
    separator = ",\n";
  }
  std::printf("]}\n");
}
