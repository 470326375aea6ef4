// SPDX-License-Identifier: MIT
// usage: node proxy.mjs <library> <port> <port of the origin> <variant>
// A proxy made of a library as its documentation shows it.
import {createServer} from 'node:http';
import {writeFileSync} from 'node:fs';

const [name, port, originPort, variant] = process.argv.slice(2);
const target = `http://127.0.0.1:${originPort}`;
const load = async module => {
  const found = await import(module);
  return found.default?.default ?? found.default ?? found;
};
const listen = handler => createServer(handler).listen(port, '127.0.0.1');
process.on('uncaughtException', error => { process.stderr.write(`${error.stack}\n`); });

const proxies = {
  'http-proxy': async () => {
    const proxy = (await load('http-proxy')).createProxyServer({target});
    proxy.on('error', () => {});
    listen((request, response) => proxy.web(request, response));
  },
  'http-proxy-3': async () => {
    const proxy = (await import('http-proxy-3')).createProxyServer({target});
    proxy.on('error', () => {});
    listen((request, response) => proxy.web(request, response));
  },
  'http-proxy-middleware': async () => {
    const app = (await load('express'))();
    if (variant === 'compression') {
      const compression = await load('compression');
      app.use(compression({filter: () => true}));
    }
    app.use((await import('http-proxy-middleware')).createProxyMiddleware({target}));
    listen(app);
  },
  'express-http-proxy': async () => {
    const app = (await load('express'))();
    app.use((await load('express-http-proxy'))(target));
    listen(app);
  },
  '@fastify/http-proxy': async () => {
    const app = (await load('fastify'))();
    await app.register(await load('@fastify/http-proxy'), {upstream: target});
    await app.listen({port: Number(port), host: '127.0.0.1'});
  },
  'koa-proxies': async () => {
    const [Koa, proxy] = [await load('koa'), await load('koa-proxies')];
    const app = new Koa();
    app.silent = true;
    app.use(proxy('/', {target}));
    listen(app.callback());
  },
  'webpack-dev-server': async () => {
    const [webpack, Server] = [await load('webpack'), await load('webpack-dev-server')];
    writeFileSync('entry.js', '');
    const compiler = webpack({mode: 'development', entry: './entry.js', infrastructureLogging: {level: 'none'}});
    const options = {port, host: '127.0.0.1', proxy: [{context: ['/'], target}], hot: false, liveReload: false};
    if (variant !== 'default') options.compress = false;
    await new Server(options, compiler).start();
  },
  vite: async () => {
    const {createServer: create} = await import('vite');
    const server = await create({configFile: false, root: '.', logLevel: 'silent', server: {
      port: Number(port), host: '127.0.0.1', strictPort: true, hmr: false, proxy: {'/': target}}});
    await server.listen();
  },
};
await proxies[name]();
