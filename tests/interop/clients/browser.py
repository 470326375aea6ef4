# SPDX-License-Identifier: MIT
# usage: browser.py chromium | firefox
# The EventSource of a browser: a page in it asks here for streams, and says here what it has read.
import http.server
import json
import os
import pathlib
import queue
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

PAGE = b"""<!doctype html><meta charset="utf-8"><title>streams</title><script>
async function read({url, types, stay}) {
  const events = [];
  const source = new EventSource(url);
  await new Promise(end => {
    for (const type of types) {
      source.addEventListener(type, ({data, lastEventId: id}) => {
        if (data !== undefined) events.push({type, data, id});
      });
    }
    source.addEventListener('error', event => {
      if (event.data === undefined && !stay) end();
    });
    if (stay) fetch(url.replace('/s/', '/over/'), {mode: 'no-cors'}).then(end, () => {});
    setTimeout(end, stay || 3000);
  });
  source.close();
  return {events};
}
(async () => {
  let answer = {runtime: navigator.userAgent, gives: ['type', 'id'], returns: true};
  for (;;) {
    const response = await fetch('/', {method: 'POST', body: JSON.stringify(answer)});
    answer = await read(await response.json());
  }
})();
</script>"""

questions = queue.Queue()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def send(self, kind, body):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.send("text/html", PAGE)

    def do_POST(self):
        answer = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if agent := answer.get("runtime"):
            answer["runtime"] = re.search(r"(Firefox|Chrome)/[\d.]+", agent)[0]
        print(json.dumps(answer), flush=True)
        self.send("application/json", questions.get())

    def log_message(self, *_):
        pass


def command_of(browser, profile, url):
    """As tests/browsers/visit starts it."""
    if browser == "chromium":
        return ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                f"--user-data-dir={profile}",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", url]
    (profile / "user.js").write_text(
        'user_pref("network.dns.disabled", true);\nuser_pref("network.proxy.type", 1);\n'
        'user_pref("network.proxy.http", "127.0.0.1");\nuser_pref("network.proxy.http_port", 9);\n'
        'user_pref("network.proxy.ssl", "127.0.0.1");\nuser_pref("network.proxy.ssl_port", 9);\n')
    return ["firefox-esr", "--headless", "--no-remote", "--profile", str(profile), url]


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    home = pathlib.Path(tempfile.mkdtemp())
    profile = home / "profile"
    profile.mkdir()
    command = command_of(sys.argv[1], profile, f"http://127.0.0.1:{server.server_port}/")
    browser = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               start_new_session=True,
                               env={"PATH": os.environ["PATH"], "HOME": str(home)})
    try:
        for line in sys.stdin.buffer:
            questions.put(line)
    finally:
        os.killpg(browser.pid, signal.SIGKILL)
        browser.wait()
        shutil.rmtree(home, ignore_errors=True)


main()
