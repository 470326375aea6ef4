# SPDX-License-Identifier: MIT
# For the tests of the tool, which source this first and end with `run_tests "$@"`. Each function
# with a name that begins with test_ is a test, and is run by a shell of its own.
# usage: bash SCRIPT SSEWIRE [TEST]
set -euo pipefail

ssewire=$1
streams=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../streams" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset NO_COLOR

run_tests() {
  if (($# > 1)); then
    "$2"
    return
  fi
  local test status=0
  for test in $(compgen -A function test_); do
    if ! bash "$0" "$1" "$test" >"$work/log" 2>&1; then
      echo "FAILED  ${test//_/ }"
      sed 's/^/    | /' "$work/log"
      status=1
    elif ! grep '^skipped: ' "$work/log"; then
      echo "ok      ${test//_/ }"
    fi
  done
  return $status
}

fail() {
  echo "$*" >&2
  exit 1
}

# Runs the tool on standard input. Its exit code and its output have to be these. What it prints is
# left in $work/out and $work/err.
# usage: gives EXIT_CODE OUTPUT ARGUMENT...
gives() {
  local code=0
  "$ssewire" "${@:3}" >"$work/out" 2>"$work/err" || code=$?
  cat "$work/err"
  diff <(printf '%s' "${2:+$2$'\n'}") "$work/out"
  ((code == $1)) || fail "exit code $code instead of $1"
}

# Whether these are all findings, but for events and for the last line, which sums up.
# usage: finds EXIT_CODE STREAM [FINDING...]
finds() {
  local -r code=$1 stream=$2
  local exit_code=0
  shift 2
  "$ssewire" check < <(printf "$stream") >"$work/out" || exit_code=$?
  diff <((($# == 0)) || printf '%s\n' "$@") \
    <(sed '$d' "$work/out" | grep -v '^[0-9]*:[0-9]*: event: ')
  ((exit_code == code)) || fail "exit code $exit_code instead of $code"
  # The same to the byte, however it comes.
  "$ssewire" check < <(printf "$stream" | in_crumbs) >"$work/crumbs" || ((code == $?))
  cmp "$work/out" "$work/crumbs"
}

# Whether a diagnostic has been printed.
says() { grep -q -e "$1" "$work/err" || fail "no diagnostic has: $1"; }
says_nothing() { [ ! -s "$work/err" ] || fail "diagnostics: $(cat "$work/err")"; }

# usage: many COUNT CHARACTER
many() { head -c "$1" /dev/zero | tr '\0' "$2"; }

# Its standard input, a byte at a time.
in_crumbs() { dd bs=1 status=none; }

# Waits until a file has a line.
# usage: wait_for_line FILE LINE
wait_for_line() {
  local tenths
  for ((tenths = 0; tenths < 600; ++tenths)); do
    if grep -qxFe "$2" "$1"; then return 0; fi
    sleep 0.1
  done
  fail "not there after a minute: $2"
}

# Runs the tool in the background on a stream that goes on until `end_stream`; what is written to
# file descriptor 3 is the stream.
# usage: begin_stream ARGUMENT...
begin_stream() {
  mkfifo "$work/stream"
  "$ssewire" "$@" <"$work/stream" >"$work/out" 2>"$work/err" &
  reader=$!
  exec 3>"$work/stream"
}
end_stream() {
  exec 3>&-
  wait "$reader"
}
