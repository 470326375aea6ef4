// SPDX-License-Identifier: MIT
// A notification server: what is posted to a channel reaches all clients that follow it.
//     g++ -std=c++20 -O2 channels.cpp -o channels $(pkg-config --cflags ssewire) -lboost_url
//     ./channels [PORT [HEARTBEAT_MS]]
//     curl -N http://127.0.0.1:8080/channel/news          # or /events?channel=news&channel=sport
//     curl -d 'It rains.' 'http://127.0.0.1:8080/channel/news?event=weather'
// The event `ready` tells a client its name. Let only your own programs POST, and do the rest:
//     POST /broadcast and /client/NUMBER, to all and to one
//     PUT and DELETE /client/NUMBER?channel=NAME, to follow one more, and one less; GET /stats
#include <boost/asio.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/url.hpp>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <sse/growing_writer.hpp>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;
using request = http::request<http::string_body>;
using tcp_stream = asio::use_awaitable_t<>::as_default_on_t<boost::beast::tcp_stream>;
using timer = asio::as_tuple_t<asio::use_awaitable_t<>>::as_default_on_t<asio::steady_timer>;
using encoded = std::shared_ptr<const std::string>;  // an event, shared by all who get it

constexpr std::size_t history_limit = 1'048'576;        // in bytes, to resume from
constexpr std::size_t queue_limit = 2 * history_limit;  // who lets more wait is dropped

encoded encode(std::uint64_t number, const sse::event& event) {
  const std::string id = std::to_string(number);
  sse::growing_writer writer;
  if (writer.write(event.with_id(id)) != sse::writer::status::ok) return nullptr;
  return std::make_shared<const std::string>(writer.take());
}

struct client {
  bool is_dropped() const { return queued > queue_limit; }

  void send(const encoded& event) {
    if (is_dropped()) return;
    queue.push_back(event);
    queued += event->size();
    if (is_dropped()) stream.close();
    wake.cancel();
  }

  asio::awaitable<void> write() {
    for (;;) {
      while (queue.empty() && !ending) co_await wake.async_wait();
      if (queue.empty()) break;
      const std::vector<encoded> batch = std::exchange(queue, {});
      std::vector<asio::const_buffer> buffers;
      for (const encoded& event : batch) buffers.push_back(asio::buffer(*event));
      if (chunked) co_await asio::async_write(stream, http::make_chunk(buffers));
      if (!chunked) co_await asio::async_write(stream, buffers);
      queued -= asio::buffer_size(buffers);
    }
    if (chunked) co_await asio::async_write(stream, http::make_chunk_last());
    stream.socket().shutdown(tcp::socket::shutdown_send);
  }

  // Only who reads all the time learns at once, by an exception, that the peer is gone.
  asio::awaitable<void> read() {
    char ignored[512];
    for (;;) co_await stream.async_read_some(asio::buffer(ignored));
  }

  tcp_stream& stream;
  bool chunked;
  std::set<std::string> followed;
  timer wake{stream.get_executor(), timer::time_point::max()};
  std::vector<encoded> queue = {};
  std::size_t queued = 0;  // bytes, with those that are being written
  bool ending = false;
};

/// Clients and channels are named by the paths to post to. Other threads use this by asio::post.
struct hub {
  /// The client gets what came behind `last_event_id`, if there is one, and then what comes.
  std::string add(client& c, const std::string& last_event_id) {
    const std::string name = "/client/" + std::to_string(++last_number);
    clients.emplace(name, &c);
    c.followed.insert({"/broadcast", name});
    const std::uint64_t forgotten = newest - history.size();
    std::uint64_t position = newest;
    if (!last_event_id.empty()) position = std::strtoull(last_event_id.c_str(), nullptr, 10);
    if (position < forgotten || position > newest) {
      position = forgotten;
      c.send(encode(position, {"gap", last_event_id}));
    }
    for (; position < newest; ++position) {
      const auto& [channel, event] = history[position - forgotten];
      if (c.followed.contains(channel)) c.send(event);
    }
    // Reconnection times differ, so that after a restart they do not all come back at once.
    c.send(encode(newest, sse::event{"ready", name}.with_retry(1s + last_number % 64 * 32ms)));
    return name;
  }

  /// False if the type cannot be sent.
  bool publish(const std::string& channel, const std::string& type, const std::string& data) {
    const encoded event = encode(newest + 1, {type, data});
    if (event == nullptr) return false;
    ++newest;
    history.emplace_back(channel, event);
    history_size += event->size();
    for (; history_size > history_limit; history.pop_front()) {
      history_size -= history.front().second->size();
    }
    for (const auto& [name, c] : clients) {
      if (c->followed.contains(channel)) c->send(event);
    }
    return true;
  }

  /// They are events, for pages cannot see comments. By their ID, clients of quiet channels can
  /// resume although the history has moved on.
  asio::awaitable<void> send_heartbeats(std::chrono::milliseconds interval) {
    for (;;) {
      co_await timer(co_await asio::this_coro::executor, interval).async_wait();
      const encoded heartbeat = encode(newest, {"heartbeat", ""});
      for (const auto& [name, c] : clients) c->send(heartbeat);
    }
  }

  std::map<std::string, client*> clients;               // by their names
  std::deque<std::pair<std::string, encoded>> history;  // channels and events
  std::size_t history_size = 0;                         // in bytes
  // From the clock, so that IDs are greater than all before a restart, and those are known as old.
  std::uint64_t newest =
      static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch() / 1us);
  std::uint64_t last_number = 0, dropped = 0;
};

asio::awaitable<void> stream_events(tcp_stream& stream, const request& asked,
                                    std::set<std::string> followed, hub& hub) {
  http::response<http::empty_body> head(http::status::ok, asked.version());
  head.set(http::field::content_type, sse::media_type);
  head.set(http::field::cache_control, "no-store");
  head.set("X-Accel-Buffering", "no");  // or nginx would keep events back
  head.keep_alive(false);
  head.chunked(asked.version() >= 11);  // HTTP/1.0 has no chunks
  http::response_serializer<http::empty_body> serializer(head);
  co_await http::async_write_header(stream, serializer);
  stream.expires_never();

  client c{stream, head.chunked(), std::move(followed)};
  const std::string name = hub.add(c, asked["Last-Event-ID"]);
  try {
    co_await (c.write() && c.read());
  } catch (const std::exception&) {  // whichever way it has gone
  }
  hub.clients.erase(name);
  if (c.is_dropped()) ++hub.dropped;
}

asio::awaitable<void> serve(tcp_stream stream, hub& hub) {
  stream.socket().set_option(tcp::no_delay(true));
  stream.socket().set_option(tcp::socket::send_buffer_size(65'536));  // or much waits in the kernel
  boost::beast::flat_buffer buffer;
  for (bool open = true; open;) {
    http::request_parser<http::string_body> parser;
    parser.body_limit(65'536);
    stream.expires_after(30s);
    co_await http::async_read(stream, buffer, parser);
    const auto& asked = parser.get();
    const auto url = boost::urls::parse_origin_form(asked.target()).value();
    const std::string path = url.path();
    const bool is_channel = path.starts_with("/channel/");
    const auto found = hub.clients.find(path);
    client* const addressed = found != hub.clients.end() ? found->second : nullptr;
    std::string type;
    std::set<std::string> channels;
    for (const auto& parameter : url.params()) {
      if (parameter.key == "event") type = parameter.value;
      if (parameter.key == "channel") channels.insert("/channel/" + parameter.value);
    }

    const http::verb verb = asked.method();
    http::response<http::string_body> reply(http::status::no_content, asked.version());
    if (verb == http::verb::get && (is_channel || path == "/events")) {
      channels.insert(path);
      co_return co_await stream_events(stream, asked, channels, hub);
    } else if (verb == http::verb::get && path == "/stats") {
      reply.result(http::status::ok);
      reply.body() = "{\"clients\":" + std::to_string(hub.clients.size()) +
                     ",\"dropped\":" + std::to_string(hub.dropped) + "}\n";
    } else if (verb == http::verb::post && (is_channel || path == "/broadcast" || addressed)) {
      if (!hub.publish(path, type, asked.body())) reply.result(http::status::bad_request);
    } else if (verb == http::verb::put && addressed) {
      addressed->followed.merge(channels);
    } else if (verb == http::verb::delete_ && addressed) {
      for (const std::string& channel : channels) addressed->followed.erase(channel);
    } else {
      reply.result(http::status::not_found);
    }
    reply.keep_alive(open = asked.keep_alive());
    reply.prepare_payload();
    co_await http::async_write(stream, reply);
  }
}

asio::awaitable<void> accept(tcp::acceptor& acceptor, hub& hub) {
  const auto executor = acceptor.get_executor();
  while (acceptor.is_open()) {
    auto [error, socket] = co_await acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
    if (!error) co_spawn(executor, serve(tcp_stream(std::move(socket)), hub), asio::detached);
    if (error) co_await timer(executor, 100ms).async_wait();  // too many open files, say
  }
}

}  // namespace

int main(int argc, char** argv) {
  const auto port = static_cast<asio::ip::port_type>(argc > 1 ? std::atoi(argv[1]) : 8080);
  const std::chrono::milliseconds heartbeat(argc > 2 ? std::atoi(argv[2]) : 15000);
  hub hub;
  asio::io_context context(1);
  tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), port});
  asio::co_spawn(context, accept(acceptor, hub), asio::detached);
  asio::co_spawn(context, hub.send_heartbeats(heartbeat), asio::detached);
  asio::signal_set signals(context, SIGINT, SIGTERM);
  signals.async_wait([&](auto, auto) { context.stop(); });
  std::cout << "listening on http://" << acceptor.local_endpoint() << std::endl;
  context.run();

  // Clients get what waits for them and the end of the stream. Those who do not read are cut off.
  acceptor.close();
  for (const auto& [name, c] : hub.clients) {
    c->ending = true;
    c->wake.cancel();
  }
  context.restart();
  const auto deadline = std::chrono::steady_clock::now() + 3s;
  while (!hub.clients.empty() && context.run_one_until(deadline) != 0) continue;
}
