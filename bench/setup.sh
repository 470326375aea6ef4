# SPDX-License-Identifier: MIT
# For the scripts beside it: they source this. Goes to the root of the repository.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source tests/setup.sh

# What all of them need; some need more.
readonly packages=(g++ cmake make git python3 libbenchmark-dev)

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
