#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: a server that keeps messages for an hour sends who comes back all of the last hour, or says that something is missing.
# What happens: nchan keeps messages for an hour, but ten of a channel at most. Who was away while a burst of twelve came gets the last ten, with no sign that the two before them are lost.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
[ -e /usr/lib/nginx/modules/ngx_nchan_module.so ] || { echo 'skipped: no nchan (libnginx-mod-nchan)'; exit 77; }

cat >show.py <<'END'
import http.client
import pathlib
import re
import socket
import subprocess
import sys
import time

with socket.socket() as free:
    free.bind(('127.0.0.1', 0))
    port = free.getsockname()[1]
folder = pathlib.Path.cwd()
places = ''.join(f'{kind}_temp_path {folder}/t;' for kind in ('client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'))
(folder / 'nginx.conf').write_text(f'''
load_module /usr/lib/nginx/modules/ngx_nchan_module.so;
daemon off; master_process off; pid nginx.pid; error_log stderr; events {{}}
http {{ access_log off; {places} server {{ listen 127.0.0.1:{port};
  location / {{ nchan_pubsub; nchan_channel_id all; }} }} }}
''')


def publish(*numbers):
    for number in numbers:
        connection = http.client.HTTPConnection('127.0.0.1', port)
        connection.request('POST', '/', b'message %d' % number)
        assert connection.getresponse().status < 300
        connection.close()


def resumed(last_id, until):
    """What a client gets that comes back behind an ID: the head's status, and the text up to a message."""
    connection = http.client.HTTPConnection('127.0.0.1', port, timeout=5)
    connection.request('GET', '/', headers={'Accept': 'text/event-stream', 'Last-Event-ID': last_id})
    response = connection.getresponse()
    text = b''
    try:
        while b'message %d\n' % until not in text:
            text += response.read1(65536)
    except TimeoutError:
        pass
    connection.close()
    return response.status, text.decode()


nginx = subprocess.Popen(['/usr/sbin/nginx', '-p', folder, '-c', 'nginx.conf'], stderr=subprocess.DEVNULL)
try:
    for _ in range(200):
        try:
            publish(1)
            break
        except ConnectionRefusedError:
            time.sleep(0.05)
    _, text = resumed('0:0', 1)
    seen = re.search('id: (.*)', text)[1]
    version = subprocess.run(['dpkg-query', '-W', '-f', '${Version}', 'libnginx-mod-nchan'], capture_output=True,
                             text=True, check=True).stdout
    print(f'nchan {version}; a client has seen message 1, and goes away; 2 to 13 are published')
    publish(*range(2, 14))
    status, text = resumed(seen, 13)
    got = ' '.join(re.findall('data: message (.*)', text))
    others = [line for line in text.splitlines() if line and not line.startswith(('id:', 'data:'))]
    print(f'it comes back: status {status}, messages {got}, besides {others}')
    if (status, got, others) != (200, '4 5 6 7 8 9 10 11 12 13', [': hi']):
        print('  CHANGED: it was 4 to 13, and a greeting')
        sys.exit(1)
finally:
    nginx.kill()
    nginx.wait()
END
timeout 50 python3 show.py
