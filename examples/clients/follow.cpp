// SPDX-License-Identifier: MIT
// Follows an event stream with libcurl: it comes back behind the last event after failures and
// ends. What arrives goes to standard output at once, as an event stream again. Exit code 0 if the
// server said stop (204) or SIGINT or SIGTERM came, 1 if it refused, or we gave up or could not
// write, 2 for wrong usage.
//
//   g++ -std=c++17 -I ../../include follow.cpp -o follow $(pkg-config --libs libcurl)
//   ./follow https://stream.wikimedia.org/v2/stream/recentchange | ssewire decode
#include <getopt.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <sse/event_source.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "curl.hpp"
#include "print.hpp"

namespace {

constexpr const char* usage =
    "usage: follow [OPTION]... URL\n"
    "  --standard           give up where browsers do; else only where there is no hope\n"
    "  --id ID              begin behind this event\n"
    "  --quiet SECONDS      give up a connection that is quiet for so long\n"
    "  -H 'NAME: VALUE'     send a header of your own; may be repeated\n"
    "  --data TEXT          send this with POST, each time\n"
    "  --token-command CMD  send the bearer token that CMD prints; after a 401, a new one\n";

class follower : public curl_stream {
 public:
  using curl_stream::curl_stream;

  const char* token_command = nullptr;

  // False if there is none.
  bool renew_token() {
    std::string token;
    FILE* const pipe = popen(token_command, "r");
    if (pipe == nullptr) return false;
    for (int c; (c = std::fgetc(pipe)) != EOF;) token += static_cast<char>(c);
    token.erase(std::min(token.find('\n'), token.size()));
    curl_easy_setopt(curl, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BEARER));
    curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, token.c_str());  // to this origin alone
    return pclose(pipe) == 0 && !token.empty();
  }

 private:
  sse::verdict judge(const sse::response& head) override {
    sse::verdict verdict = source.judge(head);
    if (verdict.kind == sse::verdict::stream) is_token_new_ = false;
    if (head.status == 401 && token_command != nullptr && !std::exchange(is_token_new_, true)) {
      is_token_renewed_ = renew_token();
    }
    if (is_token_renewed_) verdict.kind = sse::verdict::retry;
    return verdict;
  }

  void on_item(const sse::event_source::item& item) override {
    if (!print(item)) source.close();
  }

  bool on_refusal(std::string_view body) override {
    refusal_ += body.substr(0, most_of_refusal - refusal_.size());
    return refusal_.size() < most_of_refusal;
  }

  void on_setback(const step& next) override {
    if (!std::cout) return;
    std::cerr << "follow: " << describe(next);
    if (std::exchange(is_token_renewed_, false)) {
      source.hurry();
      std::cerr << "; again with a new token";
    } else if (next.kind == step::wait) {
      std::cerr << "; again in " << next.timeout(loop().now) << " ms";
    }
    std::cerr << '\n';
    if (is_refusal(next.why)) show_refusal();
    if (!sse::is_header_safe(source.last_event_id())) {
      std::cerr << "follow: the last event ID cannot be sent\n";
    }
  }

  // The begin of its body, as far as it comes soon.
  void show_refusal() {
    step patience;
    patience.deadline = loop().now + std::chrono::seconds(1);
    while (!is_done() && loop().now < patience.deadline) loop().wait(patience);
    for (char& c : refusal_) {
      if (static_cast<unsigned char>(c) < ' ' && c != '\n') c = ' ';  // it could steer a terminal
    }
    if (!refusal_.empty()) std::cerr << std::exchange(refusal_, {}) << '\n';
  }

  static constexpr std::size_t most_of_refusal = 4096;
  std::string refusal_;
  bool is_token_new_ = false;  // got after a 401, and not taken yet
  bool is_token_renewed_ = false;
};

int follow(follower& stream, curl_loop& loop) {
  for (;;) {
    const auto next = stream.advance();
    if (next.kind == next.closed) return next.why == sse::reason::stop ? 0 : 1;
    loop.wait(next);
  }
}

}  // namespace

int main(int argc, char** argv) {
  exit_at_signals();
  sse::policy policy = sse::policy::daemon();
  std::vector<std::string> headers;
  const char *id = "", *quiet = nullptr, *data = nullptr, *token_command = nullptr;
  constexpr option options[] = {{"standard", no_argument, nullptr, 's'},
                                {"id", required_argument, nullptr, 'i'},
                                {"quiet", required_argument, nullptr, 'q'},
                                {"data", required_argument, nullptr, 'd'},
                                {"token-command", required_argument, nullptr, 't'},
                                {}};
  opterr = 0;  // the usage says it all
  for (int option; (option = getopt_long(argc, argv, "H:", options, nullptr)) != -1;) {
    switch (option) {
      case 's': policy = sse::policy::standard(); break;
      case 'i': id = optarg; break;
      case 'q': quiet = optarg; break;
      case 'd': data = optarg; break;
      case 't': token_command = optarg; break;
      case 'H': headers.emplace_back(optarg); break;
      default: std::cerr << usage; return 2;
    }
  }
  if (optind != argc - 1) {
    std::cerr << usage;
    return 2;
  }
  if (quiet != nullptr) {
    policy.quiet_timeout = policy.response_timeout = std::chrono::seconds(std::atoi(quiet));
  }

  curl_loop loop;
  follower stream(loop, argv[optind], policy);
  stream.headers = headers;
  if (data != nullptr) curl_easy_setopt(stream.curl, CURLOPT_COPYPOSTFIELDS, data);
  stream.token_command = token_command;
  if (token_command != nullptr && !stream.renew_token()) {
    std::cerr << "follow: there is no token\n";
    return 1;
  }
  if (!stream.source.parser().set_last_event_id(id)) {
    std::cerr << "follow: not an ID\n";
    return 2;
  }
  return follow(stream, loop);
}
