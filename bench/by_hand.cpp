// SPDX-License-Identifier: MIT
#include "by_hand.hpp"

#include <istream>
#include <streambuf>

#include "answer.hpp"
#include "chunks.hpp"

namespace bench {

namespace {

std::string_view without_cr(std::string_view line) {
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

template <class Sizes>
class chunk_buffer : public std::streambuf {
 public:
  chunk_buffer(std::string_view text, Sizes sizes) : rest_(text), sizes_(sizes) {}

 private:
  int_type underflow() override {
    if (rest_.empty()) return traits_type::eof();
    const std::string_view chunk = rest_.substr(0, next_size(sizes_));
    rest_.remove_prefix(chunk.size());
    char* const begin = const_cast<char*>(chunk.data());  // it is only read
    setg(begin, begin, begin + chunk.size());
    return traits_type::to_int_type(*begin);
  }

  std::string_view rest_;
  Sizes sizes_;
};

}  // namespace

template <class Sizes, class Sink>
void getline_by_hand::run(std::string_view text, Sizes sizes, Sink& sink) {
  chunk_buffer<Sizes> buffer(text, sizes);
  std::istream stream(&buffer);
  while (std::getline(stream, line_)) reader_.line(without_cr(line_), sink);
}

template <class Sizes, class Sink>
void erase_by_hand::run(std::string_view text, Sizes sizes, Sink& sink) {
  for_each_chunk(text, sizes, [&](std::string_view piece) {
    buffer_ += piece;
    for (std::size_t end; (end = buffer_.find('\n')) != std::string::npos;) {
      const std::string line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      reader_.line(line, sink);
    }
  });
}

template <class Sizes, class Sink>
void string_by_hand::run(std::string_view text, Sizes sizes, Sink& sink) {
  for_each_chunk(text, sizes, [&](std::string_view piece) {
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

template void getline_by_hand::run(std::string_view, SSEWIRE_BENCH_SIZES, answer&);
template void getline_by_hand::run(std::string_view, SSEWIRE_BENCH_SIZES, tally&);
template void erase_by_hand::run(std::string_view, SSEWIRE_BENCH_SIZES, answer&);
template void erase_by_hand::run(std::string_view, SSEWIRE_BENCH_SIZES, tally&);
template void string_by_hand::run(std::string_view, SSEWIRE_BENCH_SIZES, answer&);
template void string_by_hand::run(std::string_view, SSEWIRE_BENCH_SIZES, tally&);

}  // namespace bench
