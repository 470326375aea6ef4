# SPDX-License-Identifier: MIT
# What gates share: see check. They source this.
source tests/setup.sh

# Ends a gate as skipped where a tool is missing.
# usage: need <tool>...
need() {
  local tool
  for tool in "$@"; do
    has_tool "$tool" || { echo "skipped: no $tool"; exit 77; }
  done
}

# Ends a gate as failed.
# usage: fail <what does not hold>
fail() { echo "$*"; exit 1; }

# A number that changes whenever a header does: for gates that try some of what there is to try.
sum_of_headers() {
  find include -name "*.hpp" | LC_ALL=C sort | xargs cat | cksum | cut -d ' ' -f 1
}

# Waits until fewer than so many jobs run in the background: two keep two cores busy.
# usage: await_turn [most]
await_turn() {
  while (($(jobs -pr | wc -l) >= ${1:-2})); do wait -n || true; done
}

# Starts a part of a gate, beside one other at most. What it prints and how it ends means for the
# part what it means for the gate, and is left in the folder `out`.
# usage: start <name of the part> <command>...
start() {
  local name=$1
  shift
  await_turn
  parts+=("$name")
  rm -f "$out/$name.status"
  (
    trap 'echo $? >"$out/$name.status"' EXIT
    "$@"
  ) >"$out/$name.log" 2>&1 &
}
parts=()

# Waits for the parts and prints what they printed. Ends the gate if one failed, or all are skipped.
# Sets `held` to the names of those that hold, and `without` to a remark on those that are skipped.
collect() {
  local name skipped=() failed=()
  held=()
  wait
  for name in "${parts[@]}"; do
    echo "== $name"
    cat "$out/$name.log"
    case $(cat "$out/$name.status") in
      0) held+=("$name") ;;
      77) skipped+=("$(tail -n 1 "$out/$name.log" | sed "s/^skipped:/$name:/")") ;;
      *) failed+=("$name") ;;
    esac
  done
  printf -v without '; skipped: %s' "${skipped[@]}"
  ((${#skipped[@]})) || without=''
  ((${#failed[@]} == 0)) || fail "does not hold: ${failed[*]}$without"
  ((${#held[@]})) || { echo "skipped: every part$without"; exit 77; }
}

# Sets `libcxx` to the options by which clang++-19, or another version, takes libc++, or to none if it
# cannot be had. It is unpacked, for if installed it could remove that of another version; and linked
# statically.
# usage: find_libcxx [version]
find_libcxx() {
  local version=${1:-19}
  local folder=build/check/libc++-$version
  local llvm=$PWD/$folder/usr/lib/llvm-$version
  libcxx=()
  [ -e "$folder/unpacked" ] ||
    unpack "$folder" "libc++-$version-dev" "libc++abi-$version-dev" || return 0
  libcxx=(-nostdinc++ -isystem "$llvm/include/c++/v1" -stdlib=libc++ -L "$llvm/lib"
    -static-libstdc++ -Wno-unused-command-line-argument)  # some are for the linker alone
}

# Sets `wine` to what runs programs for Windows, and `wineserver` to the server that it starts, which
# Debian's newer packages have elsewhere.
find_wine() {
  wine=/usr/lib/wine/wine64 wineserver=/usr/lib/wine/wineserver64
  [ -x "$wine" ] || wine=/usr/bin/wine64 wineserver=/usr/lib/x86_64-linux-gnu/wine/wineserver
  unset TMPDIR  # Debian's wine 10 does not start where it is set
}

# usage: unpack <folder> <package>...
unpack() (
  has_tool apt-get || return 1
  exec {lock}<"${BASH_SOURCE[0]}"
  flock "$lock"
  mkdir -p "$1"
  cd "$1" || return 1
  shift
  apt-get download -qq "$@" || { apt-get update -qq && apt-get download -qq "$@"; } || return 1
  for package in ./*.deb; do dpkg -x "$package" . || return 1; done
  touch unpacked
) >&2

# Unpacks what users download: the sources as `git archive` packs them, with what is not yet
# committed. Where they are no repository they were downloaded, and all of it is copied.
# usage: unpack_release <folder>
unpack_release() {
  local index
  rm -rf --one-file-system "$1"
  mkdir -p "$1"
  if [ -e .git ] && git rev-parse --git-dir; then
    index=$(mktemp -u)
    GIT_INDEX_FILE=$index git add --all
    git archive "$(GIT_INDEX_FILE=$index git write-tree)" | tar -x -C "$1"
    rm "$index"
  else
    tar -c --exclude=./build . | tar -x -C "$1"
  fi
} >&2
