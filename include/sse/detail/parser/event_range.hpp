// SPDX-License-Identifier: MIT
// What parser::events and growing_parser::events return.
#ifndef SSEWIRE_DETAIL_EVENT_RANGE_HPP
#define SSEWIRE_DETAIL_EVENT_RANGE_HPP

#include <cstddef>
#include <string_view>  // with what iterators are told by: <iterator> takes long to compile
#if __has_include(<version>)
#include <version>  // or it would depend on other headers whether events are a view
#endif

#include "../compiler.hpp"

namespace sse::detail {

/// What comes of one chunk: an input range, to be walked once, and a view. A step is taken when it
/// is asked whether there is another item, not before: so nothing is taken that nobody sees. No
/// step is taken behind the last look at it, so the parser may be gone by then.
template <class Parser>
class event_range {
 public:
  using item = typename Parser::item;

  class sentinel {};

  class iterator {
   public:
    using iterator_concept = std::input_iterator_tag;
    using iterator_category = std::input_iterator_tag;
    using value_type = item;
    using difference_type = std::ptrdiff_t;
    using pointer = const item*;
    using reference = const item&;

    iterator() noexcept = default;

    reference operator*() const {
      range_->look();
      return range_->item_;
    }
    pointer operator->() const { return &**this; }
    iterator& operator++() {
      range_->look();
      range_->looked_ = false;
      return *this;
    }
    SSEWIRE_DETAIL_NOT_EFFCXX(void operator++(int) { ++*this; })
    friend bool operator==(const iterator& it, sentinel) { return it.at_end(); }
    friend bool operator!=(const iterator& it, sentinel) { return !it.at_end(); }
    friend bool operator==(sentinel, const iterator& it) { return it.at_end(); }
    friend bool operator!=(sentinel, const iterator& it) { return !it.at_end(); }

   private:
    friend event_range;
    explicit iterator(event_range* range) noexcept : range_(range) {}
    bool at_end() const {
      range_->look();
      return range_->at_end_;
    }

    event_range* range_ = nullptr;
  };

  SSEWIRE_DETAIL_NOT_EFFCXX(explicit event_range(Parser& parser) noexcept : parser_(&parser){})

  iterator begin() noexcept { return iterator(this); }
  sentinel end() const noexcept { return {}; }

  /// The next item, for whoever hands it on. False at the end of the chunk.
  static bool take(Parser& parser, item& out) { return parser.take(out); }

 private:
  void look() {
    if (looked_) return;
    at_end_ = !take(*parser_, item_);
    looked_ = true;
  }

  Parser* parser_;
  item item_;
  bool looked_ = false;
  bool at_end_ = false;
};

}  // namespace sse::detail

#if defined(__cpp_lib_ranges)
template <class Parser>
inline constexpr bool std::ranges::enable_view<sse::detail::event_range<Parser>> = true;
#endif

#endif
