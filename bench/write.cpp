// SPDX-License-Identifier: MIT
// How fast events are written. A benchmark is named way/bytes of data/line ends, as in
// write/250/1. What comes out is compared before anything is timed. Speeds are in bytes of data.
#include <benchmark/benchmark.h>
#include <sys/uio.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sse/writer.hpp>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "by_hand_writer.hpp"
#include "ratios.hpp"

namespace {

bool ours_is_wrong = false;

struct payload {
  std::size_t size;
  std::size_t line_ends;
};
constexpr payload payloads[] = {{20, 0},   {20, 1},    {20, 4},    {250, 0},   {250, 1},
                                {250, 10}, {1500, 24}, {65536, 0}, {65536, 1}, {65536, 1000}};

/// With the line ends spread evenly, and none at the end.
std::string make_payload(const payload& p) {
  std::string text(p.size, 'x');
  for (std::size_t i = 1; i <= p.line_ends; ++i) text[i * p.size / (p.line_ends + 1)] = '\n';
  return text;
}

sse::event event_of(std::string_view data) {
  sse::event e;
  e.data = data;
  return e;
}

std::vector<char>& buffer() {
  static std::vector<char> bytes(std::size_t{1} << 20);
  return bytes;
}

// ---- The ways to write. Each is called with the data over and over, and then asked what it wrote.

struct into_buffer {
  sse::writer writer{buffer().data(), buffer().size()};
  void run(std::string_view data) {
    writer.clear();
    if (writer.write(event_of(data)) != sse::writer::status::ok) std::abort();
    benchmark::ClobberMemory();
  }
  std::string written() const { return std::string(writer.written()); }
};

struct in_pieces {
  sse::writer writer{buffer().data(), buffer().size()};
  void run(std::string_view data) {
    using status = sse::writer::status;
    writer.clear();
    bool ok = writer.begin() == status::ok;
    const std::size_t quarter = data.size() / 4;
    for (int piece = 0; piece < 3; ++piece) {
      ok &= writer.data(data.substr(0, quarter)) == status::ok;
      data.remove_prefix(quarter);
    }
    ok &= writer.data(data) == status::ok;
    ok &= writer.end() == status::ok;
    if (!ok) std::abort();
    benchmark::ClobberMemory();
  }
  std::string written() const { return std::string(writer.written()); }
};

struct to_string {
  std::string out;
  void run(std::string_view data) {
    out.clear();
    if (sse::append(out, event_of(data)) != sse::writer::status::ok) std::abort();
    benchmark::ClobberMemory();
  }
  std::string written() const { return out; }
};

struct gathered {
  std::vector<iovec> pieces = std::vector<iovec>(4096);
  std::size_t count = 0;
  void run(std::string_view data) {
    const auto [status, needed] = sse::gather(event_of(data), pieces.data(), pieces.size());
    if (status != sse::writer::status::ok) std::abort();
    count = needed;
    benchmark::ClobberMemory();
  }
  std::string written() const {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) {
      out.append(static_cast<const char*>(pieces[i].iov_base), pieces[i].iov_len);
    }
    return out;
  }
};

struct concatenated {
  std::string out;
  void run(std::string_view data) {
    out.clear();
    bench::concatenate(out, data);
    benchmark::ClobberMemory();
  }
  std::string written() const { return out; }
};

struct streamed {
  std::string out;
  void run(std::string_view data) {
    std::ostringstream stream;
    bench::stream(stream, data);
    out = stream.str();
    benchmark::ClobberMemory();
  }
  std::string written() const { return out; }
};

#ifdef SSEWIRE_BENCH_FMT
struct formatted {
  std::string out;
  void run(std::string_view data) {
    out.clear();
    bench::format(out, data);
    benchmark::ClobberMemory();
  }
  std::string written() const { return out; }
};
#endif

struct copied {
  void run(std::string_view data) {
    std::memcpy(buffer().data(), data.data(), data.size());
    benchmark::ClobberMemory();
  }
  std::string written() const { return {}; }
};

std::string expected(const std::string& data) {
  std::string out = "data: ";
  for (const char c : data) out += c == '\n' ? "\ndata: " : std::string(1, c);
  return out + "\n\n";
}

template <class Way>
void add(const std::string& way, bool ours = false) {
  for (const payload& p : payloads) {
    const std::string name = way + "/" + std::to_string(p.size) + "/" + std::to_string(p.line_ends);
    benchmark::RegisterBenchmark(name.c_str(), [p, way, ours](benchmark::State& state) {
      const std::string data = make_payload(p);
      Way writes;
      writes.run(data);
      if (way != "memcpy" && writes.written() != expected(data)) {
        ours_is_wrong |= ours;
        state.SkipWithError("wrong");
        return;
      }
      for ([[maybe_unused]] auto _ : state) {
        std::string_view view = data;
        benchmark::DoNotOptimize(view);
        writes.run(view);
      }
      state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(data.size()));
    });
  }
}

}  // namespace

int main(int argc, char** argv) {
  add<into_buffer>("write", true);
  add<to_string>("append", true);
  add<gathered>("gather", true);
  add<in_pieces>("pieces", true);
  add<copied>("memcpy");
  add<concatenated>("concatenation");
  add<streamed>("ostringstream");
#ifdef SSEWIRE_BENCH_FMT
  add<formatted>("fmt");
#endif
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::AddCustomContext("compiler", SSEWIRE_BENCH_COMPILER);
  const auto payload_of = [](const std::string& name) { return name.substr(name.find('/')); };
  bench::ratio_reporter reporter(
      {{"of memcpy", [=](const std::string& name) { return "memcpy" + payload_of(name); }},
       {"of concat.",
        [=](const std::string& name) { return "concatenation" + payload_of(name); }}});
  benchmark::RunSpecifiedBenchmarks(&reporter);
  if (ours_is_wrong) std::fputs("wrong: what the library itself wrote\n", stderr);
  return ours_is_wrong ? 1 : 0;
}
