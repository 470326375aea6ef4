# SPDX-License-Identifier: MIT
# Does with a port what vcpkg does on Linux, without vcpkg: the functions here do what its
# documentation says of those that the port calls, and are stricter where it only warns.
# usage: cmake -DPORT_DIRECTORY=… -DWANTED=… -DBINARY=… -DPREFIX=… -DOPTIONS=… [-DARCHIVE=…]
#              -P vcpkg.cmake
# WANTED is the version that the port must have; ARCHIVE is what GitHub would serve for it.
cmake_minimum_required(VERSION 3.19)

file(REMOVE_RECURSE "${BINARY}" "${PREFIX}")
get_filename_component(PORT "${PORT_DIRECTORY}" NAME)
set(CURRENT_PACKAGES_DIR "${BINARY}/packages/${PORT}_x64-linux")

function(parse_arguments required_single required_multi)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "${required_single}" "${required_multi}")
  foreach(argument IN LISTS required_single required_multi)
    if(NOT arg_${argument})
      message(FATAL_ERROR "${argument} is missing in: ${ARGN}")
    endif()
    set(arg_${argument} "${arg_${argument}}" PARENT_SCOPE)
  endforeach()
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "passed extra arguments: ${arg_UNPARSED_ARGUMENTS}")
  endif()
endfunction()

function(vcpkg_from_github)
  parse_arguments("OUT_SOURCE_PATH;REPO;REF;SHA512;HEAD_REF" "" ${ARGV})
  file(SHA512 "${ARCHIVE}" sha512)
  if(NOT arg_SHA512 STREQUAL sha512 OR NOT arg_REF STREQUAL "v${WANTED}")
    message(FATAL_ERROR "the port wants ${arg_REF} with the hash ${arg_SHA512}")
  endif()
  file(ARCHIVE_EXTRACT INPUT "${ARCHIVE}" DESTINATION "${BINARY}/sources")
  file(GLOB top "${BINARY}/sources/*")
  set(${arg_OUT_SOURCE_PATH} "${top}" PARENT_SCOPE)
endfunction()

function(vcpkg_cmake_configure)
  parse_arguments(SOURCE_PATH OPTIONS ${ARGV})
  if(NOT VCPKG_BUILD_TYPE STREQUAL release)
    message(FATAL_ERROR "a debug build would install the headers again, into debug/include")
  endif()
  execute_process(
    COMMAND
      "${CMAKE_COMMAND}" -S "${arg_SOURCE_PATH}" -B "${BINARY}/build" ${OPTIONS} ${arg_OPTIONS}
      -DCMAKE_BUILD_TYPE=Release "-DCMAKE_INSTALL_PREFIX=${CURRENT_PACKAGES_DIR}"
      -DBUILD_SHARED_LIBS=OFF -DCMAKE_INSTALL_LIBDIR:STRING=lib -DCMAKE_INSTALL_BINDIR:STRING=bin
      -DCMAKE_ERROR_ON_ABSOLUTE_INSTALL_DESTINATION=ON -DCMAKE_DISABLE_SOURCE_CHANGES=ON
      -DFETCHCONTENT_FULLY_DISCONNECTED=ON
    ERROR_VARIABLE errors ECHO_ERROR_VARIABLE COMMAND_ERROR_IS_FATAL ANY)
  foreach(option IN LISTS arg_OPTIONS)
    string(REGEX REPLACE "^-D([^=]+)=.*" "\\1" name "${option}")
    if(errors MATCHES "not used by the project:.*[ \n]${name}[ \n]")
      message(FATAL_ERROR "the project knows no option ${name}")
    endif()
  endforeach()
endfunction()

function(vcpkg_cmake_install)
  execute_process(COMMAND "${CMAKE_COMMAND}" --build "${BINARY}/build" --target install
                  COMMAND_ERROR_IS_FATAL ANY)
endfunction()

# All configuration files lie two folders below the prefix then, and say so.
function(vcpkg_cmake_config_fixup)
  parse_arguments(CONFIG_PATH "" ${ARGV})
  get_filename_component(parent "${CURRENT_PACKAGES_DIR}/${arg_CONFIG_PATH}" DIRECTORY)
  file(RENAME "${CURRENT_PACKAGES_DIR}/${arg_CONFIG_PATH}" "${CURRENT_PACKAGES_DIR}/share/${PORT}")
  if(parent MATCHES "/cmake$")
    file(REMOVE_RECURSE "${parent}")
  endif()
  set(up "get_filename_component(_IMPORT_PREFIX \"\${_IMPORT_PREFIX}\" PATH)\n")
  file(GLOB files "${CURRENT_PACKAGES_DIR}/share/${PORT}/*.cmake")
  foreach(file IN LISTS files)
    file(READ "${file}" text)
    string(REPLACE "${up}" "" without "${text}")
    if(NOT without STREQUAL text)
      set(first "get_filename_component(_IMPORT_PREFIX \"\${CMAKE_CURRENT_LIST_FILE}\" PATH)\n")
      string(REPLACE "${first}" "${first}${up}${up}" text "${without}")
    endif()
    file(WRITE "${file}" "${text}")
  endforeach()
endfunction()

function(vcpkg_fixup_pkgconfig)
  file(GLOB_RECURSE files "${CURRENT_PACKAGES_DIR}/*.pc")
  foreach(file IN LISTS files)
    get_filename_component(directory "${file}" DIRECTORY)
    file(RELATIVE_PATH up "${directory}" "${CURRENT_PACKAGES_DIR}")
    string(REGEX REPLACE "/$" "" up "${up}")
    file(READ "${file}" text)
    string(REGEX REPLACE "(^|\n)prefix=[^\n]*" "\\1prefix=\${pcfiledir}/${up}" text "${text}")
    file(WRITE "${file}" "${text}")
  endforeach()
endfunction()

function(vcpkg_install_copyright)
  parse_arguments("" FILE_LIST ${ARGV})
  configure_file("${arg_FILE_LIST}" "${CURRENT_PACKAGES_DIR}/share/${PORT}/copyright" COPYONLY)
endfunction()

# ---- The manifest

file(READ "${PORT_DIRECTORY}/vcpkg.json" manifest)
foreach(member name version description license)
  string(JSON ${member} GET "${manifest}" ${member})
endforeach()
if(NOT name STREQUAL PORT OR NOT version STREQUAL WANTED OR NOT license STREQUAL MIT)
  message(FATAL_ERROR "not ${PORT} ${WANTED}, MIT, in:\n${manifest}")
endif()
set(VERSION "${version}")
string(JSON count LENGTH "${manifest}" dependencies)
math(EXPR last "${count} - 1")
set(dependencies "")
foreach(index RANGE ${last})
  string(JSON dependency GET "${manifest}" dependencies ${index} name)
  string(JSON host GET "${manifest}" dependencies ${index} host)
  list(APPEND dependencies "${dependency}:${host}")
endforeach()
if(NOT dependencies STREQUAL "vcpkg-cmake:ON;vcpkg-cmake-config:ON")
  message(FATAL_ERROR "what brings the functions that the port calls: ${dependencies}")
endif()

# ---- The port; then its package goes to where packages are installed.

include("${PORT_DIRECTORY}/portfile.cmake")
file(RENAME "${CURRENT_PACKAGES_DIR}" "${PREFIX}")
