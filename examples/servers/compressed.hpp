// SPDX-License-Identifier: MIT
// A stream of events compressed once for all who follow it: who stands where the others stand gets
// the same bytes, whenever it came. A follower takes some bytes of memory, and no compressor.
//
// For that, what is compressed at a time, a unit, ends at a byte, and refers to text in front of it
// only within a chain of units. Who is in a chain has got all of it. Who is not, for it came later
// or was sent something of its own, gets units that refer to nothing, until the chain begins anew.
#ifndef SSEWIRE_EXAMPLES_COMPRESSED_HPP
#define SSEWIRE_EXAMPLES_COMPRESSED_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http.hpp"

namespace compressed {

using std::string_view;

struct unit {
  std::string bytes = {};
  bool refers = false;  // to units in front of it
  std::uint32_t size = 0;
  std::uint32_t check = 0, join = 0;  // of the text, and what puts two of these together
};

/// What is remembered of a follower.
struct follower {
  std::uint64_t step = 0;  // the unit of the chain that it got last; 0 if it is in none
  std::uint32_t size = 0, check = 0;
  bool has_begun = false;
  std::uint8_t how = 0;     // the place of its press in a list
  std::string unsent = {};  // of a unit: the kernel took no more
};

/// A compressor, and what is in front of units, between two that do not refer to each other, and
/// behind the last. See codings.hpp.
class coder {
 public:
  coder(string_view in_front, string_view between) : head(in_front), seam(between) {}
  virtual ~coder() = default;

  virtual void forget() = 0;
  /// With the last piece of a unit, all of it comes out.
  virtual void put(string_view text, bool is_last, std::string& to) = 0;
  virtual void measure(string_view, unit&) const {}
  virtual std::uint32_t joined(std::uint32_t check, const unit&) const { return check; }
  virtual std::string tail(const follower&) const = 0;

  const std::string head, seam;
};

/// All that is compressed by one coding.
class press {
 public:
  /// By its name in Content-Encoding, and two coders that are alike.
  press(std::string by, std::unique_ptr<coder> chained, std::unique_ptr<coder> alone)
      : name(std::move(by)), chain_(std::move(chained)), alone_(std::move(alone)) {}

  /// What is to be sent, the first part in front of the second. Holds until the next call.
  struct portion {
    string_view seam, bytes;
  };

  string_view head() const { return alone_->head; }
  std::string tail(const follower& of) const { return alone_->tail(of); }

  /// From now on there is other text for those who have all. The chain begins anew when somebody
  /// waits for that, but not often: what follows is compressed the better the more is in front.
  void next() {
    is_chained_ = is_alone_ = false;
    begins_ = has_outsiders_ && since_ >= least_;
    has_outsiders_ = false;
    before_ = step_;
  }

  /// The text for those who have all: it is compressed for the first of them.
  portion give(follower& to, const string_view* pieces, std::size_t count) {
    if (!is_chained_ && !is_alone_) {
      for (std::size_t i = 0; i < count; ++i) since_ += pieces[i].size();
    }
    const bool is_in_chain = begins_ || (to.step == before_ && before_ != 0);
    if (!is_in_chain) {
      has_outsiders_ = true;
      if (!std::exchange(is_alone_, true)) make(*alone_, alone_unit_, false, pieces, count);
      return take(to, alone_unit_, 0);
    }
    if (!std::exchange(is_chained_, true)) {
      if (begins_) since_ = 0;
      make(*chain_, chain_unit_, !begins_, pieces, count);
      ++step_;
    }
    return take(to, chain_unit_, step_);
  }

  /// Text for one.
  portion give_own(follower& to, string_view text) {
    make(*alone_, own_unit_, false, &text, 1);
    return take(to, own_unit_, 0);
  }

  const std::string name;

 private:
  static constexpr std::size_t least_ = 32'768;  // bytes of text

  static void make(coder& by, unit& to, bool refers, const string_view* pieces, std::size_t count) {
    if (!refers) by.forget();
    to.bytes.clear();
    to.refers = refers;
    to.size = to.check = 0;
    for (std::size_t i = 0; i < count; ++i) {
      by.put(pieces[i], i + 1 == count, to.bytes);
      by.measure(pieces[i], to);
    }
  }

  portion take(follower& to, const unit& made, std::uint64_t step) const {
    const bool has_seam = std::exchange(to.has_begun, true) && !made.refers;
    to.step = step;
    to.size += made.size;
    to.check = alone_->joined(to.check, made);
    return {has_seam ? string_view(alone_->seam) : string_view(), made.bytes};
  }

  std::unique_ptr<coder> chain_, alone_;
  unit chain_unit_, alone_unit_, own_unit_;
  std::uint64_t step_ = 0, before_ = 0;
  std::size_t since_ = least_;  // bytes of text, since the chain began
  bool is_chained_ = false, is_alone_ = false, begins_ = false, has_outsiders_ = true;
};

/// All codings that a server has. What is in front is preferred.
class presses {
 public:
  presses() = default;
  explicit presses(std::vector<press> all) : all_(std::move(all)) {}

  /// A follower that sent that as `Accept-Encoding`; null if it gets the plain text.
  std::unique_ptr<follower> begin(string_view accepted) const {
    const press* best = nullptr;
    int most = std::min(999, std::max(0, http::weight(accepted, "identity")));
    for (const press& its : all_) {
      const int weight = http::weight(accepted, its.name.c_str());
      if (weight > most) best = &its;
      most = std::max(most, weight);
    }
    if (best == nullptr) return nullptr;
    auto begun = std::make_unique<follower>();
    begun->how = static_cast<std::uint8_t>(best - all_.data());
    return begun;
  }
  press& of(const follower& its) { return all_[its.how]; }

  /// What the head of its stream says.
  std::string fields(const follower* its) {
    if (all_.empty()) return {};
    const std::string varies = "Vary: Accept-Encoding\r\n";
    return its == nullptr ? varies : varies + "Content-Encoding: " + of(*its).name + "\r\n";
  }

  void next() {
    for (press& its : all_) its.next();
  }

 private:
  std::vector<press> all_ = {};
};

}  // namespace compressed

#endif
