// SPDX-License-Identifier: MIT
// usage: machine PORT...
// The client machine with libcurl, as thin as it goes: reads http://127.0.0.1:PORT/case/start of
// all ports at once, as browsers do, and says "closed PORT" when one has come to its end.
#include <curl/curl.h>

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <sse/event_source.hpp>
#include <string>
#include <thread>
#include <vector>

namespace {

using clock = sse::event_source::clock;

class client {
 public:
  explicit client(std::string url) : url_(std::move(url)) {
    curl_easy_setopt(curl_, CURLOPT_PROXY, "");
    curl_easy_setopt(curl_, CURLOPT_PROTOCOLS_STR, "http");
    curl_easy_setopt(curl_, CURLOPT_HEADERFUNCTION, receive_head);
    curl_easy_setopt(curl_, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(curl_, CURLOPT_WRITEDATA, this);
  }
  client(const client&) = delete;
  ~client() { curl_easy_cleanup(curl_); }

  void run() {
    for (;;) {
      const auto step = source_.next(clock::now());
      switch (step.kind) {
        case step.connect: request(step.is_redirected ? target_ : url_); break;
        case step.receive: break;  // it was told how the transfer ended, so there is none
        case step.wait: std::this_thread::sleep_until(step.deadline); break;
        case step.closed: return;
      }
    }
  }

 private:
  void request(const std::string& url) {
    curl_slist* fields = nullptr;
    for (const sse::header& field : source_.headers()) {
      const auto line = std::string(field.name) + ": " + std::string(field.value);
      fields = curl_slist_append(fields, line.c_str());
    }
    curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, fields);
    curl_easy_setopt(curl_, CURLOPT_URL, url.c_str());
    verdict_ = {};
    const CURLcode code = curl_easy_perform(curl_);
    if (verdict_.kind == sse::verdict::redirect) keep_target();
    if (code == CURLE_OK) {
      source_.ended(clock::now());
    } else {
      source_.failed(clock::now());
    }
    curl_slist_free_all(fields);
  }

  void keep_target() {
    const char* target = nullptr;
    curl_easy_getinfo(curl_, CURLINFO_REDIRECT_URL, &target);
    target_ = target == nullptr ? "" : target;
    if (verdict_.is_lasting) url_ = target_;
  }

  // All values of a field in the last head.
  std::string field(const char* name) const {
    std::string values;
    curl_header* found = nullptr;
    for (std::size_t i = 0; curl_easy_header(curl_, name, i, CURLH_HEADER, -1, &found) == 0; ++i) {
      if (i > 0) values += ", ";
      if (*found->value != '\r') values += found->value;  // of an empty one 7.88 leaves the CR
    }
    return values;
  }

  // Takes a line of the head; an empty one ends it. To return less than `size` ends the transfer.
  static std::size_t receive_head(char* line, std::size_t, std::size_t size, void* user) {
    auto& self = *static_cast<client*>(user);
    if (*line != '\r' && *line != '\n') return size;
    long status = 0;
    curl_easy_getinfo(self.curl_, CURLINFO_RESPONSE_CODE, &status);
    const std::string type = self.field("Content-Type"), location = self.field("Location"),
                      later = self.field("Retry-After"), date = self.field("Date");
    self.verdict_ = self.source_.responded({static_cast<int>(status), type, location, later, date},
                                           clock::now());
    return self.verdict_.kind == sse::verdict::stop ? 0 : size;
  }

  static std::size_t receive(char* bytes, std::size_t, std::size_t count, void* user) {
    auto& self = *static_cast<client*>(user);
    for (const auto& e : self.source_.events({bytes, count}, clock::now())) static_cast<void>(e);
    return count;
  }

  sse::event_source source_;
  sse::verdict verdict_;
  CURL* curl_ = curl_easy_init();
  std::string url_;
  std::string target_;
};

}  // namespace

int main(int argc, char** argv) {
  curl_global_init(CURL_GLOBAL_DEFAULT);
  std::vector<std::thread> threads;
  for (int i = 1; i < argc; ++i) {
    threads.emplace_back([port = std::string(argv[i])] {
      client("http://127.0.0.1:" + port + "/case/start").run();
      std::printf("closed %s\n", port.c_str());
      std::fflush(stdout);
    });
  }
  for (auto& thread : threads) thread.join();
  curl_global_cleanup();
}
