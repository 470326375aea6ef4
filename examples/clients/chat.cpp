// SPDX-License-Identifier: MIT
// Asks a language model, by the chat completions of OpenAI and of the many servers that do the
// same, and prints the text as it comes. With libcurl and nlohmann_json. The key is taken from the
// environment: OPENAI_API_KEY. Exit code 0 if the answer came to its end, or SIGINT or SIGTERM
// ended it; 1 if the server told an error, or sent an event that is too large, 2 for wrong usage, 3
// if the connection failed or was cut off before the answer's end.
//
//   g++ -std=c++17 -I ../../include chat.cpp -o chat $(pkg-config --libs libcurl)
//   ./chat http://localhost:11434/v1/chat/completions llama3.2 'Why is the sea salty?'
#include <curl/curl.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sse/growing_parser.hpp>
#include <string>

namespace {

using json = nlohmann::json;

volatile std::sig_atomic_t stopped = 0;

struct answer {
  CURL* curl;
  sse::growing_parser parser{};
  std::string body{};   // of a response that is not an event stream
  std::string error{};  // that the stream told
  bool done = false;
};

bool is_event_stream(CURL* curl) {
  long status = 0;
  const char* type = nullptr;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
  return status == 200 && type != nullptr && sse::is_event_stream(type);
}

// Servers agree that there is an `error`, but not on what is in it.
std::string error_of(const json& message) {
  for (const char* const place : {"/error/message", "/error"}) {
    const json::json_pointer pointer(place);
    if (!message.contains(pointer) || message.at(pointer).is_null()) continue;
    const json& error = message.at(pointer);
    return error.is_string() ? error.get<std::string>() : error.dump();
  }
  return "";
}

// False at the end of the answer.
bool take(answer& self, const sse::parser::item& e) {
  self.done = e.data == "[DONE]";
  if (self.done) return false;
  const json message = json::parse(e.data, nullptr, false);
  self.error = e.kind == sse::parser::status::skipped ? "an event is too large"
               : message.is_discarded()               ? "not JSON: " + std::string(e.data)
                                                      : error_of(message);
  if (!self.error.empty()) return false;

  // Absent in messages that tell the role, a tool's arguments, the usage.
  static const json::json_pointer text("/choices/0/delta/content");
  if (message.contains(text) && message.at(text).is_string()) {
    const auto& piece = message.at(text).get_ref<const std::string&>();
    std::fwrite(piece.data(), 1, piece.size(), stdout);
    std::fflush(stdout);
  }
  return stopped == 0 && std::ferror(stdout) == 0;
}

// Takes the body as it comes. An exception must not pass through libcurl. To return less than
// `count` ends the transfer: behind [DONE] nothing is waited for.
std::size_t receive(char* bytes, std::size_t, std::size_t count, void* user) noexcept {
  auto& self = *static_cast<answer*>(user);
  if (!is_event_stream(self.curl)) {
    const std::size_t most = 65536;
    self.body.append(bytes, std::min(count, most - self.body.size()));
    return self.body.size() < most ? count : 0;
  }
  for (const auto& e : self.parser.events({bytes, count})) {
    if (!take(self, e)) return 0;
  }
  return count;
}

int watch(void*, curl_off_t, curl_off_t, curl_off_t, curl_off_t) noexcept { return stopped; }

int tell(const answer& self, CURLcode result) {
  if (stopped != 0 || self.done) return 0;
  long status = 0;
  curl_easy_getinfo(self.curl, CURLINFO_RESPONSE_CODE, &status);
  if (!self.error.empty()) {
    std::fprintf(stderr, "chat: %s\n", self.error.c_str());
    return 1;
  }
  if (status != 0 && !is_event_stream(self.curl)) {
    const std::string error = error_of(json::parse(self.body, nullptr, false));
    std::fprintf(stderr, "chat: status %ld: %s\n", status,
                 error.empty() ? self.body.c_str() : error.c_str());
    return 1;
  }
  std::fprintf(stderr, "chat: cut off: %s\n",
               std::ferror(stdout) != 0 ? "cannot write"
               : result == CURLE_OK     ? "the stream ended before [DONE]"
                                        : curl_easy_strerror(result));
  return 3;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: chat URL MODEL PROMPT\n");
    return 2;
  }
  // Without SA_RESTART, so that a signal ends waiting for a slow reader too.
  struct sigaction action = {};
  action.sa_handler = [](int) { stopped = 1; };
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);

  const json request = {{"model", argv[2]},
                        {"stream", true},
                        {"messages", {{{"role", "user"}, {"content", argv[3]}}}}};
  const std::string body = request.dump(-1, ' ', false, json::error_handler_t::replace);

  curl_global_init(CURL_GLOBAL_DEFAULT);
  answer self = {curl_easy_init()};
  curl_slist* headers = curl_slist_append(nullptr, "Content-Type: application/json");
  headers = curl_slist_append(headers, "Accept: text/event-stream");
  if (const char* const key = std::getenv("OPENAI_API_KEY"); key != nullptr) {
    curl_easy_setopt(self.curl, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
    curl_easy_setopt(self.curl, CURLOPT_XOAUTH2_BEARER, key);
  }
  curl_easy_setopt(self.curl, CURLOPT_URL, argv[1]);
  curl_easy_setopt(self.curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(self.curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(self.curl, CURLOPT_POSTFIELDS, body.c_str());
  // A model may think for minutes, and heartbeats may be small; a dead peer is found by TCP.
  curl_easy_setopt(self.curl, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(self.curl, CURLOPT_WRITEFUNCTION, receive);
  curl_easy_setopt(self.curl, CURLOPT_WRITEDATA, &self);
  curl_easy_setopt(self.curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(self.curl, CURLOPT_XFERINFOFUNCTION, watch);
  const CURLcode result = curl_easy_perform(self.curl);
  if (is_event_stream(self.curl)) std::printf("\n");
  const int code = tell(self, result);
  curl_slist_free_all(headers);
  curl_easy_cleanup(self.curl);
  curl_global_cleanup();
  return code;
}
