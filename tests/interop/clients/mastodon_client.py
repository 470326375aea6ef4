# SPDX-License-Identifier: MIT
# The streams of Mastodon.py, over requests.
import json
import sys

import mastodon
import requests


class Listener(mastodon.StreamListener):
    def __init__(self):
        self.seen = []

    def on_update(self, status):
        self.seen.append({"data": status["content"]})

    def on_unknown_event(self, name, payload):
        pass


print(json.dumps({"runtime": f"python {sys.version.split()[0]}", "gives": [],
                  "dress": {"type": "update", "data": '{"content":"TEXT"}'}}), flush=True)
for line in sys.stdin:
    listener = Listener()
    answer = {"events": listener.seen}
    try:
        with requests.get(json.loads(line)["url"], stream=True, timeout=5) as response:
            listener.handle_stream(response)
    except Exception as error:
        answer["error"] = f"{type(error).__name__}: {error}"[:200]
    print(json.dumps(answer), flush=True)
