#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Most expect: an asynchronous server is what a framework needs to serve many streams at once.
# What happens: Django 3.2 under uvicorn runs the generator of a StreamingHttpResponse in the event loop: while one client follows a stream, nobody else is answered at all. By WSGI, with a thread for each, they are.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
/usr/bin/python3 -c 'import django, uvicorn' 2>/dev/null ||
  { echo 'skipped: no Django or no uvicorn (python3-django, python3-uvicorn)'; exit 77; }
cd "$dir"

cat >site_.py <<'END'
import time

from django.conf import settings
settings.configure(DEBUG=False, ALLOWED_HOSTS=['*'], ROOT_URLCONF=__name__, SECRET_KEY='none')
import django
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import path


def events(request):
    def generate():
        for i in range(30):
            yield f'data: {i}\n\n'
            time.sleep(0.2)
    return StreamingHttpResponse(generate(), content_type='text/event-stream')


urlpatterns = [path('events', events), path('hello', lambda request: HttpResponse('hello'))]
asgi, wsgi = get_asgi_application(), get_wsgi_application()
END
cat >by_wsgi.py <<'END'
import socketserver
import sys
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from site_ import wsgi


class Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Handler(WSGIRequestHandler):
    def log_message(self, *_):
        pass


server = Server(('127.0.0.1', int(sys.argv[1])), Handler)
server.set_app(wsgi)
server.serve_forever()
END
cat >show.py <<'END'
import platform
import socket
import subprocess
import sys
import time

import django
import uvicorn


def free_port():
    with socket.socket() as bound:
        bound.bind(('127.0.0.1', 0))
        return bound.getsockname()[1]


def connect(port):
    for _ in range(150):
        try:
            return socket.create_connection(('127.0.0.1', port), timeout=3)
        except OSError:
            time.sleep(0.1)
    sys.exit('the server does not start')


def ask(port, path):
    client = connect(port)
    client.sendall(f'GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'.encode())
    return client


def receive(client, what):
    received = b''
    try:
        while what not in received and (piece := client.recv(65536)):
            received += piece
    except TimeoutError:
        pass
    return what in received


def look(command, port):
    process = subprocess.Popen([sys.executable, *command], stderr=subprocess.DEVNULL)
    try:
        assert receive(ask(port, '/hello'), b'hello')
        with ask(port, '/events') as stream:
            assert receive(stream, b'data: 1\n')
            return 'answered' if receive(ask(port, '/hello'), b'hello') else 'not answered in 3 s'
    finally:
        process.kill()
        process.wait()


print(f'Django {django.__version__}, uvicorn {uvicorn.__version__}, Python {platform.python_version()}')
failed = False
for name, expected in (('ASGI, uvicorn', 'not answered in 3 s'), ('WSGI, wsgiref with threads', 'answered')):
    port = free_port()
    command = (['-m', 'uvicorn', 'site_:asgi', '--port', str(port), '--log-level', 'critical'] if 'uvicorn' in name
               else ['by_wsgi.py', str(port)])
    seen = look(command, port)
    print(f'{name}: while one follows, another request is {seen}')
    if seen != expected:
        print(f'  CHANGED: it was {expected}')
        failed = True
sys.exit(failed)
END
timeout 55 /usr/bin/python3 show.py
