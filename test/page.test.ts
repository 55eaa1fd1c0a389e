/** The page in a real browser: what opens, stores, recalls, and what can be taken along. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { run } from './packed.js';
import { browserPath, downloaded, pageSuite, recalled } from './page.js';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));

describe.skipIf(!browserPath)('the page', () => {
  const open = pageSuite();

  it('stores and recalls a sampled score as it opens, and gives the bytes of the command', async () => {
    const { page, errors, loaded } = await open('#channels=20&duration=200ms&seed=3');
    expect(await recalled(page)).toMatch(/^20 of 20 stored/);
    await page.waitForSelector('.potential canvas');
    // All that has come until then, the view of a neuron included.
    const weights = (await Promise.all(loaded)).map((bytes) => gzipSync(bytes).length);
    expect(weights.length).toBeGreaterThan(4);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeLessThan(150e3);
    expect(await page.locator('.cell.stored').count()).toBe(20);
    const { name, bytes } = await downloaded(page, 'button:has-text("network.npz")');
    expect(name).toBe('network.npz');
    const out = join(mkdtempSync(join(tmpdir(), 'engram-page-')), 'memory');
    const settings = ['--channels', '20', '--duration', '200ms', '--seed', '3', '--no-recall', '--quiet'];
    run(process.execPath, [join(dist, 'src/cli/main.js'), ...settings, '--out', out], dist);
    expect(bytes.equals(readFileSync(join(out, 'network.npz')))).toBe(true);
    expect(errors).toEqual([]);
  });

  it('says of a bad setting what the command says, and lives on', async () => {
    const { page, errors } = await open('#channels=none&duration=200ms');
    await page.waitForSelector('[role=alert]');
    expect(await page.textContent('[role=alert]')).toBe('--channels must be an integer of at least 1; got "none"');
    await page.fill('input[name=channels]', '12');
    await page.press('input[name=channels]', 'Enter');
    expect(await recalled(page)).toMatch(/^12 of 12 stored/);
    expect(await page.locator('[role=alert]').count()).toBe(0);
    expect(errors).toEqual([]);
  });

  it('is restored by the link that it gives', async () => {
    const { page } = await open('#channels=12&duration=150ms&seed=9&noise=0.05&show=4');
    await recalled(page);
    await page.click('button:has-text("link")');
    const link = page.url();
    const { page: other } = await open(link);
    await recalled(other);
    expect(await other.inputValue('input[name=channels]')).toBe('12');
    expect(await other.inputValue('input[name=noise]')).toBe('0.05');
    expect(await other.getAttribute('.cell >> nth=4', 'aria-pressed')).toBe('true');
    expect(await other.textContent('.recall .summary')).toBe(await page.textContent('.recall .summary'));
  });

  it('is what its address says, neighbours included, also after a reload in the middle', async () => {
    const hash = '#channels=12&duration=150ms&sparseprop=n:20,k:5&spikernn=N:99999&story=99&cue=0-9999@0..1e9';
    const { page, errors } = await open(hash);
    await page.waitForSelector('.sparseprop .summary:has-text("20 exponents")');
    await page.waitForSelector('.spikernn [role=alert]:has-text("--N 99999 is more than a page takes (400)")');
    await page.fill('input[name=seed]', '4');
    await page.press('input[name=seed]', 'Enter');
    await page.waitForFunction(() => location.hash.includes('seed=4'));
    await page.reload();
    expect(await recalled(page)).toMatch(/^12 of 12 stored/);
    expect(await page.inputValue('input[name=seed]')).toBe('4');
    expect(await page.inputValue('input[name=sparse-n]')).toBe('20');
    expect(errors).toEqual([]);
  });
});
