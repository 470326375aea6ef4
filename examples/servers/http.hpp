// SPDX-License-Identifier: MIT
// As much of HTTP/1 as a server of events needs that has no library for it: requests are read from
// bytes that have come, and answers are made as text. There is no I/O here.
#ifndef SSEWIRE_EXAMPLES_HTTP_HPP
#define SSEWIRE_EXAMPLES_HTTP_HPP

#include <strings.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <sse/event.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace http {

using std::string_view;
constexpr std::size_t longest_head = 8'192, longest_body = 65'536;

struct request {
  string_view method, path, query, body, last_event_id, event_type, origin, accept_encoding,
      idempotency_key;
  std::size_t body_size = 0;
  bool has_size = false, is_chunked = false, keeps = false;
  bool waits = false;  // for leave to go on with the body
};

/// Removes what is in front of a separator, and the separator.
inline string_view take(string_view& text, string_view separator) {
  const string_view taken = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(text.size(), taken.size() + separator.size()));
  return taken;
}

inline bool equals(string_view a, const char* b) {  // whatever the case
  return a.size() == string_view(b).size() && strncasecmp(a.data(), b, a.size()) == 0;
}

inline string_view trim(string_view text) {
  text.remove_prefix(std::min(text.size(), text.find_first_not_of(" \t")));
  return text.substr(0, text.find_last_not_of(" \t") + 1);
}

/// How much something is wanted that a list as that of `Accept-Encoding` names: its q in
/// thousandths, or that of `*`; -1 if there is neither.
inline int weight(string_view list, const char* name) {
  int of_all = -1;
  while (!list.empty()) {
    string_view parameters = take(list, ",");
    const string_view item = trim(take(parameters, ";"));
    parameters = trim(parameters);
    int value = 1000;
    if (equals(parameters.substr(0, 2), "q=")) {
      value = 0;
      int unit = 1000;
      for (const char c : parameters.substr(2, 5)) {
        if (c == '.') continue;
        value += (c - '0') * unit;
        unit /= 10;
      }
    }
    if (equals(item, name)) return value;
    if (item == "*") of_all = value;
  }
  return of_all;
}

/// Where one server ends a line, and another does not, one request passes for two.
inline bool is_line(string_view text) {
  return text.find_first_of(string_view("\r\n\0", 3)) == text.npos;
}

/// False if the head, without its blank line, is not one of HTTP.
inline bool parse(string_view head, request& to) {
  string_view line = take(head, "\r\n");
  if (!is_line(line)) return false;
  to.method = take(line, " ");
  to.query = take(line, " ");
  if (to.query.substr(0, 7) == "http://") {  // as proxies may write it
    to.query.remove_prefix(std::min(to.query.size(), to.query.find('/', 7)));
  }
  to.path = take(to.query, "?");
  if (to.method.empty() || to.path.substr(0, 1) != "/") return false;
  if (line != "HTTP/1.1" && line != "HTTP/1.0") return false;
  to.keeps = line == "HTTP/1.1";
  while (!head.empty()) {
    string_view value = take(head, "\r\n");
    if (!is_line(value)) return false;
    const string_view name = take(value, ":");
    // Blanks there, and two lengths, are how one request is made to pass for two.
    if (name.empty() || name.find_first_of(" \t") != name.npos) return false;
    value = trim(value);
    if (equals(name, "last-event-id")) to.last_event_id = value;
    if (equals(name, "event-type")) to.event_type = value;
    if (equals(name, "origin")) to.origin = value;
    if (equals(name, "idempotency-key")) to.idempotency_key = value;
    if (equals(name, "accept-encoding")) to.accept_encoding = value;
    if (equals(name, "transfer-encoding")) to.is_chunked = true;
    if (equals(name, "expect")) to.waits = true;
    if (equals(name, "connection") && equals(value, "close")) to.keeps = false;
    if (equals(name, "content-length")) {
      const char* const end = value.data() + value.size();
      const auto [rest, error] = std::from_chars(value.data(), end, to.body_size);
      if (to.has_size || rest != end || error != std::errc()) return false;
      to.has_size = true;
    }
  }
  return true;
}

/// What bytes are the begin of: a request of that size; or one that is refused, with a status; or
/// neither yet.
struct reading {
  std::size_t size = 0;
  const char* refusal = nullptr;
};
inline reading read(string_view text, request& to) {
  const std::size_t end = text.find("\r\n\r\n");
  if (std::min(end, text.size()) > longest_head) return {0, "431 Request Header Fields Too Large"};
  if (end == text.npos) return {};
  if (!parse(text.substr(0, end), to)) return {0, "400 Bad Request"};
  if (to.is_chunked) return {0, "411 Length Required"};
  if (to.body_size > longest_body) return {0, "413 Content Too Large"};
  if (text.size() - end - 4 < to.body_size) return {};
  to.body = text.substr(end + 4, to.body_size);
  return {end + 4 + to.body_size, nullptr};
}

inline std::string decoded(string_view value) {
  std::string text;
  for (std::size_t i = 0; i < value.size(); ++i) {
    unsigned char code = 0;
    const char* const digits = value.data() + i + 1;
    if (value[i] == '%' && i + 2 < value.size() &&
        std::from_chars(digits, digits + 2, code, 16).ptr == digits + 2) {
      text += static_cast<char>(code);
      i += 2;
    } else {
      text += value[i] == '+' ? ' ' : value[i];
    }
  }
  return text;
}

/// All values of a parameter.
inline std::vector<std::string> parameters(string_view query, string_view name) {
  std::vector<std::string> values;
  while (!query.empty()) {
    string_view value = take(query, "&");
    if (take(value, "=") == name) values.push_back(decoded(value));
  }
  return values;
}

/// The first one; or what else is said, if there is none.
inline std::string parameter(string_view query, string_view name, string_view otherwise) {
  const auto values = parameters(query, name);
  return values.empty() ? std::string(otherwise) : values.front();
}

/// The header is what a client knows now; the parameter, which some clients send instead, may be
/// what the page knew that made the URL.
inline std::string last_event_id(const request& asked) {
  return asked.last_event_id.empty() ? parameter(asked.query, "lastEventId", {})
                                     : std::string(asked.last_event_id);
}

/// For programs in browsers, on pages of these origins.
inline std::string shared_with(const std::vector<std::string>& origins, const request& asked) {
  if (origins.empty()) return {};
  const bool is_shared = std::find(origins.begin(), origins.end(), asked.origin) != origins.end();
  return "Vary: Origin\r\n" + (is_shared
                                   ? "Access-Control-Allow-Origin: " + std::string(asked.origin) +
                                         "\r\nAccess-Control-Allow-Credentials: true\r\n"
                                   : std::string());
}

/// What these may send, for browsers that ask first.
inline constexpr const char* may_send =
    "Access-Control-Allow-Methods: GET, HEAD, POST\r\nAccess-Control-Max-Age: 86400\r\n"
    "Access-Control-Allow-Headers: last-event-id, authorization, cache-control, content-type, "
    "event-type\r\n";

/// An answer that is no stream. `fields` are whole lines.
inline std::string head(const char* status, const request& asked, const std::string& fields,
                        string_view body = {}) {
  const bool has_length = string_view(status).substr(0, 3) != "204";
  const std::string length = "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return "HTTP/1.1 " + std::string(status) + "\r\n" + fields + (has_length ? length : "") +
         (asked.keeps ? "\r\n" : "Connection: close\r\n\r\n") + std::string(body);
}

/// The head of a stream, which ends with its connection: so it needs no coding, and HTTP/1.0 has it
/// too. Some proxies and caches hold back, compress or keep what does not say that they must not.
inline std::string stream_head(const std::string& fields) {
  return "HTTP/1.1 200 OK\r\nContent-Type: " + std::string(sse::media_type) +
         "\r\nCache-Control: no-store, no-transform\r\nX-Accel-Buffering: no\r\n"
         "Connection: close\r\n" +
         fields + "\r\n";
}

/// The answer to a request for a stream; what does not begin one is the whole of it. `more` are
/// fields of the stream.
struct answer {
  std::string head;
  bool begins, closes;  // the stream, the connection
};
inline answer stream_answer(const request& asked, const std::vector<std::string>& origins,
                            bool has_room, const std::string& more = {}) {
  const std::string fields = shared_with(origins, asked);
  const std::string may = "Allow: GET, HEAD, OPTIONS\r\n" + fields;
  const auto refuse = [&](const char* status, const std::string& why) {
    return answer{head(status, asked, why), false, !asked.keeps};
  };
  if (asked.method == "OPTIONS") return refuse("204 No Content", may + may_send);
  const bool is_get = asked.method == "GET";
  if (!is_get && asked.method != "HEAD") return refuse("405 Method Not Allowed", may);
  if (has_room) return {stream_head(fields + more), is_get, !is_get};
  const std::string later = std::to_string(5 + std::rand() % 16);  // not all at once again
  return refuse("503 Service Unavailable", "Retry-After: " + later + "\r\n" + fields);
}

}  // namespace http

#endif
