# SPDX-License-Identifier: MIT
# Compiles and runs the consumer with the folder of headers copied beside it, and nothing else.
# usage: cmake -DINCLUDE=… -DCOMPILER=… -DBINARY=… -P copied_folder.cmake
cmake_minimum_required(VERSION 3.19)

file(REMOVE_RECURSE "${BINARY}")
file(COPY "${CMAKE_CURRENT_LIST_DIR}/main.cpp" "${INCLUDE}/sse" DESTINATION "${BINARY}")
execute_process(COMMAND "${COMPILER}" -std=c++17 -I. main.cpp -o consumer
                WORKING_DIRECTORY "${BINARY}" COMMAND_ECHO STDOUT COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${BINARY}/consumer" COMMAND_ERROR_IS_FATAL ANY)
