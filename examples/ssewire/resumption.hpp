// SPDX-License-Identifier: MIT
// Whether a server that is asked for what is behind an ID sends just that.
#ifndef SSEWIRE_TOOL_RESUMPTION_HPP
#define SSEWIRE_TOOL_RESUMPTION_HPP

#include <cstddef>
#include <deque>
#include <sse/event.hpp>
#include <string>
#include <unordered_set>

#include "report.hpp"

namespace tool {

/// It is shown the IDs of a stream, and then those that come when somebody resumes behind an early
/// one, as if the connection had been lost there. What had come behind it is to come again.
class resumption {
 public:
  /// An event of the first stream.
  void see(const sse::event& e);

  bool is_possible() const { return !recent_.empty(); }
  /// What to resume behind.
  const std::string& from() const { return recent_[from_index()].id; }

  /// An event of the second stream.
  void see_again(const sse::event& e);
  /// Whether the verdict cannot change any more.
  bool is_clear() const { return is_wrong() || (again_ == expected() && again_ != 0); }
  void tell(report& report) const;

 private:
  bool is_wrong() const { return !first_wrong_.empty(); }

  // The second one: a server that begins anew sends what was in front of it.
  std::size_t from_index() const { return recent_.size() < 3 ? 0 : 1; }
  std::size_t expected() const { return recent_.size() - 1 - from_index(); }

  static constexpr std::size_t most_recent = 20;
  static constexpr std::size_t most_seen = 100'000;
  struct seen {
    std::string id;
    std::size_t content;  // a hash
    explicit seen(const sse::event& e);
  };
  std::deque<seen> recent_;
  std::unordered_set<std::string> ids_;
  std::size_t again_ = 0;  // as expected
  std::string last_again_;
  std::string first_wrong_;
  bool is_greeted_ = false;
};

}  // namespace tool

#endif
