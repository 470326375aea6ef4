// SPDX-License-Identifier: MIT
// Follows a stream for a while, and comes back behind an event.
#include <algorithm>
#include <exception>
#include <string>

#include "../clients/curl.hpp"
#include "checker.hpp"
#include "commands.hpp"
#include "head.hpp"
#include "interruption.hpp"
#include "io.hpp"
#include "json.hpp"
#include "judge.hpp"
#include "pace.hpp"
#include "report.hpp"
#include "resumption.hpp"
#include "trust.hpp"

namespace tool {

namespace {

class examiner : private curl_stream {
 public:
  examiner(curl_loop& loop, const check_options& options)
      : curl_stream(loop, options.url, sse::policy::standard()), options_(options) {
    headers = options.headers;
    trust(curl, options.cacert);
    if (!options.origin.empty()) headers.push_back("Origin: " + options.origin);
    if (options.data) curl_easy_setopt(curl, CURLOPT_POSTFIELDS, options.data->c_str());
    source.parser().report(sse::report::comments);
  }

  exit_code run() {
    pace_.request(loop().now);
    run_until(false);
    if (!has_head_ && why_ != sse::reason::none) {
      complain("no stream: " + failure_);
      return exit_code::failed;
    }
    tell_of_end();
    if (is_stream_ && !is_closed_ && !interruption_.has_come()) resume();
    checker_.end(is_left_);
    out_.flush();
    return report_.warnings() == 0 ? exit_code::ok : exit_code::bad_input;
  }

 private:
  // Until the stream ends, or the time is up, or somebody interrupts; or the second stream has said
  // what it is asked for.
  void run_until(bool is_again) {
    const auto end = loop().now + options_.max_time;
    why_ = sse::reason::none;
    for (;;) {
      step next = advance();
      if (why_ != sse::reason::none || next.kind == step::closed) break;
      if (interruption_.has_come() || loop().now >= end || (is_again && resumption_.is_clear()))
        break;
      next.deadline = std::min(next.deadline, end);
      loop().wait(next);
      out_.flush();
    }
  }

  void tell_of_end() {
    const bool has_ended = why_ != sse::reason::none;
    if (is_stream_ || !has_head_) pace_.tell(loop().now, has_ended && is_stream_, report_);
    const std::string text = failure_ + (is_closed_ ? "" : "; clients come back");
    if (is_stream_ && why_ == sse::reason::stream_ended) {
      report_.note("pace", text);
    } else if (is_stream_ && has_ended) {
      report_.warning("pace", text);
    }
    if (!refusal_.empty()) report_.note("head", "its body: " + shown(refusal_));
    is_left_ = !has_ended;
  }

  void resume() {
    if (options_.data) return;  // the work would be done twice
    if (!resumption_.is_possible()) {
      return report_.note("again", "there are no IDs: who comes back misses what came meanwhile");
    }
    if (!sse::is_header_safe(resumption_.from())) return;  // which the checker tells
    is_resuming_ = true;
    source.failed(loop().now);
    advance();
    static_cast<void>(source.parser().set_last_event_id(resumption_.from()));
    source.hurry();
    run_until(true);
    if (interruption_.has_come()) return report_.note("again", "interrupted");
    if (why_ != sse::reason::none && !resumption_.is_clear()) {
      report_.note("again", "behind the ID " + shown(resumption_.from()) + ": " + failure_);
      if (why_ == sse::reason::stop || is_refusal(why_)) return;
    }
    resumption_.tell(report_);
  }

  // All that came under the name: libcurl shows the first one.
  sse::verdict judge(const sse::response& response) override {
    const head head = read_head();
    const std::string type = head.value("content-type");
    sse::response whole = response;
    whole.content_type = type;
    const sse::verdict verdict = curl_stream::judge(whole);
    if (!is_resuming_ && verdict.kind != sse::verdict::redirect &&
        verdict.kind != sse::verdict::ignored) {
      has_head_ = true;
      tool::judge(head, options_.origin, report_);
      tell_of_redirects();
    }
    return verdict;
  }

  head read_head() const {
    head head;
    head.status = status();
    long version = 0;
    curl_easy_getinfo(curl, CURLINFO_HTTP_VERSION, &version);
    head.version = version == CURL_HTTP_VERSION_1_0   ? 10
                   : version == CURL_HTTP_VERSION_1_1 ? 11
                                                      : 20;
    curl_header* field = nullptr;
    while ((field = curl_easy_nextheader(curl, CURLH_HEADER, -1, field)) != nullptr) {
      std::string_view value = field->value;
      if (ends_with(value, "\r")) value.remove_suffix(1);  // libcurl leaves it in an empty one
      head.fields.emplace_back(field->name, value);
    }
    return head;
  }

  void tell_of_redirects() {
    long redirects = 0;
    const char* url = nullptr;
    curl_easy_getinfo(curl, CURLINFO_REDIRECT_COUNT, &redirects);
    curl_easy_getinfo(curl, CURLINFO_EFFECTIVE_URL, &url);
    if (redirects == 0 || url == nullptr) return;
    report_.note("head", "redirected " + count(static_cast<std::uint64_t>(redirects), "time") +
                             ", to " + shown(url));
  }

  void on_open() override {
    if (is_resuming_) return;
    is_stream_ = true;
    pace_.head(clock_now());
  }

  void on_bytes(std::string_view bytes) override {
    if (is_resuming_) return;
    pace_.bytes(clock_now(), source.parser().pending());
    checker_.take(bytes);
  }

  void on_item(const sse::event_source::item& item) override {
    using status = sse::parser::status;
    if (item.kind == status::comment && !is_resuming_) pace_.comment();
    if (item.kind != status::event) return;
    if (is_resuming_) return resumption_.see_again(item);
    pace_.event();
    resumption_.see(item);
  }

  bool on_refusal(std::string_view body) override {
    constexpr std::size_t most = 200;
    refusal_ += body.substr(0, most - refusal_.size());
    return refusal_.size() < most;
  }

  // The begin of its body, as far as it comes soon.
  void read_refusal() {
    step patience;
    patience.deadline = loop().now + std::chrono::seconds(1);
    while (!is_done() && loop().now < patience.deadline) loop().wait(patience);
  }

  void on_setback(const step& next) override {
    why_ = next.why;
    failure_ = printable(describe(next).append(trust_hint(curl)));
    is_closed_ = next.kind == step::closed;
    if (is_refusal(next.why)) read_refusal();
  }

  static pace::time_point clock_now() { return curl_loop::clock::now(); }

  const check_options& options_;
  const interruption interruption_{loop().multi};
  output out_;
  report report_{out_, options_.quiet};
  checker checker_{report_, options_.clients};
  pace pace_;
  resumption resumption_;
  sse::reason why_ = sse::reason::none;
  std::string failure_;
  std::string refusal_;
  bool has_head_ = false;
  bool is_stream_ = false;
  bool is_closed_ = false;
  bool is_left_ = false;
  bool is_resuming_ = false;
};

}  // namespace

exit_code check_url(const check_options& options) {
  curl_loop loop;
  examiner examiner(loop, options);
  return examiner.run();
}

}  // namespace tool
