// SPDX-License-Identifier: MIT
// Gives a browser all streams and a page that reads them, and compares what the page has seen.
//
//   server BROWSER PORT LIFE
//
// PORT may be 0: it is printed. LIFE is how often the server has been started before on that port;
// in all but the last of its lives it is killed in the middle of a stream.
#include <httplib.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "browsers/streams.hpp"

namespace {

using httplib::Request;
using httplib::Response;
using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr int deaths = 5;
constexpr int events_of_a_life = 100;

void send(Response& response, const std::string& bytes) {
  response.set_header("Cache-Control", "no-store");
  response.set_content(bytes, std::string(sse::media_type).c_str());
}
void send(Response& response, const sse::event& e) {
  std::string bytes;
  if (sse::append(bytes, e) != sse::writer::status::ok) throw std::logic_error("refused");
  send(response, bytes);
}

// ---- A stream, and behind it what the browser says when it reconnects

json dispatched(const char* type, int ready_state) {
  return {{"type", type}, {"readyState", ready_state}};
}

// A header is sent without spaces at its ends.
std::string as_header(const std::string& id) {
  const auto first = id.find_first_not_of(" \t");
  return first == id.npos ? "" : id.substr(first, id.find_last_not_of(" \t") + 1 - first);
}

json expected_log(const stream& s) {
  json log = {dispatched("open", 1)};
  if (!s.earlier_id.empty()) {
    log.push_back(report("message", "earlier", s.earlier_id));
    log.push_back(dispatched("error", 0));
    log.push_back(dispatched("open", 1));
  }
  log.insert(log.end(), s.events.begin(), s.events.end());
  log.push_back(dispatched("error", 0));
  if (s.reconnects) {
    log.push_back(dispatched("open", 1));
    log.push_back(report("header", as_header(s.last_event_id), s.last_event_id));
  }
  return log;
}

void serve(const stream& s, int visit, const Request& request, Response& response) {
  if (!s.earlier_id.empty() && visit-- == 0) {
    return send(response, sse::event("earlier").with_id(s.earlier_id).with_retry(1ms));
  }
  if (visit == 0) return send(response, s.bytes);
  const std::string header = request.get_header_value("Last-Event-ID");
  send(response, {"header", header});
}

// ---- The reconnection time

// No wait is shorter than what is sent. A slow machine may make some too long, but not all.
struct wait {
  milliseconds time;
  int reconnections;
  milliseconds too_long;  // for the shortest of the waits
  clock::time_point begin = {};
  clock::duration shortest = clock::duration::max();
};

void serve(wait& w, int visit, Response& response) {
  if (visit > 0) w.shortest = std::min(w.shortest, clock::now() - w.begin);
  w.begin = clock::now();
  if (visit < w.reconnections) return send(response, sse::event("wait").with_retry(w.time));
  const bool in_time = w.shortest >= w.time && w.shortest < w.too_long;
  const auto shortest = std::chrono::duration_cast<milliseconds>(w.shortest).count();
  const std::string what = in_time ? "in time" : "after " + std::to_string(shortest) + " ms";
  send(response, {"header", what});
}

json expected_log(const wait& w) {
  json log = json::array();
  for (int i = 0; i < w.reconnections; ++i) {
    log.push_back(dispatched("open", 1));
    log.push_back(report("message", "wait", ""));
    log.push_back(dispatched("error", 0));
  }
  log.push_back(dispatched("open", 1));
  log.push_back(report("header", "in time", ""));
  return log;
}

// ---- The stream during which the server is killed

void serve_and_die(int life, const Request& request, Response& response) {
  const std::string header = request.get_header_value("Last-Event-ID");
  const int first = header.empty() ? 1 : std::stoi(header) + 1;
  const auto provide = [=](std::size_t, httplib::DataSink& sink) {
    char buffer[256];
    sse::writer writer(buffer);
    const auto flush = [&] {
      const bool sent = sink.write(writer.written().data(), writer.written().size());
      writer.clear();
      return sent;
    };
    const auto put = [&](sse::writer::status status) {
      if (status != sse::writer::status::ok) throw std::logic_error("refused");
    };
    put(writer.retry(100ms));
    for (int i = first; i <= events_of_a_life * (deaths + 1); ++i) {
      const auto die_at = [&](int place) {
        const int last = events_of_a_life * (life + 1);
        if (i == last && life < deaths && life % 3 == place) kill(getpid(), SIGKILL);
      };
      const std::string id = std::to_string(i);
      put(writer.begin(sse::event("count", "").with_id(id)));
      put(writer.data("event\r"));
      if (!flush()) return false;
      die_at(0);  // in the data
      put(writer.data("\n" + id));
      if (!flush()) return false;
      die_at(1);  // in the line
      put(writer.end());
      if (!flush()) return false;
      die_at(2);  // between two events
      std::this_thread::sleep_for(1ms);
    }
    put(writer.write("header", "the end"));
    if (!flush()) return false;
    sink.done();
    return true;
  };
  response.set_chunked_content_provider(std::string(sse::media_type).c_str(), provide);
}

json expected_events() {
  json events = json::array();
  for (int i = 1; i <= events_of_a_life * (deaths + 1); ++i) {
    const std::string id = std::to_string(i);
    events.push_back(report("count", "event\n" + id, id));
  }
  events.push_back(report("header", "the end", events.back()["id"].get<std::string>()));
  return events;
}

// ---- What is seen

// The first entry of two logs that differ: of what must be, which is printed, and of what is seen.
std::string difference(const std::string& browser, const std::string& name, const json& expected,
                       const json& seen) {
  std::size_t i = 0;
  while (i < expected.size() && i < seen.size() && expected[i] == seen[i]) ++i;
  const auto entry = [i](const json& log) { return i < log.size() ? log[i].dump() : "nothing"; };
  const std::string place = browser + " " + name + " " + std::to_string(i) + " ";
  std::printf("must be %s%s\n", place.c_str(), entry(expected).c_str());
  return place + entry(seen);
}

std::set<std::string> known_differences(const std::string& browser) {
  std::set<std::string> lines;
  std::ifstream file("tests/browsers/differences.txt");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind(browser + " ", 0) == 0) lines.insert(line);
  }
  return lines;
}

// Prints what of the lines is not among the others.
bool all_among(const std::set<std::string>& others, const char* what,
               const std::set<std::string>& lines) {
  bool all = true;
  for (const std::string& line : lines) {
    if (others.count(line) != 0) continue;
    std::printf("%s: %s\n", what, line.c_str());
    all = false;
  }
  return all;
}

struct plan {
  std::vector<stream> streams = conformance_streams();
  std::vector<wait> waits = {
      {600ms, 3, 3000ms},  // Chromium's own time, which is shorter than that of Firefox
      {6000ms, 1, 24h}};   // longer than both
  std::set<std::string> differences;
  std::size_t events_of_writer = 0;

  plan() {
    for (stream& s : streams_of_writer()) {
      events_of_writer += s.events.size();
      streams.push_back(std::move(s));
    }
  }

  void add_difference(const std::string& reader, const std::string& name, const json& expected,
                      const json& seen) {
    if (seen != expected) differences.insert(difference(reader, name, expected, seen));
  }

  json for_page() const {
    std::set<std::string> types = {"open", "error", "message", "header", "count"};
    json paths = json::array();
    for (std::size_t i = 0; i < streams.size(); ++i) {
      paths.push_back({{"path", "stream/" + std::to_string(i)},
                       {"last", streams[i].reconnects ? "header" : "error"}});
      for (const json& event : streams[i].events) {
        std::string type = event["type"];
        types.insert(type);
        type.erase(std::remove(type.begin(), type.end(), '\0'), type.end());  // see differences.txt
        types.insert(type);
      }
    }
    for (std::size_t i = 0; i < waits.size(); ++i) {
      paths.push_back({{"path", "wait/" + std::to_string(i)}, {"last", "header"}});
    }
    return {{"streams", paths},
            {"types", types},
            {"resumed", {{"path", "resumed"}, {"last", "header"}}}};
  }

  // Whether the browser, and our parser, see what they must, but for what is known.
  bool holds(const std::string& browser, const json& result) {
    for (const stream& s : streams) {
      const stream parsed = read_by_parser(s.name, s.bytes, s.earlier_id);
      add_difference("parser", s.name, s.events, parsed.events);
      add_difference("parser", s.name + "-id", {s.last_event_id}, {parsed.last_event_id});
    }
    const json& logs = result["logs"];
    std::size_t i = 0;
    for (const stream& s : streams) add_difference(browser, s.name, expected_log(s), logs[i++]);
    for (const wait& w : waits) add_difference(browser, "wait", expected_log(w), logs[i++]);

    json events = json::array();
    int opened = 0;
    for (const json& entry : result["resumed"]) {
      if (entry.contains("data")) events.push_back(entry);
      opened += entry["type"] == "open" ? 1 : 0;
    }
    add_difference(browser, "resumed", expected_events(), events);
    add_difference(browser, "connections", {deaths + 1}, {opened});

    const std::string agent = result["userAgent"];
    const std::string token = browser == "firefox" ? "Firefox/" : "Chrome/";
    const int version = std::atoi(agent.c_str() + agent.find(token) + token.size());
    const std::set<std::string> known = known_differences(browser);
    const bool none_new = all_among(known, "not listed", differences);
    const bool none_gone = all_among(differences, "listed, but not seen", known);
    std::printf("figures: %d %zu %zu %zu %d\n", version, streams.size(), known.size(),
                events_of_writer, opened - 1);
    return none_new && none_gone;
  }
};

std::string read_file(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const std::string browser = argv[1];
  int port = std::atoi(argv[2]);
  const int life = std::atoi(argv[3]);

  plan plan;
  bool holds = false;
  std::mutex mutex;
  std::map<std::string, int> visits;
  httplib::Server server;
  server.new_task_queue = [] { return new httplib::ThreadPool(16); };
  server.set_keep_alive_max_count(1);
  server.Get("/", [](const Request&, Response& response) {
    response.set_content(read_file("tests/browsers/page.html"), "text/html");
  });
  server.Get("/plan", [&](const Request&, Response& response) {
    response.set_content(plan.for_page().dump(), "application/json");
  });
  server.Get("/resumed", [life](const Request& request, Response& response) {
    serve_and_die(life, request, response);
  });
  server.Get(R"(/(stream|wait)/(\d+))", [&](const Request& request, Response& response) {
    const std::lock_guard lock(mutex);
    const int visit = visits[request.path]++;
    const auto i = static_cast<std::size_t>(std::stoi(request.matches[2]));
    if (request.matches[1] == "wait") return serve(plan.waits.at(i), visit, response);
    serve(plan.streams.at(i), visit, request, response);
  });
  server.Post("/result", [&](const Request& request, Response&) {
    server.stop();
    holds = plan.holds(browser, json::parse(request.body));
  });

  if (port == 0) {
    port = server.bind_to_any_port("127.0.0.1");
  } else if (!server.bind_to_port("127.0.0.1", port)) {
    port = -1;
  }
  if (port < 0) {
    std::puts("the port cannot be had");
    return 1;
  }
  if (life == 0) std::printf("listening on http://127.0.0.1:%d\n", port);
  std::fflush(stdout);
  if (!server.listen_after_bind()) return 1;
  return holds ? 0 : 1;
}
