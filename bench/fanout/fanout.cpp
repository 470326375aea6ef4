// SPDX-License-Identifier: MIT
// What a channel costs, in one process and without I/O, beside what is written by hand.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <numeric>
#include <random>
#include <sse/channel.hpp>
#include <sse/growing_writer.hpp>
#include <string>
#include <vector>

namespace {

const std::string data(200, 'x');
constexpr std::uint64_t epoch = 0x65f1a2b3;

struct piece {
  char* data;
  std::size_t size;
};

std::size_t send(const char* bytes, std::size_t size) {
  benchmark::DoNotOptimize(bytes);
  benchmark::DoNotOptimize(size);
  return size;
}

struct ring {
  explicit ring(std::size_t size) : bytes(size), entries(size / 128) {}
  std::vector<char> bytes;
  std::vector<sse::channel::entry> entries;
};

/// A client as a server has it: with its socket, and what it must know of it.
template <class Place>
struct client {
  Place place = {};
  int fd = 0;
  bool is_full = false;
};

// Each has `publish`, which makes an event reach all clients, and `deliver`, by which all are sent
// what they have not got. In between other things happen, for a server does not know yet who can
// take more: so these are two passes.
class by_channel {
 public:
  explicit by_channel(std::size_t count) : clients_(count) {
    for (auto& c : clients_) c.place = channel_.newest();
  }
  static constexpr std::size_t bytes_for_each = sizeof(client<sse::cursor>);

  bool publish() { return channel_.publish({data}) == sse::channel::status::ok; }
  std::size_t deliver() {
    std::size_t bytes = 0;
    piece pieces[2];
    for (auto& c : clients_) {
      if (c.is_full) continue;
      const sse::reading next = channel_.read(c.place, pieces, 2);
      for (std::size_t i = 0; i < next.count; ++i) bytes += send(pieces[i].data, pieces[i].size);
      channel_.sent(c.place, next.bytes);
    }
    return bytes;
  }

 private:
  ring ring_ = ring(1 << 20);
  sse::channel channel_ = {ring_.bytes, ring_.entries, epoch};
  std::vector<client<sse::cursor>> clients_;
};

std::string encoded(std::uint64_t number) {
  sse::growing_writer writer;
  const std::string id = "65f1a2b3-" + std::to_string(number);
  return writer.write(sse::event{data}.with_id(id)) == sse::writer::status::ok ? writer.take() : "";
}

/// Clients come and go. After a while what they own lies in no order.
template <class Clients>
void age(Clients& clients) {
  std::mt19937 random(1);
  for (std::size_t i = clients.size(); i > 1; --i) {
    std::swap(clients[i - 1].place, clients[random() % i].place);
  }
}

template <bool Aged>
class by_queues {
 public:
  explicit by_queues(std::size_t count) : clients_(count) {
    if (Aged) age(clients_);
  }

  bool publish() {
    const auto event = std::make_shared<const std::string>(encoded(++number_));
    for (auto& c : clients_) c.place.push_back(event);
    return true;
  }
  std::size_t deliver() {
    std::size_t bytes = 0;
    for (auto& c : clients_) {
      while (!c.is_full && !c.place.empty()) {
        bytes += send(c.place.front()->data(), c.place.front()->size());
        c.place.pop_front();
      }
    }
    return bytes;
  }

 private:
  std::vector<client<std::deque<std::shared_ptr<const std::string>>>> clients_;
  std::uint64_t number_ = 0;
};

template <bool Aged>
class by_copies {
 public:
  explicit by_copies(std::size_t count) : clients_(count) {
    for (auto& c : clients_) c.place.reserve(250);  // they own something
    if (Aged) age(clients_);
  }

  bool publish() {
    const std::string event = encoded(++number_);
    for (auto& c : clients_) c.place += event;
    return true;
  }
  std::size_t deliver() {
    std::size_t bytes = 0;
    for (auto& c : clients_) {
      if (c.is_full || c.place.empty()) continue;
      bytes += send(c.place.data(), c.place.size());
      c.place.clear();
    }
    return bytes;
  }

 private:
  std::vector<client<std::string>> clients_;
  std::uint64_t number_ = 0;
};

/// Shows the time for one of so many.
void count(benchmark::State& state, std::size_t of_an_iteration) {
  using benchmark::Counter;
  state.counters["each"] =
      Counter(static_cast<double>(of_an_iteration),
              static_cast<Counter::Flags>(Counter::kIsIterationInvariantRate | Counter::kInvert));
}

void publish(benchmark::State& state) {
  by_channel to(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    if (!to.publish()) state.SkipWithError("refused");
  }
  count(state, 1);
}

template <class Way>
void deliver(benchmark::State& state) {
  const auto count_of_clients = static_cast<std::size_t>(state.range(0));
  Way way(count_of_clients);
  for (int i = 0; i < 3; ++i) {  // queues and strings get the memory that they will keep
    if (!way.publish() || way.deliver() < data.size() * count_of_clients) {
      return state.SkipWithError("not all was sent");
    }
  }
  std::size_t bytes = 0;
  for (auto _ : state) {
    way.publish();
    bytes += way.deliver();
  }
  const auto expected = static_cast<std::size_t>(state.iterations()) * count_of_clients;
  if (bytes < expected * data.size()) state.SkipWithError("not all was sent");
  count(state, count_of_clients);
}

/// The time of a cache miss: loads, each from where the last one says, all over as much memory as
/// so many followers take.
void miss(benchmark::State& state) {
  struct alignas(64) line {
    line* next = nullptr;
  };
  const auto followers = static_cast<std::size_t>(state.range(0));
  std::vector<line> lines(std::max<std::size_t>(1, followers * by_channel::bytes_for_each / 64));
  std::vector<std::size_t> order(lines.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::shuffle(order.begin(), order.end(), std::mt19937(1));
  for (std::size_t i = 0; i < order.size(); ++i) {
    lines[order[i]].next = &lines[order[(i + 1) % order.size()]];
  }
  const line* at = lines.data();
  for (auto _ : state) {
    for (std::size_t i = 0; i < lines.size(); ++i) at = at->next;
    benchmark::DoNotOptimize(at);
  }
  count(state, lines.size());
}

/// Clients come back with IDs of events that are still there.
void resume(benchmark::State& state, bool with_own_ids) {
  const auto size = static_cast<std::size_t>(state.range(0));
  constexpr std::uint64_t published = 400'000;  // more than the largest ring holds
  ring memory(size);
  const sse::channel::entries entries = memory.entries;
  const auto channel = with_own_ids ? std::make_unique<sse::channel>(memory.bytes, entries, epoch)
                                    : std::make_unique<sse::channel>(memory.bytes, entries);
  for (std::uint64_t number = 1; number <= published; ++number) {
    const std::string id = "65f1a2b3-" + std::to_string(number);
    const sse::event event(data);
    const auto status = channel->publish(with_own_ids ? event : event.with_id(id));
    if (status != sse::channel::status::ok) return state.SkipWithError("refused");
  }
  std::mt19937_64 random(1);
  std::vector<std::string> ids(256);
  for (std::string& id : ids) {
    id = "65f1a2b3-" + std::to_string(published - random() % channel->count());
  }
  std::size_t next = 0;
  for (auto _ : state) {
    const sse::resumed from = channel->resume(ids[next++ % ids.size()]);
    if (from.kind == sse::resumed::unknown) state.SkipWithError("an ID was not found");
    benchmark::DoNotOptimize(from);
  }
  count(state, 1);
}

void for_all_numbers(benchmark::internal::Benchmark* b) {
  for (const std::int64_t count : {1, 1'000, 100'000, 1'000'000}) b->Arg(count);
}
void of_both_sizes(benchmark::internal::Benchmark* b) {
  for (const std::int64_t size : {1 << 16, 1 << 26}) b->Arg(size);
}

BENCHMARK(publish)->Apply(for_all_numbers);
BENCHMARK_TEMPLATE(deliver, by_channel)->Apply(for_all_numbers);
BENCHMARK_TEMPLATE(deliver, by_queues<false>)->Apply(for_all_numbers);
BENCHMARK_TEMPLATE(deliver, by_queues<true>)->Apply(for_all_numbers);
BENCHMARK_TEMPLATE(deliver, by_copies<false>)->Apply(for_all_numbers);
BENCHMARK_TEMPLATE(deliver, by_copies<true>)->Apply(for_all_numbers);
BENCHMARK(miss)->Apply(for_all_numbers);
BENCHMARK_CAPTURE(resume, own, true)->Apply(of_both_sizes);
BENCHMARK_CAPTURE(resume, publishers, false)->Apply(of_both_sizes);

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::AddCustomContext("compiler", SSEWIRE_BENCH_COMPILER);
  benchmark::RunSpecifiedBenchmarks();
}
