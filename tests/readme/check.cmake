# SPDX-License-Identifier: MIT
# Fails if a program fails or does not print what it should.
# usage: cmake -DPROGRAM=… -DEXPECTED=… -P check.cmake
cmake_minimum_required(VERSION 3.19)
execute_process(COMMAND "${PROGRAM}" OUTPUT_VARIABLE output COMMAND_ERROR_IS_FATAL ANY)
if(NOT output STREQUAL EXPECTED)
  message(FATAL_ERROR "expected:\n${EXPECTED}\nprinted:\n${output}")
endif()
