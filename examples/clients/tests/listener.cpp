// SPDX-License-Identifier: MIT
// What a program may do in the callbacks of listen.hpp, and beside them: listener URL, of a server
// that says what listen.py has it say. Prints what happens.
#include <iostream>
#include <sse/event_source.hpp>
#include <stdexcept>
#include <thread>

#include "../listen.hpp"

namespace {

using namespace std::chrono_literals;

sse::policy without_waits() {
  sse::policy policy = sse::policy::standard();
  policy.default_wait = policy.shortest_wait = 1ms;
  return policy;
}

std::string_view name(sse::ready_state state) {
  constexpr std::string_view names[] = {"connecting", "open", "closed"};
  return names[static_cast<int>(state)];
}

void calls_in_callbacks(const char* url) {
  event_listener events(url, without_waits());
  std::cout << name(events.state()) << ' ' << (events.url() == url) << '\n';
  events.headers = {"X-Own: 1"};
  events.onopen = [&] { std::cout << name(events.state()) << '\n'; };
  events.onerror = [&](sse::reason) { std::cout << name(events.state()) << '\n'; };
  events.on("add", [&](const sse::event&) {
    events.on("later", [](const sse::event& e) { std::cout << "later " << e.data << '\n'; });
  });
  events.on("throw", [](const sse::event& e) { throw std::runtime_error(std::string(e.data)); });
  events.on("close", [&](const sse::event&) { events.close(); });
  events.on("close", [](const sse::event&) { std::cout << "not reached\n"; });
  events.onmessage = [](const sse::event& e) { std::cout << e.data << '\n'; };
  try {
    events.run();
  } catch (const std::runtime_error& error) {
    std::cout << "thrown: " << error.what() << ' ' << events.last_event_id() << '\n';
    std::this_thread::sleep_for(5ms);  // longer than it waits: that it comes back is told even so
  }
  std::cout << sse::describe(events.run()) << ' ' << name(events.state()) << std::endl;
}

// While it waits for an answer, and before it runs.
void close_from_another_thread(const char* url) {
  event_listener events(url, without_waits());
  std::thread runner([&] { std::cout << sse::describe(events.run()) << std::endl; });
  std::cin.get();
  events.close();
  runner.join();
  std::cout << sse::describe(events.run()) << std::endl;
}

void close_when_open(const char* url) {
  event_listener events(url, without_waits());
  events.onopen = [&] { events.close(); };
  events.onmessage = [](const sse::event&) { std::cout << "not reached\n"; };
  std::cout << sse::describe(events.run()) << std::endl;
}

}  // namespace

int main(int, char** argv) {
  calls_in_callbacks(argv[1]);
  close_when_open(argv[1]);
  close_from_another_thread(argv[1]);
}
