// SPDX-License-Identifier: MIT
// A notification server: what is posted to a channel reaches all clients that follow it (Linux).
//     g++ -std=c++20 -O2 channels.cpp -o channels $(pkg-config --cflags --libs ssewire openssl)
//         -lboost_url
//     ./channels [PORT] [--secret KEY] [--certificate FILE --key FILE]...  # --help tells more
//     curl -N http://127.0.0.1:8080/channel/news          # or /events?channel=news&channel=sport
//     curl -d 'It rains.' 'http://127.0.0.1:8080/channel/news?event=weather'
// The event `ready` tells a client its name, a number unless it asks with ?client=NAME. Also:
//     POST /broadcast and /client/NAME, to all and to one; GET /stats
//     PUT and DELETE /client/NAME?channel=NAME, to follow one more, and one less; or all is ended
// With a secret, these need the header `Authorization: Bearer KEY`, and who follows needs a token,
// which POST /token?client=NAME makes for a minute. It is looked at when a stream begins: whose
// page is told 401 later makes an EventSource with another one, and lastEventId.
#include <algorithm>
#include <boost/beast/ssl.hpp>
#include <boost/url.hpp>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "beast_server.hpp"
#include "http.hpp"
#include "hub.hpp"
#include "options.hpp"
#include "sockets.hpp"
#include "tokens.hpp"

namespace {

using namespace beast_server;
using std::string, std::string_view, std::chrono::seconds;
using message = beast::http::request<beast::http::string_body>;
using tls_stream = beast::ssl_stream<tcp_stream>;

constexpr int kernel_buffer = 65'536;  // what may wait there for a client

struct settings : options {
  explicit settings(CLI::App& app) : options(app) {
    app.add_option("--ring", ring, "bytes of events to keep")->check(range(1 << 20));
    app.add_option("--patience", patience, "seconds for a request, or a write")->check(range(1));
    app.add_option("--secret", secret, "which those who post must have");
    app.add_option("--key", key, "a file: that of the certificate")
        ->needs(app.add_option("--certificate", certificate, "a file, for HTTPS"));
  }
  unsigned ring = 1 << 20, patience = 30;
  string secret, certificate, key;
};

/// For one thread; others use it by asio::post.
struct notifier {
  /// What is told to a client that comes stands behind the head of its stream.
  http::answer answer(hub::client& c, const message& got) {
    http::request asked;
    asked.method = got.method_string();
    asked.keeps = got.keep_alive();
    asked.origin = got["Origin"];
    const auto reply = [&](const char* status, const string& fields = {}, string_view body = {}) {
      const string all = fields + http::shared_with(its.origins, asked);
      return http::answer{http::head(status, asked, all, body), false, !asked.keeps};
    };
    const auto url = boost::urls::parse_origin_form(got.target());
    if (!url) return reply("400 Bad Request");
    const string path = url->path();
    std::map<string, string> given;
    std::set<string> channels;
    for (const auto& parameter : url->params()) {
      if (parameter.key == "channel") channels.insert("/channel/" + parameter.value);
      given.insert_or_assign(parameter.key, parameter.value);
    }
    // What a client knows now; the URL may be older.
    if (const string id = got["Last-Event-ID"]; !id.empty()) given["lastEventId"] = id;
    string& name = given["client"];
    const bool is_channel = path.starts_with("/channel/"), is_post = asked.method == "POST";
    const bool is_stream = path == "/events" || (is_channel && !is_post);
    const string_view bearer = got["Authorization"];
    const bool is_trusted = its.secret.empty() || tokens::equals(bearer, "Bearer " + its.secret);
    if (!is_trusted && !(is_stream && asked.method == "OPTIONS")) {  // which has no token
      name = tokens::name_in(its.secret, tokens::shown(bearer, got["Cookie"], given["token"]));
      if (!is_stream || name.empty()) {
        return reply("401 Unauthorized", "WWW-Authenticate: Bearer\r\n");
      }
    }
    if (is_stream) {
      auto answer = http::stream_answer(asked, its.origins, clients.count() < its.most);
      if (is_channel) channels.insert(path);
      c.name = "/client/" + (name.empty() ? std::to_string(++last_number) : name);
      try {
        if (answer.begins) answer.head += clients.add(c, channels, given["lastEventId"]);
      } catch (const nlohmann::json::exception&) {
        return reply("400 Bad Request");
      }
      return answer;
    }
    const bool is_client = path.starts_with("/client/");
    if (is_post && (is_channel || is_client || path == "/broadcast")) {
      const bool is_valid = clients.publish(path, given["event"], got.body());
      return reply(is_valid ? "204 No Content" : "400 Bad Request");
    }
    if (is_post && path == "/token") return reply("200 OK", {}, tokens::make(its.secret, name, 60));
    if (path == "/stats") {
      return reply("200 OK", {}, std::to_string(clients.count()) + " clients\n");
    }
    const bool is_put = asked.method == "PUT", is_delete = asked.method == "DELETE";
    const bool is_known =
        (is_put || is_delete) && is_client && clients.for_each(path, [&](auto& other) {
          for (const string& channel : channels) {
            is_put ? clients.follow(other, channel) : clients.unfollow(other, channel);
          }
          if (is_delete && channels.empty()) hub::end(other);
        });
    return reply(is_known ? "204 No Content" : "404 Not Found");
  }

  const settings its;
  hub clients{its.ring, its.secret};
  std::uint64_t last_number = 0;
};

asio::awaitable<void> write(auto& stream, notifier& n, hub::client& c, asio::steady_timer& wake,
                            string text) {
  const auto life = clock::now() + seconds(n.its.some_life());
  while (!text.empty() || !c.is_ending) {
    if (text.empty()) {
      wake.expires_at(std::min(clock::now() + seconds(n.its.heartbeat), life));
      const auto [woken] = co_await wake.async_wait(no_throw);
      text = n.clients.next(c);
      if (!woken && text.empty()) text = n.clients.heartbeat(c);
    } else {
      beast::get_lowest_layer(stream).expires_after(seconds(n.its.patience));
      const auto [error, size] = co_await asio::async_write(stream, asio::buffer(text), no_throw);
      if (error) co_return;
      text = clock::now() < life ? n.clients.next(c) : string();
    }
    c.is_ending |= clock::now() >= life;
  }
}

template <class Stream>
asio::awaitable<void> serve(Stream stream, notifier& n) {
  auto& below = beast::get_lowest_layer(stream);
  below.expires_after(seconds(n.its.patience));
  if constexpr (std::is_same_v<Stream, tls_stream>) {
    const auto [error] = co_await stream.async_handshake(asio::ssl::stream_base::server, no_throw);
    if (error) co_return;
  }
  beast::flat_buffer buffer;
  for (bool open = true; open;) {
    beast::http::request_parser<beast::http::string_body> parser;
    parser.body_limit(http::longest_body);
    below.expires_after(seconds(n.its.patience));
    const auto [error, size] = co_await beast::http::async_read(stream, buffer, parser, no_throw);
    if (error) co_return;
    asio::steady_timer wake(stream.get_executor());
    hub::client c{[&] { wake.cancel(); }};
    auto [text, begins, closes] = n.answer(c, parser.get());
    if (begins) {
      below.expires_never();
      const auto first = co_await (departure(stream) || write(stream, n, c, wake, std::move(text)));
      if (first.index() == 1) co_await leave(stream);
      co_return n.clients.remove(c);
    }
    open = !closes;
    const auto [failed, sent] = co_await asio::async_write(stream, asio::buffer(text), no_throw);
    if (failed) co_return;
  }
  co_await leave(stream);
}

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app{"Tells clients what is posted to the channels that they follow."};
  settings its(app);
  CLI11_PARSE(app, argc, argv);
  notifier notifier{its};
  asio::ssl::context tls(asio::ssl::context::tls_server);
  if (!its.certificate.empty()) {
    tls.use_certificate_chain_file(its.certificate);
    tls.use_private_key_file(its.key, asio::ssl::context::pem);
  }
  const auto serve_one = [&](tcp_stream stream) {
    return its.certificate.empty() ? serve(std::move(stream), notifier)
                                   : serve(tls_stream(std::move(stream), tls), notifier);
  };
  sockets::allow_files();
  asio::io_context context(1);
  tcp::acceptor listener(context, {asio::ip::address_v4::loopback(), its.port});
  listener.set_option(asio::socket_base::send_buffer_size(kernel_buffer));  // of connections, too
  const string later = http::head("503 Service Unavailable", {}, "Retry-After: 10\r\n");
  asio::co_spawn(context, accept(listener, later, serve_one), asio::detached);
  std::cout << (its.certificate.empty() ? "listening on http://" : "listening on https://")
            << listener.local_endpoint() << std::endl;
  run_until_signal(context);

  // Clients get what waits for them and the end of the stream. Those who do not read are cut off.
  listener.close();
  notifier.clients.for_each("", [](hub::client& c) { hub::end(c); });
  run_while([&] { return notifier.clients.count() != 0; }, context, 3s);
} catch (const std::exception& e) {
  std::cerr << "channels: " << e.what() << '\n';
  return 1;
}
