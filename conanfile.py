# SPDX-License-Identifier: MIT
import os
import re

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.files import copy, load
from conan.tools.layout import basic_layout

required_conan_version = ">=2.3"


class SsewireConan(ConanFile):
    name = "ssewire"
    description = "The wire format of Server-Sent Events"
    license = "MIT"
    topics = ("server-sent-events", "event-stream", "eventsource", "parser", "header-only")
    package_type = "header-library"
    settings = "os", "arch", "compiler", "build_type"
    no_copy_source = True
    exports_sources = "include/*", "LICENSE"
    test_package_folder = "tests/consumer/test_package"

    def set_version(self):
        header = load(self, os.path.join(self.recipe_folder, "include", "sse", "version.hpp"))
        self.version = ".".join(re.findall(r"VERSION_(?:MAJOR|MINOR|PATCH) (\d+)", header))

    def layout(self):
        basic_layout(self)

    def package_id(self):
        self.info.clear()

    def validate(self):
        check_min_cppstd(self, 17)

    def build(self):
        pass

    def package(self):
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        for headers in "*.hpp", "*.cppm":
            copy(self, headers, os.path.join(self.source_folder, "include"),
                 os.path.join(self.package_folder, "include"))

    def package_info(self):
        self.cpp_info.set_property("cmake_file_name", "ssewire")
        self.cpp_info.set_property("cmake_target_name", "ssewire::ssewire")
        self.cpp_info.set_property("pkg_config_name", "ssewire")
        self.cpp_info.bindirs = []
        self.cpp_info.libdirs = []
