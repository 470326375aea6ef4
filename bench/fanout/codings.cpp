// SPDX-License-Identifier: MIT
// What it costs to send events compressed: with a compressor for each follower, as is done in most
// servers, and made once for all of them. Prints a table.
#include "../../examples/servers/codings.hpp"

#include <malloc.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

namespace {

constexpr int events = 4'000, few = 50, many = 2'000;  // followers

std::string event(int number) {
  char text[256];
  const int size = std::snprintf(
      text, sizeof text,
      "id: 1a2b3c4d5e6-%d\ndata: {\"symbol\":\"ACME\",\"price\":%d.%02d,\"volume\":%d,\"time\":"
      "\"2026-01-01T10:%02d:%02d.%03dZ\",\"venue\":\"XETR\",\"currency\":\"EUR\"}\n\n",
      number, 100 + number * 7 % 13, number * 31 % 100, number * 37 % 997, number / 60 % 60,
      number % 60, number * 577 % 1'000);
  return {text, static_cast<std::size_t>(size)};
}

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}
double allocated() {
  const auto info = mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd);
}

void print(const char* name, const char* how, double bytes, double time, double memory) {
  std::printf("| %s | %s | %.1f | %.2f | %.0f |\n", name, how, bytes, time * 1e6, memory);
}

template <class Coder>
void by_one_each(const char* name) {
  const double before = allocated();
  std::vector<std::unique_ptr<Coder>> all;
  std::string sent;
  double bytes = 0, begin = now();
  for (int i = 0; i < few; ++i) {
    all.push_back(std::make_unique<Coder>());
    all.back()->forget();
  }
  const int rounds = events / 10;
  for (int number = 0; number < rounds; ++number) {
    const std::string text = event(number);
    for (auto& its : all) {
      sent.clear();
      its->put(text, true, sent);
      bytes += static_cast<double>(sent.size());
    }
  }
  const double deliveries = few * static_cast<double>(rounds);
  print(name, "a compressor each", bytes / deliveries, (now() - begin) / deliveries,
        (allocated() - before) / few);
}

template <class Coder>
void by_one_for_all(const char* name, const char* how, bool is_in_chain) {
  compressed::press press(name, std::make_unique<Coder>(), std::make_unique<Coder>());
  const double before = allocated();
  std::vector<std::unique_ptr<compressed::follower>> all;
  for (int i = 0; i < many; ++i) all.push_back(std::make_unique<compressed::follower>());
  const double memory = (allocated() - before) / many;
  double bytes = 0, begin = now();
  for (int number = 0; number < events; ++number) {
    const std::string text = event(number);
    const std::string_view piece = text;
    press.next();
    for (auto& its : all) {
      if (!is_in_chain) its->step = ~std::uint64_t{0};
      const auto made = press.give(*its, &piece, 1);
      bytes += static_cast<double>(made.seam.size() + made.bytes.size());
    }
  }
  const double deliveries = many * static_cast<double>(events);
  print(name, how, bytes / deliveries, (now() - begin) / deliveries, memory);
}

template <class Coder>
void measure(const char* name) {
  by_one_each<Coder>(name);
  by_one_for_all<Coder>(name, "one for all", true);
  by_one_for_all<Coder>(name, "one for all, who always just came", false);
}

}  // namespace

int main() {
  double plain = 0;
  for (int number = 0; number < events; ++number)
    plain += static_cast<double>(event(number).size());
  std::printf(
      "| coding | compressors | bytes of an event | µs for a delivery | bytes for a follower |\n");
  std::printf("|---|---|---:|---:|---:|\n");
  print("identity", "none", plain / events, 0, 0);
  measure<compressed::zstd>("zstd");
  measure<compressed::brotli>("br");
  measure<compressed::gzip>("gzip");
}
