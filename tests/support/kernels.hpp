// SPDX-License-Identifier: MIT
// All kernels that the compiler has built.
#ifndef SSEWIRE_TESTS_SUPPORT_KERNELS_HPP
#define SSEWIRE_TESTS_SUPPORT_KERNELS_HPP

#include <sse/detail/kernels.hpp>

/// Calls `each(kernel, name)` for each of them.
template <class Function>
void for_each_kernel(Function each) {
  each(sse::detail::swar_kernel{}, "the kernel for words");
#if defined(SSEWIRE_DETAIL_SSE2)
  each(sse::detail::sse2_kernel{}, "the kernel for SSE2");
#endif
#if defined(SSEWIRE_DETAIL_AVX2)
  each(sse::detail::avx2_kernel{}, "the kernel for AVX2");
#endif
#if defined(SSEWIRE_DETAIL_AVX512)
  each(sse::detail::avx512_kernel{}, "the kernel for AVX-512");
#endif
#if defined(SSEWIRE_DETAIL_NEON)
  each(sse::detail::neon_kernel{}, "the kernel for NEON");
#endif
#if defined(SSEWIRE_DETAIL_SVE)
  each(sse::detail::sve512_kernel{}, "the kernel for SVE");
#endif
#if defined(SSEWIRE_DETAIL_SIMD128)
  each(sse::detail::simd128_kernel{}, "the kernel for WebAssembly");
#endif
}

#endif
