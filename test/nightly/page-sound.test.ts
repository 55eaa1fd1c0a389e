/** A memory that is heard. */
import { describe, expect, it } from 'vitest';
import { browserPath, pageSuite, recalled } from '../page.js';

describe.skipIf(!browserPath)('the page', { timeout: 60000 }, () => {
  const open = pageSuite();

  it('is silent until sound is asked for, and then plays each channel at its pitch', async () => {
    const { page, errors } = await open('#channels=20&duration=150ms&seed=3');
    await recalled(page);
    await page.evaluate(() => {
      const heard: number[] = [];
      const Voice = OscillatorNode;
      Object.assign(window, {
        heard,
        OscillatorNode: class extends Voice {
          constructor(context: AudioContext, options: OscillatorOptions) {
            super(context, options);
            heard.push(options.frequency as number);
          }
        },
      });
    });
    const pitches = () => page.evaluate(() => [...new Set((window as unknown as { heard: number[] }).heard)]);
    await page.click('button:has-text("play on")');
    await page.waitForSelector('.recall .summary:has-text("Free period 3")');
    expect(await pitches()).toEqual([]);
    await page.click('button:has-text("sound")');
    await page.waitForFunction(() => new Set((window as unknown as { heard: number[] }).heard).size === 20);
    // 20 channels over four octaves from 110 Hz, five notes each.
    const expected = [0, 12, 24, 36].flatMap((octave) =>
      [0, 3, 5, 7, 10].map((note) => 110 * 2 ** ((octave + note) / 12)),
    );
    (await pitches()).sort((a, b) => a - b).forEach((pitch, i) => expect(pitch).toBeCloseTo(expected[i], 6));
    await page.click('button:has-text("sound")');
    expect(errors).toEqual([]);
  });
});
