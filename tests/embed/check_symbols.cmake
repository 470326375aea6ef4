# SPDX-License-Identifier: MIT
# Fails if an object file needs more of the program than moving and comparing bytes, or holds
# anything that can be written to (a variable, a constructor to run before main), or that is there
# for exceptions or RTTI.
# usage: cmake -DNM=… -DREADELF=… -DOBJECT=… [-DALSO=regex] -P check_symbols.cmake
cmake_minimum_required(VERSION 3.19)

set(allowed memchr memcmp memcpy memmove memset _GLOBAL_OFFSET_TABLE_)

function(read_object variable)
  execute_process(COMMAND ${ARGN} "${OBJECT}" OUTPUT_VARIABLE output COMMAND_ERROR_IS_FATAL ANY)
  string(REPLACE "[" "" output "${output}") # CMake would take brackets for a part of its lists
  string(REPLACE "]" "" output "${output}")
  string(REGEX MATCHALL "[^\n]+" lines "${output}")
  set(${variable} "${lines}" PARENT_SCOPE)
endfunction()

read_object(symbols "${NM}" -u -P)
foreach(line IN LISTS symbols)
  string(REGEX REPLACE " .*" "" symbol "${line}")
  if(NOT symbol IN_LIST allowed AND NOT symbol MATCHES "^(${ALSO})$")
    message(SEND_ERROR "undefined symbol: ${symbol}")
  endif()
endforeach()

# The names of types, and tables of virtual functions.
read_object(symbols "${NM}" -P)
foreach(line IN LISTS symbols)
  if(line MATCHES "^_ZT[ISV]")
    string(REGEX REPLACE " .*" "" symbol "${line}")
    message(SEND_ERROR "symbol of RTTI: ${symbol}")
  endif()
endforeach()

# nm does not tell inline variables from constants; the flags of their sections do. What is written
# to by the linker only, tables of addresses in position-independent code, is no variable.
read_object(sections "${READELF}" -S -W)
set(seen 0)
foreach(line IN LISTS sections)
  set(hex "[0-9a-f]+ +")
  if(line MATCHES "^ +[0-9]+ ([^ ]+) +[A-Z_]+ +${hex}${hex}([0-9a-f]+) +${hex}([A-Z]*)")
    set(name "${CMAKE_MATCH_1}")
    set(size "${CMAKE_MATCH_2}")
    set(flags "${CMAKE_MATCH_3}")
    math(EXPR seen "${seen} + 1")
    if(size MATCHES "^0+$")
      continue()
    endif()
    if(flags MATCHES "W" AND NOT name MATCHES "^\\.data\\.rel\\.(ro|local\\.DW\\.ref\\.)")
      message(SEND_ERROR "writable section: ${name}")
    endif()
    if(name MATCHES "^\\.(gcc_except_table|ARM\\.extab)")
      message(SEND_ERROR "table of exceptions: ${name}")
    endif()
  endif()
endforeach()
if(seen EQUAL 0)
  message(SEND_ERROR "no section was recognised in the output of ${READELF}")
endif()
