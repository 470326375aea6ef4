# SPDX-License-Identifier: MIT
# Fails if an installation is not the headers, a CMake package and a pkg-config file.
# usage: cmake -DPREFIX=… -DINCLUDE=… -P installed_files.cmake
cmake_minimum_required(VERSION 3.19)

file(GLOB_RECURSE expected RELATIVE "${INCLUDE}" "${INCLUDE}/*.hpp")
list(TRANSFORM expected PREPEND "include/")
list(APPEND expected share/cmake/ssewire/ssewire-config.cmake
     share/cmake/ssewire/ssewire-config-version.cmake share/pkgconfig/ssewire.pc)
file(GLOB_RECURSE found LIST_DIRECTORIES false RELATIVE "${PREFIX}" "${PREFIX}/*")
list(SORT expected)
list(SORT found)
if(NOT found STREQUAL expected)
  message(FATAL_ERROR "installed:\n${found}\nexpected:\n${expected}")
endif()
