# SPDX-License-Identifier: MIT
# For the scripts beside it: they source this. Goes to the root of the repository, and builds the
# targets with the engines that there are.
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tests/setup.sh
ulimit -c 0

readonly folder=${SSEWIRE_FUZZ_FOLDER:-build/fuzz}
readonly all_targets=(parser writer kernels)

# Prints a compiler that has libFuzzer.
libfuzzer_compiler() {
  local compiler
  for compiler in clang++-19 clang++; do
    if has_tool $compiler && echo 'extern "C" int LLVMFuzzerTestOneInput() { return 0; }' |
      $compiler -fsanitize=fuzzer,address -x c++ - -o /dev/null 2>/dev/null; then
      echo $compiler
      return
    fi
  done
  return 1
}

# usage: compile <target> <suffix> <command>...
compile() {
  local target=$1 suffix=$2
  shift 2
  "$@" -std=c++17 -g -I include -I tests "tests/fuzz/$target.cpp" -fsanitize=fuzzer \
    -o "$folder/$target-$suffix" 2>"$folder/$target-$suffix.log" || {
    cat "$folder/$target-$suffix.log" >&2
    return 1
  }
}

# usage: build <target>...
# Sets `engines`: libfuzzer, with the sanitizers, and afl, which is faster without.
build() {
  local target compiler jobs=() job
  engines=() missing=()
  install_missing clang-19 libclang-rt-19-dev python3
  install_missing afl++
  mkdir -p "$folder"
  if compiler=$(libfuzzer_compiler); then engines+=(libfuzzer); else missing+=(libFuzzer); fi
  if has_tool afl-clang-fast++; then engines+=(afl); else missing+=(AFL++); fi
  for target in "$@"; do
    if [[ " ${engines[*]} " = *' libfuzzer '* ]]; then
      compile "$target" libfuzzer "$compiler" -O1 -fsanitize=address,undefined \
        -fno-sanitize-recover=all &
      jobs+=($!)
    fi
    if [[ " ${engines[*]} " = *' afl '* ]]; then
      AFL_QUIET=1 compile "$target" afl afl-clang-fast++ -O2 &
      jobs+=($!)
    fi
    for job in "${jobs[@]}"; do
      wait "$job" || { echo "the target $target does not compile"; exit 1; }
    done
    jobs=()
    mkdir -p "$folder/corpus/$target" "$folder/findings/$target"
  done
  python3 tests/fuzz/seeds.py "$folder/seeds"
}
