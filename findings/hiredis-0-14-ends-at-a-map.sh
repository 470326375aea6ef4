#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: Redis 7 and the hiredis that Debian 12 has beside it can speak RESP3 with each other, in which XREAD answers with a map.
# What happens: that hiredis is 0.14, from before RESP3: HELLO 3 is sent, Redis says yes with a map, and the connection is of no use any more ("Protocol error"), nor is it after that for any other command. By HELLO 2 it stays as it was, and XREAD answers with an array.
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

static void show(redisContext* redis, const char* command, const char* expected) {
    redisReply* reply = redisCommand(redis, command);
    const char* seen = reply == NULL ? redis->errstr
                       : reply->type == REDIS_REPLY_ARRAY ? "an array" : reply->str;
    printf("%s: %s\n", command, seen);
    if (strcmp(seen, expected) != 0) {
        printf("CHANGED: it was %s\n", expected);
        status = 1;
    }
    if (reply != NULL) freeReplyObject(reply);
}

int main(int argc, char** argv) {
    const char* hello[] = {"HELLO 2", "HELLO 3"};
    const char* refused = "Protocol error, got \"%\" as reply type byte";
    printf("hiredis %d.%d.%d\n", HIREDIS_MAJOR, HIREDIS_MINOR, HIREDIS_PATCH);
    for (int i = 0; i < 2; ++i) {
        redisContext* redis = redisConnectUnix(argv[argc - 1]);
        if (redis == NULL || redis->err) return 1;
        show(redis, "XADD s 1-0 n 1", "1-0");
        show(redis, hello[i], i == 0 ? "an array" : refused);
        show(redis, "XREAD STREAMS s 0-0", i == 0 ? "an array" : refused);
        if (i == 0) freeReplyObject(redisCommand(redis, "DEL s"));
        redisFree(redis);
    }
    return status;
}
C
cc -o "$dir/show" "$dir/show.c" -lhiredis 2>/dev/null ||
  { echo 'skipped: no hiredis to build with'; exit 77; }
timeout 20 "$dir/show" "$dir/socket"
