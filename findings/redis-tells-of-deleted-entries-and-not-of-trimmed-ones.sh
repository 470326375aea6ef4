#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: who asks for what follows an ID that is gone is told so, or can see it by `max-deleted-entry-id`, which Redis 7 keeps for each stream.
# What happens: XREAD and XRANGE begin with the next entry that is left, and `max-deleted-entry-id` is set by XDEL alone: it stays 0-0 whatever MAXLEN, MINID or XTRIM take away. What tells a gap is `recorded-first-entry-id`, or `entries-added` less XLEN.
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

field() { redis xinfo stream s | grep -A 1 -x "$1" | tail -n 1; }
status=0
# usage: look <what was done> <expected>; a reader has seen 1-0, and asks for what follows.
look() {
  local behind seen
  behind=$(redis xread streams s 1-0 | grep -x '[0-9]-0' | paste -s -d ' ')
  seen="behind 1-0 come $behind; max-deleted-entry-id $(field max-deleted-entry-id)"
  seen+=", recorded-first-entry-id $(field recorded-first-entry-id), entries-added $(field entries-added)"
  seen+=", length $(redis xlen s)"
  echo "$1: $seen"
  [ "$seen" = "$2" ] || { echo "CHANGED: it was $2"; status=1; }
}
for n in 1 2 3 4 5 6 7; do redis xadd s "$n-0" n "$n"; done >"$dir/ignored"
look '1-0 to 7-0 were added' 'behind 1-0 come 2-0 3-0 4-0 5-0 6-0 7-0; max-deleted-entry-id 0-0, recorded-first-entry-id 1-0, entries-added 7, length 7'
redis xtrim s maxlen 5 >"$dir/ignored"
look 'XTRIM MAXLEN 5' 'behind 1-0 come 3-0 4-0 5-0 6-0 7-0; max-deleted-entry-id 0-0, recorded-first-entry-id 3-0, entries-added 7, length 5'
redis xtrim s minid 5-0 >"$dir/ignored"
look 'XTRIM MINID 5-0' 'behind 1-0 come 5-0 6-0 7-0; max-deleted-entry-id 0-0, recorded-first-entry-id 5-0, entries-added 7, length 3'
redis xdel s 6-0 >"$dir/ignored"
look 'XDEL 6-0' 'behind 1-0 come 5-0 7-0; max-deleted-entry-id 6-0, recorded-first-entry-id 5-0, entries-added 7, length 2'
exit $status
