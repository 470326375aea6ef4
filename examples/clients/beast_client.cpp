// SPDX-License-Identifier: MIT
// Reads an event stream with Boost.Beast, by its synchronous interface, and prints the events as an
// event stream again. One connection, without time-outs, which that interface does not have: see
// follow.cpp for reconnection. Exit code 0 at the end of the stream, and after SIGINT or SIGTERM; 1
// if there is no event stream or it is cut off; 2 for wrong usage.
//
//   g++ -std=c++17 -I ../../include beast_client.cpp -o beast_client -pthread
//   ./beast_client 127.0.0.1 8080 /events
#include <unistd.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <csignal>
#include <exception>
#include <iostream>
#include <sse/growing_parser.hpp>
#include <sse/growing_writer.hpp>
#include <stdexcept>
#include <string>

namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using boost::asio::ip::tcp;

volatile std::sig_atomic_t stopped = 0;

// A signal interrupts what waits for the server, which then fails. But it may have come just before
// the waiting, so there is another one in a second.
void stop(int) {
  stopped = 1;
  ::alarm(1);
}

bool is_event_stream(const http::response_header<>& head) {
  const auto type = head[http::field::content_type];
  return head.result() == http::status::ok && sse::is_event_stream({type.data(), type.size()});
}

void use(sse::parser::item e) {
  if (e.kind == sse::parser::status::skipped) {
    std::cerr << "beast_client: skipped an event that is too large\n";
    return;
  }
  if (e.retry > sse::longest_retry) e.retry = sse::longest_retry;  // all else can be written
  sse::growing_writer writer;
  if (writer.write(e) == sse::writer::status::ok) std::cout << writer.written() << std::flush;
}

int read_events(const std::string& host, const std::string& port, const std::string& target) {
  boost::asio::io_context io;
  tcp::socket socket(io);
  boost::asio::connect(socket, tcp::resolver(io).resolve(host, port));

  http::request<http::empty_body> request(http::verb::get, target, 11);
  request.set(http::field::host, host + ":" + port);
  request.set(http::field::accept, "text/event-stream");
  request.set(http::field::cache_control, "no-cache");
  http::write(socket, request);

  beast::flat_buffer buffer;
  http::response_parser<http::buffer_body> response;
  response.body_limit(boost::none);  // else it is 8 MB, and a stream has no end
  http::read_header(socket, buffer, response);
  if (!is_event_stream(response.get())) {
    std::cerr << "beast_client: status " << response.get().result_int() << ", no event stream\n";
    return 1;
  }

  sse::growing_parser parser;
  char bytes[4096];
  while (!response.is_done()) {
    response.get().body().data = bytes;
    response.get().body().size = sizeof bytes;
    beast::error_code error;
    http::read_some(socket, buffer, response, error);  // `read` would wait until `bytes` are full
    // What came before an error counts.
    const std::size_t count = sizeof bytes - response.get().body().size;
    for (const auto& e : parser.events({bytes, count})) {
      use(e);
      if (stopped != 0) return 0;
      if (!std::cout) throw std::runtime_error("cannot write");
    }
    if (error && error != http::error::need_buffer) throw beast::system_error(error);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: beast_client HOST PORT TARGET\n";
    return 2;
  }
  struct sigaction action = {};
  action.sa_handler = stop;
  for (const int signal : {SIGINT, SIGTERM, SIGALRM}) sigaction(signal, &action, nullptr);
  try {
    return read_events(argv[1], argv[2], argv[3]);
  } catch (const std::exception& e) {
    if (stopped != 0) return 0;
    std::cerr << "beast_client: " << e.what() << '\n';
    return 1;
  }
}
