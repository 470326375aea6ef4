# SPDX-License-Identifier: MIT
# Fails if an installation is not the headers and the files named, or knows where it was made.
# usage: cmake -DPREFIX=… -DINCLUDE=… -DFILES=… -P installed_files.cmake
cmake_minimum_required(VERSION 3.19)

file(GLOB_RECURSE expected RELATIVE "${INCLUDE}" "${INCLUDE}/*.hpp" "${INCLUDE}/*.cppm")
list(TRANSFORM expected PREPEND "include/")
list(APPEND expected ${FILES})
file(GLOB_RECURSE found LIST_DIRECTORIES false RELATIVE "${PREFIX}" "${PREFIX}/*")
list(SORT expected)
list(SORT found)
if(NOT found STREQUAL expected)
  message(FATAL_ERROR "installed:\n${found}\nexpected:\n${expected}")
endif()

file(GLOB_RECURSE entries LIST_DIRECTORIES true "${PREFIX}/*")
foreach(entry IN LISTS entries)
  file(GLOB inside "${entry}/*")
  if(IS_DIRECTORY "${entry}" AND NOT inside)
    message(FATAL_ERROR "an empty folder: ${entry}")
  endif()
endforeach()

get_filename_component(sources "${INCLUDE}" DIRECTORY)
get_filename_component(installations "${PREFIX}" DIRECTORY)
foreach(file IN LISTS FILES)
  file(READ "${PREFIX}/${file}" text)
  foreach(place "${sources}/" "${installations}/")
    string(FIND "${text}" "${place}" position)
    if(NOT position EQUAL -1)
      message(FATAL_ERROR "${file} names ${place}")
    endif()
  endforeach()
endforeach()
