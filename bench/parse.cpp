// SPDX-License-Identifier: MIT
// How fast streams are parsed: by the library, by hand, and what the limits are. A benchmark is
// named program/corpus/size/chunk, as in next/tokens/in/16384, or with the shape of a recording for
// the chunk, and a limit limit/corpus/size.
// Answers are compared before anything is timed: a program whose answer is wrong gets no figure.
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "by_hand.hpp"
#include "chunks.hpp"
#include "corpora.hpp"
#include "limits.hpp"
#include "ours.hpp"
#include "ratios.hpp"

namespace {

using bench::corpus;

bool ours_is_wrong = false;

const corpus& corpus_of(std::string_view name, std::size_t size) {
  static std::map<std::pair<std::string_view, std::size_t>, corpus> made;
  const auto key = std::make_pair(name, size);
  auto found = made.find(key);
  if (found == made.end()) found = made.emplace(key, bench::make_corpus(name, size)).first;
  return found->second;
}

constexpr std::size_t chunks[] = {1, 8, 64, 1460, 16384, 0};

struct input {
  std::string_view corpus;
  std::size_t size;
  std::size_t chunk;                           // 0: all at once
  const bench::recording* recorded = nullptr;  // what it is cut by in place of that
};

std::string suffix(const input& in, bool with_chunk) {
  const std::string size = in.size == bench::out_of_cache ? "/out" : "/in";
  const std::string chunk = in.recorded != nullptr ? in.recorded->shape
                            : in.chunk == 0        ? "whole"
                                                   : std::to_string(in.chunk);
  return "/" + std::string(in.corpus) + size + (with_chunk ? "/" + chunk : "");
}

template <class Program, class Sink>
void run(Program& program, const corpus& c, const input& in, Sink& sink) {
  if (in.recorded != nullptr) {
    program.run(c.text, bench::recorded_sizes{in.recorded->sizes.data()}, sink);
  } else {
    program.run(c.text, in.chunk == 0 ? c.text.size() : in.chunk, sink);
  }
}

template <class Program>
bool is_right(const corpus& c, const input& in) {
  const auto program = std::make_unique<Program>();
  bench::answer answer;
  run(*program, c, in, answer);
  return answer == c.expected;
}

template <class Program>
void parse(benchmark::State& state, const std::string& name, const input& in) {
  const corpus& c = corpus_of(in.corpus, in.size);
  static std::map<std::string, bool> verdicts;
  auto verdict = verdicts.find(name);
  if (verdict == verdicts.end()) {
    verdict = verdicts.emplace(name, is_right<Program>(c, in)).first;
  }
  if (!verdict->second) {
    ours_is_wrong |= name.find("_by_hand") == std::string::npos;
    state.SkipWithError("wrong");
    return;
  }
  const auto program = std::make_unique<Program>();
  bench::tally warm_up;  // else memory that is touched for the first time would be timed
  run(*program, c, in, warm_up);
  for ([[maybe_unused]] auto _ : state) {
    bench::tally tally;
    run(*program, c, in, tally);
    benchmark::DoNotOptimize(tally);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(c.text.size()));
  if (in.recorded != nullptr) {
    state.counters["size"] = static_cast<double>(c.text.size());
    state.counters["events"] = static_cast<double>(c.expected.events);
    state.counters["chunks"] = static_cast<double>(in.recorded->sizes.size());
    state.counters["cut"] = static_cast<double>(bench::count_cut_events(c.text, *in.recorded));
  }
}

template <class Program>
void add(const std::string& program, const input& in) {
  const std::string name = program + suffix(in, true);
  benchmark::RegisterBenchmark(
      name.c_str(), [name, in](benchmark::State& state) { parse<Program>(state, name, in); });
}

template <class Limit>
void add_limit(const std::string& limit, const input& in) {
  benchmark::RegisterBenchmark((limit + suffix(in, false)).c_str(), [in](benchmark::State& state) {
    const std::string& text = corpus_of(in.corpus, in.size).text;
    Limit measured;
    measured.run(text);  // warms up, as above
    for ([[maybe_unused]] auto _ : state) {
      const char* begin = text.data();
      benchmark::DoNotOptimize(begin);  // else one pass might do for all
      measured.run({begin, text.size()});
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
  });
}

void add_limits(std::string_view name, std::size_t size) {
  const input in = {name, size, 0};
  add_limit<bench::memchr_limit>("memchr", in);
  add_limit<bench::memcpy_limit>("memcpy", in);
#ifndef SSEWIRE_BENCH_OTHER_HEADERS
  add_limit<bench::index_limit>("index", in);
#endif
}

void add_programs(const input& in) {
  add<bench::ours_next>("next", in);
  add<bench::ours_events>("events", in);
  add<bench::ours_growing>("growing", in);
  add<bench::ours_drain>("drain", in);
  add<bench::string_by_hand>("string_by_hand", in);
  add<bench::getline_by_hand>("getline_by_hand", in);
  // In large chunks, a line that is erased moves all that is behind it: it would never end.
  const std::size_t chunk = in.chunk == 0 ? in.size : in.chunk;
  if (chunk <= 16384) add<bench::erase_by_hand>("erase_by_hand", in);
}

void add_all() {
  for (const std::string_view corpus : bench::corpora) {
    for (const std::size_t size : {bench::in_cache, bench::out_of_cache}) {
      add_limits(corpus, size);
      for (const std::size_t chunk : chunks) {
        const input in = {corpus, size, chunk};
        // Where small chunks are what takes the time, the cache is of no account.
        if (size == bench::in_cache || chunk == 0 || chunk >= 1460) {
          add_programs(in);
        } else {
          add<bench::ours_next>("next", in);
        }
      }
    }
  }
  for (const bench::special& s : bench::specials) {
    add_limits(s.name, s.size);
    add_programs({s.name, s.size, s.chunk});
  }
  static const std::vector<bench::recording> recordings =
      bench::read_recordings(SSEWIRE_BENCH_RECORDED);
  for (const bench::recording& r : recordings) {
    const input in = {r.corpus, bench::in_cache, 0, &r};
    if (r.bytes() != corpus_of(r.corpus, bench::in_cache).text.size()) {
      std::fprintf(stderr, "%s/%s was recorded of other bytes: record it anew\n", r.shape.c_str(),
                   r.corpus.c_str());
      std::exit(2);
    }
    add<bench::ours_next>("next", in);
    add<bench::ours_growing>("growing", in);
    add<bench::string_by_hand>("string_by_hand", in);
  }
}

/// program/corpus/size/chunk -> memchr/corpus/size
std::string memchr_of(const std::string& name) {
  const std::size_t corpus = name.find('/');
  const std::size_t size = name.find('/', corpus + 1);
  return "memchr" + name.substr(corpus, name.find('/', size + 1) - corpus);
}

/// program/corpus/size/chunk -> string_by_hand/corpus/size/chunk
std::string best_by_hand_of(const std::string& name) {
  return "string_by_hand" + name.substr(name.find('/'));
}

/// The one number: the geometric mean of next/*/in/16384 over memchr. 0 if any part is missing.
double score(const bench::ratio_reporter& results) {
  double logarithms = 0;
  for (const std::string_view corpus : bench::corpora) {
    const std::string name = "next" + suffix({corpus, bench::in_cache, 16384}, true);
    const double ratio = results.speed(name) / results.speed(memchr_of(name));
    if (!(ratio > 0)) return 0;
    logarithms += std::log(ratio);
  }
  return std::exp(logarithms / static_cast<double>(bench::corpora.size()));
}

}  // namespace

int main(int argc, char** argv) {
  add_all();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::AddCustomContext("compiler", SSEWIRE_BENCH_COMPILER);
  benchmark::AddCustomContext("sizeof(sse::parser)", std::to_string(sizeof(sse::parser)));
  bench::ratio_reporter reporter({{"of memchr", memchr_of}, {"of by hand", best_by_hand_of}});
  benchmark::RunSpecifiedBenchmarks(&reporter);
  if (const double result = score(reporter); result > 0) std::printf("score %.3f\n", result);
  if (ours_is_wrong) std::fputs("wrong: an answer of the library itself\n", stderr);
  return ours_is_wrong ? 1 : 0;
}
