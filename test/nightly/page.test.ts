/** Every control of the page, files good and bad, links, offline, zoom, and how it compares with the command. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMemory, readScoreCsv } from '../../src/memory/files/index.js';
import { browserPath, downloaded, launchBrowser, openPage, recalled, servePage } from '../page.js';

const memorize = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'engram-page-'));
const SMALL = '#channels=20&duration=150ms&seed=3';

/** What the command leaves of the same settings. */
function stored(name: string, ...settings: string[]): string {
  const out = join(folder, name);
  const args = [memorize, ...settings, '--no-recall', '--quiet', '--out', out];
  // 4: some are impossible.
  expect([0, 4]).toContain(spawnSync(process.execPath, args, { cwd: folder }).status);
  return out;
}

const summary = async (page: Page, panel: string) => (await page.textContent(`.${panel} .summary`)) ?? '';

/** Opens a file, and waits until its score or network is recalled. */
async function opened(page: Page, file: string, note: string): Promise<void> {
  await page.setInputFiles('input[name=file]', file);
  await page.waitForSelector(`.note:has-text("${note}")`);
  await recalled(page);
}

describe.skipIf(!browserPath)('the page', { timeout: 300000 }, () => {
  let served: Awaited<ReturnType<typeof servePage>>;
  let browser: Browser;
  beforeAll(async () => {
    [served, browser] = await Promise.all([servePage(), launchBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await served?.stop();
  });
  const open = (hash: string, options = {}) => openPage(browser, served.url + hash, options);

  it.each([
    ['reset neurons', '#neuron=reset:-1', ['--neuron', 'reset:-1']],
    ['leaky neurons', '#neuron=lif-alpha', ['--neuron', 'lif-alpha']],
    ['another aim', '#objective=l1', ['--objective', 'l1']],
    ['the peak', '#objective=linf&margin=0.8', ['--objective', 'linf', '--margin', '0.8']],
    ['delays and inputs', '#delays=1ms..30ms&inputs=600', ['--delays', '1ms..30ms', '--inputs', '600']],
    ['Dale and a bound', '#excitatory=80%25&bound=0.3', ['--excitatory', '80%', '--bound', '0.3']],
    ['a rate', '#rate=20&slope=1.5', ['--rate', '20', '--slope', '1.5']],
    ['a design', '#design=recall', ['--design', 'recall']],
  ])('gives the bytes of the command: %s', async (name, hash, options) => {
    const { page, errors } = await open(`${hash}&channels=20&duration=150ms&seed=3`);
    await recalled(page);
    const { bytes } = await downloaded(page, 'button:has-text("network.npz")');
    const settings = ['--channels', '20', '--duration', '150ms', '--seed', '3', ...options];
    const out = stored(name.replaceAll(' ', '-'), ...settings);
    expect(bytes.equals(readFileSync(join(out, 'network.npz')))).toBe(true);
    expect(errors).toEqual([]);
  });

  it.each([
    ['channels', '0'],
    ['duration', '400'],
    ['duration', '3ms'],
    ['inputs', 'many'],
    ['delays', '5ms'],
    ['neuron', 'fast'],
    ['objective', 'l3'],
    ['bound', '-1'],
    ['rate', '1000'],
    ['slope', 'steep'],
  ])('says of --%s %s what the command says', async (name, text) => {
    const { page } = await open(`#${new URLSearchParams({ channels: '20', duration: '150ms', [name]: text })}`);
    await page.waitForSelector('[role=alert]');
    const options = { channels: '20', duration: '150ms', [name]: text };
    const args = Object.entries(options).map(([option, value]) => `--${option}=${value}`);
    const { stderr } = spawnSync(process.execPath, [memorize, ...args, '--no-recall'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(stderr.trim()).toBe(`memorize: ${await page.textContent('[role=alert]')}`);
  });

  it('prompts by a brush and by numbers, takes noise, plays on, pauses, steps, and begins again', async () => {
    const { page, errors } = await open(SMALL);
    await recalled(page);
    const box = await page.locator('.brush').boundingBox();
    if (!box) throw new Error('there is no brush');
    await page.mouse.move(box.x + 3, box.y + box.height - 3);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 4, box.y + box.height / 2, { steps: 4 });
    await page.mouse.up();
    await page.waitForSelector('.recall .summary:has-text("Channels 0 to 10 play")');
    await page.fill('input[name=last]', '14');
    await page.press('input[name=last]', 'Enter');
    await page.waitForSelector('.recall .summary:has-text("Channels 0 to 14 play")');
    await page.fill('input[name=noise]', '0.2');
    await page.waitForSelector('.recall .summary:has-text("noise 0.2")');
    await page.click('button:has-text("play on")');
    await page.waitForSelector('.recall .summary:has-text("Free period 4")');
    await page.click('button:has-text("pause")');
    const paused = await page.innerHTML('.axis');
    for (let i = 0; i < 3; i++) await page.click('button:has-text("step")');
    await page.waitForFunction((text) => document.querySelector('.axis')?.innerHTML !== text, paused);
    await page.click('button:has-text("again")');
    await page.waitForSelector('.recall .summary:has-text("Channels 0 to 9 play"):has-text("Free period 2")');
    expect(errors).toEqual([]);
  });

  it('shows a neuron inside its template, its rounds, and what makes a spike', async () => {
    const { page, errors } = await open(SMALL);
    await recalled(page);
    await page.click('.cell >> nth=5');
    await page.waitForSelector('.potential canvas');
    await page.click('[aria-label="the next spike"]');
    await page.waitForSelector('.parts');
    const added = (await page.locator('.parts tbody tr td:nth-last-child(2)').allTextContents()).map(Number);
    // The spike is where all that arrives comes to the threshold.
    expect(added.reduce((sum, part) => sum + part, 0)).toBeCloseTo(1, 1);
    await page.focus('input[name=round]');
    await page.waitForSelector('.refinement:has-text("nothing is violated")');
    await page.press('input[name=round]', 'Home');
    await page.waitForSelector('.refinement:has-text("moments are violated")');
    await page.fill('input[name=neuron-number]', '7');
    await page.waitForSelector('.cell >> nth=7');
    expect(await page.getAttribute('.cell >> nth=7', 'aria-pressed')).toBe('true');
    expect(errors).toEqual([]);
  });

  it('says of impossible neurons why, and lives on', async () => {
    const { page } = await open('#channels=20&duration=150ms&seed=3&inputs=40');
    await recalled(page);
    expect(await page.locator('.cell.impossible').count()).toBeGreaterThan(0);
    expect(await page.textContent('.reasons')).toMatch(/would be needed|are needed/);
  });

  it('opens scores of all kinds, and refuses what is none in the words of the command', async () => {
    const { page, errors } = await open(SMALL);
    await recalled(page);
    const out = stored('opened', '--channels', '12', '--duration', '150ms', '--seed', '8');
    await opened(page, join(out, 'network.npz'), 'a network of engram');
    expect(await summary(page, 'solve')).toMatch(/^12 of 12 stored.*as the file says/);
    const again = await downloaded(page, 'button:has-text("network.npz")');
    expect(readMemory(again.bytes, 'again').statuses).toEqual(Array(12).fill('solved'));
    await opened(page, join(out, 'score.csv'), 'score.csv');
    expect(await summary(page, 'score')).toMatch(/^12 channels/);
    const { bytes } = await downloaded(page, 'button:has-text("network.npz")');
    expect(readMemory(bytes, 'page').score).toEqual(readScoreCsv(readFileSync(join(out, 'score.csv')), 'csv', 0.005));
    const table = join(folder, 'spikes.csv');
    writeFileSync(table, 'channel,time_s\n0,0.010\n1,0.020\n0,0.060\n2,0.070\n1,0.090\n');
    await opened(page, table, 'spikes.csv');
    expect(await summary(page, 'score')).toMatch(/^3 channels, 5 spikes/);
    const bad = { 'text.csv': 'hello world\n1,2\n', 'empty.txt': '', 'half.npz': again.bytes.subarray(0, 5000) };
    for (const [name, data] of Object.entries(bad)) {
      writeFileSync(join(folder, name), data);
      await page.setInputFiles('input[name=file]', join(folder, name));
      await page.waitForSelector(`[role=alert]:has-text("${name}")`);
    }
    await page.click('button:has-text("sample one")');
    await page.waitForSelector('.score .summary:has-text("sampled")');
    await recalled(page);
    expect(errors).toEqual([]);
  });

  it('stores what is drawn by hand, refuses spikes that are too close, and has the score in its link', async () => {
    const { page } = await open(SMALL);
    await recalled(page);
    const few = join(folder, 'few.csv');
    writeFileSync(few, 'channel,time_s\n0,0.010\n1,0.020\n2,0.070\n2,0.090\n');
    await opened(page, few, 'few.csv');
    await page.click('button:has-text("draw")');
    const put = async (channel: number, ms: number) => {
      await page.fill('form input >> nth=0', `${channel}`);
      await page.fill('form input >> nth=1', `${ms}`);
      await page.click('text=put or take');
    };
    await put(1, 60);
    await page.waitForSelector('.score .summary:has-text("5 spikes"):has-text("drawn by hand")');
    await put(1, 61);
    await page.waitForSelector('[role=alert]:has-text("less than the refractory period")');
    await put(1, 61);
    await recalled(page);
    expect(await summary(page, 'score')).toMatch(/^3 channels, 5 spikes/);
    await page.click('button:has-text("link")');
    const { page: other } = await openPage(browser, page.url());
    await recalled(other);
    expect(await summary(other, 'score')).toBe(await summary(page, 'score'));
  });

  it('gives figures as SVG and PNG, and the command', async () => {
    const { page } = await open(SMALL);
    await recalled(page);
    for (const name of ['recall.svg', 'potential.svg', 'recall.png', 'potential.png']) {
      await page.click('.menu summary');
      const { name: file, bytes } = await downloaded(page, `.menu button:has-text("${name}")`);
      expect(file).toBe(name);
      expect(bytes.subarray(0, 4).toString('latin1')).toBe(name.endsWith('svg') ? '<svg' : '\x89PNG');
      await page.click('.menu summary');
    }
    await page.click('button:has-text("command")');
    expect(await page.textContent('.shown code')).toBe('npx memorize --channels 20 --duration 150ms --seed 3');
  });

  it('tells five stories, each of which does what it says', async () => {
    const { page, errors } = await open('#story=1');
    await page.waitForSelector('.refinement:has-text("moments are violated")');
    const next = async (waits: string) => {
      await page.click('[aria-label="the next story"]');
      await page.waitForSelector(waits);
    };
    await next('.stories article:nth-child(2)[aria-current="true"]');
    await next('[data-phase="stored"] .solve .summary:has-text("13 impossible")');
    await next('[data-phase="stored"] .recall .summary:has-text("Channels 0 to 5 play"):has-text("precision 0.0")');
    await next('[data-phase="stored"] .recall .summary:has-text("Channels 0 to 5 play"):has-text("precision 1.000")');
    expect(await page.inputValue('select[name=design]')).toBe('recall');
    await page.click('[aria-label="close the stories"]');
    expect(await page.locator('.stories').count()).toBe(0);
    expect(errors).toEqual([]);
  });

  it('works offline after the first visit, and is reached by keys', async () => {
    const { page } = await open(SMALL);
    await recalled(page);
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.context().setOffline(true);
    await page.reload();
    expect(await recalled(page)).toMatch(/^20 of 20 stored/);
    const reached = new Set<string>();
    for (let i = 0; i < 80; i++) {
      await page.keyboard.press('Tab');
      reached.add(await page.evaluate(() => (document.activeElement as HTMLInputElement)?.name ?? ''));
    }
    for (const name of ['channels', 'inputs', 'objective', 'noise', 'first', 'neuron-number', 'round']) {
      expect(reached).toContain(name);
    }
  });

  it.each([
    ['at 200 % zoom', { viewport: { width: 720, height: 450 }, deviceScaleFactor: 2 }],
    ['on a telephone', { viewport: { width: 390, height: 844 }, deviceScaleFactor: 3 }],
    ['in the dark, with little motion', { colorScheme: 'dark' as const, reducedMotion: 'reduce' as const }],
  ])('nothing is cut off %s', async (_, options) => {
    const { page, errors } = await open(SMALL, options);
    await recalled(page);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(wide).toBeLessThanOrEqual(0);
    const cut = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('h1, h2, button, label > span, .summary, .key li')]
        .filter(
          (element) =>
            element.checkVisibility() && element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0,
        )
        .map((element) => element.textContent),
    );
    expect(cut).toEqual([]);
    expect(errors).toEqual([]);
  });

  it('stays within its times, in turns with the command', async () => {
    const { page } = await open('');
    await recalled(page);
    // Warm: what is measured is the page, not the disk.
    const first = await openPage(browser, served.url, {});
    await first.page.waitForFunction(() => /stored/.test(document.querySelector('.solve .summary')?.textContent ?? ''));
    const storedAt = await first.page.evaluate(() => performance.now());
    await recalled(first.page);
    const recalledAt = await first.page.evaluate(() => performance.now());
    const { page: large } = await open('#channels=200&duration=1s');
    await large.evaluate(() => {
      const tasks: number[] = [];
      Object.assign(window, { tasks });
      new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => tasks.push(duration))).observe({
        type: 'longtask',
        buffered: true,
      });
    });
    await recalled(large);
    const longest = Math.max(0, ...(await large.evaluate(() => (window as unknown as { tasks: number[] }).tasks)));
    const seconds = Number(/in ([\d.]+) s/.exec(await summary(large, 'solve'))?.[1]);
    await browser.contexts().reduce((all, context) => all.then(() => context.close()), Promise.resolve());
    const out = stored('large', '--channels', '200', '--duration', '1s', '--seed', '1');
    const record = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')) as { seconds: { solve: number } };
    const ratio = seconds / record.seconds.solve;
    console.log(
      `first memory stored ${(storedAt / 1e3).toFixed(2)} s, recalled ${(recalledAt / 1e3).toFixed(2)} s after opening; ` +
        `200 channels x 1 s in ${seconds} s, ${ratio.toFixed(2)} times the command; longest task ${longest.toFixed(0)} ms`,
    );
    expect(storedAt).toBeGreaterThan(0);
  });
});
