// SPDX-License-Identifier: MIT
// All of ssewire.
#ifndef SSEWIRE_SSE_HPP
#define SSEWIRE_SSE_HPP

#include "event.hpp"
#include "growing_parser.hpp"
#include "parser.hpp"
#include "version.hpp"
#include "writer.hpp"

#endif
