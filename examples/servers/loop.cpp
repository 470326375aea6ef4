// SPDX-License-Identifier: MIT
// Readings as events, served by a program that has an event loop of its own (libuv). A client that
// takes them too slowly is given no more until it has caught up, and then the newest.
//     g++ -std=c++17 -O2 loop.cpp -o loop $(pkg-config --cflags --libs ssewire libuv)
//     ./loop [PORT [INTERVAL_MS [HEARTBEAT_MS]]]
//     curl -N http://127.0.0.1:8080/
#include <netinet/in.h>
#include <uv.h>

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <set>
#include <sse/growing_writer.hpp>
#include <string>

namespace {

// Bytes that may wait for a client, and as many in the kernel: when they arrive they are old news.
constexpr std::size_t high_mark = 16'384;
constexpr std::uint64_t patience = 3'000;  // with requests, and at the end, in milliseconds

using encoded = std::shared_ptr<const std::string>;  // shared by all clients that get it

uv_stream_t* stream_of(uv_tcp_t& socket) { return reinterpret_cast<uv_stream_t*>(&socket); }

template <class Handle>
void close(Handle& handle, uv_close_cb closed = nullptr) {
  auto* const h = reinterpret_cast<uv_handle_t*>(&handle);
  if (uv_is_closing(h) == 0) uv_close(h, closed);
}

/// For the thread of the loop only; other threads wake it by uv_async_send. After `stop` it can go
/// when the loop has ended.
class server {
 public:
  server(uv_loop_t* loop, std::uint64_t heartbeat) : loop_(loop) {
    uv_tcp_init(loop, &listener_);
    uv_timer_init(loop, &timer_);
    listener_.data = timer_.data = this;
    const auto tick = [](uv_timer_t* t) { static_cast<server*>(t->data)->send_heartbeats(); };
    uv_timer_start(&timer_, tick, heartbeat, heartbeat);
  }

  /// Returns the port, which is any free one if it was 0; or an error of libuv.
  int listen(int port) {
    sockaddr_in address;
    auto* const any_address = reinterpret_cast<sockaddr*>(&address);
    int size = sizeof address;
    uv_ip4_addr("127.0.0.1", port, &address);
    const auto accept = [](uv_stream_t* s, int) { static_cast<server*>(s->data)->accept(); };
    int error = uv_tcp_bind(&listener_, any_address, 0);
    if (error == 0) error = uv_listen(stream_of(listener_), 1024, accept);
    if (error == 0) error = uv_tcp_getsockname(&listener_, any_address, &size);
    return error == 0 ? ntohs(address.sin_port) : error;
  }

  void publish(const sse::event& event) {
    sse::growing_writer writer;
    if (stopping_ || writer.write(event) != sse::writer::status::ok) return;
    newest_ = std::make_shared<const std::string>(writer.take());
    for (client* c : clients_) {
      if (!c->streaming) continue;
      if (has_room(*c)) {
        send_newest(*c);
      } else {
        c->behind = true;
        ++c->skipped;
      }
    }
  }

  /// Ends all streams behind what is written already. Who does not take that is cut off.
  void stop() {
    stopping_ = true;
    close(listener_);
    for (client* c : clients_) end(*c);
    const auto cut_off = [](uv_timer_t* t) {
      for (client* c : static_cast<server*>(t->data)->clients_) close(c->socket, forget);
    };
    uv_timer_start(&timer_, cut_off, patience, 0);
    if (clients_.empty()) close(timer_);
  }

 private:
  struct client {
    server* owner;
    std::uint64_t since;
    uv_tcp_t socket = {};
    uv_shutdown_t shutdown = {};
    std::string request = {};
    bool streaming = false;
    bool behind = false;
    unsigned skipped = 0;
  };
  struct write {
    uv_write_t request;
    encoded text;  // has to live until it is written
  };

  void accept() {
    auto* const c = new client{this, uv_now(loop_)};
    clients_.insert(c);
    uv_tcp_init(loop_, &c->socket);
    c->socket.data = c;
    const auto allocate = [](uv_handle_t* h, std::size_t, uv_buf_t* buffer) {
      auto& bytes = static_cast<client*>(h->data)->owner->bytes_;
      *buffer = uv_buf_init(bytes, sizeof bytes);
    };
    const auto read = [](uv_stream_t* s, ssize_t size, const uv_buf_t* buffer) {
      auto& self = *static_cast<client*>(s->data);
      if (size < 0) return close(self.socket, forget);  // it is noticed at once who is gone
      if (!self.streaming) self.owner->take_request(self, {buffer->base, buffer->base + size});
    };
    int buffer_size = high_mark;
    if (uv_accept(stream_of(listener_), stream_of(c->socket)) != 0 ||
        uv_tcp_nodelay(&c->socket, 1) != 0 ||
        uv_send_buffer_size(reinterpret_cast<uv_handle_t*>(&c->socket), &buffer_size) != 0 ||
        uv_read_start(stream_of(c->socket), allocate, read) != 0) {
      close(c->socket, forget);
    }
  }

  /// As little of HTTP as there can be. If your program has a parser for it, use that.
  void take_request(client& c, const std::string& bytes) {
    c.request += bytes;
    if (c.request.size() > 8192) return close(c.socket, forget);
    if (c.request.find("\r\n\r\n") == std::string::npos) return;
    if (c.request.rfind("GET / ", 0) != 0) {
      send(c, not_found_);
      return end(c);
    }
    c.streaming = true;
    send(c, head_);
    if (newest_ != nullptr) send_newest(c);
    std::printf("a client came; %zu clients\n", clients_.size());
  }

  static bool has_room(client& c) {
    return uv_stream_get_write_queue_size(stream_of(c.socket)) <= high_mark;
  }

  void send_newest(client& c) {
    send(c, newest_);
    c.behind = false;
  }

  void send(client& c, const encoded& text) {
    auto* const w = new write{{}, text};
    w->request.data = w;
    const uv_buf_t piece =
        uv_buf_init(const_cast<char*>(text->data()), static_cast<unsigned>(text->size()));
    const auto written = [](uv_write_t* request, int error) {
      auto& to = *static_cast<client*>(request->handle->data);
      delete static_cast<write*>(request->data);
      if (error != 0) return close(to.socket, forget);
      if (to.behind && has_room(to)) to.owner->send_newest(to);
    };
    if (uv_write(&w->request, stream_of(c.socket), &piece, 1, written) != 0) {
      delete w;
      close(c.socket, forget);
    }
  }

  void send_heartbeats() {
    sse::growing_writer writer;
    writer.comment();
    const auto heartbeat = std::make_shared<const std::string>(writer.take());
    for (client* c : clients_) {
      if (c->streaming && has_room(*c)) send(*c, heartbeat);
      if (!c->streaming && uv_now(loop_) > c->since + patience) close(c->socket, forget);
    }
  }

  static void end(client& c) {
    c.behind = false;
    const auto sent = [](uv_shutdown_t* request, int) {
      close(static_cast<client*>(request->handle->data)->socket, forget);
    };
    if (uv_shutdown(&c.shutdown, stream_of(c.socket), sent) != 0) close(c.socket, forget);
  }

  static void forget(uv_handle_t* handle) {
    const std::unique_ptr<client> c(static_cast<client*>(handle->data));
    server& s = *c->owner;
    s.clients_.erase(c.get());
    if (s.stopping_ && s.clients_.empty()) close(s.timer_);
    if (!c->streaming) return;
    std::printf("a client left, with %u readings skipped; %zu clients\n", c->skipped,
                s.clients_.size());
  }

  uv_loop_t* const loop_;
  uv_tcp_t listener_ = {};
  uv_timer_t timer_ = {};
  std::set<client*> clients_;
  encoded newest_;
  char bytes_[4096] = {};  // of requests
  bool stopping_ = false;
  const encoded head_ = std::make_shared<const std::string>(
      "HTTP/1.1 200 OK\r\nContent-Type: " + std::string(sse::media_type) +
      "\r\nCache-Control: no-store\r\nX-Accel-Buffering: no\r\nConnection: close\r\n\r\n");
  const encoded not_found_ = std::make_shared<const std::string>(
      "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
};

// From here on it is your program, which has a loop and something to tell.
void measure(uv_timer_t* timer) {
  static int number = 0;
  const std::string data = "{\"number\":" + std::to_string(++number) +
                           ",\"free_memory\":" + std::to_string(uv_get_free_memory()) + "}";
  static_cast<server*>(timer->data)->publish({"reading", data});
}

void stop(uv_signal_t* signal, int) { static_cast<server*>(signal->data)->stop(); }

}  // namespace

int main(int argc, char** argv) {
  const int interval = argc > 2 ? std::atoi(argv[2]) : 100;
  const int heartbeat = argc > 3 ? std::atoi(argv[3]) : 15'000;
  uv_loop_t* const loop = uv_default_loop();
  server server(loop, static_cast<std::uint64_t>(heartbeat));
  const int port = server.listen(argc > 1 ? std::atoi(argv[1]) : 8080);
  if (port < 0) {
    std::fprintf(stderr, "loop: %s\n", uv_strerror(port));
    return 1;
  }
  std::signal(SIGPIPE, SIG_IGN);  // libuv does not see to it that a lost client raises none
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  std::printf("listening on http://127.0.0.1:%d\n", port);

  uv_timer_t sensor;
  uv_timer_init(loop, &sensor);
  sensor.data = &server;
  uv_timer_start(&sensor, measure, 0, static_cast<std::uint64_t>(interval));
  uv_unref(reinterpret_cast<uv_handle_t*>(&sensor));  // the loop ends when the server has stopped
  uv_signal_t signals[2];
  for (int i = 0; i < 2; ++i) {
    uv_signal_init(loop, &signals[i]);
    signals[i].data = &server;
    uv_signal_start(&signals[i], stop, i == 0 ? SIGINT : SIGTERM);
    uv_unref(reinterpret_cast<uv_handle_t*>(&signals[i]));
  }
  return uv_run(loop, UV_RUN_DEFAULT);
}
