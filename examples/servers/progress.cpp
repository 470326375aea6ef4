// SPDX-License-Identifier: MIT
// Does long work on the server, and shows how far it is: jobs are started with POST /jobs, and each
// has an event stream of its progress; the page at / is one button and one bar.
//     g++ -std=c++17 -O2 progress.cpp -o progress $(pkg-config --cflags --libs ssewire cpp-httplib)
//     ./progress [PORT] [--step MS]...                    # --help tells the rest
//     job=$(curl -sd '' http://127.0.0.1:8080/jobs)
//     curl -N http://127.0.0.1:8080/jobs/$job/events      # or open http://127.0.0.1:8080/
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <deque>
#include <memory>
#include <random>
#include <string>

#include "httplib_stream.hpp"

extern const char page[];  // at the end of this file

namespace {

using namespace std::chrono_literals;

constexpr std::size_t max_jobs = 100;  // waiting, or finished and remembered

/// Its feed has room for one event: a client that is slow gets fewer, not older ones.
struct job {
  job() {
    // Random, so that nobody guesses it, and no job has it when the server is started again.
    std::random_device random;
    std::snprintf(name, sizeof name, "%08x%08x", random(), random());
    reach(0);
  }

  bool is_done() const { return percent == 100; }

  void reach(int its_percent) {
    percent = its_percent;
    const std::string number = std::to_string(percent);
    const auto e = is_done() ? sse::event{"done", "the result"} : sse::event{"progress", number};
    feed.publish(e.with_id(number).with_retry(1s), is_done());
  }

  char name[17];
  int percent = 0;
  streams::feed feed{256, 1};
};

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Does jobs, and tells how far they are as event streams."};
  streams::settings its(app);
  unsigned step = 100;
  app.add_option("--step", step, "milliseconds for a hundredth of a job")->check(options::range(1));
  CLI11_PARSE(app, argc, argv);
  streams::server server("progress", its);
  server.page(page);

  std::deque<std::shared_ptr<job>> jobs;  // done one after another; to be used under the lock
  const auto find = [&](const auto& is_it) {
    const auto at = std::find_if(jobs.begin(), jobs.end(), is_it);
    return at != jobs.end() ? *at : nullptr;
  };
  server.Post("/jobs", [&](const httplib::Request&, httplib::Response& response) {
    const auto held = server.lock();
    if (jobs.size() == max_jobs) {
      if (!jobs.front()->is_done()) return server.refuse(response);
      jobs.pop_front();
    }
    response.status = 201;
    response.set_content(jobs.emplace_back(std::make_shared<job>())->name, "text/plain");
  });
  server.Get("/jobs/([0-9a-f]+)/events", [&](const httplib::Request& request,
                                             httplib::Response& response) {
    auto held = server.lock();
    const auto found = find([&](const auto& each) { return each->name == request.matches[1]; });
    held.unlock();
    const std::string id = streams::last_event_id(request);
    // For an EventSource each of these is the end. With 204, it has got `done`.
    if (!found || id == "100") return static_cast<void>(response.status = found ? 204 : 404);
    const streams::source from = found->feed.from(id);
    server.follow(request, response, [found, from](std::string& text) { return from(text); });
  });
  return server.run([&] {
    // Here the work would be, without the lock; this is one per cent of it.
    auto held = server.lock();
    const auto current = find([](const auto& each) { return !each->is_done(); });
    if (current) current->reach(current->percent + 1);
    held.unlock();
    if (current) server.wake();
    return streams::milliseconds(step);
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
