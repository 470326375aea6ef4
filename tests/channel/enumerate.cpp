// SPDX-License-Identifier: MIT
// Every sequence of what can be published to small channels, against the model; and after each, all
// that can become of a follower.
//
//   enumerate tiny|short|full [PART OF_HOW_MANY]
//
// To follow changes no channel, and no other follower: so after each `publish` there are all the
// followers that any number of calls can bring forth, each once. What is true of one step of each
// is true of all sequences of steps, of any number of followers.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "channel/compared.hpp"
#include "support/sizes.hpp"

namespace {

using namespace channel_model;

struct kind_of_event {
  const char* name;
  sse::event e;
  std::uint64_t topic;
};

// With the channel's IDs, of one digit each, they take 16, 19, 30 and 17 bytes.
const std::vector<kind_of_event> for_numbers = {
    {"short", {""}, 0},
    {"short, topic 1", {"abc"}, 1},
    {"with type", {"t", "a\nb"}, 0},
    {"too large",
     {std::string_view("0123456789012345678901234567890123456789"
                       "0123456789012345678901234567890123456789")},
     0},
    {"with an ID", sse::event("a").with_id("1"), 0},
    {"with a wrong type", {"a\nb", "a"}, 1},
};
const std::vector<kind_of_event> for_ids = {
    {"short", {""}, 0},
    {"ID a, topic 1", sse::event("").with_id("a"), 1},
    {"ID b", sse::event("abc").with_id("b"), 0},
    {"no ID any more", sse::event("").with_id(""), 1},
    {"too large",
     {std::string_view("0123456789012345678901234567890123456789"
                       "0123456789012345678901234567890123456789")},
     0},
    {"with a wrong ID", sse::event("a").with_id("a\n"), 0},
};

const wanted_topics wishes[] = {{}, {1}, {2}, {0}};

struct hash_of_follower {
  std::size_t operator()(const follower& it) const {
    return static_cast<std::size_t>((it.where.next * 64 + it.where.sent) * 4 + (it.wants.mask & 3));
  }
};

class enumeration {
 public:
  enumeration(const settings& how, std::size_t length, const share& mine)
      : how_(how),
        events_(how.is_numbered ? for_numbers : for_ids),
        length_(length),
        mine_(mine),
        it_(how) {}

  void run() {
    extend(0, {});
    std::printf("%zu bytes, %zu entries, %s: %llu sequences, %llu followers\n", how_.bytes,
                how_.entries, how_.is_numbered ? it_.expected().own_id(0).c_str() : "IDs",
                sequences_, followers_);
    std::fflush(stdout);
  }

 private:
  void extend(std::size_t size, std::vector<follower> followers) {
    ++sequences_;
    follow(followers);
    if (size == length_) return;
    compared::state state;
    it_.save(state);
    for (std::size_t i = 0; i < events_.size(); ++i) {
      if (size == 0 && i % mine_.of != mine_.number) continue;
      const ordinal oldest = it_.expected().oldest();
      it_.call(events_[i].name);
      const bool is_published = it_.publish(events_[i].e, events_[i].topic);
      if (is_published) {
        extend(size + 1, followers);
        it_.unpublish(oldest);
      } else {
        follow_on(followers);  // nothing has changed: what is there goes on as before
      }
      it_.restore(state);
      it_.take_call_back();
    }
  }

  void follow_on(const std::vector<follower>& followers) {
    for (follower each : followers) it_.read(each, 2);
    check_ids();
  }

  // Adds all the followers that there can be now.
  void follow(std::vector<follower>& all) {
    seen_.clear();
    for (const follower& each : all) seen_.insert(each);
    for (const wanted_topics& wants : wishes) {
      add(all, it_.oldest(wants));
      add(all, it_.newest(wants));
    }
    check_ids();
    for (std::size_t i = 0; i < all.size(); ++i) {
      const follower it = all[i];
      it_.check_last_event_id(it);
      for (const std::size_t capacity : {0U, 1U, 2U, 8U}) {
        follower reader = it;
        const std::size_t bytes = it_.read(reader, capacity);
        add(all, reader);
        for (const std::size_t part : {std::size_t{1}, bytes / 2, bytes}) {
          if (bytes == 0) continue;
          follower other = reader;
          it_.sent(other, part);
          add(all, other);
        }
      }
      follower skipper = it;
      it_.skip(skipper);
      add(all, skipper);
      ++followers_;
    }
    // Of one that is cut there is nothing more to be seen.
    all.erase(std::remove_if(all.begin(), all.end(), [](auto& each) { return each.is_cut; }),
              all.end());
  }

  void add(std::vector<follower>& all, const follower& it) {
    if (seen_.insert(it).second) all.push_back(it);
  }

  void check_ids() const {
    const model& expected = it_.expected();
    for (const char* id : {"", "a", "b", "c", "0-1", "5-", "-1", "5-01", "05-1", "5-+1", "5-1 ",
                           "5-18446744073709551616", "5-99999999999999999999", "5-1-1", "6-1"}) {
      it_.resume(id, {});
    }
    for (ordinal i = 0; i < expected.end() + 4; ++i) it_.resume(expected.own_id(i - 3), {});
  }

  settings how_;
  const std::vector<kind_of_event>& events_;
  std::size_t length_;
  share mine_;
  compared it_;
  std::unordered_set<follower, hash_of_follower> seen_;
  unsigned long long sequences_ = 0;
  unsigned long long followers_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  const request wanted(argc, argv);
  const std::size_t length = wanted.pick({3, 5, 8});
  for (const std::size_t bytes : {0U, 7U, 8U, 15U, 16U, 17U, 20U, 32U, 35U, 40U, 48U, 60U}) {
    for (const std::size_t entries : {0U, 1U, 2U, 3U, 4U}) {
      for (const std::uint64_t first : {std::uint64_t{1}, ~std::uint64_t{} - 1}) {
        enumeration({bytes, entries, true, 5, first}, length, wanted.mine).run();
      }
      enumeration({bytes, entries, false, 0, 1}, length, wanted.mine).run();
    }
  }
}
