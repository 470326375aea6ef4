# SPDX-License-Identifier: MIT
# Writes the reference with Doxygen, and stops at its first warning.
# usage: cmake -DOUTPUT=… -P reference.cmake
cmake_minimum_required(VERSION 3.19)

set(root "${CMAKE_CURRENT_LIST_DIR}/../..")
find_program(doxygen doxygen)
if(NOT doxygen)
  message(FATAL_ERROR "the reference is written by doxygen, which is not installed")
endif()
file(STRINGS "${root}/include/sse/version.hpp" version REGEX "^#define SSEWIRE_VERSION_")
list(TRANSFORM version REPLACE "[^0-9]" "")
string(REPLACE ";" "." version "${version}")
file(GLOB headers "${root}/include/sse/*.hpp")
list(FILTER headers EXCLUDE REGEX "/(sse|version).hpp$")
list(JOIN headers "\" \"" headers)
file(REMOVE_RECURSE "${OUTPUT}")
file(MAKE_DIRECTORY "${OUTPUT}")
file(WRITE "${OUTPUT}/Doxyfile" "
PROJECT_NAME = ssewire
PROJECT_NUMBER = ${version}
PROJECT_BRIEF = \"Server-Sent Events for C++17\"
INPUT = \"${CMAKE_CURRENT_LIST_DIR}/namespace.md\" \"${headers}\"
USE_MDFILE_AS_MAINPAGE = \"${CMAKE_CURRENT_LIST_DIR}/namespace.md\"
OUTPUT_DIRECTORY = \"${OUTPUT}\"
STRIP_FROM_PATH = \"${root}/include\"
INPUT_FILTER = \"python3 '${CMAKE_CURRENT_LIST_DIR}/filter.py'\"
FILTER_PATTERNS = *.md=cat
EXCLUDE_SYMBOLS = sse::detail sse::detail::* std std::*
EXTRACT_ALL = YES
MACRO_EXPANSION = YES
EXPAND_ONLY_PREDEF = YES
PREDEFINED = SSEWIRE_DETAIL_CXX17 SSEWIRE_DETAIL_INLINE= SSEWIRE_DETAIL_VISIBLE= \\
             SSEWIRE_DETAIL_NOTHROW= \"SSEWIRE_DETAIL_NOT_EFFCXX(x)=x\"
SEARCH_INCLUDES = NO
JAVADOC_AUTOBRIEF = YES
SORT_MEMBER_DOCS = NO
GENERATE_LATEX = NO
HAVE_DOT = NO
CLASS_GRAPH = NO
QUIET = YES
WARN_AS_ERROR = FAIL_ON_WARNINGS
")
execute_process(COMMAND "${doxygen}" "${OUTPUT}/Doxyfile" COMMAND_ERROR_IS_FATAL ANY)
message(STATUS "${OUTPUT}/html/index.html")
