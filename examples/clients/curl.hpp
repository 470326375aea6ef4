// SPDX-License-Identifier: MIT
// Event streams on libcurl's multi interface: what follow.cpp, multi.cpp and listen.hpp share.
#ifndef SSEWIRE_EXAMPLES_CURL_HPP
#define SSEWIRE_EXAMPLES_CURL_HPP

#include <curl/curl.h>

#include <cstddef>
#include <exception>
#include <limits>
#include <random>
#include <sse/event_source.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

class curl_stream;

/// The transfers of one thread.
struct curl_loop {
  using clock = sse::event_source::clock;

  CURLM* const multi = curl_multi_init();
  /// When it last looked at the sockets. All that comes of the look counts as come by then: who
  /// reads our output may take their time, and that is not the server's silence.
  clock::time_point now = clock::now();

  curl_loop() = default;
  curl_loop(const curl_loop&) = delete;
  ~curl_loop() { curl_multi_cleanup(multi); }

  /// Waits for the sockets, until the deadline of a step. multi.cpp has an event loop instead.
  void wait(const sse::event_source::step& next) {
    const int timeout = next.timeout(clock::now());
    curl_multi_poll(multi, nullptr, 0, timeout < 0 ? std::numeric_limits<int>::max() : timeout,
                    nullptr);
    now = clock::now();
    int running = 0;
    curl_multi_perform(multi, &running);
    finish();
  }

  /// Tells the streams whose transfers have ended.
  inline void finish();
};

/// One stream. Derive from it, and say what becomes of the events. An exception comes out of
/// `advance`, for it must not pass through libcurl.
class curl_stream {
 public:
  using step = sse::event_source::step;

  curl_stream(curl_loop& loop, const std::string& url, const sse::policy& policy)
      : source(policy, std::random_device{}()), loop_(loop) {
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_HTTP09_ALLOWED, 1L);  // else it is an "unsupported protocol"
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, static_cast<long>(policy.most_redirects));
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");  // all that it can decode
    curl_easy_setopt(curl, CURLOPT_COOKIEFILE, "");       // cookies, in memory
    curl_easy_setopt(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, call<&curl_stream::take_header>);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, call<&curl_stream::take_body>);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(curl, CURLOPT_PRIVATE, this);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);    // for threads; so ignore SIGPIPE with TLS
    curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);  // deadlines do not wait for name servers
    // A policy may have no time-outs. Then a server that vanishes without a word, as behind a cable
    // that was pulled, would be waited for for ever; so the kernel asks whether it is still there.
    curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(curl, CURLOPT_TCP_KEEPIDLE, 60L);   // seconds of silence, and
    curl_easy_setopt(curl, CURLOPT_TCP_KEEPINTVL, 15L);  // between questions without an answer
    loop_.now = curl_loop::clock::now();  // libcurl took its time, and no deadline counts that
  }
  curl_stream(const curl_stream&) = delete;
  virtual ~curl_stream() {
    curl_multi_remove_handle(loop_.multi, curl);
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers_sent_);
  }

  /// Does what there is to be done, after each wait, and returns what to wait for.
  step advance() {
    if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
    step next = source.next(loop_.now);
    if (is_connected_ && next.kind != step::receive) {
      step setback = next;
      if (next.kind == step::connect) {  // who caught an exception took longer than the wait
        setback.kind = step::wait;
        setback.why = source.why();
      }
      on_setback(setback);
      disconnect();
      if (next.kind != step::connect) next = source.next(loop_.now);
    }
    if (next.kind == step::connect) connect();
    return next;
  }

  sse::event_source source;
  CURL* const curl = curl_easy_init();
  std::vector<std::string> headers;  ///< "Name: value". libcurl sends them to redirects' targets,
                                     ///< too, but not Authorization and Cookie to another origin

 protected:
  virtual sse::verdict judge(const sse::response& head) { return source.judge(head); }
  virtual void on_open() {}
  /// The body of a stream as it comes, decoded; its items follow.
  virtual void on_bytes(std::string_view) {}
  virtual void on_item(const sse::event_source::item&) = 0;
  /// The body of what is no stream. False if no more is wanted.
  virtual bool on_refusal(std::string_view) { return false; }
  /// What comes of a failure or an end: a step that is `wait` or `closed`.
  virtual void on_setback(const step&) {}

  curl_loop& loop() { return loop_; }
  bool is_done() const { return is_done_; }  ///< whether nothing more comes of the transfer

  static bool is_refusal(sse::reason why) {
    using sse::reason;
    return why == reason::come_again || why == reason::wrong_media_type || why == reason::refused;
  }

  /// What happened, for people.
  std::string describe(const step& next) const {
    if (result_ == CURLE_BAD_CONTENT_ENCODING) {
      return std::string("cannot decode ").append(header("Content-Encoding"));
    }
    if (header_bytes_ > most_header_bytes) return "too many headers";
    std::string text(sse::describe(next.why));
    if (is_refusal(next.why)) {
      text += ": status " + std::to_string(status()) + ", media type \"";
      text.append(header("Content-Type")).append("\"");
    } else if (result_ != CURLE_OK) {
      text = curl_easy_strerror(result_);
    }
    return text;
  }

  int status() const {
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    return static_cast<int>(status);
  }

  /// The value in the response that came last.
  std::string_view header(const char* name) const {
    curl_header* found = nullptr;
    const CURLHcode code = curl_easy_header(curl, name, 0, CURLH_HEADER, -1, &found);
    return code == CURLHE_OK ? found->value : "";
  }

 private:
  friend curl_loop;
  // Of the heads and the trailers of a connection: libcurl does not bound trailers.
  static constexpr std::size_t most_header_bytes = 256 << 10;

  void connect() {
    curl_slist_free_all(std::exchange(headers_sent_, nullptr));
    const auto add = [&](const std::string& line) {
      headers_sent_ = curl_slist_append(headers_sent_, line.c_str());
    };
    for (const auto& [name, value] : source.headers()) {
      add(std::string(name).append(": ").append(value));
    }
    for (const std::string& line : headers) add(line);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers_sent_);
    header_bytes_ = 0;
    is_connected_ = true;
    is_done_ = has_body_ = false;
    result_ = CURLE_OK;
    curl_multi_add_handle(loop_.multi, curl);
  }

  void disconnect() {
    is_connected_ = false;
    curl_multi_remove_handle(loop_.multi, curl);
  }

  void done(CURLcode result) {
    is_done_ = true;
    result_ = result;
    const bool is_futile =
        result == CURLE_URL_MALFORMAT || result == CURLE_UNSUPPORTED_PROTOCOL ||
        (result == CURLE_BAD_CONTENT_ENCODING && is_open() && !has_body_);  // an unknown coding
    if (is_futile) source.close(sse::reason::connection_failed);
    if (result == CURLE_OK) source.ended(loop_.now);
    source.failed(loop_.now);  // if it has not ended
  }

  // What libcurl calls, for a member. To return less than `size` ends the transfer.
  template <bool (curl_stream::*Member)(std::string_view)>
  static std::size_t call(char* bytes, std::size_t, std::size_t size, void* user) noexcept {
    auto& self = *static_cast<curl_stream*>(user);
    try {
      return (self.*Member)({bytes, size}) ? size : 0;
    } catch (...) {
      self.error_ = std::current_exception();
      return 0;
    }
  }

  // A line of a head, or a trailer.
  bool take_header(std::string_view line) {
    header_bytes_ += line.size();
    if (header_bytes_ > most_header_bytes) return false;
    return (line.front() != '\r' && line.front() != '\n') || end_head();
  }

  bool end_head() {
    const sse::verdict verdict = judge({status(), header("Content-Type"), header("Location"),
                                        header("Retry-After"), header("Date")});
    if (verdict.kind == sse::verdict::redirect) return true;  // libcurl follows it
    source.responded(verdict, loop_.now);
    if (verdict.kind == sse::verdict::stream) on_open();
    return status() / 100 != 3;  // libcurl would follow them all
  }

  bool take_body(std::string_view bytes) {
    if (!is_open()) return on_refusal(bytes);
    has_body_ = true;
    on_bytes(bytes);
    for (const auto& item : source.events(bytes, loop_.now)) on_item(item);
    return is_open();
  }

  bool is_open() const { return source.state() == sse::ready_state::open; }

  curl_loop& loop_;
  curl_slist* headers_sent_ = nullptr;
  std::size_t header_bytes_ = 0;
  std::exception_ptr error_;
  CURLcode result_ = CURLE_OK;
  bool is_connected_ = false;
  bool is_done_ = false;
  bool has_body_ = false;
};

void curl_loop::finish() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
    char* stream = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &stream);
    reinterpret_cast<curl_stream*>(stream)->done(message->data.result);
  }
}

#endif
