#!/bin/sh
# SPDX-License-Identifier: MIT
# The checks behind the tests of the examples: check.sh CHECK SSE_DECODE [ARGUMENT...]
set -eu

check=$1
decode=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
out=$work/out
err=$work/err

fail() {
  echo "$*" >&2
  exit 1
}

# Runs sse-decode on standard input, and checks its exit code and its output, given line by line.
expect() {
  expected_code=$1
  shift
  code=0
  "$decode" >"$out" 2>"$err" || code=$?
  cat "$err"
  [ "$code" -eq "$expected_code" ] || fail "exit code $code instead of $expected_code"
  if [ $# -eq 0 ]; then : >"$work/expected"; else printf '%s\n' "$@" >"$work/expected"; fi
  diff "$work/expected" "$out"
}

# prints STREAM EXIT_CODE
prints() {
  expected=${1%.sse}.jsonl
  code=0
  "$decode" <"$1" >"$out" || code=$?
  diff "$expected" "$out"
  [ "$code" -eq "$2" ] || fail "exit code $code instead of $2"

  # The same when it comes in crumbs.
  dd bs=1 if="$1" 2>"$err" | "$decode" >"$out" || true
  diff "$expected" "$out"
}

prints_live() {
  mkfifo "$work/stream"
  "$decode" <"$work/stream" >"$out" &
  # Open to the end of this function: the stream goes on all the while.
  exec 3>"$work/stream"
  printf 'data: first\n\ndata: half of an ' >&3
  wait_for '{"event":"message","data":"first"}'
  ! grep -q half "$out" || fail "half of an event was printed"
  printf 'event\n\n' >&3
  wait_for '{"event":"message","data":"half of an event"}'
  exec 3>&-
  wait $!
}

wait_for() {
  tenths=0
  until grep -qxF "$1" "$out"; do
    tenths=$((tenths + 1))
    [ "$tenths" -le 200 ] || fail "not printed in 20 s: $1"
    sleep 0.1
  done
}

tells_cut_off() {
  printf 'data: whole\n\ndata: cut of' | expect 3 '{"event":"message","data":"whole"}'
  grep -q 'cut off' "$err"
  printf 'id: 7\n' | expect 3
  printf 'data: whole\n\n: a comment is no event' | expect 0 '{"event":"message","data":"whole"}'
  [ ! -s "$err" ]
  printf '' | expect 0
}

tells_dropped() {
  {
    printf 'id: 1\ndata: '
    dd if=/dev/zero bs=1048576 count=17 2>"$work/dd"
    printf '\n\nid: 2\ndata: next\n\n'
  } | expect 0 '{"id":"2","event":"message","data":"next"}'
  grep -q 'too large: 1$' "$err"
}

tells_unreadable() {
  expect 1 <"$work"
  grep -q 'cannot read' "$err"
}

ends_quietly() {
  {
    code=0
    yes 'data: more
' | "$decode" 2>"$err" || code=$?
    echo "$code" >"$work/code"
  } | head -n 1
  [ "$(cat "$work/code")" -eq 0 ] || fail "exit code $(cat "$work/code")"
  [ ! -s "$err" ] || fail "$(cat "$err")"
}

# reads_ticker SSE_TICKER
reads_ticker() {
  "$1" 5 1 | "$decode" >"$out"
  cat "$out"
  [ "$(grep -c '^{"id":"[1-5]","event":"load","data":".*"}$' "$out")" -eq 5 ]
  [ "$(grep -c '^{"event":"memory","data":".*"}$' "$out")" -eq 1 ]
}

"$check" "$@"
