// SPDX-License-Identifier: MIT
// Reads an event stream with a library that hands out the body by a callback: what comes is fed to
// the parser there and then. Here it is cpp-httplib's content receiver, and the events are printed
// as an event stream again. One connection: see follow.cpp for reconnection. Exit code 0 at the end
// of the stream, and after SIGINT or SIGTERM; 1 if there is no event stream or it is cut off; 2 for
// wrong usage.
//
//   flags=$(pkg-config --cflags --libs cpp-httplib)
//   g++ -std=c++17 -I ../../include callbacks.cpp -o callbacks $flags
//   ./callbacks http://127.0.0.1:8080 /events
//
// It is the same with cpr (whose older versions call back with a std::string, which fits too):
//
//     cpr::Get(cpr::Url{url}, cpr::Header{{"Accept", "text/event-stream"}},
//              cpr::WriteCallback{[&](std::string_view bytes, intptr_t) {
//                for (const auto& e : parser.events(bytes)) use(e);
//                return stopped == 0;
//              }});
#include <httplib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <iostream>
#include <sse/growing_parser.hpp>
#include <sse/growing_writer.hpp>
#include <string>

namespace {

volatile std::sig_atomic_t stopped = 0;
volatile std::sig_atomic_t connection = -1;

// The callback may never be called again, and cpp-httplib goes on waiting when a signal interrupts
// it; so this ends the connection. If there is none yet, there is another signal in a second.
void stop(int) {
  stopped = 1;
  if (connection != -1) ::shutdown(connection, SHUT_RDWR);
  ::alarm(1);
}

bool is_event_stream(const httplib::Response& response) {
  return response.status == 200 && sse::is_event_stream(response.get_header_value("Content-Type"));
}

void use(sse::parser::item e) {
  if (e.kind == sse::parser::status::skipped) {
    std::cerr << "callbacks: skipped an event that is too large\n";
    return;
  }
  if (e.retry > sse::longest_retry) e.retry = sse::longest_retry;  // all else can be written
  sse::growing_writer writer;
  if (writer.write(e) == sse::writer::status::ok) std::cout << writer.written() << std::flush;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: callbacks SCHEME://HOST[:PORT] PATH\n";
    return 2;
  }
  struct sigaction action = {};
  action.sa_handler = stop;
  for (const int signal : {SIGINT, SIGTERM, SIGALRM}) sigaction(signal, &action, nullptr);

  httplib::Client client(argv[1]);
  client.set_follow_location(true);
  client.set_read_timeout(std::chrono::seconds(45));  // heartbeats are rarer than its 5 seconds
  client.set_socket_options([](socket_t socket) { connection = socket; });

  sse::growing_parser parser;
  int status = 0;
  const httplib::Result result = client.Get(
      argv[2], {{"Accept", "text/event-stream"}, {"Cache-Control", "no-cache"}},
      [&](const httplib::Response& response) {
        status = response.status;
        return stopped == 0 && is_event_stream(response);
      },
      [&](const char* bytes, std::size_t count) {
        for (const auto& e : parser.events({bytes, count})) {
          use(e);
          if (stopped != 0 || !std::cout) return false;
        }
        return stopped == 0;
      });
  // Asked once more, for a response without a body, such as 204, called neither.
  if (stopped != 0 || (result && is_event_stream(*result))) return 0;
  std::cerr << "callbacks: " << httplib::to_string(result.error()) << ", status "
            << (result ? result->status : status) << '\n';
  return 1;
}
