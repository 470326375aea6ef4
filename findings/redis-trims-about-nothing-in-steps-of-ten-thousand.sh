#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: `MAXLEN ~ N` keeps N entries and a few more.
# What happens: it removes whole nodes of 100 (small) entries, so that `~ 10` keeps up to 109; and one call removes 10000 at most, so that after a lower bound is set, or with `XTRIM MAXLEN ~ 0`, what is above stays for many calls.
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

add() { redis eval "local most = 0 for n = 1, ARGV[1] do redis.call('xadd', KEYS[1], 'maxlen', ARGV[2], ARGV[3], '*', 'n', n) most = math.max(most, redis.call('xlen', KEYS[1])) end return most" 1 "$@"; }
status=0
show() {
  echo "$1: $2"
  [ "$2" = "$3" ] || { echo "CHANGED: it was $3"; status=1; }
}
show 'longest, of 1000 added with MAXLEN ~ 10' "$(add about 1000 '~' 10)" 109
show 'longest, of 1000 added with MAXLEN = 10' "$(add exact 1000 = 10)" 10
add long 50000 = 50000 >"$dir/ignored"
for left in 40000 30000 20000; do
  redis xtrim long maxlen '~' 0 >"$dir/ignored"
  show 'left of 50000 after one more XTRIM MAXLEN ~ 0' "$(redis xlen long)" "$left"
done
redis xadd long maxlen '~' 100 '*' n 1 >"$dir/ignored"
show 'left after an XADD MAXLEN ~ 100' "$(redis xlen long)" 10001
redis xtrim long maxlen '~' 0 limit 0 >"$dir/ignored"
show 'left after XTRIM MAXLEN ~ 0 LIMIT 0' "$(redis xlen long)" 0
exit $status
