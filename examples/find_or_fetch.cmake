# SPDX-License-Identifier: MIT
include_guard(GLOBAL)

# Takes a header-only library that is installed, or else a fixed version of its sources. Nothing of
# their build is read: what SOURCE_SUBDIR names does not exist.
function(find_or_fetch package headers url sha256)
  find_package(${package} QUIET)
  if(NOT TARGET ${package}::${package})
    include(FetchContent)
    FetchContent_Declare(${package} URL "${url}" URL_HASH SHA256=${sha256} SOURCE_SUBDIR no-build)
    FetchContent_MakeAvailable(${package})
    string(TOLOWER "${package}" name)
    add_library(${package}::${package} INTERFACE IMPORTED)
    set_target_properties(${package}::${package} PROPERTIES INTERFACE_INCLUDE_DIRECTORIES
                                                            "${${name}_SOURCE_DIR}/${headers}")
  endif()
endfunction()
