# SPDX-License-Identifier: MIT
# Makes of this checkout's vcpkg port and Conan recipe what the public collections take: the same,
# but with the sources of a release.
# usage: cmake -DREPOSITORY=owner/name -DARCHIVE=… -DOUTPUT=… -P curated.cmake
# ARCHIVE is what GitHub serves as the .tar.gz of the tag v<version> of REPOSITORY.
cmake_minimum_required(VERSION 3.19)

set(root "${CMAKE_CURRENT_LIST_DIR}/..")
set(homepage "https://github.com/${REPOSITORY}")
file(SHA256 "${ARCHIVE}" sha256)
file(SHA512 "${ARCHIVE}" sha512)
file(READ "${CMAKE_CURRENT_LIST_DIR}/vcpkg/ssewire/vcpkg.json" manifest)
string(JSON version GET "${manifest}" version)

# What is to be replaced must be there, once.
function(replace variable old new)
  string(FIND "${${variable}}" "${old}" first)
  string(FIND "${${variable}}" "${old}" last REVERSE)
  if(first EQUAL -1 OR NOT first EQUAL last)
    message(FATAL_ERROR "not there, or twice, in the ${variable}: ${old}")
  endif()
  string(REPLACE "${old}" "${new}" text "${${variable}}")
  set(${variable} "${text}" PARENT_SCOPE)
endfunction()

set(spdx "# SPDX-License-Identifier: MIT\n")

# ---- vcpkg: ports/ssewire

replace(manifest "  \"license\"" "  \"homepage\": \"${homepage}\",\n  \"license\"")
file(READ "${CMAKE_CURRENT_LIST_DIR}/vcpkg/ssewire/portfile.cmake" portfile)
replace(portfile "${spdx}" "")
replace(
  portfile
  [[get_filename_component(SOURCE_PATH "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)]]
  "vcpkg_from_github(
    OUT_SOURCE_PATH SOURCE_PATH
    REPO ${REPOSITORY}
    REF \"v\${VERSION}\"
    SHA512 ${sha512}
    HEAD_REF main
)")
file(WRITE "${OUTPUT}/vcpkg/ports/ssewire/portfile.cmake" "${portfile}")
file(WRITE "${OUTPUT}/vcpkg/ports/ssewire/vcpkg.json" "${manifest}")

# ---- Meson: subprojects/ssewire.wrap

file(WRITE "${OUTPUT}/meson/ssewire.wrap" "[wrap-file]
directory = ssewire-${version}
source_url = ${homepage}/archive/refs/tags/v${version}.tar.gz
source_filename = ssewire-${version}.tar.gz
source_hash = ${sha256}

[provide]
dependency_names = ssewire
")

# ---- ConanCenter: recipes/ssewire

file(READ "${root}/conanfile.py" recipe)
replace(recipe "${spdx}" "")
replace(recipe "import re\n" "")
replace(recipe "import copy, load\n" "import copy, get\n")
replace(recipe "required_conan_version = \">=2.3\"" "required_conan_version = \">=2.0\"")
replace(recipe "    license =" "    url = \"https://github.com/conan-io/conan-center-index\"
    homepage = \"${homepage}\"
    license =")
replace(recipe "basic_layout(self)" "basic_layout(self, src_folder=\"src\")")

string(FIND "${recipe}" "    exports_sources" begin)
string(FIND "${recipe}" "    def layout" end)
math(EXPR length "${end} - ${begin}")
string(SUBSTRING "${recipe}" ${begin} ${length} of_the_checkout)
replace(recipe "${of_the_checkout}" "\n")
replace(recipe "    def build"
  "    def source(self):
        get(self, **self.conan_data[\"sources\"][self.version], strip_root=True)

    def build")
set(folder "${OUTPUT}/conan/recipes/ssewire")
file(WRITE "${folder}/all/conanfile.py" "${recipe}")
file(WRITE "${folder}/all/conandata.yml" "sources:
  \"${version}\":
    url: \"${homepage}/archive/refs/tags/v${version}.tar.gz\"
    sha256: \"${sha256}\"
")
file(WRITE "${folder}/config.yml" "versions:
  \"${version}\":
    folder: all
")
foreach(file conanfile.py CMakeLists.txt test_package.cpp)
  file(READ "${root}/tests/consumer/test_package/${file}" text)
  string(REGEX REPLACE "^(#|//) SPDX[^\n]*\n" "" text "${text}")
  file(WRITE "${folder}/all/test_package/${file}" "${text}")
endforeach()
