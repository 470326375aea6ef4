#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: redisCommand takes a command as one writes it for redis-cli: 'a b' is one argument, and two quotes are an empty one.
# What happens: only blanks divide it and quotes are letters: SET key '' stores two quotes, and no error tells. An empty value is possible by %s and %b alone.
set -euo pipefail
for tool in redis-server redis-cli cc; do
  command -v "$tool" >/dev/null || { echo "skipped: no $tool"; exit 77; }
done
dir=$(mktemp -d)
redis-server --port 0 --unixsocket "$dir/socket" --save '' --dir "$dir" >"$dir/log" &
server=$!
trap 'kill $server; wait; rm -rf "$dir"' EXIT
for ((i = 0; i < 200; ++i)); do
  redis-cli -s "$dir/socket" ping >/dev/null 2>&1 && break || sleep 0.05
done

cat >"$dir/show.c" <<'C'
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <string.h>

static int status = 0;

static void show(redisContext* redis, const char* form, const char* argument, const char* expected) {
    redisReply* set = redisCommand(redis, form, argument);
    redisReply* get = redisCommand(redis, "GET key");
    const char* seen = set->type == REDIS_REPLY_ERROR ? set->str : get->str;
    printf("%s, \"%s\": [%s]\n", form, argument, seen);
    if (strcmp(seen, expected) != 0) {
        printf("CHANGED: it was [%s]\n", expected);
        status = 1;
    }
    freeReplyObject(set);
    freeReplyObject(get);
}

int main(int argc, char** argv) {
    redisContext* redis = redisConnectUnix(argv[argc - 1]);
    if (redis == NULL || redis->err) return 1;
    printf("hiredis %d.%d.%d\n", HIREDIS_MAJOR, HIREDIS_MINOR, HIREDIS_PATCH);
    show(redis, "SET key ''", "", "''");
    show(redis, "SET key \"a\"", "", "\"a\"");
    show(redis, "SET key 'a b'", "", "ERR syntax error");
    show(redis, "SET key %s", "", "");
    show(redis, "SET key %s", "a b", "a b");
    redisFree(redis);
    return status;
}
C
cc -o "$dir/show" "$dir/show.c" -lhiredis 2>/dev/null ||
  { echo 'skipped: no hiredis to build with'; exit 77; }
timeout 20 "$dir/show" "$dir/socket"
