// SPDX-License-Identifier: MIT
// Rivals: what people write by hand in C++ when a stream of events is all they have to read. They
// know `data`, `event`, `id` and comments; none of them knows a lone CR or a byte order mark.
#ifndef SSEWIRE_BENCH_BY_HAND_HPP
#define SSEWIRE_BENCH_BY_HAND_HPP

#include <cstddef>
#include <istream>
#include <streambuf>
#include <string>
#include <string_view>

#include "corpora.hpp"

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

inline std::string_view without_cr(std::string_view line) {
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

/// std::getline on a stream, whose buffer is one chunk after another.
class getline_by_hand {
 public:
  template <class Sink>
  void run(std::string_view text, std::size_t chunk, Sink& sink) {
    chunk_buffer buffer(text, chunk);
    std::istream stream(&buffer);
    while (std::getline(stream, line_)) reader_.line(without_cr(line_), sink);
  }

 private:
  class chunk_buffer : public std::streambuf {
   public:
    chunk_buffer(std::string_view text, std::size_t chunk) : rest_(text), chunk_(chunk) {}

   private:
    int_type underflow() override {
      if (rest_.empty()) return traits_type::eof();
      const std::string_view chunk = rest_.substr(0, chunk_);
      rest_.remove_prefix(chunk.size());
      char* const begin = const_cast<char*>(chunk.data());  // it is only read
      setg(begin, begin, begin + chunk.size());
      return traits_type::to_int_type(*begin);
    }

    std::string_view rest_;
    std::size_t chunk_;
  };

  std::string line_;
  line_reader reader_;
};

/// A std::string that each line is cut from the front of. Of CRLF it has not heard.
class erase_by_hand {
 public:
  template <class Sink>
  void run(std::string_view text, std::size_t chunk, Sink& sink) {
    for_each_chunk(text, chunk, [&](std::string_view piece) {
      buffer_ += piece;
      for (std::size_t end; (end = buffer_.find('\n')) != std::string::npos;) {
        const std::string line = buffer_.substr(0, end);
        buffer_.erase(0, end + 1);
        reader_.line(line, sink);
      }
    });
  }

 private:
  std::string buffer_;
  line_reader reader_;
};

/// The best of the kind: lines are views into the buffer, which is moved once for each chunk, and
/// no byte is searched twice.
class string_by_hand {
 public:
  template <class Sink>
  void run(std::string_view text, std::size_t chunk, Sink& sink) {
    for_each_chunk(text, chunk, [&](std::string_view piece) {
      const std::size_t searched = buffer_.size();
      buffer_ += piece;
      std::size_t begin = 0;
      std::size_t end = buffer_.find('\n', searched);
      while (end != std::string::npos) {
        reader_.line(without_cr(std::string_view(buffer_).substr(begin, end - begin)), sink);
        begin = end + 1;
        end = buffer_.find('\n', begin);
      }
      buffer_.erase(0, begin);
    });
  }

 private:
  std::string buffer_;
  line_reader reader_;
};

}  // namespace bench

#endif
