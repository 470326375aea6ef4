// SPDX-License-Identifier: MIT
// Follows an event stream with a library that blocks and calls back, cpp-httplib. sse::event_source
// says when to connect, and what a response means. What arrives goes to standard output at once, as
// an event stream again. SECONDS is how long the server may be quiet. Exit code 0 if it said stop
// (204), or SIGINT or SIGTERM came; 1 if it refused, or nothing can be printed; 2 for wrong usage.
//
//   flags=$(pkg-config --cflags --libs cpp-httplib)
//   g++ -std=c++17 -I ../../include httplib_client.cpp -o httplib_client $flags
//   ./httplib_client http://127.0.0.1:8080 /events [SECONDS]
//
// With cpr it is the same: HeaderCallback has the lines of the head, WriteCallback the body.
//
//     [&](std::string_view bytes, intptr_t) {  // a std::string in older versions, which fits too
//       for (const auto& e : source.events(bytes, clock::now())) print(e);
//       return source.state() == sse::ready_state::open;
//     }
#include <httplib.h>

#include <chrono>
#include <iostream>
#include <random>
#include <sse/event_source.hpp>
#include <stdexcept>
#include <string>
#include <thread>

#include "print.hpp"

namespace {

using clock = std::chrono::steady_clock;

sse::verdict obey(const httplib::Response& head, sse::event_source& source) {
  const auto value = [&](const char* name) { return head.get_header_value(name); };
  return source.responded(
      {head.status, value("Content-Type"), {}, value("Retry-After"), value("Date")}, clock::now());
}

// Until the connection is of no use any more.
void connect(sse::event_source& source, httplib::Client& client, const char* path) {
  httplib::Headers headers;
  for (const sse::header& field : source.headers()) headers.emplace(field.name, field.value);
  const httplib::Result result = client.Get(
      path, headers,
      [&](const httplib::Response& head) {
        return obey(head, source).kind == sse::verdict::stream;
      },
      [&](const char* bytes, std::size_t count) {
        const auto now = clock::now();  // before the output, whose reader may take their time
        for (const auto& e : source.events({bytes, count}, now)) {
          if (!print(e)) source.close();
        }
        return source.next(now).kind == sse::event_source::step::receive;
      });
  if (result) {
    obey(*result, source);  // once more, for without a body, as of 204, the library did not show it
    source.ended(clock::now());
  } else if (result.error() != httplib::Error::Canceled) {
    std::cerr << httplib::to_string(result.error()) << '\n';
  }
}

}  // namespace

int main(int argc, char** argv) try {
  exit_at_signals();
  if (argc < 3 || argc > 4) throw std::invalid_argument("the number of arguments");
  sse::policy policy = sse::policy::daemon();
  if (argc > 3) policy.quiet_timeout = std::chrono::seconds(std::stoi(argv[3]));
  policy.response_timeout = policy.quiet_timeout;  // the library has one for both
  httplib::Client client(argv[1]);
  client.set_follow_location(true);
  client.set_socket_options(keep_alive);
  sse::event_source source(policy, std::random_device{}());
  for (;;) {
    const auto now = clock::now();
    const auto step = source.next(now);
    const std::chrono::milliseconds left(step.timeout(now));
    switch (step.kind) {
      case step.connect:
        client.set_connection_timeout(left);
        client.set_read_timeout(left);
        connect(source, client, argv[2]);
        break;
      case step.receive: source.failed(now); break;  // there is nothing left to receive from
      case step.wait:
        tell(step, now);
        std::this_thread::sleep_until(step.deadline);
        break;
      case step.closed: return exit_code(step.why);
    }
  }
} catch (const std::invalid_argument& e) {
  std::cerr << "usage: httplib_client SCHEME://HOST[:PORT] PATH [SECONDS]: " << e.what() << '\n';
  return 2;
}
