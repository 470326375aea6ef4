# SPDX-License-Identifier: MIT
"""Follows a cluster through its load balancer while its nodes are killed in turn, and says what
happened. Usage: show.py NODE FOLLOW SSEWIRE"""
import contextlib
import http.client
import json
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time

import cluster

FOLLOWERS = 20
begin = time.monotonic()


def say(text):
    print(f"{time.monotonic() - begin:6.1f} s  {text}", flush=True)


class Follower:
    """One that comes back by itself: our own `follow`, and `ssewire decode` behind it."""

    def __init__(self, follow, ssewire, url, log):
        self.follow = subprocess.Popen([follow, "--quiet", "20", url], stdout=subprocess.PIPE,
                                       stderr=log)
        self.decode = subprocess.Popen([ssewire, "decode"], stdin=self.follow.stdout,
                                       stdout=subprocess.PIPE, text=True)
        self.follow.stdout.close()
        self.numbers, self.gaps, self.nodes = [], [], []
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.decode.stdout:
            event = json.loads(line)
            if event.get("event") == "node":
                self.nodes.append(event["data"])
            elif event.get("event") == "gap":
                self.gaps.append(event["data"])
            else:
                self.numbers.append(int(event["data"]))

    def end(self):
        self.follow.terminate()
        self.follow.wait()
        self.decode.wait()


class Publisher(threading.Thread):
    """Publishes numbers, each with its key, and says one again until it is told that it is in."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.port, self.count, self.again, self.goes_on = port, 0, 0, True
        self.start()

    def run(self):
        while self.goes_on:
            while not self.publish(str(self.count)):
                self.again += 1
                time.sleep(random.uniform(0.05, 0.2))
            self.count += 1
            time.sleep(0.01)

    def publish(self, text):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("POST", "/publish/news", text, {"Idempotency-Key": text})
            return connection.getresponse().status in (200, 201)
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def followed(followers):
    """How many are at each node."""
    at = [follower.nodes[-1] for follower in followers]
    return ", ".join(f"{name} {at.count(name)}" for name in sorted(set(at)))


def main():
    node, follow, ssewire = sys.argv[1:]
    with contextlib.ExitStack() as ends:
        folder = ends.enter_context(tempfile.TemporaryDirectory())
        log = ends.enter_context(open(f"{folder}/follow.log", "wb"))
        options = ("--stream", "news", "--drain", "3")
        running = ends.enter_context(cluster.Cluster(folder, node, options=options))
        say(f"Redis, the nodes A, B and C, and HAProxy before them, at {running.address}")
        url = running.address + "/events?node=1"
        followers = [Follower(follow, ssewire, url, log) for _ in range(FOLLOWERS)]
        for follower in followers:
            ends.callback(follower.end)
        cluster.wait_until(lambda: all(follower.nodes for follower in followers), "all follow")
        say(f"{FOLLOWERS} followers through HAProxy: {followed(followers)}")
        publisher = Publisher(running.ports["balancer"])

        def come_back():
            """Until each follower has got what was published by now."""
            count = publisher.count
            cluster.wait_until(lambda: publisher.count > count + 50, "publishing goes on")
            cluster.wait_until(lambda: all(len(one.numbers) > count + 50 for one in followers),
                               "all followers have come back")
            say(f"    all have what was published meanwhile, {count + 50} events by now: "
                f"{followed(followers)}")

        come_back()
        for name in cluster.NAMES:
            say(f"kill -9 of node {name}")
            running.end(name)
            come_back()
            running.start_node(name)
        say("kill -9 of Redis, which is away for 3 s")
        running.end("redis")
        time.sleep(3)
        running.start_redis()
        come_back()
        say("node A is stopped (SIGSTOP): it hangs")
        running.processes["A"].send_signal(signal.SIGSTOP)
        come_back()
        running.processes["A"].send_signal(signal.SIGCONT)
        say("node B is told to end (SIGTERM): it sends its followers away over 3 s")
        code = running.end("B", signal.SIGTERM)
        say(f"    it has ended, with exit status {code}")
        come_back()

        publisher.goes_on = False
        publisher.join()
        cluster.wait_until(lambda: all(len(one.numbers) >= publisher.count for one in followers),
                           "the last event has come")
    whole = list(range(publisher.count))
    exact = sum(follower.numbers == whole and not follower.gaps for follower in followers)
    connections = sum(len(follower.nodes) for follower in followers)
    say(f"publishing had to say {publisher.again} events again")
    result = "nothing was lost" if exact == FOLLOWERS else "LOST OR DOUBLED"
    print(f"{result}: {exact} of {FOLLOWERS} followers got each of {publisher.count} events once "
          f"and in order, over {connections} connections")
    return exact != FOLLOWERS


if __name__ == "__main__":
    sys.exit(main())
