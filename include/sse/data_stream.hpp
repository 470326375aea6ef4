// SPDX-License-Identifier: MIT
// Data of an event from whatever writes to a std::ostream: sse::data_stream.
#ifndef SSEWIRE_DATA_STREAM_HPP
#define SSEWIRE_DATA_STREAM_HPP

#include "detail/compiler.hpp"
#ifdef SSEWIRE_DETAIL_CXX17

#include <cstddef>
#include <ostream>
#include <streambuf>

namespace sse {

/// A std::ostream whose text becomes data of the event that is open in a writer, split at its line
/// ends as it comes; nothing is held in between.
///
///     if (writer.begin("state", "") != sse::writer::status::ok) return;
///     sse::data_stream(writer) << json;
///     if (writer.end() != sse::writer::status::ok) return;
///
/// **Lifetimes.** The writer must live as long. **Errors.** If the writer refuses a piece, since
/// there is no space or no event open, the stream is `bad()`; what came before is written. So write
/// into a growing_writer, or into a buffer that has room for all of it.
template <class Writer>
class data_stream : public std::ostream {
 public:
  explicit data_stream(Writer& writer) : std::ostream(nullptr), buffer_(writer) { rdbuf(&buffer_); }

 private:
  class buffer : public std::streambuf {
   public:
    explicit buffer(Writer& writer) : writer_(&writer) {}

   private:
    std::streamsize xsputn(const char* text, std::streamsize size) override {
      const auto status = writer_->data({text, static_cast<std::size_t>(size)});
      return status == Writer::status::ok ? size : 0;
    }
    int_type overflow(int_type c) override {
      const char text = traits_type::to_char_type(c);
      return xsputn(&text, 1) == 1 ? c : traits_type::eof();
    }

    Writer* writer_;
  };

  buffer buffer_;
};

}  // namespace sse

#endif
#endif
