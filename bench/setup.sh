# SPDX-License-Identifier: MIT
# For the scripts beside it: they source this. Goes to the root of the repository.
cd "$(dirname "${BASH_SOURCE[0]}")/.."

has_tool() { command -v "$1" >/dev/null; }
has_header() { echo "#include <$1>" | c++ -std=c++17 -E -x c++ - >/dev/null 2>&1; }

# Installs what a Debian 12 lacks. usage: install_missing <package>... beyond what all need
install_missing() {
  has_tool apt-get || return 0
  local package missing=()
  has_tool c++ || missing+=(g++)
  has_tool cmake || missing+=(cmake)
  has_tool make || missing+=(make)
  has_tool git || missing+=(git)
  has_tool python3 || missing+=(python3)
  has_header benchmark/benchmark.h || missing+=(libbenchmark-dev)
  for package in "$@"; do
    case $package in
      clang) has_tool clang++ || missing+=(clang) ;;
      valgrind) has_tool valgrind || missing+=(valgrind) ;;
      gnuplot-nox) has_tool gnuplot || missing+=(gnuplot-nox) ;;
      npm) has_tool npm || missing+=(nodejs npm) ;;
    esac
  done
  ((${#missing[@]})) || return 0

  local as_root=(env DEBIAN_FRONTEND=noninteractive)
  if ((EUID != 0)); then
    if ! has_tool sudo; then
      echo "skipped: installing ${missing[*]}, for which one must be root"
      return 0
    fi
    as_root=(sudo "${as_root[@]}")
  fi
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" apt-get install -qq --no-install-recommends "${missing[@]}"
}

# usage: build <folder> <target> <options for configuring>...
build() {
  local into=$1 target=$2
  shift 2
  cmake -S . -B "$into" --preset bench "$@" >/dev/null
  cmake --build "$into" --target "$target" --parallel 2 >/dev/null
}

# The benchmarks that the score is made of.
readonly score_filter='^(next/[a-z]+/in/16384|memchr/[a-z]+/in)$'
readonly interleaved=(--benchmark_enable_random_interleaving=true --benchmark_repetitions=11)
