#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: where PgBouncer does not offer something, as LISTEN where connections are shared by transaction, it says so.
# What happens: LISTEN is answered as always, and no notification ever comes: the server of events that stands on it starts, is healthy, and is silent. Who sends one by the same pool gets it back, who never asked for any. With `pool_mode = session`, or directly, each comes.
set -euo pipefail
dir=$(mktemp -d)
server='' pool=''
trap 'for each in $pool $server; do kill -INT "$each" && wait "$each"; done 2>/dev/null || true; rm -rf "$dir"' EXIT
cd "$dir"
{ apt-get download -qq postgresql-15 postgresql-client-15 libpq5 pgbouncer libc-ares2 libevent-2.1-7 2>/dev/null &&
  for each in *.deb; do dpkg -x "$each" .; done; } ||
  { echo "skipped: Debian's postgresql-15 and pgbouncer cannot be had"; exit 77; }
export PATH=$dir/usr/lib/postgresql/15/bin:$dir/usr/sbin:$PATH LC_ALL=C
LD_LIBRARY_PATH=$(dirname "$(find "$dir/usr/lib" -name libpq.so.5)")
export LD_LIBRARY_PATH
as=()
if ((EUID == 0)); then  # both refuse to run for root
  as=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
  chown nobody "$dir"
fi
"${as[@]}" initdb -D data -U postgres --auth=trust --no-sync >log 2>&1 ||
  { tail -n 1 log; echo 'skipped: PostgreSQL 15 cannot be set up here'; exit 77; }
"${as[@]}" postgres -D data -c listen_addresses= -c unix_socket_directories="$dir" -c fsync=off >>log 2>&1 &
server=$!
for mode in transaction session; do
  printf '%s = host=%s dbname=postgres user=postgres pool_mode=%s\n' "$mode" "$dir" "$mode"
done >databases
{ echo '[databases]'; cat databases
  printf '[pgbouncer]\nlisten_addr =\nlisten_port = 6432\nunix_socket_dir = %s\nauth_type = any\n' "$dir"; } >ini
"${as[@]}" pgbouncer -q ini >>log 2>&1 &
pool=$!
# usage: sql <port> <database>
sql() { psql -qX -h "$dir" -p "$1" -U postgres "$2"; }
for ((i = 0; i < 300; i++)); do
  sql 5432 postgres <<<'' 2>/dev/null && sql 6432 session <<<'' 2>/dev/null && break
  sleep 0.1
done

changed=0
# usage: check <what> <port> <database> <expected of who listens> <expected of who notifies>
check() {
  local listens notifier
  # psql says what has come when a command ends, and the last one ends behind the NOTIFY.
  listens=$({ printf 'LISTEN tokens;\n'; sleep 1
    sql "$2" "$3" <<<"NOTIFY tokens, 'hello'" >notifier; sleep 1; printf 'SELECT 1 WHERE false;\n'; } |
    sql "$2" "$3" | sed -n 's/.*with payload "\([a-z]*\)".*/\1/p')
  notifier=$(sed -n 's/.*with payload "\([a-z]*\)".*/\1/p' notifier)
  echo "$1: who listens gets '$listens', who notifies '$notifier', and there is no error"
  [[ $listens == "$4" && $notifier == "$5" ]] || { echo "  CHANGED: it was '$4', and '$5'"; changed=1; }
}

echo "$(pgbouncer --version | head -n 1), $(psql --version)"
check 'pool_mode = transaction' 6432 transaction '' hello
check 'pool_mode = session' 6432 session hello ''
check 'without PgBouncer' 5432 postgres hello ''
exit "$changed"
