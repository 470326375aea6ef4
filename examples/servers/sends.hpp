// SPDX-License-Identifier: MIT
// Writes to many sockets by few calls of the kernel (Linux's io_uring): to enter the kernel takes
// more time than all else that a server itself does for a delivery. With -DSENDS_TOGETHER and
// -luring; without, or where the kernel refuses it, as many containers do, each write is a call.
#ifndef SSEWIRE_EXAMPLES_SENDS_HPP
#define SSEWIRE_EXAMPLES_SENDS_HPP

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#ifdef SENDS_TOGETHER
#include <liburing.h>
#endif

namespace sockets {

/// Writes that are done by the time that `finish` returns. The sockets do not block.
class sends {
 public:
  static constexpr unsigned most = 256;
  static constexpr std::size_t most_pieces = 2;

  sends() = default;
  ~sends() {
#ifdef SENDS_TOGETHER
    if (has_ring_) io_uring_queue_exit(&ring_);
#endif
  }
  sends(const sends&) = delete;
  sends& operator=(const sends&) = delete;

  /// Whether few calls do for many writes.
  bool is_together() const { return has_ring_; }
  bool is_full() const { return count_ == most; }

  /// There is room for it, and no other for this socket. The bytes have to stay until `finish`.
  void add(int fd, const iovec (&pieces)[most_pieces], std::size_t count, std::size_t bytes) {
    one& next = all_[count_++];
    next.fd = fd;
    next.bytes = bytes;
    if (!has_ring_) {
      const ssize_t size = writev(fd, pieces, static_cast<int>(count));
      next.taken = size < 0 ? -errno : static_cast<int>(size);
      return;
    }
#ifdef SENDS_TOGETHER
    io_uring_sqe* const entry = io_uring_get_sqe(&ring_);
    if (count == 1) {
      io_uring_prep_send(entry, fd, pieces[0].iov_base, pieces[0].iov_len,
                         MSG_DONTWAIT | MSG_NOSIGNAL);
    } else {
      std::copy_n(pieces, count, next.pieces);
      io_uring_prep_writev(entry, fd, next.pieces, static_cast<unsigned>(count), 0);
    }
    io_uring_sqe_set_data(entry, &next);
#endif
  }

  /// Calls `took(fd, bytes, taken)` for each, in any order: how many of its bytes the kernel took,
  /// or the error as a negative number.
  template <class Took>
  void finish(const Took& took) {
    if (!has_ring_) {
      std::for_each_n(all_.begin(), count_,
                      [&](const one& each) { took(each.fd, each.bytes, each.taken); });
      count_ = 0;
      return;
    }
#ifdef SENDS_TOGETHER
    while (count_ != 0) {
      io_uring_submit_and_wait(&ring_, count_);
      io_uring_cqe* done;
      unsigned head, seen = 0;
      io_uring_for_each_cqe(&ring_, head, done) {
        const one& each = *static_cast<const one*>(io_uring_cqe_get_data(done));
        took(each.fd, each.bytes, done->res);
        ++seen;
      }
      io_uring_cq_advance(&ring_, seen);
      count_ -= seen;
    }
#endif
  }

 private:
  struct one {
    int fd;
    int taken;
    std::size_t bytes;
    iovec pieces[most_pieces];
  };

  std::array<one, most> all_;
  unsigned count_ = 0;
#ifdef SENDS_TOGETHER
  static bool open(io_uring& ring) {
    if (io_uring_queue_init(most, &ring, 0) != 0) return false;
    if ((ring.features & IORING_FEAT_FAST_POLL) != 0)
      return true;  // Linux 5.7 or later: it can send
    io_uring_queue_exit(&ring);
    return false;
  }

  io_uring ring_;
  const bool has_ring_ = open(ring_);
#else
  static constexpr bool has_ring_ = false;
#endif
};

}  // namespace sockets

#endif
