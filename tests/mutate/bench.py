# SPDX-License-Identifier: MIT
# Where tests are built and run with a copy of the headers that has a mistake in it.
import concurrent.futures
import os
import pathlib
import queue
import re
import resource
import shutil
import signal
import subprocess
import sys

TESTS = pathlib.Path(__file__).resolve().parent.parent
COMPILER = ["clang++-19", "-std=c++17", "-O0", "-DNDEBUG", "-w"]
# Ways to build a test: as it is, to see bytes touched that should not be, to run what otherwise the
# compiler evaluates, and in the small form.
FLAGS = {"plain": [], "watched": ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"],
         "evaluated": ["-D__builtin_is_constant_evaluated()=true"],
         "small": ["-DSSEWIRE_DETAIL_SMALL"]}
if re.search(r"\bavx2\b", pathlib.Path("/proc/cpuinfo").read_text()):
    FLAGS["wide"] = ["-mavx2"]  # and with vectors of 32 bytes
JOBS = 2
ENUMERATIONS = ["exhaustive", "roundtrip"]  # the other tests are unit tests
STANDARD_HEADERS = ["algorithm", "array", "chrono", "cstddef", "cstdint", "cstdio", "cstdlib",
                    "cstring", "deque", "functional", "initializer_list", "iterator", "limits",
                    "memory", "memory_resource", "optional", "ostream", "sstream", "stdexcept",
                    "string", "string_view", "type_traits", "utility", "vector"]


class Workshop:
    """The headers as they are now, all else that tests need, compiled, and benches to work at."""

    def __init__(self, folder):
        self.shared = folder / "shared"
        self.include = self.shared / "include"
        self.limits = {}  # of processor time
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(TESTS.parent / "include", self.include)
        standard = "".join(f"#include <{name}>\n" for name in STANDARD_HEADERS)
        (self.shared / "enumeration.hpp").write_text(standard)
        (self.shared / "unit.hpp").write_text(standard + "#include <doctest/doctest.h>\n")
        self.benches = queue.SimpleQueue()
        for i in range(JOBS):
            self.benches.put(Bench(self, folder / str(i)))
        list(self.each(Bench.compile_headers, FLAGS))

    def each(self, task, items):
        """The results of task(bench, item), in the order of the items."""
        def at_bench(item):
            bench = self.benches.get()
            try:
                return task(bench, item)
            finally:
                self.benches.put(bench)
        with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
            yield from pool.map(at_bench, items)

    def check(self, trials):
        """The tests pass without a mistake, and use no headers of ours but the copies."""
        def passes(bench, trial):
            if killer := bench.run(*trial):
                sys.exit(f"{killer[1]}\n{trial[0]} fails without a mistake")
            used = bench.headers_of(trial[0])
            if "/include/sse/" not in used or str(TESTS.parent / "include") in used:
                sys.exit(f"{trial[0]} is not built with the copies:\n{used}")
        list(self.each(passes, trials))


class Bench:
    """A folder with a copy of the headers, for one mistake at a time."""

    def __init__(self, workshop, folder):
        self.workshop, self.folder = workshop, folder
        shutil.copytree(workshop.include, folder / "include")

    def put(self, file, text):
        (self.folder / "include" / file).write_text(text)

    def restore(self, file):
        shutil.copy(self.workshop.include / file, self.folder / "include" / file)

    def compile_headers(self, kind):
        shared, flags = self.workshop.shared, FLAGS[kind]
        for header in ("enumeration", "unit"):
            subprocess.run([*COMPILER, *flags, "-x", "c++-header", shared / f"{header}.hpp", "-o",
                            shared / f"{header}-{kind}.pch"], check=True)
        subprocess.run([*COMPILER, *flags, "-c", TESTS / "main.cpp", "-o",
                        shared / f"main-{kind}.o"], check=True)

    def headers_of(self, test):
        return (self.folder / f"{test}.d").read_text()

    def run(self, test, kind="plain"):
        """What fails and what it says, or None."""
        is_unit_test = test not in ENUMERATIONS
        program = self.folder / test
        shared = self.workshop.shared
        command = [*COMPILER, "-MD", "-MF", self.folder / f"{test}.d", "-I",
                   self.folder / "include", "-I", TESTS, "-o", program, "-include-pch"]
        if is_unit_test:
            command += [shared / f"unit-{kind}.pch", TESTS / f"{test}.cpp", shared / f"main-{kind}.o"]
        else:
            command += [shared / f"enumeration-{kind}.pch", TESTS / f"exhaustive/{test}.cpp"]
        built = subprocess.run(command + FLAGS[kind], capture_output=True, text=True, check=False)
        if built.returncode != 0:
            by_test = re.search(r"static assertion|static_assert|constant expression", built.stderr)
            return ("compiler" if by_test else "not C++"), built.stderr

        log = self.folder / f"{test}.log"
        with open(log, "wb") as output:
            running = subprocess.Popen([program] if is_unit_test else [program, "tiny"],
                                       stdout=output, stderr=output,
                                       preexec_fn=lambda: self.set_limits(test, kind))
            _, status, usage = os.wait4(running.pid, 0)
            running.returncode = status
        if status == 0:
            self.workshop.limits.setdefault((test, kind), 2 + int(8 * usage.ru_utime))
            return None
        by_clock = (os.WIFSIGNALED(status)
                    and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL, signal.SIGALRM))
        return ("clock" if by_clock else test), log.read_text(errors="replace")

    def set_limits(self, test, kind):
        # Processor time, so that a busy machine fails nothing.
        seconds = self.workshop.limits.get((test, kind), 60)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        signal.alarm(600)  # should it wait for something for ever
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))  # what it may say
        if kind != "watched":  # the sanitizers ask for all there is, and use little
            resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
