#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: a comment every 15 seconds, as the standard advises, keeps a quiet stream alive.
# What happens: Bun.serve ends an answer that has been quiet for ten seconds, in the middle of its chunks, so the first heartbeat never comes: clients see an error, and come back every ten seconds. With `idleTimeout: 0` it is not ended.
set -euo pipefail
dir=$(mktemp -d)
started=()
trap 'kill "${started[@]}" 2>/dev/null || true; rm -rf "$dir"' EXIT
cd "$dir"
echo '{"private": true}' >package.json
case $(uname -m) in
  x86_64) package=@oven/bun-linux-x64 ;;
  *) package=@oven/bun-linux-aarch64 ;;
esac
npm install --silent --ignore-scripts --no-audit --no-fund "$package@1.4.5" ||
  { echo 'skipped: npm cannot install what this looks at'; exit 77; }
bun=node_modules/$package/bin/bun

cat >serve.mjs <<'END'
const options = process.argv[2] === 'by-default' ? {} : { idleTimeout: 0 };
const server = Bun.serve({ port: 0, hostname: '127.0.0.1', ...options, fetch() {
  let beat;
  return new Response(new ReadableStream({
    start(stream) {
      stream.enqueue('data: hello\n\n');
      beat = setInterval(() => stream.enqueue(': beat\n\n'), 15_000);
    },
    cancel() { clearInterval(beat); },
  }), { headers: { 'content-type': 'text/event-stream' } });
} });
console.log(server.port);
END
for setting in by-default without-time-out; do
  "$bun" serve.mjs "$setting" >"port-$setting" 2>"log-$setting" &
  started+=($!)
done
for setting in by-default without-time-out; do
  for _ in {1..100}; do
    [ -s "port-$setting" ] && break
    sleep 0.1
  done
  (
    status=0
    curl -sN --max-time 22 "http://127.0.0.1:$(cat "port-$setting")/" >"body-$setting" || status=$?
    echo "$status" >"status-$setting"
  ) &
  clients+=($!)
done
wait "${clients[@]}"

echo "bun $("$bun" --version), $(curl --version | head -n 1 | cut -d ' ' -f 1-2)"
# 18: the body is not whole; 28: the client has waited for as long as it was told to.
for each in 'by-default 18 data: hello' 'without-time-out 28 data: hello : beat'; do
  read -r setting status body <<<"$each"
  echo "$setting: curl ends with $(cat "status-$setting") after: $(xargs <"body-$setting")"
  [ "$(cat "status-$setting") $(xargs <"body-$setting")" = "$status $body" ] ||
    { echo "  CHANGED: it was $status after: $body"; changed=1; }
done
exit "${changed-0}"
