#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: the value of a header field that is there and empty is "", so that an empty `Content-Encoding` in front of a stream means none.
# What happens: libcurl 7.88's curl_easy_header gives "\r", which is no coding that a client knows; a field with a value comes without it.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

cat >show.c <<'END'
#include <curl/curl.h>
#include <stdio.h>

static size_t pass_over(char* data, size_t size, size_t count, void* user) {
    (void)data, (void)user;
    return size * count;
}

int main(int argc, char** argv) {
    CURL* request = curl_easy_init();
    if (argc != 2 || !request) return 1;
    printf("libcurl %s\n", curl_version_info(CURLVERSION_NOW)->version);
    curl_easy_setopt(request, CURLOPT_URL, argv[1]);
    curl_easy_setopt(request, CURLOPT_PROXY, "");
    curl_easy_setopt(request, CURLOPT_WRITEFUNCTION, pass_over);
    if (curl_easy_perform(request) != CURLE_OK) return 1;
    const char* const names[] = {"Content-Type", "Content-Encoding", "Retry-After"};
    for (int i = 0; i < 3; ++i) {
        struct curl_header* header;
        printf("%s:", names[i]);
        if (curl_easy_header(request, names[i], 0, CURLH_HEADER, -1, &header) != CURLHE_OK)
            printf(" not there");
        else if (header->value[0] == '\0')
            printf(" empty");
        else
            for (const char* at = header->value; *at; ++at)
                printf(*at == '\r' ? " CR" : at == header->value ? " %c" : "%c", *at);
        printf("\n");
    }
    curl_easy_cleanup(request);
    return 0;
}
END
cc -o show show.c -lcurl 2>/dev/null || { echo 'skipped: no compiler, or no libcurl to build with'; exit 77; }

cat >show.py <<'END'
import http.server
import subprocess
import sys
import threading


class Stream(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header('Content-Type', 'text/event-stream')
        self.send_header('Content-Encoding', '')
        self.end_headers()
        self.wfile.write(b'data: 1\n\n')

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(('127.0.0.1', 0), Stream)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f'http://127.0.0.1:{server.server_address[1]}/'
said = subprocess.run(['./show', url], capture_output=True, check=True, text=True, timeout=20).stdout
server.shutdown()
print(said, end='')
expected = ['Content-Type: text/event-stream', 'Content-Encoding: CR', 'Retry-After: not there']
if said.splitlines()[1:] != expected:
    print('CHANGED: it was', ', '.join(expected))
    sys.exit(1)
END
timeout 40 python3 show.py
