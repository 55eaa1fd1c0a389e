// The page in Debian's Chromium: how soon after opening the first memory (60 channels, 400 ms) is stored and recalled, and how long
// 200 channels of 1 s take in turns with the command: node bench/page.mjs [runs]. Medians, with the lowest and the highest.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { median } from './measure.mjs';

const RUNS = Number(process.argv[2] ?? 5);
const program = (name) => fileURLToPath(new URL(`../dist/src/cli/${name}.js`, import.meta.url));
const server = spawn(process.execPath, [program('engram'), 'page', '--no-open', '--port', '0']);
const url = await new Promise((resolve) => {
  let said = '';
  const listen = (data) => {
    said += data;
    const found = /http:\/\/\S+/.exec(said);
    if (found) resolve(found[0]);
  };
  for (const stream of [server.stdout, server.stderr]) stream.on('data', listen);
});
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const folder = mkdtempSync(join(tmpdir(), 'engram-bench-page-'));

/** Seconds after opening until the page says that all is stored, and recalled; and the seconds that it says storing took. */
async function opened(hash) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(url + hash);
  const now = () => page.evaluate(() => performance.now() / 1e3);
  await page.waitForFunction(() => /stored/.test(document.querySelector('.solve .summary')?.textContent ?? ''));
  const stored = await now();
  await page.waitForSelector('[data-phase="stored"] .recall .summary:has-text("precision")');
  const recalled = await now();
  const solving = Number(/in ([\d.]+) s/.exec(await page.textContent('.solve .summary'))?.[1]);
  await context.close();
  return { stored, recalled, solving };
}

/** Seconds that the command takes to store the same. */
function command() {
  const size = ['--channels', '200', '--duration', '1s', '--seed', '1'];
  const args = [program('main'), ...size, '--no-recall', '--quiet', '--force', '--out', join(folder, 'memory')];
  spawnSync(process.execPath, args);
  return JSON.parse(readFileSync(join(folder, 'memory', 'run.json'), 'utf8')).seconds.solve;
}

const told = (values) =>
  `${median(values).toFixed(2)} (${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)})`;
try {
  // What is measured is the page, not the disk.
  await opened('');
  const runs = [];
  for (let run = 0; run < RUNS; run++) {
    const small = await opened('');
    const { solving } = await opened('#channels=200&duration=1s');
    runs.push({ ...small, ratio: solving / command() });
  }
  const of = (name) => told(runs.map((run) => run[name]));
  console.log(`first memory stored ${of('stored')} s and recalled ${of('recalled')} s after opening`);
  console.log(`200 channels of 1 s: ${of('ratio')} times the command's time`);
} finally {
  await browser.close();
  server.kill('SIGINT');
  rmSync(folder, { recursive: true, force: true });
}
