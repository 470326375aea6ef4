// SPDX-License-Identifier: MIT
#include "resumption.hpp"

#include <algorithm>
#include <functional>

#include "judge.hpp"

namespace tool {

resumption::seen::seen(const sse::event& e)
    : id(e.id.value_or("")),
      content(std::hash<std::string>()(std::string(e.type).append("\n").append(e.data))) {}

void resumption::see(const sse::event& e) {
  const seen now(e);
  // Several events may share an ID, and an empty one is nothing to resume behind.
  if (now.id.empty() || (!recent_.empty() && now.id == recent_.back().id)) return;
  recent_.push_back(now);
  if (recent_.size() > most_recent) recent_.pop_front();
  if (ids_.size() < most_seen) ids_.insert(now.id);
}

void resumption::see_again(const sse::event& e) {
  const seen now(e);
  if (is_clear() || (!now.id.empty() && now.id == last_again_)) return;
  const bool is_greeting =
      again_ == 0 &&
      (now.id.empty() || (now.id == from() && now.content != recent_[from_index()].content));
  is_greeted_ = is_greeted_ || is_greeting;
  if (now.id.empty() || is_greeting) return;
  last_again_ = now.id;
  if (again_ < expected() && now.id == recent_[from_index() + again_ + 1].id) {
    ++again_;
  } else {
    first_wrong_ = now.id;
  }
}

void resumption::tell(report& report) const {
  constexpr std::string_view where = "again";
  const std::string asked = "asked for what is behind ID " + shown(from()) + ", the server ";
  if (is_greeted_) report.note(where, "the new stream begins with an event of its own");
  if (!is_wrong()) {
    if (again_ == expected() && expected() != 0) {
      return report.note(where, asked + "sends " + count(again_, "event") +
                                    " again, none twice, and leaves none out");
    }
    if (expected() == 0) return report.note(where, asked + "sends no event twice");
    return report.warning(where, asked + "sends " + count(again_, "event") + " of " +
                                     std::to_string(expected()) + ": the others are lost, or late");
  }
  const auto place = std::find_if(recent_.begin(), recent_.end(),
                                  [this](const seen& e) { return e.id == first_wrong_; });
  const std::string sends = asked + "sends " + shown(first_wrong_);
  if (place == recent_.end() && ids_.count(first_wrong_) == 0) {
    if (expected() == 0) return report.note(where, sends + ", and no event twice");
    return report.warning(where, sends + " next: " + count(expected() - again_, "event") +
                                     " that came there before are lost");
  }
  const auto asked_for = recent_.begin() + static_cast<std::ptrdiff_t>(from_index());
  if (place > asked_for + static_cast<std::ptrdiff_t>(again_) && place != recent_.end()) {
    return report.warning(where, sends + " next: events in front of it are lost");
  }
  if (place == asked_for) {
    return report.warning(where, sends + ": the event itself comes twice");
  }
  report.warning(where, sends +
                            ", which came before it: the ID is not heeded, and events come "
                            "twice");
}

}  // namespace tool
