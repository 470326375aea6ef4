// SPDX-License-Identifier: MIT
#include "head.hpp"

#include <sse/event.hpp>

#include "json.hpp"
#include "judge.hpp"

namespace tool {

namespace {

constexpr std::string_view where = "head";

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// What stands in front of the next separator, which goes, too.
std::string_view take_part(std::string_view& text, char separator) {
  const std::size_t size = text.find(separator);
  const std::string_view part = text.substr(0, size);
  text.remove_prefix(size == text.npos ? text.size() : size + 1);
  return trimmed(part);
}

bool has_directive(std::string_view values, std::string_view wanted) {
  while (!values.empty()) {
    if (equal_but_for_case(take_part(values, ','), wanted)) return true;
  }
  return false;
}

// The charset of the last media type, without quotes; none is as good as an empty one.
std::string_view charset_of(std::string_view content_type) {
  std::string_view type;
  while (!content_type.empty()) type = take_part(content_type, ',');
  take_part(type, ';');
  while (!type.empty()) {
    std::string_view value = take_part(type, ';');
    if (!equal_but_for_case(take_part(value, '='), "charset")) continue;
    value = trimmed(value);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
      value = value.substr(1, value.size() - 2);
    }
    return value;
  }
  return {};
}

void judge_status(const head& head, report& report) {
  if (head.status == 200) return;
  const std::string status = "status " + std::to_string(head.status);
  if (head.status == 204) {
    return report.warning(where, status + ": the server says that no client is to come back");
  }
  report.warning(where, status + ": browsers give up for good" +
                            (head.has("retry-after") ? ", and do not read Retry-After" : ""));
}

void judge_media_type(const head& head, report& report) {
  const std::string type = head.value("content-type");
  if (!sse::is_event_stream(type)) {
    return report.warning(where, "the media type is " + shown(type) +
                                     ", not text/event-stream: browsers give up for good");
  }
  const std::string_view charset = charset_of(type);
  if (!charset.empty() && !equal_but_for_case(charset, "utf-8")) {
    report.warning(where, "the charset is " + shown(charset) +
                              ": Chromium gives up for good, Firefox takes it as UTF-8; send none");
  } else {
    report.note(where, "the media type is " + shown(type) + ", which browsers take");
  }
}

void judge_origin(const head& head, const std::string& origin, report& report) {
  const std::string allowed = head.value("access-control-allow-origin");
  if (origin.empty()) {
    report.note(where, allowed.empty() ? "no Access-Control-Allow-Origin: for pages of its own "
                                         "origin only (--origin asks for another)"
                                       : "pages of " + shown(allowed) + " may read it");
  } else if (allowed != "*" && allowed != origin) {
    report.warning(where, "pages of " + shown(origin) + " may not read it: " +
                              (allowed.empty() ? std::string("no Access-Control-Allow-Origin")
                                               : "those of " + shown(allowed) + " may"));
  } else {
    const bool with_cookies =
        allowed == origin && head.value("access-control-allow-credentials") == "true";
    report.note(where, "pages of " + shown(origin) + " may read it, " +
                           (with_cookies ? "with" : "without") + " cookies");
  }
}

bool lets_nginx_pass(const head& head) {
  return equal_but_for_case(head.value("x-accel-buffering"), "no");
}

void judge_transport(const head& head, report& report) {
  if (head.version <= 11) {
    report.note(where,
                "HTTP/1: a browser keeps six connections to a server at most, and each "
                "stream takes one");
  }
  const std::string framing = head.value("transfer-encoding");
  const bool is_chunked = equal_but_for_case(framing, "chunked");
  if (!framing.empty() && !is_chunked) {
    report.warning(where, "Transfer-Encoding " + shown(framing) +
                              ": HAProxy and Varnish refuse such a response; chunked is meant");
  }
  if (head.has("content-length")) {
    report.warning(where, "a Content-Length of " + printable(head.value("content-length")) +
                              ": the stream can have no more bytes");
  } else if (head.version <= 11 && !is_chunked) {
    report.note(where, "no chunks: its end cannot be told from its loss" +
                           std::string(lets_nginx_pass(head) ? "" : ", and nginx holds it back"));
  }
  const std::string coding = head.value("content-encoding");
  if (equal_but_for_case(coding, "identity") || equal_but_for_case(coding, "none")) {
    report.note(where, "Content-Encoding " + shown(coding) + " is none: leave it out");
  } else if (!coding.empty()) {
    report.note(where,
                "compressed by " + printable(coding) + ": then each event has to be flushed");
  }
}

void judge_caching(const head& head, report& report) {
  const std::string control = head.value("cache-control");
  if (!has_directive(control, "no-store")) {
    report.note(where,
                "no \"no-store\" in Cache-Control: a cache may keep the stream, and replay it");
  }
  if (!has_directive(control, "no-transform")) {
    report.note(where,
                "no \"no-transform\" in Cache-Control: some proxies compress it then, and "
                "hold events back");
  }
  if (!lets_nginx_pass(head)) {
    report.note(where,
                "no \"X-Accel-Buffering: no\", which lets nginx pass events on at once, and "
                "which it takes out");
  }
}

}  // namespace

std::string head::value(std::string_view lower_name) const {
  std::string all;
  for (const auto& [name, value] : fields) {
    if (!equal_but_for_case(name, lower_name)) continue;
    all += (all.empty() ? "" : ", ") + value;
  }
  return all;
}

void judge(const head& head, const std::string& origin, report& report) {
  judge_status(head, report);
  if (head.status != 200) return;
  judge_media_type(head, report);
  if (!sse::is_event_stream(head.value("content-type"))) return;
  judge_origin(head, origin, report);
  judge_transport(head, report);
  judge_caching(head, report);
}

}  // namespace tool
