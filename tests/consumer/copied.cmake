# SPDX-License-Identifier: MIT
# Compiles and runs the consumer with the folder of headers copied beside it, or with the one header
# that packaging/single_header writes there, and nothing else.
# usage: cmake -DSOURCES=… [-DPYTHON=…] -DCOMPILER=… -DBINARY=… -P copied.cmake
cmake_minimum_required(VERSION 3.19)

file(REMOVE_RECURSE "${BINARY}")
file(COPY "${CMAKE_CURRENT_LIST_DIR}/main.cpp" DESTINATION "${BINARY}")
if(PYTHON)
  execute_process(COMMAND "${PYTHON}" "${SOURCES}/packaging/single_header" "${BINARY}/sse/sse.hpp"
                  COMMAND_ERROR_IS_FATAL ANY)
else()
  file(COPY "${SOURCES}/include/sse" DESTINATION "${BINARY}")
endif()
execute_process(COMMAND "${COMPILER}" -std=c++17 -I. main.cpp -o consumer
                WORKING_DIRECTORY "${BINARY}" COMMAND_ECHO STDOUT COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${BINARY}/consumer" COMMAND_ERROR_IS_FATAL ANY)
