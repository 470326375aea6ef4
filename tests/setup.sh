# SPDX-License-Identifier: MIT
# For the scripts that need packages: they source this. What users run (../examples/demo, run) keeps
# to bash 3.2, which macOS has, where there is no apt-get.

# What it takes, beside a compiler, to build and to run all tests.
readonly test_packages=(cmake make binutils pkg-config meson python3 doctest-dev nlohmann-json3-dev
  libcli11-dev libcurl4-openssl-dev 'libboost-url-dev|libboost-url1.81-dev|libboost-dev'
  libcpp-httplib-dev zlib1g-dev libbrotli-dev libzstd-dev brotli zstd libssl-dev openssl libuv1-dev
  liburing-dev libncurses-dev libhiredis-dev prometheus-cpp-dev redis-server curl nginx haproxy
  strace)

has_tool() { command -v "$1" >/dev/null; }
has_package() {
  has_tool "$1" || [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}
# The first of some names that is one of a package here, or the last: usage: first_known 'a|b|c'
first_known() {
  local name
  for name in ${1//|/ }; do
    if has_package "$name" || apt-cache show "$name" >/dev/null 2>&1; then break; fi
  done
  echo "$name"
}

# Installs packages of Debian that are neither installed nor there as a command of the same name.
# None that would remove another is. Whoever calls this then looks for the tool, and says so if it
# is missing. For 'a|b', which has another name in another release, the first that exists is taken.
# Where there is no apt-get it says what is used.
# usage: install_missing <package>...
install_missing() (
  if ! has_tool apt-get; then
    missing=
    for package in "$@"; do has_tool "$package" || missing+=" $package"; done
    [ -z "$missing" ] || echo "skipped: installing packages, for there is no apt-get;" \
      "what may be missing, by its name in Debian:${missing//|/ or }" >&2
    return 0
  fi
  exec 9<"${BASH_SOURCE[0]}"
  flock 9  # two scripts may need packages at the same time
  missing=()
  for package in "$@"; do
    has_package "$(first_known "$package")" || missing+=("$package")
  done
  ((${#missing[@]})) || return 0

  as_root=(env DEBIAN_FRONTEND=noninteractive)
  if ((EUID != 0)); then
    if ! has_tool sudo; then
      echo "skipped: installing ${missing[*]}, for which one must be root" >&2
      return 0
    fi
    as_root=(sudo "${as_root[@]}")
  fi
  install=("${as_root[@]}" apt-get install -qq -o DPkg::Lock::Timeout=600
    --no-install-recommends --no-remove)
  {
    "${as_root[@]}" apt-get update -qq || true
    for i in "${!missing[@]}"; do missing[i]=$(first_known "${missing[i]}"); done
    "${install[@]}" "${missing[@]}" && return 0
    # One that cannot be had must not be in the way of the others.
    for package in "${missing[@]}"; do
      "${install[@]}" "$package" || echo "not installed: $package"
    done
  } >&2
)
