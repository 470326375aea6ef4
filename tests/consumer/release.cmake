# SPDX-License-Identifier: MIT
# Packs the sources as `git archive` packs them for the tag of a release, with what is not yet
# committed; leaves them unpacked beside that; and makes the curated port and recipe for it. Of
# sources that are no repository, as those of a release, all are packed.
# usage: cmake -DSOURCES=… -DVERSION=… -DOUTPUT=… -P release.cmake
cmake_minimum_required(VERSION 3.19)

file(REMOVE_RECURSE "${OUTPUT}")
file(MAKE_DIRECTORY "${OUTPUT}/ssewire-${VERSION}")
set(ENV{GIT_INDEX_FILE} "${OUTPUT}/index")
function(git)
  execute_process(COMMAND git -c core.autocrlf=false ${ARGN} WORKING_DIRECTORY "${SOURCES}"
                  OUTPUT_VARIABLE output OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE failed)
  set(output "${output}" PARENT_SCOPE)
  set(failed "${failed}" PARENT_SCOPE)
endfunction()
if(EXISTS "${SOURCES}/.git")
  git(add --all)
endif()
if(EXISTS "${SOURCES}/.git" AND failed STREQUAL 0)
  git(write-tree)
  git(archive "--output=${OUTPUT}/sources.tar" ${output})
  execute_process(COMMAND "${CMAKE_COMMAND}" -E tar xf "${OUTPUT}/sources.tar"
                  WORKING_DIRECTORY "${OUTPUT}/ssewire-${VERSION}" COMMAND_ERROR_IS_FATAL ANY)
  foreach(made build-release/conan/conan_toolchain.cmake CMakeUserPresets.json bazel-bin
          tests/consumer/test_package/build/x tests/consumer/test_package/CMakeUserPresets.json)
    git(check-ignore --no-index ${made})
    if(failed)
      message(FATAL_ERROR "not ignored, though tools make it: ${made}")
    endif()
  endforeach()
  foreach(left_out tests/fuzz/corpus bench/results)
    if(NOT EXISTS "${SOURCES}/${left_out}" OR EXISTS "${OUTPUT}/ssewire-${VERSION}/${left_out}")
      message(FATAL_ERROR "${left_out} should be left out of a release, and nowhere else")
    endif()
  endforeach()
else()
  message(STATUS "no repository, or no git: all is packed")
  file(COPY "${SOURCES}/" DESTINATION "${OUTPUT}/ssewire-${VERSION}" PATTERN build EXCLUDE
       PATTERN .git EXCLUDE)
endif()
foreach(file MODULE.bazel meson.build)
  file(READ "${SOURCES}/${file}" text)
  if(NOT text MATCHES "version( =|:) [\"']${VERSION}[\"']")
    message(FATAL_ERROR "${file} has another version than ${VERSION}")
  endif()
endforeach()
execute_process(COMMAND "${CMAKE_COMMAND}" -E tar czf ssewire.tar.gz "ssewire-${VERSION}"
                WORKING_DIRECTORY "${OUTPUT}" COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${CMAKE_COMMAND}" -DREPOSITORY=owner/ssewire
                        "-DARCHIVE=${OUTPUT}/ssewire.tar.gz" "-DOUTPUT=${OUTPUT}"
                        -P "${SOURCES}/packaging/curated.cmake" COMMAND_ERROR_IS_FATAL ANY)
