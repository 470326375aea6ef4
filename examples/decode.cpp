// SPDX-License-Identifier: MIT
// Prints each event of the stream on standard input as a line of JSON, as soon as it is dispatched:
//     curl -sN https://example.org/events | sse-decode
//
// Exit code: 0 if all went well, 1 if reading or writing failed, 3 if the stream was cut off inside
// an event, which is then discarded, as the standard demands (9.2.6).
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <sse/growing_parser.hpp>
#include <string>

namespace {

std::string to_json(const sse::event& e) {
  nlohmann::ordered_json json;
  if (e.id) json["id"] = *e.id;
  json["event"] = e.type;
  json["data"] = e.data;
  if (e.retry) json["retry"] = e.retry->count();
  // The parser hands bytes through undecoded, and JSON has to be UTF-8.
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

bool print_line(const std::string& line) {
  return std::fwrite(line.data(), 1, line.size(), stdout) == line.size() &&
         std::putchar('\n') == '\n' && std::fflush(stdout) == 0;
}

int fail(const char* what) {
  std::perror(what);
  return 1;
}

}  // namespace

int main() {
  // Writing to a reader that has gone is to fail with EPIPE, and not to end the process.
  std::signal(SIGPIPE, SIG_IGN);

  sse::growing_parser parser;
  char chunk[65536];
  for (;;) {
    const ssize_t size = ::read(STDIN_FILENO, chunk, sizeof chunk);
    if (size == 0) break;
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return fail("sse-decode: cannot read");

    for (const sse::event& e : parser.events({chunk, static_cast<std::size_t>(size)})) {
      if (print_line(to_json(e))) continue;
      // A reader that has seen enough, as `head` has, is no failure.
      return errno == EPIPE ? 0 : fail("sse-decode: cannot write");
    }
  }

  if (parser.dropped() != 0) {
    std::fprintf(stderr, "sse-decode: events skipped because they were too large: %llu\n",
                 static_cast<unsigned long long>(parser.dropped()));
  }
  if (!parser.pending()) return 0;
  std::fputs("sse-decode: the stream was cut off inside an event, which is discarded\n", stderr);
  return 3;
}
