// SPDX-License-Identifier: MIT
// The version of ssewire. CMake, the packages and the documentation read it here.
#ifndef SSEWIRE_VERSION_HPP
#define SSEWIRE_VERSION_HPP

#define SSEWIRE_VERSION_MAJOR 0
#define SSEWIRE_VERSION_MINOR 1
#define SSEWIRE_VERSION_PATCH 0

#endif
