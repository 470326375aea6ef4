// SPDX-License-Identifier: MIT
// An event to keep: sse::owned_event.
#ifndef SSEWIRE_OWNED_EVENT_HPP
#define SSEWIRE_OWNED_EVENT_HPP

#include "detail/compiler.hpp"
#ifdef SSEWIRE_DETAIL_CXX17

#include <chrono>
#include <optional>
#include <string>

#include "event.hpp"

namespace sse {

/// An event that owns its text: to keep what a parser hands out.
///
///     std::vector<sse::owned_event> kept;
///     for (const auto& e : parser.events(chunk))
///       if (e.kind == sse::parser::status::event) kept.emplace_back(e);
///     assert(kept[0] == sse::event("tick", "hello"));
///
/// The members mean what those of `sse::event` do, but that `type` is absent where none was sent.
struct owned_event {
  std::optional<std::string> id;
  std::optional<std::string> type{};
  std::string data;
  std::optional<std::chrono::milliseconds> retry;

  owned_event() = default;
  explicit owned_event(const event& e) : id(e.id), data(e.data), retry(e.retry) {
    if (e.has_type()) type = e.type;
  }

  /// A view of it, which holds as long as it is not changed.
  event view() const& noexcept {
    event e;
    if (id) e.id = *id;
    if (type) e.type = *type;
    e.data = data;
    e.retry = retry;
    return e;
  }
  event view() && = delete;  // a temporary: keep it in a variable
  operator event() const& noexcept { return view(); }
  operator event() && = delete;  // a temporary: keep it in a variable

  friend bool operator==(const owned_event& a, const owned_event& b) noexcept {
    return a.view() == b.view();
  }
  friend bool operator!=(const owned_event& a, const owned_event& b) noexcept { return !(a == b); }
};

}  // namespace sse

#endif
#endif
