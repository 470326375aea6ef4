// SPDX-License-Identifier: MIT
#include "pace.hpp"

#include <algorithm>
#include <cstdio>
#include <string>

#include "judge.hpp"

namespace tool {

namespace {

using namespace std::chrono_literals;
constexpr std::string_view where = "pace";

// Longer than a busy machine takes between two writes.
constexpr auto silence = 500ms;
// Less may be what a server has to say each time.
constexpr std::uint64_t many_at_once = 5;

std::string seconds(pace::clock::duration time) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f s", std::chrono::duration<double>(time).count());
  return text;
}

}  // namespace

void pace::bytes(time_point now, bool cuts_event) {
  const duration quiet = now - last_;
  last_ = now;
  longest_silence_ = std::max(longest_silence_, quiet);
  if (first_byte_ && quiet < silence) return;
  if (first_byte_) end_burst();
  if (!first_byte_) first_byte_ = now;
  ++bursts_;
  burst_silence_ = quiet;
  if (cuts_event && quiet >= silence) {
    ++cuts_;
    longest_cut_ = std::max(longest_cut_, quiet);
  }
}

// The first one does not count: it may be what had been missed.
void pace::end_burst() {
  if (bursts_ > 1 && burst_events_ > most_at_once_) {
    most_at_once_ = burst_events_;
    silence_before_most_ = burst_silence_;
  }
  burst_events_ = 0;
}

void pace::tell(time_point now, bool has_ended, report& report) {
  if (!head_) {
    return report.warning(where, "no head in " + seconds(now - request_) +
                                     ": it is held back, or sent with the first event only");
  }
  if (!first_byte_ && has_ended) return report.note(where, "the stream ended without a byte");
  if (!first_byte_) {
    return report.warning(where, "no byte in " + seconds(now - *head_) +
                                     " behind the head: what was sent, if anything, is held back");
  }
  report.note(where, "the head came after " + seconds(*head_ - request_) + ", the first byte " +
                         seconds(*first_byte_ - *head_) + " later");
  end_burst();
  if (cuts_ != 0) {
    report.warning(where, "events were cut, and their rest came up to " + seconds(longest_cut_) +
                              " later, " + count(cuts_, "time") +
                              ": something holds bytes back until a buffer is full");
  }
  if (has_ended && bursts_ == 1 && events_ > 1 && *first_byte_ - request_ >= silence) {
    report.warning(where,
                   "all " + count(events_, "event") + " came at once, " +
                       seconds(*first_byte_ - request_) +
                       " after the request, and then the end: they were held back, it seems");
  }
  if (most_at_once_ >= many_at_once && cuts_ == 0) {
    report.note(where, count(most_at_once_, "event") + " came at once after " +
                           seconds(silence_before_most_) +
                           ": if they were not sent so, something holds them back");
  }
  longest_silence_ = std::max(longest_silence_, has_ended ? duration() : now - last_);
  report.note(where,
              "in " + seconds(std::max(now - *head_, duration())) + ": " + count(events_, "event") +
                  ", " + count(comments_, "comment") + ", the longest silence " +
                  seconds(longest_silence_) +
                  (comments_ == 0 ? "; a comment every 15 s keeps a quiet stream open" : ""));
}

}  // namespace tool
