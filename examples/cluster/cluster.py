# SPDX-License-Identifier: MIT
"""A cluster on this machine: Redis with its file, nodes, and a load balancer, with the settings
that lie here, on ports that are free."""
import contextlib
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
PLACES = "/usr/local/sbin:/usr/sbin:/sbin:"
NAMES = "ABC"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until(condition, what):
    deadline = time.monotonic() + 60
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit("waited in vain until " + what)
        time.sleep(0.05)


def answers(url):
    with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2) as response:
        return response.status == 200
    return False


class Cluster:
    """Started in a folder, where everything keeps its files; ended by `with`."""

    def __init__(self, folder, node, balancer="haproxy", options=("--stream", "news")):
        self.folder, self.node, self.balancer = pathlib.Path(folder), node, balancer
        self.options = options
        self.ports = {name: free_port() for name in ("redis", "balancer", *NAMES)}
        self.processes = {}

    @property
    def address(self):
        return f"http://127.0.0.1:{self.ports['balancer']}"

    def __enter__(self):
        self.start_redis()
        for name in NAMES:
            self.start_node(name)
        self.start_balancer()
        return self

    def __exit__(self, *_):
        for name in reversed(list(self.processes)):
            self.end(name, signal.SIGTERM if name == "redis" else signal.SIGINT)

    def start(self, name, *command):
        # In a group of its own, so that Ctrl-C does not end all at once, and in any order.
        with open(self.folder / f"{name}.log", "ab") as log:
            self.processes[name] = subprocess.Popen(
                list(map(str, command)), stdout=log, stderr=log, start_new_session=True,
                env=dict(os.environ, PATH=PLACES + os.environ["PATH"]))

    def end(self, name, number=signal.SIGKILL):
        process = self.processes.pop(name)
        process.send_signal(number)
        return process.wait()

    def start_redis(self):
        port = self.ports["redis"]
        self.start("redis", "redis-server", HERE / "redis.conf", "--port", port,
                   "--dir", self.folder)

    def start_node(self, name):
        port = self.ports[name]
        self.start(name, self.node, "--port", port, "--name", name,
                   "--redis", f"127.0.0.1:{self.ports['redis']}", *self.options)
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/ready"), f"node {name} is ready")

    def start_balancer(self):
        kind = "haproxy.cfg" if self.balancer == "haproxy" else "nginx.conf"
        text = (HERE / kind).read_text()
        own = f"127.0.0.1:{self.ports['balancer']}"
        text = re.sub(r"(?<=bind ):8000|(?<=listen )8000", own, text)
        for name, port in zip(NAMES, (8081, 8082, 8083)):
            text = text.replace(f"127.0.0.1:{port}", f"127.0.0.1:{self.ports[name]}")
        (self.folder / kind).write_text(text)
        if self.balancer == "haproxy":
            self.start("balancer", "haproxy", "-W", "-f", self.folder / kind)
        else:
            (self.folder / "main.conf").write_text(
                f"daemon off; error_log stderr; pid {self.folder}/nginx.pid; events {{}}\n"
                f"http {{ access_log off; include {self.folder / kind}; }}\n")
            self.start("balancer", "nginx", "-e", "stderr", "-p", self.folder, "-c",
                       self.folder / "main.conf")
        wait_until(lambda: answers(self.address + "/ready"), "the load balancer is ready")


def missing(balancer="haproxy"):
    """Programs that are needed and are not there."""
    return [program for program in ("redis-server", balancer)
            if not shutil.which(program, path=PLACES + os.environ["PATH"])]
