# SPDX-License-Identifier: MIT
"""How each proxy is started: by the least configuration that makes it one, and by those lines more
that let events through at once, or that hold them back."""


def fill(text, **words):
    for word, value in words.items():
        text = text.replace(f"@{word}@", str(value))
    return text


def by_file(command, name, text, is_forward=False):
    """Started by a command and a file."""
    def make(**words):
        return ([fill(part, **words) for part in command], {name: fill(text, **words)}, is_forward)
    return make


def nginx(lines=""):
    temporary = "".join(f"{kind}_temp_path @folder@/t;" for kind in
                        ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    return by_file(["nginx", "-p", "@folder@", "-c", "nginx.conf"], "nginx.conf", f"""
daemon off; pid nginx.pid; error_log stderr; events {{}}
http {{ access_log off; {temporary} {lines}
  server {{ listen 127.0.0.1:@port@; location / {{ proxy_pass http://127.0.0.1:@origin@; }} }} }}
""")


def haproxy(lines=""):
    return by_file(["haproxy", "-db", "-f", "haproxy.cfg"], "haproxy.cfg", f"""
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
  {lines}
frontend f
  bind 127.0.0.1:@port@
  default_backend b
backend b
  server s 127.0.0.1:@origin@
""")


def apache(lines=""):
    modules = "".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n" for name in
                      ("mpm_event", "authz_core", "proxy", "proxy_http", "filter", "deflate"))
    return by_file(["apache2", "-d", "@folder@", "-f", "@folder@/httpd.conf", "-DFOREGROUND"],
                   "httpd.conf", f"""{modules}
Listen 127.0.0.1:@port@
ServerName localhost
PidFile @folder@/pid
ErrorLog @folder@/error
DefaultRuntimeDir @folder@
{lines}
ProxyPass / http://127.0.0.1:@origin@/
""")


def lighttpd(lines=""):
    return by_file(["lighttpd", "-D", "-f", "lighttpd.conf"], "lighttpd.conf", f"""
server.modules = ("mod_proxy")
server.document-root = "@folder@"
server.bind = "127.0.0.1"
server.port = @port@
{lines}
proxy.server = ("" => (("host" => "127.0.0.1", "port" => @origin@)))
""")


def varnish(lines=""):
    return by_file(["varnishd", "-F", "-j", "none", "-a", "127.0.0.1:@port@", "-n", "@folder@/work", "-f",
                    "@folder@/default.vcl", "-s", "malloc,16m"], "default.vcl", f"""vcl 4.1;
backend default {{ .host = "127.0.0.1"; .port = "@origin@"; }}
{lines}
""")


def caddy(lines=""):
    return by_file(["env", "HOME=@folder@", "caddy", "run", "--config", "Caddyfile", "--adapter",
                    "caddyfile"], "Caddyfile", f"""{{
	admin off
	auto_https off
}}
http://127.0.0.1:@port@ {{
	{lines}
	reverse_proxy 127.0.0.1:@origin@
}}
""")


SQUID = by_file(["squid", "-N", "-f", "@folder@/squid.conf"], "squid.conf", """
http_port 127.0.0.1:@port@ accel defaultsite=localhost
cache_peer 127.0.0.1 parent @origin@ 0 no-query originserver
http_access allow all
pid_filename none
access_log none
cache_log /dev/stderr
""")

# It refuses to be root.
TRAFFIC = by_file(["sh", "start"], "start", """
[ "$(id -u)" != 0 ] || exec setpriv --reuid=65534 --regid=65534 --clear-groups sh start
set -e
mkdir -p etc log run cache
cp -r /etc/trafficserver/. etc
echo 'map / http://127.0.0.1:@origin@/' >etc/remap.config
echo "$PWD/cache 16M" >etc/storage.config
exec env PROXY_CONFIG_CONFIG_DIR="$PWD/etc" PROXY_CONFIG_LOCAL_STATE_DIR="$PWD/run" \
  PROXY_CONFIG_LOG_LOGFILE_DIR="$PWD/log" PROXY_CONFIG_HTTP_SERVER_PORTS=@port@:ip-in=127.0.0.1 \
  traffic_server
""")

H2O = by_file(["h2o", "-m", "worker", "-c", "h2o.yaml"], "h2o.yaml", """
user: root
listen: {host: 127.0.0.1, port: @port@}
hosts: {default: {paths: {"/": {proxy.reverse.url: "http://127.0.0.1:@origin@/"}}}}
""")

NGHTTPX = by_file(["nghttpx", "--conf=/dev/null", "-f127.0.0.1,@port@;no-tls", "-b127.0.0.1,@origin@",
                   "--errorlog-file=/dev/stderr", "--accesslog-file="], "empty", "")


def privoxy(lines):
    return by_file(["privoxy", "--no-daemon", "@folder@/config"], "config", f"""
confdir /etc/privoxy
listen-address 127.0.0.1:@port@
{lines}
""", is_forward=True)


PRIVOXY_ACTIONS = "actionsfile match-all.action\nactionsfile default.action\nfilterfile default.filter"

TINYPROXY = by_file(["tinyproxy", "-d", "-c", "tinyproxy.conf"], "tinyproxy.conf", """
Port @port@
Listen 127.0.0.1
Timeout 600
Allow 127.0.0.1
""", is_forward=True)


def node(name, variant="default"):
    def make(port, origin, **_):
        return ["NODE", "proxy.mjs", name, str(port), str(origin), variant], {}, False
    return make


# The name, the packages of Debian or npm, and the variants: what they add to the default, in words.
DEBIAN = [
    ("nginx", "nginx", {"default": nginx(), "`proxy_buffering off`": nginx("proxy_buffering off;"),
                        "`proxy_http_version 1.1`": nginx("proxy_http_version 1.1;"),
                        "`gzip on`": nginx("gzip on; gzip_types text/event-stream;"),
                        "`gzip on`, `proxy_buffering off`":
                        nginx("gzip on; gzip_types text/event-stream; proxy_buffering off;")}),
    ("haproxy", "haproxy", {"default": haproxy(),
                            "`compression`": haproxy("compression algo gzip\n  compression type text/event-stream")}),
    ("apache2", "apache2-bin", {"default": apache(), "`DEFLATE`": apache("SetOutputFilter DEFLATE")}),
    ("lighttpd", "lighttpd", {"default": lighttpd(), "`stream-response-body = 1`":
                              lighttpd("server.stream-response-body = 1"), "`stream-response-body = 2`":
                              lighttpd("server.stream-response-body = 2")}),
    ("varnish", "varnish", {"default": varnish(), "`gzip`": varnish(
        "sub vcl_backend_response { set beresp.do_gzip = true; }"), "`pipe`": varnish(
        "sub vcl_recv { return (pipe); }")}),
    ("caddy", "caddy", {"default": caddy(), "`encode gzip`": caddy("encode gzip")}),
    ("squid", "squid", {"default": SQUID}),
    ("trafficserver", "trafficserver", {"default": TRAFFIC}),
    ("h2o", "h2o", {"default": H2O}),
    ("nghttpx", "nghttp2-proxy", {"default": NGHTTPX}),
    ("privoxy", "privoxy", {"default": privoxy(PRIVOXY_ACTIONS), "no filters": privoxy("")}),
    ("tinyproxy", "tinyproxy", {"default": TINYPROXY}),
]
NPM = [
    ("http-proxy", ("http-proxy@1.18.1",), ("default",)),
    ("http-proxy-3", ("http-proxy-3@2.0.1",), ("default",)),
    ("http-proxy-middleware", ("http-proxy-middleware@4.2.1", "express@5.3.0", "compression@1.8.2"),
     ("default", "compression")),
    ("express-http-proxy", ("express-http-proxy@2.1.2", "express@5.3.0"), ("default",)),
    ("@fastify/http-proxy", ("@fastify/http-proxy@11.6.3", "fastify@5.12.8"), ("default",)),
    ("koa-proxies", ("koa-proxies@0.12.4", "koa@3.2.1"), ("default",)),
    ("webpack-dev-server", ("webpack-dev-server@5.2.7", "webpack@5.105.0"), ("default", "no compression")),
    ("vite", ("vite@8.3.8",), ("default",)),
]
