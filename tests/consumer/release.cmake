# SPDX-License-Identifier: MIT
# Packs what of the sources a package needs, as they are packed for the tag of a release, and makes
# the curated port and recipe for that.
# usage: cmake -DSOURCES=… -DVERSION=… -DOUTPUT=… -P release.cmake
cmake_minimum_required(VERSION 3.19)

file(REMOVE_RECURSE "${OUTPUT}")
file(COPY "${SOURCES}/CMakeLists.txt" "${SOURCES}/LICENSE" "${SOURCES}/include"
     DESTINATION "${OUTPUT}/ssewire-${VERSION}")
execute_process(COMMAND "${CMAKE_COMMAND}" -E tar czf ssewire.tar.gz "ssewire-${VERSION}"
                WORKING_DIRECTORY "${OUTPUT}" COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${CMAKE_COMMAND}" -DREPOSITORY=owner/ssewire
                        "-DARCHIVE=${OUTPUT}/ssewire.tar.gz" "-DOUTPUT=${OUTPUT}"
                        -P "${SOURCES}/packaging/curated.cmake" COMMAND_ERROR_IS_FATAL ANY)
