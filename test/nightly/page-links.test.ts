/** The address is the state of the page: what it restores, what it follows, and what of it is refused. */
import LZString from 'lz-string';
import { describe, expect, it } from 'vitest';
import { browserPath, pageSuite, recalled } from '../page.js';

const SMALL = '#channels=20&duration=150ms&seed=3';

/** A link with a score that nobody packed. */
function hostile(score: object): string {
  return `${SMALL}&score=${LZString.compressToEncodedURIComponent(JSON.stringify(score))}`;
}

describe.skipIf(!browserPath)('the address of the page', { timeout: 300000 }, () => {
  const open = pageSuite();

  it.each([
    ['many channels', '#channels=1000000&inputs=1&duration=10ms', '1000000 channels are more than a page shows'],
    ['a score outside its period', hostile({ period: 20, trains: [[-5, 3]] }), 'the spike at -25 ms is outside'],
    ['a score without end', hostile({ period: 1e300, trains: [[1]] }), 'more than a page takes'],
    ['a score that is none', hostile({ period: 20, trains: [null, 'abc'] }), 'The score of the link is left out'],
    ['a score of no period', hostile({ period: 0, trains: [[1]] }), 'The score of the link is left out'],
    [
      'a score of a million spikes',
      hostile({ period: 20, trains: [Array(1e6).fill(1)] }),
      'less than the refractory period',
    ],
    ['a score that is too long', `${SMALL}&score=${'N'.repeat(9000)}`, 'it is too long'],
    ['a file', `${SMALL}&file=mine.nwb`, 'This link goes with the file mine.nwb'],
    [
      'neighbours of any size',
      `${SMALL}&sparseprop=n:99999999&spikernn=N:99999`,
      '--n 99999999 is more than a page takes',
    ],
  ])('a link with %s says what is wrong, and the page lives on', async (_, hash, said) => {
    const { page, errors } = await open(hash);
    await page.waitForSelector(`:is([role=alert], .note):has-text("${said}")`);
    await page.fill('input[name=seed]', '5');
    await page.press('input[name=seed]', 'Enter');
    await page.waitForFunction(() => location.hash.includes('seed=5'));
    expect(errors).toEqual([]);
  });

  it.each([
    ['a story', '&story=99'],
    ['a neuron', '&show=4000000'],
    ['channels that prompt', '&cue=0-99999999@0..1e9'],
    ['noise', '&noise=99'],
    ['percent signs', '&%%%E0%A4%A'],
    ['a prototype', '&__proto__=1&constructor=2'],
  ])('a link with %s that is not there shows the rest', async (_, hash) => {
    const { page, errors } = await open(SMALL + hash);
    expect(await recalled(page)).toMatch(/^20 of 20 stored/);
    expect(errors).toEqual([]);
  });

  it('the address follows what is shown, and an address that is typed or gone back to is shown', async () => {
    const { page, errors } = await open(SMALL);
    await recalled(page);
    await page.fill('input[name=noise]', '0.1');
    await page.click('.cell >> nth=4');
    await page.waitForFunction(() => /noise=0.1.*show=4/.test(location.hash));
    await page.reload();
    await recalled(page);
    expect(await page.inputValue('input[name=noise]')).toBe('0.1');
    expect(await page.getAttribute('.cell >> nth=4', 'aria-pressed')).toBe('true');
    await page.evaluate(() => {
      location.hash = '#channels=12&duration=150ms';
    });
    await page.waitForSelector('[data-phase="stored"] .solve .summary:has-text("12 of 12")');
    await page.goBack();
    await page.waitForSelector('[data-phase="stored"] .solve .summary:has-text("20 of 20")');
    expect(errors).toEqual([]);
  });
});
