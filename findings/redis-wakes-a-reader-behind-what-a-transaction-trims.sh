#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: an XREAD that blocks at the end of a stream sees each entry that is added.
# What happens: it is woken at the end of a transaction or script: what was added and trimmed (MAXLEN) within it never comes, and nothing says that 3 of 5 are missing. The same five in one pipeline, which is no transaction, wake it at the first.
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

# usage: blocked <commands on standard input>; prints the numbers that a blocked reader is given.
blocked() {
  redis xread block 0 streams s '$' >"$dir/seen" &
  local reader=$!
  for ((i = 0; i < 200; ++i)); do
    redis client list | grep -q ' flags=b.* cmd=xread ' && break || sleep 0.05
  done
  timeout 20 redis-cli -s "$dir/socket" >/dev/null
  wait $reader
  grep -A 1 '^n$' "$dir/seen" | grep -x '[0-9]*' | paste -s -d ' '
}
adds=$(printf 'xadd s maxlen 2 * n %d\n' 1 2 3 4 5)
redis xadd s '*' n 0 >"$dir/ignored"

status=0
while IFS='|' read -r kind commands expected; do
  seen=$(echo -e "$commands" | blocked)
  echo "1 to 5 are added by $kind to a stream of 2 at most; a blocked XREAD is given $seen"
  [ "$seen" = "$expected" ] || { echo "CHANGED: it was $expected"; status=1; }
done <<CASES
a transaction|multi\n${adds//$'\n'/\\n}\nexec|4 5
a script|eval "for n = 1, 5 do redis.call('xadd', 's', 'maxlen', '2', '*', 'n', n) end" 0|4 5
single commands|${adds//$'\n'/\\n}|1
CASES
exit $status
