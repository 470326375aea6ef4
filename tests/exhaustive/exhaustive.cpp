// SPDX-License-Identifier: MIT
// Every stream over a small alphabet, at every cut, with hardly any storage, against the oracle.
//
//   exhaustive tiny|short|full [PART OF_HOW_MANY]
#include <algorithm>
#include <array>
#include <cstdio>
#include <deque>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "support/oracle.hpp"
#include "support/printable.hpp"
#include "support/replay.hpp"
#include "support/sizes.hpp"

namespace {

using replay::policy;

struct alphabet {
  const char* name;
  std::vector<std::string_view> letters;
};

const alphabet bytes_12 = {
    "12 bytes",
    {"\n", "\r", ":", " ", "d", "a", "t", "x", std::string_view("\0", 1), "\xEF", "\xBB", "\xBF"}};
const alphabet tokens_7 = {"7 tokens", {"\n", "\r", ":", " ", "data", "id", "x"}};
const alphabet tokens_14 = {"14 tokens",
                            {"\n", "\r", "\r\n", "data", "event", "id", "retry", ":", " ", "x", "0",
                             "9", std::string_view("\0", 1), "\xEF\xBB\xBF"}};

const alphabet lines_16 = {
    "16 lines",
    {"\n", "\r", "id:a\n", "id:bb\r\n", "id\n", std::string_view("id:c\0\n", 6), "event:q\n",
     "event: rrr\n", "event\r", "data:1\n", "data\n", "data: 23\r\n", "retry:5\n", "retry:5x\n",
     ":c\n", "x\n"}};

// What comes behind a stream, to see what state it left. It needs no storage of its own.
constexpr std::string_view probes[] = {"\n\ndata\n\n", ":z\r\n\r\ndata\n\n", " z\n\ndata\r\r",
                                       "a:z\n\ndata\n\n", "\xBF\r\n\rdata\n\n"};
constexpr std::size_t probe_count = sizeof probes / sizeof *probes;

// A parser with one setting, and what it was like after each prefix of the stream, for each way to
// cut that. The ways on from storage_full part where it is full for the first time.
class trial {
 public:
  explicit trial(const replay::setting& setting) : how(setting), player(setting) {
    save(policy::grow, 0, 0);
  }

  void restore(policy when_full, std::size_t length, std::size_t cuts) {
    const auto& grown = states_[0][length][cuts];
    const bool parted = grown.suspensions() != 0;
    player.restore(parted ? states_of(when_full)[length][cuts] : grown);
    player.set_way_on(when_full);
  }
  void save(policy when_full, std::size_t length, std::size_t cuts) {
    auto& lengths = states_of(when_full);
    if (lengths.size() <= length) lengths.resize(length + 1);
    if (lengths[length].size() <= cuts) lengths[length].resize(cuts + 1);
    player.save(lengths[length][cuts]);
  }

  replay::setting how;
  replay::player player;

 private:
  using states = std::vector<std::vector<replay::player::state>>;  // by length, and by cuts

  states& states_of(policy when_full) { return states_[static_cast<std::size_t>(when_full)]; }

  std::array<states, 3> states_;
};

// To cut in two at each byte, and at each byte; or in all ways between letters.
enum class cutting { splits, chunkings };

// All words of up to `length` letters, behind a fixed beginning. Words with a common prefix go on
// from what the ways to cut that prefix have left.
class enumeration {
 public:
  enumeration(const alphabet& alphabet, std::size_t length, cutting cutting,
              const std::vector<replay::setting>& settings, std::string_view beginning = {},
              const std::vector<std::string>& endings = {})
      : alphabet_(alphabet),
        length_(length),
        cutting_(cutting),
        beginning_(beginning),
        endings_(endings) {
    for (const replay::setting& setting : settings) trials_.emplace_back(setting);
  }

  // Whether nothing differs.
  bool run(const share& mine) {
    extend(beginning_, 0, mine);
    const bool is_long = beginning_.size() > 30;
    std::printf("%s, up to %zu, behind \"%s%s\"%s, %s: %llu streams, %llu runs, %llu differences\n",
                alphabet_.name, length_, printable(beginning_.substr(0, is_long ? 10 : 30)).c_str(),
                is_long ? "..." : "", endings_.empty() ? "" : " and in front of much",
                cutting_ == cutting::splits ? "every split" : "all chunkings", sum_.streams,
                sum_.runs, sum_.differences);
    std::fflush(stdout);
    return sum_.differences == 0;
  }

 private:
  struct totals {
    unsigned long long streams = 0;
    unsigned long long runs = 0;
    unsigned long long differences = 0;
  };

  // The words of a letter or none are in everybody's way, but only the first one's to count.
  void extend(std::string_view letter, std::size_t rank, const share& mine) {
    const std::size_t before = stream_.size();
    stream_ += letter;
    ends_.push_back(stream_.size());
    const std::size_t size = ends_.size() - 1;
    const totals sum = sum_;
    expect(rank);
    run_cuts(before);
    if (size < 2 && mine.number != 0) sum_ = sum;
    for (std::size_t i = 0; i < alphabet_.letters.size() && size < length_; ++i) {
      if (size == 1 && (rank + i) % mine.of != mine.number) continue;
      extend(alphabet_.letters[i], rank * alphabet_.letters.size() + i, mine);
    }
    ends_.pop_back();
    stream_.resize(before);
  }

  void expect(std::size_t rank) {
    const std::string_view probe =
        endings_.empty() ? probes[rank % probe_count] : endings_[rank % endings_.size()];
    stream_and_probe_ = stream_;
    stream_and_probe_ += probe;
    expected_ = oracle::interpret(stream_);
    expected_behind_ = oracle::interpret(stream_and_probe_);
    ++sum_.streams;
  }

  void run_cuts(std::size_t before) {
    const std::size_t end = stream_.size();
    if (cutting_ == cutting::chunkings) {
      for (std::size_t i = 0; i + 1 < ends_.size(); ++i) {
        const std::size_t last = i == 0 ? 0 : std::size_t{1} << (i - 1);
        for (std::size_t cuts = 0; cuts < std::max<std::size_t>(last, 1); ++cuts) {
          run(ends_[i], cuts, end, cuts | last, true);
        }
      }
      return;
    }
    for (std::size_t size = before + 1; size <= end; ++size) {
      run(0, 0, size, whole, size == end);
      run(size - 1, size == 1 ? whole : bytes, size, bytes, size == end && size > 2);
    }
    for (std::size_t cut = 1; cut < end; ++cut) run(cut, whole, end, not_kept, true);
  }
  static constexpr std::size_t whole = 0, bytes = 1, not_kept = static_cast<std::size_t>(-1);

  // One more chunk, after a prefix cut in some way. If it is the last one, all is compared, also
  // with the ending in the same chunk. As long as it is never full, one way on is as good as the
  // others.
  void run(std::size_t begin, std::size_t cuts, std::size_t end, std::size_t cuts_after,
           bool is_last) {
    for (trial& each : trials_) {
      bool full = true;
      for (const policy when_full : {policy::grow, policy::drain, policy::skip}) {
        if (!full) break;
        each.restore(when_full, begin, cuts);
        each.player.expect(expected_, stream_);
        each.player.feed(std::string_view(stream_).substr(begin, end - begin));
        if (cuts_after != not_kept) each.save(when_full, end, cuts_after);
        full = each.player.suspensions() != 0;
        const char* difference = each.player.so_far();
        if (is_last) {
          ++sum_.runs;
          difference = difference_at_end(each, full);
        }
        if (is_last && difference == nullptr && !endings_.empty()) {
          each.restore(when_full, begin, cuts);
          each.player.expect(expected_behind_, stream_and_probe_);
          each.player.feed(std::string_view(stream_and_probe_).substr(begin));
          full |= each.player.suspensions() != 0;
          difference = each.player.difference();
        }
        if (difference != nullptr) report(difference, each.how, when_full, begin, cuts);
      }
    }
  }

  const char* difference_at_end(trial& each, bool& full) {
    replay::player& player = each.player;
    if (player.difference() != nullptr) return player.so_far();
    if (each.how.lenient_end) {
      player.save(at_end_);
      if (player.difference_when_finished() != nullptr) return player.so_far();
      full |= player.suspensions() != 0;
      player.restore(at_end_);
    }
    player.expect(expected_behind_, stream_and_probe_);
    player.feed(std::string_view(stream_and_probe_).substr(stream_.size()));
    full |= player.suspensions() != 0;
    return player.difference();
  }

  void report(const char* difference, const replay::setting& how, policy when_full,
              std::size_t begin, std::size_t cuts) {
    if (++sum_.differences > 10) return;
    std::printf("  \"%s\" cut at %zu", printable(stream_).c_str(), begin);
    if (cutting_ == cutting::splits && cuts == bytes) std::printf(" and everywhere before");
    for (std::size_t i = 1; cutting_ == cutting::chunkings && i < ends_.size(); ++i) {
      if ((cuts >> (i - 1) & 1) != 0) std::printf(" %zu", ends_[i]);
    }
    std::printf(", then \"%s\", capacity %zu, policy %d, reports %d: %s\n",
                printable(std::string_view(stream_and_probe_).substr(stream_.size())).c_str(),
                how.capacity, static_cast<int>(when_full), static_cast<int>(how.reports),
                difference);
  }

  const alphabet& alphabet_;
  std::size_t length_;
  cutting cutting_;
  std::string_view beginning_;
  const std::vector<std::string>& endings_;
  std::deque<trial> trials_;
  std::string stream_;
  std::string stream_and_probe_;
  std::vector<std::size_t> ends_;  // of the letters in the stream
  oracle::result expected_;
  oracle::result expected_behind_;
  replay::player::state at_end_;
  totals sum_;
};

// What follows them lies on both sides of where one block of 64 bytes ends and the next begins: a
// line without anything, one with much that might be a line end, and many lines.
std::vector<std::string> long_beginnings() {
  std::vector<std::string> all = {":" + std::string(56, 'c') + "\n",
                                  "data:" + std::string(57, '\t'), ""};
  while (all[2].size() < 62) all[2] += "x\n";
  return all;
}

// Events that are taken whole, and lines of data that are taken one after another, if what is in
// front of them is; and of both the next ones lie across the end of a block of 64 bytes.
std::vector<std::string> plain_beginnings() {
  return {"data:" + std::string(54, 'c') + "\n\n", "data:a\ndata:" + std::string(47, 'c') + "\n"};
}

// So much behind them that they can be taken so.
std::vector<std::string> long_endings() {
  std::vector<std::string> all = {"\n:" + std::string(300, 'c'), "", ""};
  while (all[1].size() < 300) all[1] += "data:z\n\n";
  while (all[2].size() < 300) all[2] += "\rdata:z";
  return all;
}

// Hardly any storage, with and without reports; a stream is also ended with finish.
std::vector<replay::setting> tight() {
  using sse::report;
  constexpr report reports[] = {report::nothing, report::everything, report::comments,
                                report::everything, report::ignored_lines | report::no_data};
  std::vector<replay::setting> all;
  for (std::size_t capacity = 0; capacity < std::size(reports); ++capacity) {
    all.push_back({capacity, policy::grow, reports[capacity], capacity < 2});
  }
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  const request request(argc, argv);
  const std::vector<replay::setting> roomy = {{64}};
  bool same = true;
  const auto explore = [&](const alphabet& letters, const std::array<std::size_t, 3>& lengths,
                           cutting cuts, const std::vector<replay::setting>& settings,
                           std::string_view beginning = {},
                           const std::vector<std::string>& endings = {}) {
    if (!same) return;  // enough to look at
    same = enumeration(letters, request.pick(lengths), cuts, settings, beginning, endings)
               .run(request.mine);
  };
  // Each letter more is about ten times the work: a moment, some ten seconds, some minutes.
  explore(lines_16, {2, 4, 4}, cutting::splits, tight());
  explore(tokens_14, {2, 3, 4}, cutting::splits, tight(), "id:y\ndata:ab\ndata:c\n");
  explore(tokens_7, {3, 5, 6}, cutting::chunkings, tight());
  for (const std::string& beginning : long_beginnings()) {
    explore(lines_16, {2, 3, 4}, cutting::splits,
            {{128}, {2}, {3, policy::grow, sse::report::everything}}, beginning);
  }
  const std::vector<std::string> endings = long_endings();
  const std::vector<replay::setting> hurried = {{192, policy::grow, sse::report::comments},
                                                {150, policy::grow, sse::report::everything},
                                                {1},
                                                {0}};
  explore(tokens_14, {2, 3, 4}, cutting::splits, hurried, {}, endings);
  explore(lines_16, {2, 3, 4}, cutting::splits, hurried, {}, endings);
  for (const std::string& beginning : plain_beginnings()) {
    explore(lines_16, {1, 2, 3}, cutting::splits, hurried, beginning, endings);
  }
  explore(tokens_7, {4, 6, 8}, cutting::chunkings, roomy);
  explore(tokens_14, {2, 4, 6}, cutting::splits, tight());
  explore(bytes_12, {3, 5, 7}, cutting::splits, tight());
  return same ? 0 : 1;
}
