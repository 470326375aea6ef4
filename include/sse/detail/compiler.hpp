// SPDX-License-Identifier: MIT
// What compilers must be asked and told. If they do not speak C++17, they are told so in one line,
// and the public headers leave out all else.
#ifndef SSEWIRE_DETAIL_COMPILER_HPP
#define SSEWIRE_DETAIL_COMPILER_HPP

#if defined(_MSVC_LANG)
#if _MSVC_LANG >= 201703L
#define SSEWIRE_DETAIL_CXX17
#endif
#elif __cplusplus >= 201703L
#define SSEWIRE_DETAIL_CXX17
#endif

#ifndef SSEWIRE_DETAIL_CXX17
#error "ssewire needs C++17 or newer: compile with -std=c++17, or /std:c++17"
#endif

// There are two forms of the code: where the compiler is asked for small code (-Os, -Oz), SMALL
// says that the small one is to be had. (Tests say it themselves.)
#if defined(__OPTIMIZE_SIZE__) && !defined(SSEWIRE_DETAIL_SMALL)
#define SSEWIRE_DETAIL_SMALL
#endif

// The vectors of the machine for which the code is compiled: what each architecture has in any
// case, and for the fast form also what the compiler was told that it has (-march).
#if defined(__SSE2__) || defined(_M_X64) || (defined(_M_IX86_FP) && _M_IX86_FP >= 2)
#define SSEWIRE_DETAIL_SSE2
#elif defined(__aarch64__) || defined(_M_ARM64)
#define SSEWIRE_DETAIL_NEON
#endif
#if defined(__GNUC__) && !defined(_MSC_VER) && !defined(SSEWIRE_DETAIL_SMALL)
#if defined(__AVX512BW__)
#define SSEWIRE_DETAIL_AVX512
#define SSEWIRE_DETAIL_WIDE "avx512"
#endif
#if defined(__AVX2__)
#define SSEWIRE_DETAIL_AVX2
#ifndef SSEWIRE_DETAIL_WIDE
#define SSEWIRE_DETAIL_WIDE "avx2"
#endif
#elif defined(__wasm_simd128__)
#define SSEWIRE_DETAIL_SIMD128
#define SSEWIRE_DETAIL_WIDE "simd128"
#elif defined(__ARM_FEATURE_SVE_BITS) && __ARM_FEATURE_SVE_BITS == 512
#define SSEWIRE_DETAIL_SVE
#define SSEWIRE_DETAIL_WIDE "sve512"
#endif
#endif
#if defined(__i386__) && defined(__SSE2__) && !defined(_MSC_VER) && !defined(SSEWIRE_DETAIL_WIDE)
#define SSEWIRE_DETAIL_WIDE "sse2"
#endif

// A program may have code of both forms, and for several machines: all types are the same, and so
// is what the members of a parser mean, so that one goes on where the other stopped. But functions
// that are not written alike, and what names a kernel, have other names for the linker: FORM.
// (Which of these a function calls that is in both parts of a program is up to the linker, as it is
// with inline functions of any library. So such a program needs the best of its machines.)
#if defined(SSEWIRE_DETAIL_SMALL)
#if defined(SSEWIRE_DETAIL_WIDE)
#define SSEWIRE_DETAIL_FORM [[gnu::abi_tag("small", SSEWIRE_DETAIL_WIDE)]]
#else
#define SSEWIRE_DETAIL_FORM [[gnu::abi_tag("small")]]
#endif
#define SSEWIRE_DETAIL_ONE_COPY [[gnu::noinline]]
#define SSEWIRE_DETAIL_ONE_CALLER [[gnu::always_inline]]
#elif defined(SSEWIRE_DETAIL_WIDE)
#define SSEWIRE_DETAIL_FORM [[gnu::abi_tag(SSEWIRE_DETAIL_WIDE)]]
#define SSEWIRE_DETAIL_ONE_COPY
#define SSEWIRE_DETAIL_ONE_CALLER
#else
#define SSEWIRE_DETAIL_FORM
#define SSEWIRE_DETAIL_ONE_COPY
#define SSEWIRE_DETAIL_ONE_CALLER
#endif

// How functions are to be compiled. RARE: they are seldom called, and are to be small rather than
// fast. NOTHROW: intrinsics are not declared noexcept, so a noexcept function that calls them is
// compiled to guard against what they throw, which is nothing.
#if defined(SSEWIRE_DETAIL_SMALL)
#define SSEWIRE_DETAIL_NOTHROW [[gnu::nothrow]]
#define SSEWIRE_DETAIL_INLINE
#define SSEWIRE_DETAIL_OUT_OF_LINE
#define SSEWIRE_DETAIL_RARE
#define SSEWIRE_DETAIL_ALIGNED
#define SSEWIRE_DETAIL_VISIBLE [[gnu::visibility("default")]]
#elif defined(_MSC_VER) && !defined(__clang__)
#define SSEWIRE_DETAIL_NOTHROW
#define SSEWIRE_DETAIL_INLINE __forceinline
#define SSEWIRE_DETAIL_OUT_OF_LINE __declspec(noinline)
#define SSEWIRE_DETAIL_RARE __declspec(noinline)
#define SSEWIRE_DETAIL_ALIGNED
#define SSEWIRE_DETAIL_VISIBLE
#else
#define SSEWIRE_DETAIL_NOTHROW [[gnu::nothrow]]
#define SSEWIRE_DETAIL_INLINE [[gnu::always_inline]]
#if defined(SSEWIRE_DETAIL_WIDE)
#define SSEWIRE_DETAIL_OUT_OF_LINE \
  [[gnu::noinline, gnu::aligned(64), gnu::abi_tag(SSEWIRE_DETAIL_WIDE)]]
#define SSEWIRE_DETAIL_RARE [[gnu::cold, gnu::noinline, gnu::abi_tag(SSEWIRE_DETAIL_WIDE)]]
#define SSEWIRE_DETAIL_ALIGNED [[gnu::aligned(64), gnu::abi_tag(SSEWIRE_DETAIL_WIDE)]]
#else
#define SSEWIRE_DETAIL_OUT_OF_LINE [[gnu::noinline, gnu::aligned(64)]]
#define SSEWIRE_DETAIL_RARE [[gnu::cold, gnu::noinline]]
#define SSEWIRE_DETAIL_ALIGNED [[gnu::aligned(64)]]
#endif
#define SSEWIRE_DETAIL_VISIBLE [[gnu::visibility("default")]]
#endif
// g++ warns of a member that is declared to be out of line and defined elsewhere, since constexpr
// makes it inline for the linker.
#if defined(__GNUC__) && !defined(__clang__)
#define SSEWIRE_DETAIL_DEFINITIONS \
  _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wattributes\"")
#define SSEWIRE_DETAIL_END_OF_DEFINITIONS _Pragma("GCC diagnostic pop")
#else
#define SSEWIRE_DETAIL_DEFINITIONS
#define SSEWIRE_DETAIL_END_OF_DEFINITIONS
#endif
// What GCC's -Weffc++ asks in vain: for a copy behind `it++`, which of an input range would be of
// no use, and of an inserter would not know what fails later; and that members are named that have
// initializers of their own, which would set them twice.
#if defined(__GNUC__) && !defined(__clang__)
#define SSEWIRE_DETAIL_NOT_EFFCXX(...)                                          \
  _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Weffc++\"") \
      __VA_ARGS__ _Pragma("GCC diagnostic pop")
#else
#define SSEWIRE_DETAIL_NOT_EFFCXX(...) __VA_ARGS__
#endif
#if defined(__clang__)
#define SSEWIRE_DETAIL_WRAPS [[clang::no_sanitize("unsigned-integer-overflow")]]
#else
#define SSEWIRE_DETAIL_WRAPS
#endif

#endif
