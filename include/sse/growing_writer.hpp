// SPDX-License-Identifier: MIT
// The writer for those who would rather not think about buffers: sse::growing_writer.
#ifndef SSEWIRE_GROWING_WRITER_HPP
#define SSEWIRE_GROWING_WRITER_HPP

#include "detail/compiler.hpp"
#ifdef SSEWIRE_DETAIL_CXX17

#include <chrono>
#include <cstddef>
#include <string>  // with what allocates: <memory> takes long to compile
#include <string_view>
#include <type_traits>
#include <utility>

#include "writer.hpp"

namespace sse {

/// A writer with a buffer of its own, which grows as it is written to. All members that are not
/// explained here are those of `sse::writer`: they refuse the same, but there is always space. So
/// `data_some` and `use_buffer` are not needed, and not there.
///
///     sse::growing_writer writer;
///     if (writer.write("tick", text) == sse::writer::status::ok) send(writer.take());
///
/// **Memory.** The buffer is doubled as need be, and nothing is allocated before something is
/// written. **Errors.** What writes may throw what the allocator throws; nothing is written then.
template <class Allocator = std::allocator<char>>
class basic_growing_writer {
 public:
  using status = writer::status;
  using string = std::basic_string<char, std::char_traits<char>, Allocator>;

  basic_growing_writer() = default;
  explicit basic_growing_writer(const Allocator& allocator) : buffer_(allocator) {}

  /// An open event goes on in the new object; the old one is as if newly made.
  basic_growing_writer(basic_growing_writer&& other) noexcept
      : buffer_(std::move(other.buffer_)), writing_(other.writing_) {
    take_over(other);
  }
  basic_growing_writer& operator=(basic_growing_writer&& other) noexcept(
      std::is_nothrow_move_assignable_v<string>) {
    if (this == &other) return *this;
    buffer_ = std::move(other.buffer_);
    writing_ = other.writing_;
    take_over(other);
    return *this;
  }
  basic_growing_writer(const basic_growing_writer&) = delete;  // copy `written()`
  basic_growing_writer& operator=(const basic_growing_writer&) = delete;

  [[nodiscard]] status write(const event& e) {
    return with_space([&] { return writing_.write(e); });
  }
  template <class Data, std::enable_if_t<detail::is_text<Data>, int> = 0>
  [[nodiscard]] status write(const Data& data) {
    return write(event(data));
  }
  template <class Type, class Data,
            std::enable_if_t<detail::is_text<Type> && detail::is_text<Data>, int> = 0>
  [[nodiscard]] status write(const Type& type, const Data& data) {
    return write(event(type, data));
  }

  status comment(std::string_view text = {}) {
    return with_space([&] { return writing_.comment(text); });
  }
  [[nodiscard]] status retry(std::chrono::milliseconds time) {
    return with_space([&] { return writing_.retry(time); });
  }

  [[nodiscard]] status begin(const event& e = {}) { return begin_event(e, !e.data.empty()); }
  template <class Data, std::enable_if_t<detail::is_text<Data>, int> = 0>
  [[nodiscard]] status begin(const Data& data) {
    return begin_event(event(data), true);
  }
  template <class Type, class Data,
            std::enable_if_t<detail::is_text<Type> && detail::is_text<Data>, int> = 0>
  [[nodiscard]] status begin(const Type& type, const Data& data) {
    return begin_event(event(type, data), true);
  }
  status data(std::string_view piece) {
    return with_space([&] { return writing_.data(piece); });
  }
  status end() {
    return with_space([&] { return writing_.end(); });
  }

  [[nodiscard]] bool cancel() noexcept { return writing_.cancel(); }

  std::string_view written() const noexcept { return writing_.written(); }
  void clear() noexcept { writing_.clear(); }

  /// Hands out what is written so far, in the buffer that it lies in. An open event stays open.
  string take() {
    buffer_.resize(written().size());
    writing_.clear();
    writing_.move_to(nullptr, 0);
    return std::exchange(buffer_, string(buffer_.get_allocator()));
  }

  // What would mean something else than it says.
  template <class Null, std::enable_if_t<std::is_null_pointer_v<Null>, int> = 0>
  status comment(Null) = delete;
  template <class Null, std::enable_if_t<std::is_null_pointer_v<Null>, int> = 0>
  status data(Null) = delete;
  template <class First, class Second, class Third>
  status write(First&&, Second&&,
               Third&&) = delete;  // name the ID: sse::event{type, data}.with_id(id)
  template <class First, class Second, class Third>
  status begin(First&&, Second&&,
               Third&&) = delete;  // name the ID: sse::event{type, data}.with_id(id)

 private:
  // The buffer has come from another writer.
  void take_over(basic_growing_writer& other) noexcept {
    writing_.move_to(buffer_.data(), buffer_.size());
    other.buffer_.clear();
    other.writing_ = detail::writing(nullptr, 0);
  }

  status begin_event(const event& e, bool has_data) {
    return with_space([&] { return writing_.begin(e, has_data); });
  }

  template <class Step>
  status with_space(Step step) {
    status result = step();
    while (result == status::no_space) {
      constexpr std::size_t first = 256;
      buffer_.resize(buffer_.size() < first ? first : 2 * buffer_.size());
      writing_.move_to(buffer_.data(), buffer_.size());
      result = step();
    }
    return result;
  }

  string buffer_;
  detail::writing writing_{nullptr, 0};
};

using growing_writer = basic_growing_writer<>;

}  // namespace sse

#endif
#endif
