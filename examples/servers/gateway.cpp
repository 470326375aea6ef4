// SPDX-License-Identifier: MIT
// A gateway to a model server: what is posted below /v1/ is passed on, and so is the answer, event
// by event, as it comes. A line of JSON on standard error says how each answer ended, and what it
// cost. When a client goes, the model server is left at once. Bytes are passed on as they came, or,
// with --rewrite-model, answers name another model, and their events are written anew.
//     g++ -std=c++20 -O2 gateway.cpp -o gateway $(pkg-config --cflags ssewire)
//         -lboost_url -lssl -lcrypto
//     ./gateway PORT URL [--rewrite-model NAME] [--timeout S]  # --help tells more
//     curl -N -H "Authorization: Bearer $KEY" -d '{"stream":true,"model":"...","messages":[...]}'
//         http://127.0.0.1:8080/v1/chat/completions
// Put something in front that knows who may ask.
#include <CLI/CLI.hpp>
#include <boost/url.hpp>
#include <iostream>
#include <list>
#include <optional>
#include <set>
#include <sse/event.hpp>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include "beast_server.hpp"
#include "passage.hpp"

namespace {

using namespace beast_server;
using namespace passing;
namespace http = beast::http;
namespace urls = boost::urls;
using asio::use_awaitable;
using http::field;
using http::status;
using request_parser = http::request_parser<http::string_body>;
using reply = http::response<http::string_body>;
using tls_stream = asio::ssl::stream<tcp_stream&>;
using piecewise = http::basic_dynamic_body<beast::flat_buffer>;  // a body, taken as it comes

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
constexpr std::size_t most_uploads = 128;       // bodies that are coming, beside these
constexpr auto client_timeout = 30s;            // to send a request, and to take what comes
constexpr auto connect_timeout = 10s;
constexpr auto grace = 10s;  // at the end, for answers that are under way

struct gateway {
  urls::url upstream = {};
  std::string model = {};  // to be named in answers, if any
  unsigned timeout = 300;  // seconds
  asio::ssl::context tls{asio::ssl::context::tls_client};
  std::set<tcp_stream*> exchanges = {};  // by their connections to the model server
  std::list<tcp_stream*> uploads = {};   // by their clients, the oldest first
  bool is_ending = false;
  bool is_busy() const { return !exchanges.empty() || !uploads.empty(); }
};

reply error_reply(status code, std::string_view message) {
  reply r(code, 11);
  r.set(field::content_type, "application/json");
  if (code == status::service_unavailable) r.set(field::retry_after, "5");
  if (code != status::no_content) r.body() = error_json(message);
  return r;
}

std::string told(beast::error_code error) { return "the model server: " + error.message(); }

std::string_view text_of(const beast::flat_buffer& bytes) {
  return {static_cast<const char*>(bytes.cdata().data()), bytes.size()};
}

// What is to be asked of the model server; empty if it is none of its resources. Dots are resolved
// first, or they would lead out of what is served.
std::string target_of(const urls::url& upstream, std::string_view asked) {
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
    log["end"] = "the gateway has ended";
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
    upstream.expires_after(std::chrono::seconds(gate.timeout));
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
    upstream.expires_after(std::chrono::seconds(gate.timeout));
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

reply refusal(status why) {
  reply r = error_reply(why, http::obsolete_reason(why));
  r.keep_alive(false);
  r.set(field::allow, "OPTIONS, POST");
  r.prepare_payload();
  return r;
}

asio::awaitable<void> refuse(tcp_stream& client, const http::request_header<>& head, status why) {
  reply r = refusal(why);
  r.version(head.version() == 10 ? 10 : 11);
  if (head.method() == http::verb::head) r.body().clear();
  client.expires_after(client_timeout);
  co_await http::async_write(client, r, use_awaitable);
  co_await leave(client);
}

/// A body that is coming. It is no exchange yet, or those who send a head and nothing else would
/// take the places of all. When there are too many, the one that has taken longest is given up: so
/// who is slow makes room for who is quick, and all together are bounded, to about a gibibyte.
struct upload {
  upload(tcp_stream& its_client, gateway& its_gate) : client(its_client), gate(its_gate) {
    gate.uploads.push_back(&client);
    if (gate.uploads.size() <= most_uploads) return;
    gate.uploads.front()->close();
    gate.uploads.pop_front();
  }
  upload(const upload&) = delete;
  upload& operator=(const upload&) = delete;
  ~upload() { gate.uploads.remove(&client); }

  tcp_stream& client;
  gateway& gate;
};

asio::awaitable<beast::error_code> take_body(tcp_stream& client, beast::flat_buffer& buffer,
                                             request_parser& request, gateway& gate) {
  const upload coming(client, gate);
  if (beast::iequals(request.get()[field::expect], "100-continue")) {
    const http::response<http::empty_body> go_on(status::continue_, 11);
    co_await http::async_write(client, go_on, use_awaitable);
  }
  const auto [error, count] = co_await http::async_read(client, buffer, request, no_throw);
  co_return error;
}

asio::awaitable<void> serve(tcp_stream client, gateway& gate) {
  beast::flat_buffer buffer(buffer_limit);
  for (bool open = true; open && !gate.is_ending;) {
    request_parser request;
    request.header_limit(head_limit);
    request.body_limit(request_limit);
    client.expires_after(client_timeout);
    auto [error, count] = co_await http::async_read_header(client, buffer, request, no_throw);
    status why = error ? refusal_of(error) : refusal_of(request.get(), gate);
    if (why == status::ok) {
      error = co_await take_body(client, buffer, request, gate);
      why = error ? refusal_of(error) : refusal_of(request.get(), gate);  // others came meanwhile
    }
    if (why == status::unknown) co_return;
    if (why != status::ok) co_return co_await refuse(client, request.get(), why);
    exchange exchange(client, request, gate);
    open = co_await exchange.run(buffer);
  }
}

}  // namespace

int main(int argc, char** argv) try {
  gateway gate;
  asio::ip::port_type port = 0;
  const auto take = [&](const CLI::results_t& given) {
    const auto url = urls::parse_uri(given[0]);
    const auto scheme = url ? url->scheme_id() : urls::scheme::none;
    if (scheme != urls::scheme::http && scheme != urls::scheme::https) return false;
    gate.upstream = *url;
    return true;
  };
  CLI::App app{"Passes on to a model server what is posted, and the answers, event by event."};
  app.add_option("port", port, "to listen on; 0 is any free one")
      ->required()
      ->check(CLI::Range(0, 65'535));
  app.add_option("url", take, "of the model server, without /v1")->required();
  app.add_option("--rewrite-model", gate.model, "what answers are to name")
      ->check([](const std::string& name) { return name.empty() ? "no name" : ""; });
  app.add_option("--timeout", gate.timeout, "seconds for which the model server may be quiet")
      ->check(CLI::Range(1, 1 << 30))
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  gate.tls.set_default_verify_paths();  // of the system, or SSL_CERT_FILE
  gate.tls.set_verify_mode(asio::ssl::verify_peer);

  asio::io_context context(1);
  tcp::acceptor listener(context, {asio::ip::address_v4::loopback(), port});
  std::ostringstream busy;
  busy << refusal(status::service_unavailable);
  const auto serve_one = [&](tcp_stream client) { return serve(std::move(client), gate); };
  asio::co_spawn(context, accept(listener, busy.str(), serve_one), asio::detached);
  std::cout << "listening on http://" << listener.local_endpoint() << std::endl;
  run_until_signal(context);

  // Answers that take too long are broken off, and their clients are told.
  listener.close();
  gate.is_ending = true;
  const auto is_busy = [&] { return gate.is_busy(); };
  run_while(is_busy, context, grace);
  for (tcp_stream* const client : gate.uploads) client->close();
  for (tcp_stream* const upstream : gate.exchanges) upstream->close();
  run_while(is_busy, context, 2s);
} catch (const std::exception& e) {
  std::cerr << "gateway: " << e.what() << '\n';
  return 1;
}
