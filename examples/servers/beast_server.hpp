// SPDX-License-Identifier: MIT
// Connections of a server with Boost.Beast and coroutines, in one thread: how they come and end.
#ifndef SSEWIRE_EXAMPLES_BEAST_SERVER_HPP
#define SSEWIRE_EXAMPLES_BEAST_SERVER_HPP

#include <boost/asio.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast.hpp>
#include <chrono>
#include <csignal>
#include <string>
#include <tuple>
#include <utility>

namespace beast_server {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using beast::tcp_stream;
using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
constexpr auto no_throw = asio::as_tuple(asio::use_awaitable);

/// Has each connection served. Where no file is left for one, it is told that the server is busy:
/// who was left waiting would wait for ever. One file is kept for that.
template <class Serve>
asio::awaitable<void> accept(tcp::acceptor& listener, std::string busy, Serve serve) {
  const auto executor = listener.get_executor();
  tcp::socket spare(executor, tcp::v4());
  for (listener.non_blocking(true); listener.is_open();) {
    // Without files, the kernel says so also when nobody is there: so that comes first.
    auto [error] = co_await listener.async_wait(tcp::acceptor::wait_read, no_throw);
    tcp::socket socket(executor);
    listener.accept(socket, error);
    if (!error) {
      socket.set_option(tcp::no_delay(true), error);
      co_spawn(executor, serve(tcp_stream(std::move(socket))), asio::detached);
    } else if (error != asio::error::would_block) {
      spare.close(error);
      listener.accept(socket, error);
      asio::steady_timer pause(executor, 100ms);
      if (error) co_await pause.async_wait(no_throw);
      char unread[4096];  // it would destroy the answer
      socket.non_blocking(true, error);
      socket.receive(asio::buffer(unread), 0, error);
      socket.send(asio::buffer(busy), 0, error);
      socket.close(error);
      spare.open(tcp::v4(), error);
    }
  }
}

/// Ends when the peer is gone, or has closed its half: only who reads all the time learns of that
/// at once. What is read is nothing that anybody waits for.
asio::awaitable<void> departure(auto& stream) {
  char ignored[512];  // each follower has these
  for (beast::error_code error; !error;) {
    error = std::get<0>(co_await stream.async_read_some(asio::buffer(ignored), no_throw));
  }
}

/// Ends a connection behind what was written. The peer has to close first: what it has sent, and
/// nobody has read, would make a reset of that, which destroys what is on its way to it.
asio::awaitable<void> leave(auto& stream) {
  auto& below = beast::get_lowest_layer(stream);
  below.expires_after(3s);
  if constexpr (requires { stream.async_shutdown(no_throw); }) {
    co_await stream.async_shutdown(no_throw);
  }
  beast::error_code ignored;
  below.socket().shutdown(tcp::socket::shutdown_send, ignored);
  co_await departure(stream);
}

/// Serves until the program is asked to end. What is to go on until then is run again.
inline void run_until_signal(asio::io_context& context) {
  asio::signal_set signals(context, SIGINT, SIGTERM);
  signals.async_wait([&](auto, auto) { context.stop(); });
  context.run();
  context.restart();
}

template <class Condition>
void run_while(const Condition& condition, asio::io_context& context, clock::duration at_most) {
  const auto deadline = clock::now() + at_most;
  while (condition() && context.run_one_until(deadline) != 0) continue;
}

}  // namespace beast_server

#endif
