// SPDX-License-Identifier: MIT
// An event to keep: sse::owned_event.
#ifndef SSEWIRE_OWNED_EVENT_HPP
#define SSEWIRE_OWNED_EVENT_HPP

#include "detail/compiler.hpp"
#ifdef SSEWIRE_DETAIL_CXX17

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "detail/bytes.hpp"
#include "event.hpp"

namespace sse {

/// An event that owns its text: to keep what a parser hands out.
///
///     std::vector<sse::owned_event> kept;
///     for (const auto& e : parser.events(chunk))
///       if (e.kind == sse::parser::status::event) kept.emplace_back(e);
///     assert(kept == std::vector<sse::owned_event>({{"tick", "hello"}}));
///
/// It is made of the same as `sse::event`: of data, of type and data, or of an event. The members
/// mean what those of `sse::event` do, but that `type` is absent where none was sent.
struct owned_event {
  std::optional<std::string> id;
  std::optional<std::string> type{};
  std::string data;
  std::optional<std::chrono::milliseconds> retry;

  owned_event() = default;
  explicit owned_event(const event& e) : id(e.id), data(e.data), retry(e.retry) {
    if (e.has_type()) type = e.type;
  }
  template <class Data, std::enable_if_t<detail::is_text<Data>, int> = 0>
  owned_event(const Data& its_data) : owned_event(event(its_data)) {}
  template <class Type, class Data,
            std::enable_if_t<detail::is_text<Type> && detail::is_text<Data>, int> = 0>
  owned_event(const Type& its_type, const Data& its_data)
      : owned_event(event(its_type, its_data)) {}

  template <class Event, std::enable_if_t<std::is_same_v<Event, event>, int> = 0>
  owned_event& operator=(const Event& e) {
    return *this = owned_event(e);
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
