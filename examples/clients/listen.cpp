// SPDX-License-Identifier: MIT
// Prints the events of the types that it is told, and those without a type, until SIGINT or
// SIGTERM: listen.hpp at work. Exit code 0 if it was told to stop, 1 if there was no hope left.
//
//   g++ -std=c++17 -I ../../include listen.cpp -o listen $(pkg-config --libs libcurl)
//   ./listen http://127.0.0.1:8080/events tick
#include "listen.hpp"

#include <csignal>
#include <iostream>
#include <sse/event_source.hpp>

namespace {
event_listener* listener = nullptr;
}

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: listen URL [TYPE]...\n";
    return 2;
  }
  event_listener events(argv[1], sse::policy::standard());
  listener = &events;
  for (const int number : {SIGINT, SIGTERM}) std::signal(number, [](int) { listener->close(); });

  const auto print = [&](const sse::event& e) {
    std::cout << e.type << ' ' << events.last_event_id() << ' ' << e.data << std::endl;
  };
  events.onopen = [] { std::cerr << "open\n"; };
  events.onmessage = print;
  events.onerror = [&](sse::reason why) {
    const bool is_over = events.state() == sse::ready_state::closed;
    std::cerr << sse::describe(why) << (is_over ? ": it is over\n" : ": it comes back\n");
  };
  events.onskip = [] { std::cerr << "an event was too large\n"; };
  for (int i = 2; i < argc; ++i) events.on(argv[i], print);

  const sse::reason why = events.run();
  return why == sse::reason::stop || why == sse::reason::closed ? 0 : 1;
}
