// SPDX-License-Identifier: MIT
// Does long work on the server, and shows how far it is: jobs are started with POST /jobs, and each
// has an event stream of its progress; the page at / is one button and one bar.
//     g++ -std=c++17 -O2 progress.cpp -o progress $(pkg-config --cflags --libs ssewire cpp-httplib)
//     ./progress [PORT [STEP_MS [HEARTBEAT_MS [LIFE_MS [ORIGIN...]]]]]
//     job=$(curl -sd '' http://127.0.0.1:8080/jobs)
//     curl -N http://127.0.0.1:8080/jobs/$job/events      # or open http://127.0.0.1:8080/
// A stream ends after LIFE_MS at the latest, and its client resumes. Pages of each ORIGIN may use
// it.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <deque>
#include <memory>
#include <random>
#include <sse/channel.hpp>
#include <string>

#include "httplib_stream.hpp"

extern const char page[];  // at the end of this file

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr std::size_t max_jobs = 100;  // waiting, or finished and remembered

/// Its channel has room for one event: a client that is slow gets fewer, not older ones.
class job {
 public:
  explicit job(std::string its) : name(std::move(its)) { publish(); }

  const std::string name;
  bool is_done() const { return percent_ == 100; }

  void step() {
    ++percent_;
    publish();
  }

  sse::cursor resume(const std::string& last_event_id) const {
    return last_event_id.empty() ? channel_.oldest() : channel_.resume(last_event_id).where;
  }

  streams::state read(sse::cursor& place, std::string& text) const {
    const bool has_all = is_done() && place == channel_.newest();
    return has_all ? streams::state::over : streams::read(channel_, place, text);
  }

 private:
  void publish() {
    const std::string number = std::to_string(percent_);
    const auto e = is_done() ? sse::event{"done", "the result"} : sse::event{"progress", number};
    const auto status = channel_.publish(e.with_id(number).with_retry(1s));
    if (status != sse::channel::status::ok) std::fputs("progress: no room\n", stderr);
  }

  int percent_ = 0;
  char bytes_[256];
  sse::channel::entry entries_[1];
  sse::channel channel_{bytes_, entries_};
};

/// Jobs, done one after another. To be used under the server's lock.
class jobs {
 public:
  /// The new job; nothing if too many are waiting.
  std::shared_ptr<job> add() {
    if (jobs_.size() == max_jobs) {
      if (!jobs_.front()->is_done()) return nullptr;
      jobs_.pop_front();
    }
    // Random, so that nobody guesses it, and no job has it when the server is started again.
    std::random_device random;
    char name[17];
    std::snprintf(name, sizeof name, "%08x%08x", random(), random());
    return jobs_.emplace_back(std::make_shared<job>(name));
  }

  /// The first job of which that is true.
  template <class Condition>
  std::shared_ptr<job> find(const Condition& condition) const {
    const auto at = std::find_if(jobs_.begin(), jobs_.end(),
                                 [&](const auto& each) { return condition(*each); });
    return at != jobs_.end() ? *at : nullptr;
  }

 private:
  std::deque<std::shared_ptr<job>> jobs_;
};

}  // namespace

int main(int, char** argv) {
  streams::arguments given{argv + 1};
  const int port = given.number(8080);
  const milliseconds step(std::max(1, given.number(100)));
  streams::server server("progress", port, given);
  jobs jobs;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    response.set_content(page, "text/html; charset=utf-8");
  });
  server.Post("/jobs", [&](const httplib::Request&, httplib::Response& response) {
    const auto held = server.lock();
    const std::shared_ptr<job> added = jobs.add();
    if (!added) return server.refuse(response);
    response.status = 201;
    response.set_content(added->name, "text/plain");
  });
  server.Get("/jobs/([0-9a-f]+)/events", [&](const httplib::Request& request,
                                             httplib::Response& response) {
    const std::string id = streams::last_event_id(request);
    auto held = server.lock();
    const auto found = jobs.find([&](const job& each) { return each.name == request.matches[1]; });
    // For an EventSource each of these is the end. With 204, it has got `done`.
    if (!found || id == "100") return static_cast<void>(response.status = found ? 204 : 404);
    sse::cursor place = found->resume(id);
    held.unlock();
    server.follow(request, response, [&server, found, place](std::string& text) mutable {
      const auto lock = server.lock();
      return found->read(place, text);
    });
  });
  return server.run([&] {
    // Here the work would be, without the lock; this is one per cent of it.
    auto held = server.lock();
    const auto current = jobs.find([](const job& each) { return !each.is_done(); });
    if (current) current->step();
    held.unlock();
    if (current) server.wake();
    return step;
  });
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
