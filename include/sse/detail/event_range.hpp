// SPDX-License-Identifier: MIT
// What parser::events and growing_parser::events return.
#ifndef SSEWIRE_DETAIL_EVENT_RANGE_HPP
#define SSEWIRE_DETAIL_EVENT_RANGE_HPP

#include <cstddef>
#include <iterator>

#include "../event.hpp"

namespace sse::detail {

/// The events dispatched from one chunk: an input range, to be walked once.
template <class Parser>
class event_range {
 public:
  class sentinel {};

  class iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = event;
    using difference_type = std::ptrdiff_t;
    using pointer = const event*;
    using reference = const event&;

    reference operator*() const noexcept { return range_->event_; }
    pointer operator->() const noexcept { return &range_->event_; }
    iterator& operator++() {
      range_->advance();
      return *this;
    }
    void operator++(int) { range_->advance(); }
    friend bool operator==(const iterator& it, sentinel) noexcept { return it.at_end(); }
    friend bool operator!=(const iterator& it, sentinel) noexcept { return !it.at_end(); }
    friend bool operator==(sentinel, const iterator& it) noexcept { return it.at_end(); }
    friend bool operator!=(sentinel, const iterator& it) noexcept { return !it.at_end(); }

   private:
    friend event_range;
    explicit iterator(event_range* range) noexcept : range_(range) {}
    bool at_end() const noexcept { return range_->at_end_; }

    event_range* range_;
  };

  iterator begin() {
    advance();
    return iterator(this);
  }
  sentinel end() const noexcept { return {}; }

  event_range(const event_range&) = delete;
  event_range& operator=(const event_range&) = delete;
  ~event_range() { parser_->settle(); }  // the chunk may go now

 private:
  friend Parser;
  explicit event_range(Parser& parser) noexcept : parser_(&parser) {}

  void advance() {
    for (;;) {
      const typename Parser::status status = parser_->next(event_);
      at_end_ = status == Parser::status::need_input;
      if (at_end_ || status == Parser::status::event) return;
    }
  }

  Parser* parser_;
  event event_;
  bool at_end_ = false;
};

}  // namespace sse::detail

#endif
