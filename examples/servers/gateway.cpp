// SPDX-License-Identifier: MIT
// A gateway to a model server: what is posted below /v1/ is passed on, and so is the answer, event
// by event, as it comes. A line of JSON on standard error says how each answer ended, and what it
// cost. When a client goes, the model server is left at once. Bytes are passed on as they came, or,
// with --rewrite-model, answers name another model, and their events are written anew.
//     g++ -std=c++20 -O2 gateway.cpp -o gateway $(pkg-config --cflags ssewire)
//         -lboost_url -lssl -lcrypto
//     ./gateway PORT UPSTREAM_URL [--rewrite-model NAME] [--timeout SECONDS]
//     curl -N -H "Authorization: Bearer $KEY" -d '{"stream":true,"model":"...","messages":[...]}'
//         http://127.0.0.1:8080/v1/chat/completions
// SECONDS is how long the model server may be quiet. Put something in front that knows who may ask.
#include <boost/asio.hpp>
#include <boost/beast.hpp>
#include <boost/url.hpp>
#include <chrono>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "exchange.hpp"

namespace {

using namespace passing;

// Why a request is refused by its head: `ok` if it is not.
status refusal_of(const http::request_header<>& head, const gateway& gate) {
  if (head.method() == http::verb::options) return status::no_content;
  if (target_of(gate.upstream, head.target()).empty()) return status::not_found;
  if (head.method() != http::verb::post) return status::method_not_allowed;
  if (gate.exchanges.size() >= most_exchanges) return status::service_unavailable;
  return status::ok;
}

// The same of one that cannot be read: `unknown` if there is nobody to be told.
status refusal_of(beast::error_code error) {
  if (error == http::error::body_limit) return status::payload_too_large;
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return status::request_header_fields_too_large;
  }
  const bool is_syntax = error.category() == make_error_code(http::error::bad_method).category();
  const bool is_end = error == http::error::end_of_stream || error == http::error::partial_message;
  return is_syntax && !is_end ? status::bad_request : status::unknown;
}

// The connection is not closed before the client has taken the answer: what it has sent, and nobody
// has read, would make a reset of that, which destroys the answer.
asio::awaitable<void> refuse(tcp_stream& client, const http::request_header<>& head, status why) {
  reply r = error_reply(why, http::obsolete_reason(why));
  r.version(head.version() == 10 ? 10 : 11);
  r.keep_alive(false);
  r.set(field::allow, "OPTIONS, POST");
  r.prepare_payload();
  if (head.method() == http::verb::head) r.body().clear();
  client.expires_after(2s);
  co_await http::async_write(client, r, use_awaitable);
  client.socket().shutdown(tcp::socket::shutdown_send);
  char ignored[4096];
  for (;;) co_await client.async_read_some(asio::buffer(ignored), use_awaitable);
}

asio::awaitable<void> serve(tcp_stream client, gateway& gate) {
  client.socket().set_option(tcp::no_delay(true));
  beast::flat_buffer buffer(buffer_limit);
  for (bool open = true; open && !gate.is_ending;) {
    request_parser request;
    request.header_limit(head_limit);
    request.body_limit(request_limit);
    client.expires_after(client_timeout);
    auto [error, count] = co_await http::async_read_header(client, buffer, request, no_throw);
    status why = error ? refusal_of(error) : refusal_of(request.get(), gate);
    if (why == status::ok) {
      exchange exchange(client, request, gate);
      if (beast::iequals(request.get()[field::expect], "100-continue")) {
        const http::response<http::empty_body> go_on(status::continue_, 11);
        co_await http::async_write(client, go_on, use_awaitable);
      }
      std::tie(error, count) = co_await http::async_read(client, buffer, request, no_throw);
      if (!error) open = co_await exchange.run(buffer);
      if (error) why = refusal_of(error);
    }
    if (why == status::unknown) co_return;
    if (why != status::ok) co_return co_await refuse(client, request.get(), why);
  }
}

asio::awaitable<void> accept(tcp::acceptor& acceptor, gateway& gate) {
  const auto executor = acceptor.get_executor();
  while (acceptor.is_open()) {
    auto [error, socket] = co_await acceptor.async_accept(no_throw);
    if (!error) co_spawn(executor, serve(tcp_stream(std::move(socket)), gate), asio::detached);
    asio::steady_timer pause(executor, 100ms);
    if (error) co_await pause.async_wait(no_throw);  // too many open files, say
  }
}

}  // namespace

int main(int argc, char** argv) try {
  gateway gate;
  const auto port = static_cast<asio::ip::port_type>(std::stoi(argc > 1 ? argv[1] : ""));
  gate.upstream = urls::parse_uri(argc > 2 ? argv[2] : "").value();
  const auto scheme = gate.upstream.scheme_id();
  if (scheme != urls::scheme::http && scheme != urls::scheme::https)
    throw std::invalid_argument("URL");
  for (int i = 3; i < argc; i += 2) {
    const std::string_view option = argv[i];
    const std::string value = i + 1 < argc ? argv[i + 1] : "";
    if (value.empty()) throw std::invalid_argument("no value");
    if (option == "--rewrite-model") {
      gate.model = value;
    } else if (option == "--timeout") {
      gate.timeout = std::chrono::seconds(std::stoi(value));
    } else {
      throw std::invalid_argument("option");
    }
  }
  gate.tls.set_default_verify_paths();  // of the system, or SSL_CERT_FILE
  gate.tls.set_verify_mode(asio::ssl::verify_peer);

  asio::io_context context(1);
  tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), port});
  asio::co_spawn(context, accept(acceptor, gate), asio::detached);
  asio::signal_set signals(context, SIGINT, SIGTERM);
  signals.async_wait([&](auto, auto) { context.stop(); });
  std::cout << "listening on http://" << acceptor.local_endpoint() << std::endl;
  context.run();

  // Answers that take too long are broken off, and their clients are told.
  acceptor.close();
  context.restart();
  gate.is_ending = true;
  const auto run_until = [&](steady_clock::time_point deadline) {
    while (!gate.exchanges.empty() && context.run_one_until(deadline) != 0) continue;
  };
  run_until(steady_clock::now() + grace);
  for (tcp_stream* const upstream : gate.exchanges) upstream->close();
  run_until(steady_clock::now() + 2s);
} catch (const std::exception& e) {
  std::cerr << "usage: gateway PORT URL [--rewrite-model NAME] [--timeout SECONDS]: " << e.what()
            << '\n';
  return 2;
}
