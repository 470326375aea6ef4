// SPDX-License-Identifier: MIT
// Readings as events, served by a program that has an event loop of its own (libuv). Each client
// gets the newest reading: one that is slow misses those in between, and holds up nobody.
//     g++ -std=c++17 -O2 loop.cpp -o loop $(pkg-config --cflags --libs ssewire libuv)
//     ./loop [PORT] [--interval MS]...        # --help tells the rest
//     curl -N http://127.0.0.1:8080/          # to resume: /?lastEventId=ID
#include <netinet/in.h>
#include <uv.h>

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <set>
#include <sse/channel.hpp>
#include <string>
#include <utility>
#include <vector>

#include "http.hpp"
#include "options.hpp"

namespace {

using std::string_view;

constexpr int kernel_buffer = 16'384;      // what waits there for a client is old news
constexpr std::uint64_t patience = 3'000;  // with requests, and at the end, in milliseconds

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
  server(uv_loop_t* loop, const options& its) : loop_(loop), its_(its) {
    uv_tcp_init(loop, &listener_);
    uv_timer_init(loop, &timer_);
    listener_.data = timer_.data = this;
    const auto tick = [](uv_timer_t* t) { static_cast<server*>(t->data)->tick(); };
    uv_timer_start(&timer_, tick, 1000, 1000);
    uv_unref(reinterpret_cast<uv_handle_t*>(&timer_));  // alone it keeps no loop going
  }

  /// Returns the port, which is any free one if it was 0; or an error of libuv.
  int listen(int port) {
    sockaddr_in address;
    auto* const any_address = reinterpret_cast<sockaddr*>(&address);
    int size = sizeof address;
    uv_ip4_addr("127.0.0.1", port, &address);
    const auto accept = [](uv_stream_t* s, int error) {  // without files left, libuv closes it
      if (error == 0) static_cast<server*>(s->data)->accept();
    };
    int error = uv_tcp_bind(&listener_, any_address, 0);
    if (error == 0) error = uv_listen(stream_of(listener_), 1024, accept);
    if (error == 0) error = uv_tcp_getsockname(&listener_, any_address, &size);
    return error == 0 ? ntohs(address.sin_port) : error;
  }

  void publish(const sse::event& event) {
    if (channel_.publish(event) != sse::channel::status::ok) return;
    for (client* c : clients_) deliver(*c);
  }

  /// Ends all streams, each behind a whole event. Who does not take that is cut off.
  void stop() {
    close(listener_);
    for (client* c : clients_) end(*c);
  }

 private:
  struct client {
    server* owner;
    std::uint64_t until;  // when it is ended, or given up
    uv_tcp_t socket = {};
    uv_shutdown_t shutdown = {};
    uv_write_t write = {};
    std::string text = {};  // what came of its request; later what is being written
    sse::cursor place = {};
    unsigned ticks = 0;
    bool follows = false, is_writing = false, is_ending = false;
  };

  void accept() {
    auto* const c = new client{this, uv_now(loop_) + patience};
    clients_.insert(c);
    uv_tcp_init(loop_, &c->socket);
    c->socket.data = c;
    const auto allocate = [](uv_handle_t* h, std::size_t, uv_buf_t* buffer) {
      auto& bytes = static_cast<client*>(h->data)->owner->input_;
      *buffer = uv_buf_init(bytes, sizeof bytes);
    };
    const auto read = [](uv_stream_t* s, ssize_t size, const uv_buf_t* buffer) {
      auto& self = *static_cast<client*>(s->data);
      if (size < 0) return close(self.socket, forget);  // it is noticed at once who is gone
      if (self.follows || self.is_ending) return;
      self.owner->take(self, {buffer->base, static_cast<std::size_t>(size)});
    };
    int buffer_size = kernel_buffer;
    if (uv_accept(stream_of(listener_), stream_of(c->socket)) != 0 ||
        uv_tcp_nodelay(&c->socket, 1) != 0 ||
        uv_send_buffer_size(reinterpret_cast<uv_handle_t*>(&c->socket), &buffer_size) != 0 ||
        uv_read_start(stream_of(c->socket), allocate, read) != 0) {
      close(c->socket, forget);
    }
  }

  void take(client& c, string_view bytes) {
    c.text += bytes;
    http::request asked;
    http::reading found = http::read(c.text, asked);
    if (found.size == 0 && found.refusal == nullptr) return;
    if (found.refusal == nullptr && asked.path != "/") found.refusal = "404 Not Found";
    asked.keeps = false;  // there is but one thing to ask for
    const auto answer = found.refusal == nullptr
                            ? http::stream_answer(asked, its_.origins, followers_ < its_.most)
                            : http::answer{http::head(found.refusal, asked, {}), false, true};
    const auto id = http::last_event_id(asked);
    put(c, answer.head);  // of what was asked, nothing is left
    if (!answer.begins) return end(c);
    c.follows = true;
    c.place = id.empty() ? channel_.oldest() : channel_.resume(id).where;
    c.until = uv_now(loop_) + std::uint64_t{1000} * its_.some_life();
    std::printf("a client came; %zu clients\n", ++followers_);
  }

  void put(client& c, std::string text) {
    c.text = std::move(text);
    c.is_writing = true;
    const uv_buf_t piece = uv_buf_init(c.text.data(), static_cast<unsigned>(c.text.size()));
    const auto written = [](uv_write_t* request, int error) {
      auto& to = *static_cast<client*>(request->handle->data);
      to.is_writing = false;
      error == 0 ? to.owner->deliver(to) : close(to.socket, forget);
    };
    if (uv_write(&c.write, stream_of(c.socket), &piece, 1, written) != 0) close(c.socket, forget);
  }

  /// What the kernel takes now is not copied; the rest of the event is, for the ring moves on.
  /// Until that is written the client is given nothing, and then the newest reading.
  void deliver(client& c) {
    if (!c.follows || c.is_writing || c.is_ending) return;
    uv_buf_t pieces[2];
    channel_.skip(c.place);
    const sse::reading next = channel_.read(c.place, pieces, 2);
    if (next.count == 0) return;
    channel_.sent(c.place, next.bytes);
    int size = uv_try_write(stream_of(c.socket), pieces, static_cast<unsigned>(next.count));
    if (size == UV_EAGAIN) size = 0;
    if (size < 0) return close(c.socket, forget);
    if (static_cast<std::size_t>(size) == next.bytes) return;
    std::string rest;
    for (std::size_t i = 0; i < next.count; ++i) rest.append(pieces[i].base, pieces[i].len);
    put(c, rest.substr(static_cast<std::size_t>(size)));
  }

  void tick() {
    for (client* c : clients_) {
      const bool is_live = c->follows && !c->is_ending;
      if (c->until <= uv_now(loop_)) {
        is_live ? end(*c) : close(c->socket, forget);
      } else if (is_live && ++c->ticks % its_.heartbeat == 0 && !c->is_writing) {
        put(*c, ":\n\n");
      }
    }
  }

  /// The peer has to close first: what it still sends would destroy what is on its way to it.
  void end(client& c) {
    if (std::exchange(c.is_ending, true)) return;
    c.until = uv_now(loop_) + patience;
    const auto sent = [](uv_shutdown_t* request, int error) {
      if (error != 0) close(static_cast<client*>(request->handle->data)->socket, forget);
    };
    if (uv_shutdown(&c.shutdown, stream_of(c.socket), sent) != 0) close(c.socket, forget);
  }

  static void forget(uv_handle_t* handle) {
    const std::unique_ptr<client> c(static_cast<client*>(handle->data));
    server& s = *c->owner;
    s.clients_.erase(c.get());
    if (c->follows) std::printf("a client left; %zu clients\n", --s.followers_);
  }

  uv_loop_t* const loop_;
  const options its_;
  uv_tcp_t listener_ = {};
  uv_timer_t timer_ = {};
  std::set<client*> clients_;
  std::size_t followers_ = 0;
  char ring_[65'536], input_[4096];
  sse::channel::entry entries_[64];
  sse::channel channel_{ring_, entries_, std::random_device{}()};
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
  CLI::App app{"Tells readings as event streams."};
  options its(app);
  unsigned interval = 100;
  app.add_option("--interval", interval, "milliseconds between two")->check(options::range(1));
  CLI11_PARSE(app, argc, argv);
  uv_loop_t* const loop = uv_default_loop();
  server server(loop, its);
  const int port = server.listen(its.port);
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
  uv_timer_start(&sensor, measure, 0, interval);
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
