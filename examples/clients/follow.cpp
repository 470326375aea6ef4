// SPDX-License-Identifier: MIT
// Follows an event stream as a browser's EventSource does (HTML standard, 9.2.3), with libcurl: it
// reconnects after network errors and ends of the stream, and resumes behind the last event. What
// arrives goes to standard output at once, as an event stream again. Exit code 0 if the server
// said stop (204) or SIGINT or SIGTERM came, 1 if it refused (any other status or media type: also
// the 502 of a proxy whose server restarts, by the standard), 2 for wrong usage.
//
//   g++ -std=c++17 -I ../../include follow.cpp -o follow $(pkg-config --libs libcurl)
//   ./follow https://stream.wikimedia.org/v2/stream/recentchange | ssewire decode
#include <curl/curl.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <random>
#include <sse/growing_parser.hpp>
#include <sse/growing_writer.hpp>
#include <string>
#include <thread>

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Between a connection and the next: what the server's `retry` says, within these bounds; doubled
// for each failure in a row; and up to half as much again, lest all clients come at once.
constexpr milliseconds default_wait = 3s;
constexpr milliseconds shortest_wait = 200ms;
constexpr milliseconds longest_wait = 60s;

volatile std::sig_atomic_t stopped = 0;

enum class answer { none, stream, refused };

struct follower {
  CURL* curl;
  sse::growing_parser parser{};      // one for all connections: it has the last event ID
  std::chrono::seconds quiet = 45s;  // longer, and the server is given up; heartbeats are shorter
  answer got = answer::none;
  steady_clock::time_point last_byte{};
};

long status_of(CURL* curl) {
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  return status;
}

// The value in the response that came last.
const char* header_of(CURL* curl, const char* name) {
  curl_header* header = nullptr;
  const CURLHcode code = curl_easy_header(curl, name, 0, CURLH_HEADER, -1, &header);
  return code == CURLHE_OK ? header->value : "";
}

bool is_redirect(CURL* curl) {
  const long status = status_of(curl);
  return ((status >= 301 && status <= 303) || status == 307 || status == 308) &&
         *header_of(curl, "Location") != '\0';
}

bool is_event_stream(CURL* curl) {
  return status_of(curl) == 200 && sse::is_event_stream(header_of(curl, "Content-Type"));
}

// Takes the lines of the head; an empty one ends it. To return less than `size` ends the transfer.
std::size_t receive_head(char* line, std::size_t, std::size_t size, void* user) noexcept {
  auto& self = *static_cast<follower*>(user);
  const bool is_end = *line == '\r' || *line == '\n';
  if (!is_end || status_of(self.curl) < 200 || is_redirect(self.curl)) return size;
  self.got = is_event_stream(self.curl) ? answer::stream : answer::refused;
  return self.got == answer::stream ? size : 0;
}

void use(sse::parser::item e) {
  if (e.kind == sse::parser::status::skipped) {
    std::fprintf(stderr, "follow: skipped an event that is too large\n");
    return;
  }
  if (e.retry > sse::longest_retry) e.retry = sse::longest_retry;  // all else can be written
  sse::growing_writer writer;
  if (writer.write(e) == sse::writer::status::ok) std::cout << writer.written() << std::flush;
}

// Takes the body as it comes. An exception must not pass through libcurl.
std::size_t receive(char* bytes, std::size_t, std::size_t count, void* user) noexcept {
  auto& self = *static_cast<follower*>(user);
  for (const auto& e : self.parser.events({bytes, count})) {
    use(e);
    if (stopped != 0 || !std::cout) return 0;
  }
  self.last_byte = steady_clock::now();  // now only: whoever reads our output may take their time
  return count;
}

// Called about once a second, and after a signal; true ends the transfer. CURLOPT_LOW_SPEED_TIME
// would not do: its average over seconds rounds a heartbeat of a few bytes down to nothing.
int watch(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) noexcept {
  const auto& self = *static_cast<const follower*>(user);
  return stopped != 0 || steady_clock::now() - self.last_byte > self.quiet;
}

CURLcode connect(follower& self) {
  curl_slist* headers = curl_slist_append(nullptr, "Accept: text/event-stream");
  headers = curl_slist_append(headers, "Cache-Control: no-cache");
  const std::string id(self.parser.last_event_id());
  if (!id.empty() && sse::is_header_safe(id)) {
    headers = curl_slist_append(headers, ("Last-Event-ID: " + id).c_str());
  } else if (!id.empty()) {
    std::fprintf(stderr, "follow: the last event ID cannot be sent\n");
  }
  curl_easy_setopt(self.curl, CURLOPT_HTTPHEADER, headers);
  self.parser.reset();  // half an event at the end of the last connection is not one
  self.got = answer::none;
  self.last_byte = steady_clock::now();
  const CURLcode result = curl_easy_perform(self.curl);
  curl_slist_free_all(headers);
  return result;
}

milliseconds time_to_wait(const follower& self, int failures) {
  static std::mt19937 random(std::random_device{}());
  const milliseconds asked = self.parser.reconnection_time().value_or(default_wait);
  const milliseconds wait =
      std::min(std::max(asked, shortest_wait) * (1 << std::min(failures, 10)), longest_wait);
  return wait +
         std::uniform_int_distribution<>(0, static_cast<int>(wait.count() / 2))(random) * 1ms;
}

int follow(follower& self) {
  for (int failures = 0; stopped == 0;) {
    const CURLcode result = connect(self);
    if (stopped != 0) break;
    if (!std::cout) {
      std::fprintf(stderr, "follow: cannot write\n");
      return 1;
    }
    if (self.got == answer::refused) {
      const long status = status_of(self.curl);
      if (status == 204) return 0;
      std::fprintf(stderr, "follow: status %ld, media type \"%s\"\n", status,
                   header_of(self.curl, "Content-Type"));
      return 1;
    }
    if (result == CURLE_URL_MALFORMAT || result == CURLE_UNSUPPORTED_PROTOCOL) {
      std::fprintf(stderr, "follow: %s\n", curl_easy_strerror(result));
      return 1;
    }
    failures = self.got == answer::stream ? 0 : failures + 1;
    const milliseconds wait = time_to_wait(self, failures);
    std::fprintf(stderr, "follow: %s; again in %lld ms\n",
                 result == CURLE_OK                    ? "the stream ended"
                 : result == CURLE_ABORTED_BY_CALLBACK ? "the server is quiet"
                                                       : curl_easy_strerror(result),
                 static_cast<long long>(wait.count()));
    const auto end = steady_clock::now() + wait;
    while (stopped == 0 && steady_clock::now() < end) std::this_thread::sleep_for(20ms);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || argc > 4) {
    std::fprintf(stderr, "usage: follow URL [LAST_EVENT_ID [SECONDS_OF_QUIET]]\n");
    return 2;
  }
  // Without SA_RESTART, so that a signal ends waiting for a slow reader too.
  struct sigaction action = {};
  action.sa_handler = [](int) { stopped = 1; };
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);

  curl_global_init(CURL_GLOBAL_DEFAULT);
  follower self = {curl_easy_init()};
  if (argc > 2 && !self.parser.set_last_event_id(argv[2])) {
    std::fprintf(stderr, "follow: not an ID\n");
    return 2;
  }
  if (argc > 3) self.quiet = std::chrono::seconds(std::atoi(argv[3]));
  curl_easy_setopt(self.curl, CURLOPT_URL, argv[1]);
  curl_easy_setopt(self.curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(self.curl, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(self.curl, CURLOPT_MAXREDIRS, 20L);
  curl_easy_setopt(self.curl, CURLOPT_HEADERFUNCTION, receive_head);
  curl_easy_setopt(self.curl, CURLOPT_HEADERDATA, &self);
  curl_easy_setopt(self.curl, CURLOPT_WRITEFUNCTION, receive);
  curl_easy_setopt(self.curl, CURLOPT_WRITEDATA, &self);
  curl_easy_setopt(self.curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(self.curl, CURLOPT_XFERINFOFUNCTION, watch);
  curl_easy_setopt(self.curl, CURLOPT_XFERINFODATA, &self);
  const int code = follow(self);
  curl_easy_cleanup(self.curl);
  curl_global_cleanup();
  return code;
}
