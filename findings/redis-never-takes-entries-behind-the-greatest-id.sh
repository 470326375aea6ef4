#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: one entry with a wrong ID is mended by deleting it.
# What happens: an XADD with an ID of the far future goes by, and the stream counts on from there: all later IDs have that time. Behind 18446744073709551615-18446744073709551615 there is none, so XADD fails for ever, also when the entry was deleted and the stream is empty; XSETID mends both.
set -euo pipefail
for tool in redis-server redis-cli; do
  command -v "$tool" >/dev/null || { echo "skipped: no $tool"; exit 77; }
done
dir=$(mktemp -d)
redis-server --port 0 --unixsocket "$dir/socket" --save '' --dir "$dir" >"$dir/log" &
server=$!
trap 'kill $server; wait; rm -rf "$dir"' EXIT
redis() { timeout 20 redis-cli -s "$dir/socket" "$@"; }
for ((i = 0; i < 200; ++i)); do redis ping >/dev/null 2>&1 && break || sleep 0.05; done
redis info server | sed -n 's/^redis_version:/Redis /p'

status=0
# usage: try <what is shown> <expected> <command>...
try() {
  local shown=$1 expected=$2 said
  shift 2
  said=$(redis "$@" 2>&1 | head -n 1)
  echo "$shown: $said"
  [[ $said == $expected ]] || { echo "CHANGED: it was $expected"; status=1; }
}
readonly now="$(date +%s | cut -c 1-5)*-*" last=18446744073709551615
try 'now' "$now" xadd s '*' n 1
try 'an ID of the year 5138' 99999999999999-0 xadd s 99999999999999-0 n 2
try 'the next by the clock' 99999999999999-1 xadd s '*' n 3
try 'the greatest ID' "$last-$last" xadd s "$last-$last" n 4
try 'the next' 'ERR The stream has exhausted the last possible ID*' xadd s '*' n 5
try 'all are deleted' 4 xtrim s maxlen 0
try 'the length' 0 xlen s
try 'the next' 'ERR The stream has exhausted the last possible ID*' xadd s '*' n 6
try 'XSETID' OK xsetid s 0-0
try 'the next' "$now" xadd s '*' n 7
exit $status
