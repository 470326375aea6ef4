// SPDX-License-Identifier: MIT
// Serves live metrics of this machine (Linux) as an event stream, and a page that plots them:
//     g++ -std=c++17 -O2 metrics.cpp -o metrics $(pkg-config --cflags --libs ssewire cpp-httplib)
//     ./metrics [PORT] [--interval MS]...       # --help tells the rest
//     curl -N http://127.0.0.1:8080/events      # or open http://127.0.0.1:8080/
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <random>
#include <string>
#include <utility>

#include "httplib_stream.hpp"

extern const char page[];  // at the end of this file

namespace {

using namespace std::chrono_literals;

/// Reads CPU and memory; the CPU's percentage is that of the time since the last call.
void sample(streams::feed& feed) {
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
  const bool is_first = std::exchange(total_before, total) == 0;
  busy_before = busy;

  // Each has the reconnection time, for any may be the first that a client gets.
  char json[64];
  std::snprintf(json, sizeof json, R"({"percent":%.1f})", std::clamp(percent, 0.0, 100.0));
  if (!is_first) feed.publish(sse::event{"cpu", json}.with_retry(2s));
  std::snprintf(json, sizeof json, R"({"used_mib":%.0f,"total_mib":%.0f})", memory - available,
                memory);
  feed.publish(sse::event{"memory", json}.with_retry(2s));
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Tells metrics of this machine as event streams."};
  streams::settings its(app);
  unsigned interval = 1000;
  app.add_option("--interval", interval, "milliseconds between two")->check(options::range(1));
  CLI11_PARSE(app, argc, argv);
  streams::server server("metrics", its);
  // The newest events: of two minutes, for an interval of a second. IDs are of this life of the
  // program, so that who resumes in the next one gets all of that.
  streams::feed feed(65'536, 240, std::random_device{}());
  server.page(page);
  server.stream("/events", [&](const std::string& id) { return feed.from(id); });
  return server.run([&] {
    sample(feed);
    server.wake();
    return streams::milliseconds(interval);
  });
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
