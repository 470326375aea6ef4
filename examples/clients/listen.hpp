// SPDX-License-Identifier: MIT
// What a browser's EventSource offers, on libcurl. Copy it, and curl.hpp beside it.
//
//     event_listener events("https://example.org/events", sse::policy::standard());
//     events.onmessage = [](const sse::event& e) { std::cout << e.data << '\n'; };
//     events.on("tick", [](const sse::event& e) { std::cout << "tick " << e.data << '\n'; });
//     events.onerror = [&](sse::reason why) { std::cerr << sse::describe(why) << '\n'; };
//     events.run();
#ifndef SSEWIRE_EXAMPLES_LISTEN_HPP
#define SSEWIRE_EXAMPLES_LISTEN_HPP

#include <atomic>
#include <functional>
#include <map>
#include <sse/event_source.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "curl.hpp"

/// Callbacks are called by `run`, in its thread. What they throw comes out of `run`, which may be
/// called again: the listener comes back, behind the last event.
class event_listener : private curl_loop, private curl_stream {
 public:
  /// An event and its views hold during the call. The ID in force is `last_event_id()`.
  using callback = std::function<void(const sse::event&)>;

  explicit event_listener(const std::string& url, const sse::policy& policy)
      : curl_stream(static_cast<curl_loop&>(*this), url, policy), url_(url) {}

  /// A stream begins, the first or another.
  std::function<void()> onopen;
  /// An event without a type, or of the type "message".
  callback onmessage;
  /// A failure or the end of a stream. It comes back, unless the state is `closed`.
  std::function<void(sse::reason)> onerror;
  /// An event of more than 16 MiB was left out.
  std::function<void()> onskip;

  /// Adds a listener for events of a type; what has no listener is dropped. Also in a callback.
  void on(std::string type, callback listener) {
    listeners_.emplace(std::move(type), std::move(listener));
  }

  using curl_stream::headers;  ///< of your own, "Name: value"

  /// Until the end: 204, what the policy takes for an end, or `close`. Returns the reason.
  sse::reason run() {
    for (now = clock::now();;) {
      heed_close();
      const step next = advance();
      if (next.kind == step::closed) return next.why;
      wait(next);
    }
  }

  /// From a callback, from another thread, or from a signal handler.
  void close() noexcept {
    is_closing_ = true;
    curl_multi_wakeup(multi);
  }

  sse::ready_state state() const { return is_closing_ ? sse::ready_state::closed : source.state(); }
  const std::string& url() const { return url_; }
  std::string_view last_event_id() const { return source.last_event_id(); }

 private:
  static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may set it");

  void heed_close() {
    if (is_closing_) source.close();
  }

  void on_open() override {
    if (onopen) onopen();
    heed_close();
  }
  void on_setback(const step& next) override {
    if (onerror && next.why != sse::reason::closed) onerror(next.why);
  }
  void on_item(const sse::event_source::item& e) override {
    const bool is_skipped = e.kind == sse::parser::status::skipped;
    if (is_skipped && onskip) onskip();
    if (!is_skipped && e.type == "message" && onmessage) onmessage(e);
    if (!is_skipped) {
      for (auto [it, end] = listeners_.equal_range(e.type); it != end && !is_closing_; ++it) {
        it->second(e);
      }
    }
    heed_close();
  }

  const std::string url_;
  std::multimap<std::string, callback, std::less<>> listeners_;
  std::atomic<bool> is_closing_{false};
};

#endif
