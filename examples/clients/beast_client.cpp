// SPDX-License-Identifier: MIT
// Follows an event stream with Boost.Beast, in a coroutine, by http or https: sse::event_source
// says when to connect, and what a response means. What arrives goes to standard output at once, as
// an event stream again. Headers of your own go to the origin of the URL, and to no other that it
// redirects to. SECONDS is how long the server may be quiet. Exit code 0 if it said stop (204), or
// SIGINT or SIGTERM came; 1 if it refused, or nothing can be printed; 2 for wrong usage.
//
//   g++ -std=c++20 -I ../../include beast_client.cpp -o beast_client -lboost_url -lssl -lcrypto
//   ./beast_client [-H 'NAME: VALUE']... [-t SECONDS] URL
#include <unistd.h>

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/url.hpp>
#include <chrono>
#include <iostream>
#include <optional>
#include <random>
#include <sse/event_source.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

#include "print.hpp"

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace urls = boost::urls;
using asio::use_awaitable;
using clock = std::chrono::steady_clock;
using field = http::field;
using kind = sse::verdict::outcome;
using piecewise = http::basic_dynamic_body<beast::flat_buffer>;  // a body, taken as it comes

// Of a head, of the extensions of a chunk, of trailers: what is longer is an error.
constexpr std::size_t buffer_limit = 65536;
constexpr std::size_t shown_of_refusals = 4096;

// If it can be connected to.
urls::url web_address(urls::url url) {
  const auto scheme = url.scheme_id();
  if ((scheme != urls::scheme::http && scheme != urls::scheme::https) || url.host().empty()) {
    throw beast::system_error(make_error_code(beast::errc::protocol_not_supported));
  }
  if (url.encoded_path().empty()) url.set_path_absolute(true);
  return url;
}

std::string_view text_of(const beast::flat_buffer& bytes) {
  return {static_cast<const char*>(bytes.cdata().data()), bytes.size()};
}

struct client {
  asio::awaitable<sse::reason> follow() {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    for (;;) {
      const auto now = clock::now();
      const auto step = source.next(now);
      switch (step.kind) {
        case step.connect:
          if (source.failures() != 0) home = first;  // a lasting target may be dead
          if (!step.is_redirected) url = home;
          try {
            co_await connect(step.deadline);
          } catch (const beast::system_error& e) {
            std::cerr << e.code().message() << '\n';
          }
          break;
        case step.receive: source.failed(now); break;  // there is nothing left to receive from
        case step.wait:
          tell(step, now);
          timer.expires_at(step.deadline);
          co_await timer.async_wait(use_awaitable);
          break;
        case step.closed: co_return step.why;
      }
    }
  }

  asio::awaitable<void> connect(clock::time_point deadline) {
    const auto executor = co_await asio::this_coro::executor;
    std::string host = url.host_address();
    const auto port = url.has_port() ? url.port_number() : urls::default_port(url.scheme_id());
    asio::ip::tcp::resolver resolver(executor);
    const auto found = co_await resolver.async_resolve(host, std::to_string(port), use_awaitable);
    beast::tcp_stream stream(executor);
    stream.expires_at(deadline);
    co_await stream.async_connect(found, use_awaitable);
    keep_alive(stream.socket().native_handle());
    if (url.scheme_id() == urls::scheme::http) co_return co_await receive(stream);

    asio::ssl::context tls(asio::ssl::context::tls_client);
    tls.set_default_verify_paths();  // of the system, or SSL_CERT_FILE
    tls.set_verify_mode(asio::ssl::verify_peer);
    beast::ssl_stream<beast::tcp_stream> secure(std::move(stream), tls);
    secure.set_verify_callback(asio::ssl::host_name_verification(host));
    if (url.host_type() == urls::host_type::name) {  // the server is not told an address
      SSL_ctrl(secure.native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
               host.data());
    }
    co_await secure.async_handshake(asio::ssl::stream_base::client, use_awaitable);
    co_await receive(secure);
  }

  // Until the connection is of no use any more. The deadline of the head is set already.
  asio::awaitable<void> receive(auto& stream) {
    co_await http::async_write(stream, request(), use_awaitable);
    buffer.clear();
    buffer.reserve(buffer_limit);  // or it reads 512 bytes at a time
    sse::verdict verdict;
    do {
      response.emplace();
      response->header_limit(buffer_limit);
      response->body_limit(boost::none);  // else it is 8 MB, and a stream has no end
      co_await http::async_read_header(stream, buffer, *response, use_awaitable);
      verdict = responded(response->get());
    } while (verdict.kind == kind::ignored);
    if (verdict.kind == kind::stream) co_await take_events(stream);
    const bool is_refused = verdict.kind == kind::retry || verdict.kind == kind::stop;
    if (is_refused && verdict.why != sse::reason::stop) co_await show_refusal(stream);
  }

  http::request<http::empty_body> request() const {
    http::request<http::empty_body> asked(http::verb::get, url.encoded_target(), 11);
    asked.set(field::host, url.encoded_host_and_port());
    asked.set(field::accept_encoding, "identity");
    if (url.encoded_origin() == origin) {
      for (const auto& own : own_headers) asked.set(own.name_string(), own.value());
    }
    for (const auto& [name, value] : source.headers()) asked.set(name, value);
    const std::string_view id = source.last_event_id();
    if (!id.empty() && !sse::is_header_safe(id)) std::cerr << "the last event ID cannot be sent\n";
    return asked;
  }

  sse::verdict responded(const http::response_header<>& head) {
    sse::verdict verdict =
        source.judge({static_cast<int>(head.result_int()), head[field::content_type],
                      head[field::location], head[field::retry_after], head[field::date]});
    const auto encoding = head[field::content_encoding];
    if (verdict.kind == kind::stream && !encoding.empty() &&
        !beast::iequals(encoding, "identity")) {
      std::cerr << "the content encoding " << encoding << " is not understood\n";
      verdict = {};  // refused
    }
    if (verdict.kind == kind::redirect) {
      urls::url target = url;
      target.resolve(urls::parse_uri_reference(head[field::location]).value()).value();
      url = web_address(target);
    }
    verdict = source.responded(verdict, clock::now());
    if (verdict.kind == kind::redirect && verdict.is_lasting) home = url;
    return verdict;
  }

  asio::awaitable<void> take_events(auto& stream) {
    auto now = clock::now();
    while (!response->is_done()) {
      const auto step = source.next(now);
      if (step.kind != step.receive) co_return;
      beast::get_lowest_layer(stream).expires_after(step.deadline - now);
      const auto [error, count] =
          co_await http::async_read_some(stream, buffer, *response, asio::as_tuple(use_awaitable));
      now = clock::now();  // before the output, whose reader may take their time, which is not the
                           // server's silence
      for (const auto& e : source.events(text_of(response->get().body()), now)) {
        if (!print(e)) source.close();
      }
      response->get().body().clear();
      if (error) throw beast::system_error(error);  // what came before it counts
    }
    source.ended(now);
  }

  asio::awaitable<void> show_refusal(auto& stream) {
    const auto& refusal = response->get();
    beast::get_lowest_layer(stream).expires_after(std::chrono::seconds(2));
    beast::error_code error;
    while (!error && !response->is_done() && refusal.body().size() < shown_of_refusals) {
      co_await http::async_read_some(stream, buffer, *response,
                                     asio::redirect_error(use_awaitable, error));
    }
    std::cerr << "status " << refusal.result_int() << ", media type \""
              << refusal[field::content_type] << "\"\n"
              << text_of(refusal.body()).substr(0, shown_of_refusals) << '\n';
  }

  sse::event_source source;
  const urls::url first;
  http::fields own_headers = {};
  const std::string origin{first.encoded_origin()};  // of who may see them
  urls::url home = first;                            // where it begins each time
  urls::url url = first;
  beast::flat_buffer buffer{buffer_limit};
  std::optional<http::response_parser<piecewise>> response = {};
};

}  // namespace

int main(int argc, char** argv) try {
  exit_at_signals();  // an asio::signal_set would wait for whoever reads the output
  sse::policy policy = sse::policy::daemon();
  http::fields own_headers;
  for (int option; (option = getopt(argc, argv, "H:t:")) != -1;) {
    const std::string value = optarg != nullptr ? optarg : "";
    const std::size_t colon = value.find(':');
    if (option == '?' || (option == 'H' && colon == value.npos)) throw std::invalid_argument(value);
    if (option == 'H') own_headers.set(value.substr(0, colon), value.substr(colon + 1));
    if (option != 't') continue;
    policy.response_timeout = policy.quiet_timeout = std::chrono::seconds(std::stoi(value));
  }
  const char* const url = optind + 1 == argc ? argv[optind] : "";
  client client{
      {policy, std::random_device{}()}, web_address(urls::parse_uri(url).value()), own_headers};
  asio::io_context context(1);
  auto end = asio::co_spawn(context, client.follow(), asio::use_future);
  context.run();
  return exit_code(end.get());
} catch (const std::exception& e) {
  std::cerr << "usage: beast_client [-H 'NAME: VALUE']... [-t SECONDS] URL: " << e.what() << '\n';
  return 2;
}
