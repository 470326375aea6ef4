// SPDX-License-Identifier: MIT
// gzip, brotli and zstd for compressed.hpp, by zlib, libbrotli and libzstd.
//
// Each stream is one that any decoder takes: browsers stop behind the first of several members of
// gzip, so there is one, and its parts end at a byte, where a flush makes them. Brotli has one
// stream as well, and its library knows parts that may stand anywhere in one. In zstd, a frame ends
// where the chain does, and another begins: all decoders read several.
#ifndef SSEWIRE_EXAMPLES_CODINGS_HPP
#define SSEWIRE_EXAMPLES_CODINGS_HPP

#include <brotli/encode.h>
#include <zlib.h>
#include <zstd.h>

#include <cassert>
#include <memory>
#include <string>
#include <vector>

#include "compressed.hpp"

namespace compressed {

/// Has a library fill a text: `step(begin, size)` returns how many bytes it wrote, and is called
/// until these are fewer than there was room for.
template <class Step>
void fill(std::string& to, std::size_t expected, Step step) {
  for (;;) {
    const std::size_t before = to.size();
    to.resize(before + expected);
    const std::size_t written = step(to.data() + before, expected);
    to.resize(before + written);
    if (written < expected) return;
  }
}

class gzip final : public coder {
 public:
  gzip() : coder({"\x1f\x8b\x08\0\0\0\0\0\0\xff", 10}, {}) {
    [[maybe_unused]] const int status =
        deflateInit2(&state_, 6, Z_DEFLATED, -MAX_WBITS, MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY);
    assert(status == Z_OK);
  }
  ~gzip() override { deflateEnd(&state_); }
  gzip(const gzip&) = delete;
  gzip& operator=(const gzip&) = delete;

  void forget() override { deflateReset(&state_); }
  void put(string_view text, bool is_last, std::string& to) override {
    state_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    state_.avail_in = static_cast<uInt>(text.size());
    fill(to, text.size() / 2 + 64, [&](char* begin, std::size_t size) {
      state_.next_out = reinterpret_cast<Bytef*>(begin);
      state_.avail_out = static_cast<uInt>(size);
      deflate(&state_, is_last ? Z_SYNC_FLUSH : Z_NO_FLUSH);
      return size - state_.avail_out;
    });
  }
  void measure(string_view text, unit& of) const override {
    const auto* const bytes = reinterpret_cast<const Bytef*>(text.data());
    of.check = static_cast<std::uint32_t>(crc32_z(of.check, bytes, text.size()));
    of.size += static_cast<std::uint32_t>(text.size());
    of.join = static_cast<std::uint32_t>(crc32_combine_gen(static_cast<z_off_t>(of.size)));
  }
  std::uint32_t joined(std::uint32_t check, const unit& with) const override {
    return static_cast<std::uint32_t>(crc32_combine_op(check, with.check, with.join));
  }
  std::string tail(const follower& of) const override {
    std::string text("\x03\0", 2);  // an empty block, the last one
    for (const std::uint32_t number : {of.check, of.size}) {
      for (int shift = 0; shift < 32; shift += 8) text += static_cast<char>(number >> shift);
    }
    return text;
  }

 private:
  z_stream state_ = {};
};

class brotli final : public coder {
 public:
  brotli() : coder({"\x63\0", 2}, {}) {}  // the window, and padding to the byte

  void forget() override { state_.reset(begin()); }
  void put(string_view text, bool is_last, std::string& to) override {
    const auto* in = reinterpret_cast<const std::uint8_t*>(text.data());
    std::size_t left = text.size();
    fill(to, text.size() / 2 + 64, [&](char* begin, std::size_t size) {
      auto* out = reinterpret_cast<std::uint8_t*>(begin);
      std::size_t room = size;
      BrotliEncoderCompressStream(state_.get(),
                                  is_last ? BROTLI_OPERATION_FLUSH : BROTLI_OPERATION_PROCESS,
                                  &left, &in, &room, &out, nullptr);
      return size - room;
    });
  }
  std::string tail(const follower&) const override { return "\x03"; }  // an empty block, the last

 private:
  struct deleter {
    void operator()(BrotliEncoderState* state) const { BrotliEncoderDestroyInstance(state); }
  };

  /// With an offset, the library makes parts of a stream, without what is in front of it. Other
  /// qualities refer to its dictionary, and where that is depends on how much came before.
  static BrotliEncoderState* begin() {
    BrotliEncoderState* const state = BrotliEncoderCreateInstance(nullptr, nullptr, nullptr);
    BrotliEncoderSetParameter(state, BROTLI_PARAM_QUALITY, 3);
    BrotliEncoderSetParameter(state, BROTLI_PARAM_LGWIN, window);
    BrotliEncoderSetParameter(state, BROTLI_PARAM_STREAM_OFFSET, 1U << window);
    return state;
  }

  static constexpr std::uint32_t window = 18;
  std::unique_ptr<BrotliEncoderState, deleter> state_;
};

class zstd final : public coder {
 public:
  zstd() : coder({}, {"\x01\0\0", 3}) {  // an empty block, the last one of a frame
    // A window of 128 KiB is memory that each client needs.
    ZSTD_CCtx_setParameter(state_.get(), ZSTD_c_windowLog, 17);
  }

  void forget() override { ZSTD_CCtx_reset(state_.get(), ZSTD_reset_session_only); }
  void put(string_view text, bool is_last, std::string& to) override {
    ZSTD_inBuffer in{text.data(), text.size(), 0};
    fill(to, text.size() / 2 + 64, [&](char* begin, std::size_t size) {
      ZSTD_outBuffer out{begin, size, 0};
      ZSTD_compressStream2(state_.get(), &out, &in, is_last ? ZSTD_e_flush : ZSTD_e_continue);
      return out.pos;
    });
  }
  std::string tail(const follower& of) const override {
    const std::string begin("\x28\xb5\x2f\xfd\0\x38",
                            6);  // of a frame; an empty one, if none was sent
    return of.has_begun ? seam : begin + seam;
  }

 private:
  struct deleter {
    void operator()(ZSTD_CCtx* state) const { ZSTD_freeCCtx(state); }
  };
  const std::unique_ptr<ZSTD_CCtx, deleter> state_{ZSTD_createCCtx()};
};

/// Those that are named; the first is preferred.
inline presses named(const std::vector<std::string>& names) {
  std::vector<press> all;
  for (const std::string& name : names) {
    const auto add = [&](auto make) { all.emplace_back(name, make(), make()); };
    if (name == "gzip") add([] { return std::make_unique<gzip>(); });
    if (name == "br") add([] { return std::make_unique<brotli>(); });
    if (name == "zstd") add([] { return std::make_unique<zstd>(); });
  }
  return presses(std::move(all));
}

}  // namespace compressed

#endif
