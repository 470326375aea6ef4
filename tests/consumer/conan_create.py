# SPDX-License-Identifier: MIT
"""Does with a recipe what `conan create` does, without Conan.

The functions and classes here do what Conan's documentation says of those that the recipe and its
test package call; what the rules of ConanCenter forbid is an error.
"""

import argparse
import fnmatch
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tarfile
import types
from pathlib import Path

sys.dont_write_bytecode = True


def demand(condition, what):
    if not condition:
        sys.exit(f"conan_create: {what}")


# ---- What recipes import


class CppInfo:
    def __init__(self):
        self.includedirs, self.libdirs, self.bindirs = ["include"], ["lib"], ["bin"]
        self.properties = {}

    def set_property(self, name, value):
        self.properties[name] = value


class Info:
    cleared = False

    def clear(self):
        self.cleared = True


class ConanFile:
    def __init__(self, folder):
        self.recipe_folder = str(folder)
        self.info, self.cpp_info = Info(), CppInfo()
        self.required = []

    def requires(self, reference):
        self.required.append(reference)

    def run(self, command, env):
        demand(env == "conanrun", f"a program is run in the environment {env}")
        subprocess.run(command, shell=True, check=True, cwd=self.build_folder)


class CMake:
    def __init__(self, conanfile):
        self.conanfile = conanfile

    def configure(self):
        subprocess.run(
            [OPTIONS.cmake, "-S", self.conanfile.source_folder,
             "-B", self.conanfile.build_folder, "-DCMAKE_BUILD_TYPE=Release",
             f"-DCMAKE_PREFIX_PATH={self.conanfile.generators_folder}", *OPTIONS.option],
            check=True)

    def build(self):
        subprocess.run([OPTIONS.cmake, "--build", self.conanfile.build_folder], check=True)


def cmake_layout(conanfile):
    conanfile.cpp = types.SimpleNamespace(build=types.SimpleNamespace(bindir="."))


def basic_layout(conanfile, src_folder="."):
    conanfile.source_folder = os.path.normpath(os.path.join(conanfile.base_folder, src_folder))


def can_run(_):
    return True


def check_min_cppstd(conanfile, cppstd):
    demand("compiler" in conanfile.settings, "the setting compiler.cppstd is not there")
    demand(int(cppstd) == 17, f"the package wants C++{cppstd}")


def copy(_, pattern, src, dst):
    first = pattern.partition("/")[0]
    below = Path(src) if "*" in first else Path(src) / first
    for path in [below, *below.rglob("*")]:
        relative = path.relative_to(src)
        if path.is_file() and fnmatch.fnmatch(relative.as_posix(), pattern):
            target = Path(dst) / relative
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)


def get(conanfile, url, sha256, strip_root):
    homepage, version = conanfile.homepage, conanfile.version
    demand(url == f"{homepage}/archive/refs/tags/v{version}.tar.gz", f"the sources are at {url}")
    demand(hashlib.sha256(Path(OPTIONS.archive).read_bytes()).hexdigest() == sha256,
           f"the hash of the sources is not {sha256}")
    demand(strip_root, "the archive's own folder stays around the sources")
    with tarfile.open(OPTIONS.archive) as archive:
        for member in archive.getmembers():
            member.name = member.name.partition("/")[2]
            if member.name:
                archive.extract(member, conanfile.source_folder)


def load(_, path):
    return Path(path).read_text(encoding="utf-8")


MODULES = {
    "conan": [ConanFile],
    "conan.tools": [],
    "conan.tools.build": [can_run, check_min_cppstd],
    "conan.tools.cmake": [CMake, cmake_layout],
    "conan.tools.files": [copy, get, load],
    "conan.tools.layout": [basic_layout],
}


def provide_modules():
    for name, members in MODULES.items():
        module = sys.modules[name] = types.ModuleType(name)
        for member in members:
            setattr(module, member.__name__, member)


# ---- What Conan does with them


def load_recipe(folder):
    path = Path(folder) / "conanfile.py"
    text = path.read_bytes()
    demand(b"\r" not in text and text.endswith(b"\n"), f"the line ends of {path}")
    spec = importlib.util.spec_from_file_location(path.parent.name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (recipe,) = (value for value in vars(module).values()
                 if isinstance(value, type) and value.__module__ == spec.name)
    return recipe(folder), module


def demand_the_rules(recipe, module, curated):
    demand(re.fullmatch(r">=2\.\d+", module.required_conan_version), "which Conan is required")
    demand(not hasattr(recipe, "version"), "the version is written into the recipe")
    wanted = ["name", "description", "license", "topics", "package_type", "settings"]
    for attribute in wanted + (["homepage", "url"] if curated else []):
        demand(getattr(recipe, attribute, None), f"no {attribute}")
    demand(recipe.name == recipe.name.lower(), "the name is not in lower case")
    demand("header-only" in recipe.topics, "the topics lack header-only")
    demand(not {"conan", recipe.name} & set(recipe.topics), "topics that say nothing")
    demand(recipe.package_type == "header-library", f"package type {recipe.package_type}")
    demand(set(recipe.settings) == {"os", "arch", "compiler", "build_type"}, "the settings")


def sources_of(folder, version):
    text = (folder / "conandata.yml").read_text(encoding="utf-8")
    demand(text.startswith(f'sources:\n  "{version}":\n'), f"not the sources of {version}")
    config = (folder.parent / "config.yml").read_text(encoding="utf-8")
    demand(config == f'versions:\n  "{version}":\n    folder: {folder.name}\n', "config.yml")
    return {"sources": {version: dict(re.findall(r'^    (\w+): "(.+)"$', text, re.M))}}


def make_package(recipe, work, package):
    recipe.base_folder = str(work / "sources")
    os.makedirs(recipe.base_folder)
    if hasattr(recipe, "set_version"):
        recipe.set_version()
        demand(recipe.version == OPTIONS.version, f"version {recipe.version}")
        for pattern in recipe.exports_sources:
            copy(recipe, pattern, recipe.recipe_folder, recipe.base_folder)
    else:
        recipe.version = OPTIONS.version
        recipe.conan_data = sources_of(Path(recipe.recipe_folder), recipe.version)
    recipe.layout()
    if hasattr(recipe, "source"):
        recipe.source()
    recipe.package_folder = str(package)
    for step in (recipe.validate, recipe.build, recipe.package, recipe.package_id,
                 recipe.package_info):
        step()
    demand(recipe.info.cleared, "there would be a package for each compiler")
    info = recipe.cpp_info
    for directory in info.includedirs + info.libdirs + info.bindirs:
        demand((package / directory).is_dir(), f"package_info() names {directory}")
    demand(list(package.glob("licenses/LICENSE*")), "no licence in licenses/")


# As CMakeDeps: what a project finds is what package_info() says.
def generate_config(recipe, folder):
    properties = recipe.cpp_info.properties
    target = properties["cmake_target_name"]
    includes = ";".join(f"{recipe.package_folder}/{name}" for name in recipe.cpp_info.includedirs)
    folder.mkdir()
    (folder / f"{properties['cmake_file_name']}-config.cmake").write_text(
        f"add_library({target} INTERFACE IMPORTED)\n"
        f'set_target_properties({target} PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "{includes}")\n')


def run_test_package(recipe, work):
    folder = Path(recipe.recipe_folder) / getattr(recipe, "test_package_folder", "test_package")
    test, _ = load_recipe(folder)
    demand(set(test.generators) == {"CMakeDeps", "CMakeToolchain"}, "the test's generators")
    demand(not hasattr(test, "options"), "the test has options")
    test.tested_reference_str = f"{recipe.name}/{recipe.version}"
    test.source_folder, test.build_folder = str(folder), str(work / "test_package")
    test.generators_folder = str(work / "generators")
    generate_config(recipe, work / "generators")
    test.layout()
    test.requirements()
    demand(test.required == [test.tested_reference_str], f"the test requires {test.required}")
    test.build()
    test.test()


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe", help="the folder with conanfile.py")
    parser.add_argument("--version", required=True, help="which the package must have")
    parser.add_argument("--work", required=True, type=Path, help="a folder for all that is made")
    parser.add_argument("--package", required=True, type=Path, help="the folder of the package")
    parser.add_argument("--archive", help="the sources of a curated recipe")
    parser.add_argument("--cmake", default="cmake")
    parser.add_argument("--option", action="append", default=[], help="for configuring the test")
    return parser.parse_args()


OPTIONS = parse_options()
provide_modules()
for made in (OPTIONS.work, OPTIONS.package):
    shutil.rmtree(made, ignore_errors=True)
RECIPE, MODULE = load_recipe(OPTIONS.recipe)
demand_the_rules(RECIPE, MODULE, OPTIONS.archive)
make_package(RECIPE, OPTIONS.work, OPTIONS.package)
run_test_package(RECIPE, OPTIONS.work)
