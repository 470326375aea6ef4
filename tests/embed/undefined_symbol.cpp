// SPDX-License-Identifier: MIT
#include <cstdlib>

void* get(std::size_t size);
void* get(std::size_t size) { return std::malloc(size); }
