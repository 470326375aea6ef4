# SPDX-License-Identifier: MIT
# Builds and runs the consumer by Meson: with the sources in its subprojects, or else with what
# pkg-config finds.
# usage: cmake -DMESON=… -DVERSION=… -DCOMPILER=… -DBINARY=… -DSOURCES=… -P meson.cmake
#   or with -DPREFIX=… in place of -DSOURCES=…
cmake_minimum_required(VERSION 3.19)

set(project "${BINARY}/project")
file(REMOVE_RECURSE "${BINARY}")
file(COPY "${CMAKE_CURRENT_LIST_DIR}/meson/meson.build" "${CMAKE_CURRENT_LIST_DIR}/main.cpp"
     DESTINATION "${project}")
if(SOURCES)
  file(COPY "${SOURCES}/meson.build" "${SOURCES}/include"
       DESTINATION "${project}/subprojects/ssewire")
endif()

# Nothing that the machine has may be taken instead.
unset(ENV{PKG_CONFIG_PATH})
set(ENV{PKG_CONFIG_LIBDIR} "${PREFIX}/share/pkgconfig")
set(ENV{CXX} "${COMPILER}")
execute_process(COMMAND "${MESON}" setup "${BINARY}/build" "${project}" OUTPUT_VARIABLE output
                ECHO_OUTPUT_VARIABLE COMMAND_ERROR_IS_FATAL ANY)
if(NOT output MATCHES "Message: version ([0-9.]+)\n" OR NOT CMAKE_MATCH_1 STREQUAL VERSION)
  message(FATAL_ERROR "Meson knows version ${CMAKE_MATCH_1}, and not ${VERSION}")
endif()
execute_process(COMMAND "${MESON}" test -C "${BINARY}/build" COMMAND_ERROR_IS_FATAL ANY)
