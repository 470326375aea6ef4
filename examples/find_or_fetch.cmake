# SPDX-License-Identifier: MIT
include_guard(GLOBAL)

# Takes a header-only library that is installed, or else a fixed version of its sources. Nothing of
# their build is read: what SOURCE_SUBDIR names does not exist. Where there is neither it says so,
# and there is no target.
function(find_or_fetch package headers url sha256)
  find_package(${package} QUIET)
  if(NOT TARGET ${package}::${package})
    get_filename_component(archive "${url}" NAME)
    set(archive "${CMAKE_BINARY_DIR}/fetched/${package}-${archive}")
    if(NOT EXISTS "${archive}")
      file(DOWNLOAD "${url}" "${archive}.part" STATUS status INACTIVITY_TIMEOUT 30)
      list(POP_FRONT status failed)
      if(failed)
        string(REPLACE "\"" "" status "${status}")
        message(STATUS "skipped: what needs ${package}, which is not installed, and was not fetched "
                       "(${status})")
        return()
      endif()
      file(RENAME "${archive}.part" "${archive}")
    endif()
    include(FetchContent)
    FetchContent_Declare(${package} URL "${archive}" URL_HASH SHA256=${sha256} SOURCE_SUBDIR no-build)
    FetchContent_MakeAvailable(${package})
    string(TOLOWER "${package}" name)
    add_library(${package}::${package} INTERFACE IMPORTED)
    set_target_properties(${package}::${package} PROPERTIES INTERFACE_INCLUDE_DIRECTORIES
                                                            "${${name}_SOURCE_DIR}/${headers}")
  endif()
endfunction()
