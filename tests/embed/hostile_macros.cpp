// SPDX-License-Identifier: MIT
// What other people's headers define, and what no header of ours may therefore stumble over. The
// standard library is included first: it has its own ways to live with some of these.
#include <cassert>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <memory>
#include <new>
#include <optional>
#include <ostream>
#include <streambuf>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>
#if __has_include(<format>)
#include <format>
#endif

// windows.h and what it includes, with NOMINMAX not defined
#define min(a, b) (((a) < (b)) ? (a) : (b))
#define max(a, b) (((a) > (b)) ? (a) : (b))
#define small char
#define near
#define far
#define interface struct
#define IN
#define OUT
#define OPTIONAL
#define CONST const
#define VOID void
#define BYTE unsigned char
#define TEXT(quote) L##quote
#define TRUE 1
#define FALSE 0
#define ERROR 0
#define NO_ERROR 0
#define DELETE (0x00010000L)
#define STRICT 1
#define ABSOLUTE 1
#define RELATIVE 2
#define CreateEvent CreateEventW

// math.h with _MATHERR, and complex.h
#define DOMAIN 1
#define SING 2
#define OVERFLOW 3
#define UNDERFLOW 4
#define I _Complex_I

// X11
#define Bool int
#define Status int
#define True 1
#define False 0
#define None 0L
#define Success 0
#define Always 2

// sys/sysmacros.h, termios.h, and the predefined macros of gnu++17
#define major(device) gnu_dev_major(device)
#define minor(device) gnu_dev_minor(device)
#define B0 0000000
#define ECHO 0000010
#undef unix
#undef linux
#define unix 1
#define linux 1

// Arduino, Qt, gettext, AssertMacros.h of macOS
#define HIGH 0x1
#define LOW 0x0
#define INPUT 0x0
#define abs(x) ((x) > 0 ? (x) : -(x))
#define bit(b) (1UL << (b))
#define F(string_literal) string_literal
#define emit
#define signals public
#define slots
#define _(message) message
#define check(assertion)
#define verify(assertion)
#define require(assertion, label)

// everybody's own
#define A 1
#define B 2
#define C 3
#define D 4
#define E 5
#define N 6
#define T 7
#define K 1024
#define L 6
#define M 7
#define P 9
#define R 10
#define S 11
#define U 13
#define V 14
#define DEBUG 1
#define BUFFER_SIZE 4096
#define SSE 1
#define SSE2 1

#include <sse/data_stream.hpp>
#include <sse/format.hpp>
#include <sse/sse.hpp>

#include "round_trip.hpp"

int main() { return round_trip() ? 0 : 1; }
