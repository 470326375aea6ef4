# SPDX-License-Identifier: MIT
# Compiles and runs the consumer with what pkg-config says, and without CMake.
# usage: cmake -DPKG_CONFIG=… -DPREFIX=… -DVERSION=… -DCOMPILER=… -DBINARY=… -P pkg_config.cmake
cmake_minimum_required(VERSION 3.19)

function(ask_pkg_config variable)
  set(ENV{PKG_CONFIG_PATH} "${PREFIX}/share/pkgconfig")
  execute_process(COMMAND "${PKG_CONFIG}" ${ARGN} ssewire OUTPUT_VARIABLE answer
                  OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  separate_arguments(answer UNIX_COMMAND "${answer}")
  set(${variable} "${answer}" PARENT_SCOPE)
endfunction()

ask_pkg_config(version --modversion)
if(NOT version STREQUAL VERSION)
  message(FATAL_ERROR "pkg-config knows version ${version}, and not ${VERSION}")
endif()
ask_pkg_config(flags --cflags --libs)
execute_process(COMMAND "${COMPILER}" -std=c++17 "${CMAKE_CURRENT_LIST_DIR}/main.cpp" ${flags}
                        -o "${BINARY}" COMMAND_ECHO STDOUT COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${BINARY}" COMMAND_ERROR_IS_FATAL ANY)
