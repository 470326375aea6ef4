// SPDX-License-Identifier: MIT
// Writes the load and the memory of this machine (Linux) to standard output, as an event stream:
//     sse-ticker [COUNT [INTERVAL_IN_MS]] | ssewire decode
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sse/writer.hpp>
#include <string>
#include <string_view>
#include <thread>

namespace {

std::string first_lines(const char* path, int count) {
  std::ifstream file(path);
  std::string text;
  for (std::string line; count > 0 && std::getline(file, line); --count) {
    text += (text.empty() ? "" : "\n") + line;
  }
  return text;
}

bool send(sse::writer& writer, sse::writer::status status) {
  const std::string_view bytes = writer.written();
  const bool sent = std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size();
  writer.clear();
  return status == sse::writer::status::ok && sent && std::fflush(stdout) == 0;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace std::chrono_literals;
  const int count = argc > 1 ? std::atoi(argv[1]) : 6;
  const std::chrono::milliseconds interval(argc > 2 ? std::atoi(argv[2]) : 250);

  char buffer[1024];
  sse::writer writer(buffer);
  bool open = true;

  for (int number = 1; open && number <= count; ++number) {
    const std::string id = std::to_string(number);
    const std::string load = first_lines("/proc/loadavg", 1);
    sse::event e = sse::event{"load", load}.with_id(id);
    if (number == 1) e.retry = 3s;
    open = send(writer, writer.write(e));
    if (open && number % 3 == 0) {
      open = send(writer, writer.write("memory", first_lines("/proc/meminfo", 3)));
    }
    // Proxies close connections that are quiet for long.
    for (auto left = interval; open && number < count && left > 0ms; left -= 15s) {
      std::this_thread::sleep_for(std::min<std::chrono::milliseconds>(left, 15s));
      open = send(writer, writer.comment("still here"));
    }
  }
  return open ? 0 : 1;
}
