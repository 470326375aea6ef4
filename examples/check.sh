#!/bin/sh
# SPDX-License-Identifier: MIT
# Checks of the examples with the tool `ssewire`: check.sh CHECK SSEWIRE [ARGUMENT...]
set -eu

check=$1
ssewire=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# reads_ticker SSE_TICKER
reads_ticker() {
  "$1" 5 1 >"$work/stream"
  "$ssewire" check <"$work/stream"
  "$ssewire" decode <"$work/stream" >"$work/out"
  cat "$work/out"
  [ "$(grep -c '^{"id":"1","event":"load","data":".*","retry":3000}$' "$work/out")" -eq 1 ]
  [ "$(grep -c '^{"id":"[2-5]","event":"load","data":".*"}$' "$work/out")" -eq 4 ]
  [ "$(grep -c '^{"event":"memory","data":".*"}$' "$work/out")" -eq 1 ]
}

"$check" "$@"
