// SPDX-License-Identifier: MIT
// Does long work on the server, and shows how far it is: jobs are started with POST /jobs, and each
// has an event stream of its progress; the page at / is one button and one bar.
//     g++ -std=c++17 -O2 progress.cpp -o progress $(pkg-config --cflags --libs ssewire cpp-httplib)
//     ./progress [PORT [STEP_MS [HEARTBEAT_MS]]]
//     job=$(curl -sd '' http://127.0.0.1:8080/jobs)
//     curl -N http://127.0.0.1:8080/jobs/$job/events      # or open http://127.0.0.1:8080/
#include <httplib.h>
#include <signal.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <optional>
#include <random>
#include <sse/growing_writer.hpp>
#include <string>
#include <thread>

extern const char page[];  // at the end of this file

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr std::size_t max_clients = 200;  // each is a thread
constexpr std::size_t max_jobs = 100;     // waiting, or finished and remembered

/// Jobs, done one after another.
class jobs {
 public:
  /// The new job's name; nothing if too many are waiting.
  std::optional<std::string> add() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (jobs_.size() == max_jobs) {
      if (jobs_.front().percent < 100) return std::nullopt;
      jobs_.pop_front();
    }
    // Random, so that nobody guesses it, and no job has it when the server is started again.
    std::random_device random;
    char name[17];
    std::snprintf(name, sizeof name, "%08x%08x", random(), random());
    jobs_.push_back({name, 0});
    changed_.notify_all();
    return name;
  }

  /// How much of the job is done, in percent, as soon as that is not `seen`, and at the latest
  /// after `time`. Nothing if there is no such job, or no longer.
  std::optional<int> wait_for_progress(const std::string& name, int seen, milliseconds time) {
    std::unique_lock<std::mutex> lock(mutex_);
    const job* found = nullptr;
    changed_.wait_for(lock, time, [&] {
      const auto at = std::find_if(jobs_.begin(), jobs_.end(),
                                   [&](const job& each) { return each.name == name; });
      found = at != jobs_.end() ? &*at : nullptr;
      return closed_ || found == nullptr || found->percent != seen;
    });
    if (closed_ || found == nullptr) return std::nullopt;
    return found->percent;
  }

  void work(milliseconds step) {
    std::unique_lock<std::mutex> lock(mutex_);
    while (!closed_) {
      const auto at = std::find_if(jobs_.begin(), jobs_.end(),
                                   [](const job& each) { return each.percent < 100; });
      if (at == jobs_.end()) {
        changed_.wait(lock);
        continue;
      }
      job& current = *at;  // other than the iterator, it stays valid when jobs come and go
      // Here the work would be, with the mutex unlocked; this is one per cent of it.
      changed_.wait_for(lock, step, [&] { return closed_; });
      ++current.percent;
      changed_.notify_all();
    }
  }

  void close() {
    const std::lock_guard<std::mutex> lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }

 private:
  struct job {
    std::string name;
    int percent;
  };

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<job> jobs_;
  bool closed_ = false;
};

/// Runs in the client's thread until the job is finished, or the client is gone.
bool stream(jobs& jobs, const std::string& name, int seen, milliseconds heartbeat,
            httplib::DataSink& sink) {
  sse::growing_writer writer;
  while (seen != 100) {
    // A client that is slow gets fewer events, not older ones.
    const std::optional<int> percent = jobs.wait_for_progress(name, seen, heartbeat);
    if (!percent) break;
    if (*percent == seen) {
      writer.comment();
    } else {
      const std::string number = std::to_string(*percent);
      sse::event e = sse::event{"progress", number}.with_id(number);
      if (*percent == 100) e = sse::event{"done", "the result"}.with_id(number);
      if (seen < 0) e.retry = 1s;  // who comes again has been told
      if (writer.write(e) != sse::writer::status::ok) return false;
    }
    const std::string text = writer.take();
    if (!sink.write(text.data(), text.size())) return false;
    seen = *percent;
  }
  sink.done();
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  int port = argc > 1 ? std::atoi(argv[1]) : 8080;
  const milliseconds step(argc > 2 ? std::atoi(argv[2]) : 100);
  const milliseconds heartbeat(argc > 3 ? std::atoi(argv[3]) : 15000);

  sigset_t signals;  // blocked in all threads, so that sigwait gets them
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  jobs jobs;
  httplib::Server server;
  server.new_task_queue = [] { return new httplib::ThreadPool(max_clients); };
  server.set_keep_alive_timeout(1);  // that keeps a thread, too
  server.set_tcp_nodelay(true);      // or an event may wait until the one before is acknowledged

  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    response.set_content(page, "text/html; charset=utf-8");
  });
  server.Post("/jobs", [&](const httplib::Request&, httplib::Response& response) {
    const std::optional<std::string> name = jobs.add();
    response.status = name ? 201 : 503;
    if (name) response.set_content(*name, "text/plain");
  });
  server.Get("/jobs/([0-9a-f]+)/events", [&](const httplib::Request& request,
                                             httplib::Response& response) {
    const std::string name = request.matches[1];
    if (!jobs.wait_for_progress(name, -1, 0ms)) {
      response.status = 404;  // for an EventSource that is the end
      return;
    }
    const std::string id = request.get_header_value("Last-Event-ID");
    int seen = -1;
    std::from_chars(id.data(), id.data() + id.size(), seen);
    if (seen == 100) {
      response.status = 204;  // it has got `done`: an EventSource is not to come again
      return;
    }
    response.set_header("Cache-Control", "no-store");
    response.set_header("X-Accel-Buffering", "no");  // nginx passes events on at once
    // Bare, for with a charset httplib compresses the stream, and so holds events back.
    response.set_chunked_content_provider(std::string(sse::media_type),
                                          [&, name, seen](std::size_t, httplib::DataSink& sink) {
                                            return stream(jobs, name, seen, heartbeat, sink);
                                          });
  });

  const char* const host = "127.0.0.1";
  const bool bound =
      port != 0 ? server.bind_to_port(host, port) : (port = server.bind_to_any_port(host)) > 0;
  if (!bound) {
    std::fputs("progress: cannot listen on that port\n", stderr);
    return 1;
  }
  std::thread listener([&] { server.listen_after_bind(); });
  std::thread worker([&] { jobs.work(step); });
  while (!server.is_running()) std::this_thread::sleep_for(1ms);  // before that, stop does nothing
  std::printf("listening on http://%s:%d\n", host, port);
  std::fflush(stdout);

  int signal = 0;
  sigwait(&signals, &signal);
  jobs.close();
  server.stop();
  worker.join();
  listener.join();
}

const char page[] =
    R"html(<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Progress</title>
<style>
  body { max-width: 480px; margin: 80px auto; font: 16px system-ui, sans-serif; }
  progress { width: 100%; height: 24px; margin: 16px 0; }
</style>
<button id="start">Start the work</button>
<progress id="bar" max="100" value="0"></progress>
<div id="text">not started</div>
<script>
  const [start, bar, text] = ['start', 'bar', 'text'].map(id => document.getElementById(id));
  function show(percent, words) { bar.value = percent; text.textContent = words; }
  function watch(job) {
    start.disabled = true;
    const source = new EventSource(`jobs/${job}/events`);  // it reconnects by itself
    const end = (percent, words) => { source.close(); start.disabled = false; show(percent, words); };
    source.addEventListener('progress', event => show(event.data, `${event.data} %`));
    source.addEventListener('done', event => end(100, `done: ${event.data}`));
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED) end(0, 'the server does not know this job');
      else text.textContent = 'reconnecting';
    };
  }
  start.onclick = async () => {
    const response = await fetch('jobs', {method: 'POST'});
    if (!response.ok) return show(0, 'the server has too much to do');
    watch(location.hash = await response.text());
  };
  if (location.hash) watch(location.hash.slice(1));  // the page was loaded again
</script>
)html";
