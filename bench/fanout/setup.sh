# SPDX-License-Identifier: MIT
# For the scripts beside it: they source this. Goes to the root of the repository.
source "$(dirname "${BASH_SOURCE[0]}")/../setup.sh"

readonly raw=$PWD/build/fanout/raw
started=$SECONDS
step() { echo "== $* ($((SECONDS - started)) s)" >&2; }

# Builds all, and puts what was measured into $raw.
# usage: measure <repetitions> <filter of benchmarks> <rounds of servers> <seconds of a load>
#                <followers>...
measure() {
  step "building"
  install_missing "${packages[@]}" 'libboost-url-dev|libboost-url1.81-dev|libboost-dev' \
    libssl-dev nlohmann-json3-dev libcli11-dev pkg-config liburing-dev nginx-light \
    libnginx-mod-nchan
  mkdir -p "$raw"
  rm -f "$raw"/*
  local target
  for target in bench-fanout bench-load sse-broadcast sse-channels; do
    build build/fanout "$target" -DSSEWIRE_BUILD_EXAMPLES=ON || echo "skipped: $target" >&2
  done
  step "in one process"
  build/fanout/bench/bench-fanout --benchmark_filter="$2" --benchmark_min_time=0.05 \
    --benchmark_enable_random_interleaving=true --benchmark_repetitions="$1" \
    --benchmark_out="$raw/fanout.json" --benchmark_out_format=json >"$raw/fanout.txt" 2>&1
  step "for real"
  python3 bench/fanout/servers.py build/fanout/bench/bench-load \
    build/fanout/examples/servers/sse-broadcast build/fanout/examples/servers/sse-channels \
    "${@:3}" >"$raw/servers.json"
}
