# SPDX-License-Identifier: MIT
"""usage: record.py CLIENT FOLDER RECORDED
Sends the corpora in FOLDER/corpora by real servers, and writes to RECORDED how many bytes a client
got at a time. A shape that cannot be recorded here keeps the lines that it had."""
import contextlib
import datetime
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import time

CLIENT, FOLDER, RECORDED = (pathlib.Path(argument).resolve() for argument in sys.argv[1:4])
SERVER = pathlib.Path(__file__).resolve().parent / "serve.mjs"
CORPORA = ["tokens", "named", "ticks", "multi", "large"]
KEY, CERTIFICATE = FOLDER / "key.pem", FOLDER / "certificate.pem"
RATE = "50mbit"  # of the link: slower than the client, as links are

NGINX = """
daemon off;
pid nginx.pid;
error_log error.log;
events {{}}
http {{
  access_log off;
  client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4;
  scgi_temp_path t5;  # so that it need not be root
  server {{
    listen 127.0.0.1:{port} ssl http2;
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    location / {{
      proxy_pass http://127.0.0.1:{origin};
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
    }}
  }}
}}
"""


class Skipped(Exception):
    pass


@contextlib.contextmanager
def running(*command, **options):
    process = subprocess.Popen(command, **options)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def node(address="127.0.0.1", within=()):
    """A server in node, whose ports are those of HTTP and HTTPS."""
    with running(*within, "node", SERVER, FOLDER / "corpora", address, KEY, CERTIFICATE,
                 stdout=subprocess.PIPE, text=True) as process:
        yield json.loads(process.stdout.readline())


@contextlib.contextmanager
def nginx(origin):
    """What stands in front of it, for HTTP/2."""
    folder = FOLDER / "nginx"
    folder.mkdir(exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "nginx.conf").write_text(NGINX.format(port=port, origin=origin, key=KEY,
                                                    certificate=CERTIFICATE))
    with running("nginx", "-p", folder, "-c", folder / "nginx.conf") as process:
        for _ in range(1000):
            with socket.socket() as attempt:
                if attempt.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if process.poll() is not None:
                raise Skipped("nginx does not start")
            time.sleep(0.01)
        yield port


@contextlib.contextmanager
def link():
    """Two networks with a link between them. How to run a command in each, and the address of the
    first."""
    names = [f"sse-{end}-{os.getpid()}" for end in "ab"]

    def ip(*arguments):
        subprocess.run(["ip", *arguments], check=True)

    def within(name):
        return ["ip", "netns", "exec", name]
    try:
        try:
            for name in names:
                ip("netns", "add", name)
            ip("link", "add", "veth0", "netns", names[0], "type", "veth", "peer", "name", "veth0",
               "netns", names[1])
            for name, address in zip(names, ("10.0.0.1/30", "10.0.0.2/30")):
                subprocess.run([*within(name), "ethtool", "-K", "veth0", "tso", "off", "gso", "off",
                                "gro", "off"], check=True)
                ip("-n", name, "address", "add", address, "dev", "veth0")
                ip("-n", name, "link", "set", "veth0", "mtu", "1500", "up")
            subprocess.run([*within(names[0]), "tc", "qdisc", "add", "dev", "veth0", "root", "tbf",
                            "rate", RATE, "burst", "1540", "limit", "1mb"], check=True)
        except (subprocess.SubprocessError, OSError) as error:
            raise Skipped(f"no link of its own can be made here: {error}") from error
        yield *map(within, names), "10.0.0.1"
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "delete", name], check=False,
                           stderr=subprocess.DEVNULL)


def get(url, version, within=()):
    """The sizes of each corpus, and which client it was."""
    recorded = {}
    for corpus in CORPORA:
        file = FOLDER / "received"
        done = subprocess.run([*within, CLIENT, url + corpus, version, CERTIFICATE, file],
                              stdout=subprocess.PIPE, text=True, check=True)
        client, *sizes = done.stdout.splitlines()
        if file.read_bytes() != (FOLDER / "corpora" / corpus).read_bytes():
            sys.exit(f"{url}{corpus}: other bytes came than were sent")
        recorded[corpus] = [int(size) for size in sizes]
    return recorded, client


def segments():
    with link() as (there, here, address), node(address, there) as ports:
        return get(f"http://{address}:{ports['http']}/whole/", "1.0", here)


def tls():
    with node() as ports:
        return get(f"https://127.0.0.1:{ports['https']}/whole/", "1.1")


def http2():
    with node() as ports, nginx(ports["http"]) as port:
        return get(f"https://127.0.0.1:{port}/whole/", "2")


def events():
    with node() as ports:
        return get(f"http://127.0.0.1:{ports['http']}/events/", "1.1")


def halves():
    with node() as ports:
        return get(f"http://127.0.0.1:{ports['http']}/halves/", "1.1")


NODE, PROXY = "node {node}", "nginx {nginx}"
SHAPES = {
    segments: f"TCP with packets of 1,500 bytes at {RATE}, HTTP/1.0: all written at once, {NODE}",
    tls: f"TLS, HTTP/1.1: all written at once, {NODE}",
    http2: f"TLS, HTTP/2: all written at once, {NODE} behind {PROXY}, which does not buffer",
    events: f"HTTP/1.1: a chunk for each event, {NODE}",
    halves: f"HTTP/1.1: a chunk for each half of an event, {NODE}",
}


def version(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=True)
    return re.search(r"\d+(\.\d+)+", done.stdout)[0]


def written(sizes):
    """With what is repeated as size*times."""
    runs = []
    for size in sizes:
        if runs and runs[-1][0] == size:
            runs[-1][1] += 1
        else:
            runs.append([size, 1])
    return " ".join(f"{size}*{times}" if times > 1 else str(size) for size, times in runs)


def blocks():
    """What was recorded before: the lines of a shape, by its name."""
    found = {}
    if RECORDED.exists():
        for block in RECORDED.read_text().split("\n\n")[1:]:
            found[re.search(r"^(\w+) ", block, re.MULTILINE)[1]] = block.rstrip("\n")
    return found


def main():
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", KEY, "-out", CERTIFICATE],
                   check=True, stderr=subprocess.DEVNULL)
    date = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d")
    names = {"node": version("node", "--version"), "nginx": version("nginx", "-v")}
    found = blocks()
    for shape, how in SHAPES.items():
        name = shape.__name__
        try:
            recorded, client = shape()
        except Skipped as reason:
            print(f"skipped: {name}: {reason}", file=sys.stderr)
            continue
        found[name] = "\n".join([f"# {how.format(**names)}; {client}; Linux "
                                 f"{os.uname().release.split('-')[0]}; {date}"]
                                + [f"{name} {corpus} {written(sizes)}"
                                   for corpus, sizes in recorded.items()])
    head = ("# SPDX-License-Identifier: MIT\n"
            "# Written by `bench/chunks/record`: how many bytes libcurl handed on with each call, "
            "for each shape and corpus.\n# A size that comes so many times in a row is size*times.")
    RECORDED.write_text("\n\n".join([head, *(found[s.__name__] for s in SHAPES
                                             if s.__name__ in found)]) + "\n")


main()
