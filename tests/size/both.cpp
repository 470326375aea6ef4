// SPDX-License-Identifier: MIT
// What a parser and a writer take up together.
#include "next.cpp"
#include "writer.cpp"
