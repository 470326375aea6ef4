// SPDX-License-Identifier: MIT
// A client of the Model Context Protocol (revision 2025-11-25, Streamable HTTP) for the protocol's
// conformance suite: it opens a session, listens to the server, and calls each of its tools. Each
// stream, be it the answer to a POST or the one that is listened to, has a machine of its own,
// which says when to come back. Exit code 0 if every call was answered.
//
//   usage: client URL
#include <curl/curl.h>

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <list>
#include <nlohmann/json.hpp>
#include <random>
#include <sse/event_source.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

using json = nlohmann::json;
using namespace nlohmann::json_literals;

std::chrono::steady_clock::time_point now() { return std::chrono::steady_clock::now(); }

class session;

// A message to the server and the stream of its answer, or the stream that is listened to. It is
// over when its machine is closed.
struct exchange {
  exchange(session& of, const json& to_send) : owner(of), message(to_send) {}
  exchange(const exchange&) = delete;
  exchange& operator=(const exchange&) = delete;
  ~exchange() { curl_easy_cleanup(curl); }

  // A message is sent once: if its stream breaks off, the rest of it is asked for by GET.
  bool posts() const { return !message.is_null() && source.why() == sse::reason::none; }

  session& owner;
  json message;  // null if there is none
  sse::event_source source{sse::policy::daemon(), std::random_device{}()};
  std::string body{};  // of what answers a POST and is no stream
  json answer{};
  CURL* curl = curl_easy_init();
  curl_slist* headers = nullptr;
};

class session {
 public:
  explicit session(const char* url) : url_(url) {}
  session(const session&) = delete;
  session& operator=(const session&) = delete;
  ~session() {
    for (exchange& e : exchanges_) disconnect(e);
    curl_multi_cleanup(multi_);
  }

  // The result of a request.
  json call(const char* method, const json& params = json::object()) {
    exchange& e = complete({{"id", ++last_id_}, {"method", method}, {"params", params}});
    if (!e.answer.contains("result")) {
      throw std::runtime_error(std::string(method) + ": " + e.answer.dump());
    }
    return e.answer["result"];
  }

  void notify(const char* method) { complete({{"method", method}}); }

  // Returns when the server can say something, or has refused to.
  void listen() {
    exchange& e = exchanges_.emplace_back(*this, nullptr);
    run_while([&] { return e.source.state() == sse::ready_state::connecting; });
  }

  std::string version{};  // of the protocol, once it is agreed upon

 private:
  exchange& send(json message) {
    message["jsonrpc"] = "2.0";
    return exchanges_.emplace_back(*this, message);
  }

  exchange& complete(const json& message) {
    exchange& e = send(message);
    run_while([&] { return e.source.state() != sse::ready_state::closed; });
    return e;
  }

  template <class Condition>
  void run_while(Condition holds) {
    while (holds()) {
      int timeout = -1;
      for (exchange& e : exchanges_) {
        const int its = advance(e);
        if (timeout < 0 || (its >= 0 && its < timeout)) timeout = its;
      }
      curl_multi_poll(multi_, nullptr, 0, timeout, nullptr);
      int running = 0;
      curl_multi_perform(multi_, &running);
      while (const CURLMsg* const told = curl_multi_info_read(multi_, &running)) {
        exchange* e = nullptr;
        curl_easy_getinfo(told->easy_handle, CURLINFO_PRIVATE, &e);
        end(*e, told->data.result);
      }
    }
  }

  // Does what the machine says, and returns how long it has nothing else to say.
  int advance(exchange& e) {
    const auto time = now();
    const auto step = e.source.next(time);
    if (step.kind != step.receive) disconnect(e);
    if (step.kind == step.connect) connect(e);
    const bool has_to_resume = e.message.is_null() || !e.source.last_event_id().empty();
    if (step.kind == step.wait && !has_to_resume) {
      e.source.close();
      return advance(e);
    }
    return step.timeout(time);
  }

  void connect(exchange& e) {
    const auto add = [&](std::string name, std::string_view value) {
      if (!value.empty()) e.headers = curl_slist_append(e.headers, name.append(value).c_str());
    };
    for (const sse::header& h : e.source.headers()) add(std::string(h.name) + ": ", h.value);
    add("MCP-Session-Id: ", id_);
    add("MCP-Protocol-Version: ", version);
    if (e.posts()) {
      add("Accept: ", "application/json");  // this too: fields of one name are one list
      add("Content-Type: ", "application/json");
      curl_easy_setopt(e.curl, CURLOPT_COPYPOSTFIELDS, e.message.dump().c_str());
    } else {
      curl_easy_setopt(e.curl, CURLOPT_HTTPGET, 1L);  // also to hear the rest of an answer
    }
    curl_easy_setopt(e.curl, CURLOPT_URL, url_);
    curl_easy_setopt(e.curl, CURLOPT_HTTPHEADER, e.headers);
    curl_easy_setopt(e.curl, CURLOPT_PRIVATE, &e);
    curl_easy_setopt(e.curl, CURLOPT_HEADERFUNCTION, take_head);
    curl_easy_setopt(e.curl, CURLOPT_HEADERDATA, &e);
    curl_easy_setopt(e.curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(e.curl, CURLOPT_WRITEDATA, &e);
    curl_multi_add_handle(multi_, e.curl);
  }

  void disconnect(exchange& e) {
    curl_multi_remove_handle(multi_, e.curl);
    curl_slist_free_all(e.headers);
    e.headers = nullptr;
  }

  void end(exchange& e, CURLcode result) {
    if (!e.body.empty()) take(e, json::parse(e.body));
    if (result == CURLE_OK) {
      e.source.ended(now());
    } else {
      e.source.failed(now());
    }
  }

  // Each line of the head.
  static std::size_t take_head(char* line, std::size_t, std::size_t size, void* user) noexcept {
    auto& e = *static_cast<exchange*>(user);
    if (*line != '\r') return size;
    long status = 0;
    const char* type = nullptr;
    curl_header* id = nullptr;
    curl_easy_getinfo(e.curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(e.curl, CURLINFO_CONTENT_TYPE, &type);
    if (curl_easy_header(e.curl, "MCP-Session-Id", 0, CURLH_HEADER, -1, &id) == CURLHE_OK) {
      e.owner.id_ = id->value;
    }
    const sse::response head{static_cast<int>(status), type == nullptr ? "" : type};
    const auto verdict = e.source.judge(head);
    // What answers a POST need not be a stream; the machine is not told of what is none.
    const bool is_told = verdict.kind == sse::verdict::stream || !e.posts();
    if (is_told) e.source.responded(verdict, now());
    return size;
  }

  // An exception must not pass through libcurl: it ends the program.
  static std::size_t take_body(char* bytes, std::size_t, std::size_t size, void* user) noexcept {
    auto& e = *static_cast<exchange*>(user);
    if (e.posts() && e.source.state() != sse::ready_state::open) e.body.append(bytes, size);
    for (const auto& event : e.source.events({bytes, size}, now())) {
      if (!event.data.empty()) e.owner.take(e, json::parse(event.data));
    }
    return size;
  }

  void take(exchange& e, const json& message) {
    if (message.value("method", "") == "elicitation/create") {
      json content;
      const json& asked = message.at("/params/requestedSchema/properties"_json_pointer);
      for (const auto& field : asked.items()) content[field.key()] = field.value().at("default");
      send({{"id", message.at("id")}, {"result", {{"action", "accept"}, {"content", content}}}});
    } else if (e.message.contains("id") && message.value("id", json()) == e.message["id"]) {
      e.answer = message;
      e.source.close();
    }
  }

  const char* url_;
  std::string id_{};
  int last_id_ = 0;
  CURLM* multi_ = curl_multi_init();
  std::list<exchange> exchanges_{};
};

void call_all_tools(const char* url) {
  session server(url);
  const json agreed =
      server.call("initialize", {{"protocolVersion", "2025-11-25"},
                                 {"capabilities", {{"elicitation", json::object()}}},
                                 {"clientInfo", {{"name", "ssewire"}, {"version", "1"}}}});
  server.version = agreed.at("protocolVersion");
  server.notify("notifications/initialized");
  server.listen();
  const json listed = server.call("tools/list");
  for (const json& tool : listed.at("tools")) {
    json arguments = json::object();
    const json& properties = tool.at("/inputSchema/properties"_json_pointer);
    for (const auto& property : properties.items()) arguments[property.key()] = 1;
    server.call("tools/call", {{"name", tool.at("name")}, {"arguments", arguments}});
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    call_all_tools(argv[1]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "client: %s\n", error.what());
    return 1;
  }
  return 0;
}
