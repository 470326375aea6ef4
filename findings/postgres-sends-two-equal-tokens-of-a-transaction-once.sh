#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: a server of events that stands on LISTEN gets a notification for each NOTIFY, in order, for it is a queue.
# What happens: of equal ones in one transaction PostgreSQL 15 sends one. Tokens 'ha', 'ha', '!' arrive as 'ha', '!', and of two clicks in a statement one is counted; not even the order tells: 'ha' between two '!' is where it was first. Each in a transaction of its own, or with a number in front, all arrive.
set -euo pipefail
dir=$(mktemp -d)
server=
trap '[ -z "$server" ] || { kill -INT "$server" && wait "$server"; } 2>/dev/null || true; rm -rf "$dir"' EXIT
cd "$dir"
{ apt-get download -qq postgresql-15 postgresql-client-15 libpq5 2>/dev/null &&
  for each in *.deb; do dpkg -x "$each" .; done; } ||
  { echo "skipped: Debian's postgresql-15 cannot be had"; exit 77; }
export PATH=$dir/usr/lib/postgresql/15/bin:$PATH LC_ALL=C
LD_LIBRARY_PATH=$(dirname "$(find "$dir/usr/lib" -name libpq.so.5)")
export LD_LIBRARY_PATH
as=()
if ((EUID == 0)); then  # PostgreSQL refuses to run for root
  as=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
  chown nobody "$dir"
fi
"${as[@]}" initdb -D data -U postgres --auth=trust --no-sync >log 2>&1 ||
  { tail -n 1 log; echo 'skipped: PostgreSQL 15 cannot be set up here'; exit 77; }
"${as[@]}" postgres -D data -c listen_addresses= -c unix_socket_directories="$dir" -c fsync=off >>log 2>&1 &
server=$!
for ((i = 0; i < 300; i++)); do
  pg_isready -q -h "$dir" && break
  sleep 0.1
done

# Prints what came of the commands in standard input, in order.
came() {
  { echo 'LISTEN tokens;'; cat; } | psql -qX -h "$dir" -U postgres |
    sed -n 's/.*with payload "\([^"]*\)".*/\1/p' | paste -s -d ' '
}

changed=0
# usage: check <what was sent> <expected>; the commands are in standard input
check() {
  local got
  got=$(came)
  echo "$1: $got"
  [ "$got" = "$2" ] || { echo "  CHANGED: it was $2"; changed=1; }
}

psql --version
check "ha ha ! in one transaction" 'ha !' \
  <<<"BEGIN; NOTIFY tokens, 'ha'; NOTIFY tokens, 'ha'; NOTIFY tokens, '!'; COMMIT;"
check "! ha ! in one transaction" '! ha' \
  <<<"BEGIN; NOTIFY tokens, '!'; NOTIFY tokens, 'ha'; NOTIFY tokens, '!'; COMMIT;"
check "ha ha ! by one statement" 'ha !' \
  <<<"SELECT pg_notify('tokens', token) FROM unnest(ARRAY['ha', 'ha', '!']) AS token;"
check "ha ha !, each committed" 'ha ha !' <<<"NOTIFY tokens, 'ha'; NOTIFY tokens, 'ha'; NOTIFY tokens, '!';"
check "1:ha 2:ha 3:! in one transaction" '1:ha 2:ha 3:!' \
  <<<"BEGIN; NOTIFY tokens, '1:ha'; NOTIFY tokens, '2:ha'; NOTIFY tokens, '3:!'; COMMIT;"
exit "$changed"
