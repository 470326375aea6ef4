// SPDX-License-Identifier: MIT
// Serves live metrics of this machine (Linux) as an event stream, and a page that plots them:
//     g++ -std=c++17 -O2 metrics.cpp -o metrics $(pkg-config --cflags --libs ssewire cpp-httplib)
//     ./metrics [PORT [INTERVAL_MS [HEARTBEAT_MS]]]
//     curl -N http://127.0.0.1:8080/events      # or open http://127.0.0.1:8080/
#include <httplib.h>
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <mutex>
#include <sse/growing_writer.hpp>
#include <string>
#include <string_view>
#include <thread>

extern const char page[];  // at the end of this file

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr std::size_t max_clients = 200;     // each is a thread
constexpr std::size_t history_events = 240;  // two minutes

/// The newest events, encoded once for all clients.
class feed {
 public:
  void publish(std::string_view type, std::string_view data) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const std::string id = std::to_string(newest_ + 1);
    // Each has the reconnection time, for any may be the first that a client gets.
    const auto event = sse::event{type, data}.with_id(id).with_retry(2s);
    sse::growing_writer writer;
    if (writer.write(event) != sse::writer::status::ok) return;
    history_.push_back(writer.take());
    if (history_.size() > history_events) history_.pop_front();
    ++newest_;
    changed_.notify_all();
  }

  /// Gives what came after the event `id`, and sets `id` to the newest; gives nothing if nothing
  /// came in time. False when the feed is closed.
  bool wait_for_events(std::uint64_t& id, std::string& text, milliseconds time) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait_for(lock, time, [&] { return closed_ || newest_ != id; });
    text.clear();
    const std::uint64_t forgotten = newest_ - history_.size();
    for (auto next = std::max(id, forgotten); next < newest_; ++next) {
      text += history_[next - forgotten];
    }
    id = newest_;
    return !closed_;
  }

  void close() {
    const std::lock_guard<std::mutex> lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> history_;
  // IDs go on growing when the server is started again, so that clients can resume over that.
  std::uint64_t newest_ =
      static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch() / 1ms);
  bool closed_ = false;
};

/// Reads CPU and memory; the CPU's percentage is that of the time since the last call.
void sample(feed& feed) {
  static double busy_before = 0, total_before = 0;
  std::ifstream stat("/proc/stat"), meminfo("/proc/meminfo");
  std::string word, unit;
  double busy = 0, total = 0, value = 0, memory = 0, available = 0;
  stat >> word;
  for (int i = 0; i < 8 && stat >> value; ++i) {  // user, nice, system, idle, iowait, irq, ...
    total += value;
    if (i != 3 && i != 4) busy += value;
  }
  while (meminfo >> word >> value && std::getline(meminfo, unit)) {
    if (word == "MemTotal:") memory = value / 1024;
    if (word == "MemAvailable:") available = value / 1024;
  }
  const double percent = 100 * (busy - busy_before) / std::max(total - total_before, 1.0);
  const bool first = total_before == 0;
  busy_before = busy;
  total_before = total;

  char json[64];
  std::snprintf(json, sizeof json, R"({"percent":%.1f})", std::clamp(percent, 0.0, 100.0));
  if (!first) feed.publish("cpu", json);
  std::snprintf(json, sizeof json, R"({"used_mib":%.0f,"total_mib":%.0f})", memory - available,
                memory);
  feed.publish("memory", json);
}

/// What the client has seen; 0, which is before all events, if nothing. A browser sends the header
/// when it reconnects, but cannot at first: that is what the parameter is for.
std::uint64_t last_event_id(const httplib::Request& request) {
  const std::string text = request.has_header("Last-Event-ID")
                               ? request.get_header_value("Last-Event-ID")
                               : request.get_param_value("lastEventId");
  std::uint64_t id = 0;
  std::from_chars(text.data(), text.data() + text.size(), id);
  return id;
}

/// Runs in the client's thread until the client is gone, or the feed is closed.
bool stream(feed& feed, std::uint64_t id, milliseconds heartbeat, httplib::DataSink& sink) {
  sse::growing_writer writer;
  writer.comment();  // or proxies close the connection, and clients that are gone go unnoticed
  std::string text;
  while (feed.wait_for_events(id, text, heartbeat)) {
    if (text.empty()) text = writer.written();
    if (!sink.write(text.data(), text.size())) return false;
  }
  sink.done();
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  int port = argc > 1 ? std::atoi(argv[1]) : 8080;
  const milliseconds interval(argc > 2 ? std::atoi(argv[2]) : 1000);
  const milliseconds heartbeat(argc > 3 ? std::atoi(argv[3]) : 15000);

  sigset_t signals;  // blocked in all threads, so that sigtimedwait gets them
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  feed feed;
  std::atomic<std::size_t> clients{0};
  httplib::Server server;
  // When all threads have a client, nobody else is answered, on any route: so keep some free.
  server.new_task_queue = [] { return new httplib::ThreadPool(max_clients + 16); };
  server.set_keep_alive_timeout(1);  // that keeps a thread, too
  server.set_tcp_nodelay(true);      // or an event may wait until the one before is acknowledged

  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    response.set_content(page, "text/html; charset=utf-8");
  });
  server.Get("/events", [&](const httplib::Request& request, httplib::Response& response) {
    if (++clients > max_clients) {
      --clients;
      response.status = 503;
      return;
    }
    response.set_header("Cache-Control", "no-store");
    response.set_header("X-Accel-Buffering", "no");           // nginx passes events on at once
    response.set_header("Access-Control-Allow-Origin", "*");  // pages of any origin may read them
    // Bare, for with a charset httplib compresses the stream, and so holds events back.
    response.set_chunked_content_provider(
        std::string(sse::media_type),
        [&, id = last_event_id(request)](std::size_t, httplib::DataSink& sink) {
          return stream(feed, id, heartbeat, sink);
        },
        [&](bool) { --clients; });
  });

  const char* const host = "127.0.0.1";
  const bool bound =
      port != 0 ? server.bind_to_port(host, port) : (port = server.bind_to_any_port(host)) > 0;
  if (!bound) {
    std::fputs("metrics: cannot listen on that port\n", stderr);
    return 1;
  }
  std::thread listener([&] { server.listen_after_bind(); });
  while (!server.is_running()) std::this_thread::sleep_for(1ms);  // before that, stop does nothing
  std::printf("listening on http://%s:%d\n", host, port);
  std::fflush(stdout);

  const timespec pause{interval.count() / 1000, interval.count() % 1000 * 1'000'000};
  do sample(feed);
  while (sigtimedwait(&signals, nullptr, &pause) < 0);
  feed.close();
  server.stop();
  listener.join();
}

const char page[] =
    R"html(<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Live metrics</title>
<style>
  body { max-width: 960px; margin: auto; padding: 24px; background: #0d1117; color: #e6edf3;
         font: 15px system-ui, sans-serif; font-variant-numeric: tabular-nums; }
  header, footer { display: flex; justify-content: space-between; align-items: baseline; }
  h1 { font-size: 22px; margin: 0; } h2 { font-size: 15px; font-weight: 500; margin: 0; }
  h2, footer, #state { color: #9198a1; } b { font-size: 30px; }
  section { background: #151b23; border: 1px solid #2a313c; border-radius: 10px;
            padding: 14px 20px 18px; margin: 18px 0; }
  svg { display: block; width: 100%; height: 140px; margin-top: 10px; overflow: visible; }
  line { stroke: #2a313c; } line, path { vector-effect: non-scaling-stroke; }
  #state::before { content: "● "; color: #d29922; } #state.live::before { color: #3fb950; }
  #cpu { color: #58a6ff; } #memory { color: #bc8cff; }
</style>
<header><h1>Live metrics</h1><span id="state">connecting</span></header>
<section id="cpu"></section>
<section id="memory"></section>
<footer><span id="seen">no events yet</span><span>server-sent events, written by ssewire</span></footer>
<script>
  const points = 120;  // as many of each type as the server remembers
  const get = id => document.getElementById(id);
  const source = new EventSource('events');  // it reconnects, and resumes, by itself
  let count = 0;
  function plot(type, title, percent, text) {
    const values = [];
    get(type).innerHTML = `<header><h2>${title}</h2><b></b></header>
      <svg viewBox="0 0 ${points - 1} 100" preserveAspectRatio="none">
        ${[0, 25, 50, 75, 100].map(y => `<line x2="${points - 1}" y1="${y}" y2="${y}"/>`).join('')}
        <path fill="currentColor" opacity=".18"/>
        <path fill="none" stroke="currentColor" stroke-width="2" stroke-linejoin="round"/></svg>`;
    const [area, line] = get(type).querySelectorAll('path');
    source.addEventListener(type, event => {
      const sample = JSON.parse(event.data);
      values.push(100 - percent(sample));
      if (values.length > points) values.shift();
      const first = points - values.length;
      const curve = values.map((y, i) => `${first + i},${y}`).join('L');
      line.setAttribute('d', `M${curve}`);
      area.setAttribute('d', `M${first},100L${curve}V100Z`);
      get(type).querySelector('b').textContent = text(sample);
      get('seen').textContent = `${++count} events, the last has the ID ${event.lastEventId}`;
    });
  }
  const gib = mib => (mib / 1024).toFixed(1);
  plot('cpu', 'CPU', s => s.percent, s => `${s.percent.toFixed(1)} %`);
  plot('memory', 'Memory', s => 100 * s.used_mib / s.total_mib,
       s => `${gib(s.used_mib)} of ${gib(s.total_mib)} GiB`);
  const show = state => { get('state').textContent = get('state').className = state; };
  source.onopen = () => show('live');
  source.onerror = () => show(source.readyState === EventSource.CLOSED ? 'refused' : 'reconnecting');
</script>
)html";
