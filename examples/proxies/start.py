# SPDX-License-Identifier: MIT
"""Starts nginx or HAProxy with the settings that lie here, but on other ports: for tests."""
import pathlib
import re
import shutil
import subprocess

HERE = pathlib.Path(__file__).resolve().parent


def program(name):
    return shutil.which(name) or shutil.which(name, path="/usr/local/sbin:/usr/sbin:/sbin")


def settings(name, server_port, port, *changes):
    """The settings in a file, for a server and a proxy on these ports, and with changes: pairs of
    what is replaced and by what."""
    text = (HERE / name).read_text()
    for old, new in ((r"127\.0\.0\.1:8080", f"127.0.0.1:{server_port}"),
                     (r":8000\b|(?<=listen )8000", f"127.0.0.1:{port}"), *changes):
        text, count = re.subn(old, new, text)
        assert count > 0, old
    return text


def nginx(folder, text, **options):
    """A process, which keeps its files in the folder."""
    (folder / "site.conf").write_text(text)
    places = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in (
        "client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(
        "daemon off; master_process off; error_log stderr;"
        f"pid {folder}/nginx.pid; events {{}}\n"
        f"http {{ access_log off; {places} include {folder}/site.conf; }}\n")
    return subprocess.Popen([program("nginx"), "-e", "stderr", "-p", folder, "-c",
                             folder / "nginx.conf"], **options)


def haproxy(folder, text, **options):
    (folder / "haproxy.cfg").write_text(text)
    return subprocess.Popen([program("haproxy"), "-db", "-f", folder / "haproxy.cfg"], **options)
