// SPDX-License-Identifier: MIT
// Follows a stream for people to look at, and comes back like a daemon.
#include <ctime>

#include "../clients/curl.hpp"
#include "commands.hpp"
#include "interruption.hpp"
#include "io.hpp"
#include "json.hpp"
#include "judge.hpp"
#include "trust.hpp"
#include "view.hpp"

namespace tool {

namespace {

std::string time_of_day() {
  using namespace std::chrono;
  const auto now = system_clock::now();
  const std::time_t time = system_clock::to_time_t(now);
  std::tm local{};
  ::localtime_r(&time, &local);
  char text[32];
  const std::size_t size = std::strftime(text, sizeof text, "%H:%M:%S", &local);
  const auto ms = duration_cast<milliseconds>(now.time_since_epoch()).count() % 1000;
  const std::string fraction = std::to_string(ms + 1000).substr(1);
  return std::string(text, size) + "." + fraction;
}

/// A line each, for files, pipes, and terminals that can do no more.
class plain_view : public view {
 public:
  void show(const sight& line) override {
    put({colours_.faint, line.time, " ", line.gap, colours_.off, " "});
    if (line.type.empty()) {
      put({colours_.alarm, line.text, colours_.off, "\n"});
    } else {
      put({colours_.strong, line.type, colours_.off, line.id.empty() ? "" : " id=", line.id, " ",
           line.text, "\n"});
    }
  }
  bool refresh(const overview&) override {
    out_.flush();
    return true;
  }

 private:
  void put(std::initializer_list<std::string_view> pieces) {
    for (const std::string_view piece : pieces) out_.put(piece);
  }

  output out_;
  const palette colours_ = palette_for();
};

class watcher : private curl_stream {
 public:
  watcher(curl_loop& loop, const watch_options& options, view& view)
      : curl_stream(loop, options.url, sse::policy::daemon()), view_(view) {
    headers = options.headers;
    trust(curl, options.cacert);
    overview_.url = printable(options.url);
    source.parser().report(sse::report::comments);
  }

  /// Until it ends, or somebody wants it to. The reason, if it was not wanted.
  sse::reason run(const interruption& interruption) {
    for (;;) {
      step next = advance();
      if (next.kind == step::wait) {
        overview_.state = "again in " + seconds(next.deadline - curl_loop::clock::now());
      } else if (next.kind == step::receive && source.state() != sse::ready_state::open) {
        overview_.state = "connecting";
      }
      if (!view_.refresh(overview_) || interruption.has_come()) return sse::reason::closed;
      if (next.kind == step::closed) return next.why;
      next.deadline = std::min(next.deadline, curl_loop::clock::now() + view_.patience());
      loop().wait(next);
    }
  }

  const overview& seen() const { return overview_; }

 private:
  void on_open() override {
    overview_.state = "open";
    tell("open: status " + std::to_string(status()));
  }

  void on_item(const sse::event_source::item& item) override {
    using status = sse::parser::status;
    if (item.kind == status::comment) ++overview_.comments;
    if (item.kind == status::skipped) tell("an event that is too large");
    if (item.kind != status::event) return;
    const auto gap = overview_.count_event(curl_loop::clock::now());
    overview_.last_id = printable(source.last_event_id());
    view_.show({time_of_day(), "+" + seconds(gap), printable(item.type),
                item.id ? printable(*item.id) : "", printable(item.data)});
  }

  void on_setback(const step& next) override {
    std::string text = printable(describe(next).append(trust_hint(curl)));
    overview_.state = text;
    if (next.kind == step::wait) {
      ++overview_.reconnections;
      text += "; again in " + seconds(next.deadline - loop().now);
    }
    tell(text);
  }

  void tell(const std::string& text) { view_.show({time_of_day(), "", "", "", text}); }

  view& view_;
  overview overview_;
};

}  // namespace

exit_code watch(const watch_options& options) {
  curl_loop loop;
  const interruption interruption(loop.multi);
  std::unique_ptr<view> screen = open_screen();
  const bool is_screen = screen != nullptr;
  if (!is_screen) screen = std::make_unique<plain_view>();
  watcher watcher(loop, options, *screen);
  const sse::reason why = watcher.run(interruption);
  while (is_screen && why != sse::reason::closed && !interruption.has_come() &&
         screen->refresh(watcher.seen())) {
    curl_multi_poll(loop.multi, nullptr, 0, static_cast<int>(screen->patience().count()), nullptr);
  }
  screen.reset();
  if (why == sse::reason::closed || why == sse::reason::stop) return exit_code::ok;
  complain(std::string(sse::describe(why)));
  return exit_code::failed;
}

}  // namespace tool
