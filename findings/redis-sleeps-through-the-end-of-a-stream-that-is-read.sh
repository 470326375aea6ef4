#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: an XREAD that blocks on a stream is told when the stream is deleted (as XREADGROUP is), or sees what is added to the new one of that name.
# What happens: it says nothing at FLUSHALL or DEL, and goes on to wait for an ID above the old last one. Entries of the new stream with lower IDs, as from a clock that was put back or a replica that was promoted, never come to it.
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

# usage: read_behind <ID> <file>; in the background
read_behind() { redis xread block 0 streams s "$1" >"$dir/$2" & }
blocked() { redis client list | grep -c ' flags=b.* cmd=xread' || true; }
await_blocked() {
  for ((i = 0; i < 200; ++i)); do [ "$(blocked)" = "$1" ] && return || sleep 0.05; done
  echo "CHANGED: $(blocked) readers are blocked, and were $1"
  exit 1
}
redis xadd s 2000-0 n old >"$dir/ignored"
redis xgroup create s group '$' >"$dir/ignored"
redis xreadgroup group group me block 0 streams s '>' >"$dir/of_group" 2>&1 &
group=$!
read_behind 2000-0 of_old
old=$!
await_blocked 2
redis flushall >"$dir/ignored"
wait $group
echo "XREADGROUP, blocked before FLUSHALL: $(head -n 1 "$dir/of_group")"
grep -q '^UNBLOCKED ' "$dir/of_group" || { echo 'CHANGED: it was UNBLOCKED'; exit 1; }
read_behind 0-0 of_new
new=$!
await_blocked 2

redis xadd s 1000-0 n 1 >"$dir/ignored"
wait $new  # so the entry has been handed out
await_blocked 1
echo "behind 2000-0, blocked before FLUSHALL, after an entry 1000-0: nothing; behind 0-0: $(grep -x '.*-0' "$dir/of_new")"
[ ! -s "$dir/of_old" ] || { echo 'CHANGED: it was woken'; exit 1; }
redis xadd s 2000-0 n 2 >"$dir/ignored"
redis xadd s 2000-1 n 3 >"$dir/ignored"
wait $old
seen=$(grep -x '[0-9]*-[0-9]*' "$dir/of_old" | paste -s -d ' ')
echo "after 2000-0 and 2000-1, which are the second and the third entry of the new stream: $seen"
[ "$seen" = 2000-1 ] || { echo 'CHANGED: it was 2000-1'; exit 1; }
