# SPDX-License-Identifier: MIT
# usage: nchan.py <cases in JSON>
"""As serve.mjs, by nchan, a module of nginx: each case is a channel that clients read from its
begin. It gives its events IDs of its own."""
import http.client
import json
import os
import pathlib
import socket
import subprocess
import sys
import time

LACKS = ("id", "retry", "comment")

cases = json.loads(sys.argv[1])
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
folder = pathlib.Path.cwd()
temporary = "".join(f"{kind}_temp_path {folder}/t;" for kind in
                    ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
(folder / "nginx.conf").write_text(f"""
load_module /usr/lib/nginx/modules/ngx_nchan_module.so;
daemon off; master_process off; pid nginx.pid; error_log stderr; events {{}}
http {{ access_log off; {temporary}
  server {{ listen 127.0.0.1:{port};
    location ~ ^/to/(.*) {{ nchan_publisher http; nchan_channel_id $1; }}
    location ~ ^/(.*) {{
      nchan_subscriber eventsource; nchan_channel_id $1; nchan_subscriber_first_message oldest; }} }} }}
""")
nginx = subprocess.Popen(["nginx", "-p", folder, "-c", "nginx.conf"])
try:
    while nginx.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except ConnectionRefusedError:
            time.sleep(0.1)
    for number, case in enumerate(cases):
        for event in case, {"data": "end"}:
            if any(member in event for member in LACKS):
                continue
            data = event["data"] if isinstance(event["data"], str) else json.dumps(
                event["data"], separators=(",", ":"))
            fields = {"X-EventSource-Event": event["type"]} if "type" in event else {}
            connection = http.client.HTTPConnection("127.0.0.1", port)
            connection.request("POST", f"/to/{number}", data.encode(), fields)
            if connection.getresponse().status >= 300:
                sys.exit("nchan does not take an event")
            connection.close()
    version = subprocess.run(["nginx", "-v"], capture_output=True, text=True, check=True).stderr
    print(json.dumps({"port": port, "runtime": version.split()[-1], "lacks": LACKS}), flush=True)
    sys.stdin.read()
finally:
    nginx.terminate()
    nginx.wait()
