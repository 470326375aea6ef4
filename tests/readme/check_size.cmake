# SPDX-License-Identifier: MIT
# Fails if what the README says of the code size is off by more than 1 kB.
# usage: cmake -DCOMPILER=… -DSIZE=… -DREADME=… -DSOURCE=… -DINCLUDE=… -DOBJECT=… -P check_size.cmake
cmake_minimum_required(VERSION 3.19)
file(READ "${README}" readme)
foreach(level s 2)
  if(NOT readme MATCHES "about ([0-9]+) kB( of text)? with `-O${level}`")
    message(FATAL_ERROR "the README does not say the size with -O${level}")
  endif()
  math(EXPR said "${CMAKE_MATCH_1} * 1000")
  execute_process(COMMAND "${COMPILER}" -std=c++17 -O${level} -DNDEBUG -fno-exceptions -fno-rtti
                          "-I${INCLUDE}" -c "${SOURCE}" -o "${OBJECT}" COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND "${SIZE}" "${OBJECT}" OUTPUT_VARIABLE output COMMAND_ERROR_IS_FATAL ANY)
  if(NOT output MATCHES "\n *([0-9]+)")
    message(FATAL_ERROR "size printed:\n${output}")
  endif()
  set(actual "${CMAKE_MATCH_1}")
  math(EXPR off "${actual} - ${said}")
  message("-O${level}: ${actual} bytes of text")
  if(off GREATER 1000 OR off LESS -1000)
    message(SEND_ERROR "the README says ${said}")
  endif()
endforeach()
