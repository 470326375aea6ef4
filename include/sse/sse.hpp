// SPDX-License-Identifier: MIT
// All of ssewire, but for data_stream.hpp and format.hpp, which few files need.
#ifndef SSEWIRE_SSE_HPP
#define SSEWIRE_SSE_HPP

#include "channel.hpp"
#include "event.hpp"
#include "event_source.hpp"
#include "growing_parser.hpp"
#include "growing_writer.hpp"
#include "memory.hpp"
#include "owned_event.hpp"
#include "parser.hpp"
#include "policy.hpp"
#include "version.hpp"
#include "writer.hpp"

#endif
