// SPDX-License-Identifier: MIT
// usage: pages.mjs <chromium or firefox> <its program> <sse-metrics> <sse-progress> [<screenshot>]
// Opens the pages of the servers in a browser, as their users do, and sees what they show.
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import puppeteer from 'puppeteer-core';

const [browserName, program, metrics, progress, screenshot] = process.argv.slice(2);
const patience = {timeout: 240_000};

async function start(server, port, ...options) {
  const child = spawn(server, [port, ...options], {stdio: ['ignore', 'pipe', 'inherit']});
  process.on('exit', () => child.kill('SIGKILL'));
  const signal = AbortSignal.timeout(patience.timeout);
  const [line] = await once(createInterface(child.stdout), 'line', {signal});
  const address = line.replace('listening on ', '');
  return {child, address, port: new URL(address).port};
}

async function stop(server, signal) {
  const exit = once(server.child, 'exit');
  server.child.kill(signal);
  await exit;
}

const shown = (page, selector) => page.$eval(selector, element => element.textContent);
const shows = (page, selector, pattern) => page.waitForFunction(
  (selector, pattern) => new RegExp(pattern).test(document.querySelector(selector)?.textContent),
  patience, selector, pattern);

const points = page => page.$$eval('path[fill="none"]', lines =>
  lines.map(line => line.getAttribute('d')?.split('L').length ?? 0));

// It plots what comes, and goes on when the server was killed and started again.
async function metricsPage(page) {
  let server = await start(metrics, 0, '--interval', 50);
  await page.goto(server.address);
  await shows(page, '#state', '^live$');
  await shows(page, '#cpu b', '^[0-9.]+ %$');
  await shows(page, '#memory b', '^[0-9.]+ of [0-9.]+ GiB$');
  await shows(page, '#seen', '^[0-9]{3,} events');
  const before = await points(page);
  assert(before.every(count => count > 20), `points: ${before}`);

  await stop(server, 'SIGKILL');
  await shows(page, '#state', '^reconnecting$');
  server = await start(metrics, server.port, '--interval', 50);
  await shows(page, '#state', '^live$');
  const [seen] = (await shown(page, '#seen')).split(' ');
  await page.waitForFunction(least => parseInt(document.querySelector('#seen').textContent) > least,
                             patience, Number(seen) + (screenshot ? 140 : 20));
  if (screenshot) await page.screenshot({path: screenshot});
  await stop(server, 'SIGTERM');
}

// The bar goes up to the end, and goes on where it was when the page is loaded again.
async function progressPage(page) {
  const server = await start(progress, 0, '--step', 200);
  await page.goto(server.address);
  assert.equal(await shown(page, '#text'), 'not started');
  await page.click('#start');
  await shows(page, '#text', '^[0-9]+ %$');
  await page.waitForFunction(() => document.querySelector('#bar').value >= 20, patience);
  await page.reload();
  await page.waitForFunction(() => document.querySelector('#bar').value > 0, patience);
  assert(await page.$eval('#bar', bar => bar.value) >= 20, 'it began anew');
  await shows(page, '#text', '^done: ');
  assert.equal(await page.$eval('#bar', bar => bar.value), 100);
  await stop(server, 'SIGTERM');
}

const home = mkdtempSync(join(tmpdir(), 'pages-'));
const browser = await puppeteer.launch({
  browser: browserName === 'chromium' ? 'chrome' : browserName,
  executablePath: program,
  protocolTimeout: 2 * patience.timeout,
  ...patience,
  userDataDir: join(home, 'profile'),
  env: {PATH: process.env.PATH, HOME: home},
  args: browserName === 'chromium' ? ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] : [],
});
let failure;
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(patience.timeout);
  await page.setViewport({width: 900, height: 560, deviceScaleFactor: screenshot ? 2 : 1});
  await metricsPage(page);
  await progressPage(page);
  console.log(`pages: ${await browser.version()}`);
} catch (error) {
  failure = error;
}
await browser.close();
rmSync(home, {recursive: true, force: true, maxRetries: 5});
if (failure) {
  console.log(failure.stack ?? failure);
  process.exit(1);
}
