// SPDX-License-Identifier: MIT
// One request to a model server and its answer, for gateway.cpp: with Boost.Beast and coroutines.
#ifndef SSEWIRE_EXAMPLES_EXCHANGE_HPP
#define SSEWIRE_EXAMPLES_EXCHANGE_HPP

#include <boost/asio.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast.hpp>
#include <boost/url.hpp>
#include <chrono>
#include <iostream>
#include <optional>
#include <set>
#include <sse/event.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "passage.hpp"

namespace passing {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace urls = boost::urls;
using asio::use_awaitable;
using asio::ip::tcp;
using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;
using http::field;
using http::status;
using std::chrono::steady_clock;
using request_parser = http::request_parser<http::string_body>;
using reply = http::response<http::string_body>;
using tcp_stream = beast::tcp_stream;
using tls_stream = asio::ssl::stream<tcp_stream&>;
using piecewise = http::basic_dynamic_body<beast::flat_buffer>;  // a body, taken as it comes
constexpr auto no_throw = asio::as_tuple(use_awaitable);

constexpr std::string_view served = "/v1/";  // and all below
constexpr std::string_view passed_up[] = {
    "Accept",       "Anthropic-Beta",  "Anthropic-Version",   "Authorization",  "Content-Encoding",
    "Content-Type", "Idempotency-Key", "OpenAI-Organization", "OpenAI-Project", "X-Api-Key"};
constexpr std::string_view passed_down[] = {"Content-Encoding", "Content-Type",     "Request-Id",
                                            "Retry-After",      "WWW-Authenticate", "X-Request-Id"};
constexpr std::size_t head_limit = 16'384;
constexpr std::size_t buffer_limit = 65'536;
constexpr std::size_t request_limit = 8 << 20;  // of its body, which may hold images
constexpr std::size_t answer_limit = 8 << 20;   // of one that is no stream
constexpr std::size_t most_exchanges = 256;     // at a time
constexpr auto client_timeout = 30s;            // to send a request, and to take what comes
constexpr auto connect_timeout = 10s;
constexpr auto grace = 10s;  // at the end, for answers that are under way

struct gateway {
  urls::url upstream = {};
  std::string model = {};  // to be named in answers, if any
  std::chrono::seconds timeout{300};
  asio::ssl::context tls{asio::ssl::context::tls_client};
  std::set<tcp_stream*> exchanges = {};  // by their connections to the model server
  bool is_ending = false;
};

inline reply error_reply(status code, std::string_view message) {
  reply r(code, 11);
  r.set(field::content_type, "application/json");
  if (code == status::service_unavailable) r.set(field::retry_after, "5");
  if (code != status::no_content) r.body() = error_json(message);
  return r;
}

inline std::string told(beast::error_code error) { return "the model server: " + error.message(); }

inline std::string_view text_of(const beast::flat_buffer& bytes) {
  return {static_cast<const char*>(bytes.cdata().data()), bytes.size()};
}

// What is to be asked of the model server; empty if it is none of its resources. Dots are resolved
// first, or they would lead out of what is served.
inline std::string target_of(const urls::url& upstream, std::string_view asked) {
  const auto parsed = urls::parse_origin_form(asked);
  if (!parsed) return "";
  urls::url url(*parsed);
  url.normalize_path();
  std::string base(upstream.encoded_path());
  if (base.ends_with('/')) base.pop_back();
  return url.encoded_path().starts_with(served) ? base + std::string(url.encoded_target()) : "";
}

/// One request and its answer.
struct exchange {
  exchange(tcp_stream& its_client, request_parser& its_request, gateway& its_gate)
      : client(its_client), request(its_request), gate(its_gate) {
    gate.exchanges.insert(&upstream);
    log["path"] = request.get().target();
    log["end"] = "the request has not come";
  }
  exchange(const exchange&) = delete;
  exchange& operator=(const exchange&) = delete;
  ~exchange() {
    gate.exchanges.erase(&upstream);
    std::cerr << log.dump(-1, ' ', false, json::error_handler_t::replace) + '\n';
  }

  /// Returns whether the client is still there, and may ask again.
  asio::awaitable<bool> run(beast::flat_buffer& unread) {
    const auto first = co_await (relay() || departure(unread));
    if (first.index() == 1) log["end"] = "the client has left";
    co_return first.index() == 0 && is_reusable;
  }

  // Only who reads all the time learns at once that the client has left, or has closed its half.
  // What comes is the next request. If it is large it throws, and is read when its turn has come.
  asio::awaitable<void> departure(beast::flat_buffer& unread) {
    for (;;) {
      const auto [error, count] =
          co_await client.socket().async_read_some(unread.prepare(512), no_throw);
      if (error) co_return;
      unread.commit(count);
    }
  }

  asio::awaitable<void> relay() {
    try {
      status failure = status::service_unavailable;
      std::string why;
      try {
        co_await connect();
        failure = status::bad_gateway;
        co_await ask();
        failure = status::ok;
      } catch (const beast::system_error& e) {
        why = told(e.code());
        if (e.code() == beast::error::timeout) failure = status::gateway_timeout;
      }
      if (failure != status::ok) {
        co_await respond(error_reply(failure, why));
      } else if (is_stream()) {
        co_await pass_stream();
      } else {
        co_await pass_whole();
      }
    } catch (const std::exception& e) {
      log["end"] = e.what();
      client.close();  // so that its departure is seen
    }
  }

  asio::awaitable<void> connect() {
    const auto& url = gate.upstream;
    std::string host = url.host_address();
    const auto port = url.has_port() ? url.port_number() : urls::default_port(url.scheme_id());
    tcp::resolver resolver(client.get_executor());
    const auto found = co_await resolver.async_resolve(host, std::to_string(port), use_awaitable);
    upstream.expires_after(connect_timeout);
    co_await upstream.async_connect(found, use_awaitable);
    upstream.socket().set_option(tcp::no_delay(true));
    if (url.scheme_id() == urls::scheme::http) co_return;
    tls.emplace(upstream, gate.tls);
    tls->set_verify_callback(asio::ssl::host_name_verification(host));
    if (url.host_type() == urls::host_type::name) {  // the server is not told an address
      SSL_ctrl(tls->native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
               host.data());
    }
    co_await tls->async_handshake(asio::ssl::stream_base::client, use_awaitable);
  }

  // Not written where it is awaited: g++ 12 makes a mess of operands in a co_await.
  auto over(auto operation) { return tls ? operation(*tls) : operation(upstream); }

  asio::awaitable<void> ask() {
    const std::string target = target_of(gate.upstream, request.get().target());
    http::request<http::string_body> asked(http::verb::post, target, 11);
    asked.set(field::host, gate.upstream.encoded_host_and_port());
    asked.set(field::accept_encoding, "identity");
    asked.keep_alive(false);
    for (const auto name : passed_up) {
      if (request.get().count(name) != 0) asked.set(name, request.get()[name]);
    }
    asked.body() = std::move(request.get().body());
    asked.prepare_payload();
    upstream.expires_after(gate.timeout);
    // An error is ignored, for some refuse a request before they have read it all.
    co_await over([&](auto& stream) { return http::async_write(stream, asked, no_throw); });
    do {
      answer.emplace();
      answer->header_limit(head_limit);
      answer->body_limit(boost::none);  // a stream has no end
      co_await over([&](auto& stream) {
        return http::async_read_header(stream, buffer, *answer, use_awaitable);
      });
    } while (http::to_status_class(head().result()) == http::status_class::informational);
  }

  const http::response<piecewise>& head() const { return answer->get(); }

  // That can be read: some compress though they are asked not to.
  bool is_stream() const {
    return head().result() == status::ok && head()[field::content_encoding].empty() &&
           sse::is_event_stream(head()[field::content_type]);
  }

  asio::awaitable<beast::error_code> read_some() {
    upstream.expires_after(gate.timeout);
    const auto [error, count] = co_await over(
        [&](auto& stream) { return http::async_read_some(stream, buffer, *answer, no_throw); });
    co_return error;
  }

  asio::awaitable<void> pass_stream() {
    http::response<http::empty_body> r(status::ok, request.get().version());
    copy_fields(r);
    r.set(field::content_type, sse::media_type);
    r.set(field::cache_control, "no-store, no-transform");
    r.set("X-Accel-Buffering", "no");  // or nginx would keep events back
    r.keep_alive(false);
    r.chunked(r.version() >= 11);  // HTTP/1.0 has no chunks
    http::response_serializer<http::empty_body> serializer(r);
    client.expires_after(client_timeout);
    co_await http::async_write_header(client, serializer, use_awaitable);
    log["status"] = 200;

    passage passed(gate.model, log);
    std::string failure;
    while (!answer->is_done() && failure.empty()) {
      const beast::error_code error = co_await read_some();
      co_await send(passed.take(text_of(head().body())), r.chunked());
      answer->get().body().clear();
      if (passed.is_too_large()) failure = "an event is too large";
      if (error) failure = gate.is_ending ? "the gateway is ending" : told(error);
    }
    // Where the answer ends with the connection, it may as well have been cut off.
    if (failure.empty() && answer->need_eof() && passed.is_pending()) failure = "cut off";
    if (failure.empty()) co_await send(passed.rest(), r.chunked());
    if (passed.is_complete()) failure.clear();  // all is said: how the connection ends is nothing
    if (!failure.empty()) co_await send(passed.error(failure), r.chunked());
    if (r.chunked()) co_await asio::async_write(client, http::make_chunk_last(), use_awaitable);
    client.socket().shutdown(tcp::socket::shutdown_send);
    log["end"] = passed.is_complete() ? "complete" : failure.empty() ? "incomplete" : failure;
  }

  asio::awaitable<void> send(std::string bytes, bool is_chunked) {
    if (bytes.empty()) co_return;  // an empty chunk would be the last
    client.expires_after(client_timeout);
    const auto piece = asio::buffer(bytes);
    if (is_chunked) co_await asio::async_write(client, http::make_chunk(piece), use_awaitable);
    if (!is_chunked) co_await asio::async_write(client, piece, use_awaitable);
  }

  asio::awaitable<void> pass_whole() {
    beast::error_code error;
    while (!error && !answer->is_done() && head().body().size() <= answer_limit) {
      error = co_await read_some();
    }
    if (error || head().body().size() > answer_limit) {
      const std::string why = error ? told(error) : "the answer is too large";
      co_return co_await respond(error_reply(status::bad_gateway, why));
    }
    reply r(head().result(), 11);
    copy_fields(r);
    r.body() = text_of(head().body());
    co_await respond(std::move(r));
  }

  void copy_fields(auto& r) const {
    for (const auto name : passed_down) {
      if (head().count(name) != 0) r.set(name, head()[name]);
    }
  }

  asio::awaitable<void> respond(reply r) {
    r.version(request.get().version());
    r.keep_alive(is_reusable = request.get().keep_alive());
    r.prepare_payload();
    log["status"] = r.result_int();
    client.expires_after(client_timeout);
    co_await http::async_write(client, r, use_awaitable);
    log["end"] = "complete";
  }

  tcp_stream& client;
  request_parser& request;
  gateway& gate;
  json log = {};
  bool is_reusable = false;
  tcp_stream upstream{client.get_executor()};
  std::optional<tls_stream> tls = {};
  beast::flat_buffer buffer{buffer_limit};
  std::optional<http::response_parser<piecewise>> answer = {};
};

}  // namespace passing

#endif
