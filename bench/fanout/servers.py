# SPDX-License-Identifier: MIT
"""usage: servers.py LOAD BROADCAST CHANNELS ROUNDS SECONDS FOLLOWERS...
Measures real servers under the same load, in turns, and prints what `load` says of each as JSON.
A server that is not there is left out."""
import glob
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time

LOAD, BROADCAST, CHANNELS = (os.path.abspath(path) for path in sys.argv[1:4])
ROUNDS, SECONDS, FOLLOWERS = int(sys.argv[4]), float(sys.argv[5]), map(int, sys.argv[6:])
SIZE = 200  # bytes of data of an event
STEADY = 20_000  # deliveries a second
MODULE = "ngx_nchan_module.so"

# Without logs, and with what it takes to keep connections open: what it does best.
NGINX = """
load_module {module};
worker_processes 1;
worker_rlimit_nofile {files};
daemon off;
pid nginx.pid;
error_log error.log;
events {{ worker_connections {connections}; multi_accept on; }}
http {{
  access_log off;
  client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4;
  scgi_temp_path t5;  # so that it need not be root
  client_body_in_single_buffer on;
  keepalive_requests 1000000000;
  nchan_shared_memory_size 256m;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location = /events {{
      nchan_subscriber eventsource;
      nchan_channel_id all;
      nchan_subscriber_first_message newest;
    }}
    location = /publish {{
      nchan_publisher http;
      nchan_channel_id all;
      nchan_message_buffer_length 10000;
    }}
  }}
}}
"""


class Ours:
    """Of ours, which print their address."""

    def __init__(self, program, follow, publish):
        self.process = subprocess.Popen([program, "0"], stdout=subprocess.PIPE, text=True)
        self.port = re.search(r":(\d+)$", self.process.stdout.readline())[1]
        self.pid, self.follow, self.publish = self.process.pid, follow, publish

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Nchan:
    follow, publish = "/events", "/publish"

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        os.chmod(self.folder.name, 0o755)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        files = min(20_000, os.sysconf("SC_OPEN_MAX"))
        config = pathlib.Path(self.folder.name, "nginx.conf")
        config.write_text(NGINX.format(module=nchan_module(), files=files, port=self.port,
                                       connections=files - 100))
        self.process = subprocess.Popen(["nginx", "-p", self.folder.name, "-c", config])
        self.pid = self.wait_for_worker()

    def wait_for_worker(self):
        children = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        for _ in range(500):
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                for pid in pathlib.Path(children).read_text().split():
                    if "worker" in pathlib.Path(f"/proc/{pid}/cmdline").read_text():
                        return pid
            except OSError:
                pass
            time.sleep(0.02)
        raise RuntimeError("nginx did not start")

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.folder.cleanup()


def nchan_module():
    return next(iter(glob.glob(f"/usr/lib*/nginx/modules/{MODULE}")), None)


DEAF = "broadcast, and one that never reads"
SERVERS = {"broadcast": lambda: Ours(BROADCAST, "/events", "/publish"),
           DEAF: lambda: Ours(BROADCAST, "/events", "/publish"),
           "nchan": Nchan,
           "channels": lambda: Ours(CHANNELS, "/channel/all", "/channel/all")}


def measure(name, server, followers, publishers, rate):
    """With a rate of 0 they publish as fast as they can."""
    done = subprocess.run(
        [LOAD, str(server.port), str(server.pid), server.follow, server.publish, str(followers),
         str(publishers), str(rate), str(SECONDS), str(SIZE), str(int(name == DEAF))],
        stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def main():
    left_out = set()
    if nchan_module() is None:
        left_out.add("nchan")
    if not os.path.exists(CHANNELS):
        left_out.add("channels")
    for name in left_out:
        print(f"skipped: {name}, which is not there", file=sys.stderr)
    loads = {}
    for followers in FOLLOWERS:
        loads[f"steady/{followers}"] = followers, 8, STEADY / followers
        loads[f"saturated/{followers}"] = followers, 256, 0
    results = []
    for _ in range(ROUNDS):
        for load, its in loads.items():
            for name, start in SERVERS.items():
                if name in left_out:
                    continue
                server = start()
                try:
                    results.append({"server": name, "load": load, **measure(name, server, *its)})
                finally:
                    server.stop()
    json.dump({"busy": os.getloadavg()[1], "processors": os.cpu_count(), "deaf": DEAF,
               "runs": results}, sys.stdout, indent=1)


main()
