# SPDX-License-Identifier: MIT
"""A cluster of real programs, for the tests of the node: Redis, nodes, HAProxy. What tests of
servers share is in ../../servers/tests/support.py, and a test is called as those are."""
import contextlib
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import types

CLUSTER = pathlib.Path(__file__).resolve().parents[1]
FOLLOWERS = "sse_node_followers"  # these are metrics
FROM_RING, FROM_STREAM = (f'sse_node_begun_total{{from="{source}"}}' for source in ("ring", "stream"))
for folder in "servers/tests", "proxies":
    sys.path.insert(0, str(CLUSTER.parent / folder))
import start
import support
from support import wait_until


class Answer(Exception):
    """An error that Redis answers with."""


class Connection:
    """To Redis; its protocol is short."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), support.PATIENCE)
        self.file = self.socket.makefile("rb")

    def send(self, *words):
        words = [word if isinstance(word, bytes) else str(word).encode() for word in words]
        self.socket.sendall(b"*%d\r\n" % len(words) +
                            b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words))

    def read(self):
        line = self.file.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionError("Redis is gone")
        kind, rest = line[:1], line[1:-2]
        if kind == b"-":
            raise Answer(rest.decode())
        if kind == b"+":
            return rest.decode()
        count = int(rest)
        if kind == b":":
            return count
        if count < 0:
            return None
        if kind == b"$":
            return self.file.read(count + 2)[:-2]
        return [self.read() for _ in range(count)]

    def ask(self, *words):
        self.send(*words)
        return self.read()

    def close(self):
        self.file.close()
        self.socket.close()


class Redis:
    """On one port, whatever becomes of it; it keeps its file in a folder."""

    def __init__(self, test, *options):
        self.port, self.folder, self.options = test.reserved_port(), test.folder(), options
        self.log = open(self.folder / "log", "ab")
        test.addCleanup(self.end)
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            ["redis-server", CLUSTER / "redis.conf", "--port", str(self.port), "--bind", "127.0.0.1",
             "--dir", self.folder, "--daemonize", "no", "--appendfsync", "no",  # none loses its power
             *map(str, self.options)],
            stdout=self.log, stderr=self.log)
        wait_until(self.is_ready, "Redis answers")

    def is_ready(self):
        if self.process.poll() is not None:
            raise AssertionError((self.folder / "log").read_text())
        try:
            return self.ask("PING") == "PONG"
        except (OSError, Answer):
            return False

    def ask(self, *words):
        with contextlib.closing(Connection(self.port)) as connection:
            return connection.ask(*words)

    def add(self, key, values, *how):
        """An event of each."""
        with contextlib.closing(Connection(self.port)) as connection:
            for value in values:
                connection.ask("XADD", key, *how, "*", "data", value)

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        self.process.wait(support.PATIENCE)

    def forget(self):
        """Loses its file, and all that it knew."""
        for path in sorted(self.folder.rglob("*"), reverse=True):
            if path.name != "log":
                path.rmdir() if path.is_dir() else path.unlink()

    def end(self):
        self.process.kill()
        self.process.wait()
        self.log.close()


class Haproxy:
    """With the settings beside the node, before nodes at these ports; it can be reloaded."""

    def __init__(self, test, ports, *changes):
        self.port, self.folder = test.reserved_port(), test.folder()
        text = (CLUSTER / "haproxy.cfg").read_text()
        servers = re.findall(r"^\s*server(?!-).* (127\.0\.0\.1:\d+)", text, re.MULTILINE)
        assert len(servers) >= len(ports), servers
        for old, port in zip(servers, ports):
            text = text.replace(old, f"127.0.0.1:{port}")
        for old in servers[len(ports):]:
            text = re.sub(rf"^.*{re.escape(old)}.*\n", "", text, flags=re.MULTILINE)
        for old, new in ((r"(^\s*bind )\S+", rf"\g<1>127.0.0.1:{self.port}"), *changes):
            text, count = re.subn(old, new, text, flags=re.MULTILINE)
            assert count == 1, old
        text += f"\nglobal\n  stats socket {self.folder}/stats level admin\n"
        (self.folder / "haproxy.cfg").write_text(text)
        self.log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen(
            [start.program("haproxy"), "-W", "-f", self.folder / "haproxy.cfg"],
            stdout=self.log, stderr=self.log)
        test.addCleanup(self.end)
        wait_until(lambda: self.states() and set(self.states()) == {"UP"}, "HAProxy sees its nodes")

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"

    def states(self):
        """Of the nodes, as the newest worker sees them."""
        if self.process.poll() is not None:
            raise AssertionError((self.folder / "log").read_text())
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as stats:
            stats.connect(str(self.folder / "stats"))
            stats.sendall(b"show stat\n")
            lines = stats.makefile().read().splitlines()
            rows = [line.split(",") for line in lines if line and not line.startswith("#")]
            return [row[17].split()[0] for row in rows if row[0] == "nodes" and row[1] != "BACKEND"]
        return []

    def workers(self):
        children = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        return list(map(int, pathlib.Path(children).read_text().split()))

    def newest(self):
        """The process ID of the worker that takes new connections."""
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as stats:
            stats.connect(str(self.folder / "stats"))
            stats.sendall(b"show info\n")
            found = re.search(r"^Pid: (\d+)", stats.makefile().read(), re.MULTILINE)
            return found and int(found[1])
        return None

    def reload(self):
        before = wait_until(self.newest, "HAProxy has a worker")
        next_try = 0

        def has_new_one():
            nonlocal next_try
            if time.monotonic() > next_try:  # a master that is still about to start may miss it
                next_try = time.monotonic() + 20
                self.process.send_signal(signal.SIGUSR2)
            return self.newest() not in (None, before)

        wait_until(has_new_one, "HAProxy has a new worker")

    def end(self):
        workers = self.workers()
        self.process.kill()
        self.process.wait()
        for pid in workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.log.close()


class TestCase(support.TestCase):
    """Its nodes follow the streams `a` and `b`, and keep nothing back that tests wait for."""

    def redis(self, *options):
        return Redis(self, *options)

    def node(self, redis, *options, name="n1", port=0, streams=("a", "b"), is_ready=True,
             **process):
        """`redis` is one, or several of which any may be the first."""
        all_redis = redis if isinstance(redis, (list, tuple)) else [redis]
        given = dict(zip(options[::2], options[1::2]))
        given.setdefault("--heartbeat", 1)
        given.setdefault("--drain", 0)
        given.setdefault("--away", 0)
        options = [word for pair in given.items() for word in pair]
        node = self.server("--port", port, "--redis",
                           ",".join(f"127.0.0.1:{each.port}" for each in all_redis), "--name", name,
                           *(word for stream in streams for word in ("--stream", stream)), *options,
                           **process)
        if is_ready:
            self.wait_until_ready(node)
        return node

    def haproxy(self, nodes, *changes):
        if not start.program("haproxy"):
            self.skipTest("there is no haproxy")
        return Haproxy(self, [getattr(node, "port", node) for node in nodes], *changes)

    def nginx(self, nodes):
        """What has its address, once it answers."""
        if not start.program("nginx"):
            self.skipTest("there is no nginx")
        text, port, folder = (CLUSTER / "nginx.conf").read_text(), self.reserved_port(), self.folder()
        for old, new in (("listen 8000", f"listen 127.0.0.1:{port}"),
                         *((f"127.0.0.1:{8081 + i}", f"127.0.0.1:{node.port}")
                           for i, node in enumerate(nodes))):
            self.assertIn(old, text)
            text = text.replace(old, new)
        with open(folder / "log", "ab") as log:
            process = start.nginx(folder, text, stdout=log, stderr=log)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        front = types.SimpleNamespace(address=f"http://127.0.0.1:{port}", port=port)

        def answers():
            if process.poll() is not None:
                raise AssertionError((folder / "log").read_text())
            with contextlib.suppress(OSError):
                return self.ask(front, "GET", "/health")[0] == 200

        wait_until(answers, "nginx answers")
        return front

    def follow(self, server, stream="a", last_event_id=None):
        """A client whose stream has begun, through whatever has an address. One that brings no ID
        is told at once where it is."""
        streams = [stream] if isinstance(stream, str) else stream
        client = self.stream(server.address + "/events?" +
                             "&".join(f"stream={each}" for each in streams), last_event_id)
        self.assertEqual(client.status_and_headers()[0], 200)
        if not last_event_id:
            self.assertEqual(set(client.next()), {"id"})
        return client

    def publish(self, server, data, stream="a", key=None, expected=(201,)):
        """Returns the event's ID."""
        headers = {} if key is None else {"Idempotency-Key": key}
        status, text = server.request("POST", f"/publish/{stream}", data, headers)
        self.assertIn(status, expected, text)
        return json.loads(text)["id"]

    def status(self, server, path):
        return server.request("GET", path)[0]

    def metric(self, server, name):
        """The sum of all lines with that name."""
        text = server.request("GET", "/metrics")[1]
        values = re.findall(rf"^{re.escape(name)}(?:\{{.*\}})? (\S+)$", text, re.MULTILINE)
        self.assertNotEqual(values, [], f"{name} in {text}")
        return sum(map(float, values))

    def key(self, redis, stream=b"a"):
        """Of the stream, in Redis."""
        keys = [key for key in redis.ask("KEYS", "*") if redis.ask("TYPE", key) == "stream"]
        return next(key for key in keys if re.search(rb"(^|\W)" + stream + rb"$", key))

    def wait_until_ready(self, node):
        wait_until(lambda: self.status(node, "/ready") == 200 and
                   self.metric(node, "sse_node_redis_ready") == 1, "the node is ready")

    def assert_gap(self, event, **expected):
        """Returns its ID."""
        self.assertEqual(event["event"], "gap", event)
        told = json.loads(event["data"])
        self.assertEqual(set(told), {"stream", "after", "before", "missed", "reason"})
        self.assertEqual({**told, **expected}, told)
        return event["id"]

    def assert_data(self, events, expected):
        self.assertEqual([event["data"] for event in events], expected)

    def wait_for_data(self, client, *expected):
        """Takes so many events and checks them."""
        events = [client.next() for _ in expected]
        self.assertNotIn(None, events)
        self.assert_data(events, list(expected))
        return events


def background(function, *arguments):
    thread = threading.Thread(target=function, args=arguments, daemon=True)
    thread.start()
    return thread
