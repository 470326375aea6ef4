# SPDX-License-Identifier: MIT
# Fails if the README does not say what a header is for: the public ones by `name.hpp`, those under
# detail by `name` or `folder/name`.
# usage: cmake -DREADME=… -DHEADERS=<folder> -P check_names.cmake
cmake_minimum_required(VERSION 3.19)
file(READ "${README}" readme)
file(GLOB_RECURSE headers RELATIVE "${HEADERS}" "${HEADERS}/*.hpp")
if(NOT headers)
  message(FATAL_ERROR "no headers in ${HEADERS}")
endif()
foreach(header IN LISTS headers)
  get_filename_component(name "${header}" NAME_WE)
  if(header MATCHES "^detail/")
    set(expected "`([a-z]+/)?${name}`")
  else()
    set(expected "`${name}[.]hpp`")
  endif()
  if(NOT readme MATCHES "${expected}")
    list(APPEND missing "${header}")
  endif()
endforeach()
if(missing)
  message(FATAL_ERROR "the README does not say what these are: ${missing}")
endif()
