// SPDX-License-Identifier: MIT
// Rivals: what people write by hand in C++ when a stream of events is all they have to read. They
// know `data`, `event`, `id` and comments; none of them knows a lone CR or a byte order mark.
#ifndef SSEWIRE_BENCH_BY_HAND_HPP
#define SSEWIRE_BENCH_BY_HAND_HPP

#include <cstddef>
#include <string>
#include <string_view>

namespace bench {

/// What to do with a line is the same for all of them.
class line_reader {
 public:
  template <class Sink>
  void line(std::string_view text, Sink& sink) {
    if (text.empty()) {
      dispatch(sink);
    } else if (text.compare(0, 5, "data:") == 0) {
      if (has_data_) data_ += '\n';
      has_data_ = true;
      data_ += value(text, 5);
    } else if (text.compare(0, 6, "event:") == 0) {
      type_ = value(text, 6);
    } else if (text.compare(0, 3, "id:") == 0) {
      id_ = value(text, 3);
    }
  }

 private:
  static std::string_view value(std::string_view text, std::size_t from) {
    text.remove_prefix(from);
    if (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    return text;
  }

  template <class Sink>
  void dispatch(Sink& sink) {
    if (has_data_) {
      sink.data(data_);
      sink.end(id_, type_.empty() ? std::string_view("message") : type_);
    }
    data_.clear();
    type_.clear();
    has_data_ = false;
  }

  std::string data_;
  std::string type_;
  std::string id_;
  bool has_data_ = false;
};

/// std::getline on a stream, whose buffer is one chunk after another.
class getline_by_hand {
 public:
  template <class Sizes, class Sink>
  void run(std::string_view text, Sizes sizes, Sink& sink);

 private:
  std::string line_;
  line_reader reader_;
};

/// A std::string that each line is cut from the front of. Of CRLF it has not heard.
class erase_by_hand {
 public:
  template <class Sizes, class Sink>
  void run(std::string_view text, Sizes sizes, Sink& sink);

 private:
  std::string buffer_;
  line_reader reader_;
};

/// The best of the kind: lines are views into the buffer, which is moved once for each chunk, and
/// no byte is searched twice.
class string_by_hand {
 public:
  template <class Sizes, class Sink>
  void run(std::string_view text, Sizes sizes, Sink& sink);

 private:
  std::string buffer_;
  line_reader reader_;
};

}  // namespace bench

#endif
