# SPDX-License-Identifier: MIT
"""Starts a proxy with the settings that lie here, but on other ports: for tests."""
import os
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
    places = r"\*?:8000\b|(?<=isten )8000|(?<=_port )8000|(?<=server.port = )8000"
    for old, new in ((r"(127\.0\.0\.1\D{1,20})8080", rf"\g<1>{server_port}"),
                     (places, f"127.0.0.1:{port}"), *changes):
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


def caddy(folder, text, **options):
    # An address without a scheme would have TLS.
    text = "{\n\tadmin off\n\tauto_https off\n}\n" + text.replace("\n127", "\nhttp://127")
    (folder / "Caddyfile").write_text(text)
    return subprocess.Popen([program("caddy"), "run", "--config", folder / "Caddyfile",
                             "--adapter", "caddyfile"],
                            env={**os.environ, "HOME": str(folder)}, **options)


def apache2(folder, text, **options):
    modules = "".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"
                      for name in ("mpm_event", "authz_core", "proxy", "proxy_http"))
    (folder / "httpd.conf").write_text(
        f"{modules}ServerName localhost\nPidFile {folder}/pid\nDefaultRuntimeDir {folder}\n"
        f"ErrorLog /dev/stderr\n{text}")
    return subprocess.Popen([program("apache2"), "-d", folder, "-f", folder / "httpd.conf",
                             "-DNO_DETACH"], **options)


def lighttpd(folder, text, **options):
    text = text.replace("server.port = 127.0.0.1:", 'server.bind = "127.0.0.1"\nserver.port = ')
    (folder / "lighttpd.conf").write_text(text)
    return subprocess.Popen([program("lighttpd"), "-D", "-f", folder / "lighttpd.conf"], **options)


def varnishd(folder, text, **options):
    """By the command that the settings give."""
    (folder / "varnish.vcl").write_text(text)
    command = re.search(r"^# +varnishd (.*)$", text, re.MULTILINE)[1]
    command = command.replace("/etc/varnish", str(folder)).split()
    return subprocess.Popen([program("varnishd"), "-F", "-j", "none", "-n", folder / "work",
                             "-s", "malloc,16m", *command], **options)


def squid(folder, text, **options):
    (folder / "squid.conf").write_text(
        f"{text}\npid_filename none\naccess_log none\ncache_log /dev/stderr\n"
        "pinger_enable off\nshutdown_lifetime 0 seconds\n")
    return subprocess.Popen([program("squid"), "-N", "-f", folder / "squid.conf"], **options)
