// SPDX-License-Identifier: MIT
// Where a client can stand, and all the ways from there: the one table of them. The diagram in
// examples/clients/README.md is drawn from it, by tests/client/diagram.
#ifndef SSEWIRE_DETAIL_CLIENT_TRANSITIONS_HPP
#define SSEWIRE_DETAIL_CLIENT_TRANSITIONS_HPP

namespace sse::detail {

/// The standard's ready states, with "connecting" in three.
enum class phase : unsigned char {
  due,         // to connect is the next thing
  requesting,  // there is a connection, or one comes about, and no response yet
  open,
  waiting,  // to connect again
  closed,
};

/// What happens to a client, once it is known what it means.
enum class happening : unsigned char {
  connect,
  stream,
  redirect,
  setback,  // a failure, or the end of a stream, if it is not the last
  time_up,
  close,
};

struct transition {
  phase from;
  happening what;
  phase to;
};

/// What has no row here changes nothing.
inline constexpr transition transitions[] = {
    // The words of the diagram stand behind each row.
    {phase::due, happening::connect, phase::requesting},      // the caller connects
    {phase::requesting, happening::stream, phase::open},      // 200, text/event-stream
    {phase::requesting, happening::redirect, phase::due},     // redirect
    {phase::requesting, happening::setback, phase::waiting},  // failed, no response, come again
    {phase::open, happening::setback, phase::waiting},        // ended, failed, quiet
    {phase::waiting, happening::time_up, phase::due},         // the wait is over, or hurry
    {phase::due, happening::close, phase::closed},            // close
    {phase::requesting, happening::close, phase::closed},     // refused, gave up, close
    {phase::open, happening::close, phase::closed},           // gave up, close
    {phase::waiting, happening::close, phase::closed},        // close
};

/// Where it leads, which may be nowhere: the same phase.
constexpr phase after(phase from, happening what) noexcept {
  for (const transition& row : transitions) {
    if (row.from == from && row.what == what) return row.to;
  }
  return from;
}

}  // namespace sse::detail

#endif
