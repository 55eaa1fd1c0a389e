/** The examples of docs/examples: in Node, and in a headless Chromium where there is one. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { rolldown } from 'rolldown';
import { expect, it } from 'vitest';
import { solveQp } from '../solvers/index.js';

const root = new URL('..', import.meta.url).pathname;

it('the example for Node runs', () => {
  const out = execFileSync(process.execPath, ['docs/examples/solve.mjs'], { cwd: root, encoding: 'utf8' });
  expect(out).toMatch(/^solved by activeSet: 0\.\d{4} 0\.\d{4} 0\.\d{4}\n/);
  expect(out).toMatch(/every portfolio misses by at least 0\.0\d+/);
});

const browser = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
if (!browser) console.log('skipped: no /usr/bin/chromium for the example in a browser');

it.skipIf(!browser)('the example for browsers gives the bits that Node gives', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'engram-browser-'));
  const bundle = await rolldown({
    input: join(root, 'docs/examples/browser.mjs'),
    platform: 'browser',
  });
  await bundle.write({ file: join(folder, 'browser.bundle.js'), format: 'esm' });
  const files: Record<string, [string, string]> = {
    '/browser.html': [join(root, 'docs/examples/browser.html'), 'text/html'],
    '/browser.bundle.js': [join(folder, 'browser.bundle.js'), 'text/javascript'],
  };
  const server = createServer((request, response) => {
    const found = files[request.url ?? ''];
    if (!found) return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': found[1] }).end(readFileSync(found[0]));
  }).listen(0);
  const chrome = await chromium.launch({ executablePath: browser, args: ['--no-sandbox'] });
  try {
    const page = await chrome.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/browser.html`);
    await page.waitForFunction("document.querySelector('#answer').textContent !== 'solving'");
    const points = Array.from({ length: 12 }, (_, i) => [i / 11, 0.3 + (i / 11) * 0.5 + 0.2 * ((i * 7) % 5)]);
    const P = new Float64Array(4);
    const q = new Float64Array(2);
    for (const [t, s] of points) {
      P[0] += 2 * t * t;
      P[1] += 2 * t;
      P[2] += 2 * t;
      P[3] += 2;
      q[0] -= 2 * t * s;
      q[1] -= 2 * s;
    }
    const A = Float64Array.from(points.flatMap(([t]) => [t, 1]));
    const { x } = solveQp({ P, q, A, u: Float64Array.from(points, ([, s]) => s) });
    expect(errors).toEqual([]);
    expect(await page.textContent('#answer')).toBe(`solved: ${x[0]} t + ${x[1]}`);
    expect(await page.locator('svg circle').count()).toBe(12);
  } finally {
    await chrome.close();
    server.close();
  }
});
