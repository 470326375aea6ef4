// SPDX-License-Identifier: MIT
// Asks a language model and prints the text as it comes, with libcurl and nlohmann_json. Which API
// it is, the URL's path says: Messages of Anthropic (`/messages`), Responses of OpenAI
// (`/responses`), or else the chat completions of OpenAI and of the many servers that do the same.
// The key is taken from the environment: ANTHROPIC_API_KEY, or OPENAI_API_KEY. No request is made
// again.
//
// Exit code 0 if the answer came to its end, or SIGINT or SIGTERM ended it; an end at a limit of
// tokens, say, is noted. 1 if the server told an error, or sent what is too large or no such
// stream, 2 for wrong usage, 3 if the connection failed, was quiet for ten minutes (or for
// SECONDS), or was cut off before the answer's end.
//
//   g++ -std=c++17 -I ../../include chat.cpp -o chat $(pkg-config --libs libcurl)
//   ./chat http://localhost:11434/v1/chat/completions llama3.2 'Why is the sea salty?'
#include <curl/curl.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <sse/growing_parser.hpp>
#include <string>
#include <string_view>

#include "dialects.hpp"

namespace {

using dialects::json;
using std::chrono::seconds;
using std::chrono::steady_clock;

volatile std::sig_atomic_t stopped = 0;

struct answer {
  CURL* curl;
  seconds patience{600};  // a model may think for minutes, and not all servers have heartbeats
  steady_clock::time_point last_byte = steady_clock::now();
  std::size_t head_size = 0;
  sse::growing_parser parser{};
  std::string body{};  // of a response that is not an event stream
  std::string error{};
  std::string note{};
  bool is_complete = false;
};

bool is_event_stream(CURL* curl) {
  long status = 0;
  const char* type = nullptr;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
  return status == 200 && type != nullptr && sse::is_event_stream(type);
}

// Lines of the head, and of trailers. To return less than `count` ends the transfer.
std::size_t receive_head(char*, std::size_t, std::size_t count, void* user) noexcept {
  auto& self = *static_cast<answer*>(user);
  self.head_size += count;
  if (self.head_size > 65536) self.error = "the response's head is too large";
  return self.error.empty() ? count : 0;
}

// False if nothing more is to come.
bool take(answer& self, const dialects::said& what) {
  std::fwrite(what.text.data(), 1, what.text.size(), stdout);
  std::fflush(stdout);
  self.error = what.error;
  if (!what.note.empty()) self.note = what.note;
  self.is_complete |= what.is_complete;
  return !what.is_last && what.error.empty() && stopped == 0 && std::ferror(stdout) == 0;
}

// Takes the body as it comes. An exception must not pass through libcurl.
std::size_t receive(char* bytes, std::size_t, std::size_t count, void* user) noexcept {
  auto& self = *static_cast<answer*>(user);
  if (!is_event_stream(self.curl)) {
    const std::size_t most = 65536;
    self.body.append(bytes, std::min(count, most - self.body.size()));
    return self.body.size() < most ? count : 0;
  }
  for (const auto& e : self.parser.events({bytes, count})) {
    if (!take(self, dialects::said_in(e))) return 0;
  }
  self.last_byte = steady_clock::now();  // now only: whoever reads our text may take their time
  return count;
}

// Called about once a second. Some servers say that the answer is complete with each piece of it,
// and some never say [DONE], so we wait a little for what may follow.
int watch(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) noexcept {
  const auto& self = *static_cast<const answer*>(user);
  const seconds patience = self.is_complete ? std::min(self.patience, seconds(5)) : self.patience;
  return stopped != 0 || steady_clock::now() - self.last_byte > patience;
}

// For servers that leave out the last blank line, or the end of the last line. What is no message
// was cut off.
void finish(answer& self) {
  for (const auto& e : self.parser.events("\n\n")) {
    const dialects::said what = dialects::said_in(e);
    if (what.is_no_message || !take(self, what)) return;
  }
}

int tell(const answer& self, CURLcode result) {
  if (stopped != 0) return 0;
  const auto say = [](const char* what, const std::string& text) {
    std::fprintf(stderr, "chat: %s%.4000s\n", what, text.c_str());
  };
  long status = 0;
  curl_easy_getinfo(self.curl, CURLINFO_RESPONSE_CODE, &status);
  if (!self.error.empty()) {
    say("", self.error);
    return 1;
  }
  if (!is_event_stream(self.curl) && (status > 200 || !self.body.empty())) {
    curl_header* wait = nullptr;
    curl_easy_header(self.curl, "Retry-After", 0, CURLH_HEADER, -1, &wait);
    const std::string when = wait != nullptr ? ", Retry-After: " + std::string(wait->value) : "";
    say("status ", std::to_string(status) + when + ": " +
                       dialects::error_in(dialects::parse(self.body), self.body));
    return 1;
  }
  if (self.is_complete && std::ferror(stdout) == 0) {
    if (!self.note.empty()) say("note: ", self.note);
    return 0;
  }
  say("cut off: ", std::ferror(stdout) != 0              ? "cannot write"
                   : result == CURLE_OK                  ? "the stream ended before the answer"
                   : result == CURLE_ABORTED_BY_CALLBACK ? "the server is quiet"
                                                         : curl_easy_strerror(result));
  return 3;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4 || argc > 5) {
    std::fprintf(stderr, "usage: chat URL MODEL PROMPT [SECONDS]\n");
    return 2;
  }
  // Without SA_RESTART, so that a signal ends waiting for a slow reader too.
  struct sigaction action = {};
  action.sa_handler = [](int) { stopped = 1; };
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);

  const std::string_view url = argv[1];
  const std::string_view path = url.substr(0, url.find_first_of("?#"));
  const std::string_view api = path.substr(path.rfind('/') + 1);
  json request = {{"model", argv[2]}, {"stream", true}};
  if (api == "responses") {
    request["input"] = argv[3];
  } else {
    request["messages"] = {{{"role", "user"}, {"content", argv[3]}}};
  }
  curl_slist* headers = curl_slist_append(nullptr, "Content-Type: application/json");
  headers = curl_slist_append(headers, "Accept: text/event-stream");

  curl_global_init(CURL_GLOBAL_DEFAULT);
  answer self = {curl_easy_init()};
  if (api == "messages") {
    request["max_tokens"] = 4096;
    headers = curl_slist_append(headers, "anthropic-version: 2023-06-01");
    if (const char* const key = std::getenv("ANTHROPIC_API_KEY"); key != nullptr) {
      headers = curl_slist_append(headers, ("x-api-key: " + std::string(key)).c_str());
    }
  } else if (const char* const key = std::getenv("OPENAI_API_KEY"); key != nullptr) {
    curl_easy_setopt(self.curl, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
    curl_easy_setopt(self.curl, CURLOPT_XOAUTH2_BEARER, key);
  }
  const std::string body = request.dump(-1, ' ', false, json::error_handler_t::replace);
  if (argc > 4) self.patience = seconds(std::atoi(argv[4]));
  self.parser.report(sse::report::ignored_lines | sse::report::no_data);

  curl_easy_setopt(self.curl, CURLOPT_URL, argv[1]);
  curl_easy_setopt(self.curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(self.curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(self.curl, CURLOPT_POSTFIELDS, body.c_str());
  curl_easy_setopt(self.curl, CURLOPT_ACCEPT_ENCODING, "identity");  // others are decoded, too
  curl_easy_setopt(self.curl, CURLOPT_HEADERFUNCTION, receive_head);
  curl_easy_setopt(self.curl, CURLOPT_HEADERDATA, &self);
  curl_easy_setopt(self.curl, CURLOPT_WRITEFUNCTION, receive);
  curl_easy_setopt(self.curl, CURLOPT_WRITEDATA, &self);
  curl_easy_setopt(self.curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(self.curl, CURLOPT_XFERINFOFUNCTION, watch);
  curl_easy_setopt(self.curl, CURLOPT_XFERINFODATA, &self);
  const CURLcode result = curl_easy_perform(self.curl);
  if (is_event_stream(self.curl)) {
    if (!self.is_complete && self.error.empty()) finish(self);
    std::puts("");
    std::fflush(stdout);
  }
  const int code = tell(self, result);
  curl_slist_free_all(headers);
  curl_easy_cleanup(self.curl);
  curl_global_cleanup();
  return code;
}
