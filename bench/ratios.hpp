// SPDX-License-Identifier: MIT
// A reporter that shows each benchmark as the median of its repetitions, and as ratios to others.
#ifndef SSEWIRE_BENCH_RATIOS_HPP
#define SSEWIRE_BENCH_RATIOS_HPP

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace bench {

inline double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 != 0 ? values[half] : (values[half - 1] + values[half]) / 2;
}

/// What is compared with what: the heading of a column, and the benchmark that is 1 in it for a
/// given one.
struct reference {
  const char* heading;
  std::function<std::string(const std::string&)> of;
};

class ratio_reporter : public benchmark::BenchmarkReporter {
 public:
  explicit ratio_reporter(std::vector<reference> references) : references_(std::move(references)) {}

  bool ReportContext(const Context& context) override {
    PrintBasicContext(&GetErrorStream(), context);
    return true;
  }

  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      const std::string name = run.benchmark_name();
      if (run.run_type != Run::RT_Iteration) continue;
      names_[run.family_index] = name;  // in the order of registration, whatever ran first
      std::vector<double>& speeds = speeds_[name];  // stays empty where a run failed
      const auto speed = run.counters.find("bytes_per_second");
      if (speed != run.counters.end() && run.iterations != 0) speeds.push_back(speed->second.value);
    }
  }

  void Finalize() override {
    std::printf("%-32s %9s", "", "GB/s");
    for (const reference& r : references_) std::printf(" %14s", r.heading);
    std::printf("\n");
    for (const auto& [index, name] : names_) print(name);
    std::fflush(stdout);
  }

  /// Bytes per second; 0 if there was no such benchmark, or it was wrong.
  double speed(const std::string& name) const {
    const auto found = speeds_.find(name);
    return found == speeds_.end() ? 0 : median(found->second);
  }

 private:
  void print(const std::string& name) const {
    const double own = speed(name);
    if (!(own > 0)) {
      std::printf("%-32s %9s\n", name.c_str(), "wrong");
      return;
    }
    std::printf("%-32s %9.3f", name.c_str(), own / 1e9);
    for (const reference& r : references_) {
      const double other = speed(r.of(name));
      if (other > 0) {
        std::printf(" %14.3f", own / other);
      } else {
        std::printf(" %14s", "-");
      }
    }
    std::printf("\n");
  }

  std::vector<reference> references_;
  std::map<std::int64_t, std::string> names_;
  std::map<std::string, std::vector<double>> speeds_;
};

}  // namespace bench

#endif
