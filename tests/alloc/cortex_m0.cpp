// SPDX-License-Identifier: MIT
// Parses and writes on a microcontroller. To be linked by cortex_m0.ld with nothing but what copies
// and compares bytes, and does arithmetic: there is no heap, and nothing that could hand one out.
#include "alloc/workload.hpp"

extern "C" unsigned start();
unsigned start() { return workload::run(); }
