// SPDX-License-Identifier: MIT
// Parser and writer allocate nothing: with every allocation counted, whole streams are parsed and
// written in all the ways there are, and the count stays what it was.
#include <cstdio>
#include <cstdlib>
#include <new>

#include "alloc/workload.hpp"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__
#endif
#endif
// A sanitizer that has a malloc of its own must keep it.
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)
#define COUNTS_MALLOC true
#else
#define COUNTS_MALLOC false
#endif

namespace {
unsigned long allocations = 0;

void* counted(std::size_t size) {
  ++allocations;
  return std::calloc(1, size);
}
}  // namespace

void* operator new(std::size_t size) { return counted(size); }
void* operator new[](std::size_t size) { return counted(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

#if COUNTS_MALLOC
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
void* malloc(std::size_t size) {
  ++allocations;
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
  ++allocations;
  return __libc_calloc(count, size);
}
void* realloc(void* memory, std::size_t size) {
  ++allocations;
  return __libc_realloc(memory, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  ++allocations;
  return __libc_memalign(alignment, size);
}
}
#endif

namespace {

// The count must count: what escapes cannot be optimised away.
bool counts() {
  static void* volatile escaped;
  unsigned long before = allocations;
  escaped = ::operator new(1);
  ::operator delete(escaped);
  if (allocations == before) return false;
  if (!COUNTS_MALLOC) {
    std::puts("skipped: counting malloc, which takes glibc, and no sanitizer");
    return true;
  }
  before = allocations;
  escaped = std::malloc(1);
  escaped = std::realloc(escaped, 2);
  std::free(escaped);
  escaped = std::calloc(1, 1);
  std::free(escaped);
  escaped = std::aligned_alloc(64, 64);
  std::free(escaped);
  return allocations - before == 4;
}

}  // namespace

int main() {
  if (!counts()) {
    std::puts("allocations are not counted");
    return 1;
  }
  const unsigned long before = allocations;
  const unsigned seen = workload::run();
  const unsigned long after = allocations;
  std::printf("%u events and reports, %lu allocations\n", seen, after - before);
  return after == before && seen > 1000 ? 0 : 1;
}
