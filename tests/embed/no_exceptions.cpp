// SPDX-License-Identifier: MIT
#include <sse/sse.hpp>

#include "round_trip.hpp"

template class sse::basic_growing_parser<>;
template class sse::basic_growing_writer<>;  // what is not used yet would go unnoticed

int main() { return round_trip() ? 0 : 1; }
