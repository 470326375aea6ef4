# SPDX-License-Identifier: MIT
# Builds and runs the consumer by Meson: with the sources in its subprojects; or with the wrap of a
# release, whose archive need not be downloaded then; or with what pkg-config finds, which is
# installed first if there are sources, too.
# usage: cmake -DMESON=… -DVERSION=… -DCOMPILER=… -DBINARY=… -DSOURCES=… -P meson.cmake
#   or with -DWRAP=… -DARCHIVE=…, or -DPREFIX=…, or -DPREFIX=… -DSOURCES=… in place of -DSOURCES=…
cmake_minimum_required(VERSION 3.19)

set(project "${BINARY}/project")
file(REMOVE_RECURSE "${BINARY}")
file(COPY "${CMAKE_CURRENT_LIST_DIR}/meson/meson.build" "${CMAKE_CURRENT_LIST_DIR}/main.cpp"
     DESTINATION "${project}")
if(WRAP)
  file(COPY "${WRAP}" DESTINATION "${project}/subprojects")
  file(COPY "${ARCHIVE}" DESTINATION "${project}/subprojects/packagecache")
  file(RENAME "${project}/subprojects/packagecache/ssewire.tar.gz"
       "${project}/subprojects/packagecache/ssewire-${VERSION}.tar.gz")
elseif(SOURCES AND NOT PREFIX)
  file(COPY "${SOURCES}/meson.build" "${SOURCES}/include"
       DESTINATION "${project}/subprojects/ssewire")
endif()

# Nothing that the machine has may be taken instead.
unset(ENV{PKG_CONFIG_PATH})
set(ENV{PKG_CONFIG_LIBDIR} "${PREFIX}/share/pkgconfig")
set(ENV{CXX} "${COMPILER}")
if(SOURCES AND PREFIX)
  file(REMOVE_RECURSE "${PREFIX}")
  execute_process(COMMAND "${MESON}" setup "--prefix=${PREFIX}" -Dpkgconfig.relocatable=true
                          "${BINARY}/ssewire" "${SOURCES}" COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND "${MESON}" install -C "${BINARY}/ssewire" COMMAND_ERROR_IS_FATAL ANY)
endif()
execute_process(COMMAND "${MESON}" setup "${BINARY}/build" "${project}" OUTPUT_VARIABLE output
                ECHO_OUTPUT_VARIABLE COMMAND_ERROR_IS_FATAL ANY)
if(NOT output MATCHES "Message: version ([0-9.]+)\n" OR NOT CMAKE_MATCH_1 STREQUAL VERSION)
  message(FATAL_ERROR "Meson knows version ${CMAKE_MATCH_1}, and not ${VERSION}")
endif()
execute_process(COMMAND "${MESON}" test -C "${BINARY}/build" COMMAND_ERROR_IS_FATAL ANY)
