// SPDX-License-Identifier: MIT
// usage: node serve.mjs <library> <cases in JSON>
// A server that sends the case of the path's number by a library, then an event with the data `end`.
// What it prints first is its port, and what the library cannot be told of. See servers.py.
import {createServer} from 'node:http';

const [name, json] = process.argv.slice(2);
const cases = JSON.parse(json);
const end = {data: 'end'};
const both = url => [cases[parseInt(url.split('/').pop())], end];
// `event` is the usual name for the type.
const usual = ({type, ...event}) => (type === undefined ? event : {event: type, ...event});
const first = found => found.default?.default ?? found.default ?? found;
const load = async module => first(await import(module));

const listen = handler => new Promise(done => {
  const server = createServer(handler).listen(0, '127.0.0.1', () => done(server.address().port));
});
const onExpress = async (middleware, send) => {
  const express = await load('express');
  const app = express();
  app.get('/:n', ...middleware, (request, response) => send(response, both(request.url), request));
  return listen(app);
};

const libraries = {
  'better-sse': async () => {
    const {createSession, EventBuffer} = await import('better-sse');
    return listen(async (request, response) => {
      const session = await createSession(request, response);
      for (const {data, type, id, retry, comment} of both(request.url)) {
        const buffer = new EventBuffer();
        if (comment !== undefined) buffer.comment(comment);
        if (type !== undefined) buffer.event(type);
        if (id !== undefined) buffer.id(id);
        if (retry !== undefined) buffer.retry(retry);
        if (data !== undefined) buffer.data(data);
        buffer.dispatch();
        await session.batch(buffer);
      }
    });
  },
  'express-sse': async () => {
    const Sse = await load('express-sse');
    return listen((request, response) => {
      const sse = new Sse([], {isSerialized: false});
      response.flush ??= () => {};
      sse.init(request, response);
      for (const {data, type, id} of both(request.url)) sse.send(data, type, id);
    });
  },
  'fastify-sse-v2': async () => {
    const app = (await load('fastify'))();
    await app.register((await import('fastify-sse-v2')).FastifySSEPlugin);
    app.get('/:n', (request, reply) => {
      for (const event of both(request.url)) reply.sse(usual(event));
    });
    await app.listen({port: 0, host: '127.0.0.1'});
    return app.server.address().port;
  },
  '@fastify/sse': async () => {
    const app = (await load('fastify'))();
    await app.register(await load('@fastify/sse'), {serializer: data => typeof data === 'string' ? data : JSON.stringify(data)});
    app.get('/:n', {sse: true}, async (request, reply) => {
      for (const event of both(request.url)) await reply.sse.send(usual(event));
    });
    await app.listen({port: 0, host: '127.0.0.1'});
    return app.server.address().port;
  },
  hono: async () => {
    const {Hono} = await import('hono');
    const {streamSSE} = await import('hono/streaming');
    const {serve} = await import('@hono/node-server');
    const app = new Hono().get('/:n', context => streamSSE(context, async stream => {
      for (const event of both(context.req.url)) await stream.writeSSE(usual(event));
    }));
    return new Promise(done => {
      serve({fetch: app.fetch, hostname: '127.0.0.1', port: 0}, ({port}) => done(port));
    });
  },
  h3: async () => {
    const {H3, createEventStream, toNodeHandler} = await import('h3');
    const {toNodeHandler: fromNode} = await import('h3/node').catch(() => ({}));
    const app = new H3().get('/:n', event => {
      const stream = createEventStream(event);
      (async () => {
        for (const item of both(event.url.pathname)) {
          if (item.comment !== undefined) await stream.pushComment(item.comment);
          else await stream.push(usual(item));
        }
        await stream.close();
      })();
      return stream.send();
    });
    return listen((toNodeHandler ?? fromNode)(app));
  },
  elysia: async () => {
    const {Elysia, sse} = await import('elysia');
    const {node} = await import('@elysiajs/node');
    // It does not say which port it has got.
    const port = await new Promise(done => {
      const bound = createServer().listen(0, '127.0.0.1', () => {
        const {port} = bound.address();
        bound.close(() => done(port));
      });
    });
    return new Promise(done => {
      new Elysia({adapter: node()}).get('/:n', async function* ({params}) {
        for (const event of both(params.n)) yield sse(usual(event));
      }).listen({port, hostname: '127.0.0.1'}, () => done(port));
    });
  },
  '@nestjs/core': async () => {
    await import('reflect-metadata');
    const {Controller, Module, Param, Sse} = await import('@nestjs/common');
    const {NestFactory} = await import('@nestjs/core');
    const {from} = await import('rxjs');
    class Events { stream(n) { return from(both(n)); } }
    Sse(':n')(Events.prototype, 'stream', Object.getOwnPropertyDescriptor(Events.prototype, 'stream'));
    Param('n')(Events.prototype, 'stream', 0);
    Controller()(Events);
    class App {}
    Module({controllers: [Events]})(App);
    const app = await NestFactory.create(App, {logger: false});
    await app.listen(0, '127.0.0.1');
    return app.getHttpServer().address().port;
  },
  'koa-sse-stream': async () => {
    const [Koa, sse] = [await load('koa'), await load('koa-sse-stream')];
    const app = new Koa();
    app.use(sse());
    app.use(async context => {
      for (const event of both(context.url)) context.sse.send(usual(event));
      context.sse.sendEnd?.();
    });
    return listen(app.callback());
  },
  'sse-express': async () => onExpress([(await load('sse-express'))()], (response, events) => {
    for (const event of events) response.sse(usual(event));
  }),
  'sse-channel': async () => {
    const Channel = await load('sse-channel');
    return listen((request, response) => {
      const channel = new Channel();
      channel.addClient(request, response, () => {
        for (const event of both(request.url)) channel.send(usual(event));
      });
    });
  },
  ssestream: async () => {
    const found = await import('ssestream');
    const Stream = found.SseStream ?? first(found);
    return listen((request, response) => {
      const stream = new Stream(request);
      stream.pipe(response);
      for (const event of both(request.url)) stream.write(usual(event));
    });
  },
  'sse-pubsub': async () => {
    const Channel = await load('sse-pubsub');
    return listen((request, response) => {
      const channel = new Channel();
      channel.subscribe(request, response);
      for (const {data, type} of both(request.url)) channel.publish(data, type);
    });
  },
  susie: async () => {
    const hapi = await load('@hapi/hapi');
    const server = hapi.server({port: 0, host: '127.0.0.1'});
    await server.register(await load('susie'));
    server.route({method: 'GET', path: '/{n}', handler(request, h) {
      const [event, last] = both(request.path).map(usual);
      const response = h.event(event);
      setImmediate(() => h.event(last));
      return response;
    }});
    await server.start();
    return server.info.port;
  },
  'connect-sse': async () => onExpress([(await load('connect-sse'))()], (response, events) => {
    for (const {data, type} of events) response.json(data, type);
  }),
  'express-sse-middleware': async () => {
    const {sseMiddleware} = await load('express-sse-middleware');
    return onExpress([sseMiddleware], (response, events) => {
      const sse = response.sse();
      for (const {data} of events) sse.send(data);
    });
  },
  '@toverux/expresse': async () => {
    const {sse} = await import('@toverux/expresse');
    return onExpress([sse()], (response, events) => {
      for (const {data, type, id, comment} of events) {
        if (comment !== undefined) response.sse.comment(comment);
        else if (type !== undefined) response.sse.event(type, data, id);
        else response.sse.data(data, id);
      }
    });
  },
  'eventsource-encoder': async () => {
    const {encode, encodeComment} = await import('eventsource-encoder');
    return listen((request, response) => {
      response.writeHead(200, {'content-type': 'text/event-stream'});
      for (const event of both(request.url)) {
        response.write(event.comment === undefined ? encode(usual(event)) : encodeComment(event.comment));
      }
    });
  },
  sse: async () => {
    const Sse = await load('sse');
    const server = createServer();
    // It wants to know its path.
    for (const n of cases.keys()) {
      new Sse(server, {path: `/${n}`}).on('connection', client => {
        for (const event of both(`/${n}`)) client.send(usual(event));
      });
    }
    return new Promise(done => { server.listen(0, '127.0.0.1', () => done(server.address().port)); });
  },
};

// What it cannot be told of.
const lacks = {
  'express-sse': ['comment', 'retry'],
  '@fastify/sse': ['comment'],
  elysia: ['comment'],
  hono: ['comment'],
  '@nestjs/core': [],
  'koa-sse-stream': ['comment'],
  'sse-express': ['comment', 'retry'],
  'sse-pubsub': ['comment', 'retry', 'id'],
  'connect-sse': ['comment', 'retry', 'id'],
  'express-sse-middleware': ['comment', 'retry', 'id', 'type'],
  '@toverux/expresse': ['retry'],
  sse: ['comment'],
};

for (const level of ['log', 'info', 'warn', 'error']) console[level] = () => {};
process.on('uncaughtException', () => {});
process.on('unhandledRejection', () => {});
libraries[name]().then(
  port => process.stdout.write(JSON.stringify({port, runtime: `node ${process.version}`, lacks: lacks[name] ?? []}) + '\n'),
  error => { process.stderr.write(`${error.stack}\n`); process.exit(1); });
process.stdin.on('end', () => process.exit()).resume();
