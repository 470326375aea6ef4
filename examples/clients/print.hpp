// SPDX-License-Identifier: MIT
// What clients that are filters share: they print what they receive as an event stream again, and
// tell the rest on standard error.
#ifndef SSEWIRE_EXAMPLES_PRINT_HPP
#define SSEWIRE_EXAMPLES_PRINT_HPP

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <sse/event_source.hpp>
#include <sse/growing_writer.hpp>
#include <sse/parser.hpp>

/// With exit code 0, at any moment: also while a name is resolved, or nobody reads what is printed,
/// where a flag would not be seen. Nothing is left to be put in order: events are printed at once.
inline void exit_at_signals() {
  std::signal(SIGPIPE, SIG_IGN);  // of a connection; that of the output is told by `print`
  for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, [](int) { std::_Exit(0); });
}

/// Has the kernel ask whether the server is still there. One that vanishes without a word, as
/// behind a cable that was pulled, would be waited for for ever by a policy without time-outs.
/// Where the times cannot be set they are the system's, which are hours.
inline void keep_alive(int socket) {
  const auto set = [&](int level, int option, int value) {
    setsockopt(socket, level, option, &value, sizeof value);
  };
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
#ifdef TCP_KEEPIDLE
  set(IPPROTO_TCP, TCP_KEEPIDLE, 60);   // seconds of silence, and
  set(IPPROTO_TCP, TCP_KEEPINTVL, 15);  // between questions without an answer
#endif
}

/// False if it cannot be written.
inline bool print(sse::parser::item e) {
  if (e.kind == sse::parser::status::skipped) {
    std::cerr << "skipped an event that is too large\n";
    return true;
  }
  if (e.retry > sse::longest_retry) e.retry = sse::longest_retry;  // all else can be written
  sse::growing_writer writer;
  if (writer.write(e) == sse::writer::status::ok) std::cout << writer.written() << std::flush;
  if (!std::cout) std::cerr << "cannot write\n";
  return !!std::cout;
}

/// Tells until when it waits.
inline void tell(const sse::event_source::step& wait, sse::event_source::time_point now) {
  std::cerr << sse::describe(wait.why) << "; again in " << wait.timeout(now) << " ms\n";
}

/// Tells why it has ended, unless the server wanted it to.
inline int exit_code(sse::reason why) {
  if (why == sse::reason::stop) return 0;
  std::cerr << sse::describe(why) << '\n';
  return 1;
}

#endif
