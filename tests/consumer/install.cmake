# SPDX-License-Identifier: MIT
# Installs a project afresh, and then moves the installation: it must not know where it was made.
# usage: cmake -DSOURCE=… -DBINARY=… -DPREFIX=… -DOPTIONS=… -P install.cmake
cmake_minimum_required(VERSION 3.19)

function(run)
  execute_process(COMMAND ${ARGV} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

set(first_prefix "${PREFIX}-as-installed")
file(REMOVE_RECURSE "${BINARY}" "${PREFIX}" "${first_prefix}")
run("${CMAKE_COMMAND}" -S "${SOURCE}" -B "${BINARY}" ${OPTIONS})
run("${CMAKE_COMMAND}" --build "${BINARY}")
run("${CMAKE_COMMAND}" --install "${BINARY}" --prefix "${first_prefix}")
file(RENAME "${first_prefix}" "${PREFIX}")
