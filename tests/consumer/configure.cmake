# SPDX-License-Identifier: MIT
# Configures the sources as a user does who has no doctest and no network; with BUILD_TESTING=OFF;
# and with neither of that. Fails if the first two do not go on without tests, or if the last would
# stop at a warning.
# usage: cmake -DSOURCES=… -DCOMPILER=… -DGENERATOR=… -DBINARY=… -P configure.cmake
cmake_minimum_required(VERSION 3.19)

function(configure name)
  execute_process(
    COMMAND "${CMAKE_COMMAND}" -S "${SOURCES}" -B "${BINARY}/${name}" -G "${GENERATOR}"
            "-DCMAKE_CXX_COMPILER=${COMPILER}" -DCMAKE_EXPORT_COMPILE_COMMANDS=ON ${ARGN}
    OUTPUT_VARIABLE output ECHO_OUTPUT_VARIABLE COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND "${CMAKE_CTEST_COMMAND}" -N WORKING_DIRECTORY "${BINARY}/${name}"
                  OUTPUT_VARIABLE tests)
  if(NOT tests MATCHES "Total Tests: ([0-9]+)")
    set(CMAKE_MATCH_1 0)
  endif()
  set(count ${CMAKE_MATCH_1} PARENT_SCOPE)
  set(output "${output}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE "${BINARY}")
configure(off -DBUILD_TESTING=OFF)
if(count)
  message(FATAL_ERROR "BUILD_TESTING=OFF leaves ${count} tests")
endif()

configure(usual)
file(READ "${BINARY}/usual/compile_commands.json" commands)
if(NOT count OR commands MATCHES "-Werror|/WX")
  message(FATAL_ERROR "${count} tests, which may be built with -Werror")
endif()

# What releases do not have is not asked for: see .gitattributes.
file(READ "${BINARY}/usual/tests/CTestTestfile.cmake" tests)
if(tests MATCHES "fuzz/corpus" AND NOT EXISTS "${SOURCES}/tests/fuzz/corpus")
  message(FATAL_ERROR "a test needs tests/fuzz/corpus")
endif()

set(ENV{https_proxy} http://127.0.0.1:1)  # nobody listens there
set(ENV{HTTPS_PROXY} http://127.0.0.1:1)
configure(offline -DCMAKE_DISABLE_FIND_PACKAGE_doctest=ON)
if(count OR NOT output MATCHES "skipped: what needs doctest")
  message(FATAL_ERROR "without doctest there are ${count} tests")
endif()
